//! The Pass state.

use super::reader::Reader;
use super::{Node, QueryLanguage};

/// What a Pass state has of its own.
#[derive(Clone, Debug)]
pub struct Pass {
    /// `Result`
    pub result: Option<Node>,
}

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Pass {
    if language == QueryLanguage::Jsonata {
        reader.foreign(&["Result"], "JSONPath");
        return Pass { result: None };
    }
    Pass {
        result: reader.any("Result").cloned(),
    }
}
