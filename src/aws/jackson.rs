//! What the service says of a text that is not JSON, in the words of the parser that it uses (Jackson).

use crate::value::Json;

const VALUE: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Reads JSON, or tells what the service says of it.
///
/// # Errors
/// The parser's words, without the place.
pub fn parse(text: &str) -> Result<Json, String> {
    Json::parse(text).map_err(|error| complaint(text).unwrap_or_else(|| error.to_string()))
}

/// What is wrong with a text; `None` when nothing is that this knows of.
fn complaint(text: &str) -> Option<String> {
    let mut scanner = Scanner {
        rest: text,
        open: Vec::new(),
    };
    scanner.run().err()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Object,
    Array,
}

impl Open {
    fn word(self) -> &'static str {
        match self {
            Self::Object => "Object",
            Self::Array => "Array",
        }
    }
}

struct Scanner<'a> {
    rest: &'a str,
    open: Vec<Open>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), String> {
        loop {
            self.value()?;
            if !self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Reads up to the end of a scalar, or of an empty container, or into a container up to its first value.
    fn value(&mut self) -> Result<(), String> {
        loop {
            match self.peek()? {
                '{' => {
                    self.enter(Open::Object);
                    if self.closes('}')? {
                        return Ok(());
                    }
                    self.name()?;
                }
                '[' => {
                    self.enter(Open::Array);
                    if self.closes(']')? {
                        return Ok(());
                    }
                }
                '"' => return self.string(),
                '-' | '0'..='9' => {
                    self.skip_while(|c| matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9'));
                    return Ok(());
                }
                c if c.is_alphanumeric() || c == '_' || c == '$' => return self.word(),
                c => return Err(unexpected(c, &format!("expected a valid value {VALUE}"))),
            }
        }
    }

    /// Closes what ends and goes on to the next value; `false` at the end of the text.
    fn after_value(&mut self) -> Result<bool, String> {
        while let Some(open) = self.open.last().copied() {
            match (open, self.peek()?) {
                (Open::Object, '}') | (Open::Array, ']') => {
                    self.bump();
                    self.open.pop();
                }
                (_, ',') => {
                    self.bump();
                    if open == Open::Object {
                        self.name()?;
                    }
                    return Ok(true);
                }
                (_, c) => {
                    let wanted = format!("was expecting comma to separate {} entries", open.word());
                    return Err(unexpected(c, &wanted));
                }
            }
        }
        self.skip_while(char::is_whitespace);
        match self.rest.chars().next() {
            None => Ok(false),
            Some(_) => self.value().and(Ok(false)),
        }
    }

    fn name(&mut self) -> Result<(), String> {
        match self.peek()? {
            '"' => self.string()?,
            c => {
                return Err(unexpected(
                    c,
                    "was expecting double-quote to start field name",
                ));
            }
        }
        match self.peek()? {
            ':' => {
                self.bump();
                Ok(())
            }
            c => Err(unexpected(
                c,
                "was expecting a colon to separate field name and value",
            )),
        }
    }

    fn enter(&mut self, open: Open) {
        self.bump();
        self.open.push(open);
    }

    fn closes(&mut self, bracket: char) -> Result<bool, String> {
        let closes = self.peek()? == bracket;
        if closes {
            self.bump();
            self.open.pop();
        }
        Ok(closes)
    }

    fn string(&mut self) -> Result<(), String> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(());
                }
                c if c < ' ' => {
                    return Err(format!(
                        "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be \
                         included in string value",
                        u32::from(c)
                    ));
                }
                _ => {}
            }
        }
        Err("Unexpected end-of-input: was expecting closing quote for a string value".to_owned())
    }

    fn word(&mut self) -> Result<(), String> {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "null" | "true" | "false" => Ok(()),
            _ => Err(format!(
                "Unrecognized token '{word}': was expecting {VALUE}"
            )),
        }
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Result<char, String> {
        self.skip_while(char::is_whitespace);
        self.rest.chars().next().ok_or_else(|| {
            let open = self.open.last().map_or("Object", |open| open.word());
            format!("Unexpected end-of-input within/between {open} entries")
        })
    }

    fn bump(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    fn skip_while(&mut self, skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(skipped);
    }
}

fn unexpected(c: char, wanted: &str) -> String {
    format!(
        "Unexpected character ('{c}' (code {})): {wanted}",
        u32::from(c)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).unwrap_err(), expected, "{text}");
    }

    #[test]
    fn words_that_json_does_not_know_are_named() {
        check(
            "not some json",
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        );
        check(
            r#"{"a": tru}"#,
            "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        );
    }

    #[test]
    fn characters_that_do_not_belong_are_told_with_their_code() {
        check(
            "{'not': 'json'",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        );
        check(
            r#"{"a" 1}"#,
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
        );
        check(
            r#"[{"a": [1, 2]} 3]"#,
            "Unexpected character ('3' (code 51)): was expecting comma to separate Array entries",
        );
        check(
            "[}]",
            "Unexpected character ('}' (code 125)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        );
    }

    #[test]
    fn an_end_that_comes_too_early_is_told() {
        check(
            r#"{"a": 1"#,
            "Unexpected end-of-input within/between Object entries",
        );
        check(
            r#"["a"#,
            "Unexpected end-of-input: was expecting closing quote for a string value",
        );
    }

    #[test]
    fn what_is_json_is_read() {
        assert_eq!(
            parse(" [1, {}] ").map(|json| json.to_string()).as_deref(),
            Ok("[1,{}]")
        );
    }
}
