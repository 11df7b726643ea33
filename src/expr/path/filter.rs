//! Filters: `[?(@.a > 1 && @.b == 'x')]`.
//!
//! Jayway 2.0.0 does not parse them; it looks for the texts of operators. So do we.

use std::cmp::Ordering;

use fancy_regex::{Regex, RegexBuilder};

use super::compile::raw;
use super::error::{PathError, PathErrorKind};
use super::{Path, evaluate};
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
    /// `None` when the text between the slashes is no regular expression.
    Regex(Option<Box<Regex>>),
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
        let plain = inner.replace("\\'", "");
        let unquoted = || plain.split('\'').step_by(2);
        let count = |character| {
            unquoted()
                .map(|part| part.matches(character).count())
                .sum::<usize>()
        };
        if count('(') != count(')') {
            return Err(format!(
                "String index out of range: {}",
                text.chars().count()
            ));
        }
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

fn condition(text: &str) -> Result<Condition, String> {
    let text = text
        .trim_start_matches(['[', '?', '(', ' '])
        .trim_end_matches([')', ' ']);
    let found = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)));
    let Some((at, sign, operator)) = found else {
        let (path, expected) = match text.strip_prefix('!') {
            Some(path) => (path, false),
            None => (text, true),
        };
        if !path.trim_start().starts_with(['@', '$']) {
            return Err(if text.is_empty() {
                "String index out of range: 0".into()
            } else {
                "CriteriaType  can not be parsed".into()
            });
        }
        return Ok(Condition::Exists {
            path: predicate_path(path.trim())?,
            expected,
        });
    };
    // A `!` before a comparison means nothing.
    let (left, right) = (
        text[..at].trim_start_matches('!').trim(),
        text[at + sign.len()..].trim(),
    );
    Ok(Condition::Compare {
        left: side(left)?,
        operator,
        right: side(right)?,
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
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted
            .strip_suffix('\'')
            .map(|inner| inner.replace("\\'", "\u{0}"));
        return match inner {
            Some(inner) if !inner.contains('\'') => {
                Ok(Side::Text(inner.replace('\u{0}', "'").into()))
            }
            _ => Err(format!("String index out of range: {}", text.len())),
        };
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
        return Ok(Side::Regex(regex.ok().map(Box::new)));
    }
    Ok(Side::Text(text.into()))
}

/// One side of a comparison, evaluated.
enum Value<'a> {
    Json(Json),
    Regex(Option<&'a Regex>),
}

impl Condition {
    fn holds(&self, value: &Json, document: &Json) -> Result<bool, PathError> {
        match self {
            Self::Exists { path, expected } => {
                let found = find(path, value)?;
                Ok(found.is_some_and(|found| !found.is_null()) == *expected)
            }
            Self::Compare {
                left,
                operator,
                right,
            } => {
                let (left, right) = (
                    left.evaluate(value, document)?,
                    right.evaluate(value, document)?,
                );
                let (Some(left), Some(right)) = (left, right) else {
                    return Ok(false);
                };
                compare(&left, *operator, &right)
            }
        }
    }
}

/// What a path leads to; `None` when it leads nowhere.
fn find(path: &Path, value: &Json) -> Result<Option<Json>, PathError> {
    match evaluate::definite(path, value) {
        Ok(found) => Ok(Some(found.unwrap_or_default())),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

impl Side {
    /// `None` when a path leads nowhere, which makes every comparison false.
    fn evaluate(&self, value: &Json, document: &Json) -> Result<Option<Value<'_>>, PathError> {
        Ok(match self {
            Self::Text(text) => Some(Value::Json(Json::String(text.clone()))),
            Self::Regex(regex) => Some(Value::Regex(regex.as_deref())),
            Self::Path(path) => find(path, value)?.map(Value::Json),
            Self::RootPath(path) => find(path, document)?.map(Value::Json),
        })
    }
}

fn compare(left: &Value<'_>, operator: Operator, right: &Value<'_>) -> Result<bool, PathError> {
    if operator == Operator::Matches {
        return matches(left, right);
    }
    let (Value::Json(left), Value::Json(right)) = (left, right) else {
        return Ok(false);
    };
    let is_ordering = !matches!(operator, Operator::Equal | Operator::NotEqual);
    if is_ordering && left.is_null() != right.is_null() {
        return Ok(false);
    }
    let Some(ordering) = order(left, right)? else {
        return Ok(false);
    };
    Ok(match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::GreaterEqual => ordering.is_ge(),
        Operator::LessEqual => ordering.is_le(),
        Operator::Less => ordering.is_lt(),
        Operator::Greater => ordering.is_gt(),
        Operator::Matches => false,
    })
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
    if let Some(number) =
        Number::parse(plain).or_else(|| plain.parse().ok().and_then(Number::from_f64))
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

fn matches(left: &Value<'_>, right: &Value<'_>) -> Result<bool, PathError> {
    let ((Value::Json(json), Value::Regex(regex)) | (Value::Regex(regex), Value::Json(json))) =
        (left, right)
    else {
        let message = "class java.lang.String cannot be cast to class java.util.regex.Pattern (java.lang.String and \
                       java.util.regex.Pattern are in module java.base of loader 'bootstrap')";
        return Err(PathError::told(PathErrorKind::ClassCast, message.into()));
    };
    let Some(regex) = regex else { return Ok(false) };
    let text = json
        .as_str()
        .map_or_else(|| json.to_string(), str::to_owned);
    regex.is_match(&text).map_err(|error| {
        PathError::invalid(format!("the regular expression was given up: {error}"))
    })
}
