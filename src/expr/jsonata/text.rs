//! Items as text, and as the JSON that leaves the module.

use std::fmt::Write as _;

use super::Dialect;
use super::error::Error;
use super::item::{Flavour, Item};
use super::limits::Meter;
use super::number;
use crate::value::{Json, Object, Text};

/// How deep a value may nest that is written or handed out: well beyond what may be read.
const DEEPEST: usize = 2_000;

/// The text of an item, as `$string` and `&` have it; `None` for nothing.
pub(super) fn string(item: &Item, meter: &mut Meter) -> Result<Option<Text>, Error> {
    Ok(Some(match item {
        Item::Undefined => return Ok(None),
        Item::Json(Json::String(text)) => text.clone(),
        Item::Json(Json::Number(number)) => number::rounded_text(number).into(),
        Item::List(list) if list.flavour == Flavour::Wrapper => {
            written(list.items.first().unwrap_or(item), None, meter)?.into()
        }
        other => written(other, None, meter)?.into(),
    }))
}

/// The JSON text of an item, numbers rounded to 15 digits; indented by two spaces where that is asked for.
///
/// What nests may be shared, and so far longer than the memory that it takes: writing stops at the limit.
pub(super) fn written(
    item: &Item,
    indent: Option<usize>,
    meter: &mut Meter,
) -> Result<String, Error> {
    let mut writer = Writer {
        out: String::new(),
        indent,
        strict: true,
        most: meter.longest(),
    };
    writer.item(item, 0)?;
    meter.text(writer.out.len())?;
    meter.work(writer.out.len() / 64)?;
    Ok(writer.out)
}

/// The text of an item as it stands in a message.
pub(super) fn shown(item: &Item) -> String {
    const LONGEST: usize = 100_000;
    let mut writer = Writer {
        out: String::new(),
        indent: None,
        strict: false,
        most: LONGEST,
    };
    match (item, writer.item(item, 0)) {
        (Item::Undefined, _) => "undefined".into(),
        (_, Ok(())) => writer.out,
        (_, Err(_)) => writer.out + "…",
    }
}

struct Writer {
    out: String,
    indent: Option<usize>,
    /// Whether numbers are rounded and those that JSON does not have are errors, as in `$string`.
    strict: bool,
    /// How long the text may become.
    most: usize,
}

impl Writer {
    fn item(&mut self, item: &Item, depth: usize) -> Result<(), Error> {
        match item {
            Item::Json(value) | Item::Sequence(value) => self.json(value, depth),
            Item::Beyond(_) if self.strict && depth > 0 => Err(out_of_range()),
            Item::Beyond(_) if self.strict => Err(Error::new(
                "D3001",
                "Attempting to invoke string function on Infinity or NaN",
            )),
            Item::Undefined | Item::Beyond(_) => {
                self.out.push_str("null");
                Ok(())
            }
            Item::Builtin(_) | Item::Function(_) => {
                self.out.push_str(if depth == 0 && self.strict {
                    ""
                } else {
                    "\"\""
                });
                Ok(())
            }
            Item::List(_) | Item::Stream(_) => {
                let items: Vec<Item> = item.iter().collect();
                self.array(&items, depth, Self::item)
            }
            Item::Record(_) => {
                let members: Vec<(&Text, Item)> = item.members().collect();
                let members = members.iter().map(|(name, item)| (*name, item));
                self.object(members, depth, Self::item)
            }
        }
    }

    fn json(&mut self, value: &Json, depth: usize) -> Result<(), Error> {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Json::Number(number) if self.strict => {
                self.out.push_str(&number::rounded_text(number));
            }
            Json::Number(number) => self.out.push_str(&number::text(number)),
            Json::String(text) => quoted(text, &mut self.out),
            Json::Array(items) => return self.array(items, depth, Self::json),
            Json::Object(object) => return self.object(object.iter(), depth, Self::json),
        }
        Ok(())
    }

    fn array<T>(
        &mut self,
        items: &[T],
        depth: usize,
        write: fn(&mut Self, &T, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.open('[', depth)?;
        for (at, item) in items.iter().enumerate() {
            self.separate(at, depth + 1)?;
            write(self, item, depth + 1)?;
        }
        if !items.is_empty() {
            self.new_line(depth);
        }
        self.out.push(']');
        Ok(())
    }

    fn object<'a, T: 'a>(
        &mut self,
        members: impl ExactSizeIterator<Item = (&'a Text, &'a T)>,
        depth: usize,
        write: fn(&mut Self, &T, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let empty = members.len() == 0;
        self.open('{', depth)?;
        for (at, (name, item)) in members.enumerate() {
            self.separate(at, depth + 1)?;
            quoted(name, &mut self.out);
            self.out
                .push_str(if self.indent.is_some() { ": " } else { ":" });
            write(self, item, depth + 1)?;
        }
        if !empty {
            self.new_line(depth);
        }
        self.out.push('}');
        Ok(())
    }

    fn open(&mut self, bracket: char, depth: usize) -> Result<(), Error> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.out.push(bracket);
        Ok(())
    }

    fn separate(&mut self, at: usize, depth: usize) -> Result<(), Error> {
        if self.out.len() > self.most {
            return Err(super::limits::out_of_memory());
        }
        if at > 0 {
            self.out.push(',');
        }
        self.new_line(depth);
        Ok(())
    }

    fn new_line(&mut self, depth: usize) {
        if let Some(width) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', width * depth));
        }
    }
}

/// Writes a string with quotes and escapes as JavaScript does: lower-case digits in `\u00xx`.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// An item as JSON, where it may hold functions: none leaves, as if JavaScript had written it.
pub(super) fn to_json(item: &Item, meter: &mut Meter) -> Result<Json, Error> {
    convert(item, Dialect::Latest, 0, meter)
}

/// An item as the JSON that an evaluation gives. Numbers that JSON does not have become strings on AWS.
pub(super) fn handed_out(item: Item, dialect: Dialect, meter: &mut Meter) -> Result<Json, Error> {
    match item {
        Item::Json(value) | Item::Sequence(value) => Ok(value),
        other => convert(&other, dialect, 0, meter),
    }
}

fn convert(item: &Item, dialect: Dialect, depth: usize, meter: &mut Meter) -> Result<Json, Error> {
    meter.work(1)?;
    if depth > DEEPEST {
        return Err(too_deep());
    }
    Ok(match item {
        Item::Json(value) | Item::Sequence(value) => value.clone(),
        Item::Beyond(value) => beyond(*value, dialect),
        Item::Undefined | Item::Builtin(_) | Item::Function(_) => Json::Null,
        Item::List(_) | Item::Stream(_) => {
            let items = item
                .iter()
                .map(|item| convert(&item, dialect, depth + 1, meter));
            Json::from(items.collect::<Result<Vec<_>, _>>()?)
        }
        Item::Record(_) => {
            let mut object = Object::new();
            for (name, item) in item.members() {
                if !item.is_function() && !item.is_undefined() {
                    object.insert(name.clone(), convert(&item, dialect, depth + 1, meter)?);
                }
            }
            Json::Object(object)
        }
    })
}

fn beyond(value: f64, dialect: Dialect) -> Json {
    match dialect {
        Dialect::Latest => Json::Null,
        Dialect::Aws if value.is_nan() => Json::from("NaN"),
        Dialect::Aws if value > 0.0 => Json::from("Infinity"),
        Dialect::Aws => Json::from("-Infinity"),
    }
}

/// The error about a number that JSON does not have.
#[cold]
pub(super) fn out_of_range() -> Error {
    Error::new("D1001", "Number out of range: null")
}

#[cold]
pub(super) fn too_deep() -> Error {
    Error::new(
        "U1001",
        format!("The value nests deeper than {DEEPEST} levels"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::jsonata::Limits;

    fn check(text: &str, indent: Option<usize>, expected: &str) {
        let item = Item::Json(Json::parse(text).expect("JSON"));
        let mut meter = Meter::new(Limits::aws());
        let found = written(&item, indent, &mut meter).expect("it can be written");
        assert_eq!(found, expected);
    }

    #[test]
    fn values_are_written_as_javascript_writes_them() {
        check(
            "[1.0,1e21,0.1,0.3333333333333333]",
            None,
            "[1,1e+21,0.1,0.333333333333333]",
        );
        check(
            r#"{"a":"\u001f\u007f","b":[]}"#,
            None,
            "{\"a\":\"\\u001f\u{7f}\",\"b\":[]}",
        );
    }

    #[test]
    fn indented_text_is_that_of_javascript() {
        let expected = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}";
        check(r#"{"a":[1,{}],"b":[]}"#, Some(2), expected);
    }

    #[test]
    fn what_is_shared_is_not_written_for_ever() {
        let mut value = Json::from(1);
        for _ in 0..100 {
            value = Json::from(vec![value.clone(), value]);
        }
        let mut meter = Meter::new(Limits::aws());
        let error = written(&Item::Json(value), None, &mut meter).expect_err("too long");
        assert_eq!(error.message, "Expression evaluation memory limit exceeded");
    }
}
