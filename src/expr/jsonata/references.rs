//! What an expression refers to outside itself, found without evaluating it.

use super::ast::{Call, Kind, Lambda, Node, Path, Stage, Start, Walk};
use super::names::{Names, Symbol};
use crate::value::Text;

/// What an expression refers to outside itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Variables that the expression does not bind and that are no built-in functions, in order of appearance.
    pub variables: Vec<Reference>,
    /// Names at the top level: fields of the input itself.
    pub fields: Vec<Reference>,
    /// Places of `$` that mean the input.
    pub input: Vec<usize>,
    /// Places of `$$`.
    pub root: Vec<usize>,
    /// Functions that are called by a name that nothing binds, built in or not.
    pub functions: Vec<Reference>,
}

/// A name that is used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name, without its `$`.
    pub name: Text,
    /// The names that follow it: `["input", "a"]` for `$states.input.a`.
    pub fields: Vec<Text>,
    /// Where its expression stands, in bytes.
    pub position: usize,
}

impl References {
    /// Finds the references of a tree.
    pub(super) fn of(node: &Node, names: &Names) -> Self {
        let mut finder = Finder {
            names,
            bound: Vec::new(),
            found: Self::default(),
        };
        finder.node(node, Context::Input);
        finder.found
    }
}

/// What `$` and plain names mean at some place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// The input.
    Input,
    /// Something that the expression itself found.
    Inner,
}

struct Finder<'a> {
    names: &'a Names,
    /// The variables that are bound around this place.
    bound: Vec<Symbol>,
    found: References,
}

impl Finder<'_> {
    fn node(&mut self, node: &Node, context: Context) {
        self.kind(node, context);
        let stages = node.predicates.iter().chain(node.stages());
        for stage in stages {
            match stage {
                Stage::Filter(predicate) => self.node(predicate, Context::Inner),
                Stage::Index(symbol) => self.bound.push(*symbol),
            }
        }
        if let Some(group) = &node.group {
            self.pairs(&group.pairs, Context::Inner);
        }
    }

    fn nodes(&mut self, all: &[Node], context: Context) {
        all.iter().for_each(|each| self.node(each, context));
    }

    fn pairs(&mut self, pairs: &[(Node, Node)], context: Context) {
        for (key, value) in pairs {
            self.node(key, context);
            self.node(value, context);
        }
    }

    fn kind(&mut self, node: &Node, context: Context) {
        match &node.kind {
            Kind::Literal(_)
            | Kind::Regex(_)
            | Kind::Hole
            | Kind::Parent(_)
            | Kind::Ancestor(_) => {}
            Kind::Name(name) => self.field(name, &[], node.position, context),
            Kind::Wildcard => self.field(&"*".into(), &[], node.position, context),
            Kind::Descendants => self.field(&"**".into(), &[], node.position, context),
            Kind::Context => self.input(node.position, context),
            Kind::Root => self.found.root.push(node.position),
            Kind::Variable(symbol, _) => self.variable(*symbol, &[], node.position),
            Kind::Walk(walk) => self.walk(walk, node.position, context),
            Kind::Path(path) => self.path(path, context),
            Kind::Negate(inner) => self.node(inner, context),
            Kind::Array(all) => self.nodes(all, context),
            Kind::Object(group) => self.pairs(&group.pairs, context),
            Kind::Binary(_, both) | Kind::Apply(both) => self.nodes(&both[..], context),
            Kind::Bind(symbol, value) => {
                self.node(value, context);
                self.bound.push(*symbol);
            }
            Kind::Condition(both, otherwise) => {
                self.nodes(&both[..], context);
                self.nodes(
                    otherwise.as_deref().map_or(&[], std::slice::from_ref),
                    context,
                );
            }
            Kind::Block(all, _) => self.block(all, context),
            Kind::Call(call) | Kind::Partial(call) => self.call(call, context),
            Kind::Lambda(lambda) => self.lambda(lambda, context),
            Kind::Transform(transform) => {
                self.node(&transform.pattern, Context::Inner);
                self.node(&transform.update, Context::Inner);
                self.nodes(transform.delete.as_slice(), Context::Inner);
            }
            Kind::Sort(terms) => {
                let terms = terms.iter().map(|term| &term.expression);
                terms.for_each(|term| self.node(term, Context::Inner));
            }
        }
    }

    fn walk(&mut self, walk: &Walk, position: usize, context: Context) {
        match (walk.from, walk.names.split_first()) {
            (Start::Fields, Some((first, rest))) => self.field(first, rest, position, context),
            (Start::Fields, None) => {}
            (Start::Context, _) => self.input(position, context),
            (Start::Root, _) => self.found.root.push(position),
            (Start::Variable(symbol, _), _) => self.variable(symbol, &walk.names, position),
        }
    }

    fn lambda(&mut self, lambda: &Lambda, context: Context) {
        let outside = self.bound.len();
        self.bound.extend(&lambda.parameters);
        self.node(&lambda.body, context);
        self.bound.truncate(outside);
    }

    /// The first step has the context of the path; the others have what was found before them.
    fn path(&mut self, path: &Path, context: Context) {
        let outside = self.bound.len();
        let steps = &path.steps;
        if let Some(start) = &path.start
            && let Start::Variable(symbol, _) = start.from
        {
            let next = steps.first().and_then(Node::name);
            let fields: Vec<Text> = start.names.iter().chain(next).cloned().collect();
            self.variable(
                symbol,
                &fields,
                steps.first().map_or(0, |step| step.position),
            );
        }
        for (at, step) in steps.iter().enumerate() {
            let context = if at == 0 && path.start.is_none() {
                context
            } else {
                Context::Inner
            };
            self.node(step, context);
            let binds = step.step.as_ref().map(|step| [step.focus, step.index]);
            self.bound.extend(binds.into_iter().flatten().flatten());
        }
        self.bound.truncate(outside);
    }

    /// A function may be used before the line that binds it: what a block binds anywhere is its own.
    fn block(&mut self, all: &[Node], context: Context) {
        let outside = self.bound.len();
        for item in all {
            if let Kind::Bind(symbol, value) = &item.kind
                && matches!(value.kind, Kind::Lambda(_))
            {
                self.bound.push(*symbol);
            }
        }
        self.nodes(all, context);
        self.bound.truncate(outside);
    }

    fn call(&mut self, call: &Call, context: Context) {
        match &call.procedure.kind {
            Kind::Variable(symbol, _) if self.is_free(*symbol) => {
                self.found.functions.push(Reference {
                    name: self.names.text(*symbol).clone(),
                    fields: Vec::new(),
                    position: call.procedure.position,
                });
            }
            _ => self.node(&call.procedure, context),
        }
        self.nodes(&call.arguments, context);
    }

    fn is_free(&self, symbol: Symbol) -> bool {
        !self.bound.contains(&symbol)
    }

    fn variable(&mut self, symbol: Symbol, fields: &[Text], position: usize) {
        if self.is_free(symbol) && self.names.builtin(symbol).is_none() {
            self.found.variables.push(Reference {
                name: self.names.text(symbol).clone(),
                fields: fields.to_vec(),
                position,
            });
        }
    }

    fn field(&mut self, name: &Text, fields: &[Text], position: usize, context: Context) {
        if context == Context::Input {
            self.found.fields.push(Reference {
                name: name.clone(),
                fields: fields.to_vec(),
                position,
            });
        }
    }

    fn input(&mut self, position: usize, context: Context) {
        if context == Context::Input {
            self.found.input.push(position);
        }
    }
}
