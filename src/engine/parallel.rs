//! The Parallel state: several branches at once, their outputs in an array.

use std::sync::Arc;

use super::context::Extra;
use super::core::{Branch, Core, Step};
use super::frame::{Frame, Items, Joining, Phase, Slot};
use super::history::Details;
use crate::expr::Variables;
use crate::machine::{Parallel, State};
use crate::value::Json;

/// Lets every branch begin with the same input.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, parallel: &Parallel) -> Step {
    let input = match core.effective_input(slot, state, Extra::default()) {
        Ok(input) => input,
        Err(raise) => return Step::Raise(raise),
    };
    let begun = core.record(slot, || Details::ParallelStateStarted);
    let variables = variables_inside(core, slot);
    for (index, branch) in (0..).zip(&parallel.branches) {
        let at = core.machine.scope(*branch).start;
        core.start(Branch {
            parent: Some(slot),
            index,
            item: None,
            at,
            input: input.clone(),
            variables: variables.clone(),
            chain: begun,
        });
    }
    let total = u32::try_from(parallel.branches.len()).unwrap_or(u32::MAX);
    core.expect_results(slot, total);
    Step::Park(Phase::Joining(Joining {
        live: total,
        next: total,
        total,
        concurrency: total,
        items: Items::None,
        selected: None,
    }))
}

/// The variables of a new branch or iteration: none of its own, and those around it to read.
pub(super) fn variables_inside(core: &Core<'_>, slot: Slot) -> Variables {
    let around = &core.frame_ref(slot).variables;
    if around.own().is_empty() {
        return around.clone();
    }
    Variables::inside(Arc::new(around.clone()))
}

/// One branch has ended. When it was the last, so does the state.
pub(super) fn branch_done(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    branch: &Frame,
    output: Json,
) {
    core.frame_mut(slot).leaf = branch.chain;
    if core.join(slot, branch.index, output) == 0 {
        let step = joined(core, slot, state, Details::ParallelStateSucceeded);
        core.apply(slot, step);
    }
}

/// Everything below has ended: the outputs are the state's result.
pub(super) fn joined(core: &mut Core<'_>, slot: Slot, state: &State, succeeded: Details) -> Step {
    let last = core.frame_ref(slot).leaf;
    core.push(last, || succeeded);
    core.frame_mut(slot).chain = last;
    let results = core.take_results(slot).unwrap_or_default();
    core.set_phase(slot, Phase::Again);
    core.conclude(slot, state, results)
}
