//! What comes in: definitions and inputs, from files, standard input or the command line itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

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
    let text = read(name, limit)?;
    text.map(|text| Source { name: name.to_owned(), text }).ok_or_else(|| {
        format!("{name}: a definition has at most {limit} bytes (1 MiB), the service's limit, and this one is larger")
    })
}

/// Reads an input: JSON itself if it looks like it, `-` for standard input, otherwise a file. `file://` may stand before a
/// path, as for the AWS command line.
pub(super) fn execution_input(argument: &str) -> Result<(Json, String), String> {
    let (name, text) = if looks_like_json(argument) {
        ("the input".to_owned(), argument.as_bytes().to_vec())
    } else {
        let text = read(argument, LARGEST_INPUT)?;
        let text =
            text.ok_or_else(|| format!("{argument}: an input has at most {LARGEST_INPUT} bytes"))?;
        (
            if argument == "-" {
                "standard input".into()
            } else {
                argument.to_owned()
            },
            text,
        )
    };
    let json = Json::parse(&text).map_err(|error| {
        format!(
            "{name}:{}:{}: the input is not JSON: {}",
            error.line, error.column, error.message
        )
    })?;
    Ok((json, String::from_utf8_lossy(&text).trim().to_owned()))
}

fn looks_like_json(argument: &str) -> bool {
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
