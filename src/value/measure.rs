//! What a container remembers about itself: how long it is as JSON text, and how deep it nests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use super::{Json, write};

/// What a container holds.
pub(super) trait Contents {
    /// The values.
    fn values(&self) -> &[Json];

    /// Bytes of its text beside its values, brackets and commas: the names of an object's members.
    fn around(&self) -> usize;

    /// Takes all values out.
    fn take(&mut self) -> Vec<Json>;
}

/// A container's contents with its cached measures. Zero means "not known yet": no JSON text is empty, and no container
/// has a depth of 0.
pub(super) struct Measured<T: Contents> {
    contents: T,
    length: AtomicUsize,
    depth: AtomicU32,
}

impl<T: Contents> Measured<T> {
    pub(super) fn new(contents: T) -> Self {
        Self {
            contents,
            length: AtomicUsize::new(0),
            depth: AtomicU32::new(0),
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
}

/// A container as far as measuring goes.
trait Container {
    fn values(&self) -> &[Json];
    fn around(&self) -> usize;
    fn length(&self) -> &AtomicUsize;
    fn depth(&self) -> &AtomicU32;
}

impl<T: Contents> Container for Measured<T> {
    fn values(&self) -> &[Json] {
        self.contents.values()
    }

    fn around(&self) -> usize {
        self.contents.around()
    }

    fn length(&self) -> &AtomicUsize {
        &self.length
    }

    fn depth(&self) -> &AtomicU32 {
        &self.depth
    }
}

fn container(value: &Json) -> Option<&dyn Container> {
    match value {
        Json::Array(array) => Some(&*array.0),
        Json::Object(object) => Some(&*object.0),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// Frees nested containers one after the other instead of inside each other, so that no nesting overflows the stack.
impl<T: Contents> Drop for Measured<T> {
    fn drop(&mut self) {
        let is_container = |value: &Json| matches!(value, Json::Array(_) | Json::Object(_));
        if !self.contents.values().iter().any(is_container) {
            return;
        }
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
            depth: AtomicU32::new(self.depth.load(Relaxed)),
        }
    }
}

/// The depth of what holds these values, unless one of them is a container that was not measured yet.
fn shallow_depth(values: &[Json]) -> Option<u32> {
    let mut deepest = 0;
    for value in values {
        let depth = match value {
            Json::Array(array) => array.0.depth.load(Relaxed),
            Json::Object(object) => object.0.depth.load(Relaxed),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => continue,
        };
        if depth == 0 {
            return None;
        }
        deepest = depth.max(deepest);
    }
    Some(deepest.saturating_add(1))
}

/// Bytes of a value as compact UTF-8 JSON text.
pub(super) fn length(value: &Json) -> usize {
    measure(
        value,
        |value| match container(value) {
            Some(container) => Some(container.length().load(Relaxed)).filter(|known| *known != 0),
            None => Some(write::scalar_length(value)),
        },
        |container, values| {
            let commas = container.values().len().saturating_sub(1);
            // What is shared may be longer, written out, than any number tells.
            let length = values.saturating_add(2 + commas + container.around());
            container.length().store(length, Relaxed);
            length
        },
        |sum: usize, length| sum.saturating_add(length),
    )
}

/// How many containers stand inside each other: 0 for a scalar, 1 for `[]`.
pub(super) fn depth(value: &Json) -> usize {
    let Some(outermost) = container(value) else {
        return 0;
    };
    // Most values are flat, or hold what was measured before.
    let known = outermost.depth().load(Relaxed);
    if known != 0 {
        return known as usize;
    }
    if let Some(depth) = shallow_depth(outermost.values()) {
        outermost.depth().store(depth, Relaxed);
        return depth as usize;
    }
    let depth = measure(
        value,
        |value| match container(value) {
            Some(container) => Some(container.depth().load(Relaxed)).filter(|known| *known != 0),
            None => Some(0),
        },
        |container, deepest: u32| {
            let depth = deepest.saturating_add(1);
            container.depth().store(depth, Relaxed);
            depth
        },
        u32::max,
    );
    depth as usize
}

/// Measures a value: containers that are known answer at once, the others add up what their values have.
fn measure<M: Copy + Default>(
    value: &Json,
    known: impl Fn(&Json) -> Option<M>,
    close: impl Fn(&dyn Container, M) -> M,
    add: impl Fn(M, M) -> M,
) -> M {
    if let Some(measure) = known(value) {
        return measure;
    }
    let container = container(value).expect("scalars are known at once");
    let values = container.values();
    // Most values are flat, or hold what was measured before.
    let mut sum = M::default();
    let unknown = values.iter().position(|value| match known(value) {
        Some(measure) => {
            sum = add(sum, measure);
            false
        }
        None => true,
    });
    match unknown {
        None => close(container, sum),
        Some(at) => nested(container, at, sum, &known, &close, &add),
    }
}

/// The same for nested values: a stack of open containers replaces recursion.
fn nested<M: Copy + Default>(
    outer: &dyn Container,
    at: usize,
    sum: M,
    known: &impl Fn(&Json) -> Option<M>,
    close: &impl Fn(&dyn Container, M) -> M,
    add: &impl Fn(M, M) -> M,
) -> M {
    let mut open = vec![(outer, at, sum)];
    loop {
        let (last, next, sum) = open
            .last_mut()
            .expect("the loop returns when the last container closes");
        let Some(value) = last.values().get(*next) else {
            let measure = close(*last, *sum);
            open.pop();
            match open.last_mut() {
                Some((_, _, sum)) => *sum = add(*sum, measure),
                None => return measure,
            }
            continue;
        };
        *next += 1;
        match known(value) {
            Some(measure) => *sum = add(*sum, measure),
            None => {
                let inner = container(value).expect("scalars are known at once");
                open.push((inner, 0, M::default()));
            }
        }
    }
}
