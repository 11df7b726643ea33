//! The Fail state.

use super::QueryLanguage;
use super::reader::{Reader, Spanned};
use crate::value::Text;

/// What a Fail state has of its own.
#[derive(Clone, Debug)]
pub struct Fail {
    /// `Error`, `ErrorPath`
    pub error: Option<TextField>,
    /// `Cause`, `CausePath`
    pub cause: Option<TextField>,
}

/// A text that is written down or computed.
#[derive(Clone, Debug)]
pub enum TextField {
    /// The field itself. In JSONata it may be an expression.
    Literal(Spanned<Text>),
    /// The field with `Path` at its end: a path or an intrinsic function.
    Path(&'static str, Spanned<Text>),
}

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Fail {
    let mut field = |name, path_name| {
        let literal = reader.text(name).map(TextField::Literal);
        if language == QueryLanguage::Jsonata {
            reader.foreign(&[path_name], "JSONPath");
            return literal;
        }
        let path = reader
            .text(path_name)
            .map(|path| TextField::Path(path_name, path));
        reader.exclusive(&[name, path_name]);
        literal.or(path)
    };
    Fail {
        error: field("Error", "ErrorPath"),
        cause: field("Cause", "CausePath"),
    }
}
