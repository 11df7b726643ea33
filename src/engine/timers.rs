//! When time decides something about frames.

use std::collections::VecDeque;

use super::frame::Slot;
use crate::value::Timestamp;

/// Moments and the frames that they are about, the earliest first.
///
/// A list in order: most executions that wait do so for one moment, and there may be a million of them. The first goes
/// at once, and so does one that comes last, as when many begin to wait for the same time.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers(VecDeque<(Timestamp, Slot)>);

impl Timers {
    pub(super) fn insert(&mut self, at: Timestamp, slot: Slot) {
        if let Err(place) = self.0.binary_search(&(at, slot)) {
            if self.0.is_empty() {
                self.0.reserve_exact(1);
            }
            self.0.insert(place, (at, slot));
        }
    }

    pub(super) fn remove(&mut self, at: Timestamp, slot: Slot) {
        if let Ok(place) = self.0.binary_search(&(at, slot)) {
            // The shorter side moves up.
            let _ = self.0.remove(place);
        }
    }

    pub(super) fn first(&self) -> Option<(Timestamp, Slot)> {
        self.0.front().copied()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl FromIterator<(Timestamp, Slot)> for Timers {
    fn from_iter<I: IntoIterator<Item = (Timestamp, Slot)>>(timers: I) -> Self {
        let mut timers: Vec<_> = timers.into_iter().collect();
        timers.sort_unstable();
        Self(timers.into())
    }
}
