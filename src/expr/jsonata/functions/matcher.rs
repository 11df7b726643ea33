//! Functions that look for something in a text: a string, a regular expression, or whatever a function finds.

use std::sync::Arc;

use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::evaluate::Evaluator;
use crate::expr::jsonata::frame::Env;
use crate::expr::jsonata::function::{Arguments, Builtin, Form, Function, Place};
use crate::expr::jsonata::item::{Item, Value};
use crate::expr::jsonata::number;
use crate::expr::jsonata::regex::Regex;
use crate::value::{Json, Shape, Text};

pub(super) static ROWS: [Builtin; 4] = [
    Builtin::new("match", "<s-f<s:o>n?:a<o>>", 3, matches),
    Builtin::new("contains", "<s-(sf):b>", 2, contains),
    Builtin::new("replace", "<s-(sf)(sf)n?:s>", 4, replace),
    Builtin::new("split", "<s-(sf)n?:a<s>>", 3, split),
];

/// A part of a text that was found. Places are bytes.
struct Match {
    text: Text,
    start: usize,
    end: usize,
    groups: Vec<Item>,
    /// The function that finds the next one, where it was no regular expression.
    next: Option<Item>,
}

/// The byte at which a UTF-16 unit stands; the text's length beyond its end.
pub(in crate::expr::jsonata) fn byte_of_unit(text: &str, unit: usize) -> usize {
    if text.is_ascii() {
        return unit.min(text.len());
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// How many UTF-16 units stand before a byte.
fn unit_of_byte(text: &str, byte: usize) -> usize {
    if text.is_ascii() {
        return byte;
    }
    text.get(..byte)
        .map_or(0, |before| before.encode_utf16().count())
}

/// Finds the first match of a regular expression from a byte on, as the object that functions are given.
pub(in crate::expr::jsonata) fn find_match(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    subject: &Text,
    from: usize,
) -> Result<Item, Error> {
    let found = search(evaluator, regex, subject, from)?;
    Ok(offered(regex, subject, found))
}

/// Finds the match after another one, as the object that functions are given.
pub(in crate::expr::jsonata) fn find_next_match(
    evaluator: &mut Evaluator<'_>,
    regex: &Arc<Regex>,
    subject: &Text,
    from: usize,
) -> Result<Item, Error> {
    let found = search_on(evaluator, regex, subject, from)?;
    Ok(offered(regex, subject, found))
}

fn offered(regex: &Arc<Regex>, subject: &Text, found: Option<Match>) -> Item {
    let Some(found) = found else {
        return Item::Undefined;
    };
    let next = Function::item(Form::Next(regex.clone(), subject.clone(), found.end));
    described(subject, &found, next)
}

/// Searches after a match. What is empty would be found there again and again; the first match may be empty.
fn search_on(
    evaluator: &mut Evaluator<'_>,
    regex: &Regex,
    subject: &str,
    from: usize,
) -> Result<Option<Match>, Error> {
    let found = search(evaluator, regex, subject, from)?;
    if found.as_ref().is_some_and(|found| found.start == found.end) {
        let message = "Regular expression matches zero length string";
        return Err(Error::new("D1004", message));
    }
    Ok(found)
}

fn search(
    evaluator: &mut Evaluator<'_>,
    regex: &Regex,
    subject: &str,
    from: usize,
) -> Result<Option<Match>, Error> {
    let found = regex.find_at(subject, from)?;
    let read = found.as_ref().map_or(subject.len(), |found| found.end);
    evaluator.meter.work(1 + read.saturating_sub(from) / 64)?;
    let Some(found) = found else {
        return Ok(None);
    };
    let group = |text: Option<String>| text.map_or(Item::Undefined, Item::text);
    Ok(Some(Match {
        text: subject
            .get(found.start..found.end)
            .unwrap_or_default()
            .into(),
        start: found.start,
        end: found.end,
        groups: found.groups.into_iter().map(group).collect(),
        next: None,
    }))
}

/// The object that describes a match.
fn described(subject: &str, found: &Match, next: Item) -> Item {
    let names = ["match", "start", "end", "groups", "next"].map(Text::new_static);
    let shape = Shape::new(names.to_vec()).expect("the names are different");
    let items = vec![
        Item::text(found.text.clone()),
        number::count(unit_of_byte(subject, found.start)),
        number::count(unit_of_byte(subject, found.end)),
        Item::array(found.groups.clone()),
        next,
    ];
    Item::object(shape, items)
}

/// One search after the other through a text.
struct Searcher<'a> {
    subject: &'a Text,
    matcher: &'a Item,
    env: &'a Env,
    last: Option<(usize, Option<Item>)>,
}

impl<'a> Searcher<'a> {
    fn new(subject: &'a Text, matcher: &'a Item, env: &'a Env) -> Self {
        Self {
            subject,
            matcher,
            env,
            last: None,
        }
    }

    fn next(&mut self, evaluator: &mut Evaluator<'_>) -> Result<Option<Match>, Error> {
        let found = match (self.matcher, &self.last) {
            (Item::Function(function), last) if matches!(function.form, Form::Matcher(_)) => {
                let Form::Matcher(regex) = &function.form else {
                    return Ok(None);
                };
                match last {
                    None => search(evaluator, regex, self.subject, 0)?,
                    Some((end, _)) if *end >= self.subject.len() => None,
                    Some((end, _)) => search_on(evaluator, regex, self.subject, *end)?,
                }
            }
            (matcher, None) => {
                let subject = Item::text(self.subject.clone());
                let answer = evaluator.visit(matcher, [subject], self.env)?;
                self.read(&answer)?
            }
            (_, Some((_, Some(next)))) => {
                let answer = evaluator.visit(next, [], self.env)?;
                self.read(&answer)?
            }
            (_, Some((_, None))) => None,
        };
        self.last = found.as_ref().map(|found| (found.end, found.next.clone()));
        Ok(found)
    }

    /// Reads the object by which a function describes a match.
    fn read(&self, answer: &Item) -> Result<Option<Match>, Error> {
        let start = answer.get("start").and_then(|item| item.as_f64());
        let end = answer.get("end").and_then(|item| item.as_f64());
        let groups = answer.get("groups").filter(Item::is_array);
        let next = answer.get("next").filter(Item::is_function);
        if answer.is_undefined() {
            return Ok(None);
        }
        if start.is_none() && end.is_none() && groups.is_none() && next.is_none() {
            return Err(Error::new(
                "T1010",
                "The matcher function argument passed to function {{token}} does not return the correct object structure",
            ));
        }
        let text = answer.get("match");
        let text = text.as_ref().and_then(Item::as_str).unwrap_or_default();
        let start = byte_of_unit(self.subject, start.unwrap_or(0.0) as usize);
        let end = end.map_or(start + text.len(), |end| {
            byte_of_unit(self.subject, end as usize)
        });
        Ok(Some(Match {
            text: text.into(),
            start,
            end: end.max(start),
            groups: groups.map_or_else(Vec::new, Item::into_items),
            next,
        }))
    }
}

/// How often something may be done: the last argument of these functions.
fn limit(item: &Item, code: &'static str, which: &str) -> Result<usize, Error> {
    match item.as_f64() {
        None => Ok(usize::MAX),
        Some(limit) if limit < 0.0 => {
            let message = format!("{which} must evaluate to a positive number");
            Err(Error::new(code, message))
        }
        Some(limit) => Ok(limit.ceil() as usize),
    }
}

/// The subject of a search; `None` where it is nothing.
fn subject(arguments: &Arguments) -> Option<Text> {
    match arguments.get(0) {
        Item::Json(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn matches(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let Some(subject) = subject(arguments) else {
        return Ok(Item::Undefined.into());
    };
    let limit = limit(
        arguments.get(2),
        "D3040",
        "Third argument of match function",
    )?;
    let mut searcher = Searcher::new(&subject, arguments.get(1), place.env);
    let names = ["match", "index", "groups"].map(Text::new_static);
    let shape = Shape::new(names.to_vec()).expect("the names are different");
    let mut results = Vec::new();
    while results.len() < limit {
        let Some(found) = searcher.next(evaluator)? else {
            break;
        };
        let index = number::count(unit_of_byte(&subject, found.start));
        let items = vec![Item::text(found.text), index, Item::array(found.groups)];
        results.push(Item::object(shape.clone(), items));
        evaluator.meter.list(8)?;
    }
    Ok(Value::Sequence(results))
}

fn contains(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let Some(subject) = subject(arguments) else {
        return Ok(Item::Undefined.into());
    };
    let found = match arguments.get(1) {
        Item::Undefined => return Ok(Item::Undefined.into()),
        Item::Json(Json::String(text)) => subject.contains(text.as_str()),
        matcher => Searcher::new(&subject, matcher, place.env)
            .next(evaluator)?
            .is_some(),
    };
    Ok(Item::bool(found).into())
}

fn replace(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let Some(subject) = subject(arguments) else {
        return Ok(Item::Undefined.into());
    };
    let (pattern, replacement) = (arguments.get(1), arguments.get(2));
    if pattern.as_str() == Some("") {
        let message = "Second argument of replace function cannot be an empty string";
        return Err(Error::new("D3010", message));
    }
    let limit = limit(
        arguments.get(3),
        "D3011",
        "Fourth argument of replace function",
    )?;
    let text = match (pattern.as_str(), replacement.as_str()) {
        (Some(pattern), Some(replacement)) => subject.replacen(pattern, replacement, limit),
        (Some(pattern), None) if subject.contains(pattern) => return Err(no_string()),
        (Some(_), None) => subject.to_string(),
        (None, _) => {
            let searcher = Searcher::new(&subject, pattern, place.env);
            replace_matches(evaluator, searcher, replacement, limit)?
        }
    };
    evaluator.meter.text(text.len())?;
    Ok(Item::text(text).into())
}

fn replace_matches(
    evaluator: &mut Evaluator<'_>,
    mut searcher: Searcher<'_>,
    replacement: &Item,
    limit: usize,
) -> Result<String, Error> {
    let subject = searcher.subject;
    let mut text = String::new();
    let mut written = 0;
    let mut count = 0;
    while count < limit {
        let Some(found) = searcher.next(evaluator)? else {
            break;
        };
        text.push_str(subject.get(written..found.start).unwrap_or_default());
        match replacement.as_str() {
            Some(template) => substitute(template, &found, &mut text),
            None => {
                let next = found.next.clone().unwrap_or_default();
                let argument = described(subject, &found, next);
                let answer = evaluator.visit(replacement, [argument], searcher.env)?;
                text.push_str(answer.as_str().ok_or_else(no_string)?);
            }
        }
        evaluator.meter.text(text.len() / 16)?;
        written = found.start + found.text.len();
        count += 1;
    }
    text.push_str(subject.get(written..).unwrap_or_default());
    Ok(text)
}

#[cold]
fn no_string() -> Error {
    Error::new(
        "D3012",
        "Attempted to replace a matched string with a non-string value",
    )
}

/// Writes a template: `$0` is the match, `$1` its first group, `$$` a dollar.
fn substitute(template: &str, found: &Match, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('0') {
            out.push_str(&found.text);
            rest = after;
        } else {
            match group_number(rest, found.groups.len()) {
                Some((number, digits)) => {
                    let group = found.groups.get(number.wrapping_sub(1));
                    out.push_str(group.and_then(Item::as_str).unwrap_or_default());
                    rest = &rest[digits..];
                }
                None => out.push('$'),
            }
        }
    }
    out.push_str(rest);
}

/// The number of a group, of no more digits than the number of groups has; one fewer where it would be too high.
fn group_number(text: &str, groups: usize) -> Option<(usize, usize)> {
    let most = groups.checked_ilog10().unwrap_or(0) as usize + 1;
    let there = text.bytes().take_while(u8::is_ascii_digit).count();
    let read = |digits: usize| -> Option<usize> { text[..digits].parse().ok() };
    let mut digits = there.min(most);
    let mut number = read(digits)?;
    if most > 1 && number > groups {
        digits = there.min(most - 1);
        number = read(digits)?;
    }
    Some((number, number.checked_ilog10().unwrap_or(0) as usize + 1))
}

fn split(
    evaluator: &mut Evaluator<'_>,
    arguments: &mut Arguments,
    place: Place<'_>,
) -> Result<Value, Error> {
    let Some(subject) = subject(arguments) else {
        return Ok(Item::Undefined.into());
    };
    let separator = arguments.get(1);
    let whole = separator.as_str().is_some();
    let limit = match limit(
        arguments.get(2),
        "D3020",
        "Third argument of split function",
    )? {
        usize::MAX => usize::MAX,
        // A string is split as by JavaScript, which cuts fractions off.
        limit if whole => arguments
            .get(2)
            .as_f64()
            .map_or(limit, |limit| limit as usize),
        limit => limit,
    };
    let parts: Vec<Json> = match separator.as_str() {
        Some("") => {
            let characters = subject.chars().take(limit);
            characters.map(|c| Json::from(c.to_string())).collect()
        }
        Some(separator) => subject
            .split(separator)
            .take(limit)
            .map(Json::from)
            .collect(),
        None => split_matches(
            evaluator,
            Searcher::new(&subject, separator, place.env),
            limit,
        )?,
    };
    evaluator.meter.list(parts.len())?;
    evaluator.meter.work(parts.len() / 8)?;
    Ok(Item::Json(Json::from(parts)).into())
}

fn split_matches(
    evaluator: &mut Evaluator<'_>,
    mut searcher: Searcher<'_>,
    limit: usize,
) -> Result<Vec<Json>, Error> {
    let subject = searcher.subject;
    let mut parts = Vec::new();
    let mut start = 0;
    while parts.len() < limit {
        let Some(found) = searcher.next(evaluator)? else {
            break;
        };
        parts.push(Json::from(
            subject.get(start..found.start).unwrap_or_default(),
        ));
        start = found.end;
    }
    if parts.len() < limit {
        parts.push(Json::from(subject.get(start..).unwrap_or_default()));
    }
    Ok(parts)
}
