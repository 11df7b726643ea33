//! Catch.

use super::io::{PathField, assign};
use super::reader::{Reader, Spanned};
use super::retry::error_equals;
use super::{Diagnostic, Node, QueryLanguage};
use crate::value::Text;

/// One entry of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher {
    /// `ErrorEquals`
    pub error_equals: Vec<Text>,
    /// `Next`
    pub next: Option<Spanned<Text>>,
    /// `ResultPath`
    pub result_path: PathField,
    /// `Assign`
    pub assign: Option<Node>,
    /// `Output` (JSONata).
    pub output: Option<Node>,
    /// Where it stands in the machine.
    pub location: String,
}

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Vec<Catcher> {
    let Some(node) = reader.any("Catch") else {
        return Vec::new();
    };
    let Some(items) = reader.list("Catch", node) else {
        return Vec::new();
    };
    let at = reader.at("Catch");
    let mut catchers = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let last = index + 1 == items.len();
        catchers.extend(catcher(
            item,
            format!("{at}[{index}]"),
            last,
            language,
            reader.diagnostics(),
        ));
    }
    catchers
}

fn catcher(
    node: &Node,
    location: String,
    last: bool,
    language: QueryLanguage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Catcher> {
    let mut reader = Reader::open(node, location.clone(), "a catcher", diagnostics)?;
    reader.any("Comment");
    let error_equals = error_equals(&mut reader, last);
    let next = reader.required_text("Next");
    let (result_path, output) = match language {
        QueryLanguage::JsonPath => {
            reader.foreign(&["Output"], "JSONata");
            (reader.nullable_text("ResultPath"), None)
        }
        QueryLanguage::Jsonata => {
            reader.foreign(&["ResultPath"], "JSONPath");
            (None, reader.any("Output").cloned())
        }
    };
    let assign = assign(&mut reader);
    reader.finish();
    Some(Catcher {
        error_equals,
        next,
        result_path,
        assign,
        output,
        location,
    })
}
