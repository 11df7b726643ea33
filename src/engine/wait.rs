//! The Wait state: do nothing until a moment in time.

use super::context::Extra;
use super::core::{Core, Step, later};
use super::data::{Leaving, as_text};
use super::frame::{Phase, Slot};
use super::limits;
use super::unwind::{Evaluation, Raise};
use crate::expr::{Expected, Path, Query};
use crate::machine::{State, Until, Wait};
use crate::value::{Json, Moment, Timestamp};

/// Finds out until when, and parks. A moment that has passed is no wait at all.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, wait: &Wait) -> Step {
    let until = core
        .selected_input(slot, state)
        .and_then(|input| until(core, slot, state, wait, &input));
    match until {
        Ok(until) if until <= core.now() => resume(core, slot, state),
        Ok(until) => Step::Park(Phase::Waiting { until }),
        Err(raise) => Step::Raise(raise),
    }
}

/// The moment has come. A Wait passes its input on unchanged.
pub(super) fn resume(core: &mut Core<'_>, slot: Slot, state: &State) -> Step {
    match core.selected_input(slot, state) {
        Ok(input) => core.pass_on(slot, state, &input, Leaving::of(state, state.next)),
        Err(raise) => Step::Raise(raise),
    }
}

fn until(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    wait: &Wait,
    input: &Json,
) -> Result<Timestamp, Raise> {
    let until = match &wait.until {
        Until::Seconds(seconds) => later(core.now(), *seconds),
        Until::Timestamp(moment) => moment.to_timestamp(),
        Until::SecondsPath(path) => seconds(core, slot, state, path, input)?,
        Until::TimestampPath(path) => timestamp(core, slot, state, path, input)?,
        Until::SecondsQuery(query) => {
            later(core.now(), core.whole_number(slot, state, query, input)?)
        }
        Until::TimestampQuery(query) => moment(core, slot, state, query, input)?,
    };
    if until.since(core.now()) > limits::WAIT {
        return Err(core.runtime(slot, state, "Wait state delay is too long."));
    }
    Ok(until)
}

/// A text that looks like a whole number is one (conformance `wait/seconds-path`).
fn seconds(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    path: &Path,
    input: &Json,
) -> Result<Timestamp, Raise> {
    let text = referred(core, slot, state, path, input, "SecondsPath")?;
    let complain = |problem: &str| {
        let message = format!(
            "The SecondsPath parameter {problem}: {} == {text}",
            path.text()
        );
        core.runtime(slot, state, &message)
    };
    let seconds: i64 = text
        .parse()
        .map_err(|_| complain("cannot be parsed as a long value"))?;
    let seconds = u64::try_from(seconds).map_err(|_| complain("references a negative value"))?;
    Ok(core.now().after(std::time::Duration::from_secs(seconds)))
}

fn timestamp(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    path: &Path,
    input: &Json,
) -> Result<Timestamp, Raise> {
    let text = referred(core, slot, state, path, input, "TimestampPath")?;
    Moment::parse(&text).map(Moment::to_timestamp).ok_or_else(|| {
        let message = format!(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: \
             {} == {text}",
            path.text()
        );
        core.runtime(slot, state, &message)
    })
}

/// A text that is no timestamp fails in a later step than an expression does: its event points at the state's own
/// (conformance `jsonata/wait-timestamp`).
fn moment(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    query: &Query,
    input: &Json,
) -> Result<Timestamp, Raise> {
    let found = core.evaluate(slot, state, input, Extra::default(), |scope| {
        query.eval_as(Expected::String, scope)
    });
    let text = as_text(&found.map_err(|fault| core.fault(slot, state, &fault))?);
    Moment::parse(&text).map(Moment::to_timestamp).ok_or_else(|| {
        let message = format!(
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"
        );
        let evaluation = Evaluation {
            location: Some(query.field().clone()),
            previous: core.frame_ref(slot).chain,
        };
        core.query_failure(slot, state, &message, evaluation)
    })
}

/// What a path refers to, as text.
fn referred(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    path: &Path,
    input: &Json,
    field: &str,
) -> Result<String, Raise> {
    let found = core.evaluate(slot, state, input, Extra::default(), |scope| {
        path.find(scope)
    });
    found.map(|value| as_text(&value)).map_err(|_| {
        let message = format!(
            "The {field} parameter does not reference an input value: {}",
            path.text()
        );
        core.runtime(slot, state, &message)
    })
}
