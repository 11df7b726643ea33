//! Retry.

use super::reader::{Reader, Spanned, expected_type};
use super::{Diagnostic, LARGEST, Node, codes};
use crate::value::Text;

/// One entry of `Retry`.
#[derive(Clone, Debug)]
pub struct Retrier {
    /// `ErrorEquals`
    pub error_equals: Vec<Text>,
    /// `IntervalSeconds`, by default 1.
    pub interval_seconds: u32,
    /// `MaxAttempts`, by default 3.
    pub max_attempts: u32,
    /// `BackoffRate`, by default 2.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`
    pub max_delay_seconds: Option<u32>,
    /// `JitterStrategy`
    pub jitter_strategy: JitterStrategy,
}

/// `JitterStrategy`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JitterStrategy {
    /// `NONE`
    #[default]
    None,
    /// `FULL`
    Full,
}

/// What `MaxDelaySeconds` may be: a leap year.
const LONGEST_DELAY: u32 = 31_622_400;

pub(super) fn read(reader: &mut Reader<'_>) -> Vec<Retrier> {
    let Some(node) = reader.any("Retry") else {
        return Vec::new();
    };
    let Some(items) = reader.list("Retry", node) else {
        return Vec::new();
    };
    let at = reader.at("Retry");
    let mut retriers = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let last = index + 1 == items.len();
        retriers.extend(retrier(
            item,
            format!("{at}[{index}]"),
            last,
            reader.diagnostics(),
        ));
    }
    retriers
}

fn retrier(
    node: &Node,
    location: String,
    last: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Retrier> {
    let mut reader = Reader::open(node, location, "a retrier", diagnostics)?;
    reader.any("Comment");
    let error_equals = error_equals(&mut reader, last);
    let interval = reader.integer("IntervalSeconds", 1..=LARGEST);
    let attempts = reader.integer("MaxAttempts", 0..=LARGEST);
    let backoff = reader.number("BackoffRate");
    if let Some(Spanned { span, .. }) = backoff.as_ref().filter(|rate| rate.value < 1.0) {
        let (location, span) = (reader.at("BackoffRate"), *span);
        let message = "`BackoffRate` must be at least 1.0";
        let diagnostic = Diagnostic::error(codes::OUT_OF_RANGE, location, span, message);
        reader.report(diagnostic.told("Value must be at least 1.0"));
    }
    let max_delay = reader.integer("MaxDelaySeconds", 1..=LONGEST_DELAY);
    let jitter_strategy = match reader.word("JitterStrategy", &["FULL", "NONE"]) {
        Some("FULL") => JitterStrategy::Full,
        _ => JitterStrategy::None,
    };
    reader.finish();
    Some(Retrier {
        error_equals,
        interval_seconds: interval.map_or(1, |interval| interval.value),
        max_attempts: attempts.map_or(3, |attempts| attempts.value),
        backoff_rate: backoff.map_or(2.0, |rate| rate.value),
        max_delay_seconds: max_delay.map(|delay| delay.value),
        jitter_strategy,
    })
}

/// Reads `ErrorEquals` of a retrier or a catcher. `States.ALL` stands alone, in the last one.
pub(super) fn error_equals(reader: &mut Reader<'_>, last: bool) -> Vec<Text> {
    let Some(node) = reader.required("ErrorEquals") else {
        return Vec::new();
    };
    let Some(items) = reader.filled_list("ErrorEquals", node) else {
        return Vec::new();
    };
    let mut names = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match item.text() {
            Some(name) => names.push(name.clone()),
            None => {
                let message = format!("an error's name must be a string, found {}", item.kind());
                let location = format!("{}[{index}]", reader.at("ErrorEquals"));
                let diagnostic = Diagnostic::error(codes::WRONG_TYPE, location, item.span, message);
                reader.report(diagnostic.told(expected_type("a string")));
            }
        }
    }
    if names.iter().any(|name| name == "States.ALL") && (names.len() > 1 || !last) {
        let message = "`States.ALL` must stand alone and at the end of the list";
        let location = reader.at("ErrorEquals");
        let diagnostic = Diagnostic::error(codes::ALL_NOT_ALONE, location, node.span, message);
        reader.report(diagnostic.told(
            "The error name 'States.ALL' must appear alone and in the last element of the list",
        ));
    }
    names
}
