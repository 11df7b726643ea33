//! Functions of objects.

use std::collections::HashSet;

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::{Evaluator, lookup as look_up};
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::value::{Json, Object, Shape, Text};

pub(super) static ROWS: [Builtin; 5] = [
    Builtin::new("keys", "<x-:a<s>>", 1, keys),
    Builtin::new("lookup", "<x-s:x>", 2, lookup),
    Builtin::new("spread", "<x-:a<o>>", 1, spread),
    Builtin::new("merge", "<a<o>:o>", 1, merge),
    Builtin::new("clone", "<(oa)-:o>", 1, clone),
];

fn keys(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let mut known: HashSet<Text> = HashSet::new();
    let mut results = Vec::new();
    let mut open = vec![arguments.take(0)];
    while let Some(item) = open.pop() {
        evaluator.meter.work(1 + item.names().len())?;
        if item.is_array() {
            let from = open.len();
            open.extend(item.iter());
            open[from..].reverse();
            continue;
        }
        for name in item.names() {
            if known.insert(name.clone()) {
                results.push(Item::text(name.clone()));
            }
        }
    }
    evaluator.meter.list(results.len())?;
    Ok(Value::Sequence(results))
}

fn lookup(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let name = arguments.get(1).as_str().unwrap_or_default();
    look_up(evaluator, arguments.get(0), name)
}

fn spread(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let mut results = Vec::new();
    let value = arguments.take(0);
    if !value.is_array() && !value.is_object() {
        return Ok(value.into());
    }
    // What is put together from the items of an array is an array, even of one.
    let is_list = value.count() > 0 && value.is_array();
    let mut open = vec![value];
    while let Some(item) = open.pop() {
        evaluator.meter.work(1 + item.names().len())?;
        evaluator.meter.list(4 * item.names().len())?;
        if item.is_array() {
            let from = open.len();
            open.extend(item.iter());
            open[from..].reverse();
        } else if item.is_object() {
            for (name, value) in item.members() {
                let shape = Shape::new(vec![name.clone()]).expect("one name is different");
                results.push(Item::object(shape, vec![value]));
            }
        } else {
            results.push(item);
        }
    }
    Ok(match is_list {
        true => Item::array(results).into(),
        false => Value::Sequence(results),
    })
}

fn merge(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.take(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    if let Some(Json::Array(items)) = list.as_json() {
        let mut merged = Object::new();
        for object in items.iter().filter_map(Json::as_object) {
            evaluator.meter.work(object.len())?;
            if merged.is_empty() {
                // Nothing to merge with yet: the object itself is the result so far.
                merged = object.clone();
                continue;
            }
            for (name, value) in object.iter() {
                merged.insert(name.clone(), value.clone());
            }
        }
        evaluator.meter.list(merged.len())?;
        return Ok(Item::Json(Json::Object(merged)).into());
    }
    merge_items(evaluator, &list)
}

/// The same for objects that hold functions.
fn merge_items(evaluator: &mut Evaluator<'_>, list: &Item) -> Result<Value, Error> {
    let mut members = Members::default();
    for item in list.iter() {
        evaluator.meter.work(item.names().len())?;
        for (name, value) in item.members() {
            members.set(name, value);
        }
    }
    Ok(members.object().into())
}

/// Members of an object that may be functions, while they are collected.
#[derive(Default)]
pub(super) struct Members {
    places: Object,
    names: Vec<Text>,
    items: Vec<Item>,
}

impl Members {
    pub(super) fn set(&mut self, name: &Text, item: Item) {
        match self.places.get(name).and_then(Json::as_i64) {
            Some(at) => self.items[at as usize] = item,
            None => {
                self.places
                    .insert(name.clone(), Json::from(self.items.len()));
                self.names.push(name.clone());
                self.items.push(item);
            }
        }
    }

    pub(super) fn object(self) -> Item {
        let shape = Shape::new(self.names).expect("each name was set in its place");
        Item::object(shape, self.items)
    }
}

/// Values never change: a copy is the value itself.
fn clone(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(arguments.take(0).into())
}
