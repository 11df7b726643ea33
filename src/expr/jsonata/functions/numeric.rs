//! Functions of single numbers, and numbers as text.

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::{format_integer, format_number, number, parse_integer, text};
use crate::value::{Json, Number};

pub(super) static ROWS: [Builtin; 10] = [
    Builtin::new("abs", "<n-:n>", 1, abs),
    Builtin::new("floor", "<n-:n>", 1, floor),
    Builtin::new("ceil", "<n-:n>", 1, ceil),
    Builtin::new("round", "<n-n?:n>", 2, round),
    Builtin::new("power", "<n-n:n>", 2, power),
    Builtin::new("sqrt", "<n-:n>", 1, sqrt),
    Builtin::new("formatNumber", "<n-so?:s>", 3, format_a_number),
    Builtin::new("formatBase", "<n-n?:s>", 2, format_base),
    Builtin::new("formatInteger", "<n-s:s>", 2, format_an_integer),
    Builtin::new("parseInteger", "<s-s:n>", 2, parse_an_integer),
];

/// A number made of the first argument: nothing stays nothing, and integers stay what they are where that is told.
fn of_number(
    arguments: &Arguments,
    exact: impl FnOnce(i64) -> Option<i64>,
    make: impl FnOnce(f64) -> f64,
) -> Result<Value, Error> {
    let item = arguments.get(0);
    if let Some(int) = item.as_number().and_then(Number::as_i64)
        && let Some(int) = exact(int)
    {
        return Ok(Item::Json(Json::from(int)).into());
    }
    let made = item.as_f64().map(make);
    Ok(made.map_or(Item::Undefined, number::item).into())
}

fn abs(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    of_number(arguments, i64::checked_abs, f64::abs)
}

fn floor(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    of_number(arguments, Some, f64::floor)
}

fn ceil(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    of_number(arguments, Some, f64::ceil)
}

fn round(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    let precision = arguments.get(1).as_f64().unwrap_or(0.0) as i32;
    let exact = |int| (precision >= 0).then_some(int);
    of_number(arguments, exact, |value| rounded(value, precision))
}

/// Rounds half to even at a decimal place, which is moved in the text of the number: multiplying would not be exact.
pub(super) fn rounded(value: f64, precision: i32) -> f64 {
    let shifted = shift(value, precision);
    let up = (shifted + 0.5).floor();
    let result = if (up - shifted).abs() == 0.5 && (up % 2.0).abs() == 1.0 {
        up - 1.0
    } else {
        up
    };
    shift(result, precision.saturating_neg())
}

/// The number times a power of ten.
fn shift(value: f64, places: i32) -> f64 {
    if places == 0 || !value.is_finite() {
        return value;
    }
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0).saturating_add(places);
    format!("{mantissa}e{exponent}").parse().unwrap_or(value)
}

fn power(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    let (base, exponent) = (arguments.get(0), arguments.get(1));
    let Some(value) = base.as_f64() else {
        return Ok(Item::Undefined.into());
    };
    let power = exponent.as_f64().unwrap_or(f64::NAN);
    let result = value.powf(power);
    // One to no power is one here, and nothing in the reference.
    if result.is_finite() && !power.is_nan() {
        return Ok(number::item(result).into());
    }
    let message = format!(
        "The power function has resulted in a value that cannot be represented as a JSON number: base={base}, exponent={exponent}"
    );
    Err(Error::new("D3061", message))
}

fn sqrt(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    let item = arguments.get(0);
    match item.as_f64() {
        None => Ok(Item::Undefined.into()),
        Some(value) if value < 0.0 => {
            let message =
                format!("The sqrt function cannot be applied to a negative number: {item}");
            Err(Error::new("D3060", message))
        }
        Some(value) => Ok(number::item(value.sqrt()).into()),
    }
}

fn format_a_number(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(value) = arguments.get(0).as_f64() else {
        return Ok(Item::Undefined.into());
    };
    let picture = arguments.get(1).as_str().unwrap_or_default();
    let options = match arguments.get(2) {
        Item::Undefined => None,
        options => Some(text::to_json(options, &mut evaluator.meter)?),
    };
    let text = format_number::format_number(value, picture, options.as_ref())?;
    Ok(Item::text(text).into())
}

fn format_an_integer(
    _: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(value) = arguments.get(0).as_f64() else {
        return Ok(Item::Undefined.into());
    };
    let picture = arguments.get(1).as_str().unwrap_or_default();
    let text = format_integer::format_integer(value.floor(), picture)?;
    Ok(Item::text(text).into())
}

fn parse_an_integer(
    _: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    let picture = arguments.get(1).as_str().unwrap_or_default();
    let value = parse_integer::parse_integer(text, picture)?;
    Ok(value.map_or(Item::Undefined, number::item).into())
}

fn format_base(
    _: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(value) = arguments.get(0).as_f64() else {
        return Ok(Item::Undefined.into());
    };
    let radix = arguments
        .get(1)
        .as_f64()
        .map_or(10.0, |radix| rounded(radix, 0));
    if !(2.0..=36.0).contains(&radix) {
        let message = format!(
            "The radix of the formatBase function must be between 2 and 36.  It was given {}",
            number::double(radix)
        );
        return Err(Error::new("D3100", message));
    }
    let value = match arguments.get(0).as_number().and_then(Number::as_i64) {
        Some(int) => i128::from(int),
        None => rounded(value, 0) as i128,
    };
    Ok(Item::text(in_base(value, radix as u32)).into())
}

fn in_base(value: i128, radix: u32) -> String {
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        let digit = (rest % u128::from(radix)) as u32;
        digits.push(char::from_digit(digit, radix).unwrap_or('?'));
        rest /= u128::from(radix);
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even() {
        for (value, precision, expected) in [
            (2.5, 0, 2.0),
            (3.5, 0, 4.0),
            (-2.5, 0, -2.0),
            (1250.0, -2, 1200.0),
            (4.515, 2, 4.52),
            (1.005, 2, 1.0),
        ] {
            assert_eq!(
                rounded(value, precision),
                expected,
                "{value} at {precision}"
            );
        }
    }

    #[test]
    fn integers_are_written_in_any_base() {
        assert_eq!(in_base(255, 16), "ff");
        assert_eq!(in_base(-256, 2), "-100000000");
        assert_eq!(in_base(0, 36), "0");
    }
}
