//! Catch: where a failed state goes instead of failing.

use super::Failure;
use super::context::Extra;
use super::core::{Core, Step};
use super::frame::Slot;
use super::unwind::Raise;
use crate::asl::QueryLanguage;
use crate::expr::{Fault, FaultKind};
use crate::machine::{Catcher, Flow, ResultPath, State};
use crate::value::{Json, Object};

/// The first catcher whose `ErrorEquals` fits.
pub(super) fn find<'m>(state: &'m State, raise: &Raise) -> Option<&'m Catcher> {
    state
        .catch
        .iter()
        .find(|catcher| raise.is_among(&catcher.errors))
}

/// Leaves the state by a catcher. Its output is the state's input with the error in it; `OutputPath` does not apply
/// (observed on AWS, conformance `catch/output-path-is-skipped`). In JSONata it is what the catcher's `Output` makes of
/// both, and without one the error alone.
pub(super) fn take(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    catcher: &Catcher,
    failure: &Failure,
) -> Step {
    let error = error_output(failure);
    // JSONata has the error beside the input, JSONPath in its place.
    let (input, extra) = match state.query_language {
        QueryLanguage::JsonPath => (error.clone(), Extra::default()),
        QueryLanguage::Jsonata => {
            let extra = Extra {
                error_output: Some(&error),
                ..Extra::default()
            };
            (core.frame_ref(slot).input.clone(), extra)
        }
    };
    let parts = caught(core, slot, state, catcher, &error).and_then(|output| {
        let output = match &catcher.output {
            Some(template) => core.fill(slot, state, template, &input, extra)?,
            None => output,
        };
        core.check_size(state, &output)?;
        let assigned = core.assigned(slot, state, catcher.assign.as_ref(), &input, extra)?;
        Ok((output, assigned))
    });
    match parts {
        Ok((output, assigned)) => {
            core.leave(slot, state, Flow::Next(catcher.next), output, assigned)
        }
        Err(raise) => Step::Raise(raise),
    }
}

fn caught(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    catcher: &Catcher,
    error: &Json,
) -> Result<Json, Raise> {
    let input = &core.frame_ref(slot).input;
    match &catcher.result_path {
        ResultPath::Replace => Ok(error.clone()),
        ResultPath::Discard => Ok(input.clone()),
        ResultPath::Put(path) => path.put(input.clone(), error.clone()).map_err(|conflict| {
            core.fault(
                slot,
                state,
                &Fault::new(FaultKind::Reference, conflict.to_string()),
            )
        }),
    }
}

/// `{"Error": …, "Cause": …}`, the cause as text even where it holds JSON.
fn error_output(failure: &Failure) -> Json {
    let mut output = Object::new();
    if let Some(error) = &failure.error {
        output.insert("Error", Json::from(&**error));
    }
    if let Some(cause) = &failure.cause {
        output.insert("Cause", Json::from(&**cause));
    }
    Json::Object(output)
}
