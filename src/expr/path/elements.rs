//! Which elements of a list a step means.

use super::Step;

/// Which elements a step means. They need not exist.
pub(super) fn indices(step: &Step, length: i64) -> Elements<'_> {
    let from_end = |number: i64| if number < 0 { length + number } else { number };
    match step {
        Step::Index(index) => Elements::Range(*index..index.saturating_add(1)),
        Step::Indices(indices) => Elements::List(indices.iter()),
        Step::From(from) => Elements::Range(from_end(*from).max(0)..length),
        Step::To(to) => Elements::Range(0..from_end(*to).min(length)),
        // Here negative numbers do not count from the end.
        Step::Between(from, to) if length > 0 => Elements::Range(*from..(*to).min(length)),
        Step::FromEnd(offset) => {
            let index = length.saturating_add(*offset);
            Elements::Range(index..index.saturating_add(1))
        }
        _ => Elements::Range(0..0),
    }
}

pub(super) enum Elements<'s> {
    Range(std::ops::Range<i64>),
    List(std::slice::Iter<'s, i64>),
}

impl Iterator for Elements<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        match self {
            Self::Range(range) => range.next(),
            Self::List(list) => list.next().copied(),
        }
    }
}
