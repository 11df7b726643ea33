//! Tasks that may wait for ever, and tasks that Express workflows refuse.

use super::subject::{Finding, Subject};
use super::{Level, Lint};
use crate::asl::{Pattern, ResourceKind};
use crate::machine::{Kind, Task};

pub(super) const CALLBACK_WITHOUT_TIMEOUT: Lint = Lint {
    name: "callback-without-timeout",
    summary: "a task waits for an answer from outside, for as long as a year",
    level: Level::Warn,
    check: callbacks,
};

pub(super) const EXPRESS_INCOMPATIBLE: Lint = Lint {
    name: "express-incompatible",
    summary: "a task is of a kind that Express workflows refuse (off unless asked for)",
    level: Level::Allow,
    check: express,
};

fn callbacks(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    // What bounds the whole bounds its tasks.
    if subject.machine.timeout().is_some() {
        return;
    }
    each_task(subject, findings, |task| {
        let is_bounded = task.timeout.is_some() || task.heartbeat.is_some();
        (task.resource.has_token() && !is_bounded).then(|| {
            let who = if task.resource.kind == ResourceKind::Activity {
                "a worker of the activity"
            } else {
                "whoever got the token"
            };
            (
                format!("when {who} never answers, the execution hangs for as long as a year"),
                "set `TimeoutSeconds`, or `HeartbeatSeconds` where the other side reports that it is alive",
            )
        })
    });
}

fn express(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    each_task(subject, findings, |task| {
        let what = match task.resource.pattern() {
            _ if task.resource.kind == ResourceKind::Activity => "activities",
            Pattern::Sync | Pattern::Sync2 => "the pattern `.sync`",
            Pattern::WaitForTaskToken => "the pattern `.waitForTaskToken`",
            Pattern::RequestResponse => return None,
        };
        Some((
            format!("an Express workflow does not support {what}"),
            "put it into a Standard workflow that this one starts",
        ))
    });
}

/// Speaks of the `Resource` of each task of which something is to be said.
fn each_task(
    subject: &Subject<'_>,
    findings: &mut Vec<Finding>,
    said: impl Fn(&Task) -> Option<(String, &'static str)>,
) {
    for place in &subject.places {
        let Kind::Task(task) = &place.state.kind else {
            continue;
        };
        if let Some((message, help)) = said(task) {
            let span = place
                .node
                .get("Resource")
                .map_or(place.name_span, |node| node.span);
            findings.push(Finding::new(place.at("Resource"), span, message, help));
        }
    }
}
