//! What an execution is told: facts, in the past.

use std::sync::{Arc, LazyLock};

use super::{Failure, Ticket};
use crate::expr::Variables;
use crate::machine::{ScopeId, StateId};
use crate::value::{Json, Text, Timestamp};

/// A fact and when it was so.
#[derive(Clone, Debug)]
pub struct Event {
    /// When. An execution never goes back in time: an earlier moment counts as its latest one.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

impl Event {
    /// Something happened to a task.
    #[must_use]
    pub fn task(at: Timestamp, ticket: Ticket, update: TaskUpdate) -> Self {
        Self {
            at,
            kind: EventKind::Task { ticket, update },
        }
    }

    /// Time has passed.
    #[must_use]
    pub fn tick(at: Timestamp) -> Self {
        Self {
            at,
            kind: EventKind::Tick,
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// The execution was started. The first event, and only the first.
    Begun(Box<Start>),
    /// Something happened to a task. A ticket that is not live is a late answer and changes nothing.
    Task {
        /// Which attempt.
        ticket: Ticket,
        /// What happened to it.
        update: TaskUpdate,
    },
    /// Time has passed. Harmless at any moment; needed at `wake_at`.
    Tick,
    /// Somebody stopped the execution.
    Stopped(Failure),
    /// Somebody restarted a failed execution where it failed.
    Redriven,
    /// A cancelled task is known to be stopped, or cannot be stopped.
    CancelAcknowledged {
        /// Which attempt.
        ticket: Ticket,
    },
}

/// What happened to a task. An answer implies the updates that were missing before it.
#[derive(Clone, Debug)]
pub enum TaskUpdate {
    /// The activity's queue or the service took it.
    Accepted,
    /// It could not even be scheduled: a deleted activity, say.
    Refused(Failure),
    /// Somebody began to work on it. Deadlines start to run.
    Started {
        /// Who, if known.
        worker: Option<Arc<str>>,
    },
    /// The call came back: the end of a request-response task, the submission of a job or of a task with a token.
    Returned(Result<Json, Failure>),
    /// The job ended, or the bearer of the token answered: the end of the task at any stage.
    Completed(Result<Json, Failure>),
    /// Somebody still works on it.
    Heartbeat,
}

/// All that an execution must know when it starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// The input.
    pub input: Json,
    /// The input as its sender spelled it, when that is to be kept in `ExecutionStarted`.
    pub input_text: Option<Text>,
    /// Who it is: what `$$` tells.
    pub identity: Arc<Identity>,
    /// The scope to run, normally [`ScopeId::TOP`]; children of a distributed map run an item processor.
    pub scope: ScopeId,
    /// The state to start at, when it is not the scope's own.
    pub state: Option<StateId>,
    /// Variables that are there from the start.
    pub variables: Variables,
    /// What the context object is to say instead, member by member.
    pub context: Option<Json>,
    /// What random numbers are drawn from. Never used for tokens.
    pub seed: u64,
    /// What makes task tokens unguessable.
    pub token_secret: [u8; 32],
    /// How much of the history is recorded.
    pub recording: Recording,
    /// Whose rules hold.
    pub profile: Profile,
    /// Which kind of machine it runs.
    pub state_machine_type: StateMachineType,
}

impl Start {
    /// A start with this input and with nothing else said.
    #[must_use]
    pub fn new(input: Json) -> Self {
        Self {
            input,
            input_text: None,
            identity: Identity::unnamed(),
            scope: ScopeId::TOP,
            state: None,
            variables: Variables::default(),
            context: None,
            seed: 0,
            token_secret: [0; 32],
            recording: Recording::Full,
            profile: Profile::Aws,
            state_machine_type: StateMachineType::Standard,
        }
    }
}

/// Who an execution is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// `$$.Execution.Id`: the execution's ARN.
    pub execution_arn: Text,
    /// `$$.Execution.Name`
    pub name: Text,
    /// `$$.StateMachine.Id`: the machine's ARN.
    pub state_machine_arn: Text,
    /// `$$.StateMachine.Name`
    pub state_machine_name: Text,
    /// `$$.Execution.RoleArn`
    pub role_arn: Text,
}

impl Identity {
    /// The identity of executions that nobody has named: one for all.
    #[must_use]
    pub fn unnamed() -> Arc<Self> {
        static UNNAMED: LazyLock<Arc<Identity>> = LazyLock::new(Arc::default);
        UNNAMED.clone()
    }
}

impl Default for Identity {
    /// What an execution is called when nobody said: account 123456789012, region us-east-1.
    fn default() -> Self {
        Self {
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:machine:execution"
                .into(),
            name: "execution".into(),
            state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:machine".into(),
            state_machine_name: "machine".into(),
            role_arn: "arn:aws:iam::123456789012:role/StepFunctionsRole".into(),
        }
    }
}

/// How much of its history an execution records. Event ids advance at every level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Recording {
    /// Every event.
    #[default]
    Full,
    /// Only events that tell of a failure.
    Errors,
    /// None.
    Off,
}

/// Whose rules hold where the service, the specification and practice differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Profile {
    /// What the service does, limits included.
    #[default]
    Aws,
    /// What the service does, without its limits on payloads and histories.
    Relaxed,
    /// What the States Language says where the service does otherwise: names of errors, and the timeout of a task. Without
    /// the service's limits.
    Spec,
}

/// The two kinds of state machine of the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum StateMachineType {
    /// Up to a year, with a history of up to 25,000 events.
    #[default]
    Standard,
    /// Up to five minutes, with a log instead of a history.
    Express,
}
