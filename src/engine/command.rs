//! What an execution asks for: wishes, in the imperative.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::asl::Resource;
use crate::machine::StateId;
use crate::value::{Json, Text};

/// A wish. Perform it after what [`Effects`](super::Effects) came with it has been stored.
#[derive(Clone, Debug)]
pub enum Command {
    /// Do this work and tell the execution how it went, with `EventKind::Task` and the request's ticket.
    Invoke(Arc<TaskRequest>),
    /// Watch a job that was started before: do not start it again.
    Attach {
        /// What was asked for.
        request: Arc<TaskRequest>,
        /// What the service answered when it accepted the job.
        submitted: Json,
    },
    /// Stop this work if it can be stopped, then answer with `EventKind::CancelAcknowledged`.
    Cancel {
        /// What was asked for.
        request: Arc<TaskRequest>,
        /// What the service answered when it accepted the job, if it did.
        submitted: Option<Json>,
    },
    /// The execution has ended.
    Finish(Outcome),
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With an output.
    Succeeded(Json),
    /// With an error that nothing caught.
    Failed(Failure),
    /// The machine's own `TimeoutSeconds` has passed.
    TimedOut(Failure),
    /// Somebody stopped it.
    Aborted(Failure),
}

impl Outcome {
    /// The status as the service's API names it.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::TimedOut(_) => "TIMED_OUT",
            Self::Aborted(_) => "ABORTED",
        }
    }

    /// The output of an execution that succeeded.
    #[must_use]
    pub fn output(&self) -> Option<&Json> {
        if let Self::Succeeded(output) = self {
            Some(output)
        } else {
            None
        }
    }

    /// The failure of an execution that did not.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Succeeded(_) => None,
            Self::Failed(failure) | Self::TimedOut(failure) | Self::Aborted(failure) => {
                Some(failure)
            }
        }
    }
}

/// One attempt at one task, frozen when it is made: evaluating its input again would draw another UUID.
#[derive(Clone, Debug)]
pub struct TaskRequest {
    /// The attempt's name: unique in the execution, an idempotency key, not a secret.
    pub ticket: Ticket,
    /// The Task state.
    pub state: StateId,
    /// The name of that state.
    pub state_name: Text,
    /// Which path of control it belongs to: the Map iterations around it, outermost first.
    pub iterations: Vec<Iteration>,
    /// How many attempts came before it in this visit of the state.
    pub retry_count: u32,
    /// Who does the work.
    pub resource: Arc<Resource>,
    /// The effective input, the token already inside where `$$.Task.Token` stands.
    pub input: Json,
    /// `Credentials`, evaluated.
    pub credentials: Option<Json>,
    /// With it anybody can answer from outside: present for activities and `.waitForTaskToken`.
    pub token: Option<TaskToken>,
    /// `TimeoutSeconds`, evaluated.
    pub timeout: Option<u32>,
    /// `HeartbeatSeconds`, evaluated.
    pub heartbeat: Option<u32>,
}

/// One iteration of a Map state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iteration {
    /// The Map state.
    pub map: Text,
    /// Which of its items, from 0.
    pub index: u32,
}

/// The name of one attempt: a slot of the execution's frames, which use of that slot, and which attempt in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
    pub(crate) attempt: u32,
}

/// `slot.generation.attempt`
impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.slot, self.generation, self.attempt)
    }
}

/// A secret that lets its bearer answer one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskToken(pub(crate) Text);

impl TaskToken {
    /// The text that goes out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
