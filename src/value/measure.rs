//! What a container remembers about itself: how long it is as JSON text, and how deep it nests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{Json, write};

/// What a container holds.
pub(super) trait Contents {
    /// Takes all values out.
    fn take(&mut self) -> Vec<Json>;
}

/// A container's contents with its cached measure. Zero means "not known yet": no JSON text is empty.
pub(super) struct Measured<T: Contents> {
    contents: T,
    length: AtomicUsize,
    depth: AtomicUsize,
}

impl<T: Contents> Measured<T> {
    pub(super) fn new(contents: T) -> Self {
        Self {
            contents,
            length: AtomicUsize::new(0),
            depth: AtomicUsize::new(0),
        }
    }

    pub(super) fn get(&self) -> &T {
        &self.contents
    }

    /// The contents, to be changed: what was measured is forgotten.
    pub(super) fn change(&mut self) -> &mut T {
        *self.length.get_mut() = 0;
        *self.depth.get_mut() = 0;
        &mut self.contents
    }

    fn known(&self) -> Option<Measure> {
        let length = self.length.load(Relaxed);
        (length != 0).then(|| Measure {
            length,
            depth: self.depth.load(Relaxed),
        })
    }

    fn remember(&self, measure: Measure) {
        self.depth.store(measure.depth, Relaxed);
        self.length.store(measure.length, Relaxed);
    }
}

/// Frees nested containers one after the other instead of inside each other, so that no nesting overflows the stack.
impl<T: Contents> Drop for Measured<T> {
    fn drop(&mut self) {
        let mut values = self.contents.take();
        while let Some(value) = values.pop() {
            match value {
                Json::Array(array) => {
                    if let Some(mut unique) = Arc::into_inner(array.0) {
                        values.append(&mut unique.contents.take());
                    }
                }
                Json::Object(object) => {
                    if let Some(mut unique) = Arc::into_inner(object.0) {
                        values.append(&mut unique.contents.take());
                    }
                }
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
            }
        }
    }
}

impl<T: Contents + Clone> Clone for Measured<T> {
    fn clone(&self) -> Self {
        Self {
            contents: self.contents.clone(),
            length: AtomicUsize::new(self.length.load(Relaxed)),
            depth: AtomicUsize::new(self.depth.load(Relaxed)),
        }
    }
}

/// The size of a value as JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Bytes of the compact UTF-8 text.
    pub length: usize,
    /// How many containers stand inside each other: 0 for a scalar, 1 for `[]`.
    pub depth: usize,
}

/// Measures a value. Containers that were measured before answer at once.
pub(super) fn measure(value: &Json) -> Measure {
    if let Some(measure) = at_once(value) {
        return measure;
    }
    let mut open = vec![Open::new(value)];
    loop {
        let last = open
            .last_mut()
            .expect("the loop returns when the last container closes");
        match last.next_child() {
            Some(child) => match at_once(child) {
                Some(measure) => last.add(measure),
                None => open.push(Open::new(child)),
            },
            None => {
                let measure = last.close();
                open.pop();
                match open.last_mut() {
                    Some(parent) => parent.add(measure),
                    None => return measure,
                }
            }
        }
    }
}

fn at_once(value: &Json) -> Option<Measure> {
    match value {
        Json::Array(array) => array.0.known(),
        Json::Object(object) => object.0.known(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Some(Measure {
            length: write::scalar_length(value),
            depth: 0,
        }),
    }
}

/// A container whose children are being measured. The stack of these replaces recursion.
struct Open<'a> {
    value: &'a Json,
    next: usize,
    length: usize,
    deepest: usize,
}

impl<'a> Open<'a> {
    fn new(value: &'a Json) -> Self {
        let (count, names) = match value {
            Json::Object(object) => {
                let names = object
                    .shape()
                    .names()
                    .iter()
                    .map(|name| write::string_length(name) + 1)
                    .sum();
                (object.len(), names)
            }
            other => (other.as_array().map_or(0, <[Json]>::len), 0),
        };
        Self {
            value,
            next: 0,
            length: 2 + count.saturating_sub(1) + names,
            deepest: 0,
        }
    }

    fn next_child(&mut self) -> Option<&'a Json> {
        let child = self.value.children().get(self.next);
        self.next += 1;
        child
    }

    fn add(&mut self, child: Measure) {
        // What is shared may be longer, written out, than any number tells.
        self.length = self.length.saturating_add(child.length);
        self.deepest = self.deepest.max(child.depth);
    }

    fn close(&self) -> Measure {
        let measure = Measure {
            length: self.length,
            depth: self.deepest + 1,
        };
        match self.value {
            Json::Array(array) => array.0.remember(measure),
            Json::Object(object) => object.0.remember(measure),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
        measure
    }
}
