//! JSONata: the query language of states whose `QueryLanguage` is `JSONata`.
//!
//! An [`Expression`] is parsed once and evaluated often, on values that are shared and never converted. It behaves as the
//! reference implementation does, down to codes and texts of errors, in the [`Dialect`] of the service or in the latest.
//! What an evaluation may cost is set by [`Limits`]; what it draws on comes from an [`Environment`].
//!
//! ```
//! use sfn::expr::Dice;
//! use sfn::expr::jsonata::{Bindings, Dialect, Environment, Expression, Limits, Outcome};
//! use sfn::Json;
//! use sfn::value::Timestamp;
//!
//! let expression = Expression::parse("items[price > 10].name", Dialect::Aws).expect("it can be parsed");
//! let input = Json::parse(r#"{"items":[{"name":"a","price":9},{"name":"b","price":11}]}"#).expect("JSON");
//! let environment = Environment { now: Timestamp::from_millis(0), dice: &Dice::new(1, 0) };
//! let outcome = expression.evaluate(Some(&input), &Bindings::new(), &Limits::aws(), &environment);
//! assert_eq!(outcome, Ok(Outcome::Value(Json::from("b"))));
//! ```
//!
//! | part | files |
//! |---|---|
//! | from text to a tree | `lexer`, `parser`, `syntax`, `signature` |
//! | the tree that is evaluated | `process`, `steps`, `ancestry`, `finish`, `ast`, `names`, `references` |
//! | evaluation | `evaluate/`, `item`, `frame`, `function`, `limits`, `bindings` |
//! | built-in functions | `functions/`, `number`, `text`, and the pictures of numbers and dates |

mod ancestry;
mod ast;
mod bindings;
mod datetime;
mod digits;
mod error;
mod evaluate;
mod finish;
mod format_integer;
mod format_number;
mod frame;
mod function;
mod functions;
mod integer_picture;
mod item;
mod lexer;
mod limits;
mod names;
mod number;
mod number_picture;
mod numbering;
mod parse_integer;
mod parser;
mod process;
mod references;
mod regex;
mod signature;
mod steps;
mod symbols;
mod syntax;
mod text;
mod words;

pub use bindings::{Bindings, Environment, States};
pub use error::{Details, Error};
pub use limits::Limits;
pub use references::{Reference, References};

use std::fmt;
use std::sync::Arc;

use self::ast::Node;
use self::evaluate::Evaluator;
use self::item::Item;
use self::names::Names;
use crate::value::{Json, Text};

/// Which language it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Version 2.0.6 with the service's own functions and without `$eval`.
    Aws,
    /// The latest version, with `??`, `?:` and `$eval`.
    Latest,
}

/// A parsed expression. A clone is a reference count.
#[derive(Clone)]
pub struct Expression(Arc<Inner>);

struct Inner {
    text: Text,
    dialect: Dialect,
    node: Node,
    names: Names,
    references: References,
}

const fn is_send_and_sync<T: Send + Sync>() {}
const _: () = is_send_and_sync::<Expression>();

/// What an evaluation gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing.
    Undefined,
    /// A value.
    Value(Json),
    /// A function, which has no JSON.
    Function,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// When the text is no expression of the dialect, or nests too deep.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Error> {
        let mut names = Names::new(dialect);
        let node = parser::parse(text, dialect)
            .and_then(|syntax| process::process(syntax, dialect, &mut names))
            .map_err(|error| error.finish(text))?;
        let references = References::of(&node, &names);
        Ok(Self(Arc::new(Inner {
            text: text.into(),
            dialect,
            node,
            names,
            references,
        })))
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.0.text
    }

    /// What it refers to outside itself.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.0.references
    }

    /// Evaluates the expression on an input, which may be missing.
    ///
    /// # Errors
    /// When the expression fails, or uses up one of its limits.
    pub fn evaluate(
        &self,
        input: Option<&Json>,
        bindings: &Bindings<'_>,
        limits: &Limits,
        environment: &Environment<'_>,
    ) -> Result<Outcome, Error> {
        let Inner {
            text,
            dialect,
            node,
            names,
            ..
        } = &*self.0;
        let input = input.map_or(Item::Undefined, |input| Item::Json(input.clone()));
        let mut evaluator = Evaluator::new(*dialect, names, bindings, environment, *limits);
        evaluator
            .run(node, input)
            .and_then(|item| match item {
                Item::Undefined => Ok(Outcome::Undefined),
                item if item.is_function() => Ok(Outcome::Function),
                item => text::handed_out(item, *dialect, &mut evaluator.meter).map(Outcome::Value),
            })
            .map_err(|error| error.finish(text))
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({})", self.0.text)
    }
}
