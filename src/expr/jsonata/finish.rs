//! The last pass over a tree: parents get their names, variables their bindings, and plain paths their fast form.

use std::sync::Arc;

use super::Dialect;
use super::ancestry::Slots;
use super::ast::{Binding, Call, Comparator, Kind, Lambda, Node, Operator, Stage, Start, Step};
use super::ast::{Transform, Walk};
use super::names::Symbol;

/// Finishes a tree.
pub(super) fn finish(node: &mut Node, slots: &Slots, bound: &[Symbol], dialect: Dialect) {
    let finisher = Finisher {
        slots,
        bound,
        dialect,
    };
    finisher.node(node);
}

struct Finisher<'a> {
    slots: &'a Slots,
    bound: &'a [Symbol],
    dialect: Dialect,
}

impl Finisher<'_> {
    fn node(&self, node: &mut Node) {
        node.seeking = None;
        let mut stages: Vec<&mut Stage> = node.predicates.iter_mut().collect();
        stages.extend(node.step.iter_mut().flat_map(|step| &mut step.stages));
        for stage in stages {
            if let Stage::Filter(predicate) = stage {
                self.node(predicate);
            }
        }
        if let Some(group) = &mut node.group {
            self.pairs(&mut group.pairs);
        }
        self.inner(&mut node.kind);
        if let Some(walk) = walk(node) {
            node.kind = Kind::Walk(walk);
        } else if let Kind::Path(path) = &mut node.kind {
            path.start = start(&mut path.steps);
        }
    }

    fn nodes(&self, all: &mut [Node]) {
        all.iter_mut().for_each(|each| self.node(each));
    }

    fn pairs(&self, pairs: &mut [(Node, Node)]) {
        for (key, value) in pairs {
            self.node(key);
            self.node(value);
        }
    }

    fn inner(&self, kind: &mut Kind) {
        match kind {
            Kind::Literal(_)
            | Kind::Regex(_)
            | Kind::Name(_)
            | Kind::Context
            | Kind::Root
            | Kind::Wildcard
            | Kind::Descendants
            | Kind::Ancestor(_)
            | Kind::Walk(_)
            | Kind::Hole => {}
            Kind::Variable(symbol, binding) => *binding = self.binding(*symbol),
            Kind::Parent(slot) => *kind = Kind::Ancestor(self.slots.name(*slot)),
            Kind::Path(path) => self.nodes(&mut path.steps),
            Kind::Negate(inner) | Kind::Bind(_, inner) => self.node(inner),
            Kind::Array(all) | Kind::Block(all, _) => self.nodes(all),
            Kind::Object(group) => self.pairs(&mut group.pairs),
            Kind::Binary(_, both) | Kind::Apply(both) => self.nodes(&mut both[..]),
            Kind::Condition(both, otherwise) => {
                self.nodes(&mut both[..]);
                if let Some(otherwise) = otherwise {
                    self.node(otherwise);
                }
            }
            Kind::Call(call) | Kind::Partial(call) => self.call(call),
            Kind::Lambda(lambda) => {
                self.lambda(Arc::get_mut(lambda).expect("nobody else has the tree yet"));
            }
            Kind::Transform(transform) => {
                self.transform(Arc::get_mut(transform).expect("nobody else has the tree yet"));
            }
            Kind::Sort(terms) => {
                for term in terms {
                    self.node(&mut term.expression);
                }
            }
        }
    }

    fn binding(&self, symbol: Symbol) -> Binding {
        // What `$eval` binds, nobody knows before.
        if self.dialect == Dialect::Latest || self.bound.contains(&symbol) {
            Binding::Local
        } else {
            Binding::Global
        }
    }

    fn call(&self, call: &mut Call) {
        self.node(&mut call.procedure);
        self.nodes(&mut call.arguments);
    }

    fn lambda(&self, lambda: &mut Lambda) {
        self.node(&mut lambda.body);
        lambda.comparator = comparator(lambda);
    }

    fn transform(&self, transform: &mut Transform) {
        self.node(&mut transform.pattern);
        self.node(&mut transform.update);
        if let Some(delete) = &mut transform.delete {
            self.node(delete);
        }
    }
}

/// The fast form of a path of plain names.
fn walk(node: &Node) -> Option<Walk> {
    let Kind::Path(path) = &node.kind else {
        return None;
    };
    let special = path.keep_singleton || node.group.is_some() || node.is_tuple();
    if special || !path.steps.iter().all(is_plain) {
        return None;
    }
    let (first, rest) = path.steps.split_first()?;
    let mut names = Vec::with_capacity(path.steps.len());
    let from = match &first.kind {
        Kind::Name(name) => {
            names.push(name.clone());
            Start::Fields
        }
        Kind::Context => Start::Context,
        Kind::Root => Start::Root,
        Kind::Variable(symbol, binding) => Start::Variable(*symbol, *binding),
        _ => return None,
    };
    for step in rest {
        let Kind::Name(name) = &step.kind else {
            return None;
        };
        names.push(name.clone());
    }
    // A `$` alone is not a name of the context.
    let is_walk = !(matches!(first.kind, Kind::Context) && rest.is_empty());
    is_walk.then_some(Walk { from, names })
}

/// Takes the plain names that a path begins with from a variable out of its steps. At least one step stays.
fn start(steps: &mut Vec<Node>) -> Option<Walk> {
    let first = steps.first().filter(|first| is_plain(first))?;
    let Kind::Variable(symbol, binding) = first.kind else {
        return None;
    };
    let mut names = Vec::new();
    for step in &steps[1..steps.len() - 1] {
        match &step.kind {
            Kind::Name(name) if is_plain(step) => names.push(name.clone()),
            _ => break,
        }
    }
    if names.is_empty() {
        return None;
    }
    steps.drain(..=names.len());
    Some(Walk {
        from: Start::Variable(symbol, binding),
        names,
    })
}

/// Whether nothing about a step is special.
fn is_plain(step: &Node) -> bool {
    step.is_bare() && !step.keep_array && step.step.as_deref().is_none_or(Step::is_plain)
}

/// Recognises a function that compares the same field of its two parameters.
fn comparator(lambda: &Lambda) -> Option<Comparator> {
    let [left, right] = lambda.parameters.as_slice() else {
        return None;
    };
    let Kind::Binary(operator, both) = &lambda.body.kind else {
        return None;
    };
    let descending = match operator {
        Operator::Greater => false,
        Operator::Less => true,
        _ => return None,
    };
    let names = |node: &Node, parameter: Symbol| match &node.kind {
        _ if !node.is_bare() || node.keep_array => None,
        Kind::Variable(symbol, _) if *symbol == parameter => Some(Vec::new()),
        Kind::Walk(walk) => match walk.from {
            Start::Variable(symbol, _) if symbol == parameter => Some(walk.names.clone()),
            _ => None,
        },
        _ => None,
    };
    let first = names(&both[0], *left)?;
    let plain = lambda.signature.is_none() && lambda.body.is_bare() && left != right;
    (plain && names(&both[1], *right)? == first).then_some(Comparator {
        names: first,
        descending,
    })
}
