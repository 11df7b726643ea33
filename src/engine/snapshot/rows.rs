//! The rows: what a store keeps. Their form is versioned by `VERSION` in the parent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::frame::Slot;
use crate::engine::{
    Failure, Identity, Outcome, Profile, Recording, StateMachineType, TaskToken, Ticket,
};
use crate::value::{Json, Text, Timestamp};

/// JSON, written as its text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JsonText(pub(super) Json);

impl Serialize for JsonText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Json::parse(text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// A payload in its row, or where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Stored {
    Here(JsonText),
    Payload(u64),
}

/// What an execution was told at its start, and never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BirthRow {
    pub(super) version: u32,
    pub(super) definition: Text,
    pub(super) identity: Identity,
    pub(super) input: Stored,
    pub(super) started: Timestamp,
    pub(super) context: Option<JsonText>,
    pub(super) seed: u64,
    pub(super) token_secret: [u8; 32],
    pub(super) recording: Recording,
    pub(super) profile: Profile,
    pub(super) state_machine_type: StateMachineType,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct HeaderRow {
    pub(super) begun: bool,
    pub(super) now: Timestamp,
    pub(super) deadline: Option<Timestamp>,
    pub(super) drawn: u64,
    pub(super) last_event: u64,
    pub(super) redrive_count: u32,
    pub(super) redriven: Option<Timestamp>,
    pub(super) outcome: Option<OutcomeRow>,
    pub(super) failed_in: Option<Text>,
    pub(super) ready: Vec<Slot>,
    /// The free slot that is taken next.
    pub(super) free: Option<Slot>,
}

/// What stands in a slot. Every slot that was ever used has a row, since its tickets must not be given twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SlotRow {
    pub(super) generation: u32,
    pub(super) content: ContentRow,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum ContentRow {
    Frame(Box<FrameRow>),
    /// Nothing; and which free slot is taken after it.
    Free(Option<Slot>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum OutcomeRow {
    Succeeded(JsonText),
    Failed(Failure),
    TimedOut(Failure),
    Aborted(Failure),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CancellingRow {
    pub(super) request: RequestRow,
    pub(super) submitted: Option<Stored>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FrameRow {
    pub(super) parent: Option<Slot>,
    pub(super) index: u32,
    pub(super) item: Option<ItemRow>,
    pub(super) at: Text,
    pub(super) input: Stored,
    pub(super) variables: BTreeMap<Text, Stored>,
    /// The order in which the variables were first assigned.
    pub(super) variable_order: Vec<Text>,
    /// Whether the variables are those of a scope inside the parent's.
    pub(super) inside: bool,
    pub(super) phase: PhaseRow,
    pub(super) tries: Vec<u32>,
    pub(super) retry_count: u32,
    pub(super) attempts: u32,
    pub(super) entered_at: Timestamp,
    pub(super) entered: u64,
    pub(super) before: u64,
    pub(super) chain: u64,
    pub(super) leaf: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ItemRow {
    pub(super) value: Stored,
    pub(super) key: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum PhaseRow {
    Entering,
    Again,
    Running {
        request: RequestRow,
        stage: StageRow,
        deadline: Option<Timestamp>,
        beat_by: Option<Timestamp>,
    },
    Waiting {
        until: Timestamp,
    },
    Elapsed,
    BackingOff {
        until: Timestamp,
    },
    Joining(JoiningRow),
    Unwound {
        failure: Failure,
        resume: ResumeRow,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum ResumeRow {
    Enter,
    Again,
    Join(JoiningRow),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum StageRow {
    Requested,
    Scheduled,
    Started,
    Submitted(Stored),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct JoiningRow {
    pub(super) live: u32,
    pub(super) next: u32,
    pub(super) total: u32,
    pub(super) concurrency: u32,
    pub(super) items: Option<Stored>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RequestRow {
    pub(super) ticket: Ticket,
    pub(super) state: Text,
    pub(super) iterations: Vec<(Text, u32)>,
    pub(super) retry_count: u32,
    pub(super) input: Stored,
    pub(super) credentials: Option<Stored>,
    pub(super) token: Option<TaskToken>,
    pub(super) timeout: Option<u32>,
    pub(super) heartbeat: Option<u32>,
}

impl From<Outcome> for OutcomeRow {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded(output) => Self::Succeeded(JsonText(output)),
            Outcome::Failed(failure) => Self::Failed(failure),
            Outcome::TimedOut(failure) => Self::TimedOut(failure),
            Outcome::Aborted(failure) => Self::Aborted(failure),
        }
    }
}

impl From<OutcomeRow> for Outcome {
    fn from(row: OutcomeRow) -> Self {
        match row {
            OutcomeRow::Succeeded(JsonText(output)) => Self::Succeeded(output),
            OutcomeRow::Failed(failure) => Self::Failed(failure),
            OutcomeRow::TimedOut(failure) => Self::TimedOut(failure),
            OutcomeRow::Aborted(failure) => Self::Aborted(failure),
        }
    }
}
