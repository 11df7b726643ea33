//! JSONPath against the answers of the engine that AWS behaves like.

use sfn::conformance::{Failed, Options, run};

use crate::corpus;

#[test]
fn the_table_agrees() {
    let Some(table) = corpus::path("jayway-oracle-cases.json") else {
        return;
    };
    let report = run(&[table], &Options::default(), |_, _| {}).expect("the table can be read");
    let told = |failed: &Failed| format!("{}: {}", failed.id, failed.reason);
    let failures: Vec<_> = report.failures().iter().map(told).collect();
    let shown = failures[..failures.len().min(25)].join("\n");
    assert!(failures.is_empty(), "{} differ:\n{shown}", failures.len());
    assert!(report.total().passed > 1_000, "the table is too short");
}
