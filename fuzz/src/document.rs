//! Documents in which the paths of this package find something.

use sfn::Json;

use crate::Source;

pub(crate) const NAMES: [&str; 12] = [
    "a", "b", "c", "id", "n", "a-b", "x y", "length", "ж", "$", "@", "size()",
];

const SCALARS: [&str; 27] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "5",
    "-1",
    "12",
    "1.5",
    "10.0",
    "1e3",
    "-0.0",
    "999999999999999999",
    "9223372036854775808",
    "0.1",
    "\"a\"",
    "\"b\"",
    "\"null\"",
    "\"true\"",
    "\"5\"",
    "\"1.0\"",
    "\"\"",
    "\"it's\"",
    "\"it\\\\'s\"",
    "\"x y\"",
    "\"ж\\n\"",
];

/// A document that nests at most so deep.
pub fn document(source: &mut Source, depth: usize) -> Json {
    match source.below(if depth == 0 { 1 } else { 5 }) {
        0 => Json::parse(source.pick(&SCALARS)).expect("they are JSON"),
        1 | 2 => {
            let length = source.below(5);
            (0..length).map(|_| document(source, depth - 1)).collect()
        }
        _ => {
            let length = source.below(5);
            let member = |_| {
                let name = source.pick(&NAMES).to_owned();
                (name, document(source, depth - 1))
            };
            Json::Object((0..length).map(member).collect())
        }
    }
}
