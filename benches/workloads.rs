//! The workloads of the speed comparison: what a transition, an item or a task costs.
//!
//! `cargo bench --bench workloads` prints the time of a whole workload; divide by the `elements` it names. The machines
//! and inputs are found through `SFN_CORPUS` (default `../shared/data`); without them there is nothing to measure.

mod common;

use std::hint::black_box;
use std::io::Write as _;

use common::{Workload, echo, flaky, small};
use criterion::{Criterion, Throughput};
use sfn::engine::Recording;

fn workloads(criterion: &mut Criterion) {
    let table: [(&str, &str, u64, common::Answer); 7] = [
        ("W1", "W1", 100, small),
        ("W2", "W2_10k", 20_001, small),
        ("W3", "W3_mc0", 10_000, small),
        ("W4", "W4", 51, small),
        ("W5a", "W5a", 1_000, small),
        ("W5b", "W5b", 1, echo),
        ("W9", "W9", 1, flaky),
    ];
    let mut group = criterion.benchmark_group("workloads");
    group.sample_size(20);
    for (name, file, elements, answer) in table {
        let Some(workload) = Workload::load(file, answer) else {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: {name} is not at hand (set SFN_CORPUS)"
            );
            continue;
        };
        group.throughput(Throughput::Elements(elements));
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
