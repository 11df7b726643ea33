//! Paths: each step maps over the items that the one before it found.

use super::Evaluator;
use crate::expr::jsonata::ast::{Kind, Node, Path, Stage};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::Env;
use crate::expr::jsonata::item::{Flavour, Item, Tuple, Value};

/// What the steps of a path have found so far.
enum Found {
    Value(Value),
    /// Items with bindings, from the first step on that binds something.
    Tuples(Vec<Tuple>),
}

impl Evaluator<'_> {
    #[inline(never)]
    pub(super) fn path(
        &mut self,
        node: &Node,
        path: &Path,
        input: &Item,
        env: &Env,
    ) -> Result<Value, Error> {
        self.meter.call()?;
        let found = self.steps(path, input, env)?;
        self.meter.ended();
        let keep = path.keep_singleton;
        if let Some(group) = &node.group {
            let result = match found {
                Found::Tuples(tuples) => self.group_tuples(group, &tuples, env)?,
                Found::Value(value) => self.group(group, value, env)?,
            };
            return Ok(Value::Item(result));
        }
        let value = match found {
            Found::Tuples(tuples) if node.is_tuple() => {
                return Ok(Value::Item(Item::Stream(tuples.into())));
            }
            Found::Tuples(tuples) => {
                Value::Sequence(tuples.into_iter().map(|tuple| tuple.item).collect())
            }
            Found::Value(value) => value,
        };
        Ok(if keep { kept(value) } else { value })
    }

    fn steps(&mut self, path: &Path, input: &Item, env: &Env) -> Result<Found, Error> {
        let steps = &path.steps;
        let mut items = match &path.start {
            Some(start) => {
                self.meter.reach(1)?;
                found_items(self.walk(start, input, env)?)
            }
            None if input.is_array() && !steps.first().is_some_and(Node::is_variable) => {
                input.clone().into_items()
            }
            None => vec![input.clone()],
        };
        if items.is_empty() {
            let binds = path.start.is_none() && steps.first().is_some_and(Node::is_tuple);
            return Ok(match binds {
                true => Found::Tuples(Vec::new()),
                false => Found::Value(Value::Sequence(items)),
            });
        }
        let mut tuples: Option<Vec<Tuple>> = None;
        for (at, step) in steps.iter().enumerate() {
            let last = at + 1 == steps.len();
            // The last step may be an array constructor, too, and the names that are followed first are steps.
            let is_front = at == 0 && path.start.is_none() && step.is_cons();
            let binds = tuples.is_some() || step.is_tuple();
            if binds && !is_front {
                tuples = Some(self.tuple_step(step, &items, tuples, env)?);
                continue;
            }
            let value = if is_front {
                // An array constructor at the front is evaluated once, not for each item.
                let input = match input.is_array() {
                    true => input.clone(),
                    false => Item::list(vec![input.clone()], Flavour::Plain),
                };
                Value::Item(self.evaluate(step, &input, env)?)
            } else {
                self.step(step, &items, last, env)?
            };
            if last {
                return Ok(Found::Value(value));
            }
            items = found_items(value);
            if items.is_empty() {
                return Ok(Found::Value(Value::Sequence(items)));
            }
        }
        Ok(Found::Tuples(tuples.unwrap_or_default()))
    }

    /// One step over all items.
    fn step(&mut self, step: &Node, items: &[Item], last: bool, env: &Env) -> Result<Value, Error> {
        if let Kind::Sort(terms) = &step.kind {
            let mut value = Value::Sequence(self.sort_items(terms, items, step.position, env)?);
            for stage in step.stages() {
                if let Stage::Filter(predicate) = stage {
                    value = self.filter(predicate, value, env)?;
                }
            }
            return Ok(value);
        }
        let mut results = Vec::with_capacity(items.len());
        let mut arrays = false;
        for item in items {
            let found = self.evaluate(step, item, env)?;
            let found = self.stages(step.stages(), found, env)?;
            match found {
                Value::Item(Item::Undefined) => {}
                Value::Item(item) => {
                    arrays |= item.is_array();
                    results.push(item);
                }
                // A filter's sequence is never the result as it is: it dissolves in the step's.
                Value::Sequence(mut found) if found.len() == 1 && !found[0].is_array() => {
                    results.push(found.pop().unwrap_or_default());
                }
                Value::Sequence(found) => {
                    arrays = true;
                    results.push(Item::list(found, Flavour::Kept));
                }
            }
        }
        self.meter.list(results.len())?;
        Ok(joined(results, arrays, last))
    }

    fn stages(&mut self, stages: &[Stage], found: Item, env: &Env) -> Result<Value, Error> {
        let mut value = Value::Item(found);
        for stage in stages {
            if let Stage::Filter(predicate) = stage {
                value = self.filter(predicate, value, env)?;
            }
        }
        Ok(value)
    }
}

/// What the next step maps over.
fn found_items(value: Value) -> Vec<Item> {
    match value {
        Value::Sequence(items) => items,
        Value::Item(Item::Undefined) => Vec::new(),
        Value::Item(item) => item.into_items(),
    }
}

/// The results of a step in one sequence: arrays are flattened, but a lone array at the end of a path stays what it is.
pub(super) fn joined(mut results: Vec<Item>, arrays: bool, last: bool) -> Value {
    if !arrays {
        return Value::Sequence(results);
    }
    let whole = |item: &Item| !matches!(item.flavour(), Some(Flavour::Kept | Flavour::Wrapper));
    if last && results.len() == 1 && whole(&results[0]) {
        return Value::Item(results.pop().unwrap_or_default());
    }
    let mut joined = Vec::with_capacity(results.len());
    for result in results {
        match result.flavour() {
            None | Some(Flavour::Cons) => joined.push(result),
            Some(_) => joined.append(&mut result.into_items()),
        }
    }
    Value::Sequence(joined)
}

/// A path's result that stays an array when it has one item.
fn kept(value: Value) -> Value {
    match value {
        Value::Item(item) if item.flavour() == Some(Flavour::Cons) => {
            Value::Item(Item::list(vec![item], Flavour::Kept))
        }
        Value::Sequence(items) if items.len() == 1 => Value::Item(Item::list(items, Flavour::Kept)),
        other => other,
    }
}
