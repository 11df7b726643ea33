//! The program: a definition whose names are resolved and whose expressions are compiled.
//!
//! A [`Machine`] is built once, never changed, and shared by all its executions. It contains no unresolved name.

// A new state type must be decided about everywhere: the compiler lists the places.
#![warn(clippy::wildcard_enum_match_arm)]

mod check;
mod compile;
mod state;

pub use state::{
    Amount, Assign, Catcher, Choice, Comparand, Fail, Flow, Io, Items, Jitter, Kind, Map, Operand,
    Parallel, Pass, Pattern, Relation, ResultPath, Retrier, Rule, Selection, State, Task, Test,
    TextField, Until, Wait,
};

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::expr::path::Dialect;
use crate::value::{Json, Text};

/// A compiled state machine: a graph of states, with a scope for the top level, each branch and each item processor.
pub struct Machine {
    pub(crate) graph: DiGraph<State, Edge>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) names: BTreeMap<Text, StateId>,
    pub(crate) timeout: Option<u32>,
    pub(crate) comment: Option<Text>,
    pub(crate) definition: Json,
    pub(crate) hash: Text,
}

/// How a definition is compiled, where that is not the service's to say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The dialect of the paths that read; `ResultPath` has none.
    pub jsonpath: Dialect,
}

/// A state of one machine. It means nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub(crate) NodeIndex<u32>);

impl StateId {
    /// Stands where a name leads nowhere, in a machine that will not be.
    pub(crate) fn nowhere() -> Self {
        Self(NodeIndex::end())
    }

    fn numbered(number: usize) -> Self {
        Self(NodeIndex::new(number))
    }
}

/// A scope of one machine: the top level, a branch, or an item processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(crate) u32);

impl ScopeId {
    /// The top level of every machine.
    pub const TOP: Self = Self(0);
}

/// States that can go to each other.
pub struct Scope {
    /// Where it starts.
    pub start: StateId,
    /// Its states, as they were written.
    pub states: Vec<StateId>,
    /// The Parallel or Map state that holds it; `None` for the top level.
    pub owner: Option<StateId>,
}

/// Why one state follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// `Next`
    Next,
    /// The rule of a Choice state, counted from 0.
    Rule(usize),
    /// `Default` of a Choice state.
    Default,
    /// A catcher, counted from 0.
    Catch(usize),
}

impl Machine {
    /// The state.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.graph[id.0]
    }

    /// The state of that name: names are unique in a whole machine.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<StateId> {
        self.names.get(name).copied()
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// All states and the transitions between them, of all scopes.
    #[must_use]
    pub fn graph(&self) -> &DiGraph<State, Edge> {
        &self.graph
    }

    /// All scopes; the first is the top level.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// The machine's own `TimeoutSeconds`.
    #[must_use]
    pub fn timeout(&self) -> Option<u32> {
        self.timeout
    }

    /// `Comment`
    #[must_use]
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The definition it was compiled from.
    #[must_use]
    pub fn definition(&self) -> &Json {
        &self.definition
    }

    /// A SHA-256 of the definition in hexadecimal: executions in storage are bound to it.
    #[must_use]
    pub fn hash(&self) -> &Text {
        &self.hash
    }
}
