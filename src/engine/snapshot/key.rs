//! The names of rows: what a store keeps a snapshot's rows by.

use serde::{Deserialize, Serialize};

use crate::engine::Ticket;
use crate::engine::frame::Slot;

/// What a row of a snapshot tells of. The numbers are part of the stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RowKind {
    /// What an execution was told at its start. Written once.
    Birth = 0,
    /// What it knows as a whole.
    Header = 1,
    /// A slot of its frames.
    Slot = 2,
    /// What a branch or an iteration has returned; its owner is the slot that waits for it.
    Result = 3,
    /// A large payload.
    Payload = 4,
    /// A task that is to be stopped.
    Cancelling = 5,
}

impl RowKind {
    /// All of them, by number.
    pub const ALL: [Self; 6] = [
        Self::Birth,
        Self::Header,
        Self::Slot,
        Self::Result,
        Self::Payload,
        Self::Cancelling,
    ];

    /// The kind with that number.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// The name of a row of a snapshot: unique in its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// What it tells of.
    pub kind: RowKind,
    /// What it belongs to: a slot, a payload, a ticket.
    pub owner: u64,
    /// Which of those of its owner.
    pub index: u32,
}

impl RowKey {
    pub(super) const BIRTH: Self = Self::new(RowKind::Birth, 0, 0);
    pub(super) const HEADER: Self = Self::new(RowKind::Header, 0, 0);

    const fn new(kind: RowKind, owner: u64, index: u32) -> Self {
        Self { kind, owner, index }
    }

    pub(super) fn slot(slot: Slot) -> Self {
        Self::new(RowKind::Slot, slot.into(), 0)
    }

    pub(super) fn result(slot: Slot, index: u32) -> Self {
        Self::new(RowKind::Result, slot.into(), index)
    }

    pub(super) fn payload(id: u64) -> Self {
        Self::new(RowKind::Payload, id, 0)
    }

    pub(super) fn cancelling(ticket: Ticket) -> Self {
        let owner = u64::from(ticket.slot) << 32 | u64::from(ticket.generation);
        Self::new(RowKind::Cancelling, owner, ticket.attempt)
    }
}

/// A change of a snapshot's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowChange {
    /// A row is new, or says something else.
    Put(RowKey, String),
    /// A row is gone.
    Delete(RowKey),
    /// All rows of an owner are gone.
    Clear(RowKind, u64),
}
