//! Recording the history: numbers, links, and the limit.

use super::core::Core;
use super::frame::Slot;
use super::history::{Details, HistoryEvent};
use super::{Failure, Outcome, Recording};

impl Core<'_> {
    /// Records the next event of a branch.
    pub(super) fn record(&mut self, slot: Slot, details: impl FnOnce() -> Details) -> u64 {
        let id = self.push(self.frame_ref(slot).chain, details);
        let frame = self.frame_mut(slot);
        frame.chain = id;
        frame.leaf = id;
        id
    }

    /// Records an event that nothing in its branch will point at.
    pub(super) fn record_leaf(
        &mut self,
        slot: Slot,
        previous: u64,
        details: impl FnOnce() -> Details,
    ) {
        let id = self.push(previous, details);
        self.frame_mut(slot).leaf = id;
    }

    /// Gives an event its number, and records it if it is to be recorded. The last number that the limit allows is
    /// kept for the end of the execution.
    pub(super) fn push(&mut self, previous: u64, details: impl FnOnce() -> Details) -> u64 {
        if !self.has_room_for(1) {
            self.full = true;
            return self.execution.header.last_event;
        }
        self.write(previous, details)
    }

    pub(super) fn write(&mut self, previous: u64, details: impl FnOnce() -> Details) -> u64 {
        let header = &mut self.execution.header;
        header.last_event += 1;
        let (id, at) = (header.last_event, header.now);
        let details = match header.recording {
            Recording::Off => None,
            Recording::Full => Some(details()),
            Recording::Errors => Some(details()).filter(Details::is_failure),
        };
        self.out.history.extend(details.map(|details| HistoryEvent {
            id,
            previous,
            at,
            details,
        }));
        id
    }

    pub(super) fn reach_the_history_limit(&mut self) {
        let (outcome, last) = self.history_limit_reached();
        self.end(outcome, last);
    }

    pub(super) fn history_limit_reached(&self) -> (Outcome, u64) {
        let limit = self.history_limit();
        let cause =
            format!("The execution reached the maximum number of history events ({limit}).");
        let failure = Failure::new(super::errors::RUNTIME, cause);
        (Outcome::Failed(failure), self.execution.header.last_event)
    }

    /// Whether the history has room for so many events before the last.
    pub(super) fn has_room_for(&self, events: u64) -> bool {
        self.execution.header.last_event + events < self.history_limit()
    }

    fn history_limit(&self) -> u64 {
        let header = &self.execution.header;
        header.profile.history_limit(header.state_machine_type)
    }
}
