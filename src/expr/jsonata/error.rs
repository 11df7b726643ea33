//! What goes wrong in an expression: the reference implementation's codes, and its texts word for word.

use std::fmt;

use crate::value::Text;

/// Why an expression cannot be parsed or has no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The code: `S…` for syntax, `T…` for types, `D…` for values, `U…` for limits.
    pub code: &'static str,
    /// The text.
    pub message: String,
    /// Where in the expression.
    pub position: Option<usize>,
    /// The token at fault.
    pub token: Option<Text>,
}

impl Error {
    /// An error without a place.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
            token: None,
        }
    }
}

/// `code: message`, as it is quoted in causes.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
