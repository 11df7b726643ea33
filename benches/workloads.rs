//! The workloads of the speed comparison: what a transition, an item or a task costs.
//!
//! `cargo bench --bench workloads` prints the time of a whole workload; the throughput tells it for each element. The machines
//! and inputs are found through `SFN_CORPUS` (default `../shared/data`); without them there is nothing to measure.

mod common;
#[path = "common/floor.rs"]
mod floor;

use std::hint::black_box;
use std::io::Write as _;

use common::{Workload, echo, flaky, small};
use criterion::{Criterion, Throughput};
use sfn::engine::Recording;

/// What does the least work for a workload.
type Floor = fn(&sfn::Json, bool) -> usize;

fn workloads(criterion: &mut Criterion) {
    let table: [(&str, &str, u64, common::Answer, Floor); 9] = [
        ("W1", "W1", 100, small, floor::w1),
        ("W2", "W2_10k", 20_001, small, floor::w2),
        ("W3", "W3_mc0", 10_000, small, floor::w3),
        ("W4", "W4", 51, small, floor::w4),
        ("W5a", "W5a", 1_000, small, |input, events| {
            floor::w5(input, 1_000, events)
        }),
        ("W5b", "W5b", 1, echo, |input, events| {
            floor::w5(input, 3, events)
        }),
        ("W6a", "W6a", 100, small, floor::w6a),
        ("W6b", "W6b", 1, small, floor::w6b),
        ("W9", "W9", 1, flaky, floor::w9),
    ];
    let mut group = criterion.benchmark_group("workloads");
    group.sample_size(20);
    for (name, file, elements, answer, floor) in table {
        let Some(workload) = Workload::load(file, answer) else {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: {name} is not at hand (set SFN_CORPUS)"
            );
            continue;
        };
        group.throughput(Throughput::Elements(elements));
        for events in [true, false] {
            group.bench_function(format!("{name} floor, events {events}"), |bencher| {
                bencher.iter(|| floor(black_box(&workload.input), events));
            });
        }
        for recording in [Recording::Full, Recording::Off] {
            group.bench_function(format!("{name} {recording:?}"), |bencher| {
                bencher.iter(|| {
                    let (outcome, history) = black_box(&workload).run(recording);
                    assert_eq!(outcome.status(), "SUCCEEDED", "{outcome:?}");
                    history
                });
            });
        }
    }
    let wide = Workload::wide_object();
    group.throughput(Throughput::Elements(100));
    group.bench_function("32 members through Pass, floor", |bencher| {
        bencher.iter(|| floor::wide(black_box(&wide.input), true));
    });
    group.bench_function("32 members through Pass", |bencher| {
        bencher.iter(|| black_box(&wide).run(Recording::Full));
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    workloads(&mut criterion);
    criterion.final_summary();
}
