//! The place of an execution in memory, and its step on its way to the store.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::live::{Arrival, Live, Reply};
use super::request::{Error, Keep, Notice, Started};
use super::shard::{AGAIN, Message, Shard};
use crate::driver::local::wall;
use crate::engine::{Command, Effects, HistoryEvent, TaskRequest, Ticket};
use crate::store::{self, Revision, Status};
use crate::value::{Text, Timestamp};

/// How much goes into one step of an execution.
const BATCH: usize = 256;

/// The place of an execution in memory.
#[derive(Default)]
pub(super) struct Slot {
    /// The execution; `None` when the store did not take its last step, and it must be read again.
    pub(super) live: Option<Live>,
    pub(super) queue: VecDeque<(Arrival, Option<Reply>)>,
    pub(super) flight: Option<Flight>,
    pub(super) running: BTreeMap<Ticket, Work>,
    /// Its place among those that rest.
    pub(super) rests: Option<u64>,
    /// When the clock is to move it, as far as that was noted.
    pub(super) timer: Option<Timestamp>,
    /// The revision that was known when the store did not take a step. A later one means that it did.
    pub(super) doubt: Option<Revision>,
}

/// Work that goes on in this process. It ends when nobody holds this any more.
pub(super) struct Work {
    pub(super) request: Arc<TaskRequest>,
    pub(super) handle: AbortHandle,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

/// A step on its way to the store.
#[derive(Default)]
pub(super) struct Flight {
    /// What was told and can be told again.
    pub(super) told: Vec<Arrival>,
    pub(super) replies: Vec<Reply>,
    pub(super) begun: Option<oneshot::Sender<Result<Started, Error>>>,
    pub(super) events: Vec<HistoryEvent>,
    pub(super) commands: Vec<Command>,
    /// Whether what is told of the execution changes.
    pub(super) is_news: bool,
    pub(super) at: Timestamp,
}

impl Slot {
    /// Tells the execution what is in line for it, as much as goes into one step.
    pub(super) fn hear(&mut self, now: Timestamp, effects: &mut Effects) -> Flight {
        let mut flight = Flight {
            at: now,
            ..Flight::default()
        };
        let Some(live) = &mut self.live else {
            return flight;
        };
        let many = self.queue.len().min(BATCH);
        for (arrival, reply) in self.queue.drain(..many) {
            let again = reply.is_none().then(|| arrival.clone());
            match (live.tell(arrival, now, effects), reply) {
                (Ok(()), Some(reply)) => flight.replies.push(reply),
                (Err(error), Some(reply)) => drop(reply.send(Err(error))),
                (_, None) => flight.told.extend(again),
            }
        }
        flight
    }

    /// Whether time moves the execution now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.live.as_ref().is_some_and(|live| live.is_due(now))
    }
}

impl Flight {
    /// Whether nobody has told the execution anything.
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty() && self.replies.is_empty()
    }
}

impl Shard {
    /// Hands a step to the store; what is kept in memory only needs no store.
    pub(super) fn send(&mut self, key: &Text, mut flight: Flight) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        let Some(live) = &mut slot.live else { return };
        live.plan(flight.at, self.shared.pace);
        flight.is_news = live.summarize(flight.at);
        let record = flight.is_news.then(|| live.record());
        let commit = match live.keep {
            Keep::Stored => Some(live.commit(record, &flight.events)),
            Keep::InMemory => None,
        };
        let revision = live.revision + 1;
        slot.flight = Some(flight);
        self.flights += 1;
        match commit {
            Some(commit) => {
                let (outbox, key) = (self.outbox.clone(), key.clone());
                // A shard that is gone will read what was stored when it comes back.
                let done = move |result| drop(outbox.send(Message::Committed(key, result)));
                self.shared.store.commit(commit, Box::new(done));
            }
            None => self.committed(key, Ok(revision)),
        }
    }

    pub(super) fn committed(&mut self, key: &Text, result: Result<Revision, store::Error>) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        let (Some(flight), Some(live)) = (slot.flight.take(), &mut slot.live) else {
            return;
        };
        self.flights -= 1;
        match result {
            Ok(revision) => {
                live.revision = revision;
                self.landed(key, flight);
            }
            Err(error) => self.lost(key, flight, error),
        }
    }

    /// The step is stored: others hear of it, and what it asks for is done.
    fn landed(&mut self, key: &Text, flight: Flight) {
        let Some(live) = self.slots.get(key).and_then(|slot| slot.live.as_ref()) else {
            return;
        };
        let metrics = &self.shared.metrics;
        metrics.commits.add(1);
        metrics.events.add(flight.events.len());
        if flight.is_news {
            match live.summary.status {
                Status::Running if flight.begun.is_none() => metrics.redriven.add(1),
                status => metrics.ended(status),
            }
        }
        self.shared.tell(&Notice {
            summary: &live.summary,
            events: &flight.events,
            outcome: live.execution.outcome().filter(|_| flight.is_news),
        });
        if let Some(begun) = flight.begun {
            metrics.started.add(1);
            let (execution, at) = (key.clone(), flight.at);
            // Whoever asked may have gone, here and below.
            let _ = begun.send(Ok(Started { execution, at }));
        }
        for reply in flight.replies {
            let _ = reply.send(Ok(flight.at));
        }
        if live.has_ended() {
            let waiters = self.waiters.remove(key).unwrap_or_default();
            for waiter in waiters {
                let _ = waiter.send(Ok(live.record()));
            }
        }
        self.perform(key, flight.commands);
        self.stir(key);
    }

    /// The step is not stored: what is in memory is ahead of the store, and is given up.
    fn lost(&mut self, key: &Text, flight: Flight, error: store::Error) {
        self.shared.metrics.failed_commits.add(1);
        for reply in flight.replies {
            let _ = reply.send(Err(error.clone().into()));
        }
        if let Some(begun) = flight.begun {
            self.stillborn(key, begun, error);
            return;
        }
        if let Some(slot) = self.slots.get_mut(key) {
            slot.doubt = slot.live.take().map(|live| live.revision);
            for arrival in flight.told.into_iter().rev() {
                slot.queue.push_front((arrival, None));
            }
        }
        let error = Error::from(error);
        self.shared.failed(key, &error);
        self.timers.insert((wall().after(AGAIN), key.clone()));
    }

    /// The store did not take an execution: it has never been.
    fn stillborn(
        &mut self,
        key: &Text,
        begun: oneshot::Sender<Result<Started, Error>>,
        error: store::Error,
    ) {
        let error = match error {
            store::Error::Exists(name) => Error::Exists(name),
            other => other.into(),
        };
        for waiter in self.waiters.remove(key).unwrap_or_default() {
            let _ = waiter.send(Err(error.clone()));
        }
        let slot = self.slots.get_mut(key);
        let queue = slot.map(|slot| std::mem::take(&mut slot.queue));
        for (_, reply) in queue.unwrap_or_default() {
            drop(reply.map(|reply| reply.send(Err(error.clone()))));
        }
        let _ = begun.send(Err(error));
        self.forget(key);
    }
}
