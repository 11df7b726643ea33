//! Roman numerals and letters as numbers, both ways.

use super::error::Error;

const ROMAN: [(&str, u64); 13] = [
    ("m", 1000),
    ("cm", 900),
    ("d", 500),
    ("cd", 400),
    ("c", 100),
    ("xc", 90),
    ("l", 50),
    ("xl", 40),
    ("x", 10),
    ("ix", 9),
    ("v", 5),
    ("iv", 4),
    ("i", 1),
];

/// Above this a Roman number would be a million letters long.
const LARGEST_ROMAN: f64 = 1e9;

/// Writes a whole number as a lower-case Roman numeral; zero is empty.
pub(super) fn to_roman(value: f64) -> Result<String, Error> {
    if value > LARGEST_ROMAN {
        return Err(Error::new(
            "U1001",
            "Expression evaluation memory limit exceeded",
        ));
    }
    let mut rest = value as u64;
    let mut text = String::new();
    for (numeral, size) in ROMAN {
        while rest >= size {
            text.push_str(numeral);
            rest -= size;
        }
    }
    Ok(text)
}

/// Reads an upper-case Roman numeral; NaN when a letter is none.
///
/// A letter before any larger one is subtracted, so that unusual spellings (`IIX`) have a value.
pub(super) fn from_roman(text: &str) -> f64 {
    let (mut sum, mut largest) = (0.0, 0.0);
    for letter in text.chars().rev() {
        let value = match letter {
            'M' => 1000.0,
            'D' => 500.0,
            'C' => 100.0,
            'L' => 50.0,
            'X' => 10.0,
            'V' => 5.0,
            'I' => 1.0,
            _ => return f64::NAN,
        };
        if value < largest {
            sum -= value;
        } else {
            largest = value;
            sum += value;
        }
    }
    sum
}

/// Writes a whole number as letters from `first` on: `a` to `z`, `aa` to `zz`, …; zero is empty.
pub(super) fn to_letters(value: f64, first: u8) -> String {
    let mut rest = if value.is_finite() { value } else { 0.0 };
    let mut letters = Vec::new();
    while rest > 0.0 {
        let letter = (rest - 1.0) % 26.0;
        letters.push(char::from(first + letter as u8));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.iter().rev().collect()
}

/// Reads letters from `first` on as a number.
///
/// Other characters count by their distance from `first`, as in the reference implementation.
pub(super) fn from_letters(text: &str, first: u8) -> f64 {
    let units: Vec<u16> = text.encode_utf16().collect();
    let values = units.iter().rev().zip(0_u32..).map(|(unit, place)| {
        let letter = f64::from(*unit) - f64::from(first) + 1.0;
        letter * 26_f64.powf(f64::from(place))
    });
    values.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_numerals_go_both_ways() {
        for (value, text) in [
            (0.0, ""),
            (4.0, "iv"),
            (49.0, "xlix"),
            (944.0, "cmxliv"),
            (2026.0, "mmxxvi"),
            (5000.0, "mmmmm"),
        ] {
            assert_eq!(to_roman(value).expect("it is not large"), text);
            assert_eq!(from_roman(&text.to_uppercase()), value);
        }
    }

    #[test]
    fn unusual_roman_numerals_have_a_value() {
        assert_eq!(from_roman("IIX"), 8.0);
        assert_eq!(from_roman("VIX"), 4.0);
        assert_eq!(from_roman("IIII"), 4.0);
        assert!(from_roman("ix").is_nan());
    }

    #[test]
    fn a_roman_numeral_has_an_end() {
        assert_eq!(to_roman(1e300).expect_err("too long").code, "U1001");
        assert_eq!(to_roman(f64::NAN).expect("nothing"), "");
    }

    #[test]
    fn letters_go_both_ways() {
        for (value, text) in [(1.0, "a"), (26.0, "z"), (27.0, "aa"), (703.0, "aaa")] {
            assert_eq!(to_letters(value, b'a'), text);
            assert_eq!(from_letters(text, b'a'), value);
        }
        assert_eq!(to_letters(f64::INFINITY, b'A'), "");
        assert!(!to_letters(f64::MAX, b'A').is_empty());
    }
}
