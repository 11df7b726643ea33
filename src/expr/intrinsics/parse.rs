//! From text to a call.
//!
//! Source: States Language, § Intrinsic Functions.

use super::table::{self, Row};
use super::{Argument, Call};
use crate::expr::Path;
use crate::expr::beyond::beyond_f64;
use crate::expr::path::Dialect;
use crate::value::{Json, Number};

/// How many calls may stand inside each other (AWS developer guide, "Intrinsic functions").
const NESTING: usize = 10;

/// Why a text is no call, and at which character, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (character {character})")]
pub struct CallSyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub character: usize,
}

pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Call, CallSyntaxError> {
    let mut parser = Parser {
        text,
        at: 0,
        dialect,
    };
    parser.blanks();
    let call = parser.call(1)?;
    parser.blanks();
    if parser.at < text.len() {
        return parser.fail("there is more text after the call");
    }
    Ok(call)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The dialect of the paths among its arguments.
    dialect: Dialect,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, message: impl Into<String>) -> Result<T, CallSyntaxError> {
        let character = self.text[..self.at].chars().count() + 1;
        Err(CallSyntaxError {
            message: message.into(),
            character,
        })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    fn eat(&mut self, character: char) -> bool {
        self.blanks();
        let eaten = self.rest().starts_with(character);
        if eaten {
            self.at += character.len_utf8();
        }
        eaten
    }

    fn call(&mut self, depth: usize) -> Result<Call, CallSyntaxError> {
        if depth > NESTING {
            return self.fail(format!("calls nest at most {NESTING} deep"));
        }
        let start = self.at;
        let length = self
            .rest()
            .find(|c: char| !c.is_alphanumeric() && c != '.')
            .unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        let Some(row) = table::find(name) else {
            return self.unknown(name);
        };
        self.at += length;
        if !self.eat('(') {
            return self.fail(format!("`(` must follow `{name}`"));
        }
        let arguments = self.arguments(row, depth)?;
        if !row.arguments.contains(&arguments.len()) {
            self.at = start;
            return self.fail(format!(
                "`{name}` takes {}, not {}",
                counted(row),
                arguments.len()
            ));
        }
        Ok(Call {
            text: self.text[start..self.at].into(),
            row,
            arguments: arguments.into(),
        })
    }

    fn unknown<T>(&self, name: &str) -> Result<T, CallSyntaxError> {
        if name.is_empty() {
            return self.fail("expected a function, such as `States.Format`");
        }
        let near = table::names().find(|known| strsim::osa_distance(known, name) <= 3);
        let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        self.fail(format!("there is no function `{name}`{near}"))
    }

    fn arguments(
        &mut self,
        row: &'static Row,
        depth: usize,
    ) -> Result<Vec<Argument>, CallSyntaxError> {
        let mut arguments = Vec::new();
        if self.eat(')') {
            return Ok(arguments);
        }
        loop {
            self.blanks();
            let is_template = row.name == "States.Format" && arguments.is_empty();
            arguments.push(self.argument(is_template, depth)?);
            if self.eat(')') {
                return Ok(arguments);
            }
            if !self.eat(',') {
                return self.fail("expected `,` or `)`");
            }
        }
    }

    fn argument(&mut self, is_template: bool, depth: usize) -> Result<Argument, CallSyntaxError> {
        match self.rest().chars().next() {
            Some('\'') => self.literal(is_template).map(Argument::Literal),
            Some('$') => self.path().map(Argument::Path),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number().map(Argument::Literal),
            Some(_) => self.word_or_call(depth),
            None => self.fail("the call is never closed"),
        }
    }

    fn word_or_call(&mut self, depth: usize) -> Result<Argument, CallSyntaxError> {
        for (word, value) in [
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("null", Json::Null),
        ] {
            let follows = self
                .rest()
                .strip_prefix(word)
                .map(|rest| rest.trim_start().chars().next());
            if matches!(follows, Some(Some(',' | ')'))) {
                self.at += word.len();
                return Ok(Argument::Literal(value));
            }
        }
        self.call(depth + 1).map(Argument::Call)
    }

    fn number(&mut self) -> Result<Json, CallSyntaxError> {
        let rest = self.rest();
        let length = rest.find([',', ')', ' ']).unwrap_or(rest.len());
        match Number::parse(&rest[..length]).or_else(|| beyond_f64(&rest[..length])) {
            Some(number) => {
                self.at += length;
                Ok(Json::Number(number))
            }
            None => self.fail(format!("`{}` is no number", &rest[..length])),
        }
    }

    /// A path ends at the comma or the parenthesis that is not inside brackets of its own.
    fn path(&mut self) -> Result<Path, CallSyntaxError> {
        let mut brackets = 0_usize;
        let rest = self.rest();
        let end = rest.find(|character| {
            match character {
                '[' | '(' => brackets += 1,
                ']' => brackets = brackets.saturating_sub(1),
                ')' if brackets > 0 => brackets -= 1,
                ',' | ')' if brackets == 0 => return true,
                _ => {}
            }
            false
        });
        let text = rest[..end.unwrap_or(rest.len())].trim_end();
        match Path::compile_in(text, self.dialect) {
            Ok(path) => {
                self.at += text.len();
                Ok(path)
            }
            Err(problem) => self.fail(format!("`{text}` is no JSONPath: {problem}")),
        }
    }

    /// A text in single quotes. A template keeps the escapes of its braces, and of backslashes, for later.
    fn literal(&mut self, is_template: bool) -> Result<Json, CallSyntaxError> {
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\'' => {
                    self.at += at + 1;
                    return Ok(Json::from(value));
                }
                '\\' => {
                    match characters.next() {
                        Some((_, escaped @ ('{' | '}' | '\\'))) if is_template => {
                            value.extend(['\\', escaped])
                        }
                        Some((_, escaped @ ('\'' | '{' | '}' | '\\'))) => value.push(escaped),
                        Some((_, escaped)) => {
                            self.at += at;
                            return self.fail(format!("`\\{escaped}` is no escape: there are `\\'`, `\\{{`, `\\}}` and `\\\\`"));
                        }
                        None => break,
                    }
                }
                _ => value.push(character),
            }
        }
        self.fail("the text is never closed: a `'` is missing")
    }
}

fn counted(row: &Row) -> String {
    let (least, most) = (*row.arguments.start(), *row.arguments.end());
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    match (least, most) {
        (least, usize::MAX) => format!("at least {least} {}", plural(least)),
        (least, most) if least == most => format!("{least} {}", plural(least)),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mistakes_are_told_with_their_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                parse(text, Dialect::Aws).unwrap_err().to_string(),
                expected,
                "{text}"
            )
        };
        check(
            "States.Fromat('x')",
            "there is no function `States.Fromat`: did you mean `States.Format`? (character 1)",
        );
        check(
            "States.UUID(1)",
            "`States.UUID` takes 0 arguments, not 1 (character 1)",
        );
        check(
            "States.MathAdd(1)",
            "`States.MathAdd` takes 2 arguments, not 1 (character 1)",
        );
        check(
            "States.Format('x",
            "the text is never closed: a `'` is missing (character 15)",
        );
        check(
            "States.Format('\\x')",
            "`\\x` is no escape: there are `\\'`, `\\{`, `\\}` and `\\\\` (character 16)",
        );
        check(
            "States.UUID() x",
            "there is more text after the call (character 15)",
        );
        let deep = "States.Array(".repeat(11) + &")".repeat(11);
        check(&deep, "calls nest at most 10 deep (character 131)");
    }

    #[test]
    fn arguments_of_every_kind_are_read() {
        let call = parse(
            "States.Array('a, b)', $.x[?(@.a == 1)].y, $$.Execution.Id, $v, -1.5, true, null, States.UUID())",
            Dialect::Aws,
        );
        let call = call.unwrap();
        assert_eq!(call.arguments.len(), 8);
        let paths: Vec<_> = call
            .paths()
            .iter()
            .map(|path| path.text().to_string())
            .collect();
        assert_eq!(paths, ["$.x[?(@.a == 1)].y", "$$.Execution.Id", "$v"]);
    }

    #[test]
    fn a_literal_may_be_beyond_what_a_double_holds() {
        assert!(parse("States.MathAdd(1e309, 1)", Dialect::Aws).is_ok());
        assert!(parse("States.MathAdd(1e, 1)", Dialect::Aws).is_err());
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(States\\.(Format|Array|MathAdd)\\()?[ -~é]{0,40}") {
            let _ = parse(&text, Dialect::Aws);
        }
    }
}
