//! What answers tasks on the command line: options, mocks, the project's file, programs, servers.

use crate::sfn_run::{Folder, TASK, check, run, sfn_run};

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
    folder.file(
        "sfn.toml",
        "[tasks]\npay = [\"fail:Busy\", \"fail:Busy\", { json = \"paid\" }]",
    );
    let run = |options: &[&str]| sfn_run(&[&[&machine, "--time", "virtual"], options].concat());
    check(&run(&[]), 0, "\"paid\"\n", "sfn.toml says");
    check(
        &run(&["--no-config"]),
        1,
        "",
        "nothing resolves the resource",
    );
    // Each of several executions is answered from the beginning.
    check(
        &run(&["1", "2"]),
        0,
        "\"paid\"\n\"paid\"\n",
        "2 executions: 2 succeeded, 0 did not",
    );
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
    let config = folder.file(
        "answers.toml",
        "[tasks]\npay = { exec = \"cat answer.json\" }",
    );
    check(&sfn_run(&[&machine, "--config", &config]), 0, "9\n", "");
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
fn a_program_that_prints_for_ever_is_stopped() {
    check(
        &run(TASK, &["--task", "pay=exec:yes"]),
        1,
        "",
        "printed more than",
    );
}

/// Two Task states: one by the ARN of its function, one by the service that calls it.
const TWO: &str = r#"{"StartAt":"A","States":{
    "A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"Charge","Payload.$":"$"},
         "ResultSelector":{"paid.$":"$.Payload"},"Next":"B"},
    "B":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Notify","End":true}}}"#;

const MOCKS: &str = r#"{"StateMachines":{"M":{"TestCases":{
    "Told":{"B":"Sent"},"Strange":{"B":"Sent","Z":"Sent"}}}},
    "MockedResponses":{"Sent":{"0":{"Return":{"sent":true}}}}}"#;

#[test]
fn the_function_behind_a_service_call_is_answered_by_its_name() {
    let ran = run(
        TWO,
        &["7", "--task", "Charge=echo", "--task", "Notify=echo"],
    );
    check(&ran, 0, "{\"paid\":7}\n", "");
}

#[test]
fn mocks_answer_before_anything_else() {
    let folder = Folder::new();
    let (machine, mocks) = (folder.file("m.json", TWO), folder.file("mocks.json", MOCKS));
    let run = |options: &[&str]| sfn_run(&[&[&machine, "--task", "*=echo"], options].concat());
    let told = run(&["--mock", &mocks, "--test-case", "Told"]);
    check(&told, 0, "{\"sent\":true}\n", "");
    check(
        &run(&["--mock", &mocks, "--test-case", "M#Told"]),
        0,
        "{\"sent\":true}\n",
        "",
    );
    let strange = run(&["--mock", &mocks, "--test-case", "Strange"]);
    check(
        &strange,
        0,
        "{\"sent\":true}\n",
        "a state `Z`, which the machine does not have",
    );
    check(
        &run(&["--mock", &mocks]),
        2,
        "",
        "Say --test-case with one of Strange, Told",
    );
    let unknown = run(&["--mock", &mocks, "--test-case", "Tald"]);
    check(
        &unknown,
        2,
        "",
        "the machine `M` has no test case `Tald`, but `Strange`, `Told`",
    );
    check(
        &run(&["--test-case", "Told"]),
        2,
        "",
        "--test-case wants a file of mocks",
    );
    folder.file("sfn.toml", "mock = \"mocks.json\"");
    check(&run(&["--test-case", "Told"]), 0, "{\"sent\":true}\n", "");
    let broken = folder.file("broken.json", MOCKS.replace("Sent\":{", "Snt\":{"));
    check(
        &run(&["--mock", &broken]),
        2,
        "",
        "error[invalid-mock]: `MockedResponses` has no `Sent`",
    );
}

#[test]
fn a_mock_that_has_no_more_to_say_tells_how_to_add_it() {
    let folder = Folder::new();
    let machine = TASK.replace("\"End\"", r#""Retry":[{"ErrorEquals":["Busy"]}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"T"}],"End""#);
    let machine = folder.file("m.json", machine);
    let mocks = folder.file(
        "mocks.json",
        r#"{"StateMachines":{"M":{"TestCases":{"C":{"T":"Busy"}}}},
        "MockedResponses":{"Busy":{"0-1":{"Throw":{"Error":"Busy"}}}}}"#,
    );
    let ran = sfn_run(&[&machine, "--mock", &mocks, "--time", "virtual"]);
    check(
        &ran,
        1,
        "",
        "error name: States.Runtime\ncause: state 'T' calls once more than its mock 'Busy' has responses: add a response \"2\"",
    );
}

#[test]
fn what_nothing_answers_is_told_before_the_run() {
    let ran = run(TWO, &["--task", "Chrage=echo"]);
    check(
        &ran,
        1,
        "",
        "note: --task 'Chrage': no task of this machine has such a resource",
    );
    for state in [
        "state `A` (Charge)",
        "state `B` (arn:aws:lambda:us-east-1:123456789012:function:Notify)",
    ] {
        assert!(
            ran.stderr
                .contains(&format!("note: nothing answers {state}")),
            "{}",
            ran.stderr
        );
    }
    check(&run(TWO, &["--quiet"]), 1, "", "");
}

#[test]
fn a_server_is_asked_over_http() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody calls");
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n{\"a\":1}") {
            let mut chunk = [0; 1024];
            let count = stream.read(&mut chunk).expect("it is sent");
            asked.extend_from_slice(&chunk[..count]);
        }
        let answer =
            b"HTTP/1.1 409 Conflict\r\ncontent-length: 5\r\nconnection: close\r\n\r\nstale";
        stream.write_all(answer).expect("it is taken");
    });
    let ran = run(TASK, &["{\"a\":1}", "--task", &format!("pay={url}/pay")]);
    check(
        &ran,
        1,
        "",
        "error name: States.Http.StatusCode.409\ncause: stale",
    );
    server.join().expect("it was asked right");
    // A resource that is a URL needs no other word; nobody listens there any more.
    let machine = TASK.replace("arn:aws:lambda:us-east-1:123456789012:function:pay", &url);
    check(
        &run(&machine, &[]),
        1,
        "",
        "cannot be reached: is the server running there?",
    );
}

#[test]
fn each_attempt_is_ended_as_its_own_answer_ends_it() {
    let folder = Folder::new();
    let machine = TASK
        .replace("arn:aws:lambda:us-east-1:123456789012:function:pay", "arn:aws:states:::sqs:sendMessage.waitForTaskToken")
        .replace("\"End\"", r#""Parameters":{"t.$":"$$.Task.Token"},"Retry":[{"ErrorEquals":["Busy","States.Http.Socket"]}],"End""#);
    let machine = folder.file("m.json", machine);
    // A port that nobody listens on: the call fails, and the next answer is that of the whole task.
    folder.file(
        "sfn.toml",
        "[tasks]\n\"sqs:*\" = [{ http = \"http://127.0.0.1:1/\" }, \"json:5\"]",
    );
    check(&sfn_run(&[&machine, "--time", "virtual"]), 0, "5\n", "");
}

#[test]
fn a_secret_is_wanted_only_by_the_task_that_needs_it() {
    let folder = Folder::new();
    let machine = folder.file("m.json", TASK);
    folder.file(
        "sfn.toml",
        "[tasks]\npay = { http = \"http://x\", headers = { A = \"${SFN_NO_SUCH}\" } }",
    );
    check(&sfn_run(&[&machine, "--task", "pay=json:1"]), 0, "1\n", "");
    check(
        &sfn_run(&[&machine]),
        1,
        "",
        "the environment variable SFN_NO_SUCH is not set",
    );
    folder.file("sfn.toml", "[tasks]\npay = \"http://x/${SFN_NO_SUCH}\"");
    check(
        &sfn_run(&[&machine]),
        1,
        "",
        "the environment variable SFN_NO_SUCH is not set",
    );
}

#[test]
fn a_project_s_file_that_is_wrong_is_told_with_its_place() {
    let folder = Folder::new();
    let machine = folder.file("m.json", TASK);
    let wrong = |text: &str, expected: &str| {
        let config = folder.file("wrong.toml", text);
        check(&sfn_run(&[&machine, "--config", &config]), 2, "", expected);
    };
    wrong("[tasks", "wrong.toml: TOML parse error at line 1");
    wrong("[task]", "unknown field `task`");
    wrong(
        "[tasks]\npay = 3",
        "tasks.\"pay\": an answer is a string such as \"json:{}\"",
    );
    wrong("[tasks]\npay = []", "a list of answers must not be empty");
    wrong(
        "[tasks]\npay = \"ok\"",
        "`ok` is no answer: write json:VALUE",
    );
    wrong(
        "[tasks]\npay = { http = \"x\" }",
        "`x` is no http:// or https:// URL",
    );
    wrong(
        "[tasks]\npay = { http = \"http://x\", header = {} }",
        "`header` is not known here, but http, headers, timeout may be",
    );
    wrong(
        "[tasks]\npay = { fail = \"A\", cause = 1 }",
        "`cause` is a string",
    );
}
