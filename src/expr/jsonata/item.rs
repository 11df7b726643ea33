//! What expressions evaluate to: JSON, and what JSON has no place for.
//!
//! Nothing is converted on the way in: a value and its sub-trees are the input's own. Only what JSON cannot hold, such as
//! a function in an array, has a form of its own, and it never leaves the module.

use std::fmt;
use std::rc::Rc;

use super::frame::Env;
use super::function::{Builtin, Function};
use super::names::Symbol;
use crate::value::{Json, Number, Object, Shape, Text};

/// What an expression evaluates to.
#[derive(Clone, Default)]
pub(super) enum Item {
    /// Nothing.
    #[default]
    Undefined,
    /// A JSON value.
    Json(Json),
    /// A JSON array that a path or a function found: `$distinct` makes a sequence of it again.
    Sequence(Json),
    /// A number that JSON does not have: an infinity, or not a number.
    Beyond(f64),
    /// An array that JSON cannot hold, or that is special.
    List(Rc<List>),
    /// An object that JSON cannot hold.
    Record(Rc<Record>),
    /// A built-in function.
    Builtin(&'static Builtin),
    /// Any other function.
    Function(Rc<Function>),
    /// The items of a path together with what they bind.
    Stream(Rc<Vec<Tuple>>),
}

const _: () = assert!(size_of::<Item>() <= 32);

/// An array that JSON cannot hold, or that is special.
pub(super) struct List {
    pub(super) items: Vec<Item>,
    pub(super) flavour: Flavour,
}

/// What is special about an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Nothing.
    Plain,
    /// It is a sequence, which is kept although it may have one item: `a[]`.
    Kept,
    /// It comes from an array constructor in a path, and is not flattened.
    Cons,
    /// It holds the whole input, which is an array: it is one context, not many.
    Wrapper,
}

/// An object with members that JSON cannot hold.
pub(super) struct Record {
    pub(super) shape: Shape,
    pub(super) items: Vec<Item>,
}

/// An item of a path together with what the steps before it bound.
#[derive(Clone, Default)]
pub(super) struct Tuple {
    pub(super) item: Item,
    pub(super) bindings: Vec<(Symbol, Item)>,
}

/// What an evaluation gives before it is known whether a sequence of one is its item.
pub(super) enum Value {
    Item(Item),
    /// A sequence: nothing when empty, its item when it has one.
    Sequence(Vec<Item>),
}

impl From<Item> for Value {
    fn from(item: Item) -> Self {
        Self::Item(item)
    }
}

impl Value {
    /// The item that a sequence stands for. With `Flavour::Kept` a sequence of one stays an array.
    pub(super) fn settle(self, flavour: Flavour) -> Item {
        match self {
            Self::Item(item) => item,
            Self::Sequence(mut items) => match items.len() {
                0 => Item::Undefined,
                1 if flavour == Flavour::Kept => Item::List(Rc::new(List { items, flavour })),
                1 => items.pop().unwrap_or_default(),
                _ => match Item::array(items) {
                    Item::Json(array) => Item::Sequence(array),
                    other => other,
                },
            },
        }
    }
}

impl Item {
    /// An array of these items: JSON where it can be.
    pub(super) fn array(items: Vec<Self>) -> Self {
        if !items.iter().all(|item| item.as_json().is_some()) {
            return Self::list(items, Flavour::Plain);
        }
        Self::Json(items.into_iter().map(Self::json_or_null).collect())
    }

    /// A special array.
    pub(super) fn list(items: Vec<Self>, flavour: Flavour) -> Self {
        Self::List(Rc::new(List { items, flavour }))
    }

    /// An object of these members: JSON where it can be.
    pub(super) fn object(shape: Shape, items: Vec<Self>) -> Self {
        if !items.iter().all(|item| item.as_json().is_some()) {
            return Self::Record(Rc::new(Record { shape, items }));
        }
        let values = items.into_iter().map(Self::json_or_null).collect();
        Self::Json(Json::Object(Object::of(shape, values)))
    }

    fn json_or_null(self) -> Json {
        match self {
            Self::Json(value) | Self::Sequence(value) => value,
            _ => Json::Null,
        }
    }

    /// The value, if it is one of JSON.
    pub(super) fn as_json(&self) -> Option<&Json> {
        match self {
            Self::Json(value) | Self::Sequence(value) => Some(value),
            _ => None,
        }
    }

    /// The elements, if it is an array of JSON.
    fn as_elements(&self) -> Option<&[Json]> {
        self.as_json().and_then(Json::as_array)
    }

    /// A string.
    pub(super) fn text(text: impl Into<Text>) -> Self {
        Self::Json(Json::String(text.into()))
    }

    /// A boolean.
    pub(super) fn bool(value: bool) -> Self {
        Self::Json(Json::Bool(value))
    }

    /// Whether there is nothing.
    pub(super) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// Whether it is an array of any sort.
    pub(super) fn is_array(&self) -> bool {
        matches!(
            self,
            Self::Json(Json::Array(_)) | Self::Sequence(_) | Self::List(_) | Self::Stream(_)
        )
    }

    /// Whether it is a function of any sort.
    pub(super) fn is_function(&self) -> bool {
        matches!(self, Self::Builtin(_) | Self::Function(_))
    }

    /// The name of its type, as `$type` tells it; `None` for nothing.
    pub(super) fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Undefined => None,
            Self::Json(value) => Some(value.kind()),
            Self::Beyond(_) => Some("number"),
            Self::Sequence(_) | Self::List(_) | Self::Stream(_) => Some("array"),
            Self::Record(_) => Some("object"),
            Self::Builtin(_) | Self::Function(_) => Some("function"),
        }
    }

    /// The text of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Json(Json::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one that JSON has.
    pub(super) fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Json(Json::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The number as a double.
    pub(super) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Beyond(value) => Some(*value),
            _ => self.as_number().map(Number::as_f64),
        }
    }

    /// How many items an array has; one for anything else.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::List(list) => list.items.len(),
            Self::Stream(tuples) => tuples.len(),
            other => other.as_elements().map_or(1, <[Json]>::len),
        }
    }

    /// The item of an array at a place; the thing itself where it is no array.
    pub(super) fn at(&self, index: usize) -> Option<Self> {
        match self {
            Self::List(list) => list.items.get(index).cloned(),
            Self::Stream(tuples) => tuples.get(index).map(|tuple| tuple.item.clone()),
            other => match other.as_elements() {
                Some(items) => items.get(index).cloned().map(Self::Json),
                None => (index == 0).then(|| other.clone()),
            },
        }
    }

    /// The items of an array; the thing itself where it is no array.
    pub(super) fn iter(&self) -> impl Iterator<Item = Self> + '_ {
        (0..self.count()).filter_map(|at| self.at(at))
    }

    /// The items of an array; a list of the thing itself where it is no array.
    pub(super) fn into_items(self) -> Vec<Self> {
        match self {
            Self::Json(Json::Array(items)) | Self::Sequence(Json::Array(items)) => {
                items.iter().cloned().map(Self::Json).collect()
            }
            Self::List(list) => match Rc::try_unwrap(list) {
                Ok(mut list) => std::mem::take(&mut list.items),
                Err(list) => list.items.clone(),
            },
            Self::Stream(tuples) => tuples.iter().map(|tuple| tuple.item.clone()).collect(),
            other => vec![other],
        }
    }

    /// Whether all items of an array are so.
    pub(super) fn all_items(&self, is: impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::List(list) => list.items.iter().all(is),
            _ => self.iter().all(|item| is(&item)),
        }
    }

    /// The names of an object's members; none for anything else.
    pub(super) fn names(&self) -> &[Text] {
        match self {
            Self::Json(Json::Object(object)) => object.shape().names(),
            Self::Record(record) => record.shape.names(),
            _ => &[],
        }
    }

    /// The members of an object, in order.
    pub(super) fn members(&self) -> impl Iterator<Item = (&Text, Self)> {
        self.names().iter().enumerate().map(|(at, name)| {
            let value = match self {
                Self::Json(Json::Object(object)) => Self::Json(object.values()[at].clone()),
                Self::Record(record) => record.items[at].clone(),
                _ => Self::Undefined,
            };
            (name, value)
        })
    }

    /// The member of an object.
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        match self {
            Self::Json(Json::Object(object)) => object.get(name).cloned().map(Self::Json),
            Self::Record(record) => {
                let at = record.shape.position(name)?;
                Some(record.items[at].clone())
            }
            _ => None,
        }
    }

    /// Whether it is an object of any sort.
    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Json(Json::Object(_)) | Self::Record(_))
    }

    /// What flavour of array it is; `None` for what is no array.
    pub(super) fn flavour(&self) -> Option<Flavour> {
        match self {
            Self::Json(Json::Array(_)) => Some(Flavour::Plain),
            Self::List(list) => Some(list.flavour),
            Self::Sequence(_) | Self::Stream(_) => Some(Flavour::Kept),
            _ => None,
        }
    }

    /// Whether it can hold a function, and with it what the function captured.
    pub(super) fn can_capture(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Record(_) | Self::Function(_) | Self::Stream(_)
        )
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::text::shown(self))
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is freed one after the other instead of inside each other, so that no nesting overflows the stack.
#[derive(Default)]
pub(super) struct Burial {
    items: Vec<Item>,
    frames: Vec<Env>,
}

impl Burial {
    /// Frees these items and all that only they hold.
    pub(super) fn of(items: Vec<Item>) {
        if items.iter().any(Item::can_capture) {
            let frames = Vec::new();
            Self { items, frames }.finish();
        }
    }

    /// Frees a frame's bindings and the frame around it.
    pub(super) fn of_frame(bindings: Vec<(Symbol, Item)>, parent: Option<Env>) {
        let mut burial = Self::default();
        burial.add(bindings, parent);
        burial.finish();
    }

    fn add(&mut self, bindings: Vec<(Symbol, Item)>, parent: Option<Env>) {
        let items = bindings.into_iter().map(|(_, item)| item);
        self.items.extend(items.filter(Item::can_capture));
        self.frames.extend(parent);
    }

    fn finish(mut self) {
        loop {
            if let Some(item) = self.items.pop() {
                self.item(item);
            } else if let Some(frame) = self.frames.pop() {
                if let Some(mut frame) = Rc::into_inner(frame) {
                    let (bindings, parent) = frame.take();
                    self.add(bindings, parent);
                }
            } else {
                return;
            }
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::List(list) => {
                if let Some(mut list) = Rc::into_inner(list) {
                    self.items.append(&mut list.items);
                }
            }
            Item::Record(record) => {
                if let Some(mut record) = Rc::into_inner(record) {
                    self.items.append(&mut record.items);
                }
            }
            Item::Function(function) => {
                if let Some(mut function) = Rc::into_inner(function) {
                    let (mut items, env) = function.take();
                    self.items.append(&mut items);
                    self.frames.extend(env);
                }
            }
            Item::Stream(tuples) => {
                for tuple in Rc::into_inner(tuples).into_iter().flatten() {
                    self.items.push(tuple.item);
                    self.add(tuple.bindings, None);
                }
            }
            Item::Undefined
            | Item::Json(_)
            | Item::Sequence(_)
            | Item::Beyond(_)
            | Item::Builtin(_) => {}
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        Burial::of(std::mem::take(&mut self.items));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        Burial::of(std::mem::take(&mut self.items));
    }
}
