//! JSON with comments, and commas behind the last element, as editors allow it.

use crate::asl::{Diagnostic, codes};
use crate::value::Span;

/// The same text with blanks for comments and superfluous commas: byte for byte as long, so that places stay.
pub(super) fn plain(text: &str) -> Result<String, Diagnostic> {
    let mut out = text.as_bytes().to_vec();
    let bytes = text.as_bytes();
    let mut at = 0;
    // The last byte that is neither blank nor comment, and the comma that may turn out to be superfluous.
    let (mut before, mut comma) = (b'{', None);
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => string_end(bytes, at),
            (b'/', Some(b'/')) => blank(&mut out, at, line_end(bytes, at)),
            (b'/', Some(b'*')) => {
                let end = text[at + 2..].find("*/").map(|end| at + 2 + end + 2);
                let end = end.ok_or_else(|| unclosed(at))?;
                blank(&mut out, at, end)
            }
            _ => at + 1,
        };
        let blanked = bytes[at] == b'/' && end > at + 1;
        if !bytes[at].is_ascii_whitespace() && !blanked {
            if let (b'}' | b']', Some(comma)) = (bytes[at], comma) {
                out[comma] = b' ';
            }
            // `[,]` lacks an element rather than having a comma too many.
            comma = (bytes[at] == b',' && !b"{[,:".contains(&before)).then_some(at);
            before = bytes[at];
        }
        at = end;
    }
    Ok(String::from_utf8(out).expect("whole characters were blanked"))
}

/// Writes blanks over a range, but for the ends of lines; answers where the range ends.
fn blank(out: &mut [u8], start: usize, end: usize) -> usize {
    let range = out[start..end].iter_mut();
    range
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .for_each(|byte| *byte = b' ');
    end
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    from + rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())
}

/// One past the string that begins there, or the end of the text.
pub(super) fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn unclosed(at: usize) -> Diagnostic {
    let span = Span {
        start: at,
        end: at + 2,
    };
    Diagnostic::error(
        codes::INVALID_JSON,
        "/",
        span,
        "this comment is never closed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text).unwrap(), expected);
        assert_eq!(text.len(), expected.len());
    }

    #[test]
    fn comments_and_last_commas_become_blanks() {
        check("{\"a\": 1, // é\n}", "{\"a\": 1       \n}");
        check("[1, /* ,\n*/ 2,\n]", "[1,     \n   2 \n]");
        check("[{},]//", "[{} ]  ");
    }

    #[test]
    fn what_stands_in_a_string_stays() {
        check(r#"["//", "/*\",]", ","]"#, r#"["//", "/*\",]", ","]"#);
        check(r#"["open //"#, r#"["open //"#);
    }

    #[test]
    fn a_comma_without_an_element_is_still_wrong() {
        check("[,]", "[,]");
        check("{\"a\":,}", "{\"a\":,}");
        check("[1,,]", "[1,,]");
        assert!(plain("{} /* ").is_err());
    }
}
