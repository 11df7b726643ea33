//! Why a path has no value. The texts are Jayway's, since AWS copies them into causes.

use std::fmt;

use super::trail::since_root;
use super::{Path, Step};
use crate::value::Text;

/// Why a path has no value.
///
/// The message is made when it is asked for: a Choice state misses often and never prints it.
#[derive(Clone)]
pub struct PathError(Box<Problem>);

/// What kind of problem it is, after the exception that Jayway throws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathErrorKind {
    /// `PathNotFoundException`: there is nothing.
    NotFound,
    /// `InvalidPathException`: a step does not fit what is there.
    Invalid,
    /// `NumberFormatException`: a filter compares a number with a text that is none.
    NumberFormat,
    /// `ClassCastException`: a filter matches with something that is no regular expression.
    ClassCast,
    /// `NullPointerException`: a filter without a condition.
    NoPredicate,
    /// A variable that was never assigned.
    UnknownVariable,
}

#[derive(Clone)]
enum Problem {
    /// A definite path misses at one of its steps.
    Miss {
        path: Path,
        step: usize,
        miss: Miss,
    },
    /// Anything else, in words.
    Told {
        kind: PathErrorKind,
        message: String,
    },
    UnknownVariable(Text),
}

/// How a definite path misses.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Miss {
    /// The last name is not there.
    Last,
    /// A name before the last is not there.
    Earlier,
    /// A name is asked of something that is no object.
    NoObject,
    /// An index is asked of `null`.
    Null,
}

impl PathError {
    pub(super) fn miss(path: &Path, step: usize, miss: Miss) -> Self {
        Self(Box::new(Problem::Miss {
            path: path.clone(),
            step,
            miss,
        }))
    }

    pub(super) fn not_found(message: String) -> Self {
        Self(Box::new(Problem::Told {
            kind: PathErrorKind::NotFound,
            message,
        }))
    }

    pub(super) fn invalid(message: String) -> Self {
        Self(Box::new(Problem::Told {
            kind: PathErrorKind::Invalid,
            message,
        }))
    }

    pub(super) fn told(kind: PathErrorKind, message: String) -> Self {
        Self(Box::new(Problem::Told { kind, message }))
    }

    pub(super) fn unknown_variable(name: &Text) -> Self {
        Self(Box::new(Problem::UnknownVariable(name.clone())))
    }

    /// What kind of problem it is.
    #[must_use]
    pub fn kind(&self) -> PathErrorKind {
        match &*self.0 {
            Problem::Miss { .. } => PathErrorKind::NotFound,
            Problem::Told { kind, .. } => *kind,
            Problem::UnknownVariable(_) => PathErrorKind::UnknownVariable,
        }
    }

    /// Whether there is simply nothing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.kind() == PathErrorKind::NotFound
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Problem::Told { message, .. } => f.write_str(message),
            Problem::UnknownVariable(name) => {
                write!(f, "The variable '${name}' has not been assigned")
            }
            Problem::Miss { path, step, miss } => {
                let steps = &path.0.steps;
                match miss {
                    Miss::Last => write!(f, "No results for path: {}", Trail(&steps[..=*step])),
                    Miss::Earlier => {
                        write!(f, "Missing property in path {}", Trail(&steps[..=*step]))
                    }
                    Miss::NoObject => {
                        write!(
                            f,
                            "Property {} not found in path {}",
                            steps[*step],
                            Trail(&steps[..*step])
                        )
                    }
                    Miss::Null => write!(f, "The path {} is null", Trail(&steps[..*step])),
                }
            }
        }
    }
}

impl fmt::Debug for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathError({:?}: {self})", self.kind())
    }
}

impl PartialEq for PathError {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.to_string() == other.to_string()
    }
}

impl std::error::Error for PathError {}

/// The steps that were taken, as Jayway prints them.
struct Trail<'a>(&'a [Step]);

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        since_root(self.0).iter().try_for_each(|step| step.fmt(f))
    }
}
