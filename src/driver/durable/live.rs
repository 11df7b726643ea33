//! An execution in memory: what it is told, and what that makes of it.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::pace::Pace;
use super::request::{Details, Error, Keep, StartRequest};
use crate::aws::{arn, history};
use crate::engine::{
    Effects, Event, EventKind, Execution, Failure, HistoryEvent, Outcome, TaskRequest, TaskUpdate,
    Ticket, Wake, Why,
};
use crate::machine::Machine;
use crate::resolver::Answer;
use crate::store::{Commit, Entry, Record, Revision, Standing, Status, Stored, Summary};
use crate::value::{Json, Text, Timestamp};

/// Who waits for what an arrival comes to.
pub(super) type Reply = oneshot::Sender<Result<Timestamp, Error>>;

/// What an execution is to be told.
#[derive(Clone, Debug)]
pub(super) enum Arrival {
    /// A fact.
    Event(EventKind),
    /// What the work on a task came to; whether it ends the whole task.
    Answer(Arc<TaskRequest>, Answer, Whole),
    /// What the bearer of a token says.
    Token(String, TaskUpdate),
    /// A worker wants to begin an activity's task.
    Take(Ticket, Option<Arc<str>>),
    Stop(Failure),
    Redrive,
}

/// What an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// The call.
    Call,
    /// The task that the call was to begin.
    Task,
}

/// An execution in memory, as of its last step.
pub(super) struct Live {
    pub(super) machine: Arc<Machine>,
    pub(super) execution: Execution,
    pub(super) revision: Revision,
    pub(super) summary: Summary,
    pub(super) details: Details,
    pub(super) keep: Keep,
    /// How far its clock is ahead of the wall's, in milliseconds.
    ahead: i64,
    /// When time moves it, by the wall's clock.
    pub(super) wake: Option<Timestamp>,
    /// Whether its record must be stored even where its status is what it was.
    is_news: bool,
}

impl Live {
    /// One that is about to begin.
    pub(super) fn new(request: &StartRequest, now: Timestamp) -> Self {
        let identity = &request.start.identity;
        let input = match &request.start.input_text {
            Some(text) => text.to_string(),
            None => request.start.input.to_string(),
        };
        Self {
            machine: request.machine.clone(),
            execution: Execution::new(),
            revision: 0,
            summary: Summary {
                execution: identity.execution_arn.clone(),
                name: identity.name.clone(),
                machine: identity.state_machine_arn.clone(),
                version: request.version.clone(),
                alias: request.alias.clone(),
                map_run: request.map_run.clone(),
                status: Status::Running,
                started: now,
                stopped: None,
                redrive_count: 0,
                redriven: None,
            },
            details: Details {
                input,
                definition: request.machine.hash().clone(),
                attributes: request.attributes.to_string(),
                ..Details::default()
            },
            keep: request.keep,
            ahead: 0,
            wake: None,
            is_news: true,
        }
    }

    /// One that comes back from the store.
    pub(super) fn stored(machine: Arc<Machine>, stored: Stored) -> Result<Self, Error> {
        let execution = Execution::from_parts(&machine, &stored.rows)
            .map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(Self {
            machine,
            execution,
            revision: stored.revision,
            details: Details::of(&stored.record),
            summary: stored.record.summary,
            keep: Keep::Stored,
            ahead: stored.standing.ahead,
            wake: stored.standing.wake_at,
            is_news: false,
        })
    }

    pub(super) fn record(&self) -> Record {
        Record {
            summary: self.summary.clone(),
            details: self.details.text(),
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.execution.outcome().is_some()
    }

    /// What its own clock says.
    fn at(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.millis().saturating_add(self.ahead))
    }

    /// Whether time moves it now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.wake.is_some_and(|wake| wake <= now)
    }

    /// Tells it something.
    ///
    /// # Errors
    /// When that cannot be told, for whoever said it: nothing has changed.
    pub(super) fn tell(
        &mut self,
        arrival: Arrival,
        now: Timestamp,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        match arrival {
            Arrival::Event(kind) => self.advance(kind, now, effects),
            Arrival::Answer(request, answer, whole) => {
                self.answer(request.ticket, answer, whole, now, effects);
            }
            Arrival::Stop(_) if self.has_ended() => return Err(Error::Ended),
            Arrival::Stop(failure) => self.advance(EventKind::Stopped(failure), now, effects),
            Arrival::Redrive => return self.redrive(now, effects),
            Arrival::Token(token, update) => {
                let ticket = self.execution.ticket_of(&token)?;
                self.advance(EventKind::Task { ticket, update }, now, effects);
            }
            Arrival::Take(ticket, worker) if self.execution.is_live(ticket) => {
                let update = TaskUpdate::Started { worker };
                self.advance(EventKind::Task { ticket, update }, now, effects);
            }
            Arrival::Take(..) => return Err(Error::Ended),
        }
        Ok(())
    }

    fn answer(
        &mut self,
        ticket: Ticket,
        answer: Answer,
        whole: Whole,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let mut update = |update| self.advance(EventKind::Task { ticket, update }, now, effects);
        match whole {
            Whole::Call => update(TaskUpdate::Returned(answer)),
            Whole::Task => {
                update(TaskUpdate::Returned(Ok(Json::object())));
                update(TaskUpdate::Completed(answer));
            }
        }
    }

    fn redrive(&mut self, now: Timestamp, effects: &mut Effects) -> Result<(), Error> {
        match self.execution.outcome() {
            None => return Err(Error::NotRedrivable("it is running")),
            Some(Outcome::Succeeded(_)) => return Err(Error::NotRedrivable("it has succeeded")),
            Some(Outcome::Failed(_) | Outcome::TimedOut(_) | Outcome::Aborted(_)) => {}
        }
        self.advance(EventKind::Redriven, now, effects);
        if self.has_ended() && effects.history.is_empty() {
            return Err(Error::NotRedrivable("its history has no room left"));
        }
        self.summary.redrive_count += 1;
        self.summary.redriven = Some(self.at(now));
        self.is_news = true;
        Ok(())
    }

    pub(super) fn advance(&mut self, kind: EventKind, now: Timestamp, effects: &mut Effects) {
        let at = self.at(now);
        self.execution
            .advance(&self.machine, Event { at, kind }, effects);
    }

    /// Tells it that its moment has come.
    pub(super) fn tick(&mut self, now: Timestamp, pace: Pace, effects: &mut Effects) {
        if let Some(wake) = self
            .execution
            .wake_at()
            .filter(|wake| self.may_jump(*wake, pace))
        {
            let jumped = wake.at.millis().saturating_sub(now.millis());
            self.ahead = self.ahead.max(jumped);
        }
        self.advance(EventKind::Tick, now, effects);
    }

    /// Only where no deadline of work outside would come nearer by it is time ours.
    fn may_jump(&self, wake: Wake, pace: Pace) -> bool {
        let is_wait = match wake.why {
            Why::Wait | Why::BackOff => true,
            Why::Deadline | Why::ExecutionTimeout | Why::Continue => false,
        };
        is_wait && !pace.is_real() && !self.execution.has_deadlines()
    }

    /// When time moves it next, by the wall's clock.
    pub(super) fn plan(&mut self, now: Timestamp, pace: Pace) {
        self.wake = self.execution.wake_at().map(|wake| {
            let left = wake.at.since(self.at(now));
            let jumps = self.may_jump(wake, pace);
            now.after(if jumps { pace.of(left) } else { left })
        });
    }

    /// Brings what is told of it up to date; whether there was anything.
    pub(super) fn summarize(&mut self, now: Timestamp) -> bool {
        let status = Status::of(self.execution.outcome());
        if !std::mem::take(&mut self.is_news) && status == self.summary.status {
            return false;
        }
        self.summary.status = status;
        self.summary.stopped = (status != Status::Running).then(|| self.at(now));
        self.details.ended(self.execution.outcome());
        true
    }

    /// What a store is to keep of the last step.
    pub(super) fn commit(&mut self, record: Option<Record>, events: &[HistoryEvent]) -> Commit {
        Commit {
            execution: self.summary.execution.clone(),
            expected: self.revision,
            record,
            rows: self.execution.changes(&self.machine).rows,
            history: entries(&self.summary.execution, events),
            standing: Standing {
                wake_at: self.wake,
                owing: self.execution.is_owing(),
                ahead: self.ahead,
            },
        }
    }
}

fn entries(execution: &Text, events: &[HistoryEvent]) -> Vec<Entry> {
    let options = history::Options {
        region: arn::region(execution).unwrap_or("us-east-1").into(),
        ..history::Options::default()
    };
    let entry = |event: &HistoryEvent| Entry {
        id: event.id,
        event: history::event(event, &options).to_string(),
    };
    events.iter().map(entry).collect()
}
