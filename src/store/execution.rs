//! What a store keeps of an execution.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::engine::{Outcome, Parts, RowChange};
use crate::value::{Text, Timestamp};

/// How often something has been written. The first time gives 1.
pub type Revision = u64;

/// Where an execution stands, as the service's API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It has not ended.
    Running,
    /// It ended with an output.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Its own time ran out.
    TimedOut,
    /// Somebody stopped it.
    Aborted,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Aborted,
    ];

    /// `RUNNING` and its kin.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// The status of an execution with this outcome.
    #[must_use]
    pub fn of(outcome: Option<&Outcome>) -> Self {
        match outcome {
            None => Self::Running,
            Some(Outcome::Succeeded(_)) => Self::Succeeded,
            Some(Outcome::Failed(_)) => Self::Failed,
            Some(Outcome::TimedOut(_)) => Self::TimedOut,
            Some(Outcome::Aborted(_)) => Self::Aborted,
        }
    }
}

/// The service's name of it.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a list of executions tells of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its ARN: its key in the store.
    pub execution: Text,
    /// Its name.
    pub name: Text,
    /// The ARN of its state machine, without version or alias.
    pub machine: Text,
    /// The ARN of the version it was started with, if one was named.
    pub version: Option<Text>,
    /// The ARN of the alias it was started with, if one was named.
    pub alias: Option<Text>,
    /// The ARN of the map run it is a child of.
    pub map_run: Option<Text>,
    /// Where it stands.
    pub status: Status,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven: Option<Timestamp>,
}

/// All that a store tells of an execution besides its rows and its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What lists tell.
    pub summary: Summary,
    /// What else was to be remembered, as text that the store does not read: input, outcome, headers.
    pub details: String,
}

/// One step of an execution, stored whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The ARN of the execution.
    pub execution: Text,
    /// The revision that it must have; 0 when it must not be there. A name is given once: the ARN says which machine and
    /// which name.
    pub expected: Revision,
    /// The record, where it changed. The first commit must bring it.
    pub record: Option<Record>,
    /// The rows of the snapshot that changed.
    pub rows: Vec<RowChange>,
    /// What the history has gained, in order.
    pub history: Vec<Entry>,
    /// When and why somebody must look at it again.
    pub standing: Standing,
}

/// When and why somebody must look at an execution again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The earliest moment of the wall's clock at which time moves it.
    pub wake_at: Option<Timestamp>,
    /// Whether it has asked for something that must be asked for again after a crash.
    pub owing: bool,
    /// How far its clock is ahead of the wall's, in milliseconds: where waits are shortened, time was jumped over.
    pub ahead: i64,
}

/// An execution as it comes back from the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its revision: what the next commit expects.
    pub revision: Revision,
    /// Its record.
    pub record: Record,
    /// Its snapshot.
    pub rows: Parts,
    /// When and why somebody must look at it.
    pub standing: Standing,
}

/// One event of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub id: u64,
    /// The event as text without line breaks, which the store does not read.
    pub event: String,
}

/// Which events of a history are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// In which order.
    pub order: Order,
    /// Only those that come after this one in that order.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// From which end a history is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// From its beginning.
    #[default]
    OldestFirst,
    /// From its end.
    NewestFirst,
}

/// Which executions a list is to have. What is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Those of this machine.
    pub machine: Option<Text>,
    /// Those started with this version.
    pub version: Option<Text>,
    /// Those started with this alias.
    pub alias: Option<Text>,
    /// The children of this map run.
    pub map_run: Option<Text>,
    /// Those that stand there.
    pub status: Option<Status>,
    /// Those that were redriven, or those that were not.
    pub redriven: Option<bool>,
    /// Those after this place in the list.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

impl Query {
    /// Whether an execution is one of those.
    #[must_use]
    pub fn wants(&self, summary: &Summary) -> bool {
        let same = |wanted: &Option<Text>, found: Option<&Text>| {
            wanted.as_ref().is_none_or(|wanted| found == Some(wanted))
        };
        same(&self.machine, Some(&summary.machine))
            && same(&self.version, summary.version.as_ref())
            && same(&self.alias, summary.alias.as_ref())
            && same(&self.map_run, summary.map_run.as_ref())
            && self.status.is_none_or(|status| status == summary.status)
            && self
                .redriven
                .is_none_or(|redriven| redriven == (summary.redrive_count > 0))
    }
}

/// A page of a list of executions, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The executions.
    pub executions: Vec<Summary>,
    /// Where to go on; `None` when that was all.
    pub next: Option<Cursor>,
}

/// A place in the list of executions: when the one before it began, and the how manieth it was that the store was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(super) started: Timestamp,
    pub(super) number: u64,
}

/// `started.number`, in hexadecimal.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.started.millis(), self.number)
    }
}

/// A text that is no place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a place in a list of executions")]
pub struct CursorError;

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (started, number) = text.split_once('.').ok_or(CursorError)?;
        let millis = i64::from_str_radix(started, 16).map_err(|_| CursorError)?;
        let number = u64::from_str_radix(number, 16).map_err(|_| CursorError)?;
        Ok(Self {
            started: Timestamp::from_millis(millis),
            number,
        })
    }
}

/// An execution that time will move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When, by the wall's clock.
    pub at: Timestamp,
    /// Its ARN.
    pub execution: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = Cursor {
            started: Timestamp::from_millis(1_767_225_600_123),
            number: 77,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", ".", "x.1", "1", "1.2.3", "1.-2"] {
            assert_eq!(text.parse::<Cursor>(), Err(CursorError), "{text}");
        }
    }
}
