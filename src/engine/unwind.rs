//! What a failure does: it is retried, caught, or goes up to the state around.

use std::collections::BTreeSet;

use super::core::{Core, Step};
use super::frame::{Phase, Slot};
use super::history::Details;
use super::{Failure, Outcome, catch, errors, retry};
use crate::asl::StateType;
use crate::machine::{Kind, State};
use crate::value::Text;

/// A failure on its way, and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Raise {
    pub failure: Failure,
    pub origin: Origin,
    /// What the history is to tell of it first.
    pub evaluation: Option<Box<Evaluation>>,
}

/// A JSONata expression that has no acceptable value: `EvaluationFailed`.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    /// The field.
    pub location: Option<Text>,
    /// The event that it points at.
    pub previous: u64,
}

/// Where a failure came from: names alone do not tell what may handle it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A task or a Fail state told it.
    Task,
    /// A task took too long.
    Timeout,
    /// A task did not report in time. It is called `States.Timeout` too.
    Heartbeat,
    /// The machine itself.
    Machine,
}

impl Raise {
    pub(super) fn new(failure: Failure, origin: Origin) -> Self {
        Self {
            failure,
            origin,
            evaluation: None,
        }
    }

    /// Whether one of the names of an `ErrorEquals` means this failure.
    pub(super) fn is_among(&self, names: &[Text]) -> bool {
        !self.is_final() && names.iter().any(|name| self.is_called(name))
    }

    fn is_called(&self, name: &str) -> bool {
        let error = self.failure.error();
        match name {
            // A result that is too large is caught by the wildcard when a task returned it (observed on AWS), but not
            // when the state made it (developer guide, "Error names").
            errors::ALL => error != errors::DATA_LIMIT_EXCEEDED || self.origin == Origin::Task,
            errors::TASK_FAILED => error != errors::TIMEOUT,
            errors::HEARTBEAT_TIMEOUT => self.origin == Origin::Heartbeat || error == name,
            errors::RESULT_PATH_MATCH_FAILURE => {
                error == errors::REFERENCE_PATH_CONFLICT || error == name
            }
            _ => error == name,
        }
    }

    /// The machine is wrong: nothing retries or catches that.
    fn is_final(&self) -> bool {
        self.failure.error() == errors::RUNTIME
    }
}

/// Lets a failure take its course, from the state of a frame upwards.
pub(super) fn raise(core: &mut Core<'_>, slot: Slot, mut raise: Raise) {
    take_note(core, slot, &mut raise);
    let source = core.machine.state(core.frame_ref(slot).at).name.clone();
    let is_container = matches!(
        core.machine.state(core.frame_ref(slot).at).kind,
        Kind::Map(_) | Kind::Parallel(_)
    );
    if matches!(core.frame_ref(slot).phase, Phase::Joining(_)) {
        // It fails by itself, not by what is below it: that starts over with it, in a retry and in a redrive.
        discard_below(core, slot);
        core.set_phase(slot, Phase::Again);
    }
    let mut at = slot;
    loop {
        let state = core.machine.state(core.frame_ref(at).at);
        if let Some(pause) = retry::pause(core, at, state, &raise) {
            discard_below(core, at);
            let until = core.now().after(pause);
            return core.set_phase(at, Phase::BackingOff { until });
        }
        if at != slot || (is_container && !raise.is_final()) {
            core.record(at, || failed(state));
        }
        if let Some(catcher) = catch::find(state, &raise) {
            let step = catch::take(core, at, state, catcher, &raise.failure);
            if let Step::Raise(second) = step {
                // A catcher that fails itself is no catcher: that failure goes up from here.
                raise = second;
                take_note(core, at, &mut raise);
            } else {
                discard_below(core, at);
                return core.apply(at, step);
            }
        }
        let chain = core.frame_ref(at).chain;
        core.unwind(at, &raise.failure);
        match core.frame_ref(at).parent {
            Some(parent) if !raise.is_final() => {
                spread(core, parent, at);
                at = parent;
            }
            _ => {
                core.execution.header.failed_in = Some(source);
                return core.end(Outcome::Failed(raise.failure), chain);
            }
        }
    }
}

/// Cuts a failure to the length it may have. An expression that failed has an event of its own, at every attempt.
fn take_note(core: &mut Core<'_>, slot: Slot, raise: &mut Raise) {
    let failure = std::mem::take(&mut raise.failure);
    raise.failure = core.execution.header.profile.cut(failure);
    let Some(evaluation) = raise.evaluation.take() else {
        return;
    };
    core.frame_mut(slot).chain = evaluation.previous;
    let state = core.machine.state(core.frame_ref(slot).at).name.clone();
    let failure = Box::new(raise.failure.clone());
    core.record(slot, || Details::EvaluationFailed {
        failure,
        location: evaluation.location,
        state,
    });
}

/// The event that tells of a container's failure.
fn failed(state: &State) -> Details {
    if matches!(state.kind, Kind::Map(_)) {
        Details::MapStateFailed
    } else {
        Details::ParallelStateFailed
    }
}

/// One branch has failed: the state around stops the others. All events that tell of it point at the failure
/// (observed on AWS: a Map over tasks that time out).
fn spread(core: &mut Core<'_>, parent: Slot, failing: Slot) {
    let owner = core.machine.state(core.frame_ref(parent).at);
    let failure = core.frame_ref(failing).chain;
    let is_map = matches!(owner.kind, Kind::Map(_));
    let index = core.frame_ref(failing).index;
    if is_map {
        core.push(failure, || Details::MapIterationFailed {
            name: owner.name.clone(),
            index,
        });
    }
    if matches!(
        core.machine.state(core.frame_ref(failing).at).kind,
        Kind::Task(_)
    ) {
        core.push(failure, || Details::StateAborted {
            state_type: StateType::Task,
        });
    }
    for sibling in core.execution.frames.children(parent) {
        if sibling != failing && !matches!(core.frame_ref(sibling).phase, Phase::Unwound { .. }) {
            abort(core, sibling, failure);
        }
    }
    let frame = core.frame_mut(parent);
    frame.chain = failure;
    frame.leaf = failure;
}

/// Stops a branch and everything below it.
fn abort(core: &mut Core<'_>, branch: Slot, failure: u64) {
    let mut branches = vec![branch];
    while let Some(slot) = branches.pop() {
        tell_abort(core, slot, failure);
        let below = core.execution.frames.children(slot);
        branches.extend(below.into_iter().rev());
        core.cut_short(slot, &Failure::default());
    }
}

fn tell_abort(core: &mut Core<'_>, slot: Slot, failure: u64) {
    let frame = core.frame_ref(slot);
    let (index, entered) = (frame.index, !matches!(frame.phase, Phase::Entering));
    let state_type = core.machine.state(frame.at).state_type();
    let owner = frame
        .parent
        .map(|parent| core.machine.state(core.frame_ref(parent).at));
    if let Some(owner) = owner.filter(|owner| matches!(owner.kind, Kind::Map(_))) {
        core.push(failure, || Details::MapIterationAborted {
            name: owner.name.clone(),
            index,
        });
    }
    let can_abort = matches!(
        state_type,
        StateType::Task | StateType::Wait | StateType::Map | StateType::Parallel
    );
    if entered && can_abort {
        core.push(failure, || Details::StateAborted { state_type });
    }
}

/// Forgets everything below a frame: the state starts over, or goes on elsewhere.
fn discard_below(core: &mut Core<'_>, slot: Slot) {
    let mut above = vec![slot];
    while let Some(slot) = above.pop() {
        core.take_results(slot);
        for child in core.execution.frames.children(slot) {
            core.cancel(child);
            above.push(child);
        }
    }
    let below = descendants(core, slot);
    let gone: BTreeSet<Slot> = below.iter().copied().collect();
    if !gone.is_empty() {
        core.execution.ready.retain(|ready| !gone.contains(ready));
    }
    for slot in below {
        core.clear_timer(slot);
        core.execution.remove(slot);
    }
}

fn descendants(core: &Core<'_>, slot: Slot) -> Vec<Slot> {
    let mut found = core.execution.frames.children(slot);
    let mut at = 0;
    while let Some(slot) = found.get(at).copied() {
        found.extend(core.execution.frames.children(slot));
        at += 1;
    }
    found
}
