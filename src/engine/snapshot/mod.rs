//! Snapshots: an execution as rows that a store can keep, and what changed since the last time it was asked.
//!
//! Rows name states, never their indices, and are bound to their machine by its definition's hash. What a Map of
//! 100,000 iterations writes for each answer is small: the header, the slots that changed, one result. Payloads of
//! [`INLINE_PAYLOAD`](super::limits::INLINE_PAYLOAD) bytes and more are rows of their own, stored once however many
//! rows refer to them.
//!
//! JSON inside rows is written as JSON text, so that numbers keep every digit whatever format a store uses.

mod journal;
mod key;
mod read;
mod rows;
mod write;

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

pub(super) use self::journal::Journal;
pub use self::key::{RowChange, RowKey, RowKind};
use self::read::Reader;
use self::rows::JsonText;
use self::write::Writer;
use super::{Execution, phase};
use crate::machine::Machine;
use crate::value::Text;

/// The version of the rows' form. It rises with every change that an older reader would misunderstand.
const VERSION: u32 = 1;

/// A whole execution, as rows: text, each under its key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(RowKey, String)>", into = "Vec<(RowKey, String)>")]
pub struct Parts {
    rows: BTreeMap<RowKey, String>,
}

impl Parts {
    /// Brings the rows up to date.
    pub fn apply(&mut self, changes: Changes) {
        for change in changes.rows {
            self.change(change);
        }
    }

    /// Brings one row, or those of one owner, up to date.
    pub fn change(&mut self, change: RowChange) {
        match change {
            RowChange::Put(key, row) => drop(self.rows.insert(key, row)),
            RowChange::Delete(key) => drop(self.rows.remove(&key)),
            RowChange::Clear(kind, owner) => {
                let key = |index| RowKey { kind, owner, index };
                let rows = self.rows.range(key(0)..=key(u32::MAX));
                let gone: Vec<RowKey> = rows.map(|(key, _)| *key).collect();
                for key in gone {
                    self.rows.remove(&key);
                }
            }
        }
    }

    /// The rows, by key.
    pub fn iter(&self) -> impl Iterator<Item = (RowKey, &str)> {
        self.rows.iter().map(|(key, row)| (*key, row.as_str()))
    }

    /// The hash of the definition of the machine that these rows belong to.
    ///
    /// # Errors
    /// When the row that says it is missing or cannot be read.
    pub fn definition(&self) -> Result<Text, SnapshotError> {
        Ok(read::birth(self)?.definition)
    }

    /// The rows of one kind, in order.
    fn of(&self, kind: RowKind) -> impl Iterator<Item = (RowKey, &str)> {
        let (owner, index) = (0, 0);
        let first = Bound::Included(RowKey { kind, owner, index });
        let rows = self.rows.range((first, Bound::Unbounded));
        rows.take_while(move |(key, _)| key.kind == kind)
            .map(|(key, row)| (*key, row.as_str()))
    }
}

impl From<Vec<(RowKey, String)>> for Parts {
    fn from(rows: Vec<(RowKey, String)>) -> Self {
        Self {
            rows: rows.into_iter().collect(),
        }
    }
}

impl From<Parts> for Vec<(RowKey, String)> {
    fn from(parts: Parts) -> Self {
        parts.rows.into_iter().collect()
    }
}

/// What changed in an execution since [`Execution::changes`] was last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The changes of its rows, in the order in which they are to be made.
    pub rows: Vec<RowChange>,
}

/// Why rows are not an execution of a machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// There is no header among the rows.
    #[error("the snapshot has no header")]
    Empty,
    /// The rows were written by a version that this one cannot read.
    #[error("the snapshot has version {0}, this engine reads version {VERSION}")]
    Version(u32),
    /// The rows belong to an execution of another definition.
    #[error("the snapshot belongs to the definition {found}, not to {expected}")]
    OtherMachine {
        /// The hash in the snapshot.
        found: Text,
        /// The hash of the machine.
        expected: Text,
    },
    /// A row is not of the form it should have.
    #[error("row {key:?} of the snapshot cannot be read: {why}")]
    Unreadable {
        /// Which row.
        key: RowKey,
        /// What is wrong with it.
        why: String,
    },
    /// A state is named that the machine does not have.
    #[error("the snapshot names a state `{0}`, which the machine does not have")]
    UnknownState(Text),
    /// A payload is missing, or a row refers to a frame that is not there.
    #[error("the snapshot is incomplete: {0}")]
    Incomplete(String),
}

impl Execution {
    /// What changed since the last call: store it together with the history, before any command is performed. The first
    /// call tells everything. Costs what changed.
    pub fn changes(&mut self, machine: &Machine) -> Changes {
        let mut journal = std::mem::take(&mut self.journal);
        let mut rows = Vec::new();
        let gone = std::mem::take(&mut journal.results_gone);
        rows.extend(
            gone.into_iter()
                .map(|slot| RowChange::Clear(RowKind::Result, slot.into())),
        );
        for slot in self.frames.take_changed() {
            if let Some((generation, content)) = self.frames.content(slot) {
                let writer = Writer::new(machine, &mut journal.payloads, &mut rows);
                writer.slot(RowKey::slot(slot), generation, &content);
            }
        }
        self.fresh_results(&mut rows);
        for ticket in std::mem::take(&mut journal.cancelling) {
            let key = RowKey::cancelling(ticket);
            match self.cancelling.get(&ticket) {
                Some(task) => {
                    Writer::new(machine, &mut journal.payloads, &mut rows).cancelling(key, task)
                }
                None => {
                    journal.payloads.refer(key, Vec::new());
                    rows.push(RowChange::Delete(key));
                }
            }
        }
        if !journal.born {
            Writer::new(machine, &mut journal.payloads, &mut rows).birth(self);
            journal.born = self.header.begun;
        }
        rows.push(RowChange::Put(
            RowKey::HEADER,
            write::text(&write::header(self)),
        ));
        let unused = journal.payloads.sweep().into_iter();
        rows.extend(unused.map(|id| RowChange::Delete(RowKey::payload(id))));
        self.journal = journal;
        Changes { rows }
    }

    fn fresh_results(&mut self, rows: &mut Vec<RowChange>) {
        for (slot, join) in &mut self.joins {
            for index in std::mem::take(&mut join.fresh) {
                let result = join.results.get(index as usize).cloned().flatten();
                let row = write::text(&JsonText(result.unwrap_or_default()));
                rows.push(RowChange::Put(RowKey::result(*slot, index), row));
            }
        }
    }

    /// The whole execution as rows.
    #[must_use]
    pub fn to_parts(&self, machine: &Machine) -> Parts {
        let mut copy = self.clone();
        copy.journal = Journal::default();
        copy.journal.cancelling = copy.cancelling.keys().copied().collect();
        copy.frames.mark_all_changed();
        for join in copy.joins.values_mut() {
            join.fresh = (0..)
                .zip(&join.results)
                .filter(|(_, result)| result.is_some())
                .map(|(at, _)| at)
                .collect();
        }
        let mut parts = Parts::default();
        parts.apply(copy.changes(machine));
        parts
    }

    /// Puts an execution together again. It goes on as if nothing had happened; ask [`Execution::outstanding`] for what
    /// must be asked for again.
    ///
    /// # Errors
    /// When the rows are incomplete, of another version, or of another definition than the machine's.
    pub fn from_parts(machine: &Machine, parts: &Parts) -> Result<Self, SnapshotError> {
        let birth = read::birth(parts)?;
        if birth.definition != *machine.hash() {
            let expected = machine.hash().clone();
            return Err(SnapshotError::OtherMachine {
                found: birth.definition,
                expected,
            });
        }
        let mut reader = Reader::new(machine, parts)?;
        let mut execution = reader.header(birth)?;
        reader.slots(&mut execution)?;
        reader.results(&mut execution)?;
        reader.cancelling(&mut execution)?;
        execution.timers = execution
            .frames
            .iter()
            .filter_map(|(slot, frame)| phase::due(&frame.phase).map(|at| (at, slot)))
            .collect();
        let frames = execution.frames.iter();
        execution.stored = frames.map(|(_, frame)| frame.variables.length()).sum();
        execution.journal = Journal {
            born: execution.header.begun,
            payloads: reader.payloads,
            ..Journal::default()
        };
        Ok(execution)
    }
}
