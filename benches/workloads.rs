//! The workloads of the speed comparison: what a transition, an item or a task costs.
//!
//! `cargo bench --bench workloads` prints the time of a whole workload; divide by the `elements` it names. The machines
//! and inputs are found through `SFN_CORPUS` (default `../shared/data`); without them there is nothing to measure.

use std::collections::VecDeque;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::PathBuf;

use criterion::{Criterion, Throughput};
use sfn::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, Outcome, Profile, Recording, Start,
    TaskRequest, TaskUpdate,
};
use sfn::value::Timestamp;
use sfn::{Json, Machine};

/// A machine, its input, and how many elements (transitions, items, tasks or executions) one run of it has.
struct Workload {
    machine: Machine,
    input: Json,
    elements: u64,
}

/// What a task answers.
type Answer = fn(&TaskRequest) -> Result<Json, Failure>;

fn load(name: &str, elements: u64) -> Option<Workload> {
    let corpus = std::env::var_os("SFN_CORPUS")
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let read =
        |kind: &str| fs::read(corpus.join("workloads").join(format!("{name}.{kind}.json"))).ok();
    let machine = Machine::parse(read("asl")?).ok()?;
    let input = Json::parse(read("input")?).ok()?;
    Some(Workload {
        machine,
        input,
        elements,
    })
}

/// Runs an execution in virtual time, tasks answered in place.
fn run(workload: &Workload, recording: Recording, answer: Answer) -> Outcome {
    let mut start = Start::new(workload.input.clone());
    start.profile = Profile::Relaxed;
    start.recording = recording;
    let mut execution = Execution::new();
    let mut now = Timestamp::from_millis(0);
    let mut facts = VecDeque::from([EventKind::Begun(Box::new(start))]);
    let mut effects = Effects::default();
    loop {
        let kind = facts.pop_front().unwrap_or_else(|| {
            now = execution.wake_at().expect("every task is answered").at;
            EventKind::Tick
        });
        execution.advance(&workload.machine, Event { at: now, kind }, &mut effects);
        for command in effects.commands.drain(..) {
            if let Command::Invoke(request) = command {
                let update = TaskUpdate::Returned(answer(&request));
                facts.push_back(EventKind::Task {
                    ticket: request.ticket,
                    update,
                });
            }
        }
        if let Some(outcome) = execution.outcome() {
            return outcome.clone();
        }
    }
}

/// A small result. The input itself would do for one task, but a thousand of them would nest it a thousand deep.
fn small(_: &TaskRequest) -> Result<Json, Failure> {
    Ok(Json::from([("ok", Json::Bool(true))]))
}

fn flaky(request: &TaskRequest) -> Result<Json, Failure> {
    if request.retry_count < 3 {
        Err(Failure::named("Flaky"))
    } else {
        Ok(request.input.clone())
    }
}

fn workloads(criterion: &mut Criterion) {
    let table: [(&str, &str, u64, Answer); 7] = [
        ("W1", "W1", 100, small),
        ("W2", "W2_10k", 20_001, small),
        ("W3", "W3_mc0", 10_000, small),
        ("W4", "W4", 51, small),
        ("W5a", "W5a", 1_000, small),
        ("W5b", "W5b", 1, small),
        ("W9", "W9", 1, flaky),
    ];
    let mut group = criterion.benchmark_group("workloads");
    group.sample_size(20);
    for (name, file, elements, answer) in table {
        let Some(workload) = load(file, elements) else {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: {name} is not at hand (set SFN_CORPUS)"
            );
            continue;
        };
        group.throughput(Throughput::Elements(workload.elements));
        for recording in [Recording::Full, Recording::Off] {
            group.bench_function(format!("{name} {recording:?}"), |bencher| {
                bencher.iter(|| {
                    let outcome = run(black_box(&workload), recording, answer);
                    assert_eq!(outcome.status(), "SUCCEEDED", "{outcome:?}");
                });
            });
        }
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    workloads(&mut criterion);
    criterion.final_summary();
}
