//! The Succeed state: the end, with success.

use super::core::{Core, Step};
use super::data::Leaving;
use super::frame::Slot;
use crate::machine::{Flow, State};

pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State) -> Step {
    match core.selected_input(slot, state) {
        Ok(input) => core.pass_on(slot, state, &input, Leaving::of(state, Flow::End)),
        Err(raise) => Step::Raise(raise),
    }
}
