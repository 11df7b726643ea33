//! Fields that have newer names.

use super::subject::{Finding, Subject};
use super::{Level, Lint};
use crate::asl::StateType;

pub(super) const DEPRECATED_FIELD: Lint = Lint {
    name: "deprecated-field",
    summary: "a field of a Map state has a newer name",
    level: Level::Warn,
    check,
};

/// Old names of fields of Map states, and new ones.
const RENAMED: [(&str, &str); 2] = [
    ("Iterator", "ItemProcessor"),
    ("Parameters", "ItemSelector"),
];

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let maps = subject.places.iter();
    for place in maps.filter(|place| place.state.state_type() == StateType::Map) {
        for (old, new) in RENAMED {
            if place.node.get(old).is_some() {
                let message = format!("`{old}` of a Map state is deprecated");
                let help = format!("call it `{new}`, it means the same");
                let span = place.field_span(old);
                findings.push(Finding::new(place.at(old), span, message, help));
            }
        }
    }
}
