//! The Pass state: input to output, or a fixed result.

use super::context::Extra;
use super::core::{Core, Step};
use super::data::Leaving;
use super::frame::Slot;
use crate::asl::QueryLanguage;
use crate::machine::{Pass, State};

/// In JSONata it does no work, and so has no `$states.result`. A `Result` takes the place of what `InputPath` and `Parameters` give.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, pass: &Pass) -> Step {
    if state.query_language == QueryLanguage::Jsonata {
        let input = core.frame_ref(slot).input.clone();
        return core.pass_on(slot, state, &input, Leaving::of(state, state.next));
    }
    if let Some(result) = &pass.result {
        return core.conclude(slot, state, result.clone());
    }
    match core.effective_input(slot, state, Extra::default()) {
        Ok(result) => core.conclude(slot, state, result),
        Err(raise) => Step::Raise(raise),
    }
}
