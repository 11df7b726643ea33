//! Which resources a resolver is for.

use std::fmt;

use crate::asl::{Resource, ResourceKind};

/// A text in which `*` stands for any run of characters, the empty one included.
///
/// It matches a resource when it matches one of these whole:
///
/// - the text of `Resource`,
/// - what stands after any of its colons or slashes, so that `Charge` and `function:Charge` match
///   `arn:aws:lambda:us-east-1:123456789012:function:Charge`,
/// - either of them without the version or alias of a Lambda function, so that `Charge` matches `…:function:Charge:PROD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern with that text. Every text is one.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the resource is meant.
    #[must_use]
    pub fn matches(&self, resource: &Resource) -> bool {
        let text = resource.text.as_str();
        self.matches_tail(text) || unqualified(resource).is_some_and(|text| self.matches_tail(text))
    }

    fn matches_tail(&self, text: &str) -> bool {
        let tails = text
            .match_indices([':', '/'])
            .map(|(at, _)| &text[at + 1..]);
        std::iter::once(text)
            .chain(tails)
            .any(|tail| glob(&self.0, tail))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of a Lambda function, or its name, without the version or alias, if it has one.
fn unqualified(resource: &Resource) -> Option<&str> {
    if let Some((name, alias)) = resource.text.split_once(':')
        && resource.kind == ResourceKind::Custom
        && !alias.contains([':', '/'])
    {
        return Some(name);
    }
    let colons = resource.text.match_indices(':');
    // arn : partition : lambda : region : account : function : name : qualifier
    let (seventh, _) = colons
        .into_iter()
        .nth(6)
        .filter(|_| resource.kind == ResourceKind::Lambda)?;
    Some(&resource.text[..seventh])
}

/// Whether the text is the pattern with something in the place of each star.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place where a run fits is the best one: it leaves the most for the runs after it.
    for run in middle.split('*') {
        let Some(at) = text.find(run) else {
            return false;
        };
        text = &text[at + run.len()..];
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, resource: &str, expected: bool) {
        assert_eq!(
            Pattern::new(pattern).matches(&Resource::parse(resource)),
            expected,
            "{pattern} on {resource}"
        );
    }

    const CHARGE: &str = "arn:aws:lambda:us-east-1:123456789012:function:Charge";

    #[test]
    fn a_pattern_matches_the_whole_text_or_what_follows_a_colon() {
        check(CHARGE, CHARGE, true);
        check("Charge", CHARGE, true);
        check("function:Charge", CHARGE, true);
        check("charge", CHARGE, false);
        check("unction:Charge", CHARGE, false);
        check("sqs:sendMessage", "arn:aws:states:::sqs:sendMessage", true);
        check("Charge", "Charge", true);
        check("charge", "exec:./charge", true);
        check("", "Charge", false);
    }

    #[test]
    fn a_star_stands_for_any_run() {
        check("*", CHARGE, true);
        check("arn:aws:lambda:*:function:Ch*", CHARGE, true);
        check("Ch*ge", CHARGE, true);
        check("*arg*", CHARGE, true);
        check("C*x*ge", CHARGE, false);
        check("a*a", "a", false);
        check("a*b*c", "abbc", true);
        check("**", "", true);
        check(
            "sqs:*",
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            true,
        );
    }

    #[test]
    fn the_version_of_a_function_need_not_be_told() {
        check(
            "Charge",
            "arn:aws:lambda:us-east-1:123456789012:function:Charge:PROD",
            true,
        );
        check(
            "Charge:PROD",
            "arn:aws:lambda:us-east-1:123456789012:function:Charge:PROD",
            true,
        );
        check("Charge", "Charge:PROD", true);
        check("exec", "exec:./charge", false);
        check("sqs", "arn:aws:states:::sqs:sendMessage", false);
    }
}
