//! Infix operators.

use std::cmp::Ordering;

use super::compare::{equal, order_texts};
use super::{Evaluator, truth};
use crate::expr::jsonata::ast::{Node, Operator};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::Env;
use crate::expr::jsonata::item::Item;
use crate::expr::jsonata::limits::Meter;
use crate::expr::jsonata::{number, text};
use crate::value::{Json, Number};

impl Evaluator<'_> {
    #[inline(never)]
    pub(super) fn binary(
        &mut self,
        operator: Operator,
        both: &[Node; 2],
        input: &Item,
        env: &Env,
    ) -> Result<Item, Error> {
        let left = self.evaluate(&both[0], input, env)?;
        if let Some(decided) = early(operator, &left, &mut self.meter)? {
            return Ok(decided);
        }
        let right = self.evaluate(&both[1], input, env)?;
        match operator {
            Operator::And | Operator::Or => {
                Ok(Item::bool(truth(&right, &mut self.meter)?.unwrap_or(false)))
            }
            Operator::Default | Operator::Coalesce => Ok(right),
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Remainder => calculate(operator, &left, &right),
            Operator::Equal | Operator::NotEqual => {
                self.meter.work(1)?;
                if left.is_undefined() || right.is_undefined() {
                    return Ok(Item::bool(false));
                }
                let same = equal(&left, &right, &mut self.meter)?;
                Ok(Item::bool(same == (operator == Operator::Equal)))
            }
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => compare(operator, &left, &right),
            Operator::Concatenate => self.concatenate(&left, &right),
            Operator::In => self.contains(&left, &right),
            Operator::Range => self.range(&left, &right),
        }
    }

    fn concatenate(&mut self, left: &Item, right: &Item) -> Result<Item, Error> {
        let first = text::string(left, &mut self.meter)?.unwrap_or_default();
        let second = text::string(right, &mut self.meter)?.unwrap_or_default();
        self.meter.text(first.len() + second.len())?;
        let mut joined = String::with_capacity(first.len() + second.len());
        joined.push_str(&first);
        joined.push_str(&second);
        Ok(Item::text(joined))
    }

    fn contains(&mut self, left: &Item, right: &Item) -> Result<Item, Error> {
        if left.is_undefined() || right.is_undefined() {
            return Ok(Item::bool(false));
        }
        self.meter.work(right.count())?;
        // Identity in the reference: containers are never found.
        if !left.is_array() && !left.is_object() {
            for item in right.iter() {
                if equal(left, &item, &mut self.meter)? {
                    return Ok(Item::bool(true));
                }
            }
        }
        Ok(Item::bool(false))
    }

    fn range(&mut self, left: &Item, right: &Item) -> Result<Item, Error> {
        const LONGEST: f64 = 1e7;
        let first = whole(left).map_err(|()| side("T2003", "left"))?;
        let last = whole(right).map_err(|()| side("T2004", "right"))?;
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Item::Undefined);
        };
        if first > last {
            return Ok(Item::Undefined);
        }
        let size = last - first + 1.0;
        if size > LONGEST {
            let message = format!(
                "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate {}.",
                number::double(size)
            );
            return Err(Error::new("D2014", message));
        }
        self.meter.list(size as usize)?;
        self.meter.work(size as usize / 16)?;
        let first = first as i64;
        let numbers = (first..first + size as i64).map(Json::from);
        Ok(Item::Json(numbers.collect()))
    }
}

/// What an operator gives without a look at its right side.
fn early(operator: Operator, left: &Item, meter: &mut Meter) -> Result<Option<Item>, Error> {
    Ok(match operator {
        Operator::And | Operator::Or | Operator::Default => {
            let holds = truth(left, meter)?.unwrap_or(false);
            match operator {
                Operator::And => (!holds).then(|| Item::bool(false)),
                Operator::Or => holds.then(|| Item::bool(true)),
                _ => holds.then(|| left.clone()),
            }
        }
        Operator::Coalesce => (!left.is_undefined()).then(|| left.clone()),
        _ => None,
    })
}

/// The operand as a number; nothing when it is nothing.
fn operand(item: &Item, refused: impl FnOnce() -> Error) -> Result<Option<&Number>, Error> {
    match item {
        Item::Undefined => Ok(None),
        Item::Json(Json::Number(number)) => Ok(Some(number)),
        Item::Beyond(_) => Err(text::out_of_range()),
        _ => Err(refused()),
    }
}

fn calculate(operator: Operator, left: &Item, right: &Item) -> Result<Item, Error> {
    let left = operand(left, || not_a_number("T2001", "left"))?;
    let right = operand(right, || not_a_number("T2002", "right"))?;
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(Item::Undefined);
    };
    if let (Number::Int(a), Number::Int(b)) = (left, right)
        && let Some(exact) = exactly(operator, *a, *b)
    {
        return Ok(Item::Json(Json::from(exact)));
    }
    let (a, b) = (left.as_f64(), right.as_f64());
    Ok(number::item(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        _ => a % b,
    }))
}

#[cold]
fn not_a_number(code: &'static str, side: &str) -> Error {
    Error::new(
        code,
        format!("The {side} side of the {{{{token}}}} operator must evaluate to a number"),
    )
}

/// The result of two integers where it is one of 64 bits.
fn exactly(operator: Operator, a: i64, b: i64) -> Option<i64> {
    match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide if a.checked_rem(b)? == 0 => a.checked_div(b),
        Operator::Remainder => a.checked_rem(b),
        _ => None,
    }
}

fn compare(operator: Operator, left: &Item, right: &Item) -> Result<Item, Error> {
    let comparable =
        |item: &Item| item.is_undefined() || item.as_str().is_some() || item.as_f64().is_some();
    if !comparable(left) || !comparable(right) {
        let message = "The expressions either side of operator {{token}} must evaluate to numeric or string values";
        return Err(Error::new("T2010", message));
    }
    let ordering = match (left, right) {
        (Item::Undefined, _) | (_, Item::Undefined) => return Ok(Item::Undefined),
        (Item::Json(Json::Number(a)), Item::Json(Json::Number(b))) => Some(number::compare(a, b)),
        (Item::Json(Json::String(a)), Item::Json(Json::String(b))) => Some(order_texts(a, b)),
        (left, right) => match (left.as_f64(), right.as_f64()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => {
                let message = format!(
                    "The values {left} and {right} either side of operator {{{{token}}}} must be of the same data type"
                );
                return Err(Error::new("T2009", message));
            }
        },
    };
    let Some(ordering) = ordering else {
        return Ok(Item::bool(false));
    };
    Ok(Item::bool(match operator {
        Operator::Less => ordering == Ordering::Less,
        Operator::LessOrEqual => ordering != Ordering::Greater,
        Operator::Greater => ordering == Ordering::Greater,
        _ => ordering != Ordering::Less,
    }))
}

/// A bound of a range; nothing when it is nothing.
fn whole(item: &Item) -> Result<Option<f64>, ()> {
    if item.is_undefined() {
        return Ok(None);
    }
    match item.as_f64() {
        Some(value) if value.fract() == 0.0 => Ok(Some(value)),
        _ => Err(()),
    }
}

fn side(code: &'static str, side: &str) -> Error {
    Error::new(
        code,
        format!("The {side} side of the range operator (..) must evaluate to an integer"),
    )
}

/// `-value`
pub(super) fn negate(value: Item) -> Result<Item, Error> {
    match &value {
        Item::Undefined => Ok(value),
        Item::Json(Json::Number(number)) => Ok(Item::Json(Json::Number(number::negated(number)))),
        Item::Beyond(_) => Err(text::out_of_range()),
        other => {
            let message = format!("Cannot negate a non-numeric value: {other}");
            Err(Error::new("D1002", message))
        }
    }
}
