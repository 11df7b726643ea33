//! Executions: what never changes of one, and how far it has come.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::machines::Revision;
use super::wire::{object, text, time};
use crate::driver::local::Handle;
use crate::engine::{Execution, HistoryEvent, Outcome, StateMachineType};
use crate::value::{Json, Object, Text, Timestamp};

/// An execution by its ARN.
pub(super) struct Entry {
    facts: Facts,
    progress: Mutex<Progress>,
    ended: watch::Sender<bool>,
}

impl Deref for Entry {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

/// How far an execution has come.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) outcome: Option<Outcome>,
    pub(super) stopped: Option<Timestamp>,
    pub(super) history: Vec<HistoryEvent>,
    pub(super) redrives: u32,
    pub(super) redriven: Option<Timestamp>,
    /// What reaches it while it runs.
    pub(super) handle: Option<Handle>,
    /// What it was when it ended, for a redrive.
    pub(super) parked: Option<Execution>,
}

/// All that never changes of an execution.
pub(super) struct Facts {
    pub(super) arn: Text,
    pub(super) name: Text,
    pub(super) machine_arn: Text,
    pub(super) machine_name: Text,
    pub(super) kind: StateMachineType,
    pub(super) version_arn: Option<Text>,
    pub(super) alias_arn: Option<Text>,
    pub(super) input: Text,
    pub(super) trace_header: Option<Text>,
    /// The test case of the file of mocks that was asked for.
    pub(super) test_case: Option<Text>,
    pub(super) revision: Arc<Revision>,
    pub(super) started: Timestamp,
}

impl Entry {
    pub(super) fn new(facts: Facts) -> Self {
        Self {
            facts,
            progress: Mutex::default(),
            ended: watch::Sender::new(false),
        }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Tells everybody who waits that it has ended, or that it runs again.
    pub(super) fn tell(&self, has_ended: bool) {
        self.ended.send_replace(has_ended);
    }

    /// Waits for its end.
    pub(super) async fn end(&self) {
        // The sender lives as long as the entry does.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// What `DescribeExecution` tells.
    pub(super) fn described(&self, data: Data) -> Object {
        let progress = self.progress();
        let shown = |payload: Text| (data == Data::Included).then(|| Json::from(payload));
        let details = || {
            Some(Json::from([(
                "included",
                Json::from(data == Data::Included),
            )]))
        };
        let output = progress.outcome.as_ref().and_then(Outcome::output);
        let failure = progress.outcome.as_ref().and_then(Outcome::failure);
        let failure = |text: fn(&crate::Failure) -> Option<&Arc<str>>| {
            let told = failure.and_then(text)?;
            Some(Json::from(&**told))
        };
        let (redrivable, reason) = progress.redrivable(self.kind);
        let mut wire = object([
            ("executionArn", Some(self.arn.clone().into())),
            ("stateMachineArn", Some(self.machine_arn.clone().into())),
            ("name", Some(self.name.clone().into())),
            ("status", Some(progress.status().into())),
            ("startDate", Some(time(self.started))),
            ("stopDate", progress.stopped.map(time)),
            ("input", shown(self.input.clone())),
            ("inputDetails", details()),
            (
                "output",
                output.and_then(|output| shown(output.to_string().into())),
            ),
            ("outputDetails", output.and_then(|_| details())),
            ("error", failure(|failure| failure.error.as_ref())),
            ("cause", failure(|failure| failure.cause.as_ref())),
            ("traceHeader", text(self.trace_header.as_ref())),
            ("stateMachineVersionArn", text(self.version_arn.as_ref())),
            ("stateMachineAliasArn", text(self.alias_arn.as_ref())),
        ]);
        if self.kind == StateMachineType::Standard {
            wire.insert("redriveCount", progress.redrives.into());
            wire.insert("redriveStatus", redrivable.into());
            if let Some(reason) = reason {
                wire.insert("redriveStatusReason", reason.into());
            }
            if let Some(at) = progress.redriven {
                wire.insert("redriveDate", time(at));
            }
        }
        wire
    }

    /// What `ListExecutions` tells.
    pub(super) fn listed(&self) -> Json {
        let progress = self.progress();
        object([
            ("executionArn", Some(self.arn.clone().into())),
            ("stateMachineArn", Some(self.machine_arn.clone().into())),
            ("name", Some(self.name.clone().into())),
            ("status", Some(progress.status().into())),
            ("startDate", Some(time(self.started))),
            ("stopDate", progress.stopped.map(time)),
            ("stateMachineVersionArn", text(self.version_arn.as_ref())),
            ("stateMachineAliasArn", text(self.alias_arn.as_ref())),
            ("redriveCount", Some(progress.redrives.into())),
            ("redriveDate", progress.redriven.map(time)),
        ])
        .into()
    }
}

impl Progress {
    pub(super) fn status(&self) -> &'static str {
        self.outcome.as_ref().map_or("RUNNING", Outcome::status)
    }

    /// Whether it can be redriven, and why not.
    pub(super) fn redrivable(&self, kind: StateMachineType) -> (&'static str, Option<String>) {
        let no = |reason: String| ("NOT_REDRIVABLE", Some(reason));
        match &self.outcome {
            _ if kind == StateMachineType::Express => {
                no("Express executions cannot be redriven".to_owned())
            }
            None | Some(Outcome::Succeeded(_)) => no(format!(
                "Execution is {} and cannot be redriven",
                self.status()
            )),
            Some(_) => ("REDRIVABLE", None),
        }
    }
}

/// Whether payloads are told: `includedData`, `includeExecutionData`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    Included,
    Omitted,
}

impl Data {
    /// What `includedData` asks for.
    pub(super) fn of(input: &super::input::Input) -> Self {
        match input.text("includedData") {
            Some("METADATA_ONLY") => Self::Omitted,
            _ => Self::Included,
        }
    }
}
