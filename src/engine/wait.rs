//! The Wait state: do nothing until a moment in time.

use super::context::Extra;
use super::core::{Core, Step, later};
use super::data::as_text;
use super::frame::{Phase, Slot};
use super::limits;
use super::unwind::Raise;
use crate::expr::Path;
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
        Ok(input) => core.pass_on(slot, state, &input, state.next, state.io.assign.as_ref()),
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
