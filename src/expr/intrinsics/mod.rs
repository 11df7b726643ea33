//! Intrinsic functions: `States.Format('Hello, {}', $.name)`.
//!
//! A call is compiled once; `table.rs` has a row for each function. What AWS does differently from its own documentation is
//! said at each function and shown by a case in `conformance/intrinsics/`.

mod array;
mod codec;
pub(super) mod java;
mod json;
mod math;
mod parse;
mod string;
mod table;

pub use parse::CallSyntaxError;
pub use table::names;

use std::fmt;

use self::table::Row;
use super::path::Dialect;
use super::{Dice, Fault, FaultKind, Path, Scope};
use crate::value::{Json, Text};

/// A compiled call of an intrinsic function.
pub struct Call {
    text: Text,
    row: &'static Row,
    arguments: Box<[Argument]>,
}

/// What a function is given.
enum Argument {
    Literal(Json),
    Path(Path),
    Call(Call),
}

/// Why a function does not accept its arguments.
enum Complaint {
    /// They are wrong, which is all that AWS says.
    Arguments,
    /// In words.
    Told(String),
}

/// What a function returns.
type Answer = Result<Json, Complaint>;

/// What implements a function.
type Function = fn(&[Json], &Dice) -> Answer;

impl Call {
    /// Compiles a call.
    ///
    /// # Errors
    /// When the text is none: no such function, a wrong number of arguments, a literal that is never closed, a path that
    /// is none, or more than ten calls inside each other.
    pub fn compile(text: &str) -> Result<Self, CallSyntaxError> {
        Self::compile_in(text, Dialect::Aws)
    }

    /// Compiles a call whose paths are of this dialect.
    ///
    /// # Errors
    /// As [`Call::compile`].
    pub fn compile_in(text: &str, dialect: Dialect) -> Result<Self, CallSyntaxError> {
        parse::parse(text, dialect)
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The name of the function.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.row.name
    }

    /// The paths among its arguments, and among theirs.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    fn gather<'a>(&'a self, found: &mut Vec<&'a Path>) {
        for argument in &self.arguments {
            match argument {
                Argument::Literal(_) => {}
                Argument::Path(path) => found.push(path),
                Argument::Call(call) => call.gather(found),
            }
        }
    }

    /// Calls the function.
    ///
    /// # Errors
    /// When an argument's path finds nothing, or the function does not accept its arguments.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Json, Fault> {
        self.eval_inside(scope, &self.text)
    }

    /// Calls nest at most ten deep. Messages quote the outermost one.
    fn eval_inside(&self, scope: &Scope<'_>, outermost: &str) -> Result<Json, Fault> {
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            arguments.push(match argument {
                Argument::Literal(value) => value.clone(),
                Argument::Path(path) => argument_at(path, scope, outermost)?,
                Argument::Call(call) => call.eval_inside(scope, outermost)?,
            });
        }
        (self.row.function)(&arguments, scope.dice)
            .map_err(|complaint| self.fault(&complaint, outermost))
    }

    fn fault(&self, complaint: &Complaint, outermost: &str) -> Fault {
        let reason = match complaint {
            Complaint::Arguments => format!("Invalid arguments in {}", self.row.name),
            Complaint::Told(reason) => reason.clone(),
        };
        let message = format!(
            "There was an error while evaluating the intrinsic function: {outermost}. {reason}"
        );
        Fault::new(FaultKind::Intrinsic, message)
    }
}

/// What a path leads to. Unlike in a template, an index beyond the end is an error here; a path into the context object is
/// printed as if it led into the input (observed on AWS).
fn argument_at(path: &Path, scope: &Scope<'_>, outermost: &str) -> Result<Json, Fault> {
    if let Ok(Some(found)) = path.reach(scope) {
        return Ok(found);
    }
    let shown = path
        .text()
        .strip_prefix("$$")
        .map_or_else(|| path.text().to_string(), |rest| format!("${rest}"));
    let message = format!(
        "The function '{outermost}' had the following error: The JsonPath argument for the field '{shown}' could not be \
         found in the input '{}'",
        scope.input
    );
    Err(Fault::new(FaultKind::Intrinsic, message))
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.text)
    }
}

/// A whole number from any number, towards zero: what AWS does where its documentation says it rounds.
fn truncated(value: &Json) -> Result<i64, Complaint> {
    let number = value.as_number().ok_or(Complaint::Arguments)?;
    match number.as_i64() {
        Some(int) => Ok(int),
        None if number.as_f64().abs() < 9e18 => Ok(number.as_f64().trunc() as i64),
        None => Err(Complaint::Arguments),
    }
}

fn array_of(value: &Json) -> Result<&[Json], Complaint> {
    value.as_array().ok_or(Complaint::Arguments)
}

fn text_of(value: &Json) -> Result<&str, Complaint> {
    value.as_str().ok_or(Complaint::Arguments)
}

/// A string as it is, anything else as JSON.
fn as_text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
