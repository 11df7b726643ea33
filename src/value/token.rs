//! JSON's tokens, each with the place it stands in.

use std::borrow::Cow;

use super::Number;
use super::parse::ParseError;

/// A range of bytes in a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from the start of this one to the end of the other.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        Self {
            start: self.start,
            end: end.end,
        }
    }
}

#[derive(Debug)]
pub(super) enum Token<'a> {
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    Colon,
    Comma,
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    End,
}

/// Reads tokens one after the other.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        Self { text, at }
    }

    pub(super) fn next(&mut self) -> Result<(Token<'a>, Span), ParseError> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
        let start = self.at;
        let token = match self.text.as_bytes().get(start) {
            None => Token::End,
            Some(b'{') => self.one(Token::BeginObject),
            Some(b'}') => self.one(Token::EndObject),
            Some(b'[') => self.one(Token::BeginArray),
            Some(b']') => self.one(Token::EndArray),
            Some(b':') => self.one(Token::Colon),
            Some(b',') => self.one(Token::Comma),
            Some(b'"') => Token::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Token::Number(self.number()?),
            Some(_) => self.word()?,
        };
        Ok((
            token,
            Span {
                start,
                end: self.at,
            },
        ))
    }

    fn one(&mut self, token: Token<'a>) -> Token<'a> {
        self.at += 1;
        token
    }

    pub(super) fn slice(&self, span: Span) -> &'a str {
        &self.text[span.start..span.end]
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> ParseError {
        ParseError::new(self.text, at, message.into())
    }

    fn number(&mut self) -> Result<Number, ParseError> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let length = rest
            .iter()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .count();
        self.at += length;
        let text = &self.text[start..self.at];
        let dangling =
            text.ends_with(['.', 'e', 'E', '-', '+']) || text.contains(".e") || text.contains(".E");
        let number = if dangling { None } else { Number::parse(text) };
        number.ok_or_else(|| {
            let why = if text.parse().is_ok_and(f64::is_infinite) {
                "is beyond the range of a double"
            } else {
                "is not a number"
            };
            self.error(start, format!("`{text}` {why}"))
        })
    }

    fn word(&mut self) -> Result<Token<'a>, ParseError> {
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
            .unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        match word {
            "null" => Ok(Token::Null),
            "true" => Ok(Token::Bool(true)),
            "false" => Ok(Token::Bool(false)),
            "" => {
                let found = rest.chars().next().unwrap_or(' ');
                let help = match found {
                    '\'' => ": strings are written in double quotes",
                    '/' | '#' => ": JSON has no comments",
                    _ => "",
                };
                Err(self.error(start, format!("unexpected character `{found}`{help}")))
            }
            _ => Err(self.error(start, format!("unexpected word `{word}`"))),
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, ParseError> {
        let start = self.at + 1;
        let plain = self.plain(start);
        if self.text.as_bytes().get(start + plain) == Some(&b'"') {
            self.at = start + plain + 1;
            return Ok(Cow::Borrowed(&self.text[start..start + plain]));
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// How many bytes from there on stand for themselves.
    fn plain(&self, from: usize) -> usize {
        self.text.as_bytes()[from..]
            .iter()
            .take_while(|byte| **byte >= 0x20 && **byte != b'"' && **byte != b'\\')
            .count()
    }

    fn escaped(&mut self, start: usize) -> Result<String, ParseError> {
        let mut out = String::new();
        let mut at = start;
        loop {
            let plain = self.plain(at);
            out.push_str(&self.text[at..at + plain]);
            at += plain;
            match self.text.as_bytes().get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(out);
                }
                Some(b'\\') => at = self.escape(at, &mut out)?,
                Some(_) => {
                    return Err(self.error(at, "a control character in a string must be escaped"));
                }
                None => return Err(self.error(start - 1, "this string is never closed")),
            }
        }
    }

    /// Reads the escape at that place; answers where the text goes on.
    fn escape(&self, at: usize, out: &mut String) -> Result<usize, ParseError> {
        let simple = match self.text.as_bytes().get(at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(at, out),
            _ => {
                let found = self.text[at + 1..].chars().next().unwrap_or(' ');
                return Err(self.error(at, format!("`\\{found}` is not an escape of JSON")));
            }
        };
        out.push(simple);
        Ok(at + 2)
    }

    fn unicode(&self, at: usize, out: &mut String) -> Result<usize, ParseError> {
        let hex = |from: usize| {
            let digits = self.text.get(from..from + 4)?;
            digits
                .bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| u32::from_str_radix(digits, 16).ok())
                .flatten()
        };
        let Some(first) = hex(at + 2) else {
            return Err(self.error(at, "`\\u` wants four hexadecimal digits"));
        };
        if let Some(character) = char::from_u32(first) {
            out.push(character);
            return Ok(at + 6);
        }
        let low = if self.text[at + 6..].starts_with("\\u") {
            hex(at + 8)
        } else {
            None
        };
        match low {
            Some(low @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
                let code = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
                out.push(char::from_u32(code).expect("a surrogate pair is a character"));
                Ok(at + 12)
            }
            // Half of a surrogate pair is no character of UTF-8: the replacement character stands for it.
            _ => {
                out.push(char::REPLACEMENT_CHARACTER);
                Ok(at + 6)
            }
        }
    }
}
