//! Calling functions: built in, written in the expression, partial, chained.
//!
//! A call in the last place of a function does not go deeper: the function gives back what to call next, and the loop in
//! [`Evaluator::apply`] calls it. So recursion in that place may go on for as long as there are steps.

use std::rc::Rc;
use std::sync::Arc;

use super::{Evaluator, Flavour};
use crate::expr::jsonata::ast::{Call, Frames, Kind, Lambda, Node};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::{Env, Frame};
use crate::expr::jsonata::function::{Arguments, Form, Function, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::regex::Regex;
use crate::expr::jsonata::{functions, text};
use crate::value::{Json, Text};

/// What the last place of a function gives.
enum Tail {
    Done(Item),
    /// Another call to make, by the name that it is called by.
    Call(Item, Vec<Item>, Option<Text>),
}

impl Evaluator<'_> {
    /// A call as it is written; `~>` puts one argument before the others.
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        call: &Call,
        position: usize,
        input: &Item,
        env: &Env,
        first: Option<Item>,
    ) -> Result<Value, Error> {
        let function = self.procedure(call, position, input, env)?;
        let mut arguments = Vec::with_capacity(call.arguments.len() + usize::from(first.is_some()));
        arguments.extend(first);
        for argument in &call.arguments {
            arguments.push(self.evaluate(argument, input, env)?);
        }
        self.apply(function, arguments, input, env)
            .map_err(|error| blamed(error, position, call.name.as_deref()))
    }

    /// The function of a call.
    fn procedure(
        &mut self,
        call: &Call,
        position: usize,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        let function = self.evaluate(&call.procedure, input, env)?;
        if function.is_undefined()
            && let Some(name) = self.meant(call, env)
        {
            let message = format!("Attempted to invoke a non-function. Did you mean ${name}?");
            return Err(Error::new("T1005", message).at(position).about(&name));
        }
        Ok(function)
    }

    /// The name of the variable that a call without `$` must have meant.
    fn meant(&self, call: &Call, env: &Env) -> Option<Text> {
        if !matches!(call.procedure.kind, Kind::Walk(_) | Kind::Path(_)) {
            return None;
        }
        let name = call.name.clone()?;
        let bound = self.names.find(&name).and_then(|symbol| env.get(symbol));
        let known = bound.is_some_and(|item| !item.is_undefined())
            || self.bindings.get(&name).is_some()
            || functions::find(&name, self.dialect).is_some();
        known.then_some(name)
    }

    /// `a ~> b`
    #[inline(never)]
    pub(super) fn apply_operator(
        &mut self,
        [left, right]: &[Node; 2],
        position: usize,
        input: &Item,
        env: &Env,
    ) -> Result<Value, Error> {
        let argument = self.evaluate(left, input, env)?;
        if let Kind::Call(call) = &right.kind {
            return self.call(call, right.position, input, env, Some(argument));
        }
        let function = self.evaluate(right, input, env)?;
        if !function.is_function() {
            let message =
                "The right side of the function application operator ~> must be a function";
            return Err(Error::new("T2006", message).at(position));
        }
        if argument.is_function() {
            return Ok(Value::Item(Function::item(Form::Chain(argument, function))));
        }
        self.apply(function, vec![argument], &null(), env)
    }

    /// A call with holes: the function of what is missing.
    #[inline(never)]
    pub(super) fn partial(
        &mut self,
        call: &Call,
        position: usize,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(match argument.kind {
                Kind::Hole => None,
                _ => Some(self.evaluate(argument, input, env)?),
            });
        }
        let function = self.evaluate(&call.procedure, input, env)?;
        if function.is_function() {
            return Ok(Function::item(Form::Partial(function, arguments)));
        }
        let error = match self.meant(call, env) {
            Some(name) if function.is_undefined() => {
                let message =
                    format!("Attempted to partially apply a non-function. Did you mean ${name}?");
                Error::new("T1007", message)
            }
            _ => Error::new("T1008", "Attempted to partially apply a non-function"),
        };
        Err(blamed(error, position, call.name.as_deref()))
    }

    /// Calls a function, and whatever it calls in its last place.
    pub(in crate::expr::jsonata) fn apply(
        &mut self,
        function: Item,
        arguments: Vec<Item>,
        context: &Item,
        env: &Env,
    ) -> Result<Value, Error> {
        self.meter.call()?;
        let mut name: Option<Text> = None;
        let mut next = (function, arguments);
        loop {
            let tail = match self.once(next.0, next.1, context, env) {
                Ok(tail) => tail,
                Err(error) => {
                    return Err(match &name {
                        Some(name) => error.about(name),
                        None => error,
                    });
                }
            };
            match tail {
                Once::Value(value) => {
                    self.meter.ended();
                    return Ok(value);
                }
                Once::Call(function, arguments, called) => {
                    name = called;
                    next = (function, arguments);
                }
            }
        }
    }

    fn once(
        &mut self,
        function: Item,
        arguments: Vec<Item>,
        context: &Item,
        env: &Env,
    ) -> Result<Once, Error> {
        match function {
            Item::Builtin(builtin) => {
                let arguments = builtin.signature().fit(arguments, context)?;
                let place = Place { context, env };
                (builtin.run)(self, &mut Arguments::new(arguments), place).map(Once::Value)
            }
            Item::Function(function) => match &function.form {
                Form::Closure(lambda, env, input) => {
                    let arguments = match &lambda.signature {
                        Some(signature) => signature.fit(arguments, context)?,
                        None => arguments,
                    };
                    self.closure(lambda, env, input, arguments.into_iter())
                }
                _ => self.made(&function, arguments, env),
            },
            _ => Err(Error::new("T1006", "Attempted to invoke a non-function")),
        }
    }

    /// Calls a function that the expression wrote, with arguments that fit.
    fn closure(
        &mut self,
        lambda: &Arc<Lambda>,
        env: &Env,
        input: &Item,
        arguments: impl Iterator<Item = Item>,
    ) -> Result<Once, Error> {
        let base = self.meter.depth;
        let tail = match lambda.frames {
            Frames::Shared => self.tail(&lambda.body, base, input, env)?,
            Frames::Own => {
                let frame = self.frame(env, &lambda.parameters, arguments);
                let tail = self.tail(&lambda.body, base, input, &frame)?;
                self.retire(frame);
                tail
            }
        };
        Ok(match tail {
            Tail::Done(item) => Once::Value(Value::Item(item)),
            Tail::Call(function, arguments, name) => Once::Call(function, arguments, name),
        })
    }

    /// Calls a function that is made of others.
    #[inline(never)]
    fn made(
        &mut self,
        function: &Rc<Function>,
        arguments: Vec<Item>,
        env: &Env,
    ) -> Result<Once, Error> {
        self.meter.enter()?;
        let value = match &function.form {
            Form::Partial(inner, given) => {
                let mut missing = arguments.into_iter();
                let all = given.iter().map(|each| match each {
                    Some(item) => item.clone(),
                    None => missing.next().unwrap_or_default(),
                });
                self.unchecked(inner, all.collect(), env)?
            }
            Form::Chain(first, second) => {
                let first = self.apply(first.clone(), arguments, &null(), env)?;
                let first = first.settle(Flavour::Plain);
                self.apply(second.clone(), vec![first], &null(), env)?
            }
            Form::Matcher(regex) => Value::Item(self.matched(regex, &arguments)?),
            Form::Next(regex, subject, from) if *from < subject.len() => {
                Value::Item(functions::find_next_match(self, regex, subject, *from)?)
            }
            Form::Transform(transform, env) => {
                let value = arguments.into_iter().next().unwrap_or_default();
                if !value.is_undefined() && !value.is_object() && !value.is_array() {
                    let message =
                        "Argument 1 of function {{token}} does not match function signature";
                    return Err(Error::new("T0410", message));
                }
                Value::Item(self.transform(transform, env, &value)?)
            }
            Form::Next(..) | Form::Closure(..) | Form::Gone => Value::Item(Item::Undefined),
        };
        self.meter.leave();
        Ok(Once::Value(value))
    }

    /// Calls a regular expression: finds its first match in a text, from a UTF-16 unit on.
    fn matched(&mut self, regex: &Arc<Regex>, arguments: &[Item]) -> Result<Item, Error> {
        let subject = match arguments.first() {
            Some(subject) => text::string(subject, &mut self.meter)?,
            None => None,
        };
        let Some(subject) = subject else {
            return Ok(Item::Undefined);
        };
        let from = arguments.get(1).and_then(Item::as_f64).unwrap_or(0.0);
        let from = functions::byte_of_unit(&subject, from as usize);
        functions::find_match(self, regex, &subject, from)
    }

    /// Calls a function without a look at its signature, as partial application does.
    fn unchecked(
        &mut self,
        function: &Item,
        arguments: Vec<Item>,
        env: &Env,
    ) -> Result<Value, Error> {
        match function {
            Item::Builtin(builtin) => {
                let context = &null();
                let place = Place { context, env };
                (builtin.run)(self, &mut Arguments::new(arguments), place)
            }
            Item::Function(made) => match &made.form {
                Form::Closure(lambda, env, input) => {
                    match self.closure(lambda, env, input, arguments.into_iter())? {
                        Once::Value(value) => Ok(value),
                        Once::Call(function, arguments, name) => self
                            .apply(function, arguments, input, env)
                            .map_err(|error| match &name {
                                Some(name) => error.about(name),
                                None => error,
                            }),
                    }
                }
                _ => self.apply(function.clone(), arguments, &null(), env),
            },
            _ => self.apply(function.clone(), arguments, &null(), env),
        }
    }

    /// Evaluates what stands in the last place of a function, up to the call that it ends in.
    fn tail(&mut self, node: &Node, base: usize, input: &Item, env: &Env) -> Result<Tail, Error> {
        match &node.kind {
            Kind::Condition(both, otherwise) if node.is_bare() => {
                self.meter.enter()?;
                let branch = if self.holds(&both[0], input, env)? {
                    Some(&both[1])
                } else {
                    otherwise.as_deref()
                };
                let tail = match branch {
                    Some(branch) => self.tail(branch, base, input, env)?,
                    None => Tail::Done(Item::Undefined),
                };
                self.meter.leave();
                Ok(tail)
            }
            Kind::Block(items, frames) if node.is_bare() => {
                let Some((last, before)) = items.split_last() else {
                    return Ok(Tail::Done(Item::Undefined));
                };
                self.meter.enter()?;
                let own = (*frames == Frames::Own).then(|| Frame::inside(env));
                let env = own.as_ref().unwrap_or(env);
                for item in before {
                    self.evaluate(item, input, env)?;
                }
                let tail = self.tail(last, base, input, env)?;
                self.meter.leave();
                Ok(tail)
            }
            Kind::Call(call) if node.predicates.is_empty() => {
                self.tail_call(call, base, input, env)
            }
            _ => Ok(Tail::Done(self.evaluate(node, input, env)?)),
        }
    }

    /// Evaluates a call in the last place, all but the call itself, at the depth where that will be made.
    fn tail_call(
        &mut self,
        call: &Call,
        base: usize,
        input: &Item,
        env: &Env,
    ) -> Result<Tail, Error> {
        self.meter.reach(1)?;
        let depth = std::mem::replace(&mut self.meter.depth, base);
        let function = self.evaluate(&call.procedure, input, env)?;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.evaluate(argument, input, env)?);
        }
        self.meter.depth = depth;
        Ok(Tail::Call(function, arguments, call.name.clone()))
    }

    /// Calls a function as another function does.
    pub(in crate::expr::jsonata) fn visit<const COUNT: usize>(
        &mut self,
        function: &Item,
        arguments: [Item; COUNT],
        env: &Env,
    ) -> Result<Item, Error> {
        if let Item::Function(made) = function
            && let Form::Closure(lambda, env, input) = &made.form
            && lambda.signature.is_none()
        {
            // The commonest case, without a list of the arguments.
            self.meter.call()?;
            let once = self.closure(lambda, env, input, arguments.into_iter())?;
            self.meter.ended();
            return match once {
                Once::Value(value) => Ok(visited(value)),
                Once::Call(function, arguments, name) => self
                    .apply(function, arguments, &null(), env)
                    .map(visited)
                    .map_err(|error| match &name {
                        Some(name) => error.about(name),
                        None => error,
                    }),
            };
        }
        let value = self.apply(function.clone(), arguments.into(), &null(), env)?;
        Ok(visited(value))
    }

    /// How many arguments a function takes.
    pub(in crate::expr::jsonata) fn arity(&self, function: &Item) -> usize {
        match function {
            Item::Builtin(builtin) => builtin.arity,
            Item::Function(function) => match &function.form {
                Form::Closure(lambda, ..) => lambda.parameters.len(),
                Form::Partial(_, given) => given.iter().filter(|each| each.is_none()).count(),
                Form::Matcher(_) => 2,
                Form::Chain(..) | Form::Transform(..) => 1,
                Form::Next(..) | Form::Gone => 0,
            },
            _ => 0,
        }
    }
}

/// What one call gives.
enum Once {
    Value(Value),
    Call(Item, Vec<Item>, Option<Text>),
}

/// What a function gives to the one that called it. What a built-in function gives is not settled there: a sequence of one
/// stays an array.
fn visited(value: Value) -> Item {
    match value {
        Value::Item(item) => item,
        Value::Sequence(items) if items.len() < 2 => Item::list(items, Flavour::Kept),
        sequence => sequence.settle(Flavour::Plain),
    }
}

/// The context of a function that is called by another: none, which JSON writes `null`.
fn null() -> Item {
    Item::Json(Json::Null)
}

/// An error with the place and the name of the call that it comes from.
#[cold]
fn blamed(error: Error, position: usize, name: Option<&str>) -> Error {
    let error = error.at(position);
    match name {
        Some(name) => error.about(name),
        None => error,
    }
}
