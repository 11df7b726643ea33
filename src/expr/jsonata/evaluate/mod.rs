//! The evaluator: one function for each kind of expression.

mod apply;
mod arithmetic;
mod compare;
mod construct;
mod filter;
mod path;
mod sort;
mod stream;
mod transform;
mod walk;

pub(super) use compare::{equal, order_texts};
pub(super) use sort::merge;
pub(super) use walk::lookup;

use std::borrow::Cow;
use std::rc::Rc;

use super::Dialect;
use super::ast::{Binding, Frames, Kind, Node, Operator, Stage};
use super::bindings::{Bindings, Environment};
use super::error::Error;
use super::frame::{Cycles, Env, Frame};
use super::function::{Form, Function};
use super::item::{Flavour, Item, Value};
use super::limits::{Limits, Meter};
use super::names::{Names, Symbol};
use crate::value::Json;

/// One evaluation: what it may see, and what it has used up.
pub(super) struct Evaluator<'a> {
    pub(super) dialect: Dialect,
    pub(super) bindings: &'a Bindings<'a>,
    pub(super) environment: &'a Environment<'a>,
    pub(super) names: Cow<'a, Names>,
    /// `$$`
    pub(super) root: Item,
    pub(super) meter: Meter,
    cycles: Cycles,
    /// Frames of calls that are over and that nobody holds, to be used again.
    spare: Vec<Env>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        dialect: Dialect,
        names: &'a Names,
        bindings: &'a Bindings<'a>,
        environment: &'a Environment<'a>,
        limits: Limits,
    ) -> Self {
        Self {
            dialect,
            bindings,
            environment,
            names: Cow::Borrowed(names),
            root: Item::Undefined,
            meter: Meter::new(limits),
            cycles: Cycles::default(),
            spare: Vec::new(),
        }
    }

    /// Evaluates a whole expression.
    pub(super) fn run(&mut self, node: &Node, input: Item) -> Result<Item, Error> {
        let env = Env::default();
        self.root = input.clone();
        let input = if input.is_array() {
            Item::list(vec![input], Flavour::Wrapper)
        } else {
            input
        };
        self.evaluate(node, &input, &env)
    }

    /// Evaluates an expression in a context.
    pub(super) fn evaluate(&mut self, node: &Node, input: &Item, env: &Env) -> Result<Item, Error> {
        // What most of all expressions are takes no way through the other kinds.
        match &node.kind {
            Kind::Walk(walk) if node.is_bare() => {
                self.meter.reach(2)?;
                let value = self.walk(walk, input, env)?;
                Ok(settled(node, value))
            }
            Kind::Variable(symbol, binding) if node.is_bare() => {
                self.meter.reach(1)?;
                Ok(self.variable(*symbol, *binding, env))
            }
            Kind::Literal(value) if node.is_bare() => {
                self.meter.reach(1)?;
                Ok(Item::Json(value.clone()))
            }
            Kind::Binary(operator, both) if node.is_bare() => {
                self.meter.enter()?;
                let item = self.operation(node.position, *operator, both, input, env)?;
                self.meter.leave();
                Ok(item)
            }
            Kind::Object(group) if node.is_bare() => {
                self.meter.enter()?;
                let item = self.object(group, input, env)?;
                self.meter.leave();
                Ok(item)
            }
            _ => self.branch(node, input, env),
        }
    }

    /// An infix operator: what goes wrong is about it.
    fn operation(
        &mut self,
        position: usize,
        operator: Operator,
        both: &[Node; 2],
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        match self.binary(operator, both, input, env) {
            Ok(item) => Ok(item),
            Err(error) => Err(error.at(position).about(operator.text())),
        }
    }

    #[inline(never)]
    fn branch(&mut self, node: &Node, input: &Item, env: &Env) -> Result<Item, Error> {
        let value = self.raw(node, input, env)?;
        Ok(settled(node, value))
    }

    /// Evaluates an expression whose sequence is not yet settled.
    fn raw(&mut self, node: &Node, input: &Item, env: &Env) -> Result<Value, Error> {
        self.meter.enter()?;
        let mut value = self.kind(node, input, env)?;
        if !node.is_bare() && !matches!(node.kind, Kind::Path(_)) {
            value = self.decorate(node, value, env)?;
        }
        self.meter.leave();
        Ok(value)
    }

    fn kind(&mut self, node: &Node, input: &Item, env: &Env) -> Result<Value, Error> {
        Ok(Value::Item(match &node.kind {
            Kind::Literal(value) => Item::Json(value.clone()),
            Kind::Regex(regex) => Function::item(Form::Matcher(regex.clone())),
            Kind::Name(name) => return walk::lookup(self, input, name),
            Kind::Context => context(input),
            Kind::Root => self.root.clone(),
            Kind::Variable(symbol, binding) => self.variable(*symbol, *binding, env),
            Kind::Ancestor(symbol) => env.get(*symbol).unwrap_or_default(),
            Kind::Wildcard => return walk::wildcard(self, input),
            Kind::Descendants => return walk::descendants(self, input),
            Kind::Walk(walk) => {
                self.meter.reach(1)?;
                return self.walk(walk, input, env);
            }
            Kind::Path(path) => return self.path(node, path, input, env),
            Kind::Negate(inner) => arithmetic::negate(self.evaluate(inner, input, env)?)
                .map_err(|error| error.at(node.position).about("-"))?,
            Kind::Array(items) => self.array(items, node.is_cons(), input, env)?,
            Kind::Object(group) => self.object(group, input, env)?,
            Kind::Binary(operator, both) => {
                self.operation(node.position, *operator, both, input, env)?
            }
            Kind::Apply(both) => return self.apply_operator(both, node.position, input, env),
            Kind::Bind(symbol, value) => {
                let value = self.evaluate(value, input, env)?;
                self.bind(env, *symbol, value.clone());
                value
            }
            Kind::Condition(both, otherwise) => {
                self.condition(both, otherwise.as_deref(), input, env)?
            }
            Kind::Block(items, frames) => self.block(items, *frames, input, env)?,
            Kind::Call(call) => return self.call(call, node.position, input, env, None),
            Kind::Partial(call) => self.partial(call, node.position, input, env)?,
            Kind::Lambda(lambda) => {
                self.meter.list(4)?;
                Function::item(Form::Closure(lambda.clone(), Rc::clone(env), input.clone()))
            }
            Kind::Transform(transform) => {
                Function::item(Form::Transform(transform.clone(), Rc::clone(env)))
            }
            Kind::Sort(_) | Kind::Parent(_) | Kind::Hole => Item::Undefined,
        }))
    }

    /// Applies the predicates and the grouping of an expression that is no path.
    #[inline(never)]
    fn decorate(&mut self, node: &Node, mut value: Value, env: &Env) -> Result<Value, Error> {
        for stage in &node.predicates {
            if let Stage::Filter(predicate) = stage {
                value = self.filter(predicate, value, env)?;
            }
        }
        match &node.group {
            Some(group) => self.group(group, value, env).map(Value::Item),
            None => Ok(value),
        }
    }

    /// Whether an expression's value counts as true.
    fn holds(&mut self, node: &Node, input: &Item, env: &Env) -> Result<bool, Error> {
        let value = self.evaluate(node, input, env)?;
        Ok(truth(&value, &mut self.meter)?.unwrap_or(false))
    }

    fn condition(
        &mut self,
        both: &[Node; 2],
        otherwise: Option<&Node>,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        if self.holds(&both[0], input, env)? {
            return self.evaluate(&both[1], input, env);
        }
        match otherwise {
            Some(otherwise) => self.evaluate(otherwise, input, env),
            None => Ok(Item::Undefined),
        }
    }

    fn block(
        &mut self,
        items: &[Node],
        frames: Frames,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        let own = (frames == Frames::Own).then(|| Frame::inside(env));
        let env = own.as_ref().unwrap_or(env);
        let mut result = Item::Undefined;
        for item in items {
            result = self.evaluate(item, input, env)?;
        }
        Ok(result)
    }

    fn bind(&mut self, env: &Env, symbol: Symbol, item: Item) {
        if item.can_capture() {
            self.cycles.remember(env);
        }
        env.bind(symbol, item);
    }

    fn variable(&mut self, symbol: Symbol, binding: Binding, env: &Env) -> Item {
        if binding == Binding::Local
            && let Some(item) = env.get(symbol)
        {
            return item;
        }
        self.global(symbol)
    }

    /// What a name means that the expression does not bind: a variable of the caller, or a built-in function.
    fn global(&self, symbol: Symbol) -> Item {
        let name = self.names.text(symbol);
        if let Some(value) = self.bindings.get(name) {
            return Item::Json(value);
        }
        self.names
            .builtin(symbol)
            .map_or(Item::Undefined, Item::Builtin)
    }

    /// A frame for a call, with its parameters bound.
    fn frame(
        &mut self,
        parent: &Env,
        parameters: &[Symbol],
        mut arguments: impl Iterator<Item = Item>,
    ) -> Env {
        let bindings = parameters
            .iter()
            .map(|symbol| (*symbol, arguments.next().unwrap_or_default()));
        let mut frame = self.spare.pop().unwrap_or_default();
        Rc::get_mut(&mut frame)
            .expect("a spare frame has no other holder")
            .fill(parent, bindings);
        if frame.captures() {
            self.cycles.remember(&frame);
        }
        frame
    }

    /// A call is over: its frame can serve another, unless something holds it.
    fn retire(&mut self, mut frame: Env) {
        const MOST: usize = 32;
        if self.spare.len() < MOST
            && let Some(unique) = Rc::get_mut(&mut frame)
        {
            unique.empty();
            self.spare.push(frame);
        }
    }
}

/// The item that an expression's value stands for.
fn settled(node: &Node, value: Value) -> Item {
    match value {
        Value::Item(item) => item,
        sequence if node.keep_array => sequence.settle(Flavour::Kept),
        sequence => sequence.settle(Flavour::Plain),
    }
}

/// `$`: the context, which for an input that is an array is the whole of it.
fn context(input: &Item) -> Item {
    match input {
        Item::List(list) if list.flavour == Flavour::Wrapper => {
            list.items.first().cloned().unwrap_or_default()
        }
        other => other.clone(),
    }
}

/// Whether a value counts as true, as `$boolean` tells; `None` for nothing.
///
/// What nests may be shared, and so far larger than the memory that it takes: each look at it is paid for.
pub(super) fn truth(item: &Item, meter: &mut Meter) -> Result<Option<bool>, Error> {
    Ok(Some(match item {
        Item::Undefined => return Ok(None),
        Item::Json(Json::Null) | Item::Builtin(_) | Item::Function(_) => false,
        Item::Json(Json::Bool(value)) => *value,
        Item::Json(Json::Number(number)) => number.as_f64() != 0.0,
        Item::Json(Json::String(text)) => !text.is_empty(),
        Item::Json(Json::Object(object)) => !object.is_empty(),
        Item::Record(record) => !record.items.is_empty(),
        Item::Beyond(value) => !value.is_nan(),
        Item::Json(Json::Array(_)) | Item::Sequence(_) | Item::List(_) | Item::Stream(_) => {
            any_true(item, meter)?
        }
    }))
}

/// Whether some item of an array counts as true, however deep arrays nest.
fn any_true(array: &Item, meter: &mut Meter) -> Result<bool, Error> {
    let mut open: Vec<Item> = array.iter().collect();
    while let Some(item) = open.pop() {
        meter.work(1)?;
        if item.is_array() {
            open.extend(item.iter());
        } else if truth(&item, meter)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}
