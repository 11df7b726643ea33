//! Functions that call functions.

use super::object::Members;
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::{Evaluator, truth};
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::number;
use crate::value::Text;

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("map", "<af>", 2, map),
    Builtin::new("filter", "<af>", 2, filter),
    Builtin::new("single", "<af?>", 2, single),
    Builtin::new("reduce", "<afj?:j>", 3, reduce),
    Builtin::new("each", "<o-f:a>", 2, each),
    Builtin::new("sift", "<o-f?:o>", 2, sift),
];

/// A function that is called for each item, with as much as it takes: the item, its place, and what it is in.
struct Visitor<'a> {
    function: &'a Item,
    arity: usize,
    whole: &'a Item,
    place: Place<'a>,
}

impl<'a> Visitor<'a> {
    fn new(evaluator: &Evaluator<'_>, arguments: &'a Arguments, place: Place<'a>) -> Self {
        let function = arguments.get(1);
        Self {
            function,
            arity: evaluator.arity(function),
            whole: arguments.get(0),
            place,
        }
    }

    fn call(
        &self,
        evaluator: &mut Evaluator<'_>,
        item: Item,
        at: impl FnOnce() -> Item,
    ) -> Result<Item, Error> {
        let (function, env) = (self.function, self.place.env);
        match self.arity {
            0 | 1 => evaluator.visit(function, [item], env),
            2 => evaluator.visit(function, [item, at()], env),
            _ => evaluator.visit(function, [item, at(), self.whole.clone()], env),
        }
    }

    fn holds(
        &self,
        evaluator: &mut Evaluator<'_>,
        item: Item,
        at: impl FnOnce() -> Item,
    ) -> Result<bool, Error> {
        let answer = self.call(evaluator, item, at)?;
        Ok(truth(&answer, &mut evaluator.meter)?.unwrap_or(false))
    }
}

fn map(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let visitor = Visitor::new(evaluator, arguments, place);
    let mut results = Vec::with_capacity(list.count());
    for (at, item) in list.iter().enumerate() {
        let result = visitor.call(evaluator, item, || number::count(at))?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    evaluator.meter.list(results.len())?;
    Ok(Value::Sequence(results))
}

fn filter(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let visitor = Visitor::new(evaluator, arguments, place);
    let mut results = Vec::new();
    for (at, item) in list.iter().enumerate() {
        if visitor.holds(evaluator, item.clone(), || number::count(at))? {
            results.push(item);
        }
    }
    evaluator.meter.list(results.len())?;
    Ok(Value::Sequence(results))
}

fn single(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let visitor = Visitor::new(evaluator, arguments, place);
    let mut found = None;
    for (at, item) in list.iter().enumerate() {
        let fits = visitor.function.is_undefined()
            || visitor.holds(evaluator, item.clone(), || number::count(at))?;
        if fits && found.replace(item).is_some() {
            let message = "The $single() function expected exactly 1 matching result.  Instead it matched more.";
            return Err(Error::new("D3138", message));
        }
    }
    match found {
        Some(item) => Ok(item.into()),
        None => {
            let message =
                "The $single() function expected exactly 1 matching result.  Instead it matched 0.";
            Err(Error::new("D3139", message))
        }
    }
}

fn reduce(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let start = arguments.take(2);
    let (list, function) = (arguments.get(0), arguments.get(1));
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let arity = evaluator.arity(function);
    if arity < 2 {
        let message =
            "The second argument of reduce function must be a function with at least two arguments";
        return Err(Error::new("D3050", message));
    }
    let env = place.env;
    let mut items = list.iter().enumerate();
    let mut result = start;
    if result.is_undefined() {
        result = items.next().map(|(_, item)| item).unwrap_or_default();
    }
    for (at, item) in items {
        let place = || number::count(at);
        result = match arity {
            2 => evaluator.visit(function, [result, item], env)?,
            3 => evaluator.visit(function, [result, item, place()], env)?,
            _ => evaluator.visit(function, [result, item, place(), list.clone()], env)?,
        };
    }
    Ok(result.into())
}

fn each(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let visitor = Visitor::new(evaluator, arguments, place);
    let mut results = Vec::new();
    for (name, item) in visitor.whole.members() {
        let result = visitor.call(evaluator, item, || Item::text(name.clone()))?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    evaluator.meter.list(results.len())?;
    Ok(Value::Sequence(results))
}

fn sift(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let visitor = Visitor::new(evaluator, arguments, place);
    let mut members = Members::default();
    let mut kept: Vec<&Text> = Vec::new();
    for (name, item) in visitor.whole.members() {
        if visitor.holds(evaluator, item.clone(), || Item::text(name.clone()))? {
            members.set(name, item);
            kept.push(name);
        }
    }
    evaluator.meter.list(kept.len())?;
    if kept.is_empty() {
        return Ok(Item::Undefined.into());
    }
    Ok(members.object().into())
}
