//! Fixed answers.

use std::str::FromStr;
use std::sync::Arc;

use super::{Call, Ends, Resolver, Updates};
use crate::engine::{Failure, TaskRequest};
use crate::value::Json;

/// A fixed answer, as the command line writes it: `json:VALUE`, `fail:ERROR[:CAUSE]`, or `echo` for the input itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `json:VALUE`
    Json(Json),
    /// `fail:ERROR[:CAUSE]`
    Fail(Failure),
    /// `echo`
    Echo,
}

/// Why a text is no fixed answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiteralError {
    /// It begins with no word that is known.
    #[error(
        "`{0}` is no answer: write json:VALUE, fail:ERROR[:CAUSE], echo, exec:COMMAND or http://URL"
    )]
    Unknown(String),
    /// What follows `json:` is no JSON.
    #[error("`json:{text}` holds no JSON: {problem}")]
    Json {
        /// The text behind `json:`.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing follows `fail:`.
    #[error("`fail:` wants the name of an error: fail:ERROR[:CAUSE]")]
    NoError,
}

impl FromStr for Literal {
    type Err = LiteralError;

    fn from_str(text: &str) -> Result<Self, LiteralError> {
        if text == "echo" {
            return Ok(Self::Echo);
        }
        if let Some(json) = text.strip_prefix("json:") {
            let problem = |error: crate::value::ParseError| LiteralError::Json {
                text: json.into(),
                problem: error.to_string(),
            };
            return Json::parse(json).map(Self::Json).map_err(problem);
        }
        match text.strip_prefix("fail:") {
            Some(failure) if failure.is_empty() || failure.starts_with(':') => {
                Err(LiteralError::NoError)
            }
            Some(failure) => Ok(Self::Fail(failure_of(failure))),
            None => Err(LiteralError::Unknown(text.into())),
        }
    }
}

/// Error names have colons seldom, `States.Timeout` never: the cause begins behind the first.
fn failure_of(text: &str) -> Failure {
    match text.split_once(':') {
        Some((error, cause)) => Failure::new(error, cause),
        None => Failure::named(text),
    }
}

impl Resolver for Literal {
    fn call(&self, request: &Arc<TaskRequest>, _updates: &Updates) -> Call {
        Call::Done(match self {
            Self::Json(value) => Ok(value.clone()),
            Self::Fail(failure) => Err(failure.clone()),
            Self::Echo => Ok(request.input.clone()),
        })
    }

    /// It stands for what the bearer of the token would say: there is nobody to hand a token to.
    fn ends(&self, _request: &TaskRequest) -> Ends {
        Ends::Task
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let check = |text: &str, expected: Result<Literal, &str>| {
            assert_eq!(
                text.parse::<Literal>().map_err(|error| error.to_string()),
                expected.map_err(str::to_owned)
            );
        };
        check(
            "json:[1]",
            Ok(Literal::Json(Json::from(vec![Json::from(1)]))),
        );
        check("fail:Oops", Ok(Literal::Fail(Failure::named("Oops"))));
        check(
            "fail:Oops:it broke: badly",
            Ok(Literal::Fail(Failure::new("Oops", "it broke: badly"))),
        );
        check("echo", Ok(Literal::Echo));
        check(
            "fail:",
            Err("`fail:` wants the name of an error: fail:ERROR[:CAUSE]"),
        );
        check(
            "json:{",
            Err(
                "`json:{` holds no JSON: expected a member's name in double quotes or `}`, found the end of the text at 1:2",
            ),
        );
        check(
            "x",
            Err(
                "`x` is no answer: write json:VALUE, fail:ERROR[:CAUSE], echo, exec:COMMAND or http://URL",
            ),
        );
    }
}
