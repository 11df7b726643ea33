//! Why a text is not JSON, in the words of Jackson: the service's parser, whose messages it passes on.
//!
//! Columns are the parser's: it points behind the character that it has just read.

use crate::value::Json;

/// How much of a text a message quotes.
const QUOTED: usize = 500;

/// The longest token that a message names whole.
const LONGEST_TOKEN: usize = 256;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    words: String,
    place: String,
}

impl Problem {
    /// The place as the service writes it.
    pub(super) fn location(&self) -> String {
        self.place.clone()
    }

    /// The whole message, with the place at its end.
    pub(super) fn message(&self) -> String {
        format!("{}\n at {}", self.words, self.place)
    }
}

/// Reads JSON, or tells what the service says of it.
///
/// # Errors
/// The parser's words, without the place.
pub fn parse(text: &str) -> Result<Json, String> {
    Json::parse(text)
        .map_err(|error| problem(text).map_or_else(|| error.to_string(), |problem| problem.words))
}

/// The first problem of a text; `None` where it is JSON, or wrong in a way whose words are not known.
pub(super) fn problem(text: &str) -> Option<Problem> {
    Scanner {
        text: text.chars().collect(),
        at: 0,
        open: Vec::new(),
    }
    .run()
    .err()
}

struct Scanner {
    text: Vec<char>,
    at: usize,
    /// The open containers: the bracket and where it stands.
    open: Vec<(char, usize)>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Value,
    FirstValue,
    Name,
    FirstName,
    Separator,
}

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

impl Scanner {
    fn run(mut self) -> Result<(), Problem> {
        let mut expect = Expect::Value;
        loop {
            let Some(character) = self.after_space() else {
                return self.end(expect);
            };
            self.at += 1;
            expect = match expect {
                Expect::Separator if self.open.is_empty() => return Ok(()),
                Expect::Separator if character == ',' => {
                    if self.is_in_object() {
                        Expect::Name
                    } else {
                        Expect::Value
                    }
                }
                Expect::Separator | Expect::FirstName | Expect::FirstValue
                    if "]}".contains(character) =>
                {
                    self.close(character)?
                }
                Expect::Separator => {
                    let what = if self.is_in_object() {
                        "Object"
                    } else {
                        "Array"
                    };
                    let why = format!("was expecting comma to separate {what} entries");
                    return Err(self.unexpected(character, &why));
                }
                Expect::Name | Expect::FirstName => self.name(character)?,
                Expect::Value | Expect::FirstValue => self.value(character)?,
            };
        }
    }

    fn end(&self, expect: Expect) -> Result<(), Problem> {
        let Some((bracket, at)) = self.open.last() else {
            return match expect {
                Expect::Separator => Ok(()),
                _ => Err(self.problem("No content to map due to end-of-input".into())),
            };
        };
        let what = if *bracket == '{' { "Object" } else { "Array" };
        let start = self.place(at + 1);
        Err(self.problem(format!(
            "Unexpected end-of-input: expected close marker for {what} (start marker at {start})"
        )))
    }

    fn after_space(&mut self) -> Option<char> {
        while self
            .text
            .get(self.at)
            .is_some_and(|c| " \t\n\r".contains(*c))
        {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn is_in_object(&self) -> bool {
        self.open.last().is_some_and(|(bracket, _)| *bracket == '{')
    }

    fn close(&mut self, character: char) -> Result<Expect, Problem> {
        let Some((bracket, at)) = self.open.pop() else {
            return Err(self.unexpected(character, &format!("expected a valid value {VALUES}")));
        };
        let (closing, what) = if bracket == '{' {
            ('}', "Object")
        } else {
            (']', "Array")
        };
        if character == closing {
            return Ok(Expect::Separator);
        }
        let start = self.place(at + 1);
        Err(self.problem(format!(
            "Unexpected close marker '{character}': expected '{closing}' (for {what} starting at {start})"
        )))
    }

    fn name(&mut self, character: char) -> Result<Expect, Problem> {
        if character != '"' {
            let why = "was expecting double-quote to start field name";
            return Err(self.unexpected(character, why));
        }
        self.string(" in field name", "name")?;
        match self.after_space() {
            Some(':') => {
                self.at += 1;
                Ok(Expect::Value)
            }
            Some(other) => {
                self.at += 1;
                let why = "was expecting a colon to separate field name and value";
                Err(self.unexpected(other, why))
            }
            None => self.end(Expect::Value).map(|()| Expect::Value),
        }
    }

    fn value(&mut self, character: char) -> Result<Expect, Problem> {
        match character {
            '{' | '[' => {
                self.open.push((character, self.at - 1));
                Ok(if character == '{' {
                    Expect::FirstName
                } else {
                    Expect::FirstValue
                })
            }
            '"' => self
                .string(
                    ": was expecting closing quote for a string value",
                    "string value",
                )
                .map(|()| Expect::Separator),
            '-' | '0'..='9' => {
                let is_numeric = |c: &char| c.is_ascii_digit() || "+-.eE".contains(*c);
                while self.text.get(self.at).is_some_and(is_numeric) {
                    self.at += 1;
                }
                Ok(Expect::Separator)
            }
            _ if character.is_alphabetic() || "_$".contains(character) => self.word(),
            _ => Err(self.unexpected(character, &format!("expected a valid value {VALUES}"))),
        }
    }

    fn word(&mut self) -> Result<Expect, Problem> {
        let start = self.at - 1;
        let is_part = |c: &char| c.is_alphanumeric() || "_$".contains(*c);
        while self.text.get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        let word: String = self.text[start..self.at].iter().collect();
        if ["true", "false", "null"].contains(&word.as_str()) {
            return Ok(Expect::Separator);
        }
        if self.at - start > LONGEST_TOKEN {
            self.at = start + LONGEST_TOKEN;
        }
        let mut token: String = self.text[start..self.at].iter().collect();
        if token.len() < word.len() {
            token.push_str("...");
        }
        Err(self.problem(format!(
            "Unrecognized token '{token}': was expecting {VALUES}"
        )))
    }

    /// Goes behind the closing quote.
    fn string(&mut self, unclosed: &str, what: &str) -> Result<(), Problem> {
        while let Some(&character) = self.text.get(self.at) {
            self.at += 1;
            match character {
                '"' => return Ok(()),
                '\\' => self.escape()?,
                control if control < ' ' => {
                    return Err(self.problem(format!(
                        "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in {what}",
                        u32::from(control)
                    )));
                }
                _ => {}
            }
        }
        Err(self.problem(format!("Unexpected end-of-input{unclosed}")))
    }

    fn escape(&mut self) -> Result<(), Problem> {
        let Some(&escaped) = self.text.get(self.at) else {
            return Err(self.problem("Unexpected end-of-input in character escape sequence".into()));
        };
        self.at += 1;
        if "\"\\/bfnrtu".contains(escaped) {
            return Ok(());
        }
        let words = format!("Unrecognized character escape {}", described(escaped));
        Err(self.problem(words))
    }

    fn unexpected(&self, character: char, why: &str) -> Problem {
        self.problem(format!(
            "Unexpected character ({}): {why}",
            described(character)
        ))
    }

    fn problem(&self, words: String) -> Problem {
        Problem {
            words,
            place: self.place(self.at),
        }
    }

    /// Where the parser is when it has read so many characters.
    fn place(&self, read: usize) -> String {
        let before = &self.text[..read.min(self.text.len())];
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let line_start = before
            .iter()
            .rposition(|c| *c == '\n')
            .map_or(0, |at| at + 1);
        let column = before.len() - line_start + 1;
        let quoted: String = self.text.iter().take(QUOTED).collect();
        let cut = match self.text.len().saturating_sub(QUOTED) {
            0 => String::new(),
            more => format!("[truncated {more} chars]"),
        };
        format!("[Source: (String)\"{quoted}\"{cut}; line: {line}, column: {column}]")
    }
}

fn described(character: char) -> String {
    let code = u32::from(character);
    if character.is_control() {
        format!("(CTRL-CHAR, code {code})")
    } else {
        format!("'{character}' (code {code})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, words: &str, column: usize) {
        let found = problem(text).expect("the text is not JSON");
        assert_eq!(found.words, words);
        let end = format!("; line: 1, column: {column}]");
        assert!(found.place.ends_with(&end), "{}", found.place);
    }

    #[test]
    fn a_word_is_named_whole() {
        let found = problem("not a definition").unwrap();
        let place = "[Source: (String)\"not a definition\"; line: 1, column: 4]";
        assert_eq!(found.location(), place);
        assert_eq!(
            found.message(),
            format!("Unrecognized token 'not': was expecting {VALUES}\n at {place}")
        );
    }

    #[test]
    fn a_character_is_pointed_behind() {
        check(
            "{\"a\":1,}",
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            9,
        );
        check(
            "{\"a\" 1}",
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            7,
        );
        check(
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
            5,
        );
    }

    #[test]
    fn what_was_opened_is_told_where_the_text_ends() {
        check(
            "{",
            "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)\"{\"; line: 1, column: 2])",
            2,
        );
        check(
            "{\"a\": \"b",
            "Unexpected end-of-input: was expecting closing quote for a string value",
            9,
        );
    }

    #[test]
    fn only_the_beginning_of_a_long_text_is_quoted() {
        let text = format!("x{}", " ".repeat(600));
        let place = problem(&text).unwrap().place;
        assert!(
            place.contains("\"[truncated 101 chars]; line: 1, column: 2]"),
            "{place}"
        );
    }

    #[test]
    fn json_has_no_problem() {
        assert_eq!(
            problem(r#"{"a": [1, -2.5e3, "\n", true, null, {}], "b": []}"#),
            None
        );
    }
}
