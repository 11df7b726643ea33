//! The command line as a newcomer and a script meet it: exit codes, streams, messages.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// What came of a command.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command line.
pub(crate) fn sfn_run(arguments: &[&str]) -> Ran {
    with_stdin(arguments, b"")
}

fn with_stdin(arguments: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sfn-run"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().expect("it is piped").write_all(stdin);
    let output = child.wait_with_output().expect("it ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A folder of its own for each test, gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "sfn-cli-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("there is a folder for temporary files");
        Self(folder)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the folder can be written");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const ECHO: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const TASK: &str = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:pay","End":true}}}"#;

fn run(machine: &str, arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let file = folder.file("machine.json", machine);
    sfn_run(&[&[file.as_str()], arguments].concat())
}

#[track_caller]
fn check(ran: &Ran, code: i32, stdout: &str, stderr: &str) {
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (code, stdout),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains(stderr),
        "{stderr:?} is not in {:?}",
        ran.stderr
    );
}

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
fn tasks_are_answered_from_the_command_line() {
    check(
        &run(TASK, &["--task", "pay=json:{\"ok\":true}"]),
        0,
        "{\"ok\":true}\n",
        "",
    );
    check(&run(TASK, &["5", "--task", "*=echo"]), 0, "5\n", "");
    check(
        &run(TASK, &["[1]", "--task", "arn:aws:lambda:*=exec:cat"]),
        0,
        "[1]\n",
        "",
    );
    check(&run(TASK, &[]), 1, "", "--task 'pay=exec:COMMAND'");
    check(&run(TASK, &["--task", "pay"]), 2, "", "PATTERN=ANSWER");
    check(
        &run(TASK, &["--task", "pay=nonsense"]),
        2,
        "",
        "`nonsense` is no answer",
    );
}

#[test]
fn a_program_that_fails_says_why() {
    check(
        &run(
            TASK,
            &["--task", "pay=exec:sh -c 'echo no money >&2; exit 3'"],
        ),
        1,
        "",
        "cause: no money",
    );
    check(
        &run(TASK, &["--task", "pay=exec:sh -c 'exit 3'"]),
        1,
        "",
        "ended with exit status: 3",
    );
    check(
        &run(TASK, &["--task", "pay=exec:echo not json"]),
        1,
        "",
        "printed something that is not JSON",
    );
    check(
        &run(TASK, &["--task", "pay=exec:./no-such-program"]),
        1,
        "",
        "`./no-such-program` cannot be run",
    );
}

#[test]
fn successive_attempts_are_answered_in_turn() {
    let folder = Folder::new();
    let machine = TASK.replace("\"End\"", r#""Retry":[{"ErrorEquals":["Busy"]}],"End""#);
    let machine = folder.file("machine.json", machine);
    let tasks = folder.file(
        "tasks.json",
        r#"{"pay": ["fail:Busy", "fail:Busy", "json:\"paid\""]}"#,
    );
    check(
        &sfn_run(&[&machine, "--tasks", &tasks, "--time", "virtual"]),
        0,
        "\"paid\"\n",
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
    let option = format!("--history={}", file.display());
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

#[cfg(unix)]
#[test]
fn ctrl_c_aborts_and_kills_what_runs() {
    let folder = Folder::new();
    let machine = folder.file("machine.json", TASK);
    let started = folder.0.join("started");
    let task = format!(
        "pay=exec:sh -c 'touch {}; exec sleep 1000'",
        started.display()
    );
    let child = Command::new(env!("CARGO_BIN_EXE_sfn-run"))
        .args([&machine, "--task", &task, "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    while !started.exists() {
        std::thread::yield_now();
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("there is kill");
    assert!(interrupted.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("\"status\":\"ABORTED\""), "{stdout}");
}

#[test]
fn an_answer_from_the_command_line_is_that_of_the_whole_task() {
    for resource in [
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::glue:startJobRun.sync",
        "arn:aws:states:us-east-1:123456789012:activity:sign",
    ] {
        let machine = format!(
            r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","Parameters":{{"token.$":"$$.Task.Token"}},"End":true}}}}}}"#
        );
        let machine = match resource.contains("glue") {
            true => machine.replace(r#""token.$":"$$.Task.Token""#, ""),
            false => machine,
        };
        check(&run(&machine, &["--task", "*=json:1"]), 0, "1\n", "");
        check(&run(&machine, &["--task", "*=exec:echo 2"]), 0, "2\n", "");
        let failed = run(&machine, &["--task", "*=fail:Oops:why"]);
        check(&failed, 1, "", "error name: Oops\ncause: why");
    }
}

#[test]
fn the_programs_of_a_file_run_in_its_folder() {
    let folder = Folder::new();
    let machine = folder.file("machine.json", TASK);
    folder.file("answer.json", "9");
    let tasks = folder.file("tasks.json", r#"{"pay": "exec:cat answer.json"}"#);
    check(&sfn_run(&[&machine, "--tasks", &tasks]), 0, "9\n", "");
}

#[test]
fn a_program_names_its_own_error() {
    let folder = Folder::new();
    let machine = folder.file("machine.json", TASK);
    let error = folder.file(
        "error.json",
        r#"{"Error":"Card.Declined","Cause":"expired"}"#,
    );
    let task = format!("pay=exec:sh -c 'cat {error} >&2; exit 1'");
    check(
        &sfn_run(&[&machine, "--task", &task]),
        1,
        "",
        "error name: Card.Declined\ncause: expired",
    );
}

#[test]
fn what_cannot_be_done_is_told_before_anything_runs() {
    let history = run(TASK, &["--history=/no/such/folder/history.json"]);
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
        let option = format!("--history={}", file.display());
        let ran = sfn_run(&[&machine, "--time", "virtual", "--seed", "1", &option]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        fs::read_to_string(file).expect("it was written")
    };
    let once = history();
    assert_eq!(once, history());
    assert!(once.contains("2026-01-02T00:00:00.000000+00:00"), "{once}");
}

#[test]
fn a_program_that_prints_for_ever_is_stopped() {
    check(
        &run(TASK, &["--task", "pay=exec:yes"]),
        1,
        "",
        "printed more than",
    );
}

/// Starts the command line, to be interrupted.
#[cfg(unix)]
fn started(arguments: &[&str]) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sfn-run"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the binary is built")
}

#[cfg(unix)]
fn signal(child: &std::process::Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("there is kill").success());
}

#[cfg(unix)]
#[test]
fn what_a_program_started_is_killed_with_it() {
    use std::io::Read as _;
    for name in ["-INT", "-TERM"] {
        let folder = Folder::new();
        let machine = folder.file("machine.json", TASK);
        let pipe = folder.0.join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .expect("there is mkfifo")
                .success()
        );
        let begun = folder.0.join("begun");
        let task = format!(
            "pay=exec:sh -c '(sleep 5; echo alive) > {} & touch {}; wait'",
            pipe.display(),
            begun.display()
        );
        let mut child = started(&[&machine, "--task", &task]);
        while !begun.exists() {
            let ended = child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "{name}: it ended too early");
            std::thread::yield_now();
        }
        // Opens as soon as the program's child has opened the other end.
        let mut other_end = fs::File::open(&pipe).expect("it is a pipe");
        signal(&child, name);
        let mut heard = String::new();
        other_end.read_to_string(&mut heard).expect("it is text");
        assert_eq!(heard, "", "{name}");
        assert_eq!(
            child.wait_with_output().expect("it ends").status.code(),
            Some(130),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_execution_that_never_pauses_can_be_interrupted() {
    use std::io::Read as _;
    let looping = r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"work","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}}}"#;
    let folder = Folder::new();
    let machine = folder.file("machine.json", looping);
    let mut child = started(&[
        &machine,
        "--task",
        "work=echo",
        "--profile",
        "relaxed",
        "--history",
    ]);
    let mut stderr = child.stderr.take().expect("it is piped");
    // It is under way when it says something.
    stderr
        .read_exact(&mut [0; 4096])
        .expect("it tells its history");
    signal(&child, "-INT");
    let drained = std::thread::spawn(move || stderr.read_to_string(&mut String::new()));
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    drained.join().expect("no panic").expect("it is text");
}
