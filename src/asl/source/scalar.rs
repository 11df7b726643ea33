//! What a plain scalar of YAML is: the core schema of YAML 1.2 (§ 10.3.2), as far as JSON has words for it.

use crate::asl::NodeValue;
use crate::value::{Number, Text};

/// The value of a scalar without quotes.
pub(super) fn plain(text: &str) -> NodeValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeValue::Null,
        "true" | "True" | "TRUE" => NodeValue::Bool(true),
        "false" | "False" | "FALSE" => NodeValue::Bool(false),
        _ => number(text).map_or_else(|| NodeValue::String(Text::new(text)), NodeValue::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let in_base = |digits: &str, base| {
        let plain = !digits.starts_with(['+', '-']);
        let value = i64::from_str_radix(digits, base).ok().filter(|_| plain);
        value.and_then(|value| Number::parse(&value.to_string()))
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return in_base(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return in_base(digits, 8);
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    is_decimal(digits)
        .then(|| Number::parse(&format!("{sign}{}", as_json(digits))))
        .flatten()
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_decimal(text: &str) -> bool {
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    exponent_fits
        && all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
}

/// JSON has no zeros in front, and digits on both sides of a point.
fn as_json(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    let zero = if trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    let filled = format!("{zero}{trimmed}")
        .replace(".e", ".0e")
        .replace(".E", ".0E");
    if filled.ends_with('.') {
        format!("{filled}0")
    } else {
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::Node;
    use crate::value::Span;

    fn check(text: &str, expected: &str) {
        let node = Node {
            span: Span::default(),
            value: plain(text),
        };
        assert_eq!(node.to_json().to_string(), expected, "{text}");
    }

    #[test]
    fn words_and_numbers_of_the_core_schema_are_no_texts() {
        check("~", "null");
        check("True", "true");
        check("+7", "7");
        check("007", "7");
        check("0", "0");
        check("-0", "0");
        check("0x1F", "31");
        check("0o17", "15");
        check(".5", "0.5");
        check("1.e3", "1000.0");
        check("-1.5e+2", "-150.0");
        check("00.25", "0.25");
    }

    #[test]
    fn everything_else_is_a_text() {
        for text in [
            "yes",
            "on",
            ".",
            "-",
            "1.2.3",
            "2026-08-18T17:33:00Z",
            "1e",
            "0x",
            "0x+1",
            ".inf",
            "1_000",
        ] {
            check(text, &format!("\"{text}\""));
        }
    }
}
