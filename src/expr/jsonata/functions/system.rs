//! Functions that look at the time, draw, fail, or evaluate text.

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::function::{Arguments, Builtin, Place};
use crate::expr::jsonata::item::{Flavour, Item, Value};
use crate::expr::jsonata::{Dialect, datetime, number, parser, process};
use crate::value::Json;

pub(super) static ROWS: [Builtin; 6] = [
    Builtin::new("error", "<s?:x>", 1, error),
    Builtin::new("assert", "<bs?:x>", 2, assert),
    Builtin::new("now", "<s?s?:s>", 2, now),
    Builtin::new("millis", "<:n>", 0, millis),
    Builtin::new("toMillis", "<s-s?:n>", 2, to_millis),
    Builtin::new("fromMillis", "<n-s?s?:s>", 3, from_millis),
];

pub(super) static LATEST_ROWS: [Builtin; 2] = [
    Builtin::new("random", "<:n>", 0, random),
    Builtin::new("eval", "<sx?:x>", 2, eval),
];

fn error(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Err(Error::new(
        "D3137",
        told(arguments.get(0), "$error() function evaluated"),
    ))
}

fn assert(_: &mut Evaluator<'_>, arguments: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    if matches!(arguments.get(0), Item::Json(Json::Bool(true))) {
        return Ok(Item::Undefined.into());
    }
    Err(Error::new(
        "D3141",
        told(arguments.get(1), "$assert() statement failed"),
    ))
}

/// A message that the expression gives, or the one that stands for none.
fn told(message: &Item, otherwise: &str) -> String {
    match message.as_str() {
        Some(message) if !message.is_empty() => message.to_owned(),
        _ => otherwise.to_owned(),
    }
}

fn now(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let millis = evaluator.environment.now.millis() as f64;
    let (picture, zone) = (arguments.get(0).as_str(), arguments.get(1).as_str());
    Ok(Item::text(datetime::from_millis(millis, picture, zone)?).into())
}

fn millis(evaluator: &mut Evaluator<'_>, _: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(Item::Json(Json::from(evaluator.environment.now.millis())).into())
}

fn to_millis(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    // What a picture leaves open is taken from today.
    let today = evaluator.environment.now.millis() as f64;
    let millis = datetime::to_millis(text, arguments.get(1).as_str(), today)?;
    Ok(millis.map_or(Item::Undefined, number::item).into())
}

fn from_millis(
    _: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    _: Place<'_>,
) -> Result<Value, Error> {
    let Some(millis) = arguments.get(0).as_f64() else {
        return Ok(Item::Undefined.into());
    };
    let (picture, zone) = (arguments.get(1).as_str(), arguments.get(2).as_str());
    Ok(Item::text(datetime::from_millis(millis, picture, zone)?).into())
}

fn random(evaluator: &mut Evaluator<'_>, _: &mut Arguments, _: Place<'_>) -> Result<Value, Error> {
    Ok(number::item(evaluator.environment.dice.next_f64()).into())
}

/// Evaluates text in the frame of the call.
fn eval(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let Some(text) = arguments.get(0).as_str() else {
        return Ok(Item::Undefined.into());
    };
    let input = match arguments.get(1) {
        Item::Undefined => place.context.clone(),
        focus if focus.is_array() => Item::list(vec![focus.clone()], Flavour::Wrapper),
        focus => focus.clone(),
    };
    let names = evaluator.names.to_mut();
    let node = parser::parse(text, Dialect::Latest)
        .and_then(|tree| process::process(tree, Dialect::Latest, names))
        .map_err(|error| wrapped("D3120", "Syntax error in expression", text, error))?;
    evaluator
        .evaluate(&node, &input, place.env)
        .map(Value::Item)
        .map_err(|error| match error.code {
            "U1001" => error,
            _ => wrapped(
                "D3121",
                "Dynamic error evaluating the expression",
                text,
                error,
            ),
        })
}

fn wrapped(code: &'static str, what: &str, text: &str, error: Error) -> Error {
    let inner = Json::from(error.finish(text).message.as_str());
    Error::new(code, format!("{what} passed to function eval: {inner}"))
}
