//! Equality and order.

use std::cmp::Ordering;

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::item::Item;
use crate::expr::jsonata::limits::Meter;
use crate::expr::jsonata::number;
use crate::value::Json;

/// Whether two items are equal: numbers by value, objects in any order, functions never but to themselves.
///
/// What nests may be shared, and so far larger than the memory that it takes: each look at it is paid for.
pub(in crate::expr::jsonata) fn equal(
    a: &Item,
    b: &Item,
    meter: &mut Meter,
) -> Result<bool, Error> {
    if let (Some(a), Some(b)) = (a.as_json(), b.as_json()) {
        return equal_json(a, b, meter);
    }
    let mut open = vec![(a.clone(), b.clone())];
    while let Some((a, b)) = open.pop() {
        meter.work(1)?;
        let same = match (&a, &b) {
            (Item::Json(a), Item::Json(b)) => equal_json(a, b, meter)?,
            (Item::Beyond(a), Item::Beyond(b)) => a == b,
            (Item::Builtin(a), Item::Builtin(b)) => std::ptr::eq(*a, *b),
            (Item::Function(a), Item::Function(b)) => std::rc::Rc::ptr_eq(a, b),
            _ if a.is_array() && b.is_array() && a.count() == b.count() => {
                open.extend(a.iter().zip(b.iter()));
                true
            }
            _ if a.is_object() && b.is_object() && a.names().len() == b.names().len() => {
                a.members().all(|(name, value)| match b.get(name) {
                    Some(other) => {
                        open.push((value, other));
                        true
                    }
                    None => false,
                })
            }
            _ => false,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_json(a: &Json, b: &Json, meter: &mut Meter) -> Result<bool, Error> {
    match equal_scalars(a, b) {
        Some(answer) => Ok(answer),
        None => equal_containers(a, b, meter),
    }
}

/// Whether two values are equal of which one is no container; `None` where both are.
fn equal_scalars(a: &Json, b: &Json) -> Option<bool> {
    Some(match (a, b) {
        (Json::Null, Json::Null) => true,
        (Json::Bool(a), Json::Bool(b)) => a == b,
        (Json::Number(a), Json::Number(b)) => number::compare(a, b) == Ordering::Equal,
        (Json::String(a), Json::String(b)) => a == b,
        (Json::Array(_), Json::Array(_)) | (Json::Object(_), Json::Object(_)) => return None,
        _ => false,
    })
}

fn equal_containers(a: &Json, b: &Json, meter: &mut Meter) -> Result<bool, Error> {
    let mut open = vec![(a, b)];
    while let Some((a, b)) = open.pop() {
        meter.work(1)?;
        if a.is_same(b) {
            continue;
        }
        match (a, b) {
            (Json::Array(a), Json::Array(b)) if a.len() == b.len() => open.extend(a.iter().zip(b)),
            (Json::Object(a), Json::Object(b)) if a.len() == b.len() => {
                for (name, value) in a.iter() {
                    match b.get(name) {
                        Some(other) => open.push((value, other)),
                        None => return Ok(false),
                    }
                }
            }
            _ if equal_scalars(a, b) != Some(true) => return Ok(false),
            _ => {}
        }
    }
    Ok(true)
}

/// The order of two texts by their UTF-16 units, as JavaScript and Java have it.
///
/// It is the order of the bytes, except that surrogates stand before what follows them in Unicode.
pub(in crate::expr::jsonata) fn order_texts(a: &str, b: &str) -> Ordering {
    const LATE: u8 = 0xEE;
    let differ = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    match differ {
        None => a.len().cmp(&b.len()),
        Some((a, b)) if a >= LATE && b >= LATE => {
            // From here on, U+E000 to U+FFFF have smaller bytes than what is written with surrogates.
            let rank = |byte: u8| (byte < 0xF0, byte);
            rank(a).cmp(&rank(b))
        }
        Some((a, b)) => a.cmp(&b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::jsonata::Limits;

    #[test]
    fn texts_are_ordered_by_utf_16_units() {
        for (a, b) in [
            ("a", "b"),
            ("a", "ab"),
            ("é", "z"),
            ("\u{ffff}", "𝄞"),
            ("\u{d7ff}", "𝄞"),
            ("𝄞", "𝄟"),
        ] {
            let expected = a.encode_utf16().cmp(b.encode_utf16());
            assert_eq!(order_texts(a, b), expected, "{a} {b}");
            assert_eq!(order_texts(b, a), expected.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn numbers_are_equal_by_value() {
        let check = |a: &str, b: &str, expected: bool| {
            let parse = |text: &str| Item::Json(Json::parse(text).expect("JSON"));
            let mut meter = Meter::new(Limits::aws());
            let found = equal(&parse(a), &parse(b), &mut meter).expect("it is cheap");
            assert_eq!(found, expected, "{a} and {b}");
        };
        check(r#"[1.0,{"a":2,"b":3}]"#, r#"[1,{"b":3,"a":2.0}]"#, true);
        check("[1]", "[1,2]", false);
        check("[[]]", "[{}]", false);
    }
}
