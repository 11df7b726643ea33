//! Writing to the two streams: the only place that does.

use std::io::{self, IsTerminal as _, Write as _};

use super::Exit;

/// Writes a result to standard output. That nobody reads it any more, as with `| head`, is no failure.
pub(super) fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes something for people to standard error.
pub(super) fn tell(text: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{text}");
}

/// A text from elsewhere, harmless to a terminal: control characters are shown, not obeyed.
pub(super) fn shown(text: &str) -> String {
    let show = |c: char| match c {
        '\n' | '\t' => String::from(c),
        c if c.is_control() => c.escape_default().to_string(),
        c => String::from(c),
    };
    text.chars().map(show).collect()
}

/// Tells of something that went wrong.
pub(super) fn complain(message: &str) {
    tell(&format!("error: {message}"));
}

/// Tells something that is good to know.
pub(super) fn note(message: &str) {
    tell(&format!("note: {message}"));
}

/// Tells that the command cannot be done as it was given.
pub(super) fn refuse(message: &str) -> Exit {
    complain(message);
    Exit::Usage
}

/// What clap has to say: help and version are results, the rest is wrong usage.
pub(super) fn usage(message: &clap::Error) -> Exit {
    let _ = message.print();
    if message.use_stderr() {
        Exit::Usage
    } else {
        Exit::Success
    }
}

/// Whether standard error may be coloured: it is a terminal, and nobody has said `NO_COLOR`.
pub(super) fn has_colour() -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !plain
}

/// Whether standard error is a terminal.
pub(super) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Shows how far a long work has come, in place.
pub(super) fn progress(done: usize, total: usize) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "\r{done} of {total} cases\r");
    if done == total {
        let _ = write!(out, "\r\x1b[K");
    }
}
