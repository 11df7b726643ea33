//! Functions that Step Functions adds to the language.

use std::borrow::Cow;

use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::expr::intrinsics::java::Random;
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::number;
use crate::value::{self, Json, Object, ParseError, Scalar, Span, Text};

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("partition", "<xn?:a<a>>", 2, partition),
    Builtin::new("range", "<nnn?:a<n>>", 3, range),
    Builtin::new("hash", "<ss:s>", 2, hash),
    Builtin::new("random", "<n?:n>", 1, random),
    Builtin::new("uuid", "<:s>", 0, uuid),
    Builtin::new("parse", "<s-:x>", 1, parse),
];

/// Cuts an array into arrays of so many items. Where other functions take one value for an array of one, this does not
/// (conformance `jsonata/partition`).
fn partition(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let list = arguments.get(0);
    if list.is_undefined() {
        return Ok(Item::Undefined.into());
    }
    if !list.is_array() {
        let message = "Argument 1 of function {{token}} does not match function signature";
        return Err(Error::new("T0410", message));
    }
    let size = match arguments.get(1).as_f64().map(f64::trunc) {
        None => list.count().max(1),
        Some(size) if size < 0.0 => {
            return Err(Error::new(
                "D3137",
                "Second argument must be zero or greater",
            ));
        }
        Some(0.0) => return Ok(Item::Undefined.into()),
        Some(size) => size as usize,
    };
    evaluator.meter.list(list.count())?;
    evaluator.meter.work(list.count())?;
    let items: Vec<Item> = list.iter().collect();
    let chunks = items.chunks(size).map(|chunk| Item::array(chunk.to_vec()));
    Ok(Item::array(chunks.collect()).into())
}

/// The numbers from one to another by steps. One number alone is no array, as with every sequence.
fn range(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let whole = |at: usize| arguments.get(at).as_f64().map(f64::trunc);
    let (Some(first), Some(last), Some(step)) = (whole(0), whole(1), whole(2)) else {
        return Ok(Item::Undefined.into());
    };
    if step == 0.0 {
        return Ok(Item::Undefined.into());
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count.is_nan() || count < 1.0 {
        return Ok(Item::Undefined.into());
    }
    evaluator.meter.list(count as usize)?;
    evaluator.meter.work(count as usize / 16)?;
    let numbers = (0..count as u64).map(|at| number::item(first + at as f64 * step));
    Ok(Value::Sequence(numbers.collect()))
}

/// The hash of a text, in hexadecimal digits. The algorithm's name is spelled exactly.
fn hash(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let (Some(text), Some(algorithm)) = (arguments.get(0).as_str(), arguments.get(1).as_str())
    else {
        return Ok(Item::Undefined.into());
    };
    evaluator.meter.work(text.len() / 64)?;
    let digest: Vec<u8> = match algorithm {
        "MD5" => Md5::digest(text).to_vec(),
        "SHA-1" => Sha1::digest(text).to_vec(),
        "SHA-256" => Sha256::digest(text).to_vec(),
        "SHA-384" => Sha384::digest(text).to_vec(),
        "SHA-512" => Sha512::digest(text).to_vec(),
        _ => {
            let message = format!("Unsupported hash algorithm: {algorithm}");
            return Err(Error::new("D3137", message));
        }
    };
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    Ok(Item::text(digits.collect::<String>()).into())
}

/// A number of `[0, 1)`. With a seed it is the first that Java draws from it.
fn random(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let drawn = match arguments.get(0).as_f64() {
        Some(seed) => Random::new(seed as i64).next_f64(),
        None => evaluator.environment.dice.next_f64(),
    };
    Ok(number::item(drawn).into())
}

fn uuid(evaluator: &mut Evaluator<'_>, _: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(Item::text(evaluator.environment.dice.uuid()).into())
}

/// Reads JSON text. A name may occur once in an object.
fn parse(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    evaluator.meter.text(text.len())?;
    evaluator.meter.work(text.len() / 64)?;
    let value = unique_names(text)
        .and_then(|()| Json::parse(text).map_err(|error| error.to_string()))
        .map_err(|error| Error::new("D3137", format!("Invalid JSON: {error}")))?;
    Ok(Item::Json(value).into())
}

/// Fails when the text is no JSON, or an object in it has two members of one name.
fn unique_names(text: &str) -> Result<(), String> {
    let mut reader = Reader::default();
    value::build(text.as_bytes(), &mut reader).map_err(|error: ParseError| error.to_string())?;
    match reader.repeated {
        Some(name) => Err(format!("duplicate field '{name}'")),
        None => Ok(()),
    }
}

/// Remembers the names of the objects that are open.
#[derive(Default)]
struct Reader {
    open: Vec<Object>,
    repeated: Option<Text>,
}

impl value::Builder for Reader {
    fn begin_object(&mut self, _: Span) {
        self.open.push(Object::new());
    }

    fn begin_array(&mut self, _: Span) {
        self.open.push(Object::new());
    }

    fn name(&mut self, name: Cow<'_, str>, _: Span) {
        let name = Text::from(name);
        if let Some(names) = self.open.last_mut()
            && names.insert(name.clone(), Json::Null).is_some()
        {
            self.repeated.get_or_insert(name);
        }
    }

    fn scalar(&mut self, _: Scalar<'_>, _: Span) {}

    fn end(&mut self, _: Span) {
        self.open.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_what_java_draws() {
        assert_eq!(Random::new(42).next_f64(), 0.727_563_680_032_868_1);
    }

    #[test]
    fn a_name_may_occur_once() {
        assert!(unique_names(r#"{"a":{"a":1},"b":[{"a":2}]}"#).is_ok());
        assert!(unique_names(r#"{"a":1,"b":2,"a":3}"#).is_err());
    }
}
