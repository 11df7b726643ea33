//! Paths into an input that cannot have what they look for.

use std::collections::BTreeSet;

use super::reads::{Read, Source};
use super::shape::{Shape, given};
use super::subject::{Finding, Place, Subject, list};
use super::{Level, Lint};
use crate::value::Text;

pub(super) const PATH_NOT_PRODUCED: Lint = Lint {
    name: "path-not-produced",
    summary: "a path reads something that no state before can have given",
    level: Level::Warn,
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in &subject.places {
        let scope = subject.machine.scope(place.state.scope);
        // What a scope begins with comes from outside.
        if scope.start == place.id {
            continue;
        }
        let mut names = BTreeSet::new();
        let mut shapes = Vec::new();
        for (from, edge) in subject.before(place.id) {
            names.insert(&subject.machine.state(from).name);
            shapes.push(given(subject, from, edge));
        }
        if shapes.is_empty() || shapes.iter().any(|shape| matches!(shape, Shape::Unknown)) {
            continue;
        }
        for read in &place.reads {
            if let Some(missing) = missing(read, place, &shapes) {
                let message = format!(
                    "`{}` finds nothing: what comes from {} has no `{missing}`",
                    read.text,
                    list(names.iter().copied()),
                );
                let help = "a state's result takes the place of its input unless `ResultPath` puts it into that";
                findings.push(Finding::new(&read.location, read.span, message, help));
            }
        }
    }
}

/// The name that the read looks for and that is in none of the shapes.
fn missing<'r>(read: &'r Read, place: &Place<'_>, shapes: &[Shape<'_>]) -> Option<&'r Text> {
    if read.source != Source::Input || read.names.is_empty() || asks_whether(read, place) {
        return None;
    }
    let mut missing = None;
    for shape in shapes {
        missing = Some(shape.lacks(&read.names)?);
    }
    missing
}

/// Whether the state asks if it is there before it reads.
fn asks_whether(read: &Read, place: &Place<'_>) -> bool {
    place.leaves.iter().any(|leaf| {
        let asks_in_path = leaf.name == "Variable" && *leaf.text == read.text;
        let asks_in_query = leaf.location == read.location && leaf.text.contains("$exists(");
        asks_in_path && read.field != "Variable" || asks_in_query
    }) || read.field == "Variable" && has_is_present(place)
}

fn has_is_present(place: &Place<'_>) -> bool {
    place.node.get("Choices").is_some_and(|choices| {
        let mut open = vec![choices];
        while let Some(node) = open.pop() {
            if node.get("IsPresent").is_some() {
                return true;
            }
            let members = node.members().unwrap_or_default().iter();
            open.extend(members.map(|member| &member.value));
            open.extend(node.items().unwrap_or_default());
        }
        false
    })
}
