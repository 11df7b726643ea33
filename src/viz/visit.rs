//! The visits to states that have not ended yet, as a tree: a branch's states below its Parallel state.

use std::collections::BTreeMap;
use std::time::Duration;

use super::run::Ended;
use crate::machine::StateId;
use crate::value::Timestamp;

/// The number of a visit.
pub(super) type VisitId = u64;

/// One time that a state was entered and has not been left.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) state: StateId,
    /// The visit to the Parallel or Map state around it.
    pub(super) parent: Option<VisitId>,
    entered: Timestamp,
    last: Timestamp,
    /// How often it was tried.
    pub(super) attempts: u64,
    /// Whether an attempt is under way.
    pub(super) is_trying: bool,
    /// Whether the last thing that happened to it is a failure.
    pub(super) failing: Option<Trouble>,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Something failed.
    Failure,
    /// It took too long.
    Timeout,
}

impl Visit {
    /// How long it has taken so far.
    pub(super) fn elapsed(&self, now: Timestamp) -> Duration {
        match self.failing {
            Some(_) => self.last.since(self.entered),
            None => now.since(self.entered),
        }
    }

    /// What it came to when it is cut short.
    pub(super) fn cut_short(&self, otherwise: Ended) -> Ended {
        match self.failing {
            Some(Trouble::Failure) => Ended::Failed,
            Some(Trouble::Timeout) => Ended::TimedOut,
            None => otherwise,
        }
    }
}

/// All visits that have not ended.
#[derive(Debug, Default)]
pub(super) struct Visits {
    open: BTreeMap<VisitId, Visit>,
    below: BTreeMap<VisitId, Vec<VisitId>>,
    next: VisitId,
}

impl Visits {
    /// A state is entered.
    pub(super) fn enter(
        &mut self,
        state: StateId,
        parent: Option<VisitId>,
        now: Timestamp,
    ) -> VisitId {
        let id = self.next;
        self.next += 1;
        let visit = Visit {
            state,
            parent,
            entered: now,
            last: now,
            attempts: 0,
            is_trying: false,
            failing: None,
        };
        self.open.insert(id, visit);
        if let Some(parent) = parent {
            self.below.entry(parent).or_default().push(id);
            self.recover_above(id);
        }
        id
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Visit> {
        self.open.values()
    }

    /// The visit, about which something is told now.
    pub(super) fn touch(&mut self, id: VisitId, now: Timestamp) -> Option<&mut Visit> {
        let visit = self.open.get_mut(&id)?;
        visit.last = now;
        Some(visit)
    }

    /// What happens below a state that was failing shows that it goes on.
    pub(super) fn recover_above(&mut self, id: VisitId) {
        let mut at = self.open.get(&id).and_then(|visit| visit.parent);
        while let Some(visit) = at.and_then(|id| self.open.get_mut(&id)) {
            visit.failing = None;
            at = visit.parent;
        }
    }

    /// Nothing is failing any more: the execution is restarted.
    pub(super) fn recover(&mut self) {
        for visit in self.open.values_mut() {
            visit.failing = None;
            visit.is_trying = false;
        }
    }

    /// The visit to that state, at a visit or above it.
    pub(super) fn nearest(&self, from: Option<VisitId>, state: StateId) -> Option<VisitId> {
        let mut at = from;
        while let Some(id) = at {
            let visit = self.open.get(&id)?;
            if visit.state == state {
                return Some(id);
            }
            at = visit.parent;
        }
        None
    }

    /// The latest visit to that state.
    pub(super) fn latest(&self, state: StateId) -> Option<VisitId> {
        let mut latest = self.open.iter().rev();
        latest
            .find(|(_, visit)| visit.state == state)
            .map(|(id, _)| *id)
    }

    /// Ends a visit.
    pub(super) fn take(&mut self, id: VisitId) -> Option<Visit> {
        let visit = self.open.remove(&id)?;
        if let Some(siblings) = visit.parent.and_then(|parent| self.below.get_mut(&parent)) {
            siblings.retain(|sibling| *sibling != id);
        }
        Some(visit)
    }

    /// Ends all visits below one, those in it first.
    pub(super) fn take_below(&mut self, id: VisitId) -> Vec<Visit> {
        let mut above = vec![id];
        let mut taken = Vec::new();
        while let Some(id) = above.pop() {
            for child in self.below.remove(&id).unwrap_or_default() {
                above.push(child);
                taken.extend(self.open.remove(&child));
            }
        }
        taken
    }
}
