//! Playing an execution in virtual time: whatever is to happen next happens at once.

use std::collections::BTreeMap;

use crate::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, HistoryEvent, Outcome, Start,
};
use crate::engine::{TaskRequest, TaskUpdate, Ticket, Wake, Why};
use crate::machine::Machine;
use crate::value::Timestamp;

/// More events than any case needs: what goes on for longer goes on for ever.
const EVENTS: usize = 200_000;

/// Who answers tasks.
pub(super) trait Cast {
    /// What will happen to a task that was asked for at this moment.
    ///
    /// # Errors
    /// When the case does not say; the text is the reason for its failure.
    fn invoke(&mut self, request: &TaskRequest, at: Timestamp) -> Result<Vec<Cue>, String>;
}

/// Something that is to happen.
#[derive(Clone, Debug)]
pub(super) struct Cue {
    /// When, at the earliest.
    pub(super) at: Timestamp,
    /// Which of those of the same moment goes first.
    pub(super) order: u64,
    /// How many events the history must have before; time passes until it has, if it can.
    pub(super) events: u64,
    /// What.
    pub(super) what: What,
}

/// What is to happen.
#[derive(Clone, Debug)]
pub(super) enum What {
    Task(Ticket, TaskUpdate),
    Cancelled(Ticket),
    Stopped(Failure),
}

impl What {
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Task(ticket, _) | Self::Cancelled(ticket) => Some(*ticket),
            Self::Stopped(_) => None,
        }
    }
}

/// What there is to see in the end.
pub(super) struct Performance {
    pub(super) history: Vec<HistoryEvent>,
    /// `None` when it still runs.
    pub(super) outcome: Option<Outcome>,
    pub(super) started: Timestamp,
    pub(super) ended: Timestamp,
}

/// What is to be played.
pub(super) struct Piece<'m> {
    pub(super) machine: &'m Machine,
    pub(super) start: Start,
    pub(super) at: Timestamp,
    /// What happens apart from tasks.
    pub(super) cues: Vec<Cue>,
    /// After which moment nobody watches any more.
    pub(super) until: Option<Timestamp>,
}

struct Stage<'m> {
    machine: &'m Machine,
    execution: Execution,
    effects: Effects,
    now: Timestamp,
    /// What is to happen, in order; the last number tells cues of one moment apart.
    cues: BTreeMap<(Timestamp, u64, u64), Cue>,
    issued: u64,
    asked: Vec<Ticket>,
}

/// Plays until the execution ends, rests, or nobody watches any more.
pub(super) fn play(piece: Piece<'_>, cast: &mut dyn Cast) -> Result<Performance, String> {
    let Piece {
        machine,
        start,
        at,
        cues,
        until,
    } = piece;
    let mut stage = Stage {
        machine,
        execution: Execution::new(),
        effects: Effects::default(),
        now: at,
        cues: BTreeMap::new(),
        issued: 0,
        asked: Vec::new(),
    };
    cues.into_iter().for_each(|cue| stage.schedule(cue));
    stage.advance(EventKind::Begun(Box::new(start)), cast)?;
    while stage.execution.outcome().is_none() {
        let Some((at, next)) = stage.next() else {
            break;
        };
        if until.is_some_and(|until| at > until) {
            break;
        }
        if stage.effects.history.len() > EVENTS {
            return Err(format!("it does not come to rest within {EVENTS} events"));
        }
        stage.now = stage.now.max(at);
        stage.advance(next, cast)?;
    }
    let outcome = stage.execution.outcome().cloned();
    Ok(Performance {
        history: stage.effects.history,
        outcome,
        started: at,
        ended: stage.now,
    })
}

impl Stage<'_> {
    fn schedule(&mut self, cue: Cue) {
        self.issued += 1;
        self.cues.insert((cue.at, cue.order, self.issued), cue);
    }

    /// Tells the execution and does what it asks.
    fn advance(&mut self, kind: EventKind, cast: &mut dyn Cast) -> Result<(), String> {
        let event = Event { at: self.now, kind };
        self.execution
            .advance(self.machine, event, &mut self.effects);
        for command in std::mem::take(&mut self.effects.commands) {
            match command {
                Command::Invoke(request) => {
                    self.asked.push(request.ticket);
                    let cues = cast.invoke(&request, self.now)?;
                    cues.into_iter().for_each(|cue| self.schedule(cue));
                }
                Command::Cancel { request, .. } => self.schedule(Cue {
                    at: self.now,
                    order: 0,
                    events: 0,
                    what: What::Cancelled(request.ticket),
                }),
                // Nothing crashes here, so that nothing has to be watched again.
                Command::Attach { .. } | Command::Finish(_) => {}
            }
        }
        Ok(())
    }

    /// What happens next, and when.
    fn next(&mut self) -> Option<(Timestamp, EventKind)> {
        let wake = self.execution.wake_at();
        match (self.cues.first_key_value(), wake) {
            (Some((_, cue)), Some(wake)) if self.goes_first(wake, cue) => {
                Some((wake.at, EventKind::Tick))
            }
            (None, Some(wake)) => Some((wake.at, EventKind::Tick)),
            (Some(_), _) => self
                .cues
                .pop_first()
                .map(|(_, cue)| (cue.at, told(cue.what))),
            (None, None) => None,
        }
    }

    /// Whether time decides something before that cue.
    fn goes_first(&self, wake: Wake, cue: &Cue) -> bool {
        // An answer at the very moment of a deadline is in time.
        if wake.at < cue.at {
            return true;
        }
        let is_early = self.execution.event_count() < cue.events;
        is_early
            && match wake.why {
                Why::Wait | Why::BackOff | Why::Continue => true,
                Why::Deadline => self.somebody_is_silent(),
                Why::ExecutionTimeout => false,
            }
    }

    /// Whether a task runs of which nothing more will be heard: then its deadline is meant to pass.
    fn somebody_is_silent(&self) -> bool {
        let will_answer = |ticket: Ticket| {
            self.cues
                .values()
                .any(|cue| cue.what.ticket() == Some(ticket))
        };
        self.asked
            .iter()
            .any(|ticket| self.execution.is_live(*ticket) && !will_answer(*ticket))
    }
}

fn told(what: What) -> EventKind {
    match what {
        What::Task(ticket, update) => EventKind::Task { ticket, update },
        What::Cancelled(ticket) => EventKind::CancelAcknowledged { ticket },
        What::Stopped(failure) => EventKind::Stopped(failure),
    }
}
