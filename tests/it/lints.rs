//! Lints from the command line, and over machines that nobody would draw.

use std::fmt::Write as _;

use sfn::Machine;
use sfn::asl::Node;
use sfn::lint::{self, Level, Levels};

use crate::corpus;
use crate::sfn_run::{Folder, Ran, sfn_run};

/// A Choice state without `Default`.
const OPEN: &str = r#"{"StartAt": "A", "States": {"B": {"Type": "Succeed"},
    "A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "B"}]}}}"#;

/// Validates that with options, beside a project's file; answers the exit code and whether the lint is told.
fn check(project: &str, options: &[&str], expected: (i32, bool)) {
    let folder = Folder::new();
    let machine = folder.file("machine.asl.json", OPEN);
    folder.file("sfn.toml", project);
    let Ran { code, stderr, .. } = sfn_run(&[&["validate", &machine], options].concat());
    let told = stderr.contains("[choice-not-covered]");
    assert_eq!((code, told), expected, "{project} {options:?}\n{stderr}");
}

#[test]
fn a_lint_warns_unless_it_is_allowed_or_denied() {
    check("", &[], (0, true));
    check("", &["--allow", "choice-not-covered"], (0, false));
    check(
        "",
        &["--allow", "all", "--warn", "choice-not-covered"],
        (0, true),
    );
    check("", &["--deny", "choice-not-covered"], (2, true));
    check("", &["--severity", "error"], (0, false));
}

#[test]
fn a_project_says_it_once_and_the_command_line_counts_before_it() {
    let allowed = "[lint]\nallow = [\"choice-not-covered\"]";
    check(allowed, &[], (0, false));
    check(allowed, &["--warn", "all"], (0, true));
    check("[lint]\ndeny = [\"all\"]", &[], (2, true));
    check("[lint]\ndeny = [\"choice\"]", &[], (2, false));
    check("", &["--deny", "choice"], (2, false));
}

#[test]
fn lints_are_listed_and_explained() {
    let list = sfn_run(&["lint"]);
    assert_eq!(
        (list.code, list.stdout.lines().count()),
        (0, lint::LINTS.len())
    );
    let one = sfn_run(&["lint", "--explain", "NO_PATH"]);
    assert!(
        one.code == 0 && one.stdout.contains("CausePath"),
        "{}",
        one.stdout
    );
    let none = sfn_run(&["lint", "--explain", "NO_PATHS"]);
    assert_eq!(none.code, 2);
    assert!(
        none.stderr.contains("did you mean `NO_PATH`?"),
        "{}",
        none.stderr
    );
}

/// How many things are found in a machine, all lints being on.
fn count(text: &str) -> usize {
    let node = Node::from_json(text.as_bytes()).expect("JSON");
    let (machine, _) = Machine::from_node(&node, sfn::machine::Options::default())
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let mut levels = Levels::default();
    levels.set("all", Level::Warn).expect("all is a word");
    lint::check(&node, &machine, &levels).len()
}

#[test]
fn long_chains_and_large_loops_are_looked_over() {
    const STATES: usize = 5_000;
    let machine = |last: &str| {
        let mut text = String::from(r#"{"StartAt": "S0", "States": {"#);
        for number in 0..STATES {
            let next = number + 1;
            let assign = format!(r#""Assign": {{"v{number}": 1}}"#);
            write!(
                text,
                r#""S{number}": {{"Type": "Pass", {assign}, "Parameters": {{"a.$": "$v{}"}}, "Next": "S{next}"}},"#,
                number.saturating_sub(1)
            )
            .expect("a string takes everything");
        }
        format!(r#"{text}"S{STATES}": {last}}}}}"#)
    };
    // The first reads what it assigns itself, which counts only the second time round.
    assert_eq!(count(&machine(r#"{"Type": "Succeed"}"#)), 1);
    let back = r#"{"Type": "Choice", "Default": "S0", "Choices": [
        {"Variable": "$.a", "IsPresent": false, "Next": "End"}]}, "End": {"Type": "Succeed"}"#;
    assert_eq!(count(&machine(back)), 0);
}

#[test]
fn the_machines_of_the_corpus_are_looked_over() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let lines =
        std::fs::read_to_string(folder.join("machines.jsonl")).expect("the corpus is there");
    let mut looked_over = 0;
    for line in lines.lines() {
        let case = sfn::Json::parse(line).expect("a line is JSON");
        let Some(definition) = case.get("definition") else {
            continue;
        };
        let node = Node::from_json(definition.to_string().as_bytes()).expect("JSON");
        if let Ok((machine, _)) = Machine::from_node(&node, sfn::machine::Options::default()) {
            let found = lint::check(&node, &machine, &Levels::default());
            // None of these machines, taken from tests and from projects, has a loop that cannot be left.
            let is_endless = found.iter().any(|each| each.code == "loop-without-exit");
            assert!(!is_endless, "{definition}");
            looked_over += 1;
        }
    }
    assert!(looked_over > 200, "{looked_over}");
}
