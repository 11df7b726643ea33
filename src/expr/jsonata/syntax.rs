//! The tree as the parser reads it, before paths are joined and parents found.

use std::sync::Arc;

use super::regex::Regex;
use super::signature::Signature;
use crate::value::{Json, Text};

/// An expression as written.
#[derive(Debug)]
pub(super) struct Syntax {
    pub(super) form: Form,
    /// Just after the token that says what it is.
    pub(super) position: usize,
    /// Whether `[]` follows: results stay arrays.
    pub(super) keep_array: bool,
    /// How many expressions stand inside each other. At most [`super::parser::NESTING`], so that walks may recurse.
    pub(super) height: usize,
}

/// What kind of expression it is.
#[derive(Debug)]
pub(super) enum Form {
    /// Nothing: the text ended where a value was due.
    End,
    Literal(Json),
    Name(Text),
    Variable(Text),
    Regex(Arc<Regex>),
    /// `?` as an argument.
    Hole,
    Wildcard,
    Descendant,
    Parent,
    Negate(Box<Syntax>),
    Array(Vec<Syntax>),
    Object(Vec<(Syntax, Syntax)>),
    /// Every infix operator without a form of its own; `.`, `~>` and `..` as well.
    Binary(&'static str, Box<[Syntax; 2]>),
    /// `a[b]`
    Filter(Box<[Syntax; 2]>),
    /// `a{b: c}`
    Group(Box<Syntax>, Vec<(Syntax, Syntax)>),
    /// `a^(<b, >c)`
    Sort(Box<Syntax>, Vec<SortTerm>),
    /// `$a := b`
    Bind(Text, Box<Syntax>),
    /// `a@$b`
    Focus(Box<Syntax>, Text),
    /// `a#$b`
    Index(Box<Syntax>, Text),
    /// `a ? b : c`
    Condition(Box<[Syntax; 2]>, Option<Box<Syntax>>),
    Block(Vec<Syntax>),
    Call(Box<Syntax>, Vec<Syntax>),
    /// A call with holes.
    Partial(Box<Syntax>, Vec<Syntax>),
    Lambda(Vec<Text>, Option<Signature>, Box<Syntax>),
    /// `|pattern|update,delete|`
    Transform(Box<[Syntax; 2]>, Option<Box<Syntax>>),
}

/// One term of an order-by clause.
#[derive(Debug)]
pub(super) struct SortTerm {
    pub(super) descending: bool,
    pub(super) expression: Syntax,
}

impl Syntax {
    pub(super) fn new(form: Form, position: usize) -> Self {
        let height = 1 + form.height();
        Self {
            form,
            position,
            keep_array: false,
            height,
        }
    }
}

impl Form {
    /// The height of the highest expression inside.
    fn height(&self) -> usize {
        let highest = |all: &[Syntax]| all.iter().map(|each| each.height).max().unwrap_or(0);
        let pairs = |all: &[(Syntax, Syntax)]| {
            let heights = all.iter().map(|(key, value)| key.height.max(value.height));
            heights.max().unwrap_or(0)
        };
        let optional = |each: &Option<Box<Syntax>>| each.as_ref().map_or(0, |each| each.height);
        match self {
            Self::End
            | Self::Literal(_)
            | Self::Name(_)
            | Self::Variable(_)
            | Self::Regex(_)
            | Self::Hole
            | Self::Wildcard
            | Self::Descendant
            | Self::Parent => 0,
            Self::Negate(inner)
            | Self::Bind(_, inner)
            | Self::Focus(inner, _)
            | Self::Index(inner, _)
            | Self::Lambda(_, _, inner) => inner.height,
            Self::Array(all) | Self::Block(all) => highest(all),
            Self::Object(all) => pairs(all),
            Self::Binary(_, both) | Self::Filter(both) => highest(&both[..]),
            Self::Group(left, all) => left.height.max(pairs(all)),
            Self::Sort(left, terms) => {
                let heights = terms.iter().map(|term| term.expression.height);
                heights.max().unwrap_or(0).max(left.height)
            }
            Self::Condition(both, last) | Self::Transform(both, last) => {
                highest(&both[..]).max(optional(last))
            }
            Self::Call(procedure, arguments) | Self::Partial(procedure, arguments) => {
                highest(arguments).max(procedure.height)
            }
        }
    }
}
