//! Accounts and regions that are written into a definition.

use super::subject::{Finding, Subject};
use super::{Level, Lint};

pub(super) const HARD_CODED_ARN: Lint = Lint {
    name: "hard-coded-arn",
    summary: "an account or a region is written into a definition (off unless asked for)",
    level: Level::Allow,
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for leaf in subject.places.iter().flat_map(|place| &place.leaves) {
        if let Some(what) = written(leaf.text) {
            let message = format!("{what} is written into the definition");
            let help =
                "put a placeholder such as `${AWS::AccountId}` or `${FunctionArn}` in its place";
            findings.push(Finding::new(&leaf.location, leaf.span, message, help));
        }
    }
}

/// What of an ARN, or of the URL of a queue, belongs to one deployment.
fn written(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix("https://sqs.") {
        let account = rest.split('/').nth(1).filter(|part| is_account(part))?;
        return Some(format!("the account `{account}`"));
    }
    let mut parts = text.strip_prefix("arn:")?.split(':');
    let (region, account) = (parts.nth(2)?, parts.next()?);
    if is_account(account) {
        return Some(format!("the account `{account}`"));
    }
    is_region(region).then(|| format!("the region `{region}`"))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `eu-west-1`, `us-gov-east-1`
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<_> = parts.collect();
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.len() >= 2
        && words.into_iter().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(written(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn only_what_is_written_out_is_told() {
        check(
            "arn:aws:lambda:eu-west-1:123456789012:function:f",
            Some("the account `123456789012`"),
        );
        check(
            "arn:aws:sns:eu-west-1:${Account}:topic",
            Some("the region `eu-west-1`"),
        );
        check(
            "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
            Some("the account `123456789012`"),
        );
        check(
            "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            None,
        );
        check("arn:aws:states:::sqs:sendMessage", None);
        check("arn:aws:s3:::bucket", None);
        check("${FunctionArn}", None);
    }
}
