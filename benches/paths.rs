//! What a JSONPath costs: `cargo bench --no-default-features --bench paths`.
//!
//! Each path has a floor beside it: the same answer by hand, with the names and the shape of the document known. What a
//! definite path allocates is counted and printed first, and must be nothing.

use std::alloc::System;
use std::hint::black_box;
use std::io::Write as _;

use criterion::Criterion;
use sfn::Json;
use sfn::expr::Path;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ITEMS: i64 = 10_000;

fn path(text: &str) -> Path {
    Path::compile(text).expect("it is a path")
}

fn small() -> Json {
    let text = r#"{"id": 7, "a": {"x": 1, "b": {"y": [], "c": 42}}, "list": [{"n": 1}, {"n": 2}]}"#;
    Json::parse(text).expect("it is JSON")
}

fn large() -> Json {
    let item = |at: i64| {
        format!(
            r#"{{"sku":"p{at}","price":{at},"stock":{{"left":{}}}}}"#,
            at % 7
        )
    };
    let items: Vec<_> = (0..ITEMS).map(item).collect();
    Json::parse(format!(r#"{{"items":[{}]}}"#, items.join(","))).expect("it is JSON")
}

/// Counts what a definite path allocates.
fn allocations(document: &Json) {
    for text in ["$.a.b.c", "$.list[1].n", "$['id']", "$.a.b", "$.list[9]"] {
        let path = path(text);
        let region = Region::new(ALLOCATOR);
        let _ = black_box(path.find_in(black_box(document)));
        let count = region.change().allocations;
        let _ = writeln!(std::io::stderr(), "{text}: {count} allocations");
        assert_eq!(count, 0, "{text} allocates");
    }
}

fn definite(criterion: &mut Criterion) {
    let document = small();
    allocations(&document);
    let mut group = criterion.benchmark_group("definite");
    for text in ["$.a.b.c", "$.list[1].n", "$.a.nope"] {
        let path = path(text);
        group.bench_function(text, |bench| {
            bench.iter(|| path.find_in(black_box(&document)))
        });
    }
    group.bench_function("$.a.b.c by hand", |bench| {
        bench.iter(|| {
            let found = black_box(&document).get("a")?.get("b")?.get("c")?;
            Some(found.clone())
        });
    });
    group.finish();
}

fn indefinite(criterion: &mut Criterion) {
    let document = large();
    let mut group = criterion.benchmark_group("indefinite");
    for text in [
        "$.items[*].price",
        "$.items[*].stock.left",
        "$.items[?(@.price > 5000)].sku",
        "$..price",
    ] {
        let path = path(text);
        group.bench_function(text, |bench| {
            bench.iter(|| path.find_in(black_box(&document)))
        });
    }
    group.bench_function("$.items[*].price by hand", |bench| {
        bench.iter(|| {
            let items = black_box(&document).get("items")?.as_array()?;
            let prices = items.iter().filter_map(|item| item.get("price").cloned());
            Some(Json::from(prices.collect::<Vec<_>>()))
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    definite(&mut criterion);
    indefinite(&mut criterion);
    criterion.final_summary();
}
