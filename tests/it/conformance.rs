//! The cases of behaviour: our own must all pass, recordings may only get better.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sfn::conformance::{Options, Report, run};

use crate::corpus;

/// How many of each area's recordings pass. May only rise; `SFN_RATCHET=write` writes what is so now.
const RATCHET: &str = "tests/it/ratchet.json";

/// The recordings that fail, each with the reason that a maintainer found.
const KNOWN: &str = "tests/it/known.json";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn report(path: &Path) -> Report {
    run(&[path.to_owned()], &Options::default(), |_, _| {}).expect("the cases can be read")
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let text = std::fs::read(root().join(name)).expect("the file is part of the repository");
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn our_own_cases_pass() {
    let report = report(&root().join("conformance"));
    assert!(
        report.total().passed > 1_000,
        "where are the cases?\n{}",
        report.table()
    );
    assert!(report.failures().is_empty(), "{}", report.table());
}

#[test]
fn recordings_only_get_better() {
    let Some(corpus) = corpus::folder() else {
        return;
    };
    let report = report(&corpus.join("aws-recordings"));
    ratchet(&report);
    known(&report);
}

fn ratchet(report: &Report) {
    let passed: BTreeMap<String, usize> = report
        .areas()
        .iter()
        .map(|(name, area)| (name.clone(), area.passed))
        .collect();
    if std::env::var("SFN_RATCHET").is_ok_and(|word| word == "write") {
        let text = serde_json::to_string_pretty(&passed).expect("counts are plain data");
        std::fs::write(root().join(RATCHET), text + "\n").expect("the ratchet can be written");
        return;
    }
    let before: BTreeMap<String, usize> = read(RATCHET);
    let now = |name: &str| passed.get(name).copied().unwrap_or_default();
    let lost: Vec<String> = before
        .iter()
        .filter(|(name, before)| now(name) < **before)
        .map(|(name, before)| format!("{name}: {before} passed before, {} now", now(name)))
        .collect();
    assert!(lost.is_empty(), "{}\n{}", lost.join("\n"), report.table());
}

/// Nothing else may fail, and what passes is no longer listed.
fn known(report: &Report) {
    let known: BTreeMap<String, String> = read(KNOWN);
    let failed: BTreeMap<&str, &str> = report
        .failures()
        .iter()
        .map(|failed| (failed.id.as_str(), failed.reason.as_str()))
        .collect();
    let unknown: Vec<_> = failed
        .iter()
        .filter(|(id, _)| !known.contains_key(**id))
        .collect();
    assert!(
        unknown.is_empty(),
        "without a reason in {KNOWN}: {unknown:#?}"
    );
    let stale: Vec<_> = known
        .keys()
        .filter(|id| !failed.contains_key(id.as_str()))
        .collect();
    assert!(
        stale.is_empty(),
        "no longer failures, strike them out of {KNOWN}: {stale:#?}"
    );
}
