//! The Wait state.

use super::reader::{Reader, Spanned};
use super::{Diagnostic, LARGEST, QueryLanguage, codes};
use crate::value::{Moment, Span, Text};

/// What a Wait state has of its own.
#[derive(Clone, Debug)]
pub struct Wait {
    /// Until when.
    pub until: Until,
}

/// How the moment is told.
#[derive(Clone, Debug)]
pub enum Until {
    /// `Seconds`
    Seconds(u32),
    /// `SecondsPath`
    SecondsPath(Spanned<Text>),
    /// `Timestamp`
    Timestamp(Moment),
    /// `TimestampPath`
    TimestampPath(Spanned<Text>),
    /// `Seconds` with a JSONata expression.
    SecondsQuery(Spanned<Text>),
    /// `Timestamp` with a JSONata expression.
    TimestampQuery(Spanned<Text>),
}

/// What the service says of a text that is no timestamp.
pub(super) const NO_TIMESTAMP: &str = "String does not match RFC3339 timestamp";

const FIELDS: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Option<Wait> {
    reader.exclusive(&FIELDS);
    let until = match language {
        QueryLanguage::JsonPath => jsonpath(reader),
        QueryLanguage::Jsonata => jsonata(reader),
    };
    if !FIELDS.iter().any(|name| reader.has(name)) {
        let opening = Span {
            start: reader.span().start,
            end: reader.span().start + 1,
        };
        let message = "a Wait state must have one of `Seconds`, `SecondsPath`, `Timestamp` and `TimestampPath`";
        let location = reader.location().to_owned();
        let diagnostic = Diagnostic::error(codes::MISSING_FIELD, location, opening, message);
        reader.report(diagnostic.told(format!(
            "One of these fields is required: [{}]",
            FIELDS.join(", ")
        )));
    }
    until.map(|until| Wait { until })
}

fn jsonpath(reader: &mut Reader<'_>) -> Option<Until> {
    let seconds = reader
        .integer("Seconds", 0..=LARGEST)
        .map(|seconds| Until::Seconds(seconds.value));
    let seconds_path = reader.text("SecondsPath").map(Until::SecondsPath);
    let timestamp = reader
        .text("Timestamp")
        .and_then(|text| moment(reader, &text))
        .map(Until::Timestamp);
    let timestamp_path = reader.text("TimestampPath").map(Until::TimestampPath);
    seconds.or(seconds_path).or(timestamp).or(timestamp_path)
}

fn jsonata(reader: &mut Reader<'_>) -> Option<Until> {
    reader.foreign(&["SecondsPath", "TimestampPath"], "JSONPath");
    let seconds = match reader.any("Seconds") {
        Some(node) => match node.text() {
            Some(text) => Some(Until::SecondsQuery(Spanned {
                value: text.clone(),
                span: node.span,
            })),
            None => reader
                .as_integer("Seconds", node, 0..=LARGEST)
                .map(|seconds| Until::Seconds(seconds.value)),
        },
        None => None,
    };
    let timestamp = reader.text("Timestamp").and_then(|text| {
        if text.value.starts_with("{%") && text.value.ends_with("%}") {
            return Some(Until::TimestampQuery(text));
        }
        moment(reader, &text).map(Until::Timestamp)
    });
    seconds.or(timestamp)
}

fn moment(reader: &mut Reader<'_>, text: &Spanned<Text>) -> Option<Moment> {
    let moment = Moment::parse(&text.value);
    if moment.is_none() {
        let message = format!("`{}` is no RFC 3339 timestamp", text.value);
        let diagnostic = Diagnostic::error(
            codes::INVALID_TIMESTAMP,
            reader.at("Timestamp"),
            text.span,
            message,
        )
        .told(NO_TIMESTAMP);
        reader.report(diagnostic.help("write it like `2026-08-18T17:33:00Z`"));
    }
    moment
}
