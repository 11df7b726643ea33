//! Every goal in one table: `cargo bench --bench table`, or with the names of some workloads behind `--`.
//!
//! Each figure is the best of several rounds of CPU time in one run of this program, beside a floor that does the least
//! work by hand over the same values, so that a noisy machine is seen in both. `docs/performance.md` tells what they mean.

#![expect(clippy::print_stdout, reason = "its output is a table")]

mod common;
#[path = "common/floor.rs"]
mod floor;

use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Workload, echo, flaky, small};
use sfn::engine::{Effects, Event, EventKind, Execution, Recording};
use sfn::value::Timestamp;

/// Rounds of which the best counts, each of at least this much CPU time.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(60);

/// A workload, and what it is measured by.
struct Row {
    name: &'static str,
    about: &'static str,
    unit: &'static str,
    /// How many units one run has.
    units: u64,
    file: &'static str,
    answer: common::Answer,
    floor: fn(&sfn::Json, bool) -> usize,
    /// The goal with history, and without.
    goal: Option<f64>,
    goal_without: Option<f64>,
}

const ROWS: [Row; 10] = [
    Row {
        name: "W1",
        about: "100 Pass with Parameters, ResultPath",
        unit: "transition",
        units: 100,
        file: "W1",
        answer: small,
        floor: floor::w1,
        goal: Some(0.40),
        goal_without: Some(0.20),
    },
    Row {
        name: "W2",
        about: "MathAdd and Choice, 10,000 rounds",
        unit: "transition",
        units: 20_001,
        file: "W2_10k",
        answer: small,
        floor: floor::w2,
        goal: Some(0.25),
        goal_without: None,
    },
    Row {
        name: "W3",
        about: "Map over 10,000 items",
        unit: "item",
        units: 10_000,
        file: "W3_mc0",
        answer: small,
        floor: floor::w3,
        goal: Some(0.50),
        goal_without: None,
    },
    Row {
        name: "W4",
        about: "Parallel, 10 branches of 5 Pass",
        unit: "transition",
        units: 51,
        file: "W4",
        answer: small,
        floor: floor::w4,
        goal: Some(0.60),
        goal_without: None,
    },
    Row {
        name: "W5a",
        about: "1,000 tasks, function in process",
        unit: "task",
        units: 1_000,
        file: "W5a",
        answer: small,
        floor: |input, events| floor::w5(input, 1_000, events),
        goal: Some(0.80),
        goal_without: None,
    },
    Row {
        name: "W5b",
        about: "3 tasks",
        unit: "execution",
        units: 1,
        file: "W5b",
        answer: echo,
        floor: |input, events| floor::w5(input, 3, events),
        goal: Some(3.0),
        goal_without: None,
    },
    Row {
        name: "W6a",
        about: "100 Pass with two expressions of JSONata",
        unit: "state",
        units: 100,
        file: "W6a",
        answer: small,
        floor: floor::w6a,
        goal: Some(1.0),
        goal_without: None,
    },
    Row {
        name: "W6b",
        about: "$map over 10,000 items in JSONata",
        unit: "execution",
        units: 1,
        file: "W6b",
        answer: small,
        floor: floor::w6b,
        goal: Some(3_000.0),
        goal_without: None,
    },
    Row {
        name: "W9",
        about: "a task with 3 retries, waits skipped",
        unit: "execution",
        units: 1,
        file: "W9",
        answer: flaky,
        floor: floor::w9,
        goal: Some(4.0),
        goal_without: None,
    },
    Row {
        name: "wide",
        about: "32 members through 100 Pass",
        unit: "transition",
        units: 100,
        file: "",
        answer: small,
        floor: floor::wide,
        goal: None,
        goal_without: None,
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    match arguments.first().map(String::as_str) {
        Some("--child") => return child(&arguments[1..]),
        Some("--profile") => return profile(&arguments[1..]),
        _ => {}
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|word| word == name);
    println!(
        "| workload | unit | µs | goal | without history | goal | floor | floor without | ours / floor |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in ROWS.iter().filter(|row| wanted(row.name)) {
        measure(row);
    }
    if wanted("W7") {
        startup();
    }
    if wanted("W8") {
        memory();
    }
}

fn workload(row: &Row) -> Option<Workload> {
    if row.file.is_empty() {
        return Some(Workload::wide_object());
    }
    Workload::load(row.file, row.answer)
}

fn measure(row: &Row) {
    let Some(workload) = workload(row) else {
        return println!(
            "| {} | skipped: set SFN_CORPUS to where the workloads are |",
            row.name
        );
    };
    let per_unit = |mut work: Box<dyn FnMut() + '_>| best(&mut work) / row.units as f64;
    let run = |recording| {
        let workload = &workload;
        per_unit(Box::new(move || {
            let (outcome, history) = workload.run(recording);
            assert_eq!(outcome.status(), "SUCCEEDED", "{outcome:?}");
            black_box(history);
        }))
    };
    let floor = |events| {
        let input = &workload.input;
        per_unit(Box::new(move || {
            black_box((row.floor)(black_box(input), events));
        }))
    };
    let (with, without) = (run(Recording::Full), run(Recording::Off));
    let (floor_with, floor_without) = (floor(true), floor(false));
    println!(
        "| {}: {} | {} | {with:.3} | {} | {without:.3} | {} | {floor_with:.3} | {floor_without:.3} | {:.1} |",
        row.name,
        row.about,
        row.unit,
        told(row.goal, with),
        told(row.goal_without, without),
        with / floor_with
    );
}

fn told(goal: Option<f64>, found: f64) -> String {
    goal.map_or_else(String::new, |goal| {
        format!("{goal:.2} {}", if found <= goal { "met" } else { "MISSED" })
    })
}

/// Microseconds of CPU time for one call, in the best of some rounds.
fn best(work: &mut dyn FnMut()) -> f64 {
    work();
    let mut calls = 1_u32;
    let mut best = f64::INFINITY;
    let mut rounds = 0;
    while rounds < ROUNDS {
        let before = cpu();
        (0..calls).for_each(|_| work());
        let took = cpu().saturating_sub(before);
        if took < ROUND {
            calls = calls.saturating_mul(2);
            continue;
        }
        rounds += 1;
        best = best.min(took.as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}

/// CPU time of this process.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// W7: how long the command line takes for a machine of one state, above a program that does nothing.
fn startup() {
    let sfn_run = env!("CARGO_BIN_EXE_sfn-run");
    let hello = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/asl-examples/hello/machine.asl.json"
    );
    let this = std::env::current_exe().expect("a program knows where it is");
    let this = this.to_string_lossy();
    let ours = wall(&[sfn_run, hello, "{\"name\":\"Ada\"}"]);
    let empty = wall(&[&this, "--child", "empty"]);
    let above = (ours - empty) * 1e3;
    println!(
        "\nW7, cold start of hello world: {:.2} ms wall, an empty program {:.2} ms; above it {above:.2} ms (goal {})",
        ours * 1e3,
        empty * 1e3,
        told(Some(3.0), above)
    );
}

/// Seconds of wall time for a program, the median of many runs.
fn wall(words: &[&str]) -> f64 {
    let mut times: Vec<f64> = (0..101)
        .map(|_| {
            let before = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
            let status = Command::new(words[0])
                .args(&words[1..])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(status.is_ok_and(|status| status.success()), "{words:?}");
            let after = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
            (after.tv_sec - before.tv_sec) as f64 + (after.tv_nsec - before.tv_nsec) as f64 / 1e9
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// W8: peak memory of a Map over 100,000 items, and memory of each of 10,000 executions that wait. Each in a process.
fn memory() {
    let measured = |what: &str| -> Option<f64> {
        let this = std::env::current_exe().expect("a program knows where it is");
        let output = Command::new(this)
            .args(["--child", what])
            .output()
            .expect("it runs");
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    let mib = |kib: f64| kib / 1024.0;
    if let (Some(with), Some(without)) = (measured("W8a"), measured("W8a-off")) {
        println!(
            "\nW8a, Map over 100,000 items: peak {:.0} MiB (goal {}), without history {:.0} MiB (goal {})",
            mib(with),
            told(Some(100.0), mib(with)),
            mib(without),
            told(Some(60.0), mib(without))
        );
    }
    if let Some(each) = measured("W8b") {
        println!(
            "W8b, an execution that waits: {each:.2} KiB (goal {})",
            told(Some(1.0), each)
        );
    }
}

fn child(words: &[String]) {
    match words.first().map(String::as_str) {
        Some("W8a") => peak(Recording::Full),
        Some("W8a-off") => peak(Recording::Off),
        Some("W8b") => waiting(),
        _ => {}
    }
}

fn peak(recording: Recording) {
    if let Some(workload) = Workload::load("W8a", small) {
        black_box(workload.run(recording));
        println!("{}", status("VmHWM:"));
    }
}

fn waiting() {
    const COUNT: usize = 10_000;
    let Some(workload) = Workload::load("W8b", small) else {
        return;
    };
    let before = status("VmRSS:");
    let executions: Vec<_> = (0..COUNT).map(|_| begun(&workload)).collect();
    let after = status("VmRSS:");
    black_box(executions);
    println!("{}", after.saturating_sub(before) as f64 / COUNT as f64);
}

/// An execution that has begun, and waits.
fn begun(workload: &Workload) -> Execution {
    let mut execution = Execution::new();
    let kind = EventKind::Begun(Box::new(workload.start(Recording::Full)));
    let at = Timestamp::from_millis(0);
    execution.advance(
        &workload.machine,
        Event { at, kind },
        &mut Effects::default(),
    );
    execution
}

/// KiB that the system counts for this process.
fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// `--profile WORKLOAD RUNS [off]`: runs a workload so many times, for callgrind.
fn profile(words: &[String]) {
    let [name, runs, rest @ ..] = words else {
        return;
    };
    let row = ROWS
        .iter()
        .find(|row| row.name == name)
        .expect("there is such a workload");
    let workload = workload(row).expect("the workload is at hand");
    let recording = if rest.is_empty() {
        Recording::Full
    } else {
        Recording::Off
    };
    for _ in 0..runs.parse().unwrap_or(1) {
        black_box(workload.run(recording));
    }
}
