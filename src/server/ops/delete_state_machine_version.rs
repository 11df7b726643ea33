//! `DeleteStateMachineVersion: not while an alias stands for it.`

use std::sync::Arc;

use crate::aws::{ArnKind, Code, Error};
use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineVersionArn", &[ArnKind::StateMachine])?;
    let number = arn.rest.and_then(|rest| rest.parse().ok());
    let number: u64 = number.ok_or_else(|| {
        let text = input.required("stateMachineVersionArn");
        Error::invalid_arn(&format!("The ARN is not one of a version: {text}"))
    })?;
    let mut book = service.book();
    let Some(machine) = book.machine(&arn) else {
        return Ok(Json::object());
    };
    let aliases: Vec<_> = machine
        .aliases_of(number)
        .into_iter()
        .map(|name| name.to_string())
        .collect();
    if !aliases.is_empty() {
        return Err(Error::new(
            Code::ConflictException,
            format!(
                "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
                aliases.join(", ")
            ),
        ));
    }
    machine.versions.remove(&number);
    Ok(Json::object())
}
