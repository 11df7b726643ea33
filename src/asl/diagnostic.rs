//! What is wrong with a definition, and where.

use std::fmt;

use crate::value::Span;

/// One thing that is wrong, or looks wrong, in a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the definition can be used all the same.
    pub severity: Severity,
    /// Which rule it breaks. See [`super::codes`].
    pub code: &'static str,
    /// The place in the machine as AWS writes it: `/States/A/Choices[0]/Next`; `/` is the machine itself.
    pub location: String,
    /// The place in the text.
    pub span: Span,
    /// What is wrong: a fragment in lower case without a full stop, names in backticks.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// What the service says instead of the message; `None` where its words are not known.
    pub told: Option<Box<Told>>,
}

/// How the service tells of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A field is missing. The service names all missing fields of an object at once.
    Missing(&'static str),
    /// Anything else.
    Words {
        /// The message.
        message: String,
        /// The place; `None` where the service names none.
        location: Option<String>,
    },
}

impl Diagnostic {
    /// An error.
    pub fn error(
        code: &'static str,
        location: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            location: location.into(),
            span,
            message: message.into(),
            help: None,
            told: None,
        }
    }

    /// A warning.
    pub fn warning(
        code: &'static str,
        location: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, location, span, message)
        }
    }

    /// The same, told by the service in these words, at the same place.
    #[must_use]
    pub fn told(self, message: impl Into<String>) -> Self {
        let location = Some(self.location.clone());
        self.told_at(location, message)
    }

    /// The same, told by the service in these words, at another place or at none.
    #[must_use]
    pub fn told_at(self, location: Option<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            told: Some(Box::new(Told::Words { message, location })),
            ..self
        }
    }

    /// The same, told by the service as a field that is missing.
    #[must_use]
    pub fn told_missing(self, field: &'static str) -> Self {
        Self {
            told: Some(Box::new(Told::Missing(field))),
            ..self
        }
    }

    /// The same with a mend.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {} at {}",
            self.severity, self.code, self.message, self.location
        )
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition can be used.
    Warning,
    /// It cannot.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The line and the character in it, both from 1, of a byte of a text.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The name that was probably meant. Looks at a bounded number of names, so that a machine of 100,000 states with as
/// many mistakes is checked in time.
pub(crate) fn nearest<'a>(
    wrong: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const LOOKED_AT: usize = 500;
    let distance = |name: &str| strsim::osa_distance(wrong, name);
    let near = names
        .into_iter()
        .take(LOOKED_AT)
        .map(|name| (distance(name), name))
        .min()?;
    (near.0 <= (wrong.chars().count() / 3).max(1)).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("aé\nüb", 0), (1, 1));
        assert_eq!(line_column("aé\nüb", 4), (2, 1));
        assert_eq!(line_column("aé\nüb", 6), (2, 2));
        assert_eq!(line_column("aé", 99), (1, 3));
    }

    #[test]
    fn only_a_near_name_is_suggested() {
        assert_eq!(nearest("Chrage", ["Refund", "Charge"]), Some("Charge"));
        assert_eq!(nearest("X", ["Refund", "Charge"]), None);
    }
}
