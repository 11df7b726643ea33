//! Where the characters of a string stand in the text that spells it: in quotes, with escapes, in a block.

use super::origin::Traced;
use crate::value::Span;

/// The string with its places. What cannot be followed, as a folded block, was made of the whole.
pub(super) fn align(source: &str, span: Span, string: &str) -> Traced {
    let end = span.end.min(source.len());
    let written = source.get(span.start..end).unwrap_or_default();
    let found = match written.as_bytes().first() {
        Some(b'"') => double_quoted(written, span.start, string),
        Some(b'\'') => single_quoted(written, span.start, string),
        _ if written == string => {
            let mut traced = Traced::default();
            traced.push_copied(string, span.start);
            Some(traced)
        }
        _ => block(source, span.start, string),
    };
    found.unwrap_or_else(|| Traced::made(string, span))
}

/// Follows a string in double quotes as long as each character stands for itself or is an escape of one.
fn double_quoted(written: &str, start: usize, string: &str) -> Option<Traced> {
    let mut traced = Traced::default();
    let mut rest = string;
    let mut at = 1;
    while !rest.is_empty() {
        let plain = common(&written[at..], rest);
        if plain > 0 {
            traced.push_copied(&rest[..plain], start + at);
            (rest, at) = (&rest[plain..], at + plain);
            continue;
        }
        let length = escape(&written[at..])?;
        let mut character = rest.chars().next()?.len_utf8();
        // Both halves of a surrogate pair are one character.
        let pair = character == 4 && written[at..].starts_with("\\u");
        let length = if pair { length * 2 } else { length };
        character = character.min(rest.len());
        let span = Span {
            start: start + at,
            end: start + at + length,
        };
        traced.push_made(&rest[..character], span);
        (rest, at) = (&rest[character..], at + length);
        written.get(at..)?;
    }
    Some(traced)
}

/// How many bytes stand for themselves.
fn common(written: &str, string: &str) -> usize {
    let same = written
        .char_indices()
        .zip(string.chars())
        .find(|((_, a), b)| a != b || *a == '\\' || *a == '"');
    match same {
        Some(((at, _), _)) => at,
        None => written.len().min(string.len()),
    }
}

/// The length of the escape that a text begins with.
fn escape(written: &str) -> Option<usize> {
    let mut characters = written.chars();
    if characters.next() != Some('\\') {
        return None;
    }
    match characters.next()? {
        'x' => Some(4),
        'u' => Some(6),
        'U' => Some(10),
        // The end of a line that is escaped stands for nothing.
        '\n' | '\r' => None,
        other => Some(1 + other.len_utf8()),
    }
}

/// Follows a string in single quotes that stands in one line.
fn single_quoted(written: &str, start: usize, string: &str) -> Option<Traced> {
    let mut traced = Traced::default();
    let mut at = 1;
    for part in string.split_inclusive('\'') {
        if !written[at..].starts_with(part) {
            return None;
        }
        traced.push_copied(part, start + at);
        at += part.len();
        if part.ends_with('\'') {
            at += 1;
        }
        written.get(at..)?;
    }
    Some(traced)
}

/// Follows a literal block line by line: each is a line of the source without its indentation.
fn block(source: &str, start: usize, string: &str) -> Option<Traced> {
    let line_start = source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let mut at = if source[start..].starts_with('|') {
        start + source[start..].find('\n')? + 1
    } else {
        line_start
    };
    let mut traced = Traced::default();
    for line in string.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        let end = source
            .get(at..)?
            .find('\n')
            .map_or(source.len(), |end| at + end);
        let written = source[at..end].trim_end_matches('\r');
        let indent = written.strip_suffix(content)?;
        if !indent.trim_matches(' ').is_empty() {
            return None;
        }
        traced.push_copied(line, at + indent.len());
        at = (end + 1).min(source.len());
    }
    Some(traced)
}

#[cfg(test)]
mod tests {
    use super::super::{Format, read};
    use super::*;

    /// The place of `needle` in the string under `s` is the place of `written` in the text.
    fn check(text: &str, needle: &str, written: &str) {
        let node = read(text, Format::of("-", text)).unwrap();
        let string = node.get("s").unwrap();
        let value = string.text().unwrap();
        let traced = align(text, string.span, value);
        assert_eq!(traced.text, value.as_str());
        let at = value.find(needle).unwrap();
        let span = traced.span(Span {
            start: at,
            end: at + needle.len(),
        });
        assert_eq!(&text[span.start..span.end], written, "{text}");
    }

    #[test]
    fn a_string_in_quotes_is_followed_through_its_escapes() {
        check(r#"{"s": "a\n\"é\u00e9\ud83d\ude00 here"}"#, "here", "here");
        check(r#"{"s": "a\n\"b"}"#, "\"", "\\\"");
        check("s: 'it''s here'", "here", "here");
        check("s: plain here", "here", "here");
    }

    #[test]
    fn a_literal_block_is_followed_line_by_line() {
        check("s: |\n  one\n    two\n\n  here\n", "here", "here");
        check("s: |\n  one\n    two\n\n  here\n", "two", "two");
        check("s: |-\r\n  one\r\n  here\r\nt: 1", "here", "here");
        check("s:\n  - x\ns: |2\n   one\n  here", "here", "here");
    }

    #[test]
    fn what_is_folded_is_told_as_a_whole() {
        let text = "s: >\n  one\n  two\n";
        let node = read(text, Format::Yaml).unwrap();
        let string = node.get("s").unwrap();
        let traced = align(text, string.span, string.text().unwrap());
        let span = traced.span(Span { start: 4, end: 7 });
        assert_eq!(span, string.span);
    }
}
