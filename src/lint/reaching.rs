//! Which variables can have a value where a state begins.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;

use super::subject::{Place, Subject};
use crate::asl::Node;
use crate::machine::{Machine, StateId};
use crate::value::Text;

/// The variables that some path has assigned by the time a state begins.
pub(super) struct Reaching<'a> {
    machine: &'a Machine,
    numbers: BTreeMap<Text, usize>,
    /// The group of each state: states that can go round among themselves know the same variables.
    groups: Vec<usize>,
    /// What is assigned when a group begins.
    known: Vec<Bits>,
}

/// A set of small numbers.
#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let words = self.0.iter_mut().zip(&other.0);
        words.for_each(|(word, other)| *word |= other);
    }

    fn contains(&self, number: usize) -> bool {
        let word = self.0.get(number / 64);
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}

impl<'a> Reaching<'a> {
    /// Follows all assignments along all transitions.
    pub(super) fn new(subject: &'a Subject<'a>) -> Self {
        let graph = subject.machine.graph();
        let mut numbers = BTreeMap::new();
        let mut own = vec![Bits::default(); graph.node_count()];
        for place in &subject.places {
            for name in assigned(place) {
                let next = numbers.len();
                let number = *numbers.entry(name).or_insert(next);
                own[place.id.0.index()].insert(number);
            }
        }
        // What can come before stands later in this order.
        let order = kosaraju_scc(graph);
        let mut groups = vec![0; graph.node_count()];
        for (group, members) in order.iter().enumerate() {
            members.iter().for_each(|id| groups[id.index()] = group);
        }
        let mut known = vec![Bits::default(); order.len()];
        for (group, members) in order.iter().enumerate().rev() {
            let mut assigned = Bits::default();
            members.iter().for_each(|id| assigned.add(&own[id.index()]));
            let inside = |id: &usize| *id == group;
            let targets: Vec<usize> = members
                .iter()
                .flat_map(|id| graph.neighbors(*id))
                .map(|id| groups[id.index()])
                .collect();
            if targets.iter().any(inside) {
                known[group].add(&assigned);
            }
            assigned.add(&known[group]);
            for target in targets.into_iter().filter(|target| !inside(target)) {
                known[target].add(&assigned);
            }
        }
        Self {
            machine: subject.machine,
            numbers,
            groups,
            known,
        }
    }

    /// Whether some state assigns the variable, anywhere.
    pub(super) fn is_assigned_somewhere(&self, name: &Text) -> bool {
        self.numbers.contains_key(name)
    }

    /// Whether the variable can have a value when the state begins: in its scope, or in one around it.
    pub(super) fn is_known(&self, name: &Text, state: StateId) -> bool {
        let Some(number) = self.numbers.get(name) else {
            return false;
        };
        let mut here = Some(state);
        while let Some(state) = here {
            if self.known[self.groups[state.0.index()]].contains(*number) {
                return true;
            }
            here = self.machine.scope(self.machine.state(state).scope).owner;
        }
        false
    }
}

/// The variables that a state assigns: itself, in its rules, and in its catchers.
fn assigned(place: &Place<'_>) -> impl Iterator<Item = Text> {
    let lists = ["Choices", "Catch"].into_iter();
    let lists = lists.filter_map(|list| place.node.get(list).and_then(Node::items));
    let nodes = std::iter::once(place.node).chain(lists.flatten());
    nodes
        .filter_map(|node| node.get("Assign").and_then(Node::members))
        .flatten()
        .map(|member| {
            let name = member.name.as_str();
            name.strip_suffix(".$").unwrap_or(name).into()
        })
}
