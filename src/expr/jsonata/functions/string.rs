//! Functions of strings.

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::number;
use crate::value::Json;

pub(super) static ROWS: [Builtin; 9] = [
    Builtin::new("substring", "<s-nn?:s>", 3, substring),
    Builtin::new("substringBefore", "<s-s:s>", 2, substring_before),
    Builtin::new("substringAfter", "<s-s:s>", 2, substring_after),
    Builtin::new("lowercase", "<s-:s>", 1, lowercase),
    Builtin::new("uppercase", "<s-:s>", 1, uppercase),
    Builtin::new("length", "<s-:n>", 1, length),
    Builtin::new("trim", "<s-:s>", 1, trim),
    Builtin::new("pad", "<s-ns?:s>", 3, pad),
    Builtin::new("join", "<a<s>s?:s>", 2, join),
];

/// A text made of the first argument; nothing where that is nothing.
fn of_text(
    evaluator: &mut Evaluator<'_>,
    arguments: &Arguments,
    make: impl FnOnce(&str) -> String,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    let made = make(text);
    evaluator.meter.text(made.len())?;
    Ok(Item::text(made).into())
}

/// The byte at which a character stands; the text's length beyond its end.
fn byte_of(text: &str, character: usize) -> usize {
    if text.is_ascii() {
        return character.min(text.len());
    }
    let mut places = text.char_indices().map(|(at, _)| at);
    places.nth(character).unwrap_or(text.len())
}

fn length_of(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

fn substring(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let start = arguments.get(1).as_f64().unwrap_or(0.0);
    let wanted = arguments.get(2).as_f64();
    of_text(evaluator, arguments, |text| {
        let length = length_of(text) as f64;
        let start = if length + start < 0.0 { 0.0 } else { start };
        let to = match wanted {
            Some(wanted) if wanted <= 0.0 => return String::new(),
            Some(wanted) if start < 0.0 => length + start + wanted,
            Some(wanted) => start + wanted,
            None => length,
        };
        // Like indices of JavaScript's `slice`, fractions are cut off, and only then counted from the end.
        let from = match start.trunc() {
            start if start < 0.0 => length + start,
            start => start,
        };
        let (from, to) = (byte_of(text, from as usize), byte_of(text, to as usize));
        text.get(from..to).unwrap_or_default().to_owned()
    })
}

fn substring_before(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let found = arguments.get(1).as_str();
    of_text(evaluator, arguments, |text| {
        let parts = found.and_then(|found| text.split_once(found));
        parts.map_or(text, |(before, _)| before).to_owned()
    })
}

fn substring_after(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let found = arguments.get(1).as_str();
    of_text(evaluator, arguments, |text| {
        let parts = found.and_then(|found| text.split_once(found));
        parts.map_or(text, |(_, after)| after).to_owned()
    })
}

fn lowercase(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, str::to_lowercase)
}

fn uppercase(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, str::to_uppercase)
}

fn length(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    let length = arguments.get(0).as_str().map(length_of);
    Ok(length.map_or(Item::Undefined, number::count).into())
}

fn trim(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    of_text(evaluator, arguments, |text| {
        let space = |c| matches!(c, ' ' | '\t' | '\n' | '\r');
        let words = text.split(space).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    })
}

fn pad(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let width = arguments.get(1).as_f64().unwrap_or(0.0);
    let filler = match arguments.get(2).as_str() {
        Some(filler) if !filler.is_empty() => filler,
        _ => " ",
    };
    let length = arguments.get(0).as_str().map_or(0, length_of);
    let missing = (width.abs() as usize).saturating_sub(length);
    evaluator.meter.text(missing)?;
    let padding: String = filler.chars().cycle().take(missing).collect();
    of_text(evaluator, arguments, |text| {
        if width < 0.0 {
            format!("{padding}{text}")
        } else {
            format!("{text}{padding}")
        }
    })
}

fn join(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    let separator = arguments.get(1).as_str().unwrap_or_default();
    let mut joined = String::new();
    if let Some(Json::Array(items)) = list.as_json() {
        evaluator.meter.work(items.len() / 8)?;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                joined.push_str(separator);
            }
            joined.push_str(item.as_str().unwrap_or_default());
        }
    } else {
        let texts = list
            .iter()
            .map(|item| item.as_str().unwrap_or_default().to_owned());
        joined = texts.collect::<Vec<_>>().join(separator);
    }
    evaluator.meter.text(joined.len())?;
    Ok(Item::text(joined).into())
}
