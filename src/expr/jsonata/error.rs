//! What goes wrong in an expression: the reference implementation's codes, and its texts word for word.

use std::fmt;
use std::ops::Deref;

use crate::value::{Json, Text};

/// Why an expression cannot be parsed or has no value: a pointer to [`Details`], so that answers stay small.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Details>);

/// What an [`Error`] tells.
///
/// The message is complete except for the name of the function at fault, which is filled in where the function was
/// called.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Details {
    /// The code: `S…` for syntax, `T…` for types, `D…` for values, `U…` for limits.
    pub code: &'static str,
    /// The text.
    pub message: String,
    /// Where in the expression, in UTF-16 units, as the reference counts.
    pub position: Option<usize>,
    /// The token at fault: an operator, or a function's name.
    pub token: Option<Text>,
}

/// Stands in a message where the token belongs, as long as nobody knows it.
const TOKEN: &str = "{{token}}";

impl Error {
    /// An error without a place.
    #[cold]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code,
            message: message.into(),
            position: None,
            token: None,
        }))
    }

    /// The same error at a place, unless it has one.
    #[must_use]
    pub(crate) fn at(mut self, position: usize) -> Self {
        self.0.position.get_or_insert(position);
        self
    }

    /// The same error about a token, unless it has one.
    #[must_use]
    pub(crate) fn about(mut self, token: &str) -> Self {
        if self.0.token.is_none() {
            self.0.token = Some(token.into());
            self.fill(&Json::from(token).to_string());
        }
        self
    }

    /// The same error with its place moved by so many bytes.
    pub(super) fn moved(mut self, by: usize) -> Self {
        self.0.position = Some(self.0.position.unwrap_or(0) + by);
        self
    }

    /// The error as its reader gets it: nothing left open, and the place counted in the units of the reference.
    pub(super) fn finish(mut self, text: &str) -> Self {
        self.fill("undefined");
        self.0.position = self.0.position.map(|bytes| {
            let before = text.get(..bytes).unwrap_or(text);
            before.encode_utf16().count()
        });
        self
    }

    fn fill(&mut self, token: &str) {
        if self.0.message.contains(TOKEN) {
            self.0.message = self.0.message.replace(TOKEN, token);
        }
    }
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// `code: message`, as it is quoted in causes.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_token_is_told() {
        let error = Error::new("T0410", "Argument 1 of function {{token}} is wrong");
        let error = error.about("min").about("outer");
        assert_eq!(
            error.to_string(),
            "T0410: Argument 1 of function \"min\" is wrong"
        );
    }

    #[test]
    fn places_are_counted_in_utf_16_units() {
        let error = Error::new("S0201", "x").at("é𝄞".len());
        assert_eq!(error.finish("é𝄞+").position, Some(3));
    }
}
