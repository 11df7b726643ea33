//! JSON text from values: compact, as the service writes it, or indented for people.

use std::fmt::{self, Write};

use super::{Json, Number};

/// Writes compact JSON without recursion, whatever the nesting.
pub(super) fn compact(value: &Json, out: &mut impl Write) -> fmt::Result {
    layout(value, out, None)
}

/// Writes JSON indented by two spaces.
pub(super) fn pretty(value: &Json, out: &mut impl Write) -> fmt::Result {
    layout(value, out, Some(2))
}

fn layout(value: &Json, out: &mut impl Write, indent: Option<usize>) -> fmt::Result {
    let mut open: Vec<(&Json, usize)> = Vec::new();
    begin(value, out, &mut open)?;
    while let Some((container, next)) = open.last_mut() {
        let container = *container;
        let at = *next;
        *next += 1;
        let depth = open.len();
        let Some(child) = container.children().get(at) else {
            open.pop();
            if at > 0 {
                new_line(out, indent, open.len())?;
            }
            out.write_char(if matches!(container, Json::Object(_)) {
                '}'
            } else {
                ']'
            })?;
            continue;
        };
        if at > 0 {
            out.write_char(',')?;
        }
        new_line(out, indent, depth)?;
        if let Json::Object(object) = container {
            string(&object.shape().names()[at], out)?;
            out.write_str(if indent.is_some() { ": " } else { ":" })?;
        }
        begin(child, out, &mut open)?;
    }
    Ok(())
}

fn new_line(out: &mut impl Write, indent: Option<usize>, depth: usize) -> fmt::Result {
    match indent {
        Some(width) => write!(out, "\n{:1$}", "", width * depth),
        None => Ok(()),
    }
}

fn begin<'a>(
    value: &'a Json,
    out: &mut impl Write,
    open: &mut Vec<(&'a Json, usize)>,
) -> fmt::Result {
    match value {
        Json::Array(_) => {
            open.push((value, 0));
            out.write_char('[')
        }
        Json::Object(_) => {
            open.push((value, 0));
            out.write_char('{')
        }
        Json::Null => out.write_str("null"),
        Json::Bool(value) => out.write_str(if *value { "true" } else { "false" }),
        Json::Number(number) => write!(out, "{number}"),
        Json::String(text) => string(text, out),
    }
}

/// The length of a scalar's text in bytes.
pub(super) fn scalar_length(value: &Json) -> usize {
    match value {
        Json::Null => 4,
        Json::Bool(value) => 5 - usize::from(*value),
        Json::Number(Number::Int(int)) => int_length(*int),
        Json::Number(number) => number.to_string().len(),
        Json::String(text) => string_length(text),
        Json::Array(_) | Json::Object(_) => 2,
    }
}

fn int_length(int: i64) -> usize {
    let digits = int.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + usize::from(int < 0)
}

/// The length of a string's JSON text, quotes included.
pub(super) fn string_length(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| escape(byte).map_or(0, |escape| escape.len() - 1))
        .sum();
    text.len() + 2 + escapes
}

/// Writes a string with its quotes and JSON's escapes. Characters beyond ASCII are written as they are.
pub fn string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(escape) = escape(byte) {
            out.write_str(&text[written..at])?;
            out.write_str(escape)?;
            written = at + 1;
        }
    }
    out.write_str(&text[written..])?;
    out.write_char('"')
}

/// What stands for a byte inside a JSON string; `None` when it stands for itself. As Jackson: short forms where JSON
/// has one, upper-case `\u00XX` otherwise.
fn escape(byte: u8) -> Option<&'static str> {
    const CONTROL: [&str; 32] = [
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
        "\\b", "\\t", "\\n", "\\u000B", "\\f", "\\r", "\\u000E", "\\u000F", "\\u0010", "\\u0011",
        "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019",
        "\\u001A", "\\u001B", "\\u001C", "\\u001D", "\\u001E", "\\u001F",
    ];
    match byte {
        0..=31 => Some(CONTROL[usize::from(byte)]),
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        _ => None,
    }
}
