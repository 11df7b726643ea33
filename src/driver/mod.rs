//! The ones who live in time: they do what executions ask for, and tell them what happened.
//!
//! | driver | time | for |
//! |---|---|---|
//! | [`virtual_time`] | jumps from one moment to the next | tests and simulations, without a runtime |
//! | `local` | the world's | programs that embed the engine, the command line |
//! | `durable` | the world's | servers: many executions, in a store, none of which can be lost |
//!
//! All do what `docs/driving.md` says: advance, (commit,) perform, advance again.

mod drive;
#[cfg(feature = "durable")]
pub mod durable;
#[cfg(feature = "local")]
pub mod local;
pub mod virtual_time;

pub use drive::Listener;

use std::time::Duration;

use crate::engine::{HistoryEvent, Outcome};
use crate::value::{Text, Timestamp};

/// The error of an execution that was stopped because nobody is left who could move it.
pub const STUCK: &str = "Driver.Stuck";

/// When virtual time begins: 2026-01-01T00:00:00Z.
pub const BEGINNING: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// How an execution went.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// The state whose failure ended it.
    pub failed_in: Option<Text>,
    /// Its history, as far as it was recorded and nobody listened to it.
    pub history: Vec<HistoryEvent>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Timestamp,
}

impl Report {
    /// How long it took, by the driver's clock.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.stopped.since(self.started)
    }
}
