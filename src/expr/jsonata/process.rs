//! From the tree as written to the tree that is evaluated.
//!
//! Nested dots become one path, predicates move to the steps they belong to, and variables' names become numbers.

use std::sync::Arc;

use super::Dialect;
use super::ancestry::{Slots, adopt, no_parent};
use super::ast::{Binding, Call, Frames, Group, Kind, Lambda, Node, Operator, Transform};
use super::error::Error;
use super::names::{Names, Symbol};
use super::number;
use super::steps::path_of;
use super::syntax::{Form, Syntax};
use crate::value::{Json, Shape, Text};

/// Processes a tree. Names are added to those that are there.
pub(super) fn process(syntax: Syntax, dialect: Dialect, names: &mut Names) -> Result<Node, Error> {
    let mut processor = Processor {
        dialect,
        names,
        slots: Slots::default(),
        binds: vec![false],
        bound: Vec::new(),
    };
    let mut node = processor.node(syntax)?;
    if node.seeking.is_some() || matches!(node.kind, Kind::Parent(_)) {
        return Err(no_parent(&node, None));
    }
    let Processor { slots, bound, .. } = processor;
    super::finish::finish(&mut node, &slots, &bound, dialect);
    Ok(node)
}

pub(super) struct Processor<'a> {
    dialect: Dialect,
    names: &'a mut Names,
    pub(super) slots: Slots,
    /// For each block or function around: whether it binds a variable.
    binds: Vec<bool>,
    /// Every variable that is bound somewhere.
    bound: Vec<Symbol>,
}

impl Processor<'_> {
    pub(super) fn node(&mut self, syntax: Syntax) -> Result<Node, Error> {
        let (position, keep_array) = (syntax.position, syntax.keep_array);
        let mut node = match syntax.form {
            Form::Binary(".", both) => self.path(*both)?,
            Form::Filter(both) => self.predicate(*both, position)?,
            Form::Group(left, pairs) => self.group_by(*left, pairs, position)?,
            Form::Sort(left, terms) => self.order_by(*left, terms, position)?,
            Form::Focus(left, name) => self.focus(*left, &name, keep_array, position)?,
            Form::Index(left, name) => self.index(*left, &name)?,
            Form::Negate(inner) => self.negate(*inner, position)?,
            Form::Name(name) => {
                let mut step = Node::new(Kind::Name(name), position);
                step.keep_array = keep_array;
                let mut node = path_of(step);
                if let Kind::Path(path) = &mut node.kind {
                    path.keep_singleton = keep_array;
                }
                node
            }
            form => self.plain(form, position)?,
        };
        node.keep_array |= keep_array;
        Ok(node)
    }

    /// Expressions that stay what they are.
    fn plain(&mut self, form: Form, position: usize) -> Result<Node, Error> {
        let kind = match form {
            Form::End => return Err(unexpected_end(position)),
            Form::Literal(value) => Kind::Literal(value),
            Form::Regex(regex) => Kind::Regex(regex),
            Form::Variable(name) => self.variable(&name),
            Form::Hole => Kind::Hole,
            Form::Wildcard => Kind::Wildcard,
            Form::Descendant => Kind::Descendants,
            Form::Parent => Kind::Parent(self.slots.open(self.names)),
            Form::Array(all) => return self.array(all, position),
            Form::Object(pairs) => return self.object(pairs, position),
            Form::Binary(operator, both) => return self.binary(operator, *both, position),
            Form::Bind(name, value) => return self.bind(&name, *value, position),
            Form::Condition(both, last) => return self.condition(*both, last, position),
            Form::Block(all) => return self.block(all, position),
            Form::Call(procedure, arguments) => {
                return self.call(Kind::Call, *procedure, arguments, position);
            }
            Form::Partial(procedure, arguments) => {
                return self.call(Kind::Partial, *procedure, arguments, position);
            }
            Form::Lambda(parameters, signature, body) => {
                self.binds.push(!parameters.is_empty());
                let parameters = parameters.iter().map(|name| self.declare(name)).collect();
                let body = self.node(*body)?;
                Kind::Lambda(Arc::new(Lambda {
                    parameters,
                    signature,
                    body,
                    frames: self.frames(),
                    comparator: None,
                }))
            }
            Form::Transform(both, delete) => self.transform(*both, delete, position)?,
            Form::Name(_)
            | Form::Filter(_)
            | Form::Group(..)
            | Form::Sort(..)
            | Form::Focus(..)
            | Form::Index(..)
            | Form::Negate(_) => unreachable!("these have their own places in `node`"),
        };
        Ok(Node::new(kind, position))
    }

    fn variable(&mut self, name: &Text) -> Kind {
        match name.as_str() {
            "" => Kind::Context,
            "$" => Kind::Root,
            _ => Kind::Variable(self.names.intern(name), Binding::Local),
        }
    }

    pub(super) fn declare(&mut self, name: &Text) -> Symbol {
        let symbol = self.names.intern(name);
        self.bound.push(symbol);
        symbol
    }

    /// Closes a scope; tells whether it needs a frame. What `$eval` binds, nobody knows before.
    fn frames(&mut self) -> Frames {
        let binds = self.binds.pop().unwrap_or(true);
        if binds || self.dialect == Dialect::Latest {
            Frames::Own
        } else {
            Frames::Shared
        }
    }

    fn nodes(&mut self, all: Vec<Syntax>) -> Result<Vec<Node>, Error> {
        let mut nodes = Vec::with_capacity(all.len());
        for each in all {
            nodes.push(self.node(each)?);
        }
        Ok(nodes)
    }

    pub(super) fn pairs(
        &mut self,
        pairs: Vec<(Syntax, Syntax)>,
    ) -> Result<Vec<(Node, Node)>, Error> {
        let mut nodes = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            nodes.push((self.node(key)?, self.node(value)?));
        }
        Ok(nodes)
    }

    fn negate(&mut self, inner: Syntax, position: usize) -> Result<Node, Error> {
        let inner = self.node(inner)?;
        if let Kind::Literal(Json::Number(value)) = &inner.kind {
            let kind = Kind::Literal(Json::Number(number::negated(value)));
            return Ok(Node { kind, ..inner });
        }
        let mut node = Node::new(Kind::Hole, position);
        adopt(&mut node, &inner);
        node.kind = Kind::Negate(Box::new(inner));
        Ok(node)
    }

    fn array(&mut self, all: Vec<Syntax>, position: usize) -> Result<Node, Error> {
        let items = self.nodes(all)?;
        let mut node = Node::new(Kind::Hole, position);
        items.iter().for_each(|item| adopt(&mut node, item));
        node.kind = Kind::Array(items);
        Ok(node)
    }

    fn object(&mut self, pairs: Vec<(Syntax, Syntax)>, position: usize) -> Result<Node, Error> {
        let pairs = self.pairs(pairs)?;
        let mut node = Node::new(Kind::Hole, position);
        for (key, value) in &pairs {
            adopt(&mut node, key);
            adopt(&mut node, value);
        }
        node.kind = Kind::Object(group(pairs, position));
        Ok(node)
    }

    fn binary(
        &mut self,
        operator: &'static str,
        [left, right]: [Syntax; 2],
        position: usize,
    ) -> Result<Node, Error> {
        let both = Box::new([self.node(left)?, self.node(right)?]);
        let mut node = Node::new(Kind::Hole, position);
        let Some(operator) = Operator::find(operator) else {
            node.keep_array = both.iter().any(|each| each.keep_array);
            node.kind = Kind::Apply(both);
            return Ok(node);
        };
        both.iter().for_each(|each| adopt(&mut node, each));
        node.kind = Kind::Binary(operator, both);
        Ok(node)
    }

    fn bind(&mut self, name: &Text, value: Syntax, position: usize) -> Result<Node, Error> {
        let symbol = self.declare(name);
        if let Some(scope) = self.binds.last_mut() {
            *scope = true;
        }
        let value = self.node(value)?;
        let mut node = Node::new(Kind::Hole, position);
        adopt(&mut node, &value);
        node.kind = Kind::Bind(symbol, Box::new(value));
        Ok(node)
    }

    fn condition(
        &mut self,
        [condition, then]: [Syntax; 2],
        otherwise: Option<Box<Syntax>>,
        position: usize,
    ) -> Result<Node, Error> {
        let both = Box::new([self.node(condition)?, self.node(then)?]);
        let otherwise = match otherwise {
            Some(otherwise) => Some(Box::new(self.node(*otherwise)?)),
            None => None,
        };
        let mut node = Node::new(Kind::Hole, position);
        both.iter()
            .chain(otherwise.as_deref())
            .for_each(|each| adopt(&mut node, each));
        node.kind = Kind::Condition(both, otherwise);
        Ok(node)
    }

    fn block(&mut self, all: Vec<Syntax>, position: usize) -> Result<Node, Error> {
        self.binds.push(false);
        let items = self.nodes(all)?;
        let mut node = Node::new(Kind::Hole, position);
        for item in &items {
            adopt(&mut node, item);
            let first_is_cons = match &item.kind {
                Kind::Path(path) => path.steps.first().is_some_and(Node::is_cons),
                _ => false,
            };
            if item.is_cons() || first_is_cons {
                node.step_mut().cons = true;
            }
        }
        node.kind = Kind::Block(items, self.frames());
        Ok(node)
    }

    fn call(
        &mut self,
        kind: fn(Box<Call>) -> Kind,
        procedure: Syntax,
        arguments: Vec<Syntax>,
        position: usize,
    ) -> Result<Node, Error> {
        let mut node = Node::new(Kind::Hole, position);
        let arguments = self.nodes(arguments)?;
        arguments.iter().for_each(|each| adopt(&mut node, each));
        let procedure = self.node(procedure)?;
        let name = match &procedure.kind {
            Kind::Variable(symbol, _) => Some(self.names.text(*symbol).clone()),
            _ => procedure.called().cloned(),
        };
        node.kind = kind(Box::new(Call {
            procedure,
            arguments,
            name,
        }));
        Ok(node)
    }

    fn transform(
        &mut self,
        [pattern, update]: [Syntax; 2],
        delete: Option<Box<Syntax>>,
        position: usize,
    ) -> Result<Kind, Error> {
        let pattern = self.node(pattern)?;
        let update = self.node(update)?;
        let delete = match delete {
            Some(delete) => Some(self.node(*delete)?),
            None => None,
        };
        Ok(Kind::Transform(Arc::new(Transform {
            pattern,
            update,
            delete,
            position,
            clone: self.names.intern(&Text::new_static("clone")),
        })))
    }
}

/// The pairs of an object or a grouping, and their shape where it is known.
pub(super) fn group(pairs: Vec<(Node, Node)>, position: usize) -> Group {
    let names = pairs.iter().map(|(key, _)| match &key.kind {
        Kind::Literal(Json::String(name)) if key.is_bare() => Some(name.clone()),
        _ => None,
    });
    let shape = names.collect::<Option<Vec<_>>>().and_then(Shape::new);
    Group {
        pairs,
        position,
        shape,
    }
}

fn unexpected_end(position: usize) -> Error {
    Error::new("S0207", "Unexpected end of expression")
        .at(position)
        .about("(end)")
}
