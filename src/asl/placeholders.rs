//! Placeholders of definitions that a template fills in.

use super::codes;
use super::diagnostic::Diagnostic;
use super::node::{Node, NodeValue};
use crate::value::Span;

/// Drops what is said about texts that hold a placeholder: they may become anything.
///
/// Where the name of a state or of a transition's target is one of them, nothing can be told of what leads where.
pub(crate) fn excuse(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let mut open = Vec::new();
    gather(node, &mut open);
    if open.is_empty() {
        return;
    }
    // In the order of the text, and none inside another.
    let is_open = |span: Span| {
        let after = open.partition_point(|each: &Span| each.start <= span.start);
        after
            .checked_sub(1)
            .is_some_and(|at| span.start < open[at].end.max(open[at].start + 1))
    };
    let (excused, kept): (Vec<_>, Vec<_>) = std::mem::take(diagnostics)
        .into_iter()
        .partition(|each| is_open(each.span));
    let leads = [codes::NEXT_NOT_FOUND, codes::START_NOT_FOUND];
    let is_unclear = excused.iter().any(|each| leads.contains(&each.code));
    let flow = [
        codes::NEXT_NOT_FOUND,
        codes::START_NOT_FOUND,
        codes::UNREACHABLE_STATE,
        codes::NO_TERMINAL_STATE,
    ];
    diagnostics.extend(kept);
    if is_unclear {
        diagnostics.retain(|each| !flow.contains(&each.code));
    }
}

/// The places of all texts and names that hold one. Recursive, as deep as the text nests.
fn gather(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        NodeValue::String(text) if holds_placeholder(text) => found.push(node.span),
        NodeValue::Array(items) => items.iter().for_each(|item| gather(item, found)),
        NodeValue::Object(members) => {
            for member in members {
                if holds_placeholder(&member.name) {
                    found.push(member.name_span);
                }
                gather(&member.value, found);
            }
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) | NodeValue::String(_) => {}
    }
}

/// Whether a text holds a placeholder.
#[must_use]
pub fn holds_placeholder(text: &str) -> bool {
    let is_mark = |c: char| c.is_alphanumeric() || "_-.:/".contains(c);
    holds(text, "${", "}", |_| true)
        || holds(text, "{{", "}}", |c| is_mark(c) || c == ' ')
        || holds(text, "<", ">", |c| is_mark(c) || c == ' ')
        || holds(text, "%", "%", is_mark)
}

/// Whether there is a name between these two.
fn holds(text: &str, open: &str, close: &str, may_hold: impl Fn(char) -> bool) -> bool {
    let mut opened = text.match_indices(open);
    opened.any(|(at, _)| {
        let after = &text[at + open.len()..];
        let name = after.split_once(close).map_or("", |(name, _)| name);
        !name.trim().is_empty() && name.chars().all(&may_hold)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_have_names() {
        for text in [
            "${Name}",
            "arn:aws:sqs:${AWS::Region}:x",
            "{{ name }}",
            "<ACCOUNT_ID>",
            "%NAME%",
        ] {
            assert!(holds_placeholder(text), "{text}");
        }
        for text in [
            "$.a",
            "{% $a %}",
            "a < b",
            "100%",
            "$.a[?(@.b < 1)]",
            "{}",
            "{% $a > 1 and $b %}",
        ] {
            assert!(!holds_placeholder(text), "{text}");
        }
    }
}
