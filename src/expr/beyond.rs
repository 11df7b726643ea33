//! Decimals beyond `f64`. JSON has no place for them, but literals of intrinsic functions and of filters do.

use crate::value::Number;

/// The number that a text such as `1e309` means, by its digits; `None` when it means none, or too long a one.
pub(super) fn beyond_f64(text: &str) -> Option<Number> {
    /// The most digits that are written out.
    const DIGITS: usize = 1_000;
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = plain.split_once(['e', 'E'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let zeros = exponent
        .parse::<usize>()
        .ok()?
        .checked_sub(fraction.len())?;
    let is_number = !whole.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number || digits.starts_with('0') || zeros > DIGITS {
        return None;
    }
    let sign = &text[..text.len() - plain.len()];
    Number::parse(&format!("{sign}{digits}{}", "0".repeat(zeros)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_beyond_64_bits_is_a_number() {
        let check = |text: &str, expected: Option<String>| {
            let digits = beyond_f64(text).map(|number| number.to_string());
            assert_eq!(digits, expected, "{text}");
        };
        check("1e309", Some(format!("1{}", "0".repeat(309))));
        check("-2.5E+400", Some(format!("-25{}", "0".repeat(399))));
        for text in ["1e9999", "e309", "1e", "0e309", "x1e309"] {
            check(text, None);
        }
    }
}
