//! The loop: frames take steps, one transition in turn, until all are parked.

use std::collections::VecDeque;

use super::frame::{Family, Frame, Item, Phase, Slot, Stage};
use super::history::Details;
use super::unwind::Raise;
use super::{
    Command, Effects, EventKind, Execution, Failure, Join, Outcome, Start, StateMachineType,
    Ticket, choice, fail, limits, map, parallel, pass, redrive, succeed, task, unwind, wait,
};
use crate::expr::{Dice, Variables};
use crate::machine::{Flow, Kind, Machine, State, StateId};
use crate::value::{Json, Object, Timestamp};

/// What a state has to say: it goes on, it is done, it waits, or it has failed.
pub(super) enum Step {
    /// To the next state, with this input.
    Goto(StateId, Json),
    /// The branch is done, with this output.
    Return(Json),
    /// Until something happens.
    Park(Phase),
    /// It has parked already.
    Stay,
    /// Something went wrong.
    Raise(Raise),
}

/// A path of control that is to begin.
pub(super) struct Branch {
    pub(super) parent: Option<Slot>,
    pub(super) index: u32,
    pub(super) item: Option<Box<Item>>,
    pub(super) at: StateId,
    pub(super) input: Json,
    pub(super) variables: Variables,
    /// The event that its first one points at.
    pub(super) chain: u64,
}

/// One `advance`: an execution, its machine, and what has come of it so far.
pub(super) struct Core<'a> {
    pub(super) execution: &'a mut Execution,
    pub(super) machine: &'a Machine,
    pub(super) dice: Dice,
    pub(super) out: &'a mut Effects,
    /// The history has reached its limit: nothing more is recorded, and the execution fails.
    pub(super) full: bool,
}

impl<'a> Core<'a> {
    pub(super) fn new(
        execution: &'a mut Execution,
        machine: &'a Machine,
        out: &'a mut Effects,
    ) -> Self {
        let dice = Dice::new(execution.header.seed, execution.header.drawn);
        Self {
            execution,
            machine,
            dice,
            out,
            full: false,
        }
    }

    /// Takes in what happened; frames that can go on become ready.
    pub(super) fn accept(&mut self, kind: EventKind) {
        let begun = self.execution.header.begun;
        let ended = self.execution.header.outcome.is_some();
        match kind {
            EventKind::Begun(start) if !begun => self.begin(*start),
            EventKind::CancelAcknowledged { ticket } => {
                self.execution.cancelling.remove(&ticket);
                self.execution.journal.touch_cancelling(ticket);
            }
            EventKind::Redriven if ended => redrive::restart(self),
            EventKind::Task { ticket, update } if !ended => task::update(self, ticket, update),
            EventKind::Tick if begun && !ended => self.tick(),
            EventKind::Stopped(failure) if begun && !ended => {
                let failure = self.execution.header.profile.cut(failure);
                self.end(Outcome::Aborted(failure), 0)
            }
            EventKind::Begun(_)
            | EventKind::Redriven
            | EventKind::Task { .. }
            | EventKind::Tick
            | EventKind::Stopped(_) => {}
        }
    }

    fn begin(&mut self, start: Start) {
        self.take_in(&start);
        // No JSON text that the service or a store would read again: only a program can have made it.
        let too_deep = start.input.depth() > limits::NESTING;
        let input = if too_deep { Json::Null } else { start.input };
        let header = &mut self.execution.header;
        header.input = input.clone();
        let (identity, told) = (header.identity.clone(), input.clone());
        self.push(0, || Details::ExecutionStarted {
            input: told,
            input_text: start.input_text,
            identity,
        });
        if too_deep {
            let cause = "The execution's input is nested deeper than 1000 levels.";
            let failure = Failure::new(super::errors::RUNTIME, cause);
            return self.end(Outcome::Failed(failure), 1);
        }
        let at = start
            .state
            .unwrap_or_else(|| self.machine.scope(start.scope).start);
        self.start(Branch {
            parent: None,
            index: 0,
            item: None,
            at,
            input,
            variables: start.variables,
            chain: 0,
        });
    }

    /// Notes what holds for the execution as a whole.
    fn take_in(&mut self, start: &Start) {
        let header = &mut self.execution.header;
        header.identity = start.identity.clone();
        header.begun = true;
        header.started = header.now;
        header.deadline = self
            .machine
            .timeout()
            .map(|seconds| later(header.now, seconds));
        if start.state_machine_type == StateMachineType::Express {
            let longest = header.now.after(limits::EXPRESS_DURATION);
            header.deadline = Some(
                header
                    .deadline
                    .map_or(longest, |deadline| deadline.min(longest)),
            );
        }
        header.context = start.context.clone();
        header.seed = start.seed;
        header.token_secret = start.token_secret;
        header.recording = start.recording;
        header.profile = start.profile;
        header.state_machine_type = start.state_machine_type;
        self.dice = Dice::new(start.seed, 0);
    }

    /// Lets a path of control begin: it is about to enter its first state.
    pub(super) fn start(&mut self, branch: Branch) {
        let now = self.now();
        self.execution.stored += branch.variables.length();
        let slot = self.execution.frames.insert(Frame {
            parent: branch.parent,
            index: branch.index,
            item: branch.item,
            at: branch.at,
            input: branch.input,
            variables: branch.variables,
            phase: Phase::Entering,
            tries: Vec::new(),
            retry_count: 0,
            attempts: 0,
            entered_at: now,
            entered: 0,
            before: branch.chain,
            chain: branch.chain,
            leaf: branch.chain,
            family: Family::default(),
        });
        self.execution.ready.push_back(slot);
    }

    /// Lets every frame that can go on take its steps.
    pub(super) fn run(&mut self) {
        for _ in 0..limits::TRANSITIONS_PER_ADVANCE {
            if self.full {
                self.reach_the_history_limit();
            }
            let Some(slot) = self.execution.ready.pop_front() else {
                break;
            };
            self.step(slot);
        }
        if self.full {
            self.reach_the_history_limit();
        }
    }

    /// Puts back what was only lent for this `advance`.
    pub(super) fn finish(self) {
        self.execution.header.drawn = self.dice.drawn();
    }

    fn step(&mut self, slot: Slot) {
        let Some(frame) = self.execution.frames.get(slot) else {
            return;
        };
        let state = self.machine.state(frame.at);
        let step = match &frame.phase {
            Phase::Entering => {
                self.enter(slot, state);
                self.attempt(slot, state)
            }
            Phase::Again => self.attempt(slot, state),
            Phase::Elapsed => wait::resume(self, slot, state),
            Phase::Waiting { .. }
            | Phase::Running(_)
            | Phase::BackingOff { .. }
            | Phase::Joining(_)
            | Phase::Unwound { .. } => return,
        };
        self.apply(slot, step);
    }

    fn enter(&mut self, slot: Slot, state: &State) {
        let now = self.now();
        let frame = self.frame_mut(slot);
        frame.tries.clear();
        frame.retry_count = 0;
        frame.entered_at = now;
        frame.before = frame.chain;
        let input = frame.input.clone();
        let entered = self.record(slot, || Details::StateEntered {
            state_type: state.state_type(),
            name: state.name.clone(),
            input,
        });
        self.frame_mut(slot).entered = entered;
    }

    /// One attempt at a state that has been entered.
    fn attempt(&mut self, slot: Slot, state: &State) -> Step {
        match &state.kind {
            Kind::Pass(pass) => pass::enter(self, slot, state, pass),
            Kind::Task(task) => task::enter(self, slot, state, task),
            Kind::Choice(choice) => choice::enter(self, slot, state, choice),
            Kind::Wait(wait) => wait::enter(self, slot, state, wait),
            Kind::Succeed => succeed::enter(self, slot, state),
            Kind::Fail(fail) => fail::enter(self, slot, state, fail),
            Kind::Parallel(parallel) => parallel::enter(self, slot, state, parallel),
            Kind::Map(map) => map::enter(self, slot, state, map),
        }
    }

    /// Does what a state has said.
    pub(super) fn apply(&mut self, slot: Slot, step: Step) {
        match step {
            Step::Goto(next, input) => {
                // A state that never parked has no timer to clear.
                if !matches!(self.frame_ref(slot).phase, Phase::Entering) {
                    self.set_phase(slot, Phase::Entering);
                }
                let frame = self.frame_mut(slot);
                frame.at = next;
                frame.input = input;
                self.execution.ready.push_back(slot);
            }
            Step::Return(output) => self.done(slot, output),
            Step::Park(phase) => self.set_phase(slot, phase),
            Step::Stay => {}
            Step::Raise(raise) => unwind::raise(self, slot, raise),
        }
    }

    /// A path of control has come to its end.
    fn done(&mut self, slot: Slot, output: Json) {
        self.clear_timer(slot);
        let Some(frame) = self.execution.remove(slot) else {
            return;
        };
        let Some(parent) = frame.parent else {
            return self.end(Outcome::Succeeded(output), frame.chain);
        };
        let owner = self.machine.state(self.frame_ref(parent).at);
        if let Kind::Map(map) = &owner.kind {
            map::iteration_done(self, parent, owner, map, &frame, output);
        } else {
            parallel::branch_done(self, parent, owner, &frame, output);
        }
    }

    /// Leaves a state: tells the history, assigns variables, goes on.
    pub(super) fn leave(
        &mut self,
        slot: Slot,
        state: &State,
        next: Flow,
        output: Json,
        assigned: Option<Object>,
    ) -> Step {
        let told = assigned.clone();
        let shown = output.clone();
        self.record(slot, || Details::StateExited {
            state_type: state.state_type(),
            name: state.name.clone(),
            output: shown,
            assigned: told,
        });
        if let Some(assigned) = assigned {
            let frame = self.frame_mut(slot);
            let before = frame.variables.length();
            for (name, value) in assigned.iter() {
                frame.variables.set(name.clone(), value.clone());
            }
            let after = frame.variables.length();
            let stored = &mut self.execution.stored;
            *stored = stored.saturating_sub(before) + after;
        }
        match next {
            Flow::Next(next) => Step::Goto(next, output),
            Flow::End => Step::Return(output),
        }
    }

    /// Everything that is due happens, and only then does any failure spread.
    fn tick(&mut self) {
        let now = self.now();
        if self
            .execution
            .header
            .deadline
            .is_some_and(|deadline| deadline <= now)
        {
            let failure = Failure::named(super::errors::TIMEOUT);
            return self.end(Outcome::TimedOut(failure), 0);
        }
        let mut late: VecDeque<(Slot, Raise)> = VecDeque::new();
        while let Some((_, slot)) = self.execution.timers.first().filter(|(at, _)| *at <= now) {
            match &self.frame_ref(slot).phase {
                Phase::Running(_) => late.push_back((slot, task::time_out(self, slot))),
                Phase::Waiting { .. } => self.go_on(slot, Phase::Elapsed),
                Phase::BackingOff { .. } => self.go_on(slot, Phase::Again),
                Phase::Entering
                | Phase::Again
                | Phase::Elapsed
                | Phase::Joining(_)
                | Phase::Unwound { .. } => {}
            }
        }
        for (slot, raise) in late {
            // The failure of one may have taken the others with it.
            if self
                .execution
                .frames
                .get(slot)
                .is_some_and(|frame| matches!(frame.phase, Phase::Again))
            {
                unwind::raise(self, slot, raise);
            }
        }
    }

    fn go_on(&mut self, slot: Slot, phase: Phase) {
        self.set_phase(slot, phase);
        self.execution.ready.push_back(slot);
    }

    /// Ends the execution. A failed one keeps its frames, so that it can be redriven; a successful one has none left.
    pub(super) fn end(&mut self, outcome: Outcome, previous: u64) {
        // An event has found no room: whatever else has happened, that is how the execution ends.
        let (outcome, previous) = match (self.full, outcome) {
            (true, Outcome::Succeeded(_) | Outcome::Failed(_)) => self.history_limit_reached(),
            (_, outcome) => (outcome, previous),
        };
        let failure = outcome.failure().cloned();
        self.write(previous, || match outcome.clone() {
            Outcome::Succeeded(output) => Details::ExecutionSucceeded { output },
            Outcome::Failed(failure) => Details::ExecutionFailed(failure),
            Outcome::TimedOut(failure) => Details::ExecutionTimedOut(failure),
            Outcome::Aborted(failure) => Details::ExecutionAborted(failure),
        });
        if let Some(failure) = failure {
            let slots: Vec<_> = self.execution.frames.iter().map(|(slot, _)| slot).collect();
            for slot in slots {
                self.cut_short(slot, &failure);
            }
        }
        self.execution.ready.clear();
        self.execution.timers.clear();
        self.full = false;
        self.execution.header.outcome = Some(outcome.clone());
        self.command(Command::Finish(outcome));
    }

    /// Stops what a frame is doing and keeps it for a redrive.
    pub(super) fn cut_short(&mut self, slot: Slot, failure: &Failure) {
        self.cancel(slot);
        if !matches!(self.frame_ref(slot).phase, Phase::Unwound { .. }) {
            self.unwind(slot, failure);
        }
    }

    /// Notes that a frame has failed, and how it would go on.
    pub(super) fn unwind(&mut self, slot: Slot, failure: &Failure) {
        self.clear_timer(slot);
        let frame = self.frame_mut(slot);
        let resume = std::mem::replace(&mut frame.phase, Phase::Again).resume();
        frame.phase = Phase::Unwound {
            failure: failure.clone(),
            resume: Box::new(resume),
        };
    }

    /// Makes room for what the branches or iterations below a frame will return.
    pub(super) fn expect_results(&mut self, slot: Slot, total: u32) {
        self.take_results(slot);
        self.execution.joins.insert(slot, Join::of(total));
    }

    /// What they have returned; it is forgotten here.
    pub(super) fn take_results(&mut self, slot: Slot) -> Option<Json> {
        let join = self.execution.joins.remove(&slot)?;
        self.execution.journal.drop_results(slot);
        Some(join.into_result())
    }

    /// Keeps what a branch or iteration returned; answers how many are still at work.
    pub(super) fn join(&mut self, slot: Slot, index: u32, output: Json) -> u32 {
        self.execution
            .joins
            .entry(slot)
            .or_default()
            .put(index, output);
        let Phase::Joining(joining) = &mut self.frame_mut(slot).phase else {
            return 0;
        };
        joining.live = joining.live.saturating_sub(1);
        joining.live
    }

    // Frames.

    pub(super) fn now(&self) -> Timestamp {
        self.execution.header.now
    }

    pub(super) fn frame_ref(&self, slot: Slot) -> &Frame {
        self.execution
            .frames
            .get(slot)
            .expect("a frame lives until it is done or unwound")
    }

    pub(super) fn frame_mut(&mut self, slot: Slot) -> &mut Frame {
        self.execution
            .frames
            .get_mut(slot)
            .expect("a frame lives until it is done or unwound")
    }

    /// Asks for the task of a frame to be stopped, if it has one.
    pub(super) fn cancel(&mut self, slot: Slot) {
        let Some(running) = self.frame_ref(slot).phase.running() else {
            return;
        };
        let request = running.request.clone();
        let submitted = if let Stage::Submitted { output } = &running.stage {
            Some(output.clone())
        } else {
            None
        };
        self.set_phase(slot, Phase::Again);
        self.execution
            .cancelling
            .insert(request.ticket, (request.clone(), submitted.clone()));
        self.execution.journal.touch_cancelling(request.ticket);
        self.command(Command::Cancel { request, submitted });
    }

    /// The ticket of the next attempt of a frame.
    pub(super) fn next_ticket(&mut self, slot: Slot) -> Ticket {
        let generation = self.execution.frames.generation(slot);
        let frame = self.frame_mut(slot);
        frame.attempts += 1;
        Ticket {
            slot,
            generation,
            attempt: frame.attempts,
        }
    }

    pub(super) fn command(&mut self, command: Command) {
        self.out.commands.push(command);
    }
}

/// The moment so many seconds later.
pub(super) fn later(now: Timestamp, seconds: u32) -> Timestamp {
    now.after(std::time::Duration::from_secs(u64::from(seconds)))
}
