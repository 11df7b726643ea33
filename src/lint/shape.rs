//! What is certain about a state's output: which members it has, and that it has no others.

use super::subject::{Place, Subject};
use crate::asl::{Member, Node, NodeValue};
use crate::expr::Query;
use crate::machine::{Catcher, Edge, Kind, ResultPath, Selection, StateId};
use crate::value::Text;

/// What is known of a value.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    /// Nothing.
    Unknown,
    /// It is what this says: a template or a literal.
    Written(&'a Node),
    /// What a catcher gives: `Error` and `Cause`.
    ErrorOutput,
}

/// What a state gives to one that it goes to.
pub(super) fn given<'a>(subject: &Subject<'a>, from: StateId, edge: Edge) -> Shape<'a> {
    let Some(place) = subject.place(from) else {
        return Shape::Unknown;
    };
    match edge {
        Edge::Next if place.is_jsonata() => written(place.node.get("Output")),
        Edge::Next => output(place),
        Edge::Catch(index) => caught(place, &place.state.catch[index], index),
        Edge::Rule(index) if place.is_jsonata() => {
            let rules = place.node.get("Choices").and_then(Node::items);
            let rule = rules.and_then(|rules| rules.get(index));
            written(rule.and_then(|rule| rule.get("Output")))
        }
        Edge::Rule(_) | Edge::Default => Shape::Unknown,
    }
}

fn written(node: Option<&Node>) -> Shape<'_> {
    node.map_or(Shape::Unknown, Shape::Written)
}

/// The output of a state in JSONPath, where the state makes all of it.
fn output<'a>(place: &Place<'a>) -> Shape<'a> {
    let io = &place.state.io;
    let replaces = matches!(io.result_path, ResultPath::Replace);
    if !replaces || !matches!(io.output_path, Selection::Whole) {
        return Shape::Unknown;
    }
    let node = place.node;
    match &place.state.kind {
        Kind::Pass(_) => written(node.get("Result").or_else(|| node.get("Parameters"))),
        Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_) => written(node.get("ResultSelector")),
        Kind::Wait(_) | Kind::Choice(_) | Kind::Succeed | Kind::Fail(_) => Shape::Unknown,
    }
}

fn caught<'a>(place: &Place<'a>, catcher: &Catcher, index: usize) -> Shape<'a> {
    if !matches!(catcher.result_path, ResultPath::Replace) {
        return Shape::Unknown;
    }
    let catchers = place.node.get("Catch").and_then(Node::items);
    let node = catchers.and_then(|catchers| catchers.get(index));
    match node.and_then(|node| node.get("Output")) {
        Some(output) => Shape::Written(output),
        None => Shape::ErrorOutput,
    }
}

impl Shape<'_> {
    /// The name on this way that is certainly not there.
    pub(super) fn lacks<'n>(&self, way: &'n [Text]) -> Option<&'n Text> {
        let mut node = match self {
            Self::Unknown => return None,
            Self::ErrorOutput => {
                let first = way.first()?;
                return (!matches!(first.as_str(), "Error" | "Cause")).then_some(first);
            }
            Self::Written(node) => *node,
        };
        for name in way {
            let NodeValue::Object(members) = &node.value else {
                return None;
            };
            let is_called = |member: &&Member| {
                member.name == *name || member.name.strip_suffix(".$") == Some(name.as_str())
            };
            let Some(member) = members.iter().find(is_called) else {
                return Some(name);
            };
            let is_computed = member.name.ends_with(".$")
                || member
                    .value
                    .text()
                    .is_some_and(|text| Query::inside(text).is_some());
            if is_computed {
                return None;
            }
            node = &member.value;
        }
        None
    }
}
