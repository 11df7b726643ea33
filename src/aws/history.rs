//! The wire form of a history: what `GetExecutionHistory` answers, member by member.
//!
//! A task appears as `Task…`, `LambdaFunction…` or `Activity…` according to its resource. Payloads are JSON text inside
//! JSON. A member that has nothing to tell is absent, as it is on the wire.

use super::details::details;
use crate::asl::{ResourceKind, StateType};
use crate::engine::{Details, HistoryEvent, TaskRequest};
use crate::value::{Json, Object, Text, Timestamp};

/// How events are written.
#[derive(Clone, Debug)]
pub struct Options {
    /// How times are written.
    pub time: TimeFormat,
    /// Whether payloads are told: `includeExecutionData`.
    pub data: Data,
    /// The region that `TaskScheduled` names.
    pub region: Text,
}

impl Default for Options {
    /// As the service writes them in us-east-1.
    fn default() -> Self {
        Self {
            time: TimeFormat::EpochSeconds,
            data: Data::Included,
            region: "us-east-1".into(),
        }
    }
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since 1970 as a number: the service's JSON protocol.
    EpochSeconds,
    /// `2026-11-24T13:45:20.123000+00:00`: what the AWS command line prints.
    Iso,
}

impl TimeFormat {
    /// Writes a moment.
    #[must_use]
    pub fn write(self, at: Timestamp) -> Json {
        match self {
            Self::EpochSeconds => Json::from(at.millis() as f64 / 1_000.0),
            Self::Iso => {
                let text = at.to_string();
                text.strip_suffix('Z').map_or_else(
                    || text.as_str().into(),
                    |time| format!("{time}000+00:00").into(),
                )
            }
        }
    }
}

/// Whether inputs, outputs and variables are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// They are.
    Included,
    /// They are left out, as `includeExecutionData: false` asks.
    Omitted,
}

/// Writes an event.
#[must_use]
pub fn event(event: &HistoryEvent, options: &Options) -> Json {
    let type_name = type_name(&event.details);
    let mut wire = Object::new();
    wire.insert("timestamp", options.time.write(event.at));
    wire.insert("type", type_name.as_str().into());
    wire.insert("id", event.id.into());
    wire.insert("previousEventId", event.previous.into());
    if let Some(details) = details(&event.details, options) {
        wire.insert(details_name(&event.details, &type_name), details.into());
    }
    wire.into()
}

/// The type of an event as the service names it.
#[must_use]
pub fn type_name(details: &Details) -> Text {
    match details {
        Details::ExecutionStarted { .. } => "ExecutionStarted".into(),
        Details::ExecutionSucceeded { .. } => "ExecutionSucceeded".into(),
        Details::ExecutionFailed(_) => "ExecutionFailed".into(),
        Details::ExecutionAborted(_) => "ExecutionAborted".into(),
        Details::ExecutionTimedOut(_) => "ExecutionTimedOut".into(),
        Details::ExecutionRedriven { .. } => "ExecutionRedriven".into(),
        Details::StateEntered { state_type, .. } => of_state(*state_type, "Entered"),
        Details::StateExited { state_type, .. } => of_state(*state_type, "Exited"),
        Details::StateAborted { state_type } => of_state(*state_type, "Aborted"),
        Details::TaskScheduled(request) => of_task(request, "Scheduled"),
        Details::TaskScheduleFailed(request, _) => match Family::of(request) {
            // There is no `TaskScheduleFailed`.
            Family::Service => "TaskStartFailed".into(),
            Family::Lambda | Family::Activity => of_task(request, "ScheduleFailed"),
        },
        Details::TaskStarted { request, .. } => of_task(request, "Started"),
        Details::TaskSubmitFailed(request, _) => of_task(request, "SubmitFailed"),
        Details::TaskSubmitted { request, .. } => of_task(request, "Submitted"),
        Details::TaskSucceeded { request, .. } => of_task(request, "Succeeded"),
        Details::TaskFailed(request, _) => of_task(request, "Failed"),
        Details::TaskTimedOut(request, _) => of_task(request, "TimedOut"),
        Details::ParallelStateStarted => "ParallelStateStarted".into(),
        Details::ParallelStateSucceeded => "ParallelStateSucceeded".into(),
        Details::ParallelStateFailed => "ParallelStateFailed".into(),
        Details::MapStateStarted { .. } => "MapStateStarted".into(),
        Details::MapStateSucceeded => "MapStateSucceeded".into(),
        Details::MapStateFailed => "MapStateFailed".into(),
        Details::MapIterationStarted { .. } => "MapIterationStarted".into(),
        Details::MapIterationSucceeded { .. } => "MapIterationSucceeded".into(),
        Details::MapIterationFailed { .. } => "MapIterationFailed".into(),
        Details::MapIterationAborted { .. } => "MapIterationAborted".into(),
        Details::EvaluationFailed { .. } => "EvaluationFailed".into(),
    }
}

fn of_state(state_type: StateType, what: &str) -> Text {
    format!("{state_type}State{what}").into()
}

fn of_task(request: &TaskRequest, what: &str) -> Text {
    let family = match Family::of(request) {
        Family::Service => "Task",
        Family::Lambda => "LambdaFunction",
        Family::Activity => "Activity",
    };
    format!("{family}{what}").into()
}

/// Under which of three names the events of a task appear.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Service,
    Lambda,
    Activity,
}

impl Family {
    pub(super) fn of(request: &TaskRequest) -> Self {
        match request.resource.kind {
            ResourceKind::Service { .. } => Self::Service,
            ResourceKind::Activity => Self::Activity,
            ResourceKind::Lambda | ResourceKind::Custom => Self::Lambda,
        }
    }
}

/// The member that holds the details: the type with a small letter, except that all states share two.
fn details_name(details: &Details, type_name: &str) -> String {
    if matches!(details, Details::StateEntered { .. }) {
        return "stateEnteredEventDetails".into();
    }
    if matches!(details, Details::StateExited { .. }) {
        return "stateExitedEventDetails".into();
    }
    let (first, rest) = type_name.split_at(1);
    format!("{}{rest}EventDetails", first.to_lowercase())
}
