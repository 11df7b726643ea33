//! Runs the command line, in a folder of its own.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
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

pub(crate) fn with_stdin(arguments: &[&str], stdin: &[u8]) -> Ran {
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
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
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

pub(crate) const ECHO: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
pub(crate) const TASK: &str = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:pay","End":true}}}"#;

pub(crate) fn run(machine: &str, arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let file = folder.file("machine.json", machine);
    sfn_run(&[&[file.as_str()], arguments].concat())
}

#[track_caller]
pub(crate) fn check(ran: &Ran, code: i32, stdout: &str, stderr: &str) {
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
