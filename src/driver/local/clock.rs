//! What time it is for an execution.

use std::time::{SystemTime, UNIX_EPOCH};

use super::Pace;
use crate::value::Timestamp;

/// The time of one execution, which never goes back.
pub(super) struct Clock {
    pace: Pace,
    now: Timestamp,
    /// What the wall said when it was last read.
    wall: Timestamp,
}

impl Clock {
    pub(super) fn new(pace: Pace, begun: Option<Timestamp>) -> Self {
        let wall = wall();
        Self {
            pace,
            now: begun.unwrap_or(wall),
            wall,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether it can be moved on at all.
    pub(super) fn can_jump(&self) -> bool {
        self.pace == Pace::Jumping
    }

    pub(super) fn jump(&mut self, then: Timestamp) {
        self.now = self.now.max(then);
    }

    /// Time passes as the world's does.
    pub(super) fn follow(&mut self) {
        let wall = wall();
        self.now = self.now.after(wall.since(self.wall));
        self.wall = wall;
    }

    /// Nothing goes on outside: a time that jumps stands still.
    pub(super) fn rest(&mut self) {
        match self.pace {
            Pace::Real => self.follow(),
            Pace::Jumping => self.wall = wall(),
        }
    }
}

/// What time it is in the world: the one place that asks.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the driver that others ask for the time"
)]
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
