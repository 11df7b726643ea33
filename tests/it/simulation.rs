//! Simulation: generated machines in a world that is made up from a seed.
//!
//! What must hold for every seed: an execution that crashes between any two events and comes back from its rows does
//! the same; the same seed gives the same bytes; after the end every task was answered or cancelled; late, repeated and
//! spurious events change nothing. A failing seed is printed; run it alone with `SFN_SEED=<seed>`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use sfn::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, Parts, Profile, Start, TaskRequest,
    TaskUpdate, Ticket,
};
use sfn::expr::Dice;
use sfn::value::Timestamp;
use sfn::{Json, Machine};

use crate::generator;

/// How many seeds a run of the tests tries: enough for every pair of state types to meet, in under a minute.
const SEEDS: u64 = 10_000;

/// How a world treats an execution.
#[derive(Clone, Copy, PartialEq)]
enum Treatment {
    /// Gently.
    Plain,
    /// Takes it apart after every event and puts it together from a whole snapshot.
    CrashWhole,
    /// The same, from rows kept up to date with what changed.
    CrashChanges,
    /// Tells it things twice, too late and for nothing.
    Noise,
}

/// A world: it answers tasks as the seed says, whenever they ask and however often.
struct World<'m> {
    machine: &'m Machine,
    execution: Execution,
    treatment: Treatment,
    seed: u64,
    now: Timestamp,
    agenda: BTreeMap<(Timestamp, u64), EventKind>,
    scheduled: u64,
    asked: BTreeSet<Ticket>,
    settled: BTreeSet<Ticket>,
    rows: Parts,
    noise: Dice,
    /// Everything that came out, as text.
    transcript: String,
}

impl<'m> World<'m> {
    fn new(machine: &'m Machine, seed: u64, treatment: Treatment) -> Self {
        let mut world = Self {
            machine,
            execution: Execution::new(),
            treatment,
            seed,
            now: Timestamp::from_millis(1_000_000),
            agenda: BTreeMap::new(),
            scheduled: 0,
            asked: BTreeSet::new(),
            settled: BTreeSet::new(),
            rows: Parts::default(),
            noise: Dice::new(seed, 0),
            transcript: String::new(),
        };
        let mut start = Start::new(generator::input(seed));
        start.seed = seed;
        start.profile = if seed.is_multiple_of(5) {
            Profile::Relaxed
        } else {
            Profile::Aws
        };
        world.schedule(Duration::ZERO, EventKind::Begun(Box::new(start)));
        if seed.is_multiple_of(11) {
            let stop = EventKind::Stopped(Failure::new("Stop", "enough"));
            world.schedule(Duration::from_secs(seed % 37), stop);
        }
        world
    }

    fn schedule(&mut self, after: Duration, kind: EventKind) {
        self.scheduled += 1;
        self.agenda
            .insert((self.now.after(after), self.scheduled), kind);
    }

    /// Runs to the end, or until nothing can happen any more.
    fn run(mut self) -> Self {
        for _ in 0..100_000 {
            let wake = self.execution.wake_at().map(|wake| wake.at);
            let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let kind = match (next, wake) {
                (Some(next), wake) if wake.is_none_or(|wake| next <= wake) => {
                    self.now = self.now.max(next);
                    self.agenda
                        .pop_first()
                        .map(|(_, kind)| kind)
                        .expect("the agenda has a first entry")
                }
                (_, Some(wake)) => {
                    self.now = self.now.max(wake);
                    EventKind::Tick
                }
                (_, None) => return self,
            };
            self.tell(kind);
        }
        panic!("seed {}: an execution that never ends", self.seed);
    }

    fn tell(&mut self, kind: EventKind) {
        if self.treatment == Treatment::Noise {
            self.make_noise(&kind);
        }
        let effects = self.advance(kind);
        for event in &effects.history {
            writeln!(self.transcript, "{event:?}").expect("a string takes everything");
        }
        self.perform(effects.commands);
        self.crash();
    }

    fn advance(&mut self, kind: EventKind) -> Effects {
        let mut effects = Effects::default();
        self.execution
            .advance(self.machine, Event { at: self.now, kind }, &mut effects);
        effects
    }

    fn perform(&mut self, commands: Vec<Command>) {
        for command in commands {
            writeln!(self.transcript, "{command:?}").expect("a string takes everything");
            match command {
                Command::Invoke(request) => self.invoke(&request),
                Command::Attach { .. } => {}
                Command::Cancel { request, .. } => {
                    self.settled.insert(request.ticket);
                    let kind = EventKind::CancelAcknowledged {
                        ticket: request.ticket,
                    };
                    self.schedule(Duration::from_millis(5), kind);
                }
                Command::Finish(_) => {}
            }
        }
    }

    /// Does a task once: the ticket is the idempotency key.
    fn invoke(&mut self, request: &TaskRequest) {
        if self.asked.insert(request.ticket) {
            for (after, update) in generator::answers(self.seed, request) {
                self.schedule(
                    after,
                    EventKind::Task {
                        ticket: request.ticket,
                        update,
                    },
                );
            }
        }
    }

    /// Things that happen in a real world and must change nothing.
    fn make_noise(&mut self, next: &EventKind) {
        let mut noise = Vec::new();
        if self.noise.next_u64().is_multiple_of(2)
            && self
                .execution
                .wake_at()
                .is_none_or(|wake| wake.at > self.now)
        {
            noise.push(EventKind::Tick);
        }
        if matches!(next, EventKind::CancelAcknowledged { .. }) {
            noise.push(next.clone());
        }
        let over: Vec<_> = self
            .asked
            .iter()
            .filter(|ticket| !self.execution.is_live(**ticket))
            .copied()
            .collect();
        for ticket in over {
            let late = TaskUpdate::Completed(Ok(Json::from("late")));
            noise.push(EventKind::Task {
                ticket,
                update: late,
            });
            noise.push(EventKind::Task {
                ticket,
                update: TaskUpdate::Heartbeat,
            });
        }
        if self.execution.event_count() > 0 {
            noise.push(EventKind::Begun(Box::new(Start::new(Json::Null))));
        }
        for kind in noise {
            let effects = self.advance(kind.clone());
            assert!(
                effects.history.is_empty(),
                "seed {}: {kind:?} was recorded: {:?}",
                self.seed,
                effects.history
            );
            assert!(
                effects.commands.is_empty(),
                "seed {}: {kind:?} had effects",
                self.seed
            );
        }
    }

    fn crash(&mut self) {
        let parts = match self.treatment {
            Treatment::Plain | Treatment::Noise => return,
            Treatment::CrashWhole => self.execution.to_parts(self.machine),
            Treatment::CrashChanges => {
                self.rows.apply(self.execution.changes(self.machine));
                let whole = self.execution.to_parts(self.machine);
                let rebuilt =
                    Execution::from_parts(self.machine, &self.rows).expect("the rows are whole");
                assert_eq!(
                    rebuilt.to_parts(self.machine),
                    whole,
                    "seed {}: rows have drifted",
                    self.seed
                );
                self.rows.clone()
            }
        };
        let stored = serde_json::to_vec(&parts).expect("rows are plain data");
        let parts: Parts =
            serde_json::from_slice(&stored).expect("rows are read as they were written");
        let before = format!("{:?}", self.execution.outstanding());
        self.execution =
            Execution::from_parts(self.machine, &parts).expect("a snapshot needs only its machine");
        let outstanding = self.execution.outstanding();
        assert_eq!(
            format!("{outstanding:?}"),
            before,
            "seed {}: the outbox has changed",
            self.seed
        );
        if self.treatment == Treatment::CrashChanges {
            let rows = self.execution.changes(self.machine);
            self.rows.apply(rows);
        }
        // What a driver does when it comes back: the world has seen all of it.
        for command in outstanding {
            if let Command::Invoke(request) = command {
                assert!(
                    self.asked.contains(&request.ticket),
                    "seed {}: a task out of nowhere",
                    self.seed
                );
                self.invoke(&request);
            }
        }
    }

    fn check_nothing_leaks(&self) {
        if self.execution.outcome().is_none() {
            return;
        }
        for ticket in &self.asked {
            let answered = !self.execution.is_live(*ticket);
            assert!(
                answered,
                "seed {}: task {ticket} is still live after the end",
                self.seed
            );
        }
        let left = self.execution.outstanding();
        assert!(
            left.len() == 1 && matches!(left[0], Command::Finish(_)),
            "seed {}: left over: {left:?}",
            self.seed
        );
    }
}

fn check(seed: u64) {
    let definition = generator::machine(seed);
    let machine = Machine::parse(definition.to_string()).unwrap_or_else(|errors| {
        let errors: Vec<_> = errors
            .iter()
            .map(|error| format!("{} at {}", error.message, error.location))
            .collect();
        panic!("seed {seed}: the generated machine is refused: {errors:#?}\n{definition:#}");
    });
    let run = |treatment| World::new(&machine, seed, treatment).run();
    let plain = run(Treatment::Plain);
    plain.check_nothing_leaks();
    let treatment = match seed % 4 {
        0 => Treatment::Plain,
        1 => Treatment::CrashWhole,
        2 => Treatment::CrashChanges,
        _ => Treatment::Noise,
    };
    let other = run(treatment);
    if other.transcript != plain.transcript {
        let difference = plain
            .transcript
            .lines()
            .zip(other.transcript.lines())
            .find(|(a, b)| a != b);
        panic!("seed {seed}: not the same\n{difference:#?}\n{definition:#}");
    }
}

#[test]
fn executions_survive_everything() {
    if let Ok(seed) = std::env::var("SFN_SEED") {
        return check(seed.parse().expect("SFN_SEED is a number"));
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || (thread..SEEDS).step_by(threads as usize).for_each(check));
        }
    });
}

/// A redriven execution goes on where it failed: what had succeeded is not done again.
#[test]
fn a_redrive_goes_on_where_it_failed() {
    let mut redriven = 0;
    for seed in 0..SEEDS / 10 {
        let definition = generator::machine(seed);
        let machine = Machine::parse(definition.to_string()).expect("generated machines are valid");
        let mut world = World::new(&machine, seed, Treatment::Plain).run();
        let failed = world
            .execution
            .outcome()
            .is_some_and(|outcome| outcome.failure().is_some());
        if !failed {
            continue;
        }
        let parts = world.execution.to_parts(&machine);
        world.execution = Execution::from_parts(&machine, &parts)
            .expect("a failed execution is stored like any other");
        let (asked, events) = (world.asked.clone(), world.execution.event_count());
        world.agenda.clear();
        world.tell(EventKind::Redriven);
        assert!(
            world.transcript.contains("ExecutionRedriven"),
            "seed {seed}"
        );
        let world = world.run();
        assert!(
            world.execution.event_count() > events,
            "seed {seed}: nothing happened"
        );
        assert!(
            world.execution.outcome().is_some(),
            "seed {seed}: it does not end"
        );
        assert!(world.asked.is_superset(&asked), "seed {seed}");
        world.check_nothing_leaks();
        redriven += 1;
    }
    assert!(
        redriven > 50,
        "only {redriven} executions failed: the generator has become too kind"
    );
}

/// A Map that fails by itself, with no iteration under way, has nobody below it that could move it on.
#[test]
fn a_redrive_of_a_map_whose_selector_failed_starts_it_again() {
    let definition = r#"{"StartAt":"Each","States":{"Each":{"Type":"Map","ItemSelector":{"n.$":"$$.Map.Item.Value.n"},
        "MaxConcurrency":1,"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"End":true}}}"#;
    let machine = Machine::parse(definition).expect("it is valid");
    let mut execution = Execution::new();
    let mut effects = Effects::default();
    let mut tell = |kind| {
        let at = sfn::value::Timestamp::from_millis(0);
        execution.advance(&machine, Event { at, kind }, &mut effects);
        let outcome = execution.outcome().map(|outcome| outcome.status());
        (outcome, execution.wake_at())
    };
    let input = sfn::Json::parse(r#"[{"n":1},{"m":2}]"#).expect("it is JSON");
    let failed = tell(EventKind::Begun(Box::new(Start::new(input))));
    assert_eq!(failed, (Some("FAILED"), None));
    assert_eq!(tell(EventKind::Redriven), (Some("FAILED"), None));
}
