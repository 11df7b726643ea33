//! Paths, and what is written behind a step: predicates, grouping, order, bindings.

use super::ancestry::adopt;
use super::ast::{Kind, Node, Path, Stage, Term};
use super::error::Error;
use super::process::{Processor, group};
use super::syntax::{SortTerm, Syntax};
use crate::value::{Json, Text};

impl Processor<'_> {
    pub(super) fn path(&mut self, [left, right]: [Syntax; 2]) -> Result<Node, Error> {
        let left = self.node(left)?;
        let mut node = match &left.kind {
            Kind::Path(_) => left,
            Kind::Parent(slot) => {
                let seeking = Some(vec![*slot]);
                let mut node = path_of(left);
                node.seeking = seeking;
                node
            }
            _ => path_of(left),
        };
        let mut rest = self.node(right)?;
        let Kind::Path(path) = &mut node.kind else {
            unreachable!("it was made a path just above");
        };
        if let Kind::Path(more) = rest.kind {
            path.steps.extend(more.steps);
        } else {
            if !rest.predicates.is_empty() {
                rest.step_mut().stages = std::mem::take(&mut rest.predicates);
            }
            path.steps.push(rest);
        }
        for step in &mut path.steps {
            check_step(step)?;
        }
        path.keep_singleton |= path.steps.iter().any(|step| step.keep_array);
        mark_cons(path.steps.first_mut());
        mark_cons(path.steps.last_mut());
        self.slots.resolve(&mut node)?;
        Ok(node)
    }

    pub(super) fn predicate(
        &mut self,
        [left, right]: [Syntax; 2],
        position: usize,
    ) -> Result<Node, Error> {
        let mut node = self.node(left)?;
        let is_path = matches!(node.kind, Kind::Path(_));
        if last_step(&mut node).group.is_some() {
            let message = "A predicate cannot follow a grouping expression in a step";
            return Err(Error::new("S0209", message).at(position));
        }
        let predicate = self.node(right)?;
        let step = last_step(&mut node);
        if predicate.seeking.is_some() {
            self.slots.descend(step, &predicate)?;
        }
        if is_path {
            step.step_mut().stages.push(Stage::Filter(predicate));
        } else {
            step.predicates.push(Stage::Filter(predicate));
        }
        Ok(node)
    }

    pub(super) fn group_by(
        &mut self,
        left: Syntax,
        pairs: Vec<(Syntax, Syntax)>,
        position: usize,
    ) -> Result<Node, Error> {
        let mut node = self.node(left)?;
        if node.group.is_some() {
            let message = "Each step can only have one grouping expression";
            return Err(Error::new("S0210", message).at(position));
        }
        let pairs = self.pairs(pairs)?;
        node.group = Some(Box::new(group(pairs, position)));
        Ok(node)
    }

    pub(super) fn order_by(
        &mut self,
        left: Syntax,
        terms: Vec<SortTerm>,
        position: usize,
    ) -> Result<Node, Error> {
        let mut node = self.node(left)?;
        if !matches!(node.kind, Kind::Path(_)) {
            node = path_of(node);
        }
        let mut sort = Node::new(Kind::Sort(Vec::new()), position);
        let mut processed = Vec::with_capacity(terms.len());
        for term in terms {
            let expression = self.node(term.expression)?;
            adopt(&mut sort, &expression);
            processed.push(Term {
                descending: term.descending,
                expression,
            });
        }
        sort.kind = Kind::Sort(processed);
        if let Kind::Path(path) = &mut node.kind {
            path.steps.push(sort);
        }
        self.slots.resolve(&mut node)?;
        Ok(node)
    }

    pub(super) fn focus(
        &mut self,
        left: Syntax,
        name: &Text,
        keep_array: bool,
        position: usize,
    ) -> Result<Node, Error> {
        let mut node = self.node(left)?;
        let symbol = self.declare(name);
        let step = last_step(&mut node);
        if !step.stages().is_empty() || !step.predicates.is_empty() {
            let message = "A context variable binding must precede any predicates on a step";
            return Err(Error::new("S0215", message).at(position));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            let message = "A context variable binding must precede the 'order-by' clause on a step";
            return Err(Error::new("S0216", message).at(position));
        }
        step.keep_array |= keep_array;
        let step = step.step_mut();
        step.focus = Some(symbol);
        step.tuple = true;
        Ok(node)
    }

    pub(super) fn index(&mut self, left: Syntax, name: &Text) -> Result<Node, Error> {
        let mut node = self.node(left)?;
        let symbol = self.declare(name);
        if !matches!(node.kind, Kind::Path(_)) {
            if !node.predicates.is_empty() {
                node.step_mut().stages = std::mem::take(&mut node.predicates);
            }
            node = path_of(node);
        }
        let step = last_step(&mut node).step_mut();
        if step.stages.is_empty() {
            step.index = Some(symbol);
        } else {
            step.stages.push(Stage::Index(symbol));
        }
        step.tuple = true;
        Ok(node)
    }
}

/// A path of this one step.
pub(super) fn path_of(step: Node) -> Node {
    let position = step.position;
    let path = Path {
        start: None,
        steps: vec![step],
        keep_singleton: false,
    };
    Node::new(Kind::Path(path), position)
}

/// The step that a predicate or a binding belongs to: the last one of a path, or the expression itself.
fn last_step(node: &mut Node) -> &mut Node {
    let is_path = matches!(&node.kind, Kind::Path(path) if !path.steps.is_empty());
    if !is_path {
        return node;
    }
    match &mut node.kind {
        Kind::Path(path) => path.steps.last_mut().expect("a path has a step"),
        _ => unreachable!("it is a path"),
    }
}

/// A string as a step names a field; other literals mean nothing there.
fn check_step(step: &mut Node) -> Result<(), Error> {
    match &step.kind {
        Kind::Literal(Json::String(name)) => {
            step.kind = Kind::Name(name.clone());
            Ok(())
        }
        Kind::Literal(value) => {
            let message = format!(
                "The literal value {value} cannot be used as a step within a path expression"
            );
            Err(Error::new("S0213", message).at(step.position))
        }
        _ => Ok(()),
    }
}

fn mark_cons(step: Option<&mut Node>) {
    if let Some(step) = step
        && matches!(step.kind, Kind::Array(_))
    {
        step.step_mut().cons = true;
    }
}
