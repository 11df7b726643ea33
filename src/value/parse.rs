//! From JSON text to values, without recursion.

use std::borrow::Cow;

use super::token::{Span, Token, Tokens};
use super::{Array, Json, Number, Object, Shape, Text};

/// How many containers may stand inside each other in a text: Jackson's own limit.
pub const NESTING: usize = 1_000;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {line}:{column}")]
pub struct ParseError {
    /// What is wrong, as a fragment without a full stop.
    pub message: String,
    /// The byte it is wrong at.
    pub offset: usize,
    /// The line of that byte, from 1.
    pub line: usize,
    /// The character in that line, from 1.
    pub column: usize,
}

impl ParseError {
    pub(super) fn new(text: &str, offset: usize, message: String) -> Self {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Self {
            message,
            offset,
            line,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// A value without parts, as the parser hands it on.
#[derive(Debug)]
pub enum Scalar<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, its escapes resolved.
    String(Cow<'a, str>),
}

/// What the parser builds: calls come in the order of the text, every `begin_…` is matched by an `end`.
pub trait Builder {
    /// An object opens.
    fn begin_object(&mut self, span: Span);
    /// An array opens.
    fn begin_array(&mut self, span: Span);
    /// The name of the next member of the innermost object.
    fn name(&mut self, name: Cow<'_, str>, span: Span);
    /// A scalar, as the next element, the value of the name before, or the whole text.
    fn scalar(&mut self, value: Scalar<'_>, span: Span);
    /// The innermost container closes; the span is the closing bracket's.
    fn end(&mut self, span: Span);
}

/// Reads JSON text and tells a builder what stands there.
///
/// # Errors
/// When the text is not JSON, is not UTF-8, or nests deeper than [`NESTING`].
pub fn build(text: &[u8], builder: &mut impl Builder) -> Result<(), ParseError> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let valid = std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default();
        ParseError::new(valid, valid.len(), "the text is not valid UTF-8".into())
    })?;
    Parser {
        tokens: Tokens::new(text),
        open: Vec::new(),
    }
    .run(builder)
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    CommaOrEnd,
}

struct Parser<'a> {
    tokens: Tokens<'a>,
    /// The open containers: true for an object.
    open: Vec<bool>,
}

impl Parser<'_> {
    fn run(&mut self, builder: &mut impl Builder) -> Result<(), ParseError> {
        let mut expect = Expect::Value;
        loop {
            let (token, span) = self.tokens.next()?;
            expect = match (expect, token) {
                (Expect::Value | Expect::ValueOrEnd, Token::BeginObject) => {
                    self.open(true, span)?;
                    builder.begin_object(span);
                    Expect::NameOrEnd
                }
                (Expect::Value | Expect::ValueOrEnd, Token::BeginArray) => {
                    self.open(false, span)?;
                    builder.begin_array(span);
                    Expect::ValueOrEnd
                }
                (Expect::NameOrEnd | Expect::CommaOrEnd, Token::EndObject)
                    if self.open.last() == Some(&true) =>
                {
                    self.open.pop();
                    builder.end(span);
                    Expect::CommaOrEnd
                }
                (Expect::ValueOrEnd | Expect::CommaOrEnd, Token::EndArray)
                    if self.open.last() == Some(&false) =>
                {
                    self.open.pop();
                    builder.end(span);
                    Expect::CommaOrEnd
                }
                (Expect::CommaOrEnd, Token::Comma) => match self.open.last() {
                    Some(true) => Expect::Name,
                    _ => Expect::Value,
                },
                (Expect::Name | Expect::NameOrEnd, Token::String(name)) => {
                    builder.name(name, span);
                    let (token, span) = self.tokens.next()?;
                    if !matches!(token, Token::Colon) {
                        return Err(self.unexpected(&token, span, "`:` after the member's name"));
                    }
                    Expect::Value
                }
                (Expect::Value | Expect::ValueOrEnd, token) => {
                    let Some(scalar) = scalar(token) else {
                        return Err(self.misplaced(expect, span));
                    };
                    builder.scalar(scalar, span);
                    Expect::CommaOrEnd
                }
                (_, token) => return Err(self.unexpected(&token, span, self.wanted(expect))),
            };
            if expect == Expect::CommaOrEnd && self.open.is_empty() {
                return self.finish();
            }
        }
    }

    fn open(&mut self, object: bool, span: Span) -> Result<(), ParseError> {
        if self.open.len() == NESTING {
            return Err(self
                .tokens
                .error(span.start, format!("nested deeper than {NESTING} levels")));
        }
        self.open.push(object);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParseError> {
        match self.tokens.next()? {
            (Token::End, _) => Ok(()),
            (_, span) => Err(self
                .tokens
                .error(span.start, "more text after the end of the value")),
        }
    }

    fn wanted(&self, expect: Expect) -> &'static str {
        match (expect, self.open.last()) {
            (Expect::Name, _) => {
                "a member's name in double quotes (is there a `,` too much before?)"
            }
            (Expect::NameOrEnd, _) => "a member's name in double quotes or `}`",
            (_, Some(true)) => "`,` or `}`",
            _ => "`,` or `]`",
        }
    }

    /// Something that cannot begin a value stands where one must.
    fn misplaced(&self, expect: Expect, span: Span) -> ParseError {
        let wanted = if expect == Expect::ValueOrEnd {
            "a value or `]`"
        } else {
            "a value"
        };
        let text = self.tokens.slice(span);
        let found = if text.is_empty() {
            "the end of the text".into()
        } else {
            format!("`{text}`")
        };
        self.tokens
            .error(span.start, format!("expected {wanted}, found {found}"))
    }

    fn unexpected(&self, token: &Token<'_>, span: Span, wanted: &str) -> ParseError {
        let found = match token {
            Token::End => "the end of the text".into(),
            Token::String(_) => "a string".into(),
            _ => format!("`{}`", self.tokens.slice(span)),
        };
        self.tokens
            .error(span.start, format!("expected {wanted}, found {found}"))
    }
}

fn scalar(token: Token<'_>) -> Option<Scalar<'_>> {
    match token {
        Token::Null => Some(Scalar::Null),
        Token::Bool(value) => Some(Scalar::Bool(value)),
        Token::Number(number) => Some(Scalar::Number(number)),
        Token::String(text) => Some(Scalar::String(text)),
        Token::BeginObject
        | Token::EndObject
        | Token::BeginArray
        | Token::EndArray
        | Token::Colon
        | Token::Comma
        | Token::End => None,
    }
}

pub(super) fn parse(text: &[u8]) -> Result<Json, ParseError> {
    let mut builder = JsonBuilder::default();
    build(text, &mut builder)?;
    Ok(builder.done.expect("a parsed text has a value"))
}

/// Builds [`Json`]. Objects at the same depth often have the same names: they share one shape.
#[derive(Default)]
struct JsonBuilder {
    open: Vec<Open>,
    shapes: Vec<Option<Shape>>,
    done: Option<Json>,
}

enum Open {
    Array(Vec<Json>),
    Object { names: Names, values: Vec<Json> },
}

enum Names {
    /// So far the same names as an earlier object at this depth.
    Like {
        shape: Shape,
        matched: usize,
    },
    New(Vec<Text>),
}

impl Names {
    fn push(&mut self, name: &str) {
        match self {
            Self::Like { shape, matched }
                if shape
                    .names()
                    .get(*matched)
                    .is_some_and(|known| known == name) =>
            {
                *matched += 1;
            }
            Self::Like { shape, matched } => {
                let mut names = shape.names()[..*matched].to_vec();
                names.push(name.into());
                *self = Self::New(names);
            }
            Self::New(names) => names.push(name.into()),
        }
    }

    fn finish(self, values: Vec<Json>) -> Object {
        let names = match self {
            Self::Like { shape, matched } if matched == shape.names().len() => {
                return Object::of(shape, values);
            }
            Self::Like { shape, matched } => shape.names()[..matched].to_vec(),
            Self::New(names) => names,
        };
        match Shape::new(names.clone()) {
            Some(shape) => Object::of(shape, values),
            None => names.into_iter().zip(values).collect(),
        }
    }
}

impl JsonBuilder {
    fn add(&mut self, value: Json) {
        match self.open.last_mut() {
            Some(Open::Array(values) | Open::Object { values, .. }) => values.push(value),
            None => self.done = Some(value),
        }
    }
}

impl Builder for JsonBuilder {
    fn begin_object(&mut self, _: Span) {
        let depth = self.open.len();
        if self.shapes.len() <= depth {
            self.shapes.resize(depth + 1, None);
        }
        let (names, values) = match &self.shapes[depth] {
            Some(shape) => (
                Names::Like {
                    shape: shape.clone(),
                    matched: 0,
                },
                Vec::with_capacity(shape.names().len()),
            ),
            None => (Names::New(Vec::new()), Vec::new()),
        };
        self.open.push(Open::Object { names, values });
    }

    fn begin_array(&mut self, _: Span) {
        self.open.push(Open::Array(Vec::new()));
    }

    fn name(&mut self, name: Cow<'_, str>, _: Span) {
        if let Some(Open::Object { names, .. }) = self.open.last_mut() {
            names.push(&name);
        }
    }

    fn scalar(&mut self, value: Scalar<'_>, _: Span) {
        self.add(match value {
            Scalar::Null => Json::Null,
            Scalar::Bool(value) => Json::Bool(value),
            Scalar::Number(number) => Json::Number(number),
            Scalar::String(text) => Json::String(text.into()),
        });
    }

    fn end(&mut self, _: Span) {
        let value = match self.open.pop() {
            Some(Open::Array(values)) => Json::Array(Array::new(values)),
            Some(Open::Object { names, values }) => {
                let object = names.finish(values);
                self.shapes[self.open.len()] = Some(object.shape().clone());
                Json::Object(object)
            }
            None => return,
        };
        self.add(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_and_escapes_survive() {
        for text in [
            r#"{"b":1,"a":[true,false,null,"x\"y\\\n"],"c":{"d":-12345678901234567890}}"#,
            r#"[{"a":1,"b":2},{"a":3,"b":4},{"b":5},{"a":6},{"a":7,"b":8,"c":9}]"#,
            "\"é𝍆\"",
            "[]",
            "{}",
        ] {
            assert_eq!(Json::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn of_a_repeated_name_the_last_value_counts() {
        assert_eq!(
            Json::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().to_string(),
            r#"{"a":3,"b":2}"#
        );
    }

    #[test]
    fn an_error_names_the_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(
                Json::parse(text).unwrap_err().to_string(),
                expected,
                "{text}"
            );
        };
        check("", "expected a value, found the end of the text at 1:1");
        check(
            "{\"a\":1,}",
            "expected a member's name in double quotes (is there a `,` too much before?), found `}` at 1:8",
        );
        check(
            "{\n  \"a\" 1}",
            "expected `:` after the member's name, found `1` at 2:7",
        );
        check("[1 2]", "expected `,` or `]`, found `2` at 1:4");
        check("[1,]", "expected a value, found `]` at 1:4");
        check(
            "{'a':1}",
            "unexpected character `'`: strings are written in double quotes at 1:2",
        );
        check("not json", "unexpected word `not` at 1:1");
        check("\"abc", "this string is never closed at 1:1");
        check("1 2", "more text after the end of the value at 1:3");
        check("[01]", "`01` is not a number at 1:2");
    }

    #[test]
    fn invalid_utf_8_is_an_error() {
        let error = Json::parse([b'"', b'a', 0xff, b'"']).unwrap_err();
        assert_eq!((error.line, error.column), (1, 3));
    }

    #[test]
    fn nesting_is_capped() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(Json::parse(nested(NESTING)).unwrap().depth(), NESTING);
        let error = Json::parse(nested(NESTING + 1)).unwrap_err();
        assert_eq!(error.column, NESTING + 1);
        assert!(Json::parse("[".repeat(10_000_000)).is_err());
    }

    #[test]
    fn surrogate_pairs_are_joined_and_halves_replaced() {
        assert_eq!(
            Json::parse(r#""\uD834\uDF06""#).unwrap().as_str(),
            Some("𝌆")
        );
        assert_eq!(
            Json::parse(r#""\uD834x""#).unwrap().as_str(),
            Some("\u{fffd}x")
        );
    }

    #[test]
    fn objects_of_one_shape_share_their_names() {
        let value = Json::parse(r#"[{"a":1,"b":2},{"a":3,"b":4}]"#).unwrap();
        let names = |at: usize| {
            value
                .at(at)
                .and_then(Json::as_object)
                .unwrap()
                .shape()
                .names()
                .as_ptr()
        };
        assert_eq!(names(0), names(1));
    }
}
