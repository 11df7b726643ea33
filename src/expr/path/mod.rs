//! JSONPath as AWS evaluates it: like Jayway JsonPath 2.0.0, down to its error texts.
//!
//! A path is compiled once and evaluated without allocation as long as it is *definite*: names and single indices, which
//! is what nearly all state machines use. What surprises, and is so on AWS:
//!
//! - an index beyond the end is `null`, not an error, and negative indices are always beyond the end;
//! - a definite path that finds nothing is an error, an indefinite one gives an empty list;
//! - a filter's text without quotes is a text too, and quotes, `&&` and `||` are found wherever they stand.

mod compile;
mod elements;
mod error;
mod evaluate;
mod filter;
mod place;
#[cfg(feature = "rfc9535")]
mod rfc9535;
mod trail;

pub use compile::PathSyntaxError;
pub use error::{PathError, PathErrorKind};

use std::fmt;
use std::sync::Arc;

use self::filter::Filter;
use super::Scope;
use crate::value::{Json, Text};

/// A compiled path. A clone is a reference count.
#[derive(Clone)]
pub struct Path(Arc<Inner>);

struct Inner {
    text: Text,
    root: Root,
    steps: Box<[Step]>,
    definite: bool,
    /// A path of the other dialect, which has no steps.
    #[cfg(feature = "rfc9535")]
    query: Option<rfc9535::Query>,
}

/// Which JSONPath it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// That of AWS: Jayway JsonPath 2.0.0.
    #[default]
    Aws,
    /// That of the standard, RFC 9535. Where AWS takes a path, `$$` and `$name` begin it as ever.
    #[cfg(feature = "rfc9535")]
    Rfc9535,
}

/// Where a path begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the input.
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable.
    Variable(Text),
}

/// One step of a path.
enum Step {
    /// `.name`, `['name']`
    Name(Text),
    /// `['a','b']`: one object with the members that are there. Only at the end.
    Names(Box<[Text]>),
    /// `[n]`
    Index(i64),
    /// `[n,m]`
    Indices(Box<[i64]>),
    /// `[n:]`
    From(i64),
    /// `[:m]`
    To(i64),
    /// `[n:m]`
    Between(i64, i64),
    /// `[(@.length-n)]`, with its sign.
    FromEnd(i64),
    /// `*`, `[*]`
    Wildcard,
    /// `..`
    Scan,
    /// `[?(…)]`
    Filter(Filter),
    /// A `$` in the middle of a path, which means nothing.
    Root,
}

impl Step {
    fn is_definite(&self) -> bool {
        matches!(
            self,
            Self::Name(_) | Self::Names(_) | Self::Index(_) | Self::FromEnd(_) | Self::Root
        )
    }
}

impl Path {
    /// Compiles a path as a state machine writes it: `$…`, `$$…` for the context object, `$name…` for a variable.
    ///
    /// # Errors
    /// When the text is no path.
    pub fn compile(text: &str) -> Result<Self, PathSyntaxError> {
        compile::compile(text)
    }

    /// Compiles a path of a dialect.
    ///
    /// # Errors
    /// When the text is no path of that dialect.
    pub fn compile_in(text: &str, dialect: Dialect) -> Result<Self, PathSyntaxError> {
        match dialect {
            Dialect::Aws => compile::compile(text),
            #[cfg(feature = "rfc9535")]
            Dialect::Rfc9535 => rfc9535::compile(text),
        }
    }

    /// Compiles a path of the bare dialect, where the `$` may be missing: for comparing it with other engines. A state
    /// machine's paths go through [`Path::compile`].
    ///
    /// # Errors
    /// When the text is no path.
    pub fn compile_raw(text: &str) -> Result<Self, PathSyntaxError> {
        compile::raw(text)
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.0.text
    }

    /// Where it begins.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.0.root
    }

    /// The plain names it begins with: `a` and `b` of `$.a.b[0].c`.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        self.0.steps.iter().map_while(|step| match step {
            Step::Name(name) => Some(name),
            _ => None,
        })
    }

    /// Whether it leads to one value. Otherwise it gives a list.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.0.definite
    }

    /// Whether it is a Reference Path: only names and single indices that are not negative.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        #[cfg(feature = "rfc9535")]
        if let Some(query) = &self.0.query {
            return query.is_reference();
        }
        self.0.steps.iter().all(|step| match step {
            Step::Name(name) => !name.contains(['@', ',', ':', '?', '*', '(', ')']),
            Step::Index(index) => *index >= 0,
            _ => false,
        })
    }

    /// The value it leads to. For a definite path a clone, without allocation.
    ///
    /// # Errors
    /// When it leads nowhere, or a step cannot be taken.
    pub fn find(&self, scope: &Scope<'_>) -> Result<Json, PathError> {
        if self.0.root == Root::Input {
            return self.find_in(scope.input);
        }
        self.reach(scope).map(Option::unwrap_or_default)
    }

    /// Whether there is something where it leads. An index beyond the end of a list has nothing, although its value
    /// is `null`.
    #[must_use]
    pub fn is_present(&self, scope: &Scope<'_>) -> bool {
        matches!(self.reach(scope), Ok(Some(_)))
    }

    /// The same, but `None` where an index beyond the end makes the value `null`.
    pub(super) fn reach(&self, scope: &Scope<'_>) -> Result<Option<Json>, PathError> {
        match &self.0.root {
            Root::Input => self.reach_in(scope.input),
            Root::Context => self.reach_in(scope.context.get()),
            Root::Variable(name) => match scope.variables.get(name) {
                Some(value) => self.reach_in(value),
                None => Err(PathError::unknown_variable(name)),
            },
        }
    }

    /// The value its steps lead to from a document.
    ///
    /// # Errors
    /// When they lead nowhere, or one cannot be taken.
    pub fn find_in(&self, document: &Json) -> Result<Json, PathError> {
        if !self.0.steps.is_empty()
            && let Some(value) = evaluate::names(&self.0.steps, document)
        {
            return Ok(value.clone());
        }
        self.reach_in(document).map(Option::unwrap_or_default)
    }

    fn reach_in(&self, document: &Json) -> Result<Option<Json>, PathError> {
        #[cfg(feature = "rfc9535")]
        if let Some(query) = &self.0.query {
            return query.find(self, document).map(Some);
        }
        if self.0.definite {
            evaluate::definite(self, document)
        } else {
            evaluate::indefinite(self, document).map(Some)
        }
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({})", self.0.text)
    }
}

/// As Jayway prints a step in its messages.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |numbers: &[i64]| {
            numbers
                .iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join(",")
        };
        match self {
            Self::Name(name) => write!(f, "['{name}']"),
            Self::Names(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
                write!(f, "[{}]", names.join(", "))
            }
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Indices(indices) => write!(f, "[{}]", list(indices)),
            Self::From(from) => write!(f, "[{from}:]"),
            Self::To(to) => write!(f, "[:{to}]"),
            Self::Between(from, to) => write!(f, "[{from}:{to}]"),
            Self::FromEnd(offset) => write!(f, "[@.size(){offset}]"),
            Self::Wildcard => f.write_str("[*]"),
            Self::Scan => f.write_str(".."),
            Self::Filter(_) => f.write_str("[?]"),
            Self::Root => f.write_str("$"),
        }
    }
}
