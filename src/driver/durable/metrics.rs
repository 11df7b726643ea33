//! What a driver has done, as numbers that only grow, and how much it has in hand.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::Status;

/// A number that others may read at any moment.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// What it is now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, many: usize) {
        self.0.fetch_add(many as u64, Ordering::Relaxed);
    }

    pub(super) fn sub(&self, many: usize) {
        self.0.fetch_sub(many as u64, Ordering::Relaxed);
    }
}

/// What a driver has done since it was opened.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Executions that were started.
    pub started: Count,
    /// Executions that ended with an output.
    pub succeeded: Count,
    /// Executions that ended with an error.
    pub failed: Count,
    /// Executions whose own time ran out.
    pub timed_out: Count,
    /// Executions that were stopped.
    pub aborted: Count,
    /// Failed executions that were restarted.
    pub redriven: Count,
    /// Steps that the store has acknowledged.
    pub commits: Count,
    /// Steps that the store has refused, and which were tried again.
    pub failed_commits: Count,
    /// Events of histories that were stored.
    pub events: Count,
    /// Attempts at tasks that were begun, those of earlier processes included.
    pub invoked: Count,
    /// Tasks that are being done in this process now.
    pub running_tasks: Count,
    /// Executions that were read back from the store.
    pub loads: Count,
    /// Executions that left memory because others needed the room.
    pub evictions: Count,
    /// Executions that are in memory now.
    pub resident: Count,
    /// Times when the clock moved an execution.
    pub ticks: Count,
}

impl Metrics {
    pub(super) fn ended(&self, status: Status) {
        match status {
            Status::Running => {}
            Status::Succeeded => self.succeeded.add(1),
            Status::Failed => self.failed.add(1),
            Status::TimedOut => self.timed_out.add(1),
            Status::Aborted => self.aborted.add(1),
        }
    }
}
