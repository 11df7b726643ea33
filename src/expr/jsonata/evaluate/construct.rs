//! Arrays, objects and grouping.

use std::collections::HashMap;

use super::Evaluator;
use crate::expr::jsonata::ast::{Group, Kind, Node};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::{Env, Frame};
use crate::expr::jsonata::item::{Flavour, Item, Tuple, Value};
use crate::expr::jsonata::names::Symbol;
use crate::value::{Json, Object, Shape, Text};

/// The items that evaluate to one key, and the pair that made it.
struct Bucket<T> {
    key: Text,
    pair: usize,
    data: T,
}

impl Evaluator<'_> {
    /// `[a, b]`: arrays inside are flattened unless they are constructors themselves.
    #[inline(never)]
    pub(super) fn array(
        &mut self,
        items: &[Node],
        cons: bool,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        let mut results = Vec::with_capacity(items.len());
        for node in items {
            let item = self.evaluate(node, input, env)?;
            if item.is_undefined() {
                continue;
            }
            if item.is_array() && !matches!(node.kind, Kind::Array(_)) {
                if let (1, false, Some(array)) = (items.len(), cons, item.as_json()) {
                    // The copy would be equal, and the array is immutable.
                    return Ok(Item::Json(array.clone()));
                }
                self.meter.work(item.count())?;
                results.extend(item.into_items());
            } else {
                results.push(item);
            }
        }
        self.meter.list(results.len())?;
        Ok(if cons {
            Item::list(results, Flavour::Cons)
        } else {
            Item::array(results)
        })
    }

    /// `{a: b}`, over the items of the context.
    #[inline(never)]
    pub(super) fn object(&mut self, group: &Group, input: &Item, env: &Env) -> Result<Item, Error> {
        if let Some(shape) = &group.shape
            && !input.is_array()
        {
            return self.fixed(group, shape, input, env);
        }
        self.group(group, Value::Item(input.clone()), env)
    }

    /// An object whose names are known, of one context.
    fn fixed(
        &mut self,
        group: &Group,
        shape: &Shape,
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        self.meter.reach(1)?;
        let mut values = Vec::with_capacity(group.pairs.len());
        let mut others: Vec<Item> = Vec::new();
        let mut names: Option<Vec<Text>> = None;
        for (at, (_, node)) in group.pairs.iter().enumerate() {
            match self.evaluate(node, input, env)? {
                Item::Undefined => {
                    names.get_or_insert_with(|| shape.names()[..at].to_vec());
                    continue;
                }
                Item::Json(value) | Item::Sequence(value) if others.is_empty() => {
                    values.push(value);
                }
                other => {
                    others.extend(values.drain(..).map(Item::Json));
                    others.push(other);
                }
            }
            if let Some(names) = &mut names {
                names.push(shape.names()[at].clone());
            }
        }
        self.meter.list(group.pairs.len())?;
        let shape = match names {
            None => shape.clone(),
            Some(names) => Shape::new(names).expect("a part of different names"),
        };
        if others.is_empty() {
            return Ok(Item::Json(Json::Object(Object::of(shape, values))));
        }
        Ok(Item::object(shape, others))
    }

    /// Groups items by key, and evaluates each group's value with its items as context.
    pub(super) fn group(&mut self, group: &Group, value: Value, env: &Env) -> Result<Item, Error> {
        let items = match value {
            Value::Item(Item::Stream(tuples)) => return self.group_tuples(group, &tuples, env),
            Value::Item(item) => item.into_items(),
            Value::Sequence(items) => items,
        };
        // Nothing gives one group of nothing, so that a literal object is made.
        let items = if items.is_empty() {
            vec![Item::Undefined]
        } else {
            items
        };
        let mut buckets: Buckets<Vec<Item>> = Buckets::default();
        for item in items {
            for (pair, (key, _)) in group.pairs.iter().enumerate() {
                let key = self.evaluate(key, &item, env)?;
                if let Some(data) = buckets.find(&key, pair, group.position)? {
                    data.push(item.clone());
                }
            }
        }
        let mut members = Vec::with_capacity(buckets.all.len());
        for mut bucket in buckets.all {
            let context = match bucket.data.len() {
                1 => bucket.data.pop().unwrap_or_default(),
                _ => appended(bucket.data),
            };
            let value = self.evaluate(&group.pairs[bucket.pair].1, &context, env)?;
            members.push((bucket.key, value));
        }
        self.members(members)
    }

    /// The same for items with bindings: what a group's items bind is put together as well.
    pub(super) fn group_tuples(
        &mut self,
        group: &Group,
        tuples: &[Tuple],
        env: &Env,
    ) -> Result<Item, Error> {
        let mut buckets: Buckets<Vec<Tuple>> = Buckets::default();
        for tuple in tuples {
            let env = Frame::with(env, tuple.bindings.clone());
            for (pair, (key, _)) in group.pairs.iter().enumerate() {
                let key = self.evaluate(key, &tuple.item, &env)?;
                if let Some(data) = buckets.find(&key, pair, group.position)? {
                    data.push(tuple.clone());
                }
            }
        }
        let mut members = Vec::with_capacity(buckets.all.len());
        for bucket in buckets.all {
            let tuple = reduced(bucket.data);
            let env = Frame::with(env, tuple.bindings);
            let value = self.evaluate(&group.pairs[bucket.pair].1, &tuple.item, &env)?;
            members.push((bucket.key, value));
        }
        self.members(members)
    }

    fn members(&mut self, members: Vec<(Text, Item)>) -> Result<Item, Error> {
        self.meter.list(members.len())?;
        let defined = members.into_iter().filter(|(_, item)| !item.is_undefined());
        let (names, items): (Vec<_>, Vec<_>) = defined.unzip();
        let shape = Shape::new(names).expect("each key has one group");
        Ok(Item::object(shape, items))
    }
}

/// Groups in the order in which their keys came up.
struct Buckets<T> {
    all: Vec<Bucket<T>>,
    index: HashMap<Text, usize>,
}

impl<T> Default for Buckets<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T: Default> Buckets<T> {
    /// The group of a key; `None` for a key that is nothing.
    fn find(&mut self, key: &Item, pair: usize, position: usize) -> Result<Option<&mut T>, Error> {
        let key = match key {
            Item::Undefined => return Ok(None),
            Item::Json(Json::String(text)) => text,
            other => {
                let message =
                    format!("Key in object structure must evaluate to a string; got: {other}");
                return Err(Error::new("T1003", message).at(position));
            }
        };
        let at = match self.index.get(key) {
            Some(at) => *at,
            None => {
                self.index.insert(key.clone(), self.all.len());
                self.all.push(Bucket {
                    key: key.clone(),
                    pair,
                    data: T::default(),
                });
                self.all.len() - 1
            }
        };
        let bucket = &mut self.all[at];
        if bucket.pair != pair {
            let message = format!(
                "Multiple key definitions evaluate to same key: {}",
                Json::String(key.clone())
            );
            return Err(Error::new("D1009", message).at(position));
        }
        Ok(Some(&mut bucket.data))
    }
}

/// All items in one array, arrays among them joined: `$append` over all.
fn appended(items: Vec<Item>) -> Item {
    let defined = items.into_iter().filter(|item| !item.is_undefined());
    Item::array(defined.flat_map(Item::into_items).collect())
}

/// One tuple of many: each name is bound to what all of them bind it to.
fn reduced(tuples: Vec<Tuple>) -> Tuple {
    let mut tuples = tuples;
    if tuples.len() == 1 {
        return tuples.pop().unwrap_or_default();
    }
    let mut items = Vec::with_capacity(tuples.len());
    let mut bindings: Vec<(Symbol, Vec<Item>)> = Vec::new();
    for tuple in tuples {
        items.push(tuple.item);
        for (symbol, item) in tuple.bindings {
            match bindings.iter_mut().find(|(each, _)| *each == symbol) {
                Some((_, all)) => all.push(item),
                None => bindings.push((symbol, vec![item])),
            }
        }
    }
    let one = |mut items: Vec<Item>| match items.len() {
        1 => items.pop().unwrap_or_default(),
        _ => appended(items),
    };
    Tuple {
        item: one(items),
        bindings: bindings
            .into_iter()
            .map(|(symbol, items)| (symbol, one(items)))
            .collect(),
    }
}
