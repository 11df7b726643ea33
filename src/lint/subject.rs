//! What lints look at: the states of a machine, each with its text and what it reads.

use petgraph::algo::kosaraju_scc;
use petgraph::visit::EdgeRef as _;

use super::reads::{Leaf, Read, leaves, reads};
use crate::asl::{Node, QueryLanguage};
use crate::machine::{Edge, Kind, Machine, State, StateId};
use crate::value::{Span, Text};

/// A machine that compiles, with the text it was compiled from.
pub(super) struct Subject<'a> {
    pub(super) machine: &'a Machine,
    /// All states of all scopes, in the order of their ids.
    pub(super) places: Vec<Place<'a>>,
}

/// A state and its text.
pub(super) struct Place<'a> {
    pub(super) id: StateId,
    pub(super) state: &'a State,
    /// Its name in the text.
    pub(super) name_span: Span,
    /// Its fields.
    pub(super) node: &'a Node,
    /// The texts in it, those of the states inside left out.
    pub(super) leaves: Vec<Leaf<'a>>,
    /// What its expressions read.
    pub(super) reads: Vec<Read>,
}

/// What a lint found.
pub(super) struct Finding {
    pub(super) location: String,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Finding {
    pub(super) fn new(
        location: impl Into<String>,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            location: location.into(),
            span,
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(node: &'a Node, machine: &'a Machine) -> Self {
        let mut places = Vec::new();
        let mut scopes = vec![node];
        while let Some(scope) = scopes.pop() {
            let states = scope.get("States").and_then(Node::members);
            for member in states.unwrap_or_default() {
                scopes.extend(inner_scopes(&member.value));
                let Some(id) = machine.find(&member.name) else {
                    continue;
                };
                let state = machine.state(id);
                let leaves = leaves(&member.value, &state.location);
                places.push(Place {
                    id,
                    state,
                    name_span: member.name_span,
                    node: &member.value,
                    reads: reads(state, &leaves),
                    leaves,
                });
            }
        }
        places.sort_by_key(|place| place.id);
        Self { machine, places }
    }

    /// The state with its text.
    pub(super) fn place(&self, id: StateId) -> Option<&Place<'a>> {
        let found = self.places.binary_search_by_key(&id, |place| place.id);
        found.ok().map(|index| &self.places[index])
    }

    /// The groups of states that can go round among themselves, each in the order of the text; a state alone that
    /// cannot go to itself is none.
    pub(super) fn loops(&self) -> Vec<Vec<StateId>> {
        let graph = self.machine.graph();
        let groups = kosaraju_scc(graph).into_iter();
        let groups = groups.filter(|group| match group.as_slice() {
            [only] => graph.contains_edge(*only, *only),
            _ => true,
        });
        let in_order = |mut group: Vec<_>| {
            group.sort_unstable();
            group.into_iter().map(StateId).collect()
        };
        groups.map(in_order).collect()
    }

    /// Where a state can go.
    pub(super) fn after(&self, id: StateId) -> impl Iterator<Item = StateId> + '_ {
        self.machine.graph().neighbors(id.0).map(StateId)
    }

    /// Which states can come before, and how they get here.
    pub(super) fn before(&self, id: StateId) -> impl Iterator<Item = (StateId, Edge)> + '_ {
        let graph = self.machine.graph();
        let edges = graph.edges_directed(id.0, petgraph::Direction::Incoming);
        edges.map(|edge| (StateId(edge.source()), *edge.weight()))
    }
}

impl Place<'_> {
    pub(super) fn is_jsonata(&self) -> bool {
        self.state.query_language == QueryLanguage::Jsonata
    }

    /// The location of one of its fields.
    pub(super) fn at(&self, field: &str) -> String {
        format!("{}/{field}", self.state.location)
    }

    /// The name of a field in the text, or the state's.
    pub(super) fn field_span(&self, field: &str) -> Span {
        let members = self.node.members().unwrap_or_default();
        let found = members.iter().rev().find(|member| member.name == field);
        found.map_or(self.name_span, |member| member.name_span)
    }
}

/// The scopes that a state's text holds.
fn inner_scopes(state: &Node) -> impl Iterator<Item = &Node> {
    let branches = state.get("Branches").and_then(Node::items);
    let processor = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
    branches.unwrap_or_default().iter().chain(processor)
}

/// Names for people: `` `A`, `B` and `C` ``, the rest counted.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a Text>) -> String {
    const SHOWN: usize = 4;
    let quoted = names.into_iter().map(|name| format!("`{name}`"));
    let mut names: Vec<_> = quoted.collect();
    if names.len() > SHOWN {
        let rest = names.len() - SHOWN + 1;
        names.truncate(SHOWN - 1);
        names.push(format!("{rest} more"));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// Whether the state ends its scope.
pub(super) fn is_terminal(state: &State) -> bool {
    match &state.kind {
        Kind::Succeed | Kind::Fail(_) => true,
        Kind::Choice(_) => false,
        Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_) | Kind::Pass(_) | Kind::Wait(_) => {
            state.next == crate::machine::Flow::End
        }
    }
}
