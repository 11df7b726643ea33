//! Executions over their machines: what histories come to, state by state and transition by transition.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sfn::driver::virtual_time::VirtualTime;
use sfn::engine::{
    Command, Details, Effects, Event, EventKind, Execution, Failure, HistoryEvent, Start,
    TaskUpdate,
};
use sfn::resolver::Registry;
use sfn::value::Timestamp;
use sfn::viz::{Drawing, Ended, LinkKind, Overlay, Run, Shape};
use sfn::{Json, Machine};

use crate::generator;

fn machine(states: &str) -> Machine {
    Machine::parse(format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#)).expect("it is valid")
}

fn task(name: &str, more: &str) -> String {
    format!(
        r#""{name}":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:{name}",{more}}}"#
    )
}

fn history(machine: &Machine, registry: Registry, input: &str) -> Vec<HistoryEvent> {
    let input = Json::parse(input).expect("it is JSON");
    VirtualTime::new(machine)
        .registry(registry)
        .report(input)
        .history
}

/// What came of a state.
fn run(machine: &Machine, overlay: &Overlay, name: &str) -> Run {
    overlay.run(machine.find(name).expect("there is such a state"))
}

/// How often each transition that was taken was: `A -> B`.
fn taken(machine: &Machine, overlay: &Overlay) -> BTreeMap<String, u64> {
    let drawing = Drawing::of_run(machine, overlay);
    let name = |index: petgraph::graph::NodeIndex| match drawing.graph[index].shape {
        Shape::State(_) => drawing.graph[index].name.clone(),
        other => format!("{other:?}"),
    };
    let links = drawing.graph.edge_indices().filter_map(|edge| {
        let (from, to) = drawing.graph.edge_endpoints(edge)?;
        let link = &drawing.graph[edge];
        let arrow = if link.kind == LinkKind::Catch {
            "~>"
        } else {
            "->"
        };
        let times = link.taken.filter(|times| *times > 0)?;
        Some((format!("{} {arrow} {}", name(from), name(to)), times))
    });
    links.collect()
}

#[track_caller]
fn check_taken(machine: &Machine, overlay: &Overlay, expected: &[(&str, u64)]) {
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(way, times)| ((*way).to_owned(), *times))
        .collect();
    assert_eq!(taken(machine, overlay), expected);
}

#[test]
fn a_retry_is_not_a_second_visit() {
    let machine = machine(&task(
        "A",
        r#""Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2}],"End":true"#,
    ));
    let tried = AtomicU32::new(0);
    let registry = Registry::new().function("A", move |input: Json| {
        match tried.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(Failure::new("Busy", "come back later")),
            _ => Ok(input),
        }
    });
    let overlay = Overlay::of(&machine, &history(&machine, registry, "{}"));
    let a = run(&machine, &overlay, "A");
    assert_eq!(
        (a.visits(), a.status(), a.retries),
        (1, Ended::Succeeded, 2)
    );
    assert_eq!(a.total, Duration::from_secs(6));
    assert_eq!(a.error.as_deref(), Some("Busy: come back later"));
    assert_eq!(a.line(), "succeeded · 6 s · 2 retries");
    check_taken(&machine, &overlay, &[("Start -> A", 1), ("A -> End", 1)]);
}

#[test]
fn a_failure_that_is_caught_goes_by_its_catcher() {
    let a = task(
        "A",
        r#""Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"Next":"B""#,
    );
    let machine = machine(&format!(r#"{a},"B":{{"Type":"Pass","End":true}}"#));
    let registry = Registry::new().function("A", |_: Json| Err::<Json, _>(Failure::named("Oops")));
    let overlay = Overlay::of(&machine, &history(&machine, registry, "{}"));
    assert_eq!(run(&machine, &overlay, "A").status(), Ended::Caught);
    assert_eq!(run(&machine, &overlay, "B").status(), Ended::Succeeded);
    check_taken(
        &machine,
        &overlay,
        &[("Start -> A", 1), ("A ~> B", 1), ("B -> End", 1)],
    );
}

#[test]
fn a_loop_is_counted() {
    let machine = machine(
        r#""A":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"C"},
        "C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":3,"Next":"A"}],"Default":"S"},
        "S":{"Type":"Succeed"}"#,
    );
    let overlay = Overlay::of(&machine, &history(&machine, Registry::new(), r#"{"n":0}"#));
    assert_eq!(run(&machine, &overlay, "A").visits(), 3);
    check_taken(
        &machine,
        &overlay,
        &[
            ("Start -> A", 1),
            ("A -> C", 3),
            ("C -> A", 2),
            ("C -> S", 1),
            ("S -> End", 1),
        ],
    );
}

#[test]
fn a_failing_branch_aborts_those_beside_it() {
    let bad = task("Bad", r#""End":true"#);
    let machine = machine(&format!(
        r#""A":{{"Type":"Parallel","Branches":[{{"StartAt":"Bad","States":{{{bad}}}}},
            {{"StartAt":"Good","States":{{"Good":{{"Type":"Pass","End":true}}}}}},
            {{"StartAt":"Slow","States":{{"Slow":{{"Type":"Wait","Seconds":60,"End":true}}}}}}],
            "Catch":[{{"ErrorEquals":["Oops"],"Next":"Z"}}],"End":true}},"Z":{{"Type":"Succeed"}}"#
    ));
    let registry =
        Registry::new().function("Bad", |_: Json| Err::<Json, _>(Failure::named("Oops")));
    let overlay = Overlay::of(&machine, &history(&machine, registry, "{}"));
    let status = |name| run(&machine, &overlay, name).status();
    assert_eq!(status("Bad"), Ended::Failed);
    assert_eq!(status("Good"), Ended::Succeeded);
    assert_eq!(status("Slow"), Ended::Aborted);
    assert_eq!(status("A"), Ended::Caught);
    assert_eq!(run(&machine, &overlay, "A").error.as_deref(), Some("Oops"));
}

#[test]
fn a_map_tells_how_its_items_fared() {
    let inner = task("I", r#""End":true"#);
    let machine = machine(&format!(
        r#""A":{{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"End":true,
            "ItemProcessor":{{"StartAt":"I","States":{{{inner}}}}}}}"#
    ));
    let registry = Registry::new().function("I", |item: Json| match item.as_i64() {
        Some(3) => Err(Failure::new("Oops", "three")),
        _ => Ok(item),
    });
    let whole = history(&machine, registry, r#"{"items":[1,2,3,4,5]}"#);
    let overlay = Overlay::of(&machine, &whole);
    let a = run(&machine, &overlay, "A");
    let items = a.items.expect("it is a Map");
    assert_eq!((items.total, items.succeeded, items.failed), (5, 2, 1));
    assert_eq!(a.status(), Ended::Failed);
    let inner = run(&machine, &overlay, "I");
    assert_eq!(
        (inner.ended(Ended::Succeeded), inner.ended(Ended::Failed)),
        (2, 1)
    );
    let caption = overlay.caption().expect("it has ended");
    assert_eq!(caption.line(), "failed after 0 s: Oops: three");
}

#[test]
fn what_has_not_ended_is_running() {
    let machine = machine(r#""A":{"Type":"Wait","Seconds":60,"Next":"B"},"B":{"Type":"Succeed"}"#);
    let whole = history(&machine, Registry::new(), "{}");
    let entered = whole
        .iter()
        .take_while(|event| !matches!(event.details, Details::StateExited { .. }));
    let overlay = Overlay::of(&machine, entered);
    assert_eq!(run(&machine, &overlay, "A").status(), Ended::Running);
    assert_eq!(run(&machine, &overlay, "B").status(), Ended::NotReached);
}

#[test]
fn what_the_execution_s_deadline_cuts_short_timed_out() {
    let machine = Machine::parse(
        r#"{"StartAt":"A","TimeoutSeconds":5,"States":{"A":{"Type":"Wait","Seconds":60,"End":true}}}"#,
    )
    .expect("it is valid");
    let overlay = Overlay::of(&machine, &history(&machine, Registry::new(), "{}"));
    let a = run(&machine, &overlay, "A");
    assert_eq!(
        (a.status(), a.total),
        (Ended::TimedOut, Duration::from_secs(5))
    );
}

/// Moves an execution by hand, and answers the next request.
struct Hand<'m> {
    machine: &'m Machine,
    execution: Execution,
    history: Vec<HistoryEvent>,
    asked: Vec<sfn::engine::Ticket>,
    seconds: i64,
}

impl Hand<'_> {
    fn tell(&mut self, kind: EventKind) {
        self.seconds += 1;
        let mut effects = Effects::default();
        let at = Timestamp::from_millis(self.seconds * 1_000);
        self.execution
            .advance(self.machine, Event { at, kind }, &mut effects);
        self.history.extend(effects.history);
        for command in effects.commands {
            if let Command::Invoke(request) = command {
                self.asked.push(request.ticket);
            }
        }
    }

    fn answer(&mut self, answer: Result<Json, Failure>) {
        let ticket = self.asked.pop().expect("somebody asked");
        let update = TaskUpdate::Returned(answer);
        self.tell(EventKind::Task { ticket, update });
    }
}

#[test]
fn a_redrive_goes_on_with_the_same_visits() {
    let inner = task("I", r#""End":true"#);
    let machine = machine(&format!(
        r#""A":{{"Type":"Parallel","End":true,"Branches":[{{"StartAt":"I","States":{{{inner}}}}},
            {{"StartAt":"W","States":{{"W":{{"Type":"Pass","End":true}}}}}}]}}"#
    ));
    let mut hand = Hand {
        machine: &machine,
        execution: Execution::new(),
        history: Vec::new(),
        asked: Vec::new(),
        seconds: 0,
    };
    hand.tell(EventKind::Begun(Box::new(Start::new(Json::object()))));
    hand.answer(Err(Failure::named("Oops")));
    let status = |hand: &Hand<'_>, name: &str| {
        let overlay = Overlay::of(&machine, &hand.history);
        run(&machine, &overlay, name).status()
    };
    assert_eq!(status(&hand, "I"), Ended::Failed);
    assert_eq!(status(&hand, "A"), Ended::Failed);
    hand.tell(EventKind::Redriven);
    assert_eq!(status(&hand, "I"), Ended::Running);
    assert_eq!(status(&hand, "A"), Ended::Running);
    hand.answer(Ok(Json::object()));
    let overlay = Overlay::of(&machine, &hand.history);
    for name in ["A", "I", "W"] {
        let run = run(&machine, &overlay, name);
        assert_eq!(
            (run.status(), run.visits()),
            (Ended::Succeeded, 1),
            "{name}"
        );
    }
    assert_eq!(overlay.caption().expect("it has ended").redrives, 1);
}

/// Whatever happens: every state was visited as often as it was entered, and each visit ended in some way.
#[test]
fn every_visit_is_counted_once() {
    for seed in 0..400 {
        let definition = generator::machine(seed).to_string();
        let machine = Machine::parse(&definition).expect("generated machines are valid");
        let registry = Registry::new().function("*", move |input: Json| {
            let length = input.to_string().len() as u64;
            match (seed ^ length).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61 {
                0 => Err(Failure::named("Oops")),
                1 => Err(Failure::new("Other", "why")),
                _ => Ok(input),
            }
        });
        let report = VirtualTime::new(&machine)
            .registry(registry)
            .report(generator::input(seed));
        let overlay = Overlay::of(&machine, &report.history);
        let mut entered: BTreeMap<&str, u64> = BTreeMap::new();
        for event in &report.history {
            if let Details::StateEntered { name, .. } = &event.details {
                *entered.entry(name.as_str()).or_default() += 1;
            }
        }
        for state in machine.graph().node_weights() {
            let run = run(&machine, &overlay, &state.name);
            let expected = entered.get(state.name.as_str()).copied().unwrap_or(0);
            assert_eq!(run.visits(), expected, "seed {seed}, {}", state.name);
            assert_eq!(run.ended(Ended::Running), 0, "seed {seed}, {}", state.name);
        }
        check_flow(&machine, &overlay, seed);
    }
}

/// At the top level, what was entered was come to, and what was left led somewhere.
fn check_flow(machine: &Machine, overlay: &Overlay, seed: u64) {
    let drawing = Drawing::of_run(machine, overlay);
    for index in &drawing.clusters[0].nodes {
        let node = &drawing.graph[*index];
        let Some(run) = &node.run else { continue };
        let come = drawing
            .graph
            .edges_directed(*index, petgraph::Direction::Incoming)
            .filter_map(|edge| edge.weight().taken)
            .sum::<u64>();
        assert_eq!(come, run.visits(), "seed {seed}, to {}", node.name);
        let gone = drawing
            .graph
            .edges(*index)
            .filter_map(|edge| edge.weight().taken)
            .sum::<u64>();
        let left = run.ended(Ended::Succeeded) + run.ended(Ended::Caught);
        assert_eq!(gone, left, "seed {seed}, from {}", node.name);
    }
}
