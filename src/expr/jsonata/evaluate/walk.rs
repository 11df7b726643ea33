//! Fields by name, `*` and `**`: everything that goes down into a value.

use super::{Evaluator, context};
use crate::expr::jsonata::ast::{Binding, Start, Walk};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::Env;
use crate::expr::jsonata::item::{Flavour, Item, Value};
use crate::expr::jsonata::names::Symbol;
use crate::value::{Json, Text};

impl Evaluator<'_> {
    /// Follows a path of plain names, without copying anything but its end.
    pub(super) fn walk(&mut self, walk: &Walk, input: &Item, env: &Env) -> Result<Value, Error> {
        let names = &walk.names;
        match walk.from {
            Start::Fields => self.fields(input, names),
            Start::Context => follow(self, context(input), names),
            Start::Root => {
                let root = self.root.clone();
                follow(self, root, names)
            }
            Start::Variable(symbol, Binding::Global) => self.walk_global(walk, symbol),
            Start::Variable(symbol, Binding::Local) => {
                let found = env.find(symbol, |item| match item {
                    // Most variables hold objects: no need to hold on to them.
                    Item::Json(value) => descend(value, names).ok_or_else(|| item.clone()),
                    other => Err(other.clone()),
                });
                match found {
                    Some(Ok(item)) => Ok(Value::Item(item)),
                    Some(Err(item)) => follow(self, item, names),
                    None => self.walk_global(walk, symbol),
                }
            }
        }
    }

    /// Follows names from the fields of the context. An input that is an array counts as one context.
    fn fields(&mut self, input: &Item, names: &[Text]) -> Result<Value, Error> {
        if let Item::Json(value) = input
            && let Some(item) = descend(value, names)
        {
            return Ok(Value::Item(item));
        }
        match (input.flavour(), names.split_first()) {
            (Some(Flavour::Wrapper), Some((first, rest))) => {
                let found = lookup(self, &context(input), first)?;
                follow(self, found.settle(Flavour::Plain), rest)
            }
            _ => follow(self, input.clone(), names),
        }
    }

    fn walk_global(&mut self, walk: &Walk, symbol: Symbol) -> Result<Value, Error> {
        let bindings = self.bindings;
        let name = self.names.text(symbol);
        if let Some((value, followed)) = bindings.reach(name, &walk.names) {
            let names = &walk.names[followed..];
            if let Some(item) = descend(value, names) {
                return Ok(Value::Item(item));
            }
            return follow(self, Item::Json(value.clone()), names);
        }
        if bindings.is_record(name) {
            return Ok(Value::Item(Item::Undefined));
        }
        follow(self, self.global(symbol), &walk.names)
    }
}

/// Follows names through objects. `None` where an array is in the way.
fn descend(value: &Json, names: &[Text]) -> Option<Item> {
    let mut value = value;
    for name in names {
        match value {
            Json::Object(object) => match object.get(name) {
                Some(member) => value = member,
                None => return Some(Item::Undefined),
            },
            Json::Array(_) => return None,
            _ => return Some(Item::Undefined),
        }
    }
    Some(Item::Json(value.clone()))
}

/// Follows names through anything: what is an array is followed through each of its items.
fn follow(evaluator: &mut Evaluator<'_>, start: Item, names: &[Text]) -> Result<Value, Error> {
    if let Item::Json(value) = &start
        && let Some(item) = descend(value, names)
    {
        return Ok(Value::Item(item));
    }
    let mut current = start;
    for (at, name) in names.iter().enumerate() {
        let last = at + 1 == names.len();
        if !current.is_array() {
            current = current.get(name).unwrap_or_default();
        } else {
            match step(evaluator, &current, name, last)? {
                Value::Item(item) => current = item,
                sequence if last => return Ok(sequence),
                Value::Sequence(items) if items.is_empty() => {
                    return Ok(Value::Item(Item::Undefined));
                }
                Value::Sequence(items) => current = Item::array(items),
            }
        }
    }
    Ok(Value::Item(current))
}

/// One step of a path over the items of an array.
fn step(
    evaluator: &mut Evaluator<'_>,
    items: &Item,
    name: &str,
    last: bool,
) -> Result<Value, Error> {
    evaluator.meter.work(items.count())?;
    let mut results = Vec::new();
    let mut arrays = false;
    let mut add = |found: Item| {
        arrays |= found.is_array();
        if !found.is_undefined() {
            results.push(found);
        }
    };
    match items {
        Item::Json(Json::Array(items)) | Item::Sequence(Json::Array(items)) => {
            for item in items {
                match item {
                    Json::Object(object) => {
                        if let Some(member) = object.get(name) {
                            add(Item::Json(member.clone()));
                        }
                    }
                    Json::Array(_) => {
                        let found = lookup(evaluator, &Item::Json(item.clone()), name)?;
                        add(found.settle(Flavour::Plain));
                    }
                    _ => {}
                }
            }
        }
        other => {
            for item in other.iter() {
                add(lookup(evaluator, &item, name)?.settle(Flavour::Plain));
            }
        }
    }
    Ok(super::path::joined(results, arrays, last))
}

/// The field of an object; of an array, the fields of all objects in it, in one sequence.
pub(in crate::expr::jsonata) fn lookup(
    evaluator: &mut Evaluator<'_>,
    item: &Item,
    name: &str,
) -> Result<Value, Error> {
    if !item.is_array() {
        return Ok(Value::Item(item.get(name).unwrap_or_default()));
    }
    let mut found = Vec::new();
    let mut open: Vec<(Item, usize)> = vec![(item.clone(), 0)];
    while let Some((array, at)) = open.last_mut() {
        let Some(item) = array.at(*at) else {
            open.pop();
            continue;
        };
        *at += 1;
        evaluator.meter.work(1)?;
        if item.is_array() {
            open.push((item, 0));
        } else if let Some(member) = item.get(name) {
            if member.is_array() {
                found.extend(member.iter());
            } else {
                found.push(member);
            }
        }
    }
    Ok(Value::Sequence(found))
}

/// `*`: the values of an object, arrays among them flattened.
///
/// The reference loses, with the first array, its mark that a sequence of one is its item.
pub(super) fn wildcard(evaluator: &mut Evaluator<'_>, input: &Item) -> Result<Value, Error> {
    let input = context(input);
    let mut results = Vec::new();
    let mut plain = false;
    let values: Vec<Item> = if input.is_array() {
        input.iter().collect()
    } else {
        input.members().map(|(_, value)| value).collect()
    };
    evaluator.meter.work(values.len())?;
    for value in values {
        if value.is_array() {
            plain = true;
            flatten(evaluator, &value, &mut results)?;
        } else {
            results.push(value);
        }
    }
    evaluator.meter.list(results.len())?;
    if plain {
        return Ok(Value::Item(Item::array(results)));
    }
    Ok(Value::Sequence(results))
}

/// Adds what is in arrays, however deep they nest.
fn flatten(
    evaluator: &mut Evaluator<'_>,
    array: &Item,
    results: &mut Vec<Item>,
) -> Result<(), Error> {
    let mut open: Vec<(Item, usize)> = vec![(array.clone(), 0)];
    while let Some((array, at)) = open.last_mut() {
        let Some(item) = array.at(*at) else {
            open.pop();
            continue;
        };
        *at += 1;
        evaluator.meter.work(1)?;
        if item.is_array() {
            open.push((item, 0));
        } else {
            results.push(item);
        }
    }
    Ok(())
}

/// `**`: the value and everything inside it but arrays, outside in.
pub(super) fn descendants(evaluator: &mut Evaluator<'_>, input: &Item) -> Result<Value, Error> {
    let mut results = Vec::new();
    let mut open = vec![input.clone()];
    while let Some(item) = open.pop() {
        evaluator.meter.work(1)?;
        let from = open.len();
        if item.is_array() {
            open.extend(item.iter());
        } else {
            open.extend(item.members().map(|(_, value)| value));
            if !item.is_undefined() {
                results.push(item);
            }
        }
        open[from..].reverse();
    }
    evaluator.meter.list(results.len())?;
    Ok(Value::Sequence(results))
}
