//! Reference Paths: where `ResultPath` puts a result.
//!
//! Source: States Language, § Reference Paths; what is written where follows what the service was seen to do.

use std::fmt;

use crate::value::{Json, Object, Text};

/// A path of names and single indices, to be written to.
#[derive(Clone, Debug)]
pub struct ReferencePath {
    text: Text,
    steps: Box<[Step]>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(Text),
    Index(usize),
}

/// Why a text is no Reference Path, in the service's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferencePathError {
    /// It begins with something else.
    #[error("Reference path didn't start with '$'")]
    NoRoot,
    /// A bracket holds neither a quoted name nor an index. (The service's text has this typing mistake.)
    #[error("'[' must be followed by ' or '['")]
    Bracket,
    /// It has an operator, a slice, a filter, or ends too early.
    #[error("{0}")]
    Other(String),
}

/// Why a result cannot be put where the path says.
#[derive(Debug)]
pub struct ReferenceConflict {
    path: Text,
    target: Json,
}

impl ReferenceConflict {
    /// The value that could not be written to, unchanged.
    #[must_use]
    pub fn into_target(self) -> Json {
        self.target
    }
}

impl fmt::Display for ReferenceConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Unable to apply ReferencePath {} to input {}",
            self.path, self.target
        )
    }
}

impl std::error::Error for ReferenceConflict {}

impl ReferencePath {
    /// Compiles a Reference Path.
    ///
    /// # Errors
    /// When the text is none.
    pub fn compile(text: &str) -> Result<Self, ReferencePathError> {
        let rest = text.strip_prefix('$').ok_or(ReferencePathError::NoRoot)?;
        Ok(Self {
            text: text.into(),
            steps: steps(rest)?.into(),
        })
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Whether it is `$`.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// Puts a value where the path says: in place when the target is not shared. A name that is not there is appended,
    /// objects on the way are made; arrays are never made nor grown.
    ///
    /// # Errors
    /// When a step does not fit what is there. The error holds the target, unchanged.
    pub fn put(&self, target: Json, value: Json) -> Result<Json, ReferenceConflict> {
        // By far the commonest: one member of the target.
        if let ([Step::Name(name)], Json::Object(_)) = (&*self.steps, &target) {
            let mut target = target;
            if let Json::Object(object) = &mut target {
                object.put(name, value);
            }
            return Ok(target);
        }
        if !self.fits(&target) {
            return Err(ReferenceConflict {
                path: self.text.clone(),
                target,
            });
        }
        let mut target = target;
        let mut at = &mut target;
        for step in &self.steps {
            at = match (step, at) {
                (Step::Name(name), Json::Object(object)) => {
                    if !object.contains(name) {
                        object.insert(name.clone(), Json::Object(Object::new()));
                    }
                    object
                        .get_mut(name)
                        .expect("it was inserted if it was not there")
                }
                (Step::Index(index), Json::Array(array)) => array
                    .make_mut()
                    .get_mut(*index)
                    .expect("the length was checked"),
                (_, at) => at,
            };
        }
        *at = value;
        Ok(target)
    }

    /// Whether every step can be taken, or made.
    fn fits(&self, target: &Json) -> bool {
        let mut at = target;
        for (taken, step) in self.steps.iter().enumerate() {
            at = match (step, at) {
                (Step::Name(name), Json::Object(object)) => match object.get(name) {
                    Some(next) => next,
                    // From here on everything is made: objects only.
                    None => {
                        return self.steps[taken..]
                            .iter()
                            .all(|step| matches!(step, Step::Name(_)));
                    }
                },
                (Step::Index(index), Json::Array(items)) => match items.get(*index) {
                    Some(next) => next,
                    None => return false,
                },
                _ => return false,
            };
        }
        true
    }
}

fn steps(text: &str) -> Result<Vec<Step>, ReferencePathError> {
    let mut steps = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '.' => dotted(&rest[1..], &mut steps)?,
            '[' if rest[1..].starts_with('\'') => quoted(&rest[2..], &mut steps)?,
            '[' => index(&rest[1..], &mut steps)?,
            _ => {
                return Err(ReferencePathError::Other(format!(
                    "`{first}` must not follow here"
                )));
            }
        };
    }
    Ok(steps)
}

/// `name`, with backslashes before what would mean something.
fn dotted<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, ReferencePathError> {
    let mut name = String::new();
    let mut characters = text.char_indices();
    let mut rest = "";
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => name.extend(characters.next().map(|(_, escaped)| escaped)),
            '.' | '[' => {
                rest = &text[at..];
                break;
            }
            '@' | ',' | ':' | '?' | '*' | '(' | ')' | ']' => {
                return Err(ReferencePathError::Other(format!(
                    "`{character}` is no part of a name"
                )));
            }
            _ => name.push(character),
        }
    }
    match (name.is_empty(), rest.starts_with('[')) {
        (false, _) => steps.push(Step::Name(name.into())),
        // `$.[0]` is written, and means `$[0]`.
        (true, true) => {}
        (true, false) => {
            return Err(ReferencePathError::Other(
                "a name must follow the dot".into(),
            ));
        }
    }
    Ok(rest)
}

/// `name']`
fn quoted<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, ReferencePathError> {
    let mut name = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => name.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' => {
                steps.push(Step::Name(name.into()));
                return text[at + 1..].strip_prefix(']').ok_or_else(|| {
                    ReferencePathError::Other("`]` must follow the quoted name".into())
                });
            }
            _ => name.push(character),
        }
    }
    Err(ReferencePathError::Other(
        "the quoted name is never closed".into(),
    ))
}

/// `12]`
fn index<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, ReferencePathError> {
    let (index, rest) = text.split_once(']').ok_or(ReferencePathError::Bracket)?;
    if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ReferencePathError::Bracket);
    }
    let index = index
        .parse()
        .map_err(|_| ReferencePathError::Other(format!("`{index}` is too large an index")))?;
    steps.push(Step::Index(index));
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, target: &str, expected: &str) {
        let path = ReferencePath::compile(path).unwrap();
        let put = path.put(Json::parse(target).unwrap(), Json::from("new"));
        let told = put.map_or_else(|conflict| conflict.to_string(), |put| put.to_string());
        assert_eq!(told, expected);
    }

    #[test]
    fn a_result_is_put_where_the_path_says() {
        check("$", r#"{"a":1}"#, r#""new""#);
        check("$.a", r#"{"a":1,"b":2}"#, r#"{"a":"new","b":2}"#);
        check("$.c", r#"{"a":1}"#, r#"{"a":1,"c":"new"}"#);
        check("$.c.d.e", r#"{"a":1}"#, r#"{"a":1,"c":{"d":{"e":"new"}}}"#);
        check("$[1].x", r#"[{},{"x":1}]"#, r#"[{},{"x":"new"}]"#);
        check(r"$.a\.b", "{}", r#"{"a.b":"new"}"#);
        check("$['a b'][0]", r#"{"a b":[1]}"#, r#"{"a b":["new"]}"#);
    }

    #[test]
    fn what_does_not_fit_is_a_conflict_and_changes_nothing() {
        check(
            "$.x",
            r#""input1""#,
            r#"Unable to apply ReferencePath $.x to input "input1""#,
        );
        check(
            "$.a.b",
            r#"{"a":1}"#,
            r#"Unable to apply ReferencePath $.a.b to input {"a":1}"#,
        );
        check(
            "$[2]",
            "[1]",
            "Unable to apply ReferencePath $[2] to input [1]",
        );
        check(
            "$.a[0]",
            "{}",
            "Unable to apply ReferencePath $.a[0] to input {}",
        );
    }

    #[test]
    fn operators_are_no_part_of_a_reference_path() {
        for path in [
            "$.a[*]",
            "$..a",
            "$.a[-1]",
            "$.a[0:1]",
            "$.a[?(@.b)]",
            "$.a,b",
            "$.",
            "$.a[",
            "$x",
            "a",
        ] {
            assert!(ReferencePath::compile(path).is_err(), "{path}");
        }
        assert_eq!(
            ReferencePath::compile("a").unwrap_err().to_string(),
            "Reference path didn't start with '$'"
        );
    }
}
