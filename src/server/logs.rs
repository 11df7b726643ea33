//! The logs of executions, in the shape in which the service writes them to CloudWatch: a line of JSON for each event.

use std::sync::Arc;

use super::executions::Entry;
use crate::aws::history::{self, Data, Options, TimeFormat};
use crate::engine::{Details, HistoryEvent};
use crate::value::{Json, Object};

/// Takes a line.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// Writes what the logging configuration of a machine asks for.
pub(super) struct Logs {
    sink: Option<Sink>,
}

impl Logs {
    pub(super) fn new(sink: Option<Sink>) -> Self {
        Self { sink }
    }

    pub(super) fn event(&self, entry: &Entry, event: &HistoryEvent) {
        let logging = &entry.revision.configuration.logging;
        let level = logging.get("level").and_then(Json::as_str);
        if let Some(sink) = self.sink.as_ref().filter(|_| wants(level, &event.details)) {
            let data = match logging.get("includeExecutionData").and_then(Json::as_bool) {
                Some(true) => Data::Included,
                _ => Data::Omitted,
            };
            sink(&line(entry, event, data).to_string());
        }
    }
}

/// Whether a level tells of an event (developer guide, "Log levels for Step Functions execution events").
fn wants(level: Option<&str>, details: &Details) -> bool {
    let is_fatal = matches!(
        details,
        Details::ExecutionFailed(_) | Details::ExecutionAborted(_) | Details::ExecutionTimedOut(_)
    );
    match level {
        Some("ALL") => true,
        Some("ERROR") => details.is_failure() || matches!(details, Details::TaskScheduleFailed(..)),
        Some("FATAL") => is_fatal,
        _ => false,
    }
}

fn line(entry: &Entry, event: &HistoryEvent, data: Data) -> Json {
    let options = Options {
        time: TimeFormat::EpochSeconds,
        data,
        ..Options::default()
    };
    let wire = history::event(event, &options);
    let details = wire
        .as_object()
        .into_iter()
        .flat_map(Object::iter)
        .find_map(|(name, details)| name.ends_with("EventDetails").then(|| details.clone()));
    Json::from([
        ("id", Json::from(event.id.to_string())),
        ("type", history::type_name(&event.details).into()),
        ("details", details.unwrap_or_else(Json::object)),
        (
            "redrive_count",
            entry.progress().redrives.to_string().into(),
        ),
        ("previous_event_id", event.previous.to_string().into()),
        ("event_timestamp", event.at.millis().to_string().into()),
        ("execution_arn", entry.arn.clone().into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;

    #[test]
    fn levels_tell_of_ever_graver_events() {
        let failed = Details::ExecutionFailed(Failure::default());
        let inner = Details::MapStateFailed;
        let quiet = Details::MapStateSucceeded;
        for (level, told) in [
            (Some("ALL"), [true, true, true]),
            (Some("ERROR"), [true, true, false]),
            (Some("FATAL"), [true, false, false]),
            (Some("OFF"), [false, false, false]),
            (None, [false, false, false]),
        ] {
            assert_eq!(
                [&failed, &inner, &quiet].map(|details| wants(level, details)),
                told
            );
        }
    }
}
