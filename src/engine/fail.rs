//! The Fail state: the end, with an error.

use std::sync::Arc;

use super::Failure;
use super::context::Extra;
use super::core::{Core, Step};
use super::data::as_text;
use super::frame::Slot;
use super::unwind::{Origin, Raise};
use crate::expr::{Expected, Fault, FaultKind};
use crate::machine::{Fail, State, TextField};

/// The failure that a Fail state tells has no prefix: its author chose the words.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, fail: &Fail) -> Step {
    let failure = text(core, slot, state, fail.error.as_ref(), "ErrorPath").and_then(|error| {
        let cause = text(core, slot, state, fail.cause.as_ref(), "CausePath")?;
        Ok(Failure { error, cause })
    });
    Step::Raise(match failure {
        Ok(failure) => Raise::new(failure, Origin::Task),
        Err(raise) => raise,
    })
}

fn text(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    field: Option<&TextField>,
    name: &str,
) -> Result<Option<Arc<str>>, Raise> {
    let input = &core.frame_ref(slot).input;
    let value = match field {
        None => return Ok(None),
        Some(TextField::Literal(text)) => return Ok(Some(text.as_str().into())),
        Some(TextField::Path(path)) => {
            core.evaluate(slot, state, input, Extra::default(), |scope| path.find(scope)).map_err(|_| {
                let message = format!(
                    "The JSONPath '{}' specified for the field '{name}' could not be found in the input '{input}'",
                    path.text()
                );
                core.fault(slot, state, &Fault::new(FaultKind::Path, message))
            })?
        }
        Some(TextField::Call(call)) => core
            .evaluate(slot, state, input, Extra::default(), |scope| call.eval(scope))
            .map_err(|fault| core.fault(slot, state, &fault))?,
        Some(TextField::Query(query)) => core
            .evaluate(slot, state, input, Extra::default(), |scope| {
                query.eval_as(Expected::String, scope)
            })
            .map_err(|fault| core.fault(slot, state, &fault))?,
    };
    Ok(Some(as_text(&value).into()))
}
