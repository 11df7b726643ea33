//! Functions that encode: Base64, and what URLs escape.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::value::Json;

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("base64encode", "<s-:s>", 1, base64_encode),
    Builtin::new("base64decode", "<s-:s>", 1, base64_decode),
    Builtin::new("encodeUrlComponent", "<s-:s>", 1, encode_url_component),
    Builtin::new("encodeUrl", "<s-:s>", 1, encode_url),
    Builtin::new("decodeUrlComponent", "<s-:s>", 1, decode_url_component),
    Builtin::new("decodeUrl", "<s-:s>", 1, decode_url),
];

/// What a URL's part may hold as it is.
const UNRESERVED: &str = "-_.!~*'()";
/// What a whole URL may hold as it is besides.
const RESERVED: &str = ";/?:@&=+$,#";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn of_text(
    evaluator: &mut Evaluator<'_>,
    arguments: &Arguments,
    make: impl FnOnce(&str) -> Result<String, Error>,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    let made = make(text)?;
    evaluator.meter.text(made.len())?;
    Ok(Item::text(made).into())
}

fn base64_encode(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| Ok(BASE64.encode(text)))
}

fn base64_decode(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| {
        // Characters that are not of the alphabet are passed over; one digit alone makes no byte.
        let digit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
        let mut digits: String = text.chars().filter(digit).collect();
        if digits.len() % 4 == 1 {
            digits.pop();
        }
        let bytes = BASE64.decode(digits).unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })
}

fn encode_url_component(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| Ok(encoded(text, "")))
}

fn encode_url(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| Ok(encoded(text, RESERVED)))
}

fn decode_url_component(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| {
        decoded(text, "").ok_or_else(|| malformed("decodeUrlComponent", text))
    })
}

fn decode_url(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| {
        decoded(text, RESERVED).ok_or_else(|| malformed("decodeUrl", text))
    })
}

fn malformed(function: &str, text: &str) -> Error {
    let message = format!(
        "Malformed URL passed to ${function}(): {}",
        Json::from(text)
    );
    Error::new("D3140", message)
}

/// Escapes all bytes but letters, digits and those that may stay.
fn encoded(text: &str, also: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || (byte.is_ascii() && (UNRESERVED.contains(c) || also.contains(c)))
        {
            out.push(c);
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Undoes escapes, but for characters that must stay escaped; `None` when one is broken or is no UTF-8.
fn decoded(text: &str, keep: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let digits = text.get(at + 1..at + 3)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let byte = u8::from_str_radix(digits, 16).ok()?;
        if byte.is_ascii() && keep.contains(char::from(byte)) {
            out.extend_from_slice(&bytes[at..at + 3]);
        } else {
            out.push(byte);
        }
        at += 3;
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_its_structure_and_a_part_of_it_does_not() {
        assert_eq!(encoded("http://a.b/ ?é", RESERVED), "http://a.b/%20?%C3%A9");
        assert_eq!(encoded("a/b?", ""), "a%2Fb%3F");
        assert_eq!(decoded("%3F%20", RESERVED).as_deref(), Some("%3F "));
        assert_eq!(decoded("%3F%20", "").as_deref(), Some("? "));
        assert_eq!(decoded("%E0%A4%A", ""), None);
        assert_eq!(decoded("%FF", ""), None);
    }
}
