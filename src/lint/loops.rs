//! Loops that do not end, and loops that do not rest.

use super::subject::{Finding, Subject, is_terminal, list};
use super::{Level, Lint};
use crate::asl::Pattern;
use crate::machine::{Kind, StateId};

pub(super) const LOOP_WITHOUT_EXIT: Lint = Lint {
    name: "loop-without-exit",
    summary: "states go round among themselves and nothing leads out",
    level: Level::Warn,
    check: endless,
};

pub(super) const LOOP_WITHOUT_WAIT: Lint = Lint {
    name: "loop-without-wait",
    summary: "a loop asks for a status again and again without waiting in between",
    level: Level::Warn,
    check: restless,
};

fn endless(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for group in subject.loops() {
        let is_inside = |id: &StateId| group.binary_search(id).is_ok();
        let ends = group
            .iter()
            .any(|id| is_terminal(subject.machine.state(*id)));
        let leads_out = group
            .iter()
            .any(|id| subject.after(*id).any(|next| !is_inside(&next)));
        if ends || leads_out {
            continue;
        }
        let names = group.iter().map(|id| &subject.machine.state(*id).name);
        let message = match group.as_slice() {
            [_] => format!("{} goes to itself for ever", list(names)),
            _ => format!(
                "{} go round for ever: nothing leads out of them",
                list(names)
            ),
        };
        let help = "an execution ends here only by a failure, a timeout, or its 25,000th event";
        if let Some(place) = subject.place(group[0]) {
            let location = place.state.location.as_str();
            findings.push(Finding::new(location, place.name_span, message, help));
        }
    }
}

/// Speaks of a loop only where a Choice state asks for a status: a loop that works through a list need not wait.
fn restless(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for group in subject.loops() {
        let mut asks = None;
        let mut decides = None;
        let mut rests = false;
        for id in &group {
            match &subject.machine.state(*id).kind {
                Kind::Task(task) => {
                    let waits = task.resource.pattern() != Pattern::RequestResponse;
                    rests |= waits || task.resource.has_token();
                    asks = asks.or(Some(*id));
                }
                Kind::Choice(_) if decides_by_status(subject, *id, &group) => {
                    decides = Some(*id);
                }
                Kind::Wait(_) | Kind::Parallel(_) | Kind::Map(_) => rests = true,
                Kind::Choice(_) | Kind::Pass(_) | Kind::Succeed | Kind::Fail(_) => {}
            }
        }
        let (Some(asks), Some(decides), false) = (asks, decides, rests) else {
            continue;
        };
        let names = [asks, decides].map(|id| &subject.machine.state(id).name);
        let message = format!(
            "`{}` asks and `{}` goes back without a pause",
            names[0], names[1]
        );
        let help = "put a Wait state into the loop: each round is paid for, and an execution has 25,000 events";
        if let Some(place) = subject.place(decides) {
            let location = place.state.location.as_str();
            findings.push(Finding::new(location, place.name_span, message, help));
        }
    }
}

/// Whether a Choice state leads both out of the loop and back, and looks at something that is called a status.
fn decides_by_status(subject: &Subject<'_>, id: StateId, group: &[StateId]) -> bool {
    let leads_out = subject
        .after(id)
        .any(|next| group.binary_search(&next).is_err());
    let Some(place) = subject.place(id).filter(|_| leads_out) else {
        return false;
    };
    place.reads.iter().any(|read| {
        let last = read.names.last().map(|name| name.to_lowercase());
        let is_status =
            last.is_some_and(|name| name.ends_with("status") || name.ends_with("state"));
        is_status && matches!(read.field.as_str(), "Variable" | "Condition")
    })
}
