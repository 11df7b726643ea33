//! The Task state: work done outside.
//!
//! An attempt is a [`TaskRequest`], frozen when it is made. Activities wait until their queue has them; every other
//! task is scheduled at once. An answer implies the updates that were missing before it, so that a fast function costs
//! one `advance`.

use std::sync::Arc;

use super::context::Extra;
use super::core::{Core, Step, later};
use super::data::too_large;
use super::frame::{Phase, Running, Slot, Stage};
use super::history::Details;
use super::unwind::{Evaluation, Origin, Raise};
use super::{
    Command, Failure, Iteration, TaskRequest, TaskToken, TaskUpdate, Ticket, errors, limits,
};
use crate::asl::{Pattern, QueryLanguage, ResourceKind};
use crate::machine::{State, Task};
use crate::value::{Json, Text, Timestamp};

/// Asks for the work.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, task: &Task) -> Step {
    let request = match request(core, slot, state, task) {
        Ok(request) => Arc::new(request),
        Err(raise) => return Step::Raise(raise),
    };
    core.command(Command::Invoke(request.clone()));
    let mut running = Running {
        request,
        stage: Stage::Requested,
        deadline: None,
        beat_by: None,
    };
    if running.request.resource.kind != ResourceKind::Activity {
        let request = running.request.clone();
        core.record(slot, || Details::TaskScheduled(request));
        running.stage = Stage::Scheduled;
        start_clocks(core.now(), &mut running);
    }
    Step::Park(Phase::Running(running))
}

fn request(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    task: &Task,
) -> Result<TaskRequest, Raise> {
    let ticket = core.next_ticket(slot);
    let token = task.resource.has_token().then(|| {
        let header = &core.execution.header;
        TaskToken::new(&header.token_secret, &header.identity.execution_arn, ticket)
    });
    let extra = Extra {
        token: token.as_ref(),
        ..Extra::default()
    };
    let input = core.effective_input(slot, state, extra)?;
    let selected = core.selected_input(slot, state)?;
    let seconds = |amount: &Option<_>, field| match amount {
        Some(amount) => core.amount(slot, state, amount, &selected, field).map(Some),
        None => Ok(None),
    };
    let timeout = seconds(&task.timeout, "TimeoutSecondsPath")?;
    let heartbeat = seconds(&task.heartbeat, "HeartbeatSecondsPath")?;
    check_seconds(core, slot, state, timeout, heartbeat)?;
    let timeout = timeout.or(core.execution.header.profile.default_timeout());
    let credentials = match &task.credentials {
        Some(template) => Some(core.fill(slot, state, template, &selected, extra)?),
        None => None,
    };
    Ok(TaskRequest {
        ticket,
        state: core.frame_ref(slot).at,
        state_name: state.name.clone(),
        iterations: iterations(core, slot),
        retry_count: core.frame_ref(slot).retry_count,
        resource: task.resource.clone(),
        input,
        credentials,
        token,
        timeout,
        heartbeat,
    })
}

/// What holds for numbers that are written down holds for numbers that are found (States Language, § Timeouts and
/// Heartbeats). How the service words it is not known.
fn check_seconds(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    timeout: Option<u32>,
    heartbeat: Option<u32>,
) -> Result<(), Raise> {
    let wrong = |field: &'static str, message: &str| match state.query_language {
        QueryLanguage::JsonPath => Err(core.runtime(slot, state, message)),
        QueryLanguage::Jsonata => {
            let evaluation = Evaluation {
                location: Some(Text::new_static(field)),
                previous: core.before(slot),
            };
            Err(core.query_failure(slot, state, message, evaluation))
        }
    };
    for (field, seconds) in [("TimeoutSeconds", timeout), ("HeartbeatSeconds", heartbeat)] {
        if seconds.is_some_and(|seconds| !(1..=limits::SECONDS).contains(&seconds)) {
            let largest = limits::SECONDS;
            let message = format!("{field} must be between 1 and {largest}.");
            return wrong(field, &message);
        }
    }
    match (timeout, heartbeat) {
        (Some(timeout), Some(heartbeat)) if heartbeat >= timeout => {
            let message = "HeartbeatSeconds must be smaller than TimeoutSeconds.";
            wrong("HeartbeatSeconds", message)
        }
        _ => Ok(()),
    }
}

/// The Map iterations around a frame, outermost first.
fn iterations(core: &Core<'_>, slot: Slot) -> Vec<Iteration> {
    let mut around = Vec::new();
    let mut frame = core.frame_ref(slot);
    while let Some(parent) = frame.parent {
        let owner = core.frame_ref(parent);
        if frame.item.is_some() {
            around.push(Iteration {
                map: core.machine.state(owner.at).name.clone(),
                index: frame.index,
            });
        }
        frame = owner;
    }
    around.reverse();
    around
}

/// Takes in what happened to a task. An answer to an attempt that is not live any more changes nothing.
pub(super) fn update(core: &mut Core<'_>, ticket: Ticket, update: TaskUpdate) {
    if !core.execution.is_live(ticket) {
        return;
    }
    let slot = ticket.slot;
    let profile = core.execution.header.profile;
    let cut = |failure| profile.cut(failure);
    match update {
        TaskUpdate::Accepted => scheduled(core, slot),
        TaskUpdate::Started { worker } => started(core, slot, worker),
        TaskUpdate::Heartbeat => {
            started(core, slot, None);
            beat(core, slot);
        }
        TaskUpdate::Refused(failure) => refused(core, slot, cut(failure)),
        TaskUpdate::Returned(result) => returned(core, slot, result.map_err(cut)),
        TaskUpdate::Completed(result) => completed(core, slot, result.map_err(cut)),
    }
}

fn running<'c>(core: &'c Core<'_>, slot: Slot) -> Option<&'c Running> {
    core.frame_ref(slot).phase.running()
}

/// The request of a running task, if it has come so far and no further.
fn request_in(
    core: &Core<'_>,
    slot: Slot,
    is_there: impl Fn(&Stage) -> bool,
) -> Option<Arc<TaskRequest>> {
    let running = running(core, slot).filter(|running| is_there(&running.stage))?;
    Some(running.request.clone())
}

/// Changes a running task; its deadlines may move with it.
fn change(core: &mut Core<'_>, slot: Slot, change: impl FnOnce(&mut Running)) {
    let Phase::Running(running) = &mut core.frame_mut(slot).phase else {
        return;
    };
    let before = running.due();
    change(running);
    let after = running.due();
    core.move_timer(slot, before, after);
}

fn scheduled(core: &mut Core<'_>, slot: Slot) {
    let Some(request) = request_in(core, slot, |stage| matches!(stage, Stage::Requested)) else {
        return;
    };
    core.record(slot, || Details::TaskScheduled(request));
    change(core, slot, |running| running.stage = Stage::Scheduled);
}

fn started(core: &mut Core<'_>, slot: Slot, worker: Option<Arc<str>>) {
    scheduled(core, slot);
    let Some(request) = request_in(core, slot, |stage| matches!(stage, Stage::Scheduled)) else {
        return;
    };
    core.record(slot, || Details::TaskStarted { request, worker });
    let now = core.now();
    change(core, slot, |running| {
        running.stage = Stage::Started;
        start_clocks(now, running);
    });
}

/// Timeouts run from the start of the work. A task that nobody reports as started is taken to start when it is
/// scheduled; an activity starts when a worker takes it.
fn start_clocks(now: Timestamp, running: &mut Running) {
    let at = |seconds: Option<u32>| seconds.map(|seconds| later(now, seconds));
    running.deadline = at(running.request.timeout);
    running.beat_by = at(running.request.heartbeat);
}

fn beat(core: &mut Core<'_>, slot: Slot) {
    let now = core.now();
    change(core, slot, |running| {
        running.beat_by = running.request.heartbeat.map(|seconds| later(now, seconds))
    });
}

/// The task could not even be scheduled.
fn refused(core: &mut Core<'_>, slot: Slot, failure: Failure) {
    let Some(running) = running(core, slot) else {
        return;
    };
    let request = running.request.clone();
    let state = core.machine.state(request.state);
    let failure = match (failure.error(), &failure.cause) {
        // A task that cannot exist is a fault of the machine, told as one (conformance
        // `activity/does-not-exist`).
        (errors::RUNTIME, Some(cause)) => {
            Failure::new(errors::RUNTIME, core.cause(slot, state, cause))
        }
        _ => failure,
    };
    if !matches!(running.stage, Stage::Requested) {
        let told = failure.clone();
        core.record(slot, || Details::TaskScheduleFailed(request, told));
    }
    give_up(core, slot, failure);
}

/// The attempt has failed.
fn give_up(core: &mut Core<'_>, slot: Slot, failure: Failure) {
    core.set_phase(slot, Phase::Again);
    core.apply(slot, Step::Raise(Raise::new(failure, Origin::Task)));
}

/// The call came back: the end of a request-response task, the submission of any other.
fn returned(core: &mut Core<'_>, slot: Slot, result: Result<Json, Failure>) {
    started(core, slot, None);
    let Some(request) = request_in(core, slot, |stage| matches!(stage, Stage::Started)) else {
        return;
    };
    match (request.resource.pattern(), result) {
        (Pattern::RequestResponse, result) => completed(core, slot, result),
        (_, Ok(output)) if output.depth() > limits::NESTING => {
            completed(core, slot, Ok(output));
        }
        (_, Ok(output)) => {
            let told = output.clone();
            core.record(slot, || Details::TaskSubmitted {
                request,
                output: told,
            });
            change(core, slot, |running| {
                running.stage = Stage::Submitted { output }
            });
        }
        (_, Err(failure)) => {
            let told = failure.clone();
            core.record(slot, || Details::TaskSubmitFailed(request, told));
            give_up(core, slot, failure);
        }
    }
}

/// The task is done.
fn completed(core: &mut Core<'_>, slot: Slot, result: Result<Json, Failure>) {
    started(core, slot, None);
    let Some(running) = running(core, slot) else {
        return;
    };
    let request = running.request.clone();
    let limit = core.execution.header.profile.payload_limit();
    let result = match result {
        Ok(output) if output.depth() > limits::NESTING => Err(too_deep(&request)),
        Ok(output) if limit < usize::MAX && output.length() > limit => {
            Err(too_large(name_of(&request)))
        }
        result => result,
    };
    core.set_phase(slot, Phase::Again);
    let state = core.machine.state(request.state);
    let step = match result {
        Ok(output) => {
            let told = output.clone();
            // The request goes with the event: its input is the state's, which can be written in place when nobody else
            // has it.
            core.record(slot, move || Details::TaskSucceeded {
                request,
                output: told,
            });
            core.conclude(slot, state, output)
        }
        Err(failure) => {
            let told = failure.clone();
            core.record(slot, || Details::TaskFailed(request, told));
            Step::Raise(Raise::new(failure, Origin::Task))
        }
    };
    core.apply(slot, step);
}

/// A result that only a program in this process can have made: no JSON text that is read again.
fn too_deep(request: &TaskRequest) -> Failure {
    let cause = format!(
        "The state/task '{}' returned a result nested deeper than {} levels.",
        name_of(request),
        limits::NESTING
    );
    Failure::new(errors::RUNTIME, cause)
}

/// What the service calls a task whose result is too large (observed on AWS: the function's ARN, or the service).
fn name_of(request: &TaskRequest) -> &str {
    match &request.resource.kind {
        ResourceKind::Service { service, .. } => service,
        ResourceKind::Lambda | ResourceKind::Activity | ResourceKind::Custom => {
            &request.resource.text
        }
    }
}

/// The task took too long, or did not report in time: the history says `States.Timeout` for both.
pub(super) fn time_out(core: &mut Core<'_>, slot: Slot) -> Raise {
    started_late(core, slot);
    let mut failure = Failure::named(errors::TIMEOUT);
    let mut origin = Origin::Timeout;
    if let Some(running) = running(core, slot) {
        let request = running.request.clone();
        if running
            .deadline
            .is_none_or(|deadline| deadline > core.now())
        {
            origin = Origin::Heartbeat;
            failure = Failure::named(core.execution.header.profile.heartbeat_error());
        }
        let told = failure.clone();
        core.record(slot, || Details::TaskTimedOut(request, told));
    }
    core.cancel(slot);
    Raise::new(failure, origin)
}

/// Tells the history of a start that nobody reported, without moving the deadlines.
fn started_late(core: &mut Core<'_>, slot: Slot) {
    let Some(request) = request_in(core, slot, |stage| matches!(stage, Stage::Scheduled)) else {
        return;
    };
    core.record(slot, || Details::TaskStarted {
        request,
        worker: None,
    });
}
