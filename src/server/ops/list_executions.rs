//! `ListExecutions: the latest first.`

use std::sync::Arc;

use crate::aws::{ArnKind, Code, Error};
use crate::engine::StateMachineType;
use crate::server::executions::Entry;
use crate::server::input::Input;
use crate::server::page::page;
use crate::server::{Answer, Service};
use crate::value::Text;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let text = match (input.text("stateMachineArn"), input.text("mapRunArn")) {
        (Some(text), None) => text,
        // Inline Maps have no map runs, and others cannot be run.
        (None, Some(run)) => return Err(Error::no_resource(run)),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Error::validation(
                "Exactly one of stateMachineArn and mapRunArn must be specified",
            ));
        }
    };
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let mut book = service.book();
    let (machine, _) = book.target(&arn, text)?;
    if machine.kind == StateMachineType::Express {
        return Err(Error::new(
            Code::StateMachineTypeNotSupported,
            "This operation is not supported by this type of state machine",
        ));
    }
    let of = machine.arn.clone();
    let is_wanted = |entry: &&Arc<Entry>| {
        let is = |arn: &Option<Text>| arn.as_deref() == Some(text);
        let is_of = arn.rest.is_none() || is(&entry.version_arn) || is(&entry.alias_arn);
        is_of && has_status(entry, input)
    };
    let entries: Vec<_> = book
        .executions_of(&of)
        .iter()
        .rev()
        .filter(is_wanted)
        .collect();
    page("executions", &entries, input, |entry| entry.listed())
}

fn has_status(entry: &Entry, input: &Input) -> bool {
    let progress = entry.progress();
    let redriven = match input.text("redriveFilter") {
        Some("REDRIVEN") => progress.redrives > 0,
        Some(_) => progress.redrives == 0,
        None => true,
    };
    redriven
        && input
            .text("statusFilter")
            .is_none_or(|status| status == progress.status())
}
