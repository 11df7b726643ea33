//! Filters: `[?(@.a > 1 && @.b == 'x')]`.
//!
//! Jayway 2.0.0 does not parse them; it looks for the texts of operators. So do we.

use std::cmp::Ordering;

use fancy_regex::{Regex, RegexBuilder};

use super::compile::raw;
use super::error::{PathError, PathErrorKind};
use super::place::Place;
use super::{Path, Step, evaluate};
use crate::expr::beyond::beyond_f64;
use crate::value::{Json, Number, Text};

/// A filter: alternatives of conditions that must all hold. Without any, as in `[?]`, it cannot be asked.
pub(super) struct Filter {
    conditions: Vec<Condition>,
    /// What stands between each condition and the one after it.
    connectives: Vec<Connective>,
}

#[derive(Clone, Copy, PartialEq)]
enum Connective {
    And,
    Or,
}

enum Condition {
    /// `@.x`: it is there and is not `null`; `!@.x`: the other way round.
    Exists { path: Path, expected: bool },
    /// Two sides and what must hold between them.
    Compare {
        left: Side,
        operator: Operator,
        right: Side,
    },
}

enum Side {
    /// `@.x`: in the value that is tested.
    Path(Path),
    /// `$.x`: in the whole document.
    RootPath(Path),
    Text(Text),
    Regex(Pattern),
}

/// A regular expression, and as it was written.
struct Pattern {
    text: Text,
    regex: Box<Regex>,
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Equal,
    GreaterEqual,
    LessEqual,
    NotEqual,
    Less,
    Greater,
    Matches,
}

/// In the order in which they are looked for.
const OPERATORS: [(&str, Operator); 7] = [
    ("==", Operator::Equal),
    (">=", Operator::GreaterEqual),
    ("<=", Operator::LessEqual),
    ("!=", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=~", Operator::Matches),
];

/// How much a regular expression may go back before it is given up.
const BACKTRACKING: usize = 100_000;

impl Filter {
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        if text == "[?]" {
            return Ok(Self {
                conditions: Vec::new(),
                connectives: Vec::new(),
            });
        }
        let inner = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .unwrap_or(text);
        let condensed: String = inner.chars().filter(|c| *c != ' ').collect();
        if !condensed.starts_with("?(") || !condensed.ends_with(')') {
            let shown = inner.trim_start_matches('?');
            return Err(format!(
                "Filter must start with '[?(' and end with ')]'. {shown}"
            ));
        }
        balanced(inner)?;
        Self::split(inner)
    }

    /// Cuts it at every `&&` and `||`.
    fn split(inner: &str) -> Result<Self, String> {
        let mut conditions = Vec::new();
        let mut connectives = Vec::new();
        let mut rest = inner;
        loop {
            let and = rest.find("&&").map(|at| (at, Connective::And));
            let or = rest.find("||").map(|at| (at, Connective::Or));
            let next = match (and, or) {
                (Some(and), Some(or)) => Some(if and.0 < or.0 { and } else { or }),
                (and, or) => and.or(or),
            };
            let Some((at, connective)) = next else {
                conditions.push(condition(rest)?);
                return Ok(Self {
                    conditions,
                    connectives,
                });
            };
            conditions.push(condition(&rest[..at])?);
            connectives.push(connective);
            rest = &rest[at + 2..];
        }
    }

    /// Whether a value passes: from right to left, `&&` before `||`.
    pub(super) fn accepts(&self, value: &Json, document: &Json) -> Result<bool, PathError> {
        if self.conditions.is_empty() {
            let message = "Cannot invoke \"com.jayway.jsonpath.Predicate.apply(com.jayway.jsonpath.Predicate\
                           $PredicateContext)\" because \"predicate\" is null";
            return Err(PathError::told(PathErrorKind::NoPredicate, message.into()));
        }
        let mut end = self.conditions.len();
        while end > 0 {
            let mut start = end - 1;
            while start > 0 && self.connectives[start - 1] == Connective::And {
                start -= 1;
            }
            if self.all_hold(start, end, value, document)? {
                return Ok(true);
            }
            end = start;
        }
        Ok(false)
    }

    fn all_hold(
        &self,
        start: usize,
        end: usize,
        value: &Json,
        document: &Json,
    ) -> Result<bool, PathError> {
        for condition in self.conditions[start..end].iter().rev() {
            if !condition.holds(value, document)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether quotes, and the brackets outside them, come in pairs.
fn balanced(text: &str) -> Result<(), String> {
    let plain = text.replace("\\'", "");
    let count = |character| {
        let unquoted = plain.split('\'').step_by(2);
        unquoted
            .map(|part| part.matches(character).count())
            .sum::<usize>()
    };
    if plain.matches('\'').count() % 2 == 1 || count('(') != count(')') {
        return Err(out_of_range(text));
    }
    if count('[') != count(']') {
        return Err("Filter brackets are not balanced".into());
    }
    Ok(())
}

fn out_of_range(text: &str) -> String {
    format!("String index out of range: {}", text.chars().count())
}

fn condition(text: &str) -> Result<Condition, String> {
    let text = text
        .trim_start_matches(['[', '?', '(', ' '])
        .trim_end_matches([')', ' ']);
    let found = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)));
    let Some((at, sign, operator)) = found else {
        return existence(text);
    };
    let (left, right) = (text[..at].trim(), text[at + sign.len()..].trim());
    // Before the path on the left a `!` means nothing.
    let left = left
        .strip_prefix('!')
        .filter(|path| path.starts_with('@'))
        .unwrap_or(left);
    if right.starts_with("!@") {
        return Err(
            "Invalid negation! Can only be used for existence check e.g [?(!@.foo)]".into(),
        );
    }
    Ok(Condition::Compare {
        left: side(left)?,
        operator,
        right: side(right)?,
    })
}

fn existence(text: &str) -> Result<Condition, String> {
    let (path, expected) = match text.strip_prefix('!') {
        Some(path) => (path, false),
        None => (text, true),
    };
    if text.is_empty() {
        return Err(out_of_range(text));
    }
    if !path.starts_with('@') && !text.starts_with('$') {
        return Err("CriteriaType  can not be parsed".into());
    }
    Ok(Condition::Exists {
        path: predicate_path(path.trim())?,
        expected,
    })
}

fn predicate_path(text: &str) -> Result<Path, String> {
    let path = raw(text).map_err(|error| error.to_string())?;
    if path.is_definite() {
        Ok(path)
    } else {
        Err(format!("the predicate path: {text} is not definite"))
    }
}

fn side(text: &str) -> Result<Side, String> {
    if text.starts_with('@') {
        return predicate_path(text).map(Side::Path);
    }
    if text.starts_with('$') {
        return predicate_path(text).map(Side::RootPath);
    }
    if matches!(text, "'" | "/" | "/i") {
        return Err(out_of_range(text));
    }
    if let Some(quoted) = text.strip_prefix('\'')
        && let Some(inner) = quoted.strip_suffix('\'')
    {
        return Ok(Side::Text(inner.replace("\\'", "'").into()));
    }
    let pattern = text.strip_prefix('/').and_then(|text| {
        let plain = text.strip_suffix('/').map(|pattern| (pattern, false));
        plain.or_else(|| text.strip_suffix("/i").map(|pattern| (pattern, true)))
    });
    if let Some((pattern, insensitive)) = pattern {
        let regex = RegexBuilder::new(&format!("^(?:{pattern})$"))
            .case_insensitive(insensitive)
            .backtrack_limit(BACKTRACKING)
            .build();
        let regex =
            regex.map_err(|problem| format!("/{pattern}/ is no regular expression: {problem}"))?;
        return Ok(Side::Regex(Pattern {
            text: pattern.into(),
            regex: Box::new(regex),
        }));
    }
    Ok(Side::Text(text.replace("\\'", "'").into()))
}

/// One side of a comparison, evaluated.
enum Value<'a> {
    Json(Json),
    Regex(&'a Pattern),
}

impl Condition {
    fn holds(&self, value: &Json, document: &Json) -> Result<bool, PathError> {
        match self {
            Self::Exists { path, expected } => {
                let found = find(path, value)?;
                let exists = found.is_some_and(|found| !found.is_null() && has_all(path, &found));
                Ok(exists == *expected)
            }
            Self::Compare {
                left,
                operator,
                right,
            } => {
                let is_same = left.is_same(right);
                // Where the left side leads nowhere, the right one is not looked at.
                let Some(left) = left.evaluate(value, document)? else {
                    return Ok(false);
                };
                let Some(right) = right.evaluate(value, document)? else {
                    return Ok(false);
                };
                match operator {
                    Operator::Matches => matches(&left, &right),
                    _ if is_same => Ok(operator.accepts(Ordering::Equal)),
                    _ => compare(&left, *operator, &right),
                }
            }
        }
    }
}

/// What a path leads to from a value that is tested; `None` when it leads nowhere.
fn find(path: &Path, value: &Json) -> Result<Option<Json>, PathError> {
    found(evaluate::definite_from(
        path,
        Place::unwrapped(value),
        value,
    ))
}

fn found(outcome: Result<Option<Json>, PathError>) -> Result<Option<Json>, PathError> {
    match outcome {
        Ok(found) => Ok(Some(found.unwrap_or_default())),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Of several names in a bracket a filter wants all.
fn has_all(path: &Path, found: &Json) -> bool {
    match (path.0.steps.last(), found) {
        (Some(Step::Names(names)), Json::Object(object)) => {
            names.iter().all(|name| object.contains(name))
        }
        _ => true,
    }
}

impl Side {
    /// Whether both are one path from the root: Jayway remembers where those lead, and takes a list or an object that it
    /// is given twice as equal to itself.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::RootPath(path), Self::RootPath(other)) => path.text() == other.text(),
            _ => false,
        }
    }

    /// `None` when a path leads nowhere, which makes every comparison false.
    fn evaluate(&self, value: &Json, document: &Json) -> Result<Option<Value<'_>>, PathError> {
        Ok(match self {
            Self::Text(text) => Some(Value::Json(Json::String(text.clone()))),
            Self::Regex(pattern) => Some(Value::Regex(pattern)),
            Self::Path(path) => find(path, value)?.map(Value::Json),
            Self::RootPath(path) => found(evaluate::definite(path, document))?.map(Value::Json),
        })
    }
}

fn compare(left: &Value<'_>, operator: Operator, right: &Value<'_>) -> Result<bool, PathError> {
    let is_ordering = !matches!(operator, Operator::Equal | Operator::NotEqual);
    if is_ordering && left.is_null() != right.is_null() {
        return Ok(false);
    }
    let ordering = match (left, right) {
        (Value::Json(left), Value::Json(right)) => order(left, right)?,
        (Value::Regex(_), Value::Json(right)) => is_nullish(right).then_some(Ordering::Greater),
        (Value::Json(left), Value::Regex(_)) => is_nullish(left).then_some(Ordering::Less),
        (Value::Regex(_), Value::Regex(_)) => None,
    };
    Ok(ordering.is_some_and(|ordering| operator.accepts(ordering)))
}

impl Operator {
    /// Whether it holds between values of which the left one compares so with the right one.
    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::GreaterEqual => ordering.is_ge(),
            Self::LessEqual => ordering.is_le(),
            Self::Less => ordering.is_lt(),
            Self::Greater => ordering.is_gt(),
            Self::Matches => false,
        }
    }
}

impl Value<'_> {
    fn is_null(&self) -> bool {
        matches!(self, Self::Json(Json::Null))
    }
}

/// How the left value compares with the right one; `None` when they do not, which makes every operator false.
///
/// A text on the right stands for a number or a boolean where the left value is one, but not the other way round. `null` and
/// the text "null" are the same, and less than everything else.
fn order(left: &Json, right: &Json) -> Result<Option<Ordering>, PathError> {
    Ok(match (is_nullish(left), is_nullish(right)) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) => match (left, right) {
            (Json::Number(Number::Big(_)), _) | (_, Json::Number(Number::Big(_))) => None,
            (Json::String(left), Json::String(right)) => {
                Some(left.encode_utf16().cmp(right.encode_utf16()))
            }
            (Json::Number(left), Json::Number(right)) => Some(left.compare(right)),
            (Json::Number(left), Json::String(right)) => Some(left.compare(&decimal(right)?)),
            (Json::Bool(left), Json::Bool(right)) => Some(left.cmp(right)),
            (Json::Bool(left), Json::String(right)) => {
                Some(left.cmp(&right.eq_ignore_ascii_case("true")))
            }
            _ => None,
        },
    })
}

fn is_nullish(value: &Json) -> bool {
    value.is_null() || value.as_str() == Some("null")
}

/// A text as Java's `BigDecimal` reads it.
fn decimal(text: &str) -> Result<Number, PathError> {
    let plain = text.strip_prefix('+').unwrap_or(text);
    if let Some(number) = Number::parse(plain)
        .or_else(|| plain.parse().ok().and_then(Number::from_f64))
        .or_else(|| beyond_f64(plain))
    {
        return Ok(number);
    }
    let odd = text
        .chars()
        .find(|c| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    let message = match odd {
        Some(odd) => format!(
            "Character {odd} is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."
        ),
        None => "null".into(),
    };
    Err(PathError::told(PathErrorKind::NumberFormat, message))
}

/// Whether a text is matched by the regular expression on the other side, whichever that is.
fn matches(left: &Value<'_>, right: &Value<'_>) -> Result<bool, PathError> {
    let (text, pattern) = match (left, right) {
        (Value::Regex(pattern), Value::Regex(text)) => (text.text.to_string(), pattern),
        (Value::Json(json), Value::Regex(pattern)) | (Value::Regex(pattern), Value::Json(json)) => {
            let text = json
                .as_str()
                .map_or_else(|| json.to_string(), str::to_owned);
            (text, pattern)
        }
        (Value::Json(Json::Null), Value::Json(Json::Null)) => return Ok(false),
        (_, Value::Json(right)) => return Err(no_pattern(right)),
    };
    pattern.regex.is_match(&text).map_err(|error| {
        PathError::invalid(format!("the regular expression was given up: {error}"))
    })
}

/// What Java says of a value that should have been a pattern.
fn no_pattern(value: &Json) -> PathError {
    const PATTERN: &str = "java.util.regex.Pattern";
    let class = match value {
        Json::Null => {
            let message = format!(
                "Cannot invoke \"{PATTERN}.matcher(java.lang.CharSequence)\" because \"pattern\" is null"
            );
            return PathError::told(PathErrorKind::NoPredicate, message);
        }
        Json::Bool(_) => "java.lang.Boolean",
        Json::String(_) => "java.lang.String",
        Json::Number(Number::Big(_)) => "com.fasterxml.jackson.databind.node.BigIntegerNode",
        Json::Number(number) => match number.as_i64() {
            Some(int) if i32::try_from(int).is_ok() => "java.lang.Integer",
            Some(_) => "java.lang.Long",
            None => "java.lang.Double",
        },
        Json::Array(_) => "com.fasterxml.jackson.databind.node.ArrayNode",
        Json::Object(_) => "com.fasterxml.jackson.databind.node.ObjectNode",
    };
    let places = if class.starts_with("java.") {
        format!("{class} and {PATTERN} are in module java.base of loader 'bootstrap'")
    } else {
        format!(
            "{class} is in unnamed module of loader 'app'; {PATTERN} is in module java.base of loader 'bootstrap'"
        )
    };
    let message = format!("class {class} cannot be cast to class {PATTERN} ({places})");
    PathError::told(PathErrorKind::ClassCast, message)
}
