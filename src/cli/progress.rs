//! How far a long run has come, on standard error where it is a terminal.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::terminal;
use crate::engine::{Details, HistoryEvent, Ticket};
use crate::value::{Text, Timestamp};

/// How often the line is drawn anew.
const BEAT: Duration = Duration::from_millis(120);

/// A line that tells how far things have come. Nothing is drawn before the first beat, so that what is quick is quiet.
#[derive(Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    seen: Arc<Mutex<Seen>>,
}

/// What the events of an execution have told so far.
#[derive(Default)]
struct Seen {
    state: Text,
    entered: u64,
    /// The attempts under way.
    tasks: BTreeSet<Ticket>,
    items_done: u64,
    items: u64,
    until: Option<Timestamp>,
}

impl Progress {
    /// The line of an execution; `None` where nobody would see it.
    pub(super) fn of_execution(quiet: bool) -> Option<Self> {
        Self::shown(
            quiet,
            ProgressBar::no_length(),
            "{spinner} {elapsed} {seen}",
        )
    }

    /// The bar of several executions; `None` where nobody would see it.
    pub(super) fn of_executions(quiet: bool, count: usize) -> Option<Self> {
        let bar = ProgressBar::new(count as u64);
        Self::shown(
            quiet,
            bar,
            "{spinner} {bar:30} {pos} of {len} executions, {eta} left",
        )
    }

    fn shown(quiet: bool, bar: ProgressBar, template: &str) -> Option<Self> {
        if quiet || !terminal::is_terminal() {
            return None;
        }
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let shown = seen.clone();
        let style =
            ProgressStyle::with_template(template).expect("the templates here are well-formed");
        // Written when the line is drawn, not at each event.
        bar.set_style(
            style.with_key("seen", move |_: &ProgressState, out: &mut dyn Write| {
                // A line that cannot be written is drawn at the next beat.
                let _ = write!(out, "{}", lock(&shown));
            }),
        );
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(BEAT);
        Some(Self { bar, seen })
    }

    /// Hears of an event.
    pub(super) fn take(&self, event: &HistoryEvent) {
        lock(&self.seen).take(&event.details);
    }

    /// Hears that the execution has nothing to do before that moment, unless something comes from outside.
    pub(super) fn idle(&self, until: Option<Timestamp>) {
        lock(&self.seen).until = until;
    }

    /// One of several executions has ended.
    pub(super) fn ended(&self) {
        self.bar.inc(1);
    }

    /// Tells something above the line.
    pub(super) fn aside(&self, text: &str) {
        self.bar.suspend(|| terminal::tell(text));
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// What has been seen is whole at any moment: a panic elsewhere has not spoilt it.
fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seen {
    fn take(&mut self, details: &Details) {
        self.until = None;
        match details {
            Details::StateEntered { name, .. } => {
                self.entered += 1;
                self.state = name.clone();
            }
            Details::TaskScheduled(request) => drop(self.tasks.insert(request.ticket)),
            Details::TaskScheduleFailed(request, _)
            | Details::TaskSubmitFailed(request, _)
            | Details::TaskSucceeded { request, .. }
            | Details::TaskFailed(request, _)
            | Details::TaskTimedOut(request, _) => drop(self.tasks.remove(&request.ticket)),
            // What a failure beside them has cut short is not told one by one.
            Details::ParallelStateFailed | Details::MapStateFailed => self.tasks.clear(),
            Details::MapStateStarted { length } => self.items += u64::from(*length),
            Details::MapIterationSucceeded { .. }
            | Details::MapIterationFailed { .. }
            | Details::MapIterationAborted { .. } => self.items_done += 1,
            _ => {}
        }
    }
}

/// `Charge · 12 states · 3 tasks running · 40 of 100 items · until 12:30:00Z`
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.entered == 1 { "" } else { "s" };
        write!(f, "{} · {} state{plural}", self.state, self.entered)?;
        match self.tasks.len() {
            0 => {}
            1 => f.write_str(" · 1 task running")?,
            several => write!(f, " · {several} tasks running")?,
        }
        if self.items > 0 {
            write!(f, " · {} of {} items", self.items_done, self.items)?;
        }
        match self.until {
            Some(until) => write!(f, " · waiting until {until}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::StateType;
    use crate::value::Json;

    #[test]
    fn events_add_up() {
        let mut seen = Seen::default();
        seen.take(&Details::StateEntered {
            state_type: StateType::Map,
            name: "Each".into(),
            input: Json::Null,
        });
        assert_eq!(seen.to_string(), "Each · 1 state");
        seen.take(&Details::MapStateStarted { length: 3 });
        seen.take(&Details::MapIterationSucceeded {
            name: "Each".into(),
            index: 0,
        });
        seen.until = Some(Timestamp::from_millis(0));
        assert_eq!(
            seen.to_string(),
            "Each · 1 state · 1 of 3 items · waiting until 1970-01-01T00:00:00.000Z"
        );
    }
}
