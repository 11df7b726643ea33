//! What an execution remembers so that it can tell what changed.

use std::collections::{BTreeMap, BTreeSet};

use super::key::RowKey;
use crate::engine::Ticket;
use crate::engine::frame::Slot;
use crate::value::Json;

/// What has changed besides frames and results, which know it themselves.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Journal {
    /// Whether the row of its birth has been told, and was final.
    pub(super) born: bool,
    /// Frames whose results have been dropped since.
    pub(super) results_gone: BTreeSet<Slot>,
    /// Tasks that are to be stopped, or were, since.
    pub(super) cancelling: BTreeSet<Ticket>,
    pub(super) payloads: Payloads,
}

impl Journal {
    pub(in crate::engine) fn drop_results(&mut self, slot: Slot) {
        self.results_gone.insert(slot);
    }

    pub(in crate::engine) fn touch_cancelling(&mut self, ticket: Ticket) {
        self.cancelling.insert(ticket);
    }
}

/// The payloads that stand in rows of their own, and who refers to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Payloads {
    known: BTreeMap<u64, Known>,
    /// The same by their length, so that a payload is found again among those it may be.
    by_length: BTreeMap<usize, Vec<u64>>,
    next: u64,
    references: BTreeMap<RowKey, Vec<u64>>,
    /// Those that somebody has let go of: gone, unless somebody else has them when all is told.
    doubtful: BTreeSet<u64>,
}

#[derive(Clone, Debug)]
struct Known {
    json: Json,
    users: u32,
}

impl Payloads {
    /// The row that a payload stands in, and whether it is new.
    pub(super) fn place(&mut self, json: &Json) -> (u64, Age) {
        let alike = self.by_length.get(&json.length()).into_iter().flatten();
        let known = alike.copied().find(|id| {
            let known = self.known.get(id);
            known.is_some_and(|known| known.json.is_same(json))
        });
        if let Some(id) = known {
            return (id, Age::Known);
        }
        let id = self.next;
        self.put(id, json.clone());
        (id, Age::New)
    }

    /// Puts a payload where it stands, as a snapshot tells.
    pub(super) fn put(&mut self, id: u64, json: Json) {
        self.next = self.next.max(id.saturating_add(1));
        self.by_length.entry(json.length()).or_default().push(id);
        self.known.insert(id, Known { json, users: 0 });
    }

    pub(super) fn get(&self, id: u64) -> Option<Json> {
        self.known.get(&id).map(|known| known.json.clone())
    }

    /// Notes that a row refers to these now, and to nothing else.
    pub(super) fn refer(&mut self, owner: RowKey, ids: Vec<u64>) {
        for id in &ids {
            if let Some(known) = self.known.get_mut(id) {
                known.users += 1;
            }
        }
        let before = if ids.is_empty() {
            self.references.remove(&owner)
        } else {
            self.references.insert(owner, ids)
        };
        for id in before.unwrap_or_default() {
            if let Some(known) = self.known.get_mut(&id) {
                known.users = known.users.saturating_sub(1);
                self.doubtful.insert(id);
            }
        }
    }

    /// Lets go of those that nobody refers to any more, and tells which they were.
    pub(super) fn sweep(&mut self) -> Vec<u64> {
        let doubtful = std::mem::take(&mut self.doubtful);
        let unused = |id: &u64| self.known.get(id).is_some_and(|known| known.users == 0);
        let gone: Vec<u64> = doubtful.into_iter().filter(unused).collect();
        for id in &gone {
            self.forget(*id);
        }
        gone
    }

    fn forget(&mut self, id: u64) {
        let Some(known) = self.known.remove(&id) else {
            return;
        };
        let length = known.json.length();
        if let Some(alike) = self.by_length.get_mut(&length) {
            alike.retain(|each| *each != id);
            if alike.is_empty() {
                self.by_length.remove(&length);
            }
        }
    }
}

/// Whether a payload has a row already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    New,
    Known,
}
