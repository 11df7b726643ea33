//! What checking found, for programs: in the shape of the service's `ValidateStateMachineDefinition`.

use serde_json::{Value, json};

use super::definition::Definition;
use crate::asl::{Diagnostic, Severity, line_column};
use crate::aws::validation::{self, Finding};

/// A definition and what is to be said about it.
pub(super) struct Findings {
    pub(super) definition: Definition,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// How many errors and warnings there are.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

/// A place in a text, in lines and characters from 1.
pub(super) struct Place {
    pub(super) start: (usize, usize),
    pub(super) end: (usize, usize),
}

impl Findings {
    pub(super) fn count(&self) -> Count {
        let errors = self
            .diagnostics
            .iter()
            .filter(|each| each.severity == Severity::Error);
        let errors = errors.count();
        Count {
            errors,
            warnings: self.diagnostics.len() - errors,
        }
    }

    /// Each diagnostic with its place.
    pub(super) fn placed(&self) -> impl Iterator<Item = (&Diagnostic, Place)> {
        let text = String::from_utf8_lossy(&self.definition.source.text);
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        // A text may have as many mistakes as lines: each looks at its own line only.
        let place = move |offset: usize| {
            let line = lines.partition_point(|start| *start <= offset);
            let start = lines[line.saturating_sub(1)];
            let (_, column) = line_column(&text[start..], offset - start);
            (line, column)
        };
        self.diagnostics.iter().map(move |diagnostic| {
            let span = diagnostic.span;
            let place = Place {
                start: place(span.start),
                end: place(span.end.max(span.start)),
            };
            (diagnostic, place)
        })
    }

    /// As the service answers.
    pub(super) fn answer(&self) -> Value {
        let findings = validation::findings(&self.diagnostics);
        let diagnostics: Vec<_> = findings.iter().map(finding).collect();
        let result = if self.count().errors > 0 {
            "FAIL"
        } else {
            "OK"
        };
        json!({ "result": result, "diagnostics": diagnostics, "truncated": false })
    }
}

/// As the service answers for one definition, or a list of such answers, each with its file.
pub(super) fn json(findings: &[Findings], list: ListForm) -> String {
    let value = match (list, findings) {
        (ListForm::Alone, [only]) => only.answer(),
        _ => Value::Array(findings.iter().map(named).collect()),
    };
    format!("{value:#}\n")
}

/// Whether several definitions were asked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ListForm {
    /// One file, whose answer stands alone.
    Alone,
    /// Several, even if only one was found.
    List,
}

fn named(findings: &Findings) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("file".to_owned(), json!(findings.definition.source.name));
    if let Some(id) = &findings.definition.logical_id {
        object.insert("resource".to_owned(), json!(id.as_str()));
    }
    if let Value::Object(answer) = findings.answer() {
        object.extend(answer);
    }
    Value::Object(object)
}

/// A place that the service does not name is left out.
fn finding(finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    };
    let mut value = json!({
        "severity": severity,
        "code": finding.code,
        "message": finding.message,
    });
    if let Some(location) = &finding.location {
        value["location"] = json!(location);
    }
    value
}
