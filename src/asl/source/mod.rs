//! Definitions as people keep them: JSON, JSON with comments, YAML, and templates of CloudFormation and SAM.
//!
//! Whatever the format, the result is a [`Node`] whose spans are places in the text that was read, so that everything
//! that is wrong is told with its own line and column. Nothing here opens files: a template says which file holds a
//! definition ([`template::Body::File`]), and its reader brings it.

mod align;
mod intrinsic;
mod jsonc;
mod origin;
mod scalar;
mod substitute;
pub mod template;
mod yaml;

pub use substitute::{Substitutions, bare_placeholder};

use super::{Diagnostic, Node, codes};
use crate::value::Span;

/// The rule that a text breaks which is no YAML, or YAML that no JSON can be made of.
pub const INVALID_YAML: &str = "invalid-yaml";

/// The rule that a template breaks.
pub const INVALID_RESOURCE: &str = "invalid-resource";

/// What the rules of this module are about, beside [`codes::ALL`].
pub const CODES: &[(&str, &str)] = &[
    (
        INVALID_YAML,
        "The text is not YAML, or holds what JSON has no word for.",
    ),
    (
        INVALID_RESOURCE,
        "A template says something about a state machine that cannot be understood.",
    ),
];

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, as the service takes it.
    Json,
    /// JSON with comments and commas behind the last element.
    Jsonc,
    /// YAML 1.2 with merge keys.
    Yaml,
}

impl Format {
    /// The format that the ending of a file's name tells.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "json" | "asl" => Some(Self::Json),
            "jsonc" => Some(Self::Jsonc),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// The format of a text: what its name tells, or else what it looks like.
    #[must_use]
    pub fn of(name: &str, text: &str) -> Self {
        Self::of_name(name).unwrap_or_else(|| {
            match text
                .trim_start_matches('\u{feff}')
                .trim_start()
                .chars()
                .next()
            {
                None | Some('{' | '[' | '"') => Self::Json,
                Some('/') => Self::Jsonc,
                Some(_) => Self::Yaml,
            }
        })
    }
}

/// Reads a text in that format.
///
/// In JSON, a placeholder that stands bare where a value could, as in `"MaxConcurrency": ${Limit}`, is read as the text
/// `${Limit}`.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn read(text: &str, format: Format) -> Result<Node, Diagnostic> {
    match format {
        Format::Yaml => yaml::read(text),
        Format::Json => json(text, text),
        Format::Jsonc => jsonc::plain(text).and_then(|plain| json(text, &plain)),
    }
}

/// Reads JSON that has as many bytes as the text it was made from.
fn json(text: &str, plain: &str) -> Result<Node, Diagnostic> {
    let quoted = substitute::quoted(plain);
    match Node::from_json(quoted.as_bytes()) {
        Ok(mut node) => {
            if quoted != plain {
                substitute::unquote(&mut node, text);
            }
            Ok(node)
        }
        Err(error) => {
            let place = Span {
                start: error.offset,
                end: error.offset + 1,
            };
            let commented = error.message.contains("JSON has no comments");
            let diagnostic = Diagnostic::error(codes::INVALID_JSON, "/", place, error.message);
            Err(if commented {
                diagnostic.help("in a file whose name ends in `.jsonc` comments are allowed")
            } else {
                diagnostic
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_format_and_the_text_where_it_does_not() {
        let check = |name, text, expected| assert_eq!(Format::of(name, text), expected, "{name}");
        check("a/machine.asl.json", "x: 1", Format::Json);
        check("machine.asl", "{}", Format::Json);
        check("machine.ASL.JSONC", "{}", Format::Jsonc);
        check("machine.asl.yml", "{}", Format::Yaml);
        check("-", "\u{feff} \n{\"a\": 1}", Format::Json);
        check("-", "// why\n{}", Format::Jsonc);
        check("machine.template", "StartAt: A", Format::Yaml);
        check("-", "", Format::Json);
    }

    #[test]
    fn a_comment_in_json_is_told_where_it_would_be_allowed() {
        let error = read("{} // no", Format::Json).unwrap_err();
        assert!(error.help.is_some_and(|help| help.contains(".jsonc")));
    }
}
