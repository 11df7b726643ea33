//! What everything is made of: JSON values that are shared instead of copied, and moments in time.
//!
//! [`Json`] is immutable data behind reference counts. What operations cost:
//!
//! | operation | cost |
//! |---|---|
//! | clone | one reference count; nothing for numbers and strings up to 23 bytes |
//! | member by name | a scan up to 12 members, a hash above |
//! | set a member, unique | in place |
//! | set a member, shared | one reference count for each member; names are copied only when one is new |
//! | [`Json::length`], [`Json::depth`] | walked once for each container, then remembered |
//! | equality | a walk, at once for the same allocation |
//! | drop, print, compare, measure | without recursion, so that nesting cannot overflow a stack |

mod array;
mod convert;
mod measure;
mod number;
mod object;
mod parse;
mod time;
mod token;
mod write;

pub use array::Array;
pub use number::Number;
pub use object::{Object, Shape};
pub use parse::{Builder, NESTING, ParseError, Scalar, build};
pub use time::{Moment, Timestamp};
pub use token::Span;
pub use write::string as write_string;

use std::fmt;

/// Text that clones in constant time: up to 23 bytes in place, longer ones behind a reference count.
pub type Text = smol_str::SmolStr;

/// A JSON value.
#[derive(Clone, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// An array.
    Array(Array),
    /// An object, its members in the order they were written.
    Object(Object),
}

const _: () = assert!(size_of::<Json>() <= 24);
const fn is_send_and_sync<T: Send + Sync>() {}
const _: () = is_send_and_sync::<Json>();

impl Json {
    /// Parses JSON text.
    ///
    /// Of a name that occurs twice in one object the last value counts, in the first one's place, as Jackson does.
    ///
    /// # Errors
    /// When the text is not JSON, is not UTF-8, or nests deeper than [`NESTING`]; the error knows the place.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::parse(text.as_ref())
    }

    /// An object without members.
    #[must_use]
    pub fn object() -> Self {
        Self::Object(Object::new())
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self {
            Some(number)
        } else {
            None
        }
    }

    /// The value of an integer of 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// The nearest `f64` of a number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(array) = self {
            Some(array)
        } else {
            None
        }
    }

    /// The object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The member of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The element of an array.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Self> {
        self.as_array()?.get(index)
    }

    /// The name of the kind of value: `null`, `boolean`, `number`, `string`, `array` or `object`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// How long the compact text is, in UTF-8 bytes. Remembered by every container.
    #[must_use]
    pub fn length(&self) -> usize {
        measure::length(self)
    }

    /// How many containers stand inside each other: 0 for a scalar, 1 for `{}`.
    #[must_use]
    pub fn depth(&self) -> usize {
        measure::depth(self)
    }

    /// The text indented by two spaces, for people.
    #[must_use]
    pub fn to_pretty(&self) -> String {
        let mut text = String::new();
        write::pretty(self, &mut text).expect("writing to a string cannot fail");
        text
    }

    /// Whether both share one allocation: a cheap test that implies equality. False for values that have none.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => a.same(b),
            (Self::Object(a), Self::Object(b)) => a.same(b),
            (Self::String(a), Self::String(b)) => {
                std::ptr::eq(a.as_ptr(), b.as_ptr()) && a.len() == b.len()
            }
            _ => false,
        }
    }

    /// Elements of an array or values of an object; empty for scalars.
    fn children(&self) -> &[Self] {
        match self {
            Self::Array(array) => array,
            Self::Object(object) => object.values(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => &[],
        }
    }
}

/// Compact JSON text, as the service writes it.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            write::pretty(self, f)
        } else {
            write::compact(self, f)
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::compact(self, f)
    }
}

/// Equal as JSON: members in any order, numbers of the same kind and value ([`Number`]'s equality).
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = vec![(self, other)];
        while let Some((a, b)) = pairs.pop() {
            match (a, b) {
                (Self::Null, Self::Null) => {}
                (Self::Bool(a), Self::Bool(b)) if a == b => {}
                (Self::Number(a), Self::Number(b)) if a == b => {}
                (Self::String(a), Self::String(b)) if a == b => {}
                (Self::Array(a), Self::Array(b)) if a.same(b) => {}
                (Self::Object(a), Self::Object(b)) if a.same(b) => {}
                (Self::Array(a), Self::Array(b)) if a.len() == b.len() => {
                    pairs.extend(a.iter().zip(b))
                }
                (Self::Object(a), Self::Object(b)) if a.len() == b.len() => {
                    for (name, value) in a.iter() {
                        match b.get(name) {
                            Some(other) => pairs.push((value, other)),
                            None => return false,
                        }
                    }
                }
                _ => return false,
            }
        }
        true
    }
}
