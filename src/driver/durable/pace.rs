//! How fast time passes for executions that only wait.

use std::time::Duration;

/// How long waits take: a part of the time they say.
///
/// Only Wait states and the pauses before retries are shortened. What is being done outside takes the time it takes, and
/// has its deadlines by the wall's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f64);

impl Pace {
    /// As long as they say.
    pub const REAL: Self = Self(1.0);

    /// No time at all: an execution's own clock jumps over them.
    pub const VIRTUAL: Self = Self(0.0);

    /// So much of the time they say: `0.01` makes a second of a hundred. What is no such factor counts as 1.
    #[must_use]
    pub fn scaled(factor: f64) -> Self {
        if (0.0..=1.0).contains(&factor) {
            Self(factor)
        } else {
            Self::REAL
        }
    }

    pub(super) fn is_real(self) -> bool {
        self == Self::REAL
    }

    pub(super) fn of(self, wait: Duration) -> Duration {
        if self.is_real() {
            wait
        } else {
            wait.mul_f64(self.0)
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::REAL
    }
}
