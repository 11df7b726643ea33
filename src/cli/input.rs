//! What comes in: definitions and inputs, from files, standard input or the command line itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::asl::nearest;
use crate::engine::limits;
use crate::value::Json;

/// A text and what to call it.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: Vec<u8>,
}

/// The largest input that is read: far above the service's limit, which profile `relaxed` lifts, and far below what
/// would exhaust a machine's memory.
const LARGEST_INPUT: u64 = 256 * 1024 * 1024;

/// Reads a definition from a file, or from standard input as `-`. One beyond the service's limit is not read whole.
pub(super) fn definition(name: &str) -> Result<Source, String> {
    let limit = limits::DEFINITION as u64;
    let text = read(name, limit).map_err(|problem| {
        let commands = super::command_names();
        match nearest(name, commands.iter().map(String::as_str)) {
            Some(command) => format!("{problem}\nhelp: for the command, write `sfn-run {command}`, and its options behind it"),
            None => problem,
        }
    })?;
    text.map(|text| Source { name: name.to_owned(), text }).ok_or_else(|| {
        format!("{name}: a definition has at most {limit} bytes (1 MiB), the service's limit, and this one is larger")
    })
}

/// The input of an execution.
pub(super) struct Input {
    /// Where it comes from, for messages.
    pub(super) name: String,
    /// As it was written.
    pub(super) text: String,
    pub(super) json: Json,
}

impl Input {
    fn parse(name: String, text: &[u8], line: usize) -> Result<Self, String> {
        let json = Json::parse(text).map_err(|error| {
            let line = line + error.line - 1;
            let column = error.column;
            format!(
                "{name}:{line}:{column}: the input is not JSON: {}",
                error.message
            )
        })?;
        let text = String::from_utf8_lossy(text).trim().to_owned();
        Ok(Self { name, text, json })
    }
}

/// Reads an input: JSON itself if it looks like it, `-` for standard input, otherwise a file. `file://` may stand before a
/// path, as for the AWS command line.
pub(super) fn execution_input(argument: &str) -> Result<Input, String> {
    let (name, text) = input_text(argument)?;
    Input::parse(name, &text, 1).map_err(|problem| {
        let lines = text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty());
        let mut lines = lines.take(2).map(|line| Json::parse(line).is_ok());
        if lines.next() == Some(true) && lines.next() == Some(true) {
            format!("{problem}\nhelp: if each line is the input of an execution, say --ndjson")
        } else {
            problem
        }
    })
}

/// Reads an input of which each line is one. Empty lines are passed over.
pub(super) fn inputs_by_line(argument: &str) -> Result<Vec<Input>, String> {
    let (name, text) = input_text(argument)?;
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    lines
        .map(|(at, line)| Input::parse(name.clone(), line, at + 1))
        .collect()
}

fn input_text(argument: &str) -> Result<(String, Vec<u8>), String> {
    if argument.is_empty() {
        return Err("the input is empty: leave it out for {}, or say - for standard input".into());
    }
    if looks_like_json(argument) {
        return Ok(("the input".to_owned(), argument.as_bytes().to_vec()));
    }
    let text = read(argument, LARGEST_INPUT)?;
    let text =
        text.ok_or_else(|| format!("{argument}: an input has at most {LARGEST_INPUT} bytes"))?;
    let name = if argument == "-" {
        "standard input"
    } else {
        argument
    };
    Ok((name.to_owned(), text))
}

/// JSON from an option: itself, or a file that holds it.
pub(super) fn option_json(option: &str, argument: &str) -> Result<Json, String> {
    let (name, text) = input_text(argument).map_err(|problem| format!("{option}: {problem}"))?;
    Json::parse(&text).map_err(|error| {
        format!(
            "{option}: {name}:{}:{}: {}",
            error.line, error.column, error.message
        )
    })
}

fn looks_like_json(argument: &str) -> bool {
    let argument = argument.trim_start();
    let begins = |c: char| matches!(c, '{' | '[' | '"') || c.is_ascii_digit();
    let is_word = matches!(argument, "true" | "false" | "null");
    let number = argument
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (argument.starts_with(begins) || is_word || number) && !Path::new(argument).is_file()
}

/// Reads a file or standard input; `None` when it is larger than the limit.
fn read(name: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let read = |reader: &mut dyn Read| -> io::Result<Option<Vec<u8>>> {
        let mut text = Vec::new();
        reader.take(limit + 1).read_to_end(&mut text)?;
        Ok((text.len() as u64 <= limit).then_some(text))
    };
    if name == "-" {
        return read(&mut io::stdin().lock())
            .map_err(|error| format!("standard input cannot be read: {error}"));
    }
    let path = name.strip_prefix("file://").unwrap_or(name);
    File::open(path)
        .and_then(|mut file| read(&mut file))
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("{path}: there is no such file"),
            _ => format!("{path} cannot be read: {error}"),
        })
}
