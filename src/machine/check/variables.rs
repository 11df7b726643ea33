//! Who may assign which variable.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{inner_scopes, join, targets};
use crate::asl::{Diagnostic, State, StateKind, States, codes};
use crate::value::{Span, Text};

/// A scope reads the variables around it, but does not assign them (States Language, § Variable Scope). What counts is
/// what may have been assigned before the branch begins: a catcher of the Parallel state around may use the same name
/// (observed on AWS).
pub(super) fn variables(scope: &States, found: &mut Vec<Diagnostic>) {
    inside(scope, &BTreeSet::new(), found);
}

/// The same, where these variables are assigned around. As deep as scopes nest, which is bounded.
fn inside(scope: &States, outer: &BTreeSet<Text>, found: &mut Vec<Diagnostic>) {
    for state in &scope.states {
        for (name, span, location) in assignments(state) {
            if outer.contains(name.as_str()) {
                found.push(outer_variable(&name, span, location));
            }
        }
    }
    let own: BTreeSet<Text> = scope.states.iter().flat_map(assigned).collect();
    let containers: Vec<Container<'_>> = scope
        .states
        .iter()
        .enumerate()
        .filter(|(_, state)| !inner_scopes(state).is_empty())
        .map(|(at, state)| Container {
            at,
            state,
            names: assigned_inside(state),
        })
        .collect();
    let held: BTreeSet<&Text> = containers.iter().flat_map(|each| &each.names).collect();
    let disputed: Vec<&Text> = own.iter().filter(|name| held.contains(name)).collect();
    let before = Before::of(scope, &disputed);
    for container in containers {
        let around = |name: &&Text| {
            let assigned = disputed.binary_search(name);
            outer.contains(name.as_str()) || assigned.is_ok_and(|bit| before.has(container.at, bit))
        };
        let around: BTreeSet<Text> = container.names.iter().filter(around).cloned().collect();
        for scope in inner_scopes(container.state) {
            inside(scope, &around, found);
        }
    }
}

fn outer_variable(name: &Text, span: Span, location: String) -> Diagnostic {
    let message =
        format!("variable `{name}` belongs to a scope around this one and can only be read");
    Diagnostic::error(codes::OUTER_VARIABLE, location, span, message).told(format!(
        "Variable '{name}' is already assigned in an outer scope"
    ))
}

/// A state that holds scopes, and what is assigned in them.
struct Container<'a> {
    at: usize,
    state: &'a State,
    names: BTreeSet<Text>,
}

/// Which variables may have been assigned before each state of a scope: a bit for each, many at a time.
struct Before {
    words: Vec<Vec<u64>>,
}

impl Before {
    fn of(scope: &States, names: &[&Text]) -> Self {
        let count = names.len().div_ceil(64);
        let mut words = vec![vec![0; count]; scope.states.len()];
        if count == 0 {
            return Self { words };
        }
        let own: Vec<Vec<usize>> = scope
            .states
            .iter()
            .map(|state| {
                let bits = assigned(state).into_iter();
                bits.filter_map(|name| names.binary_search(&&name).ok())
                    .collect()
            })
            .collect();
        let graph = flow(scope);
        // The components that nothing else leads to come last.
        for component in kosaraju_scc(&graph).iter().rev() {
            let is_loop = component.len() > 1 || graph.contains_edge(component[0], component[0]);
            let mut bits = vec![0; count];
            for state in component {
                union(&mut bits, &words[state.index()]);
            }
            let arriving = bits.clone();
            for bit in component.iter().flat_map(|state| &own[state.index()]) {
                bits[bit / 64] |= 1 << (bit % 64);
            }
            for state in component {
                for next in graph.neighbors(*state) {
                    union(&mut words[next.index()], &bits);
                }
                words[state.index()].clone_from(if is_loop { &bits } else { &arriving });
            }
        }
        Self { words }
    }

    fn has(&self, state: usize, bit: usize) -> bool {
        self.words[state][bit / 64] & (1 << (bit % 64)) != 0
    }
}

fn union(into: &mut [u64], bits: &[u64]) {
    into.iter_mut()
        .zip(bits)
        .for_each(|(into, bits)| *into |= bits);
}

/// Which states of a scope go to which.
fn flow(scope: &States) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let mut nodes: BTreeMap<&str, NodeIndex> = BTreeMap::new();
    for state in &scope.states {
        let node = graph.add_node(());
        nodes.entry(state.name.value.as_str()).or_insert(node);
    }
    for (from, state) in scope.states.iter().enumerate() {
        for target in targets(state) {
            if let Some(to) = nodes.get(target.name.value.as_str()) {
                graph.add_edge(NodeIndex::new(from), *to, ());
            }
        }
    }
    graph
}

fn assigned(state: &State) -> Vec<Text> {
    assignments(state)
        .into_iter()
        .map(|(name, ..)| name)
        .collect()
}

/// Every variable that is assigned in the scopes that a state holds.
fn assigned_inside(state: &State) -> BTreeSet<Text> {
    let mut names = BTreeSet::new();
    let mut open = inner_scopes(state);
    while let Some(scope) = open.pop() {
        for state in &scope.states {
            names.extend(assigned(state));
            open.extend(inner_scopes(state));
        }
    }
    names
}

/// The variables that a state assigns: itself, in its rules, and in its catchers.
fn assignments(state: &State) -> Vec<(Text, Span, String)> {
    let own = state
        .io
        .assign
        .as_ref()
        .map(|node| (node, join(&state.location, "Assign")));
    let rules = match &state.kind {
        StateKind::Choice(choice) => choice.rules.as_slice(),
        StateKind::Task(_)
        | StateKind::Parallel(_)
        | StateKind::Map(_)
        | StateKind::Pass(_)
        | StateKind::Wait(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => &[],
    };
    let rules = rules
        .iter()
        .filter_map(|rule| Some((rule.assign.as_ref()?, join(&rule.location, "Assign"))));
    let catchers = state.catch.iter();
    let catchers =
        catchers.filter_map(|each| Some((each.assign.as_ref()?, join(&each.location, "Assign"))));
    let mut found = Vec::new();
    for (node, location) in own.into_iter().chain(rules).chain(catchers) {
        for member in node.members().unwrap_or_default() {
            let name = member.name.strip_suffix(".$").unwrap_or(&member.name);
            found.push((Text::from(name), member.name_span, location.clone()));
        }
    }
    found
}
