//! What frames are doing, and what time decides about it.

use super::core::Core;
use super::frame::{Phase, Slot};
use crate::value::Timestamp;

impl Core<'_> {
    /// Changes what a frame is doing, and with it what time decides about it.
    pub(super) fn set_phase(&mut self, slot: Slot, phase: Phase) {
        self.clear_timer(slot);
        if let Some(at) = due(&phase) {
            self.execution.timers.insert(at, slot);
        }
        self.frame_mut(slot).phase = phase;
    }

    /// What time decides about a frame has moved.
    pub(super) fn move_timer(
        &mut self,
        slot: Slot,
        before: Option<Timestamp>,
        after: Option<Timestamp>,
    ) {
        if before == after {
            return;
        }
        if let Some(at) = before {
            self.execution.timers.remove(at, slot);
        }
        if let Some(at) = after {
            self.execution.timers.insert(at, slot);
        }
    }

    pub(super) fn clear_timer(&mut self, slot: Slot) {
        if let Some(at) = self
            .execution
            .frames
            .get(slot)
            .and_then(|frame| due(&frame.phase))
        {
            self.execution.timers.remove(at, slot);
        }
    }
}

/// When time decides something about a frame.
pub(super) fn due(phase: &Phase) -> Option<Timestamp> {
    match phase {
        Phase::Waiting { until } | Phase::BackingOff { until } => Some(*until),
        Phase::Running(running) => running.due(),
        Phase::Entering
        | Phase::Again
        | Phase::Elapsed
        | Phase::Joining(_)
        | Phase::Unwound { .. } => None,
    }
}
