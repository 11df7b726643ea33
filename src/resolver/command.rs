//! Programs: input on standard input, output on standard output.

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin};

use super::{Answer, Call, Ends, Resolver, Updates};
use crate::engine::limits::CAUSE;
use crate::engine::{Failure, TaskRequest};
use crate::value::Json;

/// Bytes of output that a program may write, whatever the profile says of payloads: what is kept in memory.
const OUTPUT: u64 = 64 << 20;

/// A program that is run once for each attempt.
///
/// - The task's input comes on standard input, as compact JSON. A program that does not read it is no failure. The
///   environment variables `SFN_STATE`, `SFN_RESOURCE`, `SFN_RETRY_COUNT` and, where there is one, `SFN_TASK_TOKEN` tell
///   about the attempt.
/// - Standard output is the result: JSON, or nothing at all for `null`. Anything else is `Command.InvalidOutput`.
/// - A status that is not zero is a failure: `Command.Failed`, with standard error as the cause. A program names its own
///   error by writing an error output of the States Language there, and only that: `{"Error": "…", "Cause": "…"}`.
/// - The program is started without a shell. When the task is cancelled it is killed, and the processes that it started
///   with it.
#[derive(Clone, Debug)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    folder: Option<PathBuf>,
}

/// A command line cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandSyntaxError {
    /// It names no program.
    #[error("the command names no program")]
    Empty,
    /// A quote is never closed.
    #[error("a quote in the command is never closed")]
    OpenQuote,
}

impl Command {
    /// Reads a command line: words apart by spaces, quoted as for a POSIX shell; nothing is expanded.
    ///
    /// # Errors
    /// When a quote is never closed or there is no word at all.
    pub fn parse(line: &str) -> Result<Self, CommandSyntaxError> {
        let words = shell_words::split(line).map_err(|_| CommandSyntaxError::OpenQuote)?;
        let mut words = words.into_iter();
        let program = words.next().ok_or(CommandSyntaxError::Empty)?;
        Ok(Self {
            program,
            arguments: words.collect(),
            folder: None,
        })
    }

    /// Runs it in that folder; otherwise it is run in the current one.
    #[must_use]
    pub fn in_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
            ..self
        }
    }

    async fn run(self, request: Arc<TaskRequest>) -> Answer {
        let mut child = self.spawn(&request).map_err(|error| self.broken(&error))?;
        let mut group = Group::of(&child);
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (written, output, complaint) = tokio::join!(
            write(stdin, request.input.to_string()),
            read(stdout, OUTPUT),
            // The end of a complaint tells most.
            read_end(stderr, CAUSE)
        );
        let output = written.and(output).map_err(|error| self.broken(&error))?;
        if output.len() as u64 > OUTPUT {
            return Err(self.invalid(&format!("more than {OUTPUT} bytes")));
        }
        let status = child.wait().await.map_err(|error| self.broken(&error))?;
        group.disband();
        if status.success() {
            self.result(&output)
        } else {
            Err(self.failure(status, &complaint))
        }
    }

    fn spawn(&self, request: &TaskRequest) -> io::Result<Child> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
            .env("SFN_STATE", request.state_name.as_str())
            .env("SFN_RESOURCE", request.resource.text.as_str());
        command
            .env("SFN_RETRY_COUNT", request.retry_count.to_string())
            .kill_on_drop(true);
        if let Some(token) = &request.token {
            command.env("SFN_TASK_TOKEN", token.as_str());
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        // A group of its own, so that it can be killed whole, and so that Ctrl-C reaches the engine alone.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    fn result(&self, output: &[u8]) -> Answer {
        if output.trim_ascii().is_empty() {
            return Ok(Json::Null);
        }
        Json::parse(output)
            .map_err(|error| self.invalid(&format!("something that is not JSON: {error}")))
    }

    fn failure(&self, status: ExitStatus, complaint: &[u8]) -> Failure {
        let complaint = String::from_utf8_lossy(complaint);
        let complaint = complaint.trim_end();
        if complaint.is_empty() {
            return failed(format!("`{}` ended with {status}", self.program));
        }
        named(complaint).unwrap_or_else(|| failed(complaint))
    }

    fn invalid(&self, what: &str) -> Failure {
        Failure::new(
            "Command.InvalidOutput",
            format!("`{}` printed {what}", self.program),
        )
    }

    fn broken(&self, error: &io::Error) -> Failure {
        failed(format!("`{}` cannot be run: {error}", self.program))
    }
}

impl Resolver for Command {
    fn call(&self, request: &Arc<TaskRequest>, _updates: &Updates) -> Call {
        Call::Later(Box::pin(self.clone().run(request.clone())))
    }

    /// Its answer is the last word, whatever it does with the token: a task that waits for its bearer would wait in vain.
    fn ends(&self, _request: &TaskRequest) -> Ends {
        Ends::Task
    }
}

fn failed(cause: impl Into<Arc<str>>) -> Failure {
    Failure::new("Command.Failed", cause)
}

/// An error output: an object with `Error` and perhaps `Cause`.
fn named(complaint: &str) -> Option<Failure> {
    let output = Json::parse(complaint).ok()?;
    let text = |name| output.get(name).and_then(Json::as_str).map(Arc::from);
    Some(Failure {
        error: Some(text("Error")?),
        cause: text("Cause"),
    })
}

async fn write(stdin: Option<ChildStdin>, input: String) -> io::Result<()> {
    let Some(mut stdin) = stdin else {
        return Ok(());
    };
    match stdin.write_all(input.as_bytes()).await {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Reads one byte more than the limit at most.
async fn read(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(limit + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Reads all there is and keeps the last bytes of it.
async fn read_end(pipe: Option<impl AsyncRead + Unpin>, limit: usize) -> Vec<u8> {
    let Some(mut pipe) = pipe else {
        return Vec::new();
    };
    let mut bytes = Vec::new();
    // A pipe that breaks has told all it will.
    while pipe.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
        if bytes.len() > 2 * limit {
            bytes.drain(..bytes.len() - limit);
        }
    }
    end_of(&bytes, limit).to_vec()
}

/// The last bytes, without the rest of a character that is cut in two.
fn end_of(bytes: &[u8], limit: usize) -> &[u8] {
    let Some(surplus) = bytes.len().checked_sub(limit) else {
        return bytes;
    };
    let end = &bytes[surplus..];
    let cut = end.iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
    if surplus == 0 { end } else { &end[cut..] }
}

/// A program and the processes that it started. Dropping it before the program has ended kills them all.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(rustix::process::Pid::from_raw),
        }
    }

    /// The program has ended by itself: what it left running is its own affair.
    fn disband(&mut self) {
        self.leader = None;
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // It fails when nobody is left, which is what it is for.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
impl Group {
    fn of(_child: &Child) -> Self {
        Self {}
    }

    fn disband(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::super::tests::request;
    use super::*;

    fn run(line: &str, input: Json) -> Answer {
        let command = Command::parse(line).expect("a command line");
        let request = request("task", input);
        let Call::Later(work) = command.call(&request, &Updates::ignored(request.ticket)) else {
            panic!("a program takes time")
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn input_comes_in_and_output_goes_out() {
        assert_eq!(run("cat", Json::from("a 'b'")), Ok("a 'b'".into()));
        assert_eq!(
            run("echo '{\"a\": 1}'", Json::Null).unwrap().to_string(),
            r#"{"a":1}"#
        );
    }

    #[test]
    fn no_output_is_null_and_input_need_not_be_read() {
        assert_eq!(run("true", Json::from("x".repeat(1 << 20))), Ok(Json::Null));
    }

    #[test]
    fn a_status_that_is_not_zero_is_a_failure_with_the_complaint_as_cause() {
        assert_eq!(
            run("sh -c 'echo no luck >&2; exit 3'", Json::Null),
            Err(failed("no luck"))
        );
        let silent = run("false", Json::Null).unwrap_err();
        assert!(
            silent.cause().contains("`false` ended with exit status: 1"),
            "{silent}"
        );
    }

    #[test]
    fn a_program_can_name_its_error() {
        let line =
            r#"sh -c 'echo "{\"Error\": \"Declined\", \"Cause\": \"expired\"}" >&2; exit 1'"#;
        assert_eq!(
            run(line, Json::Null),
            Err(Failure::new("Declined", "expired"))
        );
    }

    #[test]
    fn output_that_is_not_json_is_a_clear_failure() {
        let failure = run("echo hello", Json::Null).unwrap_err();
        assert!(
            failure
                .cause()
                .starts_with("`echo` printed something that is not JSON: unexpected word `hello`"),
            "{failure}"
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_a_clear_failure() {
        let failure = run("/no/such/program", Json::Null).unwrap_err();
        assert!(
            failure
                .cause()
                .starts_with("`/no/such/program` cannot be run"),
            "{failure}"
        );
    }

    #[test]
    fn a_command_line_is_checked() {
        assert_eq!(Command::parse("").unwrap_err(), CommandSyntaxError::Empty);
        assert_eq!(
            Command::parse("a 'b").unwrap_err(),
            CommandSyntaxError::OpenQuote
        );
    }

    #[test]
    fn the_end_of_a_long_complaint_is_kept() {
        assert_eq!(end_of(b"abc", 5), b"abc");
        assert_eq!(end_of(b"abc", 2), b"bc");
        assert_eq!(end_of("é!".as_bytes(), 2), b"!");
    }
}
