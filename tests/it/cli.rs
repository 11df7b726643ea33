//! The command line as a newcomer and a script meet it: exit codes, streams, messages.

use std::fs;
use std::path::Path;

use crate::sfn_run::{ECHO, Folder, TASK, check, run, sfn_run, with_stdin};

#[test]
fn the_output_and_nothing_else_goes_to_stdout() {
    check(
        &run(ECHO, &[r#"{"b":1,"a":[2]}"#]),
        0,
        "{\"b\":1,\"a\":[2]}\n",
        "",
    );
    check(&run(ECHO, &[]), 0, "{}\n", "");
    check(&run(ECHO, &["7"]), 0, "7\n", "");
    check(&run(ECHO, &["-7"]), 0, "-7\n", "");
}

#[test]
fn an_input_comes_from_a_file_or_from_stdin() {
    let folder = Folder::new();
    let machine = folder.file("machine.json", ECHO);
    let input = folder.file("input.json", "[1, 2]");
    check(&sfn_run(&[&machine, &input]), 0, "[1,2]\n", "");
    check(
        &sfn_run(&[&machine, &format!("file://{input}")]),
        0,
        "[1,2]\n",
        "",
    );
    check(&with_stdin(&[&machine, "-"], b"\"x\""), 0, "\"x\"\n", "");
    check(&with_stdin(&["-", "3"], ECHO.as_bytes()), 0, "3\n", "");
}

#[test]
fn every_way_to_end_has_its_code() {
    let fail = r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Oops","Cause":"why"}}}"#;
    check(
        &run(fail, &[]),
        1,
        "",
        "error: the execution failed in state `F`\nerror name: Oops\ncause: why",
    );
    let late = r#"{"TimeoutSeconds":1,"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":5,"End":true}}}"#;
    check(&run(late, &["--time", "virtual"]), 3, "", "timed out");
    check(&sfn_run(&["--no-such-option"]), 2, "", "--no-such-option");
    check(&sfn_run(&[]), 2, "", "");
    assert_eq!(sfn_run(&["--help"]).code, 0);
    assert_eq!(sfn_run(&["--version"]).code, 0);
}

#[test]
fn output_json_tells_everything_in_one_object() {
    let done = run(ECHO, &["1", "--output", "json"]);
    check(&done, 0, "{\"status\":\"SUCCEEDED\",\"output\":1}\n", "");
    let failed = run(TASK, &["--task", "pay=fail:Oops:why", "--output", "json"]);
    check(
        &failed,
        1,
        "{\"status\":\"FAILED\",\"error\":\"Oops\",\"cause\":\"why\"}\n",
        "",
    );
}

#[test]
fn a_seed_makes_a_run_repeatable() {
    let machine = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"id.$":"States.UUID()"},"End":true}}}"#;
    let once = run(machine, &["--seed", "7"]).stdout;
    assert_eq!(once, run(machine, &["--seed", "7"]).stdout);
    assert_ne!(once, run(machine, &["--seed", "8"]).stdout);
}

#[test]
fn the_history_is_a_table_or_the_api_s_json() {
    let table = run(ECHO, &["--history"]);
    check(&table, 0, "{}\n", "PassStateEntered");
    let folder = Folder::new();
    let machine = folder.file("machine.json", ECHO);
    let file = folder.0.join("history.json");
    let option = format!("--history-file={}", file.display());
    assert_eq!(sfn_run(&[&machine, &option]).code, 0);
    let history: serde_json::Value =
        serde_json::from_slice(&fs::read(file).expect("it was written")).expect("JSON");
    assert_eq!(history["events"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        history["events"][1]["stateEnteredEventDetails"]["name"],
        "A"
    );
}

#[test]
fn bad_definitions_are_told_with_their_place() {
    check(&run("{", &[]), 2, "", "error[invalid-json]");
    check(&run("", &[]), 2, "", "error[invalid-json]");
    check(
        &run(
            "{\"StartAt\":\"A\",\n\"States\":{\"A\":{\"Type\":\"Pass\",\"Next\":\"B\"}}}",
            &[],
        ),
        2,
        "",
        "machine.json:2:37  /States/A/Next",
    );
    check(
        &sfn_run(&["no-such-file.json"]),
        2,
        "",
        "no-such-file.json: there is no such file",
    );
    check(&run(ECHO, &["{"]), 2, "", "the input is not JSON");
    check(
        &run(ECHO, &["no-such-input.json"]),
        2,
        "",
        "no-such-input.json: there is no such file",
    );
    let folder = Folder::new();
    let binary = folder.file("machine.json", [b'"', 0xff, 0xfe]);
    check(&sfn_run(&[&binary]), 2, "", "UTF-8");
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let folder = Folder::new();
    let huge = folder.file("huge.json", vec![b' '; 100 * 1024 * 1024]);
    check(&sfn_run(&[&huge]), 2, "", "at most 1048576 bytes");
    let deep = folder.file("deep.json", "[".repeat(10_000));
    check(&sfn_run(&[&deep]), 2, "", "nested deeper than 1000 levels");
    let states: Vec<String> = (0..100_000)
        .map(|n| format!("\"S{n}\":{{\"Type\":\"Succeed\"}}"))
        .collect();
    let many = folder.file(
        "many.json",
        format!("{{\"StartAt\":\"S0\",\"States\":{{{}}}}}", states.join(",")),
    );
    check(&sfn_run(&[&many]), 2, "", "at most 1048576 bytes");
    let nested = format!("{}{}", r#"{"StartAt":"P0","States":"#, nested_branches(245));
    let nested = folder.file("nested.json", nested + "}");
    check(
        &sfn_run(&[&nested, "--profile", "relaxed", "--output", "json"]),
        0,
        &nested_output(245),
        "",
    );
}

/// Parallel states inside each other.
fn nested_branches(depth: usize) -> String {
    let mut text = format!(r#"{{"P{depth}":{{"Type":"Pass","Result":1,"End":true}}}}"#);
    for level in (0..depth).rev() {
        let inner = level + 1;
        text = format!(
            r#"{{"P{level}":{{"Type":"Parallel","End":true,"Branches":[{{"StartAt":"P{inner}","States":{text}}}]}}}}"#
        );
    }
    text
}

fn nested_output(depth: usize) -> String {
    format!(
        "{{\"status\":\"SUCCEEDED\",\"output\":{}1{}}}\n",
        "[".repeat(depth),
        "]".repeat(depth)
    )
}

#[test]
fn a_machine_that_loops_for_ever_reaches_the_history_limit() {
    let looping = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}}}"#;
    check(
        &run(looping, &[]),
        1,
        "",
        "The execution reached the maximum number of history events (25000).",
    );
}

#[test]
fn a_result_beyond_the_limit_fails_the_task() {
    let folder = Folder::new();
    let machine = folder.file("machine.json", TASK);
    let large = folder.file("large.json", format!("\"{}\"", "x".repeat(300_000)));
    let task = format!("pay=exec:cat {large}");
    check(
        &sfn_run(&[&machine, "--task", &task]),
        1,
        "",
        "States.DataLimitExceeded",
    );
    let relaxed = sfn_run(&[&machine, "--task", &task, "--profile", "relaxed"]);
    assert_eq!((relaxed.code, relaxed.stdout.len()), (0, 300_003));
}

#[test]
fn validate_checks_every_file() {
    let folder = Folder::new();
    let (good, bad) = (
        folder.file("good.json", ECHO),
        folder.file("bad.json", "[]"),
    );
    check(&sfn_run(&["validate", &good]), 0, "", "good.json: ok");
    check(
        &sfn_run(&["validate", &good, &bad]),
        2,
        "",
        "bad.json: 1 error",
    );
    check(&sfn_run(&["validate", "--quiet", &good]), 0, "", "");
}

#[test]
fn conformance_prints_a_table_or_a_summary() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("conformance/succeed")
        .display()
        .to_string();
    let table = sfn_run(&["conformance", &cases]);
    assert!(
        table.code == 0 && table.stdout.contains("passed"),
        "{}",
        table.stdout
    );
    let summary = sfn_run(&["conformance", &cases, "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&summary.stdout).expect("JSON");
    assert_eq!(summary["failed"], 0);
    assert!(summary["passed"].as_u64() > Some(0));
    let folder = Folder::new();
    let wrong = folder.file(
        "wrong.json",
        r#"{"about":"x","spec":"y","expression":"States.Array()","expect":{"output":1}}"#,
    );
    check(
        &sfn_run(&["conformance", &wrong, "--json"]),
        1,
        &sfn_run(&["conformance", &wrong, "--json"]).stdout,
        "",
    );
    check(
        &sfn_run(&["conformance", "no-such-folder"]),
        2,
        "",
        "no-such-folder",
    );
}

#[test]
fn what_cannot_be_done_is_told_before_anything_runs() {
    let history = run(TASK, &["--history-file=/no/such/folder/history.json"]);
    check(&history, 2, "", "history.json cannot be written");
    assert!(
        !history.stderr.contains("the execution"),
        "{}",
        history.stderr
    );
    check(&run(ECHO, &["--name", "a b"]), 2, "", "cannot contain ' '");
    check(&run(ECHO, &["--name", ""]), 2, "", "1 to 80 characters");
}

#[test]
fn with_a_seed_virtual_time_gives_the_same_history() {
    let machine = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":86400,"End":true}}}"#;
    let history = || {
        let folder = Folder::new();
        let machine = folder.file("machine.json", machine);
        let file = folder.0.join("history.json");
        let option = format!("--history-file={}", file.display());
        let ran = sfn_run(&[&machine, "--time", "virtual", "--seed", "1", &option]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        fs::read_to_string(file).expect("it was written")
    };
    let once = history();
    assert_eq!(once, history());
    assert!(once.contains("2026-01-02T00:00:00.000000+00:00"), "{once}");
}

#[test]
fn several_inputs_are_several_executions_with_a_line_each() {
    let machine =
        r#"{"StartAt":"W","States":{"W":{"Type":"Wait","SecondsPath":"$.s","End":true}}}"#;
    let virtually = ["--time", "virtual"];
    let ran = run(
        machine,
        &[&virtually[..], &["{\"s\":9}", "{\"s\":\"x\"}", "{\"s\":0}"]].concat(),
    );
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!((ran.code, lines.len()), (1, 3), "{}", ran.stderr);
    assert_eq!((lines[0], lines[2]), ("{\"s\":9}", "{\"s\":0}"));
    assert!(
        lines[1].starts_with("{\"Error\":\"States.Runtime\",\"Cause\":"),
        "{}",
        lines[1]
    );
    assert!(
        ran.stderr.contains("3 executions: 2 succeeded, 1 did not"),
        "{}",
        ran.stderr
    );
    check(
        &run(machine, &["1", "2", "--history"]),
        2,
        "",
        "a history tells of one execution",
    );
}

#[test]
fn each_line_of_an_ndjson_input_is_an_input() {
    let folder = Folder::new();
    let machine = folder.file("m.json", ECHO);
    let ran = with_stdin(&[&machine, "--ndjson", "-"], b"1\n\n[2]\r\n\"three\"");
    check(&ran, 0, "1\n[2]\n\"three\"\n", "3 executions: 3 succeeded");
    let ran = with_stdin(&[&machine, "--ndjson", "-", "--jobs", "1"], b"1\n{\n");
    check(&ran, 2, "", "standard input:2:2: the input is not JSON");
    let ran = with_stdin(&[&machine, "-"], b"1\n2\n");
    check(&ran, 2, "", "say --ndjson");
    check(
        &with_stdin(&[&machine, "--ndjson", "-"], b"\n"),
        0,
        "",
        "0 executions",
    );
}

#[test]
fn a_run_can_be_told_who_it_is_and_what_it_knows() {
    let machine = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{
        "name.$":"$$.Execution.Name","machine.$":"$$.StateMachine.Name","limit.$":"$limit","who.$":"$who","team.$":"$$.Team"},"End":true}}}"#;
    let context = r#"{"Execution":{"Name":"mine"},"StateMachine":{"Name":"Orders"},"Team":["a"]}"#;
    let ran = run(
        machine,
        &[
            "--context",
            context,
            "--var",
            "limit=10",
            "--var",
            "who=Ada",
        ],
    );
    let expected = "{\"name\":\"mine\",\"machine\":\"Orders\",\"limit\":10,\"who\":\"Ada\",\"team\":[\"a\"]}\n";
    check(&ran, 0, expected, "");
    check(
        &run(ECHO, &["--var", "limit"]),
        2,
        "",
        "--var 'limit': write NAME=VALUE",
    );
    check(
        &run(ECHO, &["--context", "[]"]),
        2,
        "",
        "--context: an object is wanted",
    );
    let unknown = run(ECHO, &["--context", r#"{"Execution":{"Input":1}}"#]);
    check(&unknown, 2, "", "`Execution.Input` is the run's to say");
}

#[test]
fn completions_and_pages_are_made_from_the_options() {
    let bash = sfn_run(&["completions", "bash"]);
    assert!(
        bash.code == 0 && bash.stdout.contains("--test-case"),
        "{}",
        bash.stderr
    );
    let page = sfn_run(&["man"]);
    assert!(
        page.code == 0
            && page
                .stdout
                .contains("Run AWS Step Functions state machines anywhere"),
        "{}",
        page.stdout
    );
    let folder = Folder::new();
    let ran = sfn_run(&["man", "--output", &folder.0.display().to_string()]);
    check(&ran, 0, "", "");
    assert!(folder.0.join("sfn-run.1").exists() && folder.0.join("sfn-run-validate.1").exists());
}

#[test]
fn a_mistyped_command_or_option_is_told() {
    check(
        &sfn_run(&["validat", "m.json"]),
        2,
        "",
        "write `sfn-run validate`",
    );
    check(
        &run(ECHO, &["--tim", "virtual"]),
        2,
        "",
        "a similar argument exists: '--time'",
    );
    check(&run(ECHO, &[""]), 2, "", "the input is empty");
    check(&run(ECHO, &["\n {\"a\":1}"]), 0, "{\"a\":1}\n", "");
    check(&run(ECHO, &["-7"]), 0, "-7\n", "");
}

#[test]
fn expressions_are_evaluated_on_their_own() {
    check(
        &sfn_run(&["eval", "$sum(a.b)", r#"{"a":[{"b":1},{"b":2}]}"#]),
        0,
        "3\n",
        "",
    );
    let condition = sfn_run(&[
        "eval",
        "{% $states.input.n > $limit %}",
        r#"{"n":7}"#,
        "--var",
        "limit=5",
    ]);
    check(&condition, 0, "true\n", "");
    check(
        &sfn_run(&["eval", "nothing", "{}"]),
        0,
        "",
        "gives nothing (undefined)",
    );
    check(
        &sfn_run(&["eval", "1 + 'a'"]),
        1,
        "",
        "error: T2002: The right side of the",
    );
    check(
        &sfn_run(&["eval", "1 +"]),
        1,
        "",
        "error: S0207: Unexpected end of expression\n  1 +\n",
    );
    check(
        &sfn_run(&["eval", "a ?? 1", "{}", "--dialect", "latest"]),
        0,
        "1\n",
        "",
    );
    check(
        &sfn_run(&["eval", "--jsonpath", "$.a[*].b", r#"{"a":[{"b":1}]}"#]),
        0,
        "[1]\n",
        "",
    );
    check(
        &sfn_run(&[
            "eval",
            "--jsonpath",
            "$.a[?@.b == 1].b",
            r#"{"a":[{"b":1}]}"#,
            "--dialect",
            "rfc9535",
        ]),
        0,
        "[1]\n",
        "",
    );
    check(
        &sfn_run(&["eval", "$.a", "{}", "--dialect", "rfc9535"]),
        2,
        "",
        "`rfc9535` is a dialect of JSONPath",
    );
    check(
        &sfn_run(&["eval", "--jsonpath", "$.x", "{}"]),
        1,
        "",
        "No results for path",
    );
    check(
        &sfn_run(&[
            "eval",
            "--intrinsic",
            "States.MathAdd(1, $.n)",
            r#"{"n":2}"#,
        ]),
        0,
        "3\n",
        "",
    );
}
