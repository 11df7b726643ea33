//! Arrays: shared, written in place when unique.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Json;
use super::measure::{Contents, Measured};

/// A JSON array. A clone is a reference count; a write copies the elements' references only when the array is shared.
#[derive(Clone)]
pub struct Array(pub(super) Arc<Measured<Vec<Json>>>);

impl Contents for Vec<Json> {
    fn values(&self) -> &[Json] {
        self
    }

    fn around(&self) -> usize {
        0
    }

    fn take(&mut self) -> Vec<Json> {
        std::mem::take(self)
    }
}

impl Array {
    /// Makes an array of these elements.
    #[must_use]
    pub fn new(items: Vec<Json>) -> Self {
        Self(Arc::new(Measured::new(items)))
    }

    /// The elements, to be changed. Copies them (one reference count each) when the array is shared.
    pub fn make_mut(&mut self) -> &mut Vec<Json> {
        Arc::make_mut(&mut self.0).change()
    }

    /// Whether both are the same allocation: a cheap test that implies equality.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Array {
    type Target = [Json];

    fn deref(&self) -> &[Json] {
        self.0.get()
    }
}

impl FromIterator<Json> for Array {
    fn from_iter<I: IntoIterator<Item = Json>>(items: I) -> Self {
        Self::new(items.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Json;
    type IntoIter = std::slice::Iter<'a, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
