//! `$formatInteger`: a whole number by a picture.

use super::digits;
use super::error::Error;
use super::integer_picture::{Case, Digits, Grouping, IntegerPicture, Numbering, unknown};
use super::numbering;
use super::words::{self, Kind};

/// Writes the whole part of a number as a picture asks.
pub(crate) fn format_integer(value: f64, picture: &str) -> Result<String, Error> {
    write(value, &IntegerPicture::parse(picture)?)
}

/// Writes the whole part of a number as a picture that was taken apart asks.
pub(super) fn write(value: f64, picture: &IntegerPicture) -> Result<String, Error> {
    let value = value.floor();
    let size = value.abs();
    let text = match &picture.numbering {
        Numbering::Letters(Case::Upper) => numbering::to_letters(size, b'A'),
        Numbering::Letters(_) => numbering::to_letters(size, b'a'),
        Numbering::Roman(case) => in_case(numbering::to_roman(size)?, *case),
        Numbering::Words(case) => in_case(words::write(size, picture.kind), *case),
        Numbering::Digits(digits) => write_digits(size, digits, picture.kind),
        Numbering::Unknown(primary) => return Err(unknown(primary)),
    };
    Ok(if value < 0.0 {
        format!("-{text}")
    } else {
        text
    })
}

/// In titles every word begins with a capital, except `and`.
fn in_case(text: String, case: Case) -> String {
    match case {
        Case::Lower => text,
        Case::Upper => text.to_uppercase(),
        Case::Title => text
            .split_inclusive([' ', '-'])
            .map(|word| match word.trim_end() {
                "and" => word.to_owned(),
                _ => capitalised(word),
            })
            .collect(),
    }
}

/// The word with a capital first letter.
pub(super) fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.clone()).collect()
}

fn write_digits(value: f64, pattern: &Digits, kind: Kind) -> String {
    let number = digits::whole(value);
    let missing = pattern.mandatory.saturating_sub(number.len());
    let grouped = group(&("0".repeat(missing) + &number), &pattern.grouping);
    let text = digits::in_family(pattern.zero, &grouped);
    match kind {
        Kind::Cardinal => text,
        Kind::Ordinal => {
            let suffix = ordinal_suffix(&text);
            text + suffix
        }
    }
}

/// The end of a rank as it is spoken, by its last two characters; `th` for digits that are not ASCII.
fn ordinal_suffix(number: &str) -> &'static str {
    match number.as_bytes() {
        [.., b'1', _] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    }
}

/// Puts separators between digits, which are ASCII still.
fn group(number: &str, grouping: &Grouping) -> String {
    match grouping {
        Grouping::Regular { every, separator } => {
            let mut text = String::with_capacity(number.len() * 2);
            for (index, digit) in number.chars().enumerate() {
                if index > 0 && (number.len() - index).is_multiple_of(*every) {
                    text.push(*separator);
                }
                text.push(digit);
            }
            text
        }
        Grouping::Irregular(separators) => group_irregularly(number, separators),
    }
}

/// Separators at places of their own stand even where the number is too short for them. The reference implementation then
/// keeps only so many of the last characters as the number lacks, and so do we.
fn group_irregularly(number: &str, separators: &[(usize, char)]) -> String {
    let mut text: Vec<char> = number.chars().collect();
    for (position, separator) in separators {
        match text.len().checked_sub(*position) {
            Some(at) => text.insert(at, *separator),
            None => {
                let kept = text.len().min(position - text.len());
                text.drain(..text.len() - kept);
                text.insert(0, *separator);
            }
        }
    }
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, picture: &str, expected: &str) {
        assert_eq!(
            format_integer(value, picture).as_deref(),
            Ok(expected),
            "{value} as {picture}"
        );
    }

    fn fails(picture: &str, code: &str) {
        let error = format_integer(5.0, picture).expect_err(picture);
        assert_eq!(error.code, code);
    }

    #[test]
    fn digits_are_padded_and_grouped() {
        check(7.0, "000", "007");
        check(-7.9, "00", "-08");
        check(9_876_543.0, "#,##0", "9,876,543");
        check(9_876_543.0, "#'0000", "987'6543");
        check(9_876_543.0, "#-00,00", "987-65,43");
        check(5.0, "0 000", "0 005");
        check(1e22, "0", "1e+22");
    }

    #[test]
    fn digits_are_written_in_the_family_of_the_picture() {
        check(1302.0, "#,##٠", "١,٣٠٢");
        check(22.0, "٠;o", "٢٢th");
    }

    #[test]
    fn ranks_end_as_they_are_spoken() {
        for (value, expected) in [
            (2.0, "2nd"),
            (3.0, "3rd"),
            (4.0, "4th"),
            (11.0, "11th"),
            (101.0, "101st"),
            (112.0, "112th"),
        ] {
            check(value, "0;o", expected);
        }
    }

    #[test]
    fn numbers_are_written_in_words_letters_and_roman_numerals() {
        check(641.0, "Ww", "Six Hundred and Forty-One");
        check(641.0, "W;o", "SIX HUNDRED AND FORTY-FIRST");
        check(641.0, "A", "XQ");
        check(641.0, "i", "dcxli");
        check(-641.0, "I", "-DCXLI");
    }

    #[test]
    fn separators_beyond_a_short_number_are_the_references() {
        check(42.0, "##,##,##0", ",,42");
        check(1234.0, "##,##,##0", ",4");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for picture in ["", "#", "β", "Aa", "ii", ";o"] {
            fails(picture, "D3130");
        }
        fails("0٠", "D3131");
    }

    #[test]
    fn hostile_pictures_and_numbers_are_harmless() {
        let long = "0,".repeat(5_000);
        for value in [
            0.0,
            -0.0,
            f64::MAX,
            f64::MIN,
            f64::NAN,
            f64::INFINITY,
            5e-324,
        ] {
            for picture in ["0", "w", "W;o", "a", "I", "#,##0", "０", &long] {
                let _ = format_integer(value, picture);
            }
        }
    }
}
