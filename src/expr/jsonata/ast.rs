//! The tree that is evaluated: paths joined to steps, variables as numbers, parents found.

use std::sync::Arc;

use super::names::Symbol;
use super::regex::Regex;
use super::signature::Signature;
use crate::value::{Json, Shape, Text};

/// An expression, ready to be evaluated. Never changed after [`super::process`] is done with it.
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Just after the token that says what it is, in bytes.
    pub(super) position: usize,
    /// Whether `[]` follows: a sequence of one stays an array.
    pub(super) keep_array: bool,
    /// Predicates of an expression that is no step of a path.
    pub(super) predicates: Vec<Stage>,
    pub(super) group: Option<Box<Group>>,
    /// What makes it a special step of a path. `None` for nearly all.
    pub(super) step: Option<Box<Step>>,
    /// Parents that must be found further out. Empty when processing is done.
    pub(super) seeking: Option<Vec<usize>>,
}

/// What kind of expression it is.
pub(super) enum Kind {
    Literal(Json),
    Regex(Arc<Regex>),
    /// A field of the context.
    Name(Text),
    /// `$`
    Context,
    /// `$$`
    Root,
    Variable(Symbol, Binding),
    Wildcard,
    Descendants,
    /// `%`, as long as the step is not known whose context it is.
    Parent(usize),
    /// `%`: what the step bound under this name.
    Ancestor(Symbol),
    Path(Path),
    /// A path of plain names: what most expressions are.
    Walk(Walk),
    Negate(Box<Node>),
    Array(Vec<Node>),
    Object(Group),
    Binary(Operator, Box<[Node; 2]>),
    /// `~>`
    Apply(Box<[Node; 2]>),
    Bind(Symbol, Box<Node>),
    Condition(Box<[Node; 2]>, Option<Box<Node>>),
    Block(Vec<Node>, Frames),
    Call(Box<Call>),
    /// A call with holes.
    Partial(Box<Call>),
    /// `?` as an argument.
    Hole,
    Lambda(Arc<Lambda>),
    Transform(Arc<Transform>),
    /// The order-by clause of a path.
    Sort(Vec<Term>),
}

/// Where a variable can be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// Somewhere in the expression.
    Local,
    /// Nowhere in it: by the caller, or it is a built-in function.
    Global,
}

/// Whether a block needs a frame of its own: only when it binds a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    Own,
    Shared,
}

pub(super) struct Path {
    /// The plain names that it begins with from a variable: `$states.input.items` of `$states.input.items[0]`.
    pub(super) start: Option<Walk>,
    pub(super) steps: Vec<Node>,
    /// Whether some step keeps arrays: then a result of one stays an array.
    pub(super) keep_singleton: bool,
}

/// A path of plain names from the context or a variable.
pub(super) struct Walk {
    pub(super) from: Start,
    pub(super) names: Vec<Text>,
}

/// Where a walk begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    /// The fields of the context.
    Fields,
    /// `$`
    Context,
    Root,
    Variable(Symbol, Binding),
}

/// What makes a step of a path special.
#[derive(Default)]
pub(super) struct Step {
    pub(super) stages: Vec<Stage>,
    /// `@$name`
    pub(super) focus: Option<Symbol>,
    /// `#$name`
    pub(super) index: Option<Symbol>,
    /// The name under which `%` finds the step's context.
    pub(super) ancestor: Option<Symbol>,
    /// Whether it carries bindings along, one set for each item.
    pub(super) tuple: bool,
    /// Whether it is an array constructor, whose arrays are not flattened.
    pub(super) cons: bool,
}

/// What is done with the items of a step.
pub(super) enum Stage {
    Filter(Node),
    Index(Symbol),
}

/// The pairs of an object constructor or a group-by.
pub(super) struct Group {
    pub(super) pairs: Vec<(Node, Node)>,
    pub(super) position: usize,
    /// The names, where all are written as different strings.
    pub(super) shape: Option<Shape>,
}

pub(super) struct Call {
    pub(super) procedure: Node,
    pub(super) arguments: Vec<Node>,
    /// What the function is called here.
    pub(super) name: Option<Text>,
}

pub(super) struct Lambda {
    pub(super) parameters: Vec<Symbol>,
    pub(super) signature: Option<Signature>,
    pub(super) body: Node,
    /// Whether a call needs a frame: it has parameters, or binds a variable.
    pub(super) frames: Frames,
    /// What it does when it compares its two parameters' same field, as functions for `$sort` do.
    pub(super) comparator: Option<Comparator>,
}

/// `$l.names > $r.names`, or `<` for the descending order.
pub(super) struct Comparator {
    pub(super) names: Vec<Text>,
    pub(super) descending: bool,
}

pub(super) struct Transform {
    pub(super) pattern: Node,
    pub(super) update: Node,
    pub(super) delete: Option<Node>,
    pub(super) position: usize,
    /// The name `clone`, which a program may bind to something else.
    pub(super) clone: Symbol,
}

/// One term of an order-by clause.
pub(super) struct Term {
    pub(super) descending: bool,
    pub(super) expression: Node,
}

/// An infix operator that evaluates to a value of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenate,
    And,
    Or,
    In,
    Range,
    /// `?:`
    Default,
    /// `??`
    Coalesce,
}

impl Step {
    /// Whether nothing about the step is special.
    pub(super) fn is_plain(&self) -> bool {
        self.stages.is_empty()
            && self.focus.is_none()
            && self.index.is_none()
            && self.ancestor.is_none()
            && !self.tuple
            && !self.cons
    }
}

impl Operator {
    const ALL: [(&'static str, Self); 18] = [
        ("+", Self::Add),
        ("-", Self::Subtract),
        ("*", Self::Multiply),
        ("/", Self::Divide),
        ("%", Self::Remainder),
        ("=", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
        ("&", Self::Concatenate),
        ("and", Self::And),
        ("or", Self::Or),
        ("in", Self::In),
        ("..", Self::Range),
        ("?:", Self::Default),
        ("??", Self::Coalesce),
    ];

    /// The operator that is written so.
    pub(super) fn find(text: &str) -> Option<Self> {
        let row = Self::ALL.iter().find(|(each, _)| *each == text);
        row.map(|(_, operator)| *operator)
    }

    /// How it is written.
    pub(super) fn text(self) -> &'static str {
        let row = Self::ALL.iter().find(|(_, operator)| *operator == self);
        row.map_or("", |(text, _)| text)
    }
}

impl Node {
    pub(super) fn new(kind: Kind, position: usize) -> Self {
        Self {
            kind,
            position,
            keep_array: false,
            predicates: Vec::new(),
            group: None,
            step: None,
            seeking: None,
        }
    }

    /// What makes it a special step, made when it is first asked for.
    pub(super) fn step_mut(&mut self) -> &mut Step {
        self.step.get_or_insert_default()
    }

    /// The stages of a step.
    pub(super) fn stages(&self) -> &[Stage] {
        self.step.as_ref().map_or(&[], |step| &step.stages)
    }

    /// Whether it is an array constructor that keeps its shape.
    pub(super) fn is_cons(&self) -> bool {
        self.step.as_ref().is_some_and(|step| step.cons)
    }

    /// Whether it carries bindings along.
    pub(super) fn is_tuple(&self) -> bool {
        self.step.as_ref().is_some_and(|step| step.tuple)
    }

    /// Whether its value needs no predicate and no grouping.
    pub(super) fn is_bare(&self) -> bool {
        self.predicates.is_empty() && self.group.is_none()
    }

    /// Whether it reads a variable, `$` and `$$` included.
    pub(super) fn is_variable(&self) -> bool {
        matches!(self.kind, Kind::Variable(..) | Kind::Context | Kind::Root)
    }

    /// The name by which a call calls its function.
    pub(super) fn called(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Path(path) => path.steps.first()?.name(),
            _ => None,
        }
    }

    /// The name, if it is a field.
    pub(super) fn name(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// What the reference calls this kind of expression.
    pub(super) fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Literal(Json::String(_)) => "string",
            Kind::Literal(Json::Number(_)) => "number",
            Kind::Literal(_) => "value",
            Kind::Regex(_) => "regex",
            Kind::Name(_) => "name",
            Kind::Context | Kind::Root | Kind::Variable(..) => "variable",
            Kind::Wildcard => "wildcard",
            Kind::Descendants => "descendant",
            Kind::Parent(_) | Kind::Ancestor(_) => "parent",
            Kind::Path(_) | Kind::Walk(_) => "path",
            Kind::Negate(_) | Kind::Array(_) | Kind::Object(_) => "unary",
            Kind::Binary(..) => "binary",
            Kind::Apply(_) => "apply",
            Kind::Bind(..) => "bind",
            Kind::Condition(..) => "condition",
            Kind::Block(..) => "block",
            Kind::Call(_) => "function",
            Kind::Partial(_) => "partial",
            Kind::Hole => "operator",
            Kind::Lambda(_) => "lambda",
            Kind::Transform(_) => "transform",
            Kind::Sort(_) => "sort",
        }
    }
}
