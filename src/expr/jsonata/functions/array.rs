//! Functions of arrays.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::expr::jsonata::ast::Comparator;
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::{Evaluator, equal, merge, order_texts};
use crate::expr::jsonata::function::{Arguments, Builtin, Form, Place};
use crate::expr::jsonata::item::{Flavour, Item, Value};
use crate::expr::jsonata::number;
use crate::value::{Json, Number, Text};

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("append", "<xx:a>", 2, append),
    Builtin::new("reverse", "<a:a>", 1, reverse),
    Builtin::new("shuffle", "<a:a>", 1, shuffle),
    Builtin::new("distinct", "<x:x>", 1, distinct),
    Builtin::new("zip", "<a+>", 0, zip),
    Builtin::new("sort", "<af?:a>", 2, sort),
];

fn append(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let (first, second) = (arguments.take(0), arguments.take(1));
    if first.is_undefined() {
        return Ok(second.into());
    }
    if second.is_undefined() {
        return Ok(first.into());
    }
    let count = first.count() + second.count();
    evaluator.meter.work(count / 8)?;
    evaluator.meter.list(count)?;
    let mut items = first.into_items();
    items.reserve(second.count());
    items.extend(second.into_items());
    Ok(Item::array(items).into())
}

fn reverse(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.take(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let mut items = list.into_items();
    evaluator.meter.list(items.len())?;
    items.reverse();
    Ok(Item::array(items).into())
}

/// Draws the order by Durstenfeld's shuffle.
fn shuffle(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.take(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let mut items = list.into_items();
    evaluator.meter.list(items.len())?;
    for last in (1..items.len()).rev() {
        let drawn = evaluator.environment.dice.next_u64() % (last as u64 + 1);
        items.swap(last, drawn as usize);
    }
    Ok(Item::array(items).into())
}

fn distinct(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.take(0);
    if !list.is_array() || list.count() <= 1 {
        return Ok(list.into());
    }
    let was_sequence = list.flavour() == Some(Flavour::Kept);
    let mut scalars: HashSet<Scalar> = HashSet::new();
    let mut others: Vec<Item> = Vec::new();
    let mut results: Vec<Item> = Vec::new();
    for item in list.iter() {
        let new = match Scalar::of(&item) {
            Some(scalar) => scalars.insert(scalar),
            None => {
                let mut new = true;
                for other in &others {
                    new &= !equal(other, &item, &mut evaluator.meter)?;
                }
                if new {
                    others.push(item.clone());
                }
                new
            }
        };
        if new {
            results.push(item);
        }
    }
    evaluator.meter.work(list.count() / 4)?;
    evaluator.meter.list(results.len())?;
    Ok(if was_sequence {
        Value::Sequence(results)
    } else {
        Item::array(results).into()
    })
}

/// A value that can be found by its hash. Integers beyond 2^53 are not among them: their doubles would collide.
#[derive(PartialEq, Eq, Hash)]
enum Scalar {
    Text(Text),
    Number(u64),
}

impl Scalar {
    fn of(item: &Item) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match item {
            Item::Json(Json::String(text)) => Some(Self::Text(text.clone())),
            Item::Json(Json::Number(number)) => {
                // Zero has two signs and one value.
                let value = number.as_f64() + 0.0;
                (value.abs() < EXACT).then(|| Self::Number(value.to_bits()))
            }
            _ => None,
        }
    }
}

fn zip(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let lists = arguments.all();
    let length = |list: &Item| if list.is_undefined() { 0 } else { list.count() };
    let shortest = lists.iter().map(length).min().unwrap_or(0);
    evaluator.meter.work(shortest * lists.len() / 4)?;
    evaluator
        .meter
        .list(shortest.saturating_mul(lists.len() + 1))?;
    let rows = (0..shortest).map(|at| {
        let row = lists.iter().map(|list| list.at(at).unwrap_or_default());
        Item::array(row.collect())
    });
    Ok(Item::array(rows.collect()).into())
}

fn sort(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.take(0);
    if list.is_undefined() || list.count() <= 1 {
        return Ok(list.into());
    }
    let comparator = arguments.get(1);
    evaluator.meter.list(list.count())?;
    evaluator.meter.work(list.count())?;
    if comparator.is_undefined() {
        let natural = Comparator {
            names: Vec::new(),
            descending: false,
        };
        return match sorted(&list, &natural) {
            Some(sorted) => Ok(Item::array(sorted).into()),
            None => Err(unsortable()),
        };
    }
    if let Item::Function(function) = comparator
        && let Form::Closure(lambda, ..) = &function.form
        && let Some(known) = &lambda.comparator
        && let Some(sorted) = sorted(&list, known)
    {
        return Ok(Item::array(sorted).into());
    }
    let mut items = list.into_items();
    merge(&mut items, &mut |a, b| {
        let answer = evaluator.visit(comparator, [a.clone(), b.clone()], place.env)?;
        Ok(is_truthy(&answer))
    })?;
    Ok(Item::array(items).into())
}

#[cold]
fn unsortable() -> Error {
    Error::new(
        "D3070",
        "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
    )
}

/// The items in the order of a field, if it is a number in all of them or a text in all of them. What cannot be
/// compared so is left to the function itself, which knows what is wrong.
fn sorted(list: &Item, by: &Comparator) -> Option<Vec<Item>> {
    let made;
    let list = match list {
        Item::Json(Json::Array(array)) | Item::Sequence(Json::Array(array)) => &array[..],
        other => {
            let value = |item| match item {
                Item::Json(value) => Some(value),
                _ => None,
            };
            made = other.iter().map(value).collect::<Option<Vec<Json>>>()?;
            &made[..]
        }
    };
    let mut keyed = Vec::with_capacity(list.len());
    for value in list {
        let key = by
            .names
            .iter()
            .try_fold(value, |value, name| value.get(name))?;
        keyed.push((key, value));
    }
    if let Some(numbers) = keys(&keyed, Number::as_i64) {
        return Some(in_order(numbers, by));
    }
    if let Some(numbers) = keys(&keyed, |number| match number {
        Number::Float(float) => Some(*float),
        _ => None,
    }) {
        return Some(in_order(numbers, by));
    }
    let all = |is: fn(&Json) -> bool| keyed.iter().all(|(key, _)| is(key));
    if all(|key| key.as_number().is_some()) {
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Json::Number(a), Json::Number(b)) => directed(number::compare(a, b), by),
            _ => Ordering::Equal,
        });
    } else if all(|key| key.as_str().is_some()) {
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Json::String(a), Json::String(b)) => directed(order_texts(a, b), by),
            _ => Ordering::Equal,
        });
    } else {
        return None;
    }
    Some(values(keyed))
}

/// The keys as plain numbers, if each is one of that kind: they are compared where they stand.
fn keys<'a, K>(
    keyed: &[(&Json, &'a Json)],
    plain: impl Fn(&Number) -> Option<K>,
) -> Option<Vec<(K, &'a Json)>> {
    let plain = |(key, value): &(&Json, &'a Json)| Some((plain(key.as_number()?)?, *value));
    keyed.iter().map(plain).collect()
}

fn in_order<K: PartialOrd>(mut keyed: Vec<(K, &Json)>, by: &Comparator) -> Vec<Item> {
    keyed.sort_by(|(a, _), (b, _)| directed(a.partial_cmp(b).unwrap_or(Ordering::Equal), by));
    values(keyed)
}

fn values<K>(keyed: Vec<(K, &Json)>) -> Vec<Item> {
    let values = keyed.into_iter();
    values.map(|(_, value)| Item::Json(value.clone())).collect()
}

fn directed(ordering: Ordering, by: &Comparator) -> Ordering {
    if by.descending {
        ordering.reverse()
    } else {
        ordering
    }
}

/// Whether JavaScript takes a value for true.
fn is_truthy(item: &Item) -> bool {
    match item {
        Item::Undefined | Item::Json(Json::Null) => false,
        Item::Json(Json::Bool(value)) => *value,
        Item::Json(Json::Number(number)) => number.as_f64() != 0.0,
        Item::Json(Json::String(text)) => !text.is_empty(),
        Item::Beyond(value) => !value.is_nan(),
        Item::Json(_)
        | Item::Sequence(_)
        | Item::List(_)
        | Item::Record(_)
        | Item::Builtin(_)
        | Item::Function(_)
        | Item::Stream(_) => true,
    }
}
