//! An execution over its machine: its history, event by event, becomes what came of each state and transition.
//!
//! Events do not tell all: which visit to a state an event belongs to follows from the event that it points at, as the
//! branches of an execution are chains of events.

use std::collections::BTreeMap;

use super::LinkKind;
use super::run::{self, Caption, Ended, Items, Run};
use super::visit::{Trouble, VisitId, Visits};
use crate::engine::{Details, Failure, HistoryEvent, TaskRequest, errors};
use crate::machine::{Flow, Kind, Machine, ScopeId, StateId};
use crate::value::{Text, Timestamp};

/// Events whose places are remembered for those that point at them.
const REMEMBERED: usize = 100_000;

/// What came of each state and each transition.
///
/// Takes events in the order of their numbers and needs no more memory than the machine and what is running, a window
/// of places apart.
#[derive(Debug, Default)]
pub struct Overlay {
    runs: BTreeMap<StateId, Run>,
    taken: BTreeMap<(Option<StateId>, Option<StateId>, LinkKind), u64>,
    visits: Visits,
    places: BTreeMap<u64, Place>,
    began: Option<Timestamp>,
    last: Timestamp,
    outcome: Option<(Ended, Option<String>)>,
    redrives: u32,
}

/// Where an event happened.
#[derive(Clone, Copy, Debug)]
struct Place {
    state: StateId,
    /// The visit; `None` when the event tells that it ended.
    visit: Option<VisitId>,
    /// The visit to the state around it.
    parent: Option<VisitId>,
    about: About,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum About {
    /// The beginning of a Map or Parallel state, or its iterations.
    Container,
    /// Anything that happens in a state.
    Inside,
    /// The end of a state.
    Left(LinkKind),
}

impl Overlay {
    /// Of a whole history.
    #[must_use]
    pub fn of<'e>(machine: &Machine, history: impl IntoIterator<Item = &'e HistoryEvent>) -> Self {
        let mut overlay = Self::default();
        for event in history {
            overlay.take(machine, event);
        }
        overlay
    }

    /// Takes in the next event.
    pub fn take(&mut self, machine: &Machine, event: &HistoryEvent) {
        self.began.get_or_insert(event.at);
        self.last = event.at;
        let place = self.place(machine, event);
        if let Some(place) = place {
            self.places.insert(event.id, place);
            if self.places.len() > REMEMBERED {
                self.places.pop_first();
            }
        }
    }

    /// What came of a state.
    #[must_use]
    pub fn run(&self, state: StateId) -> Run {
        let mut run = self.runs.get(&state).cloned().unwrap_or_default();
        for visit in self.visits.iter().filter(|visit| visit.state == state) {
            let ended = match &self.outcome {
                None => Ended::Running,
                Some((Ended::Failed | Ended::Succeeded, _)) => visit.cut_short(Ended::Aborted),
                Some((ended, _)) => *ended,
            };
            run.count(ended);
            run.total += visit.elapsed(self.last);
        }
        run
    }

    /// How often a transition was taken. `None` stands for the beginning and the end.
    #[must_use]
    pub fn taken(&self, from: Option<StateId>, to: Option<StateId>, kind: LinkKind) -> u64 {
        self.taken.get(&(from, to, kind)).copied().unwrap_or(0)
    }

    /// How the execution ended; `None` when nothing is known of it.
    #[must_use]
    pub fn caption(&self) -> Option<Caption> {
        let (ended, error) = self.outcome.clone().unwrap_or((Ended::Running, None));
        Some(Caption {
            ended,
            elapsed: self.last.since(self.began?),
            error,
            redrives: self.redrives,
        })
    }

    /// Finds out where an event happened and what follows from it.
    fn place(&mut self, machine: &Machine, event: &HistoryEvent) -> Option<Place> {
        let before = self.places.get(&event.previous).copied();
        match &event.details {
            Details::ExecutionStarted { .. } | Details::StateAborted { .. } => None,
            Details::ExecutionSucceeded { .. } => self.end(Ended::Succeeded, None),
            Details::ExecutionFailed(failure) => self.fail(before, failure),
            Details::ExecutionAborted(failure) => self.end(Ended::Aborted, Some(failure)),
            Details::ExecutionTimedOut(failure) => self.end(Ended::TimedOut, Some(failure)),
            Details::ExecutionRedriven { redrive_count } => self.restart(*redrive_count),
            Details::StateEntered { name, .. } => self.enter(machine, machine.find(name)?, before),
            Details::StateExited { name, .. } => self.leave(machine, machine.find(name)?, before),
            Details::TaskScheduled(request) => self.attempt(request, before),
            Details::TaskStarted { request, .. } | Details::TaskSubmitted { request, .. } => {
                self.inside(self.visit_of(before, request.state)?)
            }
            Details::TaskSucceeded { request, .. } => self.conclude(before, request.state, None),
            Details::TaskScheduleFailed(request, failure)
            | Details::TaskSubmitFailed(request, failure)
            | Details::TaskFailed(request, failure)
            | Details::TaskTimedOut(request, failure) => {
                self.conclude(before, request.state, Some(failure))
            }
            Details::EvaluationFailed { failure, state, .. } => {
                self.conclude(before, machine.find(state)?, Some(failure))
            }
            Details::ParallelStateStarted => self.begin(before?, None),
            Details::MapStateStarted { length } => self.begin(before?, Some(*length)),
            Details::ParallelStateSucceeded | Details::MapStateSucceeded => self.join(before?),
            Details::ParallelStateFailed | Details::MapStateFailed => self.fail_around(before?),
            Details::MapIterationStarted { name, .. } => self.iteration(machine, name, before),
            Details::MapIterationSucceeded { name, .. } => {
                let place = self.iteration(machine, name, before)?;
                self.items(place.state).succeeded += 1;
                Some(place)
            }
            Details::MapIterationFailed { name, .. } => self.fail_item(machine, name, before?),
            Details::MapIterationAborted { name, .. } => {
                let place = self.iteration(machine, name, before)?;
                self.items(place.state).aborted += 1;
                Some(place)
            }
        }
    }

    /// What had failed goes on.
    fn restart(&mut self, redrives: u32) -> Option<Place> {
        self.outcome = None;
        self.redrives = redrives;
        self.visits.recover();
        None
    }

    fn end(&mut self, ended: Ended, failure: Option<&Failure>) -> Option<Place> {
        self.outcome = Some((ended, failure.and_then(run::error)));
        None
    }

    /// A state is entered: from one beside it, or as the first of its scope.
    fn enter(&mut self, machine: &Machine, state: StateId, before: Option<Place>) -> Option<Place> {
        let scope = machine.state(state).scope;
        let beside = before.filter(|before| machine.state(before.state).scope == scope);
        let parent = match (beside, before) {
            (Some(beside), _) => beside.parent,
            (None, Some(around)) => around.visit,
            (None, None) => None,
        };
        match beside.map(|beside| (beside.state, beside.about)) {
            Some((from, About::Left(kind))) => self.pass(Some(from), Some(state), kind),
            None if scope == ScopeId::TOP => self.pass(None, Some(state), LinkKind::Begin),
            _ => {}
        }
        let visit = self.visits.enter(state, parent, self.last);
        Some(Place {
            state,
            visit: Some(visit),
            parent,
            about: if is_container(machine, state) {
                About::Container
            } else {
                About::Inside
            },
        })
    }

    /// A state is left. When the last thing that happened to it is a failure, a catcher has taken that.
    fn leave(&mut self, machine: &Machine, state: StateId, before: Option<Place>) -> Option<Place> {
        let id = self.visit_of(before, state)?;
        self.abandon_below(id);
        let visit = self.visits.take(id)?;
        let caught = visit.failing.is_some();
        let run = self.runs.entry(state).or_default();
        run.count(if caught {
            Ended::Caught
        } else {
            Ended::Succeeded
        });
        run.total += visit.elapsed(self.last);
        let kind = match &machine.state(state).kind {
            _ if caught => LinkKind::Catch,
            Kind::Choice(_) => LinkKind::Choice,
            _ => LinkKind::Next,
        };
        let is_end = kind == LinkKind::Next && machine.state(state).next == Flow::End;
        if is_end && machine.state(state).scope == ScopeId::TOP {
            self.pass(Some(state), None, LinkKind::End);
        }
        Some(Place {
            state,
            visit: None,
            parent: visit.parent,
            about: About::Left(kind),
        })
    }

    fn pass(&mut self, from: Option<StateId>, to: Option<StateId>, kind: LinkKind) {
        *self.taken.entry((from, to, kind)).or_default() += 1;
    }

    /// A task is tried.
    fn attempt(&mut self, request: &TaskRequest, before: Option<Place>) -> Option<Place> {
        let id = self.visit_of(before, request.state)?;
        self.try_again(id);
        self.inside(id)
    }

    /// A Map or Parallel state begins its work, perhaps again: what was left below it is over.
    fn begin(&mut self, before: Place, length: Option<u32>) -> Option<Place> {
        let id = container_of(before)?;
        self.abandon_below(id);
        self.try_again(id);
        let place = self.inside(id)?;
        if let Some(length) = length {
            self.items(place.state).total += u64::from(length);
        }
        Some(Place {
            about: About::Container,
            ..place
        })
    }

    fn try_again(&mut self, id: VisitId) {
        self.visits.recover_above(id);
        let Some(visit) = self.visits.touch(id, self.last) else {
            return;
        };
        visit.failing = None;
        visit.is_trying = true;
        visit.attempts += 1;
        let (state, is_retry) = (visit.state, visit.attempts > 1);
        self.runs.entry(state).or_default().retries += u64::from(is_retry);
    }

    /// All branches or iterations have succeeded.
    fn join(&mut self, before: Place) -> Option<Place> {
        let id = container_of(before)?;
        self.visits.touch(id, self.last)?.failing = None;
        self.inside(id)
    }

    /// What a state was busy with has ended, well or with a failure.
    fn conclude(
        &mut self,
        before: Option<Place>,
        state: StateId,
        failure: Option<&Failure>,
    ) -> Option<Place> {
        let id = self.visit_of(before, state)?;
        let visit = self.visits.touch(id, self.last)?;
        let mut retried = 0;
        if failure.is_some() && !std::mem::take(&mut visit.is_trying) {
            // A task that was refused before it was scheduled: this event alone tells of the attempt.
            visit.attempts += 1;
            retried = u64::from(visit.attempts > 1);
        }
        visit.failing = failure.map(trouble);
        let run = self.runs.entry(state).or_default();
        run.retries += retried;
        if let Some(error) = failure.and_then(run::error) {
            run.error = Some(error);
        }
        self.inside(id)
    }

    /// The state around a failure fails too: the event points at the last one of what failed in it.
    fn fail_around(&mut self, before: Place) -> Option<Place> {
        let id = before.parent?;
        let failing = self.blame(before).unwrap_or(Trouble::Failure);
        let visit = self.visits.touch(id, self.last)?;
        visit.is_trying = false;
        visit.failing = Some(failing);
        let state = visit.state;
        let inner = self.runs.get(&before.state);
        if let Some(error) = inner.and_then(|run| run.error.clone()) {
            self.runs.entry(state).or_default().error = Some(error);
        }
        self.inside(id)
    }

    /// The visit that an event points at is where a failure comes from.
    fn blame(&mut self, before: Place) -> Option<Trouble> {
        let visit = self.visits.touch(before.visit?, self.last)?;
        Some(*visit.failing.get_or_insert(Trouble::Failure))
    }

    /// The failure that ended the execution went up from here.
    fn fail(&mut self, before: Option<Place>, failure: &Failure) -> Option<Place> {
        let mut at = before.and_then(|before| before.visit.or(before.parent));
        let mut is_origin = true;
        while let Some(visit) = at.and_then(|id| self.visits.touch(id, self.last)) {
            visit.failing.get_or_insert(trouble(failure));
            at = visit.parent;
            let state = visit.state;
            let run = self.runs.entry(state).or_default();
            if is_origin || run.error.is_none() {
                run.error = run::error(failure).or(run.error.take());
            }
            is_origin = false;
        }
        self.end(Ended::Failed, Some(failure))
    }

    /// What was going on below a state is over: the state goes on elsewhere, or from its beginning.
    fn abandon_below(&mut self, id: VisitId) {
        for visit in self.visits.take_below(id) {
            let run = self.runs.entry(visit.state).or_default();
            run.count(visit.cut_short(Ended::Aborted));
            run.total += visit.elapsed(self.last);
        }
    }

    /// An event of an iteration names the Map state.
    fn iteration(
        &mut self,
        machine: &Machine,
        name: &Text,
        before: Option<Place>,
    ) -> Option<Place> {
        let visit = self.visit_of(before, machine.find(name)?)?;
        let place = self.inside(visit)?;
        Some(Place {
            about: About::Container,
            ..place
        })
    }

    fn fail_item(&mut self, machine: &Machine, name: &Text, before: Place) -> Option<Place> {
        let place = self.iteration(machine, name, Some(before))?;
        self.items(place.state).failed += 1;
        self.blame(before);
        Some(place)
    }

    fn items(&mut self, state: StateId) -> &mut Items {
        let run = self.runs.entry(state).or_default();
        run.items.get_or_insert_default()
    }

    /// The visit to that state that an event belongs to.
    fn visit_of(&self, before: Option<Place>, state: StateId) -> Option<VisitId> {
        let from = before.and_then(|before| before.visit.or(before.parent));
        self.visits
            .nearest(from, state)
            .or_else(|| self.visits.latest(state))
    }

    fn inside(&mut self, id: VisitId) -> Option<Place> {
        let visit = self.visits.touch(id, self.last)?;
        Some(Place {
            state: visit.state,
            visit: Some(id),
            parent: visit.parent,
            about: About::Inside,
        })
    }
}

/// The visit to a Map or Parallel state that an event without a name is about.
fn container_of(before: Place) -> Option<VisitId> {
    match before.about {
        About::Container => before.visit,
        About::Inside | About::Left(_) => before.parent,
    }
}

fn is_container(machine: &Machine, state: StateId) -> bool {
    matches!(machine.state(state).kind, Kind::Map(_) | Kind::Parallel(_))
}

fn trouble(failure: &Failure) -> Trouble {
    if failure.error() == errors::TIMEOUT {
        Trouble::Timeout
    } else {
        Trouble::Failure
    }
}
