//! Objects: members in the order they were written, their names shared between objects of one shape.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::measure::{Contents, Measured};
use super::{Json, Text, write};

/// Objects with at most this many members are searched one after the other; larger ones through an index.
const SCANNED: usize = 12;

/// The names of an object's members, in order.
///
/// Shapes are shared: all objects that a template or a parsed array makes point at one, so that a member's name costs
/// memory once and a shallow copy of an object copies no name.
#[derive(Clone)]
pub struct Shape(Arc<Names>);

#[derive(Default)]
struct Names {
    names: Vec<Text>,
    /// The key of each name, for the scan.
    keys: Vec<u64>,
    /// Bytes of all names as JSON strings.
    length: usize,
    index: OnceLock<HashMap<Text, usize>>,
}

/// Names of at most this many bytes are told apart by their keys alone.
const KEYED: usize = 7;

/// The first bytes of a name, and its length: a number that is compared at once. Different keys are different names.
fn key(name: &str) -> u64 {
    let bytes = name.as_bytes();
    // A length beyond 255 says no more than "long".
    let length = bytes.len().min(255) as u64;
    let first = match bytes {
        [a, b, c, d, e, f, g, ..] => u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, 0]),
        _ => bytes
            .iter()
            .rev()
            .fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    length << 56 | first
}

impl Shape {
    /// Makes a shape of these names; `None` when one occurs twice.
    #[must_use]
    pub fn new(names: Vec<Text>) -> Option<Self> {
        let shape = Self::unchecked(names);
        let unique = shape
            .names()
            .iter()
            .enumerate()
            .all(|(at, name)| shape.position(name) == Some(at));
        unique.then_some(shape)
    }

    fn unchecked(names: Vec<Text>) -> Self {
        Self(Arc::new(Names {
            keys: names.iter().map(|name| key(name)).collect(),
            length: names.iter().map(|name| write::string_length(name)).sum(),
            names,
            index: OnceLock::new(),
        }))
    }

    /// A shape without names, and with room for so many.
    fn with_capacity(count: usize) -> Self {
        Self(Arc::new(Names {
            names: Vec::with_capacity(count),
            keys: Vec::with_capacity(count),
            length: 0,
            index: OnceLock::new(),
        }))
    }

    /// Bytes of all names as JSON strings, quotes included.
    pub(super) fn text_length(&self) -> usize {
        self.0.length
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[Text] {
        &self.0.names
    }

    /// Where a member stands. A scan of at most a dozen names, a hash above.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        if self.0.names.len() <= SCANNED {
            let (key, is_long) = (key(name), name.len() > KEYED);
            let mut found = self.0.keys.iter().zip(&self.0.names);
            return found.position(|(each, text)| *each == key && (!is_long || text == name));
        }
        self.0.index().get(name).copied()
    }

    fn with(&mut self, name: Text) {
        let names = match Arc::get_mut(&mut self.0) {
            Some(unique) => unique,
            None => {
                self.0 = Arc::new(Names {
                    names: self.0.names.clone(),
                    keys: self.0.keys.clone(),
                    length: self.0.length,
                    index: OnceLock::new(),
                });
                Arc::get_mut(&mut self.0).expect("a fresh allocation is unique")
            }
        };
        if let Some(index) = names.index.get_mut() {
            index.insert(name.clone(), names.names.len());
        }
        names.keys.push(key(&name));
        names.length += write::string_length(&name);
        names.names.push(name);
    }

    fn without(&mut self, at: usize) {
        let mut names = self.0.names.clone();
        names.remove(at);
        *self = Self::unchecked(names);
    }
}

impl Names {
    fn index(&self) -> &HashMap<Text, usize> {
        self.index.get_or_init(|| {
            let mut index = HashMap::with_capacity(self.names.len());
            for (at, name) in self.names.iter().enumerate() {
                index.entry(name.clone()).or_insert(at);
            }
            index
        })
    }
}

/// A JSON object. A clone is a reference count; a write copies references only when the object is shared.
#[derive(Clone)]
pub struct Object(pub(super) Arc<Measured<Members>>);

#[derive(Clone)]
pub(super) struct Members {
    pub(super) shape: Shape,
    pub(super) values: Vec<Json>,
}

impl Contents for Members {
    fn values(&self) -> &[Json] {
        &self.values
    }

    fn around(&self) -> usize {
        // A colon behind each name.
        self.shape.text_length() + self.values.len()
    }

    fn take(&mut self) -> Vec<Json> {
        std::mem::take(&mut self.values)
    }
}

impl Object {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        static EMPTY: OnceLock<Object> = OnceLock::new();
        EMPTY
            .get_or_init(|| Self::of(Shape::unchecked(Vec::new()), Vec::new()))
            .clone()
    }

    /// Joins names and values of the same number.
    ///
    /// # Panics
    /// When the numbers differ, which is a mistake of the caller.
    #[must_use]
    pub fn of(shape: Shape, values: Vec<Json>) -> Self {
        assert_eq!(
            shape.names().len(),
            values.len(),
            "a shape has one name for each value"
        );
        Self(Arc::new(Measured::new(Members { shape, values })))
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    /// The names of the members, shared with every object of this shape.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.0.get().shape
    }

    /// The values of the members, in order.
    #[must_use]
    pub fn values(&self) -> &[Json] {
        &self.0.get().values
    }

    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.shape().position(name).map(|at| &self.values()[at])
    }

    /// Whether there is a member of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.shape().position(name).is_some()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Json)> + DoubleEndedIterator {
        self.shape().names().iter().zip(self.values())
    }

    /// Sets a member: replaced in its place when it exists, appended when it does not.
    pub fn insert(&mut self, name: impl Into<Text> + AsRef<str>, value: Json) -> Option<Json> {
        let members = Arc::make_mut(&mut self.0).change();
        if let Some(at) = members.shape.position(name.as_ref()) {
            return Some(std::mem::replace(&mut members.values[at], value));
        }
        members.shape.with(name.into());
        members.values.push(value);
        None
    }

    /// Sets a member whose name is at hand as a text, which is copied only when it is new.
    pub fn put(&mut self, name: &Text, value: Json) {
        match self.shape().position(name) {
            Some(at) => Arc::make_mut(&mut self.0).change().values[at] = value,
            None => drop(self.insert(name.clone(), value)),
        }
    }

    /// The member of that name, to be changed. Copies references when the object is shared.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        let at = self.shape().position(name)?;
        Some(&mut Arc::make_mut(&mut self.0).change().values[at])
    }

    /// Takes a member out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.shape().position(name)?;
        let members = Arc::make_mut(&mut self.0).change();
        members.shape.without(at);
        Some(members.values.remove(at))
    }

    /// Whether both are the same allocation: a cheap test that implies equality.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: Into<Text> + AsRef<str>> FromIterator<(N, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, Json)>>(members: I) -> Self {
        let members = members.into_iter();
        let count = members.size_hint().0;
        let mut object = Self::of(Shape::with_capacity(count), Vec::new());
        if let Some(unique) = Arc::get_mut(&mut object.0) {
            unique.change().values.reserve_exact(count);
        }
        for (name, value) in members {
            object.insert(name, value);
        }
        object
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: i64) -> Object {
        (0..count)
            .map(|n| (format!("k{n}"), Json::from(n)))
            .collect()
    }

    #[test]
    fn a_shared_object_is_copied_when_written() {
        let mut object = numbered(3);
        let before = object.clone();
        object.insert("k1", Json::from(10));
        object.insert("k9", Json::from(9));
        assert_eq!(before.len(), 3);
        assert_eq!(before.get("k1"), Some(&Json::from(1)));
        assert_eq!(object.get("k1"), Some(&Json::from(10)));
        assert_eq!(object.shape().names().last().map(Text::as_str), Some("k9"));
    }

    #[test]
    fn large_objects_are_indexed_and_stay_right_as_they_grow() {
        let mut object = numbered(40);
        assert_eq!(object.get("k39"), Some(&Json::from(39)));
        object.insert("new", Json::Null);
        assert!(object.contains("new"));
        assert_eq!(object.remove("k0"), Some(Json::from(0)));
        assert_eq!(object.get("k39"), Some(&Json::from(39)));
        assert!(!object.contains("k0"));
    }

    #[test]
    fn long_names_that_begin_alike_are_told_apart() {
        let names = ["customer", "customerName", "customerCode", "", "custome"];
        let object: Object = names
            .iter()
            .zip(0_i64..)
            .map(|(name, n)| (*name, n.into()))
            .collect();
        for (name, n) in names.iter().zip(0_i64..) {
            assert_eq!(object.get(name), Some(&n.into()), "{name}");
        }
        assert!(!object.contains("customer\u{0}") && !object.contains("customerNam"));
    }

    #[test]
    fn a_shape_refuses_a_name_twice() {
        assert!(Shape::new(vec!["a".into(), "b".into(), "a".into()]).is_none());
        assert!(Shape::new(vec!["a".into(), "b".into()]).is_some());
    }
}
