//! JSONPath against the answers of the engine that AWS behaves like.

use crate::sfn_run::{Folder, check, sfn_run};
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

#[test]
fn a_machine_may_use_the_dialect_of_the_standard() {
    let folder = Folder::new();
    let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{
        "cheap.$":"$.items[?@.price < 10].name","count.$":"States.ArrayLength($.items[?@.price < 10])"},"End":true}}}"#;
    let machine = folder.file("machine.json", definition);
    let input = r#"{"items":[{"name":"a","price":1},{"name":"b","price":20}]}"#;
    check(
        &sfn_run(&["--jsonpath", "rfc9535", &machine, input]),
        0,
        "{\"cheap\":[\"a\"],\"count\":1}\n",
        "",
    );
    let told = sfn_run(&[&machine, input]);
    assert_eq!(told.code, 2);
}
