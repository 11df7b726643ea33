//! Paths into an input that cannot have what they look for.

use std::collections::BTreeSet;

use super::reads::{Read, Source};
use super::shape::{Shape, given};
use super::subject::{Finding, Place, Subject, list};
use super::{Level, Lint};
use crate::asl::Node;
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
        let is_certain = !shapes.iter().any(|shape| matches!(shape, Shape::Unknown));
        if shapes.is_empty() || !is_certain || asks_whether(place) {
            continue;
        }
        for read in &place.reads {
            if let Some(missing) = missing(read, &shapes) {
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
fn missing<'r>(read: &'r Read, shapes: &[Shape<'_>]) -> Option<&'r Text> {
    if read.source != Source::Input || read.names.is_empty() || read.asks {
        return None;
    }
    let mut missing = None;
    for shape in shapes {
        missing = Some(shape.lacks(&read.names)?);
    }
    missing
}

/// Whether a Choice state asks if something is there: its other tests may lean on the answer.
fn asks_whether(place: &Place<'_>) -> bool {
    let mut open: Vec<&Node> = place.node.get("Choices").into_iter().collect();
    while let Some(node) = open.pop() {
        if node.get("IsPresent").is_some() {
            return true;
        }
        let members = node.members().unwrap_or_default().iter();
        open.extend(members.map(|member| &member.value));
        open.extend(node.items().unwrap_or_default());
    }
    false
}
