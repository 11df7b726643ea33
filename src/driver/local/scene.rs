//! A running execution and its surroundings: work in progress, messages from outside, time.

use std::collections::BTreeMap;
use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::sleep;

use super::{Clock, Idler, Keeper};
use crate::driver::Report;
use crate::driver::drive::Drive;
use crate::engine::{EventKind, Failure, TaskRequest, TaskUpdate, Ticket, TokenError, Wake, Why};
use crate::resolver::Answer;

/// No sleep is longer, so that a clock that was set, or a computer that slept, is noticed.
const NAP: Duration = Duration::from_secs(60);

/// How many facts are dealt with in a row before others on the same thread get their turn.
const STRIDE: u32 = 64;

/// What comes from outside.
#[derive(Debug)]
pub(super) enum Message {
    Stop(Failure),
    Report(Ticket, TaskUpdate),
    Token {
        token: String,
        update: TaskUpdate,
        answer: oneshot::Sender<Result<(), TokenError>>,
    },
}

pub(super) struct Scene<'m> {
    drive: Drive<'m>,
    clock: Clock,
    inbox: mpsc::UnboundedReceiver<Message>,
    /// Whether anybody outside can answer with a token.
    answerable: Arc<AtomicBool>,
    tasks: JoinSet<Answer>,
    running: BTreeMap<Ticket, (Arc<TaskRequest>, AbortHandle)>,
    /// Which attempt a task of the runtime works on.
    tickets: BTreeMap<tokio::task::Id, Ticket>,
    pub(super) idler: Option<Idler>,
    pub(super) keeper: Option<Keeper>,
}

/// What happened while the execution had nothing to do, or between two things that it did.
enum Arrival {
    Message(Message),
    Work(Result<(tokio::task::Id, Answer), JoinError>),
    /// Nothing but that time has passed.
    Time,
}

impl<'m> Scene<'m> {
    pub(super) fn new(
        drive: Drive<'m>,
        clock: Clock,
        inbox: mpsc::UnboundedReceiver<Message>,
        answerable: Arc<AtomicBool>,
    ) -> Self {
        let (tasks, running, tickets) = (JoinSet::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            drive,
            clock,
            inbox,
            answerable,
            tasks,
            running,
            tickets,
            idler: None,
            keeper: None,
        }
    }

    /// Plays to the end. Work that was cancelled is dropped before the caller goes on: a killed program is dead.
    pub(super) async fn play(mut self) -> Report {
        let mut strides = 0_u32;
        loop {
            self.read_clock();
            if self.drive.step(self.clock.now()) {
                self.settle();
                strides = strides.wrapping_add(1);
                if strides.is_multiple_of(STRIDE) {
                    self.breathe().await;
                }
            } else if let Some(report) = self.drive.report() {
                self.tasks.shutdown().await;
                if let Some(keeper) = self.keeper {
                    keeper(self.drive.into_execution());
                }
                return report;
            } else {
                let arrival = self.wait().await;
                self.accept(arrival);
            }
        }
    }

    fn read_clock(&mut self) {
        if self.tasks.is_empty() {
            self.clock.rest()
        } else {
            self.clock.follow()
        }
    }

    /// Starts the work that has begun, and drops the work that nobody waits for.
    fn settle(&mut self) {
        for ticket in std::mem::take(&mut self.drive.dropped) {
            if let Some((_, task)) = self.running.remove(&ticket) {
                task.abort();
            }
        }
        for (request, work) in std::mem::take(&mut self.drive.begun) {
            let task = self.tasks.spawn(work);
            self.tickets.insert(task.id(), request.ticket);
            self.running.insert(request.ticket, (request, task));
        }
    }

    /// Lets others run, and hears what they have to say: an execution may have something to do for ever.
    async fn breathe(&mut self) {
        tokio::task::yield_now().await;
        while let Some(arrival) = self.next_arrival(ready(())).await {
            self.accept(arrival);
        }
    }

    /// Waits for the first thing that happens.
    async fn wait(&mut self) -> Arrival {
        if let Some(idler) = &mut self.idler {
            idler(self.drive.wake_at().map(|wake| wake.at));
        }
        let arrival = match self.drive.wake_at() {
            Some(wake) if self.may_jump(wake) => {
                self.clock.jump(wake.at);
                return Arrival::Time;
            }
            Some(wake) => {
                self.next_arrival(sleep(wake.at.since(self.clock.now()).min(NAP)))
                    .await
            }
            None if self.is_stuck() => Some(Arrival::Message(Message::Stop(self.drive.stuck()))),
            None => self.next_arrival(pending()).await,
        };
        arrival.unwrap_or(Arrival::Time)
    }

    fn is_answerable(&self) -> bool {
        self.answerable.load(Ordering::Relaxed)
    }

    fn is_stuck(&self) -> bool {
        self.tasks.is_empty() && self.inbox.is_empty() && !self.is_answerable()
    }

    /// Only where nothing goes on outside is time ours.
    fn may_jump(&self, wake: Wake) -> bool {
        let is_ours = match wake.why {
            Why::Wait | Why::BackOff | Why::Continue => true,
            Why::Deadline | Why::ExecutionTimeout => {
                !self.is_answerable() || self.drive.awaited().is_none()
            }
        };
        self.clock.can_jump() && self.tasks.is_empty() && self.inbox.is_empty() && is_ours
    }

    /// The first thing that happens; `None` when patience ends before. Work that comes back on its deadline has come
    /// back in time.
    async fn next_arrival(&mut self, patience: impl Future<Output = ()>) -> Option<Arrival> {
        tokio::select! {
            biased;
            Some(message) = self.inbox.recv() => Some(Arrival::Message(message)),
            Some(work) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                // While this went on, time was the world's.
                self.clock.follow();
                Some(Arrival::Work(work))
            }
            () = patience => None,
        }
    }

    fn accept(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Message(message) => self.receive(message),
            Arrival::Work(Ok((id, answer))) => self.returned(id, answer),
            Arrival::Work(Err(error)) => {
                let failure = Failure::new("Task.Panicked", error.to_string());
                // Work that was cancelled is not running any more, and its answer goes nowhere.
                self.returned(error.id(), Err(failure));
            }
            Arrival::Time => {}
        }
    }

    fn returned(&mut self, id: tokio::task::Id, answer: Answer) {
        let Some(ticket) = self.tickets.remove(&id) else {
            return;
        };
        if let Some((request, _)) = self.running.remove(&ticket) {
            self.drive.push_answer(&request, answer);
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Stop(failure) => self.drive.push(EventKind::Stopped(failure)),
            Message::Report(ticket, update) => self.drive.push_update(ticket, update),
            Message::Token {
                token,
                update,
                answer,
            } => {
                // Whoever asked may have gone.
                let _ = answer.send(self.drive.push_token(&token, update));
            }
        }
    }
}
