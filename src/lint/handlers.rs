//! Entries of `Catch` and `Retry` that nothing can come to.

use std::collections::BTreeSet;

use super::subject::{Finding, Place, Subject};
use super::{Level, Lint};
use crate::asl::Node;

pub(super) const CATCH_NEVER_MATCHES: Lint = Lint {
    name: "catch-never-matches",
    summary: "an error that an entry of `Catch` names is taken by an entry before, or never caught",
    level: Level::Warn,
    check: catchers,
};

pub(super) const RETRY_SHADOWED: Lint = Lint {
    name: "retry-shadowed",
    summary: "an error that an entry of `Retry` names is taken by an entry before, or never retried",
    level: Level::Warn,
    check: retriers,
};

/// What still comes to the entries behind `States.TaskFailed`: timeouts, by whatever name.
const NOT_TASK_FAILED: [&str; 3] = ["States.Timeout", "States.HeartbeatTimeout", "States.ALL"];

fn catchers(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in &subject.places {
        handlers(place, "Catch", "caught", findings);
    }
}

fn retriers(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in &subject.places {
        handlers(place, "Retry", "retried", findings);
    }
}

fn handlers(place: &Place<'_>, field: &str, handled: &str, findings: &mut Vec<Finding>) {
    let handlers = place.node.get(field).and_then(Node::items);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, handler) in handlers.unwrap_or_default().iter().enumerate() {
        let names = handler.get("ErrorEquals").and_then(Node::items);
        let mut own = BTreeSet::new();
        for (number, node) in names.unwrap_or_default().iter().enumerate() {
            let Some(name) = node.text() else { continue };
            if let Some((message, help)) = silenced(name, handled, &seen) {
                let location = place.at(&format!("{field}[{index}]/ErrorEquals[{number}]"));
                findings.push(Finding::new(location, node.span, message, help));
            }
            own.insert(name.as_str());
        }
        seen.extend(own);
    }
}

/// Why a name means nothing after those that stand before it.
fn silenced(name: &str, handled: &str, seen: &BTreeSet<&str>) -> Option<(String, &'static str)> {
    if name == "States.Runtime" {
        return Some((
            format!(
                "`States.Runtime` is never {handled}: it means that the machine itself is wrong"
            ),
            "remove it; look for the path or the function that fails",
        ));
    }
    if seen.contains(name) {
        return Some((
            format!("`{name}` never comes here: an entry before takes it"),
            "entries are tried in order; join the two, or remove one",
        ));
    }
    if seen.contains("States.TaskFailed") && !NOT_TASK_FAILED.contains(&name) {
        return Some((
            format!(
                "`{name}` never comes here: `States.TaskFailed` before takes every error but timeouts"
            ),
            "put the entry for `States.TaskFailed` behind those for single errors",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, seen: &[&str], expected: bool) {
        let seen = seen.iter().copied().collect();
        assert_eq!(
            silenced(name, "caught", &seen).is_some(),
            expected,
            "{name}"
        );
    }

    #[test]
    fn task_failed_leaves_the_timeouts() {
        check("Mine", &["States.TaskFailed"], true);
        check("States.Permissions", &["States.TaskFailed"], true);
        check("States.Timeout", &["States.TaskFailed"], false);
        check("States.HeartbeatTimeout", &["States.TaskFailed"], false);
        check("States.ALL", &["States.TaskFailed"], false);
    }

    #[test]
    fn a_name_is_taken_by_the_first_entry_that_has_it() {
        check("Mine", &["Mine"], true);
        check("Mine", &["Yours"], false);
        check("States.Runtime", &[], true);
    }
}
