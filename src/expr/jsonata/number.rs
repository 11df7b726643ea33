//! Numbers: integers exactly, everything else as JavaScript and Java both do, in 64-bit floating point.

use std::cmp::Ordering;

use super::item::Item;
use crate::value::{Json, Number};

/// Up to here every integer is an `f64` of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a number as an expression writes it; `None` when it is beyond an `f64`.
pub(super) fn literal(text: &str) -> Option<Json> {
    if let Ok(int) = text.parse::<i64>() {
        return Some(Json::from(int));
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then(|| Json::Number(finite(value)))
}

/// The number with the other sign.
pub(super) fn negated(number: &Number) -> Number {
    match number {
        Number::Int(int) => match int.checked_neg() {
            Some(int) => Number::Int(int),
            None => Number::Float(-(*int as f64)),
        },
        Number::Float(_) | Number::Big(_) => finite(-number.as_f64()),
    }
}

/// A result of arithmetic as a number: an integer again when it is one.
pub(super) fn finite(value: f64) -> Number {
    let whole = value as i64;
    if whole as f64 == value && value.abs() <= EXACT {
        Number::Int(whole)
    } else {
        Number::Float(value)
    }
}

/// A result of arithmetic as an item, which may be infinite.
pub(super) fn item(value: f64) -> Item {
    if value.is_finite() {
        Item::Json(Json::Number(finite(value)))
    } else {
        Item::Beyond(value)
    }
}

/// A count as an item.
pub(super) fn count(value: usize) -> Item {
    Item::Json(Json::from(value))
}

/// Writes a number as JavaScript does.
pub(super) fn text(number: &Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        Number::Float(value) => double(*value),
        Number::Big(digits) => double(digits.parse().unwrap_or(f64::INFINITY)),
    }
}

/// Writes a number rounded to 15 significant digits, as `$string` does.
pub(super) fn rounded_text(number: &Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        Number::Float(_) | Number::Big(_) => double(rounded(number.as_f64())),
    }
}

fn rounded(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// `Number::toString` of ECMAScript: plain from 10^-6 up to 10^21, with an exponent outside.
pub(super) fn double(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let shortest = format!("{value:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-6..21).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{}", exponent.abs())
}

/// Compares two numbers by value.
pub(super) fn compare(a: &Number, b: &Number) -> Ordering {
    a.compare(b)
}

/// The place in a list of that length that a number means: its whole part, counted from the end when negative.
pub(super) fn index(value: f64, length: usize) -> Option<usize> {
    let mut at = value.floor();
    if at < 0.0 {
        at += length as f64;
    }
    (at >= 0.0 && at < length as f64).then_some(at as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        let check = |value: f64, expected: &str| assert_eq!(double(value), expected);
        check(1e20, "100000000000000000000");
        check(1e21, "1e+21");
        check(1.5e-7, "1.5e-7");
        check(0.000_001, "0.000001");
        check(-0.0, "0");
        check(1.0 / 3.0, "0.3333333333333333");
        assert_eq!(rounded_text(&Number::Float(22.0 / 7.0)), "3.14285714285714");
    }

    #[test]
    fn whole_results_are_integers_as_long_as_they_are_exact() {
        assert_eq!(finite(3.0), Number::Int(3));
        assert_eq!(finite(1e20), Number::Float(1e20));
        assert_eq!(
            literal("9007199254740993"),
            Some(Json::from(9_007_199_254_740_993_i64))
        );
        assert_eq!(literal("1e999"), None);
    }
}
