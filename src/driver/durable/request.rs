//! What a driver is asked, and what it answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::{Failure, HistoryEvent, Outcome, Start, TaskToken, TaskUpdate, TokenError};
use crate::machine::Machine;
use crate::store::{self, Summary};
use crate::value::{Json, Text, Timestamp};

/// Whether an execution outlives the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// It does: every step is in the store before it has an effect.
    #[default]
    Stored,
    /// It does not, and the store never hears of it: executions of Express machines, which are logged.
    InMemory,
}

/// An execution to be started.
#[derive(Clone)]
pub struct StartRequest {
    /// What it runs.
    pub machine: Arc<Machine>,
    /// What it is told. Its identity names it; where the token secret is zero, secret and seed are drawn.
    pub start: Start,
    /// The ARN of the version that was named.
    pub version: Option<Text>,
    /// The ARN of the alias that was named.
    pub alias: Option<Text>,
    /// The ARN of the map run it is a child of.
    pub map_run: Option<Text>,
    /// What else is to be remembered of it: JSON that the driver does not read.
    pub attributes: Json,
    /// Whether it outlives the process.
    pub keep: Keep,
}

impl StartRequest {
    /// An execution of a machine that is kept in the store.
    #[must_use]
    pub fn new(machine: Arc<Machine>, start: Start) -> Self {
        Self {
            machine,
            start,
            version: None,
            alias: None,
            map_run: None,
            attributes: Json::Null,
            keep: Keep::Stored,
        }
    }
}

/// An execution that was started: what the store has acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its ARN.
    pub execution: Text,
    /// When it began.
    pub at: Timestamp,
}

/// What the driver writes into [`store::Record::details`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The input as its sender spelled it.
    pub input: String,
    /// The output of an execution that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// How one went wrong that did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The hash of the definition it runs: where the text is found in the catalogue.
    pub definition: Text,
    /// What [`StartRequest::attributes`] said, as text.
    pub attributes: String,
}

impl Details {
    /// Reads what the driver has written.
    #[must_use]
    pub fn of(record: &store::Record) -> Self {
        serde_json::from_str(&record.details).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("texts are written as JSON")
    }

    pub(super) fn ended(&mut self, outcome: Option<&Outcome>) {
        self.output = outcome
            .and_then(Outcome::output)
            .map(|output| output.to_string());
        self.failure = outcome.and_then(Outcome::failure).cloned();
    }
}

/// What comes from outside to an execution that was started.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Stop: `StopExecution`.
    Stop(Failure),
    /// Go on where you failed: `RedriveExecution`.
    Redrive,
    /// What the bearer of a token says: `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat`.
    Token {
        /// The token.
        token: String,
        /// What happened to its task.
        update: TaskUpdate,
    },
}

/// A task that a worker of an activity was given: `GetActivityTask`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityTask {
    /// What it answers with.
    pub token: TaskToken,
    /// What it is to work on, as text.
    pub input: String,
}

/// What happens to tasks of an activity.
#[derive(Clone, Debug)]
pub enum Handling {
    /// They wait until a worker asks for them.
    Queue,
    /// The resolver does them, as any other task: mocks.
    Resolve,
    /// They cannot be scheduled: there is no such activity.
    Refuse(Failure),
}

/// What others are told after a step of an execution is stored.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// What is told of the execution, as it is now.
    pub summary: &'a Summary,
    /// What its history has gained.
    pub events: &'a [HistoryEvent],
    /// How it ended, with the step in which it did.
    pub outcome: Option<&'a Outcome>,
}

/// Why a driver did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An execution of that name exists, or existed.
    #[error("the execution `{0}` exists already")]
    Exists(Text),
    /// There is no such execution.
    #[error("there is no execution `{0}`")]
    Missing(Text),
    /// The execution has ended.
    #[error("the execution has ended")]
    Ended,
    /// The execution cannot be restarted.
    #[error("the execution cannot be redriven: {0}")]
    NotRedrivable(&'static str),
    /// The token is of no use.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// What was stored cannot be run by this version.
    #[error("the execution cannot go on: {0}")]
    Unreadable(String),
    /// The store did not take it; nothing has happened.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The driver is being closed.
    #[error("the driver is shutting down")]
    Closing,
}
