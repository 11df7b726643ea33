//! `$formatNumber`: a number by a picture, as XPath's `format-number` and the reference implementation write it.

use super::digits;
use super::error::Error;
use super::number_picture::{IntegerGroups, NumberPicture};
use super::symbols::Symbols;
use crate::value::Json;

/// Writes a number as a picture asks, with the symbols that options choose.
pub(crate) fn format_number(
    value: f64,
    picture: &str,
    options: Option<&Json>,
) -> Result<String, Error> {
    let symbols = Symbols::new(options);
    let mut pictures = picture
        .split(&symbols.pattern)
        .map(|part| NumberPicture::parse(part, &symbols));
    let (first, second, third) = (pictures.next(), pictures.next(), pictures.next());
    if third.is_some() {
        return Err(Error::new(
            "D3080",
            "The picture string must only contain a maximum of two sub-pictures",
        ));
    }
    let positive = first.expect("splitting gives one part at least")?;
    let negative = second.transpose()?;
    if value.is_nan() {
        return Ok(symbols.not_a_number);
    }
    Ok(match negative {
        Some(negative) if value < 0.0 => write(-value, &negative, &symbols),
        None if value < 0.0 => format!("{}{}", symbols.minus, write(-value, &positive, &symbols)),
        _ => write(value.abs(), &positive, &symbols),
    })
}

/// Writes a number that is not negative.
fn write(value: f64, picture: &NumberPicture, symbols: &Symbols) -> String {
    let scaled = value * picture.factor;
    let number = if scaled.is_infinite() {
        symbols.infinity.clone()
    } else {
        write_finite(scaled, picture, symbols)
    };
    format!("{}{number}{}", picture.prefix, picture.suffix)
}

fn write_finite(value: f64, picture: &NumberPicture, symbols: &Symbols) -> String {
    let (mantissa, exponent) = match picture.exponent_digits {
        Some(_) => normalise(value, picture.scale),
        None => (value, 0),
    };
    let mut digits = Digits::new(mantissa, picture);
    digits.group_integer(&picture.integer_groups);
    digits.group_decimals(&picture.decimal_groups);
    // Without a separator in the picture there is no fraction, so the separator is the last. An exponent makes the reference
    // implementation keep one decimal, of which then only the separator is written.
    if !picture.has_decimal_separator || digits.0.last() == Some(&Glyph::Point) {
        digits.0.pop();
    }
    let mut text = digits.write(symbols);
    if let Some(least) = picture.exponent_digits {
        text.push_str(&write_exponent(exponent, least, symbols));
    }
    text
}

/// Moves the decimal point until so many digits stand before it; how far it was moved is the exponent.
fn normalise(value: f64, digits: usize) -> (f64, i32) {
    let digits = i32::try_from(digits).unwrap_or(i32::MAX);
    let (largest, smallest) = (10_f64.powi(digits), 10_f64.powi(digits - 1));
    let (mut mantissa, mut exponent) = (value, 0);
    while mantissa != 0.0 && mantissa < smallest {
        mantissa *= 10.0;
        exponent -= 1;
    }
    while mantissa > largest {
        mantissa /= 10.0;
        exponent += 1;
    }
    (mantissa, exponent)
}

fn write_exponent(exponent: i32, least: usize, symbols: &Symbols) -> String {
    let sign = if exponent < 0 { &symbols.minus } else { "" };
    let number = exponent.unsigned_abs().to_string();
    let zeros = "0".repeat(least.saturating_sub(number.len()));
    let number = digits::in_family(symbols.zero, &(zeros + &number));
    format!("{}{sign}{number}", symbols.exponent)
}

/// What a number is written with.
#[derive(Clone, Copy, PartialEq)]
enum Glyph {
    Digit(char),
    Separator,
    Point,
}

/// A number on its way to its text. There is one point.
struct Digits(Vec<Glyph>);

impl Digits {
    /// The digits of a number that is not negative: no zeros at its ends but those that the picture asks for.
    fn new(value: f64, picture: &NumberPicture) -> Self {
        let rounded = digits::round_half_even(value, picture.most_decimals);
        let text = digits::fixed(rounded, picture.most_decimals);
        let (integer, fraction) = match text.split_once('.') {
            Some((integer, fraction)) => (integer, fraction.trim_end_matches('0')),
            None => (text.as_str(), ""),
        };
        let integer = integer.trim_start_matches('0');
        let zeros = |count: usize| std::iter::repeat_n(Glyph::Digit('0'), count);
        let mut glyphs: Vec<Glyph> =
            zeros(picture.integer_digits.saturating_sub(integer.len())).collect();
        glyphs.extend(integer.chars().map(Glyph::Digit));
        glyphs.push(Glyph::Point);
        glyphs.extend(fraction.chars().map(Glyph::Digit));
        glyphs.extend(zeros(
            picture.fewest_decimals.saturating_sub(fraction.len()),
        ));
        Self(glyphs)
    }

    fn point(&self) -> usize {
        let point = self.0.iter().position(|glyph| *glyph == Glyph::Point);
        point.unwrap_or(self.0.len())
    }

    fn group_integer(&mut self, groups: &IntegerGroups) {
        let mut point = self.point();
        match groups {
            IntegerGroups::Regular(size) => {
                let digits = std::mem::take(&mut self.0);
                for (index, digit) in digits.into_iter().enumerate() {
                    if 0 < index && index < point && (point - index).is_multiple_of(*size) {
                        self.0.push(Glyph::Separator);
                    }
                    self.0.push(digit);
                }
            }
            IntegerGroups::Irregular(positions) => {
                for position in positions {
                    self.insert_before(point, *position);
                    point += 1;
                }
            }
        }
    }

    /// Puts a separator before so many digits. Where the number is too short, the reference implementation goes on counting
    /// at its end.
    fn insert_before(&mut self, point: usize, digits: usize) {
        let at = match point.checked_sub(digits) {
            Some(at) => at,
            None => self.0.len().saturating_sub(digits - point),
        };
        self.0.insert(at, Glyph::Separator);
    }

    /// A separator whose place the decimals do not reach stands after the last of them.
    fn group_decimals(&mut self, positions: &[usize]) {
        let point = self.point();
        for position in positions {
            let at = (point + 1 + position).min(self.0.len());
            self.0.insert(at, Glyph::Separator);
        }
    }

    fn write(&self, symbols: &Symbols) -> String {
        let mut text = String::with_capacity(self.0.len());
        for glyph in &self.0 {
            match glyph {
                Glyph::Digit(digit) => {
                    text.push_str(&digits::in_family(
                        symbols.zero,
                        digit.encode_utf8(&mut [0; 4]),
                    ));
                }
                Glyph::Separator => text.push_str(&symbols.grouping),
                Glyph::Point => text.push_str(&symbols.decimal),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: f64, picture: &str, options: &str) -> Result<String, Error> {
        let options = Json::parse(options).expect("options are JSON");
        format_number(value, picture, Some(&options))
    }

    fn check(value: f64, picture: &str, expected: &str) {
        let text = format_number(value, picture, None);
        assert_eq!(text.as_deref(), Ok(expected), "{value} as {picture}");
    }

    fn fails(picture: &str, code: &str) {
        let error = format_number(7.0, picture, None).expect_err(picture);
        assert_eq!(error.code, code, "{picture}");
    }

    #[test]
    fn digits_are_padded_rounded_and_grouped() {
        check(1_234_567.891, "#,##0.00", "1,234,567.89");
        check(7.5, "000", "008");
        check(0.5, "#", "0");
        check(0.5, "#.#", ".5");
        check(3.0, "0.##", "3");
        check(2.675, "0.00", "2.68");
        check(0.125, "0.00", "0.12");
        check(98_765.432_1, "#,##0.000,0", "98,765.432,1");
        check(987_654.0, "#,##,##0", "9,87,654");
        check(12_345_678.0, "##,##,##0", "123,45,678");
    }

    #[test]
    fn negative_numbers_have_a_sign_or_a_picture() {
        check(-5.0, "0.0", "-5.0");
        check(-5.0, "0.0;(0.0)", "(5.0)");
        check(-5.0, "<0>", "-<5>");
        check(-0.0, "0;minus 0", "0");
        check(-0.2, "0", "-0");
    }

    #[test]
    fn percent_and_per_mille_multiply() {
        check(0.256, "0%", "26%");
        check(0.256, "0.0\u{2030}", "256.0\u{2030}");
    }

    #[test]
    fn exponents_keep_the_digits_before_the_point() {
        check(98_765.0, "0.00e0", "9.88e4");
        check(98_765.0, "00.0e00", "98.8e03");
        check(0.000_98, "0.0e0", "9.8e-4");
        check(0.0, "#.0e0", "0.0e0");
        check(0.0, "000e0", "000e0");
        check(5.0, "5 euro", "5 euro");
    }

    #[test]
    fn a_number_beyond_21_digits_is_written_as_javascript_does() {
        check(3e21, "0.0", "3e+21.0");
        check(3.5e22, "0.0", "3.5e+22");
    }

    #[test]
    fn what_is_not_finite_has_symbols() {
        check(f64::INFINITY, "a0b", "aInfinityb");
        check(f64::NEG_INFINITY, "0.00e0", "-Infinity");
        check(f64::NAN, "a0b", "NaN");
        assert_eq!(
            with(f64::INFINITY, "0", r#"{"infinity": "∞"}"#).as_deref(),
            Ok("∞")
        );
    }

    #[test]
    fn symbols_can_be_chosen() {
        let european = r#"{"decimal-separator": ",", "grouping-separator": "."}"#;
        assert_eq!(
            with(1234.5, "#.##0,00", european).as_deref(),
            Ok("1.234,50")
        );
        let arabic = r#"{"zero-digit": "\u0660"}"#;
        assert_eq!(with(1234.5, "#٠.٠٠", arabic).as_deref(), Ok("١٢٣٤.٥٠"));
        let words = r#"{"minus-sign": "minus ", "percent": "pct"}"#;
        assert_eq!(with(-0.5, "0pct", words).as_deref(), Ok("minus 50pct"));
    }

    #[test]
    fn mistakes_have_codes() {
        for (picture, code) in [
            ("0;0;0", "D3080"),
            ("0.0.", "D3081"),
            ("%0%", "D3082"),
            ("0\u{2030}\u{2030}", "D3083"),
            ("%0\u{2030}", "D3084"),
            ("x.", "D3085"),
            ("0 0", "D3086"),
            ("", "D3085"),
            ("0;", "D3085"),
            ("#,.0", "D3087"),
            ("#,", "D3088"),
            ("#,,0", "D3089"),
            ("0#", "D3090"),
            ("0.#0", "D3091"),
            ("0e0%", "D3092"),
            ("0e", "D3093"),
        ] {
            fails(picture, code);
        }
    }

    #[test]
    fn hostile_pictures_and_numbers_are_harmless() {
        let long = [
            "0".repeat(10_000),
            format!("0.{}", "0".repeat(10_000)),
            format!("0.{}", "#".repeat(70_000)),
            format!("{}0", "#,".repeat(5_000)),
            format!("{}e0", "0".repeat(400)),
        ];
        for value in [0.0, -0.0, 1.0, f64::MAX, f64::MIN, 5e-324, 1e-310, 1e21] {
            for picture in ["0", "0.0e0", "#e0", "é0é", "%0", ".", "x0e0"] {
                let _ = format_number(value, picture, None);
            }
            for picture in &long {
                let _ = format_number(value, picture, None);
            }
        }
        let _ = with(5.0, "\u{D7FF}", r#"{"zero-digit": "\uD7FF"}"#);
    }
}
