//! Digits: how JavaScript writes and reads numbers, and the decimal digits of all scripts.

/// The zeros of the decimal digit families of Unicode's basic plane, where pictures may choose theirs. Sorted.
const ZEROS: [char; 37] = [
    '\u{30}', '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}',
    '\u{B66}', '\u{BE6}', '\u{C66}', '\u{CE6}', '\u{D66}', '\u{DE6}', '\u{E50}', '\u{ED0}',
    '\u{F20}', '\u{1040}', '\u{1090}', '\u{17E0}', '\u{1810}', '\u{1946}', '\u{19D0}', '\u{1A80}',
    '\u{1A90}', '\u{1B50}', '\u{1BB0}', '\u{1C40}', '\u{1C50}', '\u{A620}', '\u{A8D0}', '\u{A900}',
    '\u{A9D0}', '\u{A9F0}', '\u{AA50}', '\u{ABF0}', '\u{FF10}',
];

/// No `f64` has more digits than this after its decimal point.
const MOST_DECIMALS: usize = 1074;

/// From here on JavaScript writes numbers with an exponent.
const EXPONENT_FROM: f64 = 1e21;

/// The zero of the family that a digit belongs to; `None` when it is no decimal digit.
pub(super) fn zero_of(digit: char) -> Option<char> {
    let after = ZEROS.partition_point(|zero| *zero <= digit);
    let zero = *ZEROS.get(after.checked_sub(1)?)?;
    value_in(zero, digit).map(|_| zero)
}

/// The value of a digit of the family with that zero.
pub(super) fn value_in(zero: char, digit: char) -> Option<u8> {
    let value = u32::from(digit).checked_sub(u32::from(zero))?;
    u8::try_from(value).ok().filter(|value| *value < 10)
}

/// The text with its ASCII digits written in another family.
pub(super) fn in_family(zero: char, text: &str) -> String {
    if zero == '0' {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32(u32::from(zero) + digit).unwrap_or(c),
            None => c,
        })
        .collect()
}

/// The text with the digits of a family written in ASCII.
pub(super) fn from_family(zero: char, text: &str) -> String {
    text.chars()
        .map(|c| match value_in(zero, c) {
            Some(value) => char::from(b'0' + value),
            None if zero != '0' && c.is_ascii_digit() => char::REPLACEMENT_CHARACTER,
            None => c,
        })
        .collect()
}

/// Writes a whole number that is not negative: JavaScript's `String(value)`.
pub(super) fn whole(value: f64) -> String {
    if value.is_finite() && value >= EXPONENT_FROM {
        return format!("{value:e}").replace('e', "e+");
    }
    special(value).unwrap_or_else(|| value.to_string())
}

/// Writes a number that is not negative with so many decimals: JavaScript's `value.toFixed(decimals)`.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if value.is_finite() && value < EXPONENT_FROM {
        format!("{value:.*}", decimals.min(MOST_DECIMALS))
    } else {
        whole(value)
    }
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some("NaN".to_owned())
    } else if value.is_infinite() {
        Some("Infinity".to_owned())
    } else {
        None
    }
}

/// Rounds to so many decimals, half to even.
///
/// The decimal point is moved in the shortest text of the number, not by a multiplication, so that 1.005 lies half-way
/// between 1.00 and 1.01 as its reader thinks.
pub(super) fn round_half_even(value: f64, decimals: usize) -> f64 {
    let decimals = i64::try_from(decimals.min(MOST_DECIMALS)).unwrap_or_default();
    let moved = shift(value, decimals);
    if !moved.is_finite() {
        return value;
    }
    let floor = moved.floor();
    let fraction = moved - floor;
    let odd = floor % 2.0 != 0.0;
    let rounded = if fraction > 0.5 || (fraction == 0.5 && odd) {
        floor + 1.0
    } else {
        floor
    };
    shift(rounded, -decimals)
}

/// Moves the decimal point in the text of a number.
fn shift(value: f64, places: i64) -> f64 {
    let text = format!("{value:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return value;
    };
    let exponent = exponent.parse::<i64>().unwrap_or_default() + places;
    format!("{mantissa}e{exponent}").parse().unwrap_or(value)
}

/// Reads the integer that a text begins with: JavaScript's `parseInt`. NaN when there is none.
pub(super) fn parse_int(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return sign * parse_hex(hex);
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    sign * text[..end].parse().unwrap_or(f64::NAN)
}

fn parse_hex(text: &str) -> f64 {
    let digits = text.chars().map_while(|c| c.to_digit(16));
    digits
        .map(f64::from)
        .reduce(|value, digit| value * 16.0 + digit)
        .unwrap_or(f64::NAN)
}

/// What JavaScript counts as white space, which is Unicode's with the byte order mark and without NEL.
pub(super) fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{FEFF}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_knows_its_family() {
        assert_eq!(zero_of('7'), Some('0'));
        assert_eq!(zero_of('٣'), Some('٠'));
        assert_eq!(zero_of('９'), Some('０'));
        assert_eq!(zero_of('a'), None);
        assert_eq!(zero_of('\0'), None);
        assert_eq!(zero_of('②'), None);
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn digits_change_families() {
        assert_eq!(in_family('٠', "1-20"), "١-٢٠");
        assert_eq!(from_family('٠', "١-٢٠"), "1-20");
        assert_eq!(
            from_family('٠', "1"),
            "\u{FFFD}",
            "a digit of another family is none"
        );
    }

    #[test]
    fn numbers_are_written_as_javascript_does() {
        assert_eq!(whole(0.0), "0");
        assert_eq!(
            whole(123_456_789_012_345_680_000.0),
            "123456789012345680000"
        );
        assert_eq!(whole(1e21), "1e+21");
        assert_eq!(whole(f64::NAN), "NaN");
        assert_eq!(fixed(0.1 + 0.2, 20), "0.30000000000000004441");
        assert_eq!(fixed(12.5, 100_000).len(), 3 + MOST_DECIMALS);
        assert_eq!(fixed(1.5e21, 2), "1.5e+21");
    }

    #[test]
    fn halves_are_rounded_to_even_in_decimal() {
        for (value, decimals, expected) in [
            (2.5, 0, 2.0),
            (3.5, 0, 4.0),
            (1.005, 2, 1.0),
            (1.015, 2, 1.02),
            (8.345, 2, 8.34),
            (0.499_999_999_999_999_94, 0, 0.0),
            (1e300, 3, 1e300),
        ] {
            assert_eq!(round_half_even(value, decimals), expected, "{value}");
        }
        assert!(round_half_even(f64::NAN, 2).is_nan());
        assert_eq!(round_half_even(f64::INFINITY, 2), f64::INFINITY);
        assert_eq!(round_half_even(1.5, usize::MAX), 1.5);
    }

    #[test]
    fn an_integer_is_read_as_far_as_it_goes() {
        for (text, expected) in [
            ("12abc", 12.0),
            (" \u{FEFF}-7", -7.0),
            ("+3.9", 3.0),
            ("0x1fg", 31.0),
            ("99999999999999999999", 1e20),
        ] {
            assert_eq!(parse_int(text), expected, "{text}");
        }
        for text in ["", "-", "abc", "0x", "--1", "٣"] {
            assert!(parse_int(text).is_nan(), "{text}");
        }
    }
}
