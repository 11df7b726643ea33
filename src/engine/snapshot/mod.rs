//! Snapshots: an execution as rows that a store can keep, and what changed since the last time it was asked.
//!
//! Rows name states, never their indices, and are bound to their machine by its definition's hash. What a Map of
//! 100,000 iterations writes for each answer is small: the header, the frames that changed, one result. Payloads of
//! [`INLINE_PAYLOAD`](super::limits::INLINE_PAYLOAD) bytes and more are rows of their own, stored once however many frames refer to them.
//!
//! JSON inside rows is written as JSON text, so that numbers keep every digit whatever format a store uses.

mod key;
mod read;
mod rows;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::key::{RowChange, RowKey, RowKind};
use self::read::Reader;
use self::rows::{FrameRow, HeaderRow, JsonText};
use self::write::Writer;
use super::frame::{Frames, Slot};
use super::{Execution, Join, phase};
use crate::machine::Machine;
use crate::value::{Json, Text};

/// The version of the rows' form. It rises with every change that an older reader would misunderstand.
const VERSION: u32 = 1;

/// A whole execution, as rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    header: Option<HeaderRow>,
    frames: BTreeMap<Slot, FrameRow>,
    results: BTreeMap<Slot, BTreeMap<u32, JsonText>>,
    payloads: BTreeMap<u64, JsonText>,
}

/// What changed in an execution since [`Execution::changes`] was last asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    header: Option<HeaderRow>,
    /// Frames that are new or different, and those that are gone.
    frames: BTreeMap<Slot, Option<FrameRow>>,
    /// Results that have come in below a frame.
    results: Vec<(Slot, u32, JsonText)>,
    /// Frames whose results are no longer needed.
    results_gone: Vec<Slot>,
    payloads: BTreeMap<u64, JsonText>,
    payloads_gone: Vec<u64>,
}

impl Parts {
    /// Brings the rows up to date.
    pub fn apply(&mut self, changes: Changes) {
        self.header = changes.header.or_else(|| self.header.take());
        for slot in changes.results_gone {
            self.results.remove(&slot);
        }
        for (slot, index, result) in changes.results {
            self.results.entry(slot).or_default().insert(index, result);
        }
        for (slot, row) in changes.frames {
            match row {
                Some(row) => drop(self.frames.insert(slot, row)),
                None => drop(self.frames.remove(&slot)),
            }
        }
        self.payloads.extend(changes.payloads);
        for id in changes.payloads_gone {
            self.payloads.remove(&id);
        }
    }
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
    /// A state is named that the machine does not have.
    #[error("the snapshot names a state `{0}`, which the machine does not have")]
    UnknownState(Text),
    /// A payload is missing, or a row refers to a frame that is not there.
    #[error("the snapshot is incomplete: {0}")]
    Incomplete(String),
}

/// What an execution remembers so that it can tell what changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    /// Frames whose results have been dropped since.
    results_gone: BTreeSet<Slot>,
    /// Payloads that stand in rows of their own.
    payloads: BTreeMap<u64, Json>,
    next_payload: u64,
    /// Which payloads a frame refers to; the header is `None`.
    references: BTreeMap<Option<Slot>, Vec<u64>>,
}

impl Journal {
    pub(super) fn drop_results(&mut self, slot: Slot) {
        self.results_gone.insert(slot);
    }
}

impl Execution {
    /// What changed since the last call: store it together with the history, before any command is performed. The first
    /// call tells everything. Costs what changed, and a look at each frame.
    pub fn changes(&mut self, machine: &Machine) -> Changes {
        let mut changes = Changes {
            results_gone: std::mem::take(&mut self.journal.results_gone)
                .into_iter()
                .collect(),
            ..Changes::default()
        };
        for slot in self.frames.take_changed() {
            let mut writer = Writer::new(machine, &mut self.journal, Some(slot));
            let row = self.frames.get(slot).map(|frame| writer.frame(frame));
            writer.finish(&mut changes);
            changes.frames.insert(slot, row);
        }
        for (slot, join) in &mut self.joins {
            for index in std::mem::take(&mut join.fresh) {
                let result = join
                    .results
                    .get(index as usize)
                    .cloned()
                    .flatten()
                    .unwrap_or_default();
                changes.results.push((*slot, index, JsonText(result)));
            }
        }
        let mut journal = std::mem::take(&mut self.journal);
        let mut writer = Writer::new(machine, &mut journal, None);
        changes.header = Some(writer.header(self));
        writer.finish(&mut changes);
        self.journal = journal;
        changes
    }

    /// The whole execution as rows.
    #[must_use]
    pub fn to_parts(&self, machine: &Machine) -> Parts {
        let mut copy = self.clone();
        copy.journal = Journal::default();
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
    pub fn from_parts(machine: &Machine, parts: Parts) -> Result<Self, SnapshotError> {
        let header = parts.header.ok_or(SnapshotError::Empty)?;
        if header.version != VERSION {
            return Err(SnapshotError::Version(header.version));
        }
        if header.definition != *machine.hash() {
            let expected = machine.hash().clone();
            return Err(SnapshotError::OtherMachine {
                found: header.definition,
                expected,
            });
        }
        let payloads = parts
            .payloads
            .into_iter()
            .map(|(id, JsonText(json))| (id, json))
            .collect();
        let mut reader = Reader {
            machine,
            payloads,
            references: BTreeMap::new(),
        };
        let mut execution = reader.header(header)?;
        reader.frames(&mut execution.frames, &parts.frames)?;
        for (slot, results) in parts.results {
            execution
                .joins
                .insert(slot, join(&execution.frames, slot, results)?);
        }
        execution.timers = execution
            .frames
            .iter()
            .filter_map(|(slot, frame)| phase::due(&frame.phase).map(|at| (at, slot)))
            .collect();
        execution.journal = Journal {
            results_gone: BTreeSet::new(),
            next_payload: reader.payloads.keys().last().map_or(0, |last| last + 1),
            payloads: reader.payloads,
            references: reader.references,
        };
        execution.frames.take_changed();
        Ok(execution)
    }
}

/// The results below a frame, as many as there will be.
fn join(
    frames: &Frames,
    slot: Slot,
    results: BTreeMap<u32, JsonText>,
) -> Result<Join, SnapshotError> {
    let joining = frames
        .get(slot)
        .and_then(|frame| frame.phase.joining())
        .ok_or_else(|| {
            SnapshotError::Incomplete(format!(
                "there are results for frame {slot}, which joins nothing"
            ))
        })?;
    let mut join = Join::of(joining.total);
    for (index, JsonText(result)) in results {
        if index >= joining.total {
            let what = format!(
                "there is a result {index} below frame {slot}, which joins {}",
                joining.total
            );
            return Err(SnapshotError::Incomplete(what));
        }
        join.put(index, result);
    }
    join.fresh.clear();
    Ok(join)
}
