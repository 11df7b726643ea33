//! The expression languages of the States Language: JSONPath as AWS evaluates it, Reference Paths, intrinsic functions
//! and payload templates; and JSONata.
//!
//! Expressions are compiled once, when a machine is, and evaluated against a [`Scope`]. They know nothing of states.

mod beyond;
mod dice;
pub mod intrinsics;
pub mod jsonata;
pub mod path;
mod query;
pub mod reference;
mod scope;
pub mod template;

pub use dice::Dice;
pub use intrinsics::Call;
pub use path::{Path, PathError};
pub use query::{Expected, Query, Sight};
pub use reference::ReferencePath;
pub use scope::{Context, Scope, Variables};
pub use template::Template;

/// Why an expression has no value: what becomes the cause of a failed state.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What went wrong, from which the error's name follows.
    pub kind: FaultKind,
    /// The text AWS gives as cause, without the prefix that names the state.
    pub message: String,
    /// The field that holds the expression, where AWS tells it (`Output/v`).
    pub location: Option<String>,
}

impl Fault {
    /// A fault without a location.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            location: None,
        }
    }
}

/// What kind of expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A path of `Parameters` and its kin, or `InputPath` and `OutputPath`, finds nothing.
    Path,
    /// An intrinsic function does not accept its arguments.
    Intrinsic,
    /// A Reference Path cannot be read or written.
    Reference,
    /// A JSONata expression.
    Query,
}
