//! Functions that tell what a value is, and make another kind of value of it.

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::{Evaluator, truth};
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::{number, text};
use crate::value::{Json, Number};

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("string", "<x-b?:s>", 1, string),
    Builtin::new("number", "<(nsb)-:n>", 1, to_number),
    Builtin::new("boolean", "<x-:b>", 1, boolean),
    Builtin::new("not", "<x-:b>", 1, not),
    Builtin::new("exists", "<x:b>", 1, exists),
    Builtin::new("type", "<x:s>", 1, type_of),
];

fn string(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let item = arguments.get(0);
    let pretty = matches!(arguments.get(1), Item::Json(Json::Bool(true)));
    let meter = &mut evaluator.meter;
    let text = if pretty && (item.is_array() || item.is_object()) {
        Some(text::written(item, Some(2), meter)?.into())
    } else {
        text::string(item, meter)?
    };
    Ok(text.map_or(Item::Undefined, Item::text).into())
}

fn to_number(
    _: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let item = arguments.take(0);
    let number = match &item {
        Item::Json(Json::Bool(value)) => Some(Json::from(i64::from(*value))),
        Item::Json(Json::String(text)) => parsed(text),
        _ => return Ok(item.into()),
    };
    match number {
        Some(number) => Ok(Item::Json(number).into()),
        None => {
            let message = format!("Unable to cast value to a number: {item}");
            Err(Error::new("D3030", message))
        }
    }
}

/// A number as JSON writes it, but with leading zeros if there are any; or one in base 16, 8 or 2.
fn parsed(text: &str) -> Option<Json> {
    let radix = |prefix: char| match prefix {
        'x' | 'X' => Some(16),
        'o' | 'O' => Some(8),
        'b' | 'B' => Some(2),
        _ => None,
    };
    let mut characters = text.chars();
    if let (Some('0'), Some(radix)) = (characters.next(), characters.next().and_then(radix)) {
        let digits = characters.as_str();
        let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        return all.then(|| based(digits, radix));
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let fraction = unsigned
        .split_once(['e', 'E'])
        .map_or(unsigned, |(before, _)| before);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let right = match fraction.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(fraction),
    };
    if !right {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if let Ok(int) = text.parse::<i64>() {
        return Some(Json::from(int));
    }
    value
        .is_finite()
        .then(|| Json::Number(number::finite(value)))
}

fn based(digits: &str, radix: u32) -> Json {
    let value = digits.chars().fold(0.0, |value, c| {
        value * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0))
    });
    Json::Number(if value.is_finite() {
        number::finite(value)
    } else {
        Number::Float(f64::MAX)
    })
}

fn boolean(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let truth = truth(arguments.get(0), &mut evaluator.meter)?;
    Ok(truth.map_or(Item::Undefined, Item::bool).into())
}

fn not(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let truth = truth(arguments.get(0), &mut evaluator.meter)?;
    Ok(truth
        .map_or(Item::Undefined, |truth| Item::bool(!truth))
        .into())
}

fn exists(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(Item::bool(!arguments.get(0).is_undefined()).into())
}

fn type_of(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(arguments
        .get(0)
        .kind()
        .map_or(Item::Undefined, Item::text)
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_numbers() {
        let check = |text: &str, expected: Option<f64>| {
            assert_eq!(
                parsed(text).and_then(|value| value.as_f64()),
                expected,
                "{text}"
            );
        };
        check("0x1F", Some(31.0));
        check("0b11", Some(3.0));
        check("007", Some(7.0));
        check("-1.5e3", Some(-1500.0));
        for text in ["", " 1", "+5", "1.", ".5", "Infinity", "1e", "0x", "1e999"] {
            check(text, None);
        }
    }
}
