//! `DeleteStateMachine: with its versions and aliases; one that is not there is as good as deleted.`

use std::sync::Arc;

use crate::aws::{ArnKind, Error};
use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    if arn.rest.is_some() {
        // "If the given ARN is a qualified state machine ARN, it will fail" (API reference).
        return Err(Error::validation(
            "This operation does not support qualified state machine ARNs",
        ));
    }
    let mut book = service.book();
    if book.machine(&arn).is_some() {
        book.machines.remove(arn.name);
    }
    Ok(Json::object())
}
