//! Numbers: 64-bit integers exactly, larger integers as their text, decimals as `f64`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A JSON number.
///
/// Integers between `i64::MIN` and `i64::MAX` are exact. A larger integer keeps the digits it was written with.
/// Everything with a fraction or an exponent is an `f64` and is printed as Java prints a `double` (`1.0E10`), because
/// that is what the service's serialiser does.
#[derive(Clone, Debug)]
pub enum Number {
    /// An integer that fits 64 bits.
    Int(i64),
    /// A number with a fraction or an exponent. Always finite.
    Float(f64),
    /// An integer beyond 64 bits, as its canonical digits.
    Big(Arc<Box<str>>),
}

impl Number {
    /// Reads a number by JSON's grammar; `None` when the text is not one or is a decimal beyond `f64`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let integral = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit() {
            return None;
        }
        if !integral {
            let plausible = digits.starts_with(|c: char| c.is_ascii_digit());
            return plausible
                .then(|| text.parse().ok())
                .flatten()
                .and_then(Self::from_f64);
        }
        match text.parse() {
            Ok(int) => Some(Self::Int(int)),
            Err(_) => Some(Self::Big(Arc::new(text.into()))),
        }
    }

    /// Wraps a finite `f64`; `None` for infinities and NaN, which JSON does not have.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// The value when it is an integer of 64 bits (`2.0` is not).
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            Self::Float(_) | Self::Big(_) => None,
        }
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Int(int) => *int as f64,
            Self::Float(float) => *float,
            Self::Big(text) => text.parse().unwrap_or(f64::INFINITY),
        }
    }

    /// Compares by mathematical value: `1` and `1.0` are the same, and no integer is rounded on the way.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::Int(a), Self::Float(b)) => compare_int_float(*a, *b),
            (Self::Float(a), Self::Int(b)) => compare_int_float(*b, *a).reverse(),
            (Self::Big(a), Self::Big(b)) => compare_digits(a, b),
            (Self::Big(a), Self::Int(_)) => sign(a),
            (Self::Int(_), Self::Big(b)) => sign(b).reverse(),
            (Self::Big(_), Self::Float(_)) | (Self::Float(_), Self::Big(_)) => self
                .as_f64()
                .partial_cmp(&other.as_f64())
                .unwrap_or(Ordering::Equal),
        }
    }
}

/// Compares without rounding the integer to an `f64` first.
fn compare_int_float(int: i64, float: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if float >= BEYOND {
        return Ordering::Less;
    }
    if float < -BEYOND {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    int.cmp(&(whole as i64)).then_with(|| {
        0.0_f64
            .partial_cmp(&(float - whole))
            .unwrap_or(Ordering::Equal)
    })
}

/// How an integer beyond 64 bits compares with every integer within them.
fn sign(digits: &str) -> Ordering {
    if digits.starts_with('-') {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

fn compare_digits(a: &str, b: &str) -> Ordering {
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Some(a), Some(b)) => b.len().cmp(&a.len()).then_with(|| b.cmp(a)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// Two numbers are equal when they are the same kind and value: `1` is not `1.0`, as in the service's JSON tree.
/// Use [`Number::compare`] for mathematical equality.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Big(a), Self::Big(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Float(float) => write_double(*float, f),
            Self::Big(text) => f.write_str(text),
        }
    }
}

/// Java's `Double.toString`: plain from 10^-3 up to 10^7, otherwise one digit, a fraction and `E`.
fn write_double(value: f64, f: &mut impl fmt::Write) -> fmt::Result {
    if value == 0.0 {
        return f.write_str(if value.is_sign_negative() {
            "-0.0"
        } else {
            "0.0"
        });
    }
    let shortest = format!("{value:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-3..7).contains(&exponent) {
        let fraction = if mantissa.contains('.') { "" } else { ".0" };
        return write!(f, "{mantissa}{fraction}E{exponent}");
    }
    if value.fract() == 0.0 {
        write!(f, "{value}.0")
    } else {
        write!(f, "{value}")
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, printed: &str) {
        let number = Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"));
        assert_eq!(number.to_string(), printed);
    }

    #[test]
    fn integers_are_exact_at_any_size() {
        check("9223372036854775807", "9223372036854775807");
        check("-9223372036854775808", "-9223372036854775808");
        check("92233720368547758070", "92233720368547758070");
        check("-0", "0");
    }

    #[test]
    fn decimals_are_printed_as_java_prints_a_double() {
        check("1.10", "1.1");
        check("1e2", "100.0");
        check("1e7", "1.0E7");
        check("12345678.9", "1.23456789E7");
        check("0.001", "0.001");
        check("0.0001", "1.0E-4");
        check("-1.5e300", "-1.5E300");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "-", "01", "1e999", "+1", "NaN", "inf", ".5"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn comparison_never_rounds_an_integer() {
        let big = Number::Int(9_007_199_254_740_993);
        assert_eq!(
            big.compare(&Number::Float(9_007_199_254_740_992.0)),
            Ordering::Greater
        );
        assert_eq!(Number::Int(1).compare(&Number::Float(1.0)), Ordering::Equal);
        assert_eq!(
            Number::Int(-1).compare(&Number::Float(-1.5)),
            Ordering::Greater
        );
        let huge = Number::parse("100000000000000000000").unwrap();
        assert_eq!(huge.compare(&Number::Int(i64::MAX)), Ordering::Greater);
    }
}
