//! States by number, before anything is compiled: a transition may lead forward.

use super::Names;
use crate::asl::{StateKind, States};
use crate::machine::StateId;

/// Numbers all states in the order in which they will be compiled: as the text has them, a state before those inside it.
pub(super) fn number(states: &States, names: &mut Names, count: &mut usize) {
    for state in &states.states {
        names
            .entry(state.name.value.clone())
            .or_insert_with(|| StateId::numbered(*count));
        *count += 1;
        match &state.kind {
            StateKind::Parallel(parallel) => {
                parallel
                    .branches
                    .iter()
                    .for_each(|branch| number(branch, names, count));
            }
            StateKind::Map(map) => number(&map.processor, names, count),
            StateKind::Task(_)
            | StateKind::Pass(_)
            | StateKind::Wait(_)
            | StateKind::Choice(_)
            | StateKind::Succeed
            | StateKind::Fail(_) => {}
        }
    }
}
