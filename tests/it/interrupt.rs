//! The command line when somebody wants it to end.

use std::fs;
use std::process::{Command, Stdio};

use crate::sfn_run::{Folder, TASK};

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

/// Starts the command line, to be interrupted.
fn started(arguments: &[&str]) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sfn-run"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the binary is built")
}

fn signal(child: &std::process::Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("there is kill").success());
}

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
