//! A part of all executions, and the thread that moves them.
//!
//! A shard reads its inbox, tells executions what came in, hands their steps to the store, and performs what they ask for
//! when the store has called back. An execution has one step on its way at a time; what comes in meanwhile waits, and
//! goes into the next one together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Shared;
use super::flight::{Flight, Slot};
use super::live::{Arrival, Live, Reply};
use super::request::{Error, Keep, StartRequest, Started};
use crate::driver::local::wall;
use crate::engine::{Effects, EventKind, SnapshotError, TaskUpdate, Ticket};
use crate::resolver::Answer;
use crate::store::{self, Record, Revision, Status};
use crate::value::{Text, Timestamp};

/// How much of the inbox is read before executions get their turn.
const STRIDE: usize = 1_024;

/// No sleep is longer, so that a clock that was set is noticed.
const NAP: Duration = Duration::from_secs(10);

/// How long a step waits that the store did not take.
pub(super) const AGAIN: Duration = Duration::from_millis(200);

/// How long an execution waits that cannot be read: somebody must do something about it.
const MUCH_LATER: Duration = Duration::from_secs(60);

/// What a shard is told.
pub(super) enum Message {
    Start(
        Box<StartRequest>,
        oneshot::Sender<Result<Started, Error>>,
        Option<Waiter>,
    ),
    Tell(Text, Arrival, Option<Reply>),
    Await(Text, Waiter),
    /// The work on a task came to something.
    Returned(Text, Ticket, Answer),
    /// The store took a step, or did not.
    Committed(Text, Result<Revision, store::Error>),
    /// Time moves these at those moments.
    Due(Vec<store::Due>),
    /// These asked an earlier process for something.
    Resume(Vec<Text>),
    /// Nothing new is begun, and the thread ends when nothing goes on.
    Drain,
    /// The same, without waiting for work outside.
    Halt,
}

/// Who waits for the end of an execution.
pub(super) type Waiter = oneshot::Sender<Result<Record, Error>>;

/// How far a shard is on its way to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Course {
    Open,
    Draining,
    Halting,
}

pub(super) struct Shard {
    pub(super) shared: Arc<Shared>,
    inbox: mpsc::Receiver<Message>,
    pub(super) outbox: mpsc::Sender<Message>,
    pub(super) slots: HashMap<Text, Slot>,
    pub(super) waiters: HashMap<Text, Vec<Waiter>>,
    /// Those that have something to do.
    pub(super) dirty: BTreeSet<Text>,
    /// When the clock moves those that it moves soon.
    pub(super) timers: BTreeSet<(Timestamp, Text)>,
    /// Those that rest, the longest first: the first to leave memory.
    resting: BTreeMap<u64, Text>,
    rested: u64,
    pub(super) flights: usize,
    pub(super) course: Course,
    /// How much work goes on in this process.
    pub(super) working: usize,
}

impl Shard {
    pub(super) fn new(
        shared: Arc<Shared>,
        inbox: mpsc::Receiver<Message>,
        outbox: mpsc::Sender<Message>,
    ) -> Self {
        Self {
            shared,
            inbox,
            outbox,
            slots: HashMap::new(),
            waiters: HashMap::new(),
            dirty: BTreeSet::new(),
            timers: BTreeSet::new(),
            resting: BTreeMap::new(),
            rested: 0,
            flights: 0,
            course: Course::Open,
            working: 0,
        }
    }

    pub(super) fn run(mut self) {
        while !self.is_done() {
            let patience = match self.timers.first() {
                _ if !self.dirty.is_empty() => Duration::ZERO,
                Some((at, _)) if self.course == Course::Open => at.since(wall()).min(NAP),
                _ => NAP,
            };
            if let Ok(message) = self.inbox.recv_timeout(patience) {
                self.receive(message);
            }
            for _ in 0..STRIDE {
                match self.inbox.try_recv() {
                    Ok(message) => self.receive(message),
                    Err(_) => break,
                }
            }
            self.fire();
            for key in std::mem::take(&mut self.dirty) {
                self.step(&key);
            }
        }
        self.shared.metrics.resident.sub(self.slots.len());
    }

    fn is_done(&self) -> bool {
        match self.course {
            Course::Open => false,
            Course::Draining => self.is_quiet() && self.working == 0,
            Course::Halting => self.is_quiet(),
        }
    }

    fn is_quiet(&self) -> bool {
        self.flights == 0 && self.dirty.is_empty()
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Start(request, reply, waiter) => self.start(&request, reply, waiter),
            Message::Tell(key, arrival, reply) => self.tell(&key, arrival, reply),
            Message::Await(key, waiter) => self.wait_for(key, waiter),
            Message::Returned(key, ticket, answer) => self.returned(&key, ticket, answer),
            Message::Committed(key, result) => self.committed(&key, result),
            Message::Due(due) => self
                .timers
                .extend(due.into_iter().map(|due| (due.at, due.execution))),
            Message::Resume(keys) => keys.iter().for_each(|key| self.resume(key)),
            Message::Drain => self.course = self.course.max(Course::Draining),
            Message::Halt => self.course = Course::Halting,
        }
    }

    fn start(
        &mut self,
        request: &StartRequest,
        reply: oneshot::Sender<Result<Started, Error>>,
        waiter: Option<Waiter>,
    ) {
        let key = request.start.identity.execution_arn.clone();
        let refused = self.admit(&key, request);
        if let Err(error) = refused {
            // Whoever asked may have gone.
            let _ = reply.send(Err(error));
            return;
        }
        let now = wall();
        let mut live = Live::new(request, now);
        let mut effects = Effects::default();
        let begun = EventKind::Begun(Box::new(request.start.clone()));
        live.advance(begun, now, &mut effects);
        self.shared.metrics.resident.add(1);
        self.waiters.entry(key.clone()).or_default().extend(waiter);
        let slot = Slot {
            live: Some(live),
            ..Slot::default()
        };
        self.slots.insert(key.clone(), slot);
        let flight = Flight {
            begun: Some(reply),
            events: effects.history,
            commands: effects.commands,
            at: now,
            ..Flight::default()
        };
        self.send(&key, flight);
    }

    /// Whether an execution may be started. Its name is looked for before it gets a place in memory: whatever else comes in
    /// for that name is meant for the one that has it.
    fn admit(&self, key: &Text, request: &StartRequest) -> Result<(), Error> {
        if self.course != Course::Open {
            return Err(Error::Closing);
        }
        let store = &*self.shared.store;
        let is_taken = match request.keep {
            _ if self.slots.contains_key(key) => true,
            Keep::InMemory => false,
            Keep::Stored => store.record(key)?.is_some(),
        };
        match request.keep {
            _ if is_taken => Err(Error::Exists(key.clone())),
            Keep::InMemory => Ok(()),
            Keep::Stored => self.shared.machines.keep(store, &request.machine),
        }
    }

    /// Puts something in line for an execution, which is read back where it must be.
    fn tell(&mut self, key: &Text, arrival: Arrival, reply: Option<Reply>) {
        if let Err(error) = self.bring(key) {
            if let Some(reply) = reply {
                let _ = reply.send(Err(error));
            }
            return;
        }
        self.push(key, arrival, reply);
    }

    /// Puts something in line for an execution that has a place.
    pub(super) fn push(&mut self, key: &Text, arrival: Arrival, reply: Option<Reply>) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.queue.push_back((arrival, reply));
            self.stir(key);
        }
    }

    /// An execution has something to do, and must not leave memory before it has done it.
    pub(super) fn stir(&mut self, key: &Text) {
        let slot = self.slots.get_mut(key);
        if let Some(place) = slot.and_then(|slot| slot.rests.take()) {
            self.resting.remove(&place);
        }
        self.dirty.insert(key.clone());
    }

    fn returned(&mut self, key: &Text, ticket: Ticket, answer: Answer) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if let Some(work) = slot.running.remove(&ticket) {
            self.working -= 1;
            self.shared.metrics.running_tasks.sub(1);
            let whole = self.whole(&work.request);
            self.push(
                key,
                Arrival::Answer(work.request.clone(), answer, whole),
                None,
            );
        }
    }

    fn wait_for(&mut self, key: Text, waiter: Waiter) {
        let slot = self.slots.get(&key).filter(|slot| slot.flight.is_none());
        let record = match slot.and_then(|slot| slot.live.as_ref()) {
            Some(live) => Ok(Some(live.record())),
            None if self.slots.contains_key(&key) => Ok(None),
            None => match self.shared.store.record(&key) {
                Ok(None) => Err(Error::Missing(key.clone())),
                Ok(found) => Ok(found),
                Err(error) => Err(error.into()),
            },
        };
        match record.transpose() {
            Some(Ok(record)) if record.summary.status != Status::Running => {
                let _ = waiter.send(Ok(record));
            }
            Some(Err(error)) => drop(waiter.send(Err(error))),
            Some(Ok(_)) | None => self.waiters.entry(key).or_default().push(waiter),
        }
    }

    /// Sees to it that an execution is in memory.
    fn bring(&mut self, key: &Text) -> Result<(), Error> {
        if self
            .slots
            .get(key)
            .is_some_and(|slot| slot.live.is_some() || slot.flight.is_some())
        {
            return Ok(());
        }
        let stored = self.shared.store.load(key)?;
        let stored = stored.ok_or_else(|| Error::Missing(key.clone()))?;
        let unreadable = |error: SnapshotError| Error::Unreadable(error.to_string());
        let hash = stored.rows.definition().map_err(unreadable)?;
        let machine = self.shared.machines.find(&*self.shared.store, &hash)?;
        let live = Live::stored(machine, stored)?;
        self.shared.metrics.loads.add(1);
        if !self.slots.contains_key(key) {
            self.shared.metrics.resident.add(1);
        }
        let slot = self.slots.entry(key.clone()).or_default();
        slot.timer = live.wake;
        let was_taken = slot.doubt.take().is_some_and(|known| known < live.revision);
        let commands = was_taken.then(|| live.execution.outstanding());
        slot.live = Some(live);
        self.stir(key);
        self.perform(key, commands.unwrap_or_default());
        Ok(())
    }

    /// Asks again for what an earlier process was asked for.
    fn resume(&mut self, key: &Text) {
        if let Err(error) = self.bring(key) {
            self.postpone(key, &error);
            return;
        }
        let slot = self.slots.get(key).and_then(|slot| slot.live.as_ref());
        let commands = slot.map(|live| live.execution.outstanding());
        self.perform(key, commands.unwrap_or_default());
    }

    /// Tries an execution again that cannot be read now.
    fn postpone(&mut self, key: &Text, error: &Error) {
        let pause = match error {
            Error::Missing(_) => return,
            Error::Store(error) if error.is_passing() => AGAIN,
            _ => MUCH_LATER,
        };
        self.shared.failed(key, error);
        self.timers.insert((wall().after(pause), key.clone()));
    }

    /// Finds those whose moment has come.
    fn fire(&mut self) {
        let now = wall();
        while let Some((at, _)) = self.timers.first()
            && *at <= now
            && self.course == Course::Open
        {
            let Some((_, key)) = self.timers.pop_first() else {
                return;
            };
            match self.bring(&key) {
                Ok(()) => self.stir(&key),
                Err(error) => self.postpone(&key, &error),
            }
        }
    }

    /// Tells an execution what is in line for it, and hands the step to the store.
    fn step(&mut self, key: &Text) {
        let now = wall();
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if slot.flight.is_some() || slot.live.is_none() {
            return;
        }
        let mut effects = Effects::default();
        let mut flight = slot.hear(now, &mut effects);
        let is_due = slot.is_due(now) && self.course == Course::Open;
        if let Some(live) = slot.live.as_mut().filter(|_| is_due) {
            self.shared.metrics.ticks.add(1);
            live.tick(now, self.shared.pace, &mut effects);
        }
        if flight.is_empty() && !is_due {
            self.rest(key);
            return;
        }
        flight.events = effects.history;
        flight.commands = effects.commands;
        self.send(key, flight);
    }

    /// Nothing is in line for it: it waits in memory, or leaves it.
    fn rest(&mut self, key: &Text) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        let Some(live) = &slot.live else { return };
        let is_idle = slot.running.is_empty() && slot.queue.is_empty();
        let has_ended = live.has_ended() && is_idle;
        let horizon = Timestamp::from_millis(self.shared.horizon.load(Ordering::Acquire));
        let soon = |wake: &Timestamp| *wake <= horizon || live.keep == Keep::InMemory;
        let timer = live.wake.filter(soon).filter(|_| !has_ended);
        let before = std::mem::replace(&mut slot.timer, timer);
        if let Some(before) = before.filter(|_| before != timer) {
            self.timers.remove(&(before, key.clone()));
        }
        self.timers.extend(timer.map(|wake| (wake, key.clone())));
        if has_ended {
            self.forget(key);
        } else if is_idle && live.keep == Keep::Stored {
            self.rested += 1;
            slot.rests = Some(self.rested);
            self.resting.insert(self.rested, key.clone());
            self.make_room();
        }
    }

    fn make_room(&mut self) {
        while self.resting.len() > self.shared.resident {
            if let Some((_, key)) = self.resting.pop_first() {
                self.shared.metrics.evictions.add(1);
                self.forget(&key);
            }
        }
    }

    pub(super) fn forget(&mut self, key: &Text) {
        if let Some(slot) = self.slots.remove(key) {
            self.shared.metrics.resident.sub(1);
            self.working -= slot.running.len();
            self.shared.metrics.running_tasks.sub(slot.running.len());
        }
    }

    /// Work reported on an execution.
    pub(super) fn report(
        outbox: &mpsc::Sender<Message>,
        key: &Text,
        ticket: Ticket,
        update: TaskUpdate,
    ) {
        let arrival = Arrival::Event(EventKind::Task { ticket, update });
        // A shard that is gone has no use for it.
        let _ = outbox.send(Message::Tell(key.clone(), arrival, None));
    }
}
