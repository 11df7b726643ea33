//! Predicates: `[…]` selects by place where it evaluates to numbers, and by truth otherwise.

use std::rc::Rc;

use super::{Evaluator, truth};
use crate::expr::jsonata::ast::{Kind, Node};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::{Env, Frame};
use crate::expr::jsonata::item::{Flavour, Item, Tuple, Value};
use crate::expr::jsonata::limits::Meter;
use crate::expr::jsonata::{number, text};
use crate::value::Json;

impl Evaluator<'_> {
    /// The items for which a predicate holds.
    pub(super) fn filter(
        &mut self,
        predicate: &Node,
        value: Value,
        env: &Env,
    ) -> Result<Value, Error> {
        let literal = match &predicate.kind {
            Kind::Literal(Json::Number(number)) => Some(number.as_f64()),
            _ => None,
        };
        match (value, literal) {
            (Value::Item(Item::Stream(tuples)), literal) => {
                let tuples = self.filter_tuples(predicate, literal, &tuples, env)?;
                Ok(Value::Item(Item::Stream(Rc::new(tuples))))
            }
            (Value::Sequence(items), Some(place)) => {
                let found = number::index(place, items.len()).map(|at| items[at].clone());
                Ok(picked(found))
            }
            (Value::Item(item), Some(place)) => Ok(picked(
                number::index(place, item.count()).and_then(|at| item.at(at)),
            )),
            (Value::Sequence(items), None) => {
                let length = items.len();
                let mut results = Vec::new();
                for (at, item) in items.into_iter().enumerate() {
                    self.keep(predicate, item, (at, length), env, &mut results)?;
                }
                Ok(Value::Sequence(results))
            }
            (Value::Item(item), None) => {
                let length = item.count();
                let mut results = Vec::new();
                for at in 0..length {
                    let item = item.at(at).unwrap_or_default();
                    self.keep(predicate, item, (at, length), env, &mut results)?;
                }
                Ok(Value::Sequence(results))
            }
        }
    }

    /// Adds an item as often as a predicate selects it.
    fn keep(
        &mut self,
        predicate: &Node,
        item: Item,
        place: (usize, usize),
        env: &Env,
        results: &mut Vec<Item>,
    ) -> Result<(), Error> {
        let answer = self.evaluate(predicate, &item, env)?;
        let times = selected(&answer, place, &mut self.meter)?;
        for _ in 1..times {
            results.push(item.clone());
        }
        if times > 0 {
            results.push(item);
        }
        Ok(())
    }

    /// The tuples for which a predicate holds.
    pub(super) fn filter_tuples(
        &mut self,
        predicate: &Node,
        literal: Option<f64>,
        tuples: &[Tuple],
        env: &Env,
    ) -> Result<Vec<Tuple>, Error> {
        if let Some(place) = literal {
            let found = number::index(place, tuples.len()).map(|at| tuples[at].clone());
            return Ok(found.into_iter().collect());
        }
        let mut results = Vec::new();
        for (at, tuple) in tuples.iter().enumerate() {
            let env = Frame::with(env, tuple.bindings.clone());
            let answer = self.evaluate(predicate, &tuple.item, &env)?;
            for _ in 0..selected(&answer, (at, tuples.len()), &mut self.meter)? {
                results.push(tuple.clone());
            }
        }
        Ok(results)
    }
}

/// What one place selects: an array is the result, anything else an item of it.
fn picked(found: Option<Item>) -> Value {
    match found {
        None | Some(Item::Undefined) => Value::Sequence(Vec::new()),
        Some(item) if item.is_array() => Value::Item(item),
        Some(item) => Value::Sequence(vec![item]),
    }
}

/// How often a predicate's answer selects the item at a place.
fn selected(
    answer: &Item,
    (at, length): (usize, usize),
    meter: &mut Meter,
) -> Result<usize, Error> {
    if let Item::Json(Json::Bool(value)) = answer {
        return Ok(usize::from(*value));
    }
    if matches!(answer, Item::Beyond(_)) {
        return Err(text::out_of_range());
    }
    if let Some(number) = answer.as_number() {
        return Ok(usize::from(
            number::index(number.as_f64(), length) == Some(at),
        ));
    }
    if answer
        .flavour()
        .is_some_and(|each| each != Flavour::Wrapper)
        && answer.all_items(|item| item.as_number().is_some())
    {
        let places = answer.iter().filter_map(|item| item.as_f64());
        return Ok(places
            .filter(|place| number::index(*place, length) == Some(at))
            .count());
    }
    Ok(usize::from(truth(answer, meter)?.unwrap_or(false)))
}
