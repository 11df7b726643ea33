//! `$parseInteger`: the number that a text written by a picture means.

use std::collections::BTreeSet;

use super::digits;
use super::error::Error;
use super::integer_picture::{Case, Digits, Grouping, IntegerPicture, Numbering, unknown};
use super::numbering;
use super::words::{self, Kind};

/// Reads a number that is written as a picture tells; NaN when the text is none.
pub(crate) fn parse_integer(text: &str, picture: &str) -> Result<Option<f64>, Error> {
    read(text, &IntegerPicture::parse(picture)?).map(Some)
}

/// Reads a number that is written as a picture that was taken apart tells; NaN when the text is none.
pub(super) fn read(text: &str, picture: &IntegerPicture) -> Result<f64, Error> {
    Ok(match &picture.numbering {
        Numbering::Letters(Case::Upper) => numbering::from_letters(text, b'A'),
        Numbering::Letters(_) => numbering::from_letters(text, b'a'),
        Numbering::Roman(Case::Upper) => numbering::from_roman(text),
        Numbering::Roman(_) => numbering::from_roman(&text.to_uppercase()),
        Numbering::Words(_) => words::parse(text),
        Numbering::Digits(digits) => read_digits(text, digits, picture.kind),
        Numbering::Unknown(primary) => return Err(unknown(primary)),
    })
}

fn read_digits(text: &str, pattern: &Digits, kind: Kind) -> f64 {
    let text = match kind {
        Kind::Cardinal => text,
        Kind::Ordinal => without_suffix(text),
    };
    let number = match &pattern.grouping {
        // Whatever separator the picture shows: the reference implementation looks for commas.
        Grouping::Regular { .. } => text.replace(',', ""),
        Grouping::Irregular(separators) => {
            let all: BTreeSet<char> = separators.iter().map(|(_, separator)| *separator).collect();
            text.replace(|c| all.contains(&c), "")
        }
    };
    digits::parse_int(&digits::from_family(pattern.zero, &number))
}

/// The text without its last two letters, `st` or `th`.
fn without_suffix(text: &str) -> &str {
    let end = text.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, picture: &str, expected: f64) {
        let value = parse_integer(text, picture);
        assert_eq!(value, Ok(Some(expected)), "{text} as {picture}");
    }

    fn is_none(text: &str, picture: &str) {
        let value = parse_integer(text, picture).expect("the picture is good");
        assert!(value.expect("a number").is_nan(), "{text} as {picture}");
    }

    #[test]
    fn digits_are_read_without_separators() {
        check("9,876,543", "#,##0", 9_876_543.0);
        check("98:76,5", "0:00,0", 98_765.0);
        check("0042", "0", 42.0);
        check("-42 apples", "0", -42.0);
        check("41st", "0;o", 41.0);
        check("١٬٣", "٠٬٠٠,٠", 13.0);
    }

    #[test]
    fn words_letters_and_roman_numerals_are_read() {
        check("SIX HUNDRED AND FORTY-FIRST", "w", 641.0);
        check("XQ", "A", 641.0);
        check("dcxli", "i", 641.0);
        check("", "I", 0.0);
    }

    #[test]
    fn what_is_no_number_is_nan() {
        for (text, picture) in [
            ("", "0"),
            ("x", "0"),
            ("3", "٠"),
            ("7", "0;o"),
            ("é", "0;o"),
        ] {
            is_none(text, picture);
        }
        is_none("dcxli", "I");
        is_none("six foo", "w");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(parse_integer("5", "#").expect_err("no digit").code, "D3130");
    }
}
