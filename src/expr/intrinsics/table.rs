//! The functions: a row each.

use std::ops::RangeInclusive;

use super::{Function, array, codec, json, math, string};

/// One function.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) arguments: RangeInclusive<usize>,
    pub(super) function: Function,
}

const fn row(name: &'static str, arguments: RangeInclusive<usize>, function: Function) -> Row {
    Row {
        name,
        arguments,
        function,
    }
}

/// All functions, by name.
pub(super) static TABLE: [Row; 18] = [
    row("States.Array", 0..=usize::MAX, array::array),
    row("States.ArrayContains", 2..=2, array::contains),
    row("States.ArrayGetItem", 2..=2, array::get_item),
    row("States.ArrayLength", 1..=1, array::length),
    row("States.ArrayPartition", 2..=2, array::partition),
    row("States.ArrayRange", 3..=3, array::range),
    row("States.ArrayUnique", 1..=1, array::unique),
    row("States.Base64Decode", 1..=1, codec::base64_decode),
    row("States.Base64Encode", 1..=1, codec::base64_encode),
    row("States.Format", 1..=usize::MAX, string::format),
    row("States.Hash", 2..=2, codec::hash),
    row("States.JsonMerge", 3..=3, json::merge),
    row("States.JsonToString", 1..=1, json::to_string),
    row("States.MathAdd", 2..=2, math::add),
    row("States.MathRandom", 2..=3, math::random),
    row("States.StringSplit", 2..=2, string::split),
    row("States.StringToJson", 1..=1, json::from_string),
    row("States.UUID", 0..=0, string::uuid),
];

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}

pub(super) fn find(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}
