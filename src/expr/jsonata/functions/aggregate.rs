//! Functions that make one number of many.

use std::cmp::Ordering;

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::number;
use crate::value::{Json, Number};

pub(super) static ROWS: [Builtin; 5] = [
    Builtin::new("sum", "<a<n>:n>", 1, sum),
    Builtin::new("count", "<a:n>", 1, count),
    Builtin::new("max", "<a<n>:n>", 1, max),
    Builtin::new("min", "<a<n>:n>", 1, min),
    Builtin::new("average", "<a<n>:n>", 1, average),
];

/// A sum that is exact as long as all is integers of 64 bits.
enum Sum {
    Exact(i64),
    Rounded(f64),
}

impl Sum {
    fn add(self, number: Option<&Number>, value: f64) -> Self {
        match (self, number.and_then(Number::as_i64)) {
            (Self::Exact(sum), Some(int)) => match sum.checked_add(int) {
                Some(sum) => Self::Exact(sum),
                None => Self::Rounded(sum as f64 + value),
            },
            (Self::Exact(sum), None) => Self::Rounded(sum as f64 + value),
            (Self::Rounded(sum), _) => Self::Rounded(sum + value),
        }
    }

    fn item(self) -> Item {
        match self {
            Self::Exact(sum) => Item::Json(Json::from(sum)),
            Self::Rounded(sum) => number::item(sum),
        }
    }

    fn value(&self) -> f64 {
        match self {
            Self::Exact(sum) => *sum as f64,
            Self::Rounded(sum) => *sum,
        }
    }
}

/// Goes through the numbers of an array.
fn fold<T>(list: &Item, start: T, mut add: impl FnMut(T, Option<&Number>, f64) -> T) -> T {
    if let Some(Json::Array(items)) = list.as_json() {
        let numbers = items.iter().filter_map(Json::as_number);
        return numbers.fold(start, |sum, number| add(sum, Some(number), number.as_f64()));
    }
    list.iter().fold(start, |sum, item| {
        let value = item.as_f64().unwrap_or(f64::NAN);
        add(sum, item.as_number(), value)
    })
}

fn total(evaluator: &mut Evaluator<'_>, list: &Item) -> Result<Sum, Error> {
    evaluator.meter.work(list.count() / 8)?;
    Ok(fold(list, Sum::Exact(0), Sum::add))
}

fn sum(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    Ok(total(evaluator, list)?.item().into())
}

fn average(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() || list.count() == 0 {
        return Ok(Item::Undefined.into());
    }
    let sum = total(evaluator, list)?.value();
    Ok(number::item(sum / list.count() as f64).into())
}

fn count(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    let list = arguments.get(0);
    let count = if list.is_undefined() { 0 } else { list.count() };
    Ok(number::count(count).into())
}

fn max(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    extreme(evaluator, arguments, Ordering::Greater)
}

fn min(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    extreme(evaluator, arguments, Ordering::Less)
}

fn extreme(
    evaluator: &mut Evaluator<'_>,
    arguments: &Arguments,
    wanted: Ordering,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    evaluator.meter.work(list.count() / 8)?;
    let best = fold(list, None, |best: Option<(Item, f64)>, number, value| {
        let better = match &best {
            None => true,
            Some((Item::Json(Json::Number(best)), _)) if number.is_some() => {
                number.is_some_and(|number| number.compare(best) == wanted)
            }
            Some((_, best)) => value.partial_cmp(best) == Some(wanted),
        };
        if better {
            let item = number.map_or(Item::Beyond(value), |number| {
                Item::Json(Json::Number(number.clone()))
            });
            return Some((item, value));
        }
        best
    });
    Ok(best.map_or(Item::Undefined, |(item, _)| item).into())
}
