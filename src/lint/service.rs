//! What the service itself warns of. The codes are its own; its words are not known, so these are ours.

use super::reads::{Leaf, leaves};
use super::subject::{Finding, Subject};
use super::{Level, Lint};
use crate::expr::{Call, Path, intrinsics};
use crate::machine::Kind;

pub(super) const NO_DOLLAR: Lint = Lint {
    name: "NO_DOLLAR",
    summary: "a member of a template looks like a path or a function, but its name does not end in `.$`",
    level: Level::Warn,
    check: no_dollar,
};

pub(super) const NO_PATH: Lint = Lint {
    name: "NO_PATH",
    summary: "a field holds what looks like a path, but its name does not end in `Path`",
    level: Level::Warn,
    check: no_path,
};

pub(super) const PASS_RESULT_IS_STATIC: Lint = Lint {
    name: "PASS_RESULT_IS_STATIC",
    summary: "the `Result` of a Pass state looks as if it were computed",
    level: Level::Warn,
    check: static_result,
};

/// Fields that take a text, and have a form with `Path` at its end that takes a path.
const WITH_PATH_FORM: [&str; 7] = [
    "Error",
    "Cause",
    "StringEquals",
    "StringLessThan",
    "StringGreaterThan",
    "StringLessThanEquals",
    "StringGreaterThanEquals",
];

fn no_dollar(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in subject.places.iter().filter(|place| !place.is_jsonata()) {
        let leaves = place.leaves.iter();
        for leaf in leaves.filter(|leaf| leaf.template.is_some() && is_member(leaf)) {
            // Some services have paths of their own: `InputPath`, `InputPathsMap`, `JsonPath`.
            let is_foreign = leaf.location.contains("Path");
            if is_foreign || leaf.name.ends_with(".$") || !looks_computed(leaf.text) {
                continue;
            }
            let name = leaf.name;
            let message = format!("`{name}` gets the text `{}`, not a value", leaf.text);
            let help = format!("call it `{name}.$` to have it evaluated");
            findings.push(Finding::new(&leaf.location, leaf.span, message, help));
        }
    }
}

fn no_path(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in subject.places.iter().filter(|place| !place.is_jsonata()) {
        let leaves = place.leaves.iter();
        for leaf in leaves.filter(|leaf| leaf.template.is_none()) {
            let name = leaf.name;
            if !WITH_PATH_FORM.contains(&name) || !looks_computed(leaf.text) {
                continue;
            }
            let message = format!("`{name}` means the text `{}`, not a value", leaf.text);
            let help = format!("call it `{name}Path` to have the value");
            findings.push(Finding::new(&leaf.location, leaf.span, message, help));
        }
    }
}

fn static_result(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in subject.places.iter() {
        let result = match &place.state.kind {
            Kind::Pass(_) if !place.is_jsonata() => place.node.get("Result"),
            _ => continue,
        };
        let Some(result) = result else { continue };
        let leaves = leaves(result, &place.at("Result"));
        let computed = leaves.iter();
        let computed =
            computed.filter(|leaf| leaf.name.ends_with(".$") || looks_computed(leaf.text));
        // From its beginning: leaves come in no order that a reader would know.
        if let Some(leaf) = computed.min_by_key(|leaf| leaf.span.start) {
            let message = format!(
                "`Result` is given as it is written: `{}` stays a text",
                leaf.text
            );
            let help = "use `Parameters`, with names that end in `.$`";
            findings.push(Finding::new(place.at("Result"), leaf.span, message, help));
        }
    }
}

/// Whether it stands in a member itself, not in a list.
fn is_member(leaf: &Leaf<'_>) -> bool {
    !leaf.location.ends_with(']')
}

/// Whether a text is a path with a step in it, or a call of an intrinsic function.
fn looks_computed(text: &str) -> bool {
    let is_path = ["$.", "$$.", "$["]
        .iter()
        .any(|start| text.starts_with(start));
    if is_path {
        return Path::compile(text).is_ok();
    }
    let name = text.split('(').next().unwrap_or_default();
    name.len() < text.len()
        && intrinsics::names().any(|known| known == name)
        && Call::compile(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_money_are_no_paths() {
        for text in [
            "$",
            "$5",
            "$.",
            "$x",
            "States.Unknown(1)",
            "States.UUID",
            "price: $.x",
        ] {
            assert!(!looks_computed(text), "{text}");
        }
        for text in ["$.a", "$$.Execution.Id", "$['a']", "States.UUID()"] {
            assert!(looks_computed(text), "{text}");
        }
    }
}
