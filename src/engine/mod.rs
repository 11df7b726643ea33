//! The heart: a deterministic state machine that asks for things and is told what happened.
//!
//! The engine reads no clock, draws no random number of its own, waits for nothing and performs no I/O. An
//! [`Execution`] is plain data; [`Execution::advance`] is a function of its arguments. Facts are [`Event`]s, wishes are
//! [`Command`]s. `docs/driving.md` tells how to write a driver, and shows one.
//!
//! **The drain rule.** After `advance`, store what changed together with the history, then perform every command, then
//! call `advance` again: apply, commit, perform, in this order. A crash can then repeat a command but never lose one.

// A new state type, phase or command must be decided about everywhere: the compiler lists the places.
#![warn(clippy::wildcard_enum_match_arm)]

mod catch;
mod choice;
mod command;
mod context;
mod core;
mod data;
mod event;
mod fail;
mod failure;
mod frame;
mod history;
pub mod limits;
mod map;
mod parallel;
mod pass;
mod phase;
mod profile;
mod record;
mod redrive;
mod retry;
mod snapshot;
mod succeed;
mod task;
mod timers;
mod token;
mod unwind;
mod wait;

pub use command::{Command, Iteration, Outcome, TaskRequest, TaskToken, Ticket};
pub use event::{
    Event, EventKind, Identity, Profile, Recording, Start, StateMachineType, TaskUpdate,
};
pub use failure::{Failure, errors};
pub use history::{Details, HistoryEvent};
pub use snapshot::{Changes, Parts, RowChange, RowKey, RowKind, SnapshotError};
pub use token::TokenError;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use self::core::Core;
use self::frame::{Frame, Frames, Phase, Running, Slot, Stage};
use self::snapshot::Journal;
use self::timers::Timers;
use crate::asl::{Pattern, ResourceKind};
use crate::machine::Machine;
use crate::value::{Json, Text, Timestamp};

/// One run of a machine, as plain data.
///
/// A new execution knows nothing; its first event is [`EventKind::Begun`]. It never looks at a clock, draws a random
/// number or waits, and `advance` cannot fail: what goes wrong in the workflow is an [`Outcome`].
#[derive(Clone, Debug, Default)]
pub struct Execution {
    header: Header,
    frames: Frames,
    /// Frames that can take a step, first come, first served.
    ready: VecDeque<Slot>,
    /// When time decides something about a frame. Derived from the frames' phases.
    timers: Timers,
    /// What the branches and iterations below a frame have returned, by index.
    joins: BTreeMap<Slot, Join>,
    /// How many bytes the variables of all frames take. Derived from them.
    stored: usize,
    /// Tasks whose end is no longer awaited, until it is known that they were stopped.
    cancelling: BTreeMap<Ticket, (Arc<TaskRequest>, Option<Json>)>,
    journal: Journal,
}

/// What an execution knows as a whole.
#[derive(Clone, Debug, Default)]
struct Header {
    identity: Arc<Identity>,
    input: Json,
    begun: bool,
    started: Timestamp,
    /// The latest moment it was told of.
    now: Timestamp,
    /// When the machine's own timeout passes.
    deadline: Option<Timestamp>,
    context: Option<Json>,
    seed: u64,
    drawn: u64,
    token_secret: [u8; 32],
    recording: Recording,
    profile: Profile,
    state_machine_type: StateMachineType,
    /// The number of the last event.
    last_event: u64,
    redrive_count: u32,
    redriven: Option<Timestamp>,
    outcome: Option<Outcome>,
    /// The state whose failure ended the execution.
    failed_in: Option<Text>,
}

/// What the branches or iterations below a frame have returned.
#[derive(Clone, Debug, Default)]
struct Join {
    results: Vec<Option<Json>>,
    /// Which of them are new since the last [`Execution::changes`].
    fresh: Vec<u32>,
}

impl Join {
    fn of(total: u32) -> Self {
        Self {
            results: vec![None; total as usize],
            fresh: Vec::new(),
        }
    }

    fn put(&mut self, index: u32, result: Json) {
        let at = index as usize;
        if self.results.len() <= at {
            self.results.resize(at + 1, None);
        }
        self.results[at] = Some(result);
        self.fresh.push(index);
    }

    fn into_result(self) -> Json {
        self.results
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect()
    }
}

/// What an `advance` asks for: store the history together with the state, then perform the commands.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// New events of the history, in order.
    pub history: Vec<HistoryEvent>,
    /// Wishes, in order.
    pub commands: Vec<Command>,
}

/// When an execution wants to be told that time has passed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// The earliest moment at which a `Tick` has work to do.
    pub at: Timestamp,
    /// What for.
    pub why: Why,
}

/// What an execution waits for. A driver whose time is not the world's may jump over the first two at will; the others
/// follow the time of the work outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A Wait state.
    Wait,
    /// The pause before a retry.
    BackOff,
    /// A task's timeout or heartbeat.
    Deadline,
    /// The machine's own timeout.
    ExecutionTimeout,
    /// Nothing: there was more to do than fits one `advance`.
    Continue,
}

impl Execution {
    /// An execution that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells it what happened; does what follows from it.
    ///
    /// Late, repeated and spurious events are harmless: an answer to a ticket that is not live, a `Tick` before its time
    /// or an event after the end change nothing. The machine must be the one the execution began with.
    pub fn advance(&mut self, machine: &Machine, event: Event, out: &mut Effects) {
        self.header.now = self.header.now.max(event.at);
        let mut core = Core::new(self, machine, out);
        core.accept(event.kind);
        core.run();
        core.finish();
    }

    /// The earliest time at which a `Tick` has work to do, and what for: one sleep in a driver, one column in a store,
    /// one jump in a test. `None` when only an answer from outside, or nothing at all, can move it.
    #[must_use]
    pub fn wake_at(&self) -> Option<Wake> {
        if self.header.outcome.is_some() {
            return None;
        }
        if !self.ready.is_empty() {
            return Some(Wake {
                at: self.header.now,
                why: Why::Continue,
            });
        }
        let timer = self.timers.first().map(|(at, slot)| Wake {
            at,
            why: self.why(slot),
        });
        let deadline = self.header.deadline.map(|at| Wake {
            at,
            why: Why::ExecutionTimeout,
        });
        match (timer, deadline) {
            (Some(timer), Some(deadline)) if timer.at < deadline.at => Some(timer),
            (timer, deadline) => deadline.or(timer),
        }
    }

    fn remove(&mut self, slot: Slot) -> Option<Frame> {
        let frame = self.frames.remove(slot)?;
        self.stored = self.stored.saturating_sub(frame.variables.length());
        Some(frame)
    }

    fn why(&self, slot: Slot) -> Why {
        match self.frames.get(slot).map(|frame| &frame.phase) {
            Some(Phase::Waiting { .. }) => Why::Wait,
            Some(Phase::BackingOff { .. }) => Why::BackOff,
            _ => Why::Deadline,
        }
    }

    /// What has not been answered yet, to be asked for again after a crash: the snapshot is the outbox.
    #[must_use]
    pub fn outstanding(&self) -> Vec<Command> {
        let running = self.runs().filter_map(unanswered);
        let cancelling = self
            .cancelling
            .values()
            .map(|(request, submitted)| Command::Cancel {
                request: request.clone(),
                submitted: submitted.clone(),
            });
        let finish = self
            .header
            .outcome
            .iter()
            .map(|outcome| Command::Finish(outcome.clone()));
        running.chain(cancelling).chain(finish).collect()
    }

    /// Whether something was asked for that must be asked for again after a crash, its end apart.
    #[must_use]
    pub fn is_owing(&self) -> bool {
        !self.cancelling.is_empty() || self.runs().any(|running| unanswered(running).is_some())
    }

    /// Whether work outside has a deadline that runs.
    #[must_use]
    pub fn has_deadlines(&self) -> bool {
        self.runs().any(|running| running.due().is_some())
    }

    fn runs(&self) -> impl Iterator<Item = &Running> {
        self.frames
            .iter()
            .filter_map(|(_, frame)| frame.phase.running())
    }

    /// Whether an answer to this ticket would count.
    #[must_use]
    pub fn is_live(&self, ticket: Ticket) -> bool {
        self.running(ticket).is_some()
    }

    fn running(&self, ticket: Ticket) -> Option<&Running> {
        let running = self.frames.get(ticket.slot)?.phase.running()?;
        (running.request.ticket == ticket).then_some(running)
    }

    /// The live ticket that a task token stands for.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] when the token is not of this execution, [`TokenError::TimedOut`] when its task is over.
    pub fn ticket_of(&self, token: &str) -> Result<Ticket, TokenError> {
        let header = &self.header;
        let ticket = token::verify(&header.token_secret, &header.identity.execution_arn, token);
        let ticket = ticket.ok_or(TokenError::Invalid)?;
        if self.is_live(ticket) {
            Ok(ticket)
        } else {
            Err(TokenError::TimedOut)
        }
    }

    /// How it ended; `None` while it runs.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.header.outcome.as_ref()
    }

    /// The name of the state whose failure ended the execution.
    #[must_use]
    pub fn failed_in(&self) -> Option<&Text> {
        self.header.failed_in.as_ref()
    }

    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.header.identity
    }

    /// How many events its history has, recorded or not.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.header.last_event
    }
}

/// What must be asked for again, going by how far the task had come.
fn unanswered(running: &Running) -> Option<Command> {
    let request = running.request.clone();
    match &running.stage {
        Stage::Requested | Stage::Scheduled => Some(Command::Invoke(request)),
        Stage::Started if request.resource.kind == ResourceKind::Activity => None,
        Stage::Started => Some(Command::Invoke(request)),
        Stage::Submitted { output } => match request.resource.pattern() {
            Pattern::WaitForTaskToken => None,
            Pattern::RequestResponse | Pattern::Sync | Pattern::Sync2 => Some(Command::Attach {
                request,
                submitted: output.clone(),
            }),
        },
    }
}
