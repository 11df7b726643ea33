//! Redrive: a failed execution goes on where it failed.
//!
//! Source: AWS developer guide, "Restarting state machine executions with redrive". Finished branches and iterations
//! keep their results; unfinished ones do their state again; retries count from zero.

use super::core::{Core, later};
use super::frame::{Phase, Resume, Slot};
use super::history::Details;

/// Restarts an execution that failed, timed out or was stopped. One that succeeded has nothing to restart.
pub(super) fn restart(core: &mut Core<'_>) {
    let unwound: Vec<Slot> = core.execution.frames.iter().map(|(slot, _)| slot).collect();
    // The event that tells of it, and one more at least, must find room (API reference, `RedriveExecution`).
    if unwound.is_empty() || !core.has_room_for(2) {
        return;
    }
    let header = &mut core.execution.header;
    header.outcome = None;
    header.failed_in = None;
    header.redrive_count += 1;
    header.redriven = Some(header.now);
    header.deadline = core
        .machine
        .timeout()
        .map(|seconds| later(header.now, seconds));
    let (last, redrive_count) = (header.last_event, header.redrive_count);
    core.push(last, || Details::ExecutionRedriven { redrive_count });
    for slot in unwound {
        go_on(core, slot);
    }
}

fn go_on(core: &mut Core<'_>, slot: Slot) {
    let children = core.execution.frames.children(slot).len();
    let frame = core.frame_mut(slot);
    frame.tries.clear();
    frame.retry_count = 0;
    let Phase::Unwound { resume, .. } = std::mem::replace(&mut frame.phase, Phase::Again) else {
        return;
    };
    match *resume {
        Resume::Join(mut joining) => {
            joining.live = u32::try_from(children).unwrap_or(u32::MAX);
            frame.phase = Phase::Joining(joining);
        }
        Resume::Enter => {
            frame.phase = Phase::Entering;
            core.execution.ready.push_back(slot);
        }
        Resume::Again => core.execution.ready.push_back(slot),
    }
}
