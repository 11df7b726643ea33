//! `PublishStateMachineVersion: a revision that has a number already keeps it.`

use std::sync::Arc;

use crate::aws::{ArnKind, Code, Error};
use crate::server::input::Input;
use crate::server::machines::{StateMachine, VERSIONS};
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let now = service.now();
    let mut book = service.book();
    let machine = book.named(&arn, input.required("stateMachineArn"))?;
    if let Some(wanted) = input.text("revisionId") {
        is_current(machine, wanted)?;
    }
    if machine.versions.len() >= VERSIONS {
        return Err(Error::new(
            Code::ServiceQuotaExceededException,
            format!("A state machine has at most {VERSIONS} versions"),
        ));
    }
    let version = machine.publish(input.owned("description"), now);
    Ok(Json::from([
        ("stateMachineVersionArn", Json::from(version.arn)),
        ("creationDate", time(version.created)),
    ]))
}

fn is_current(machine: &StateMachine, wanted: &str) -> Result<(), Error> {
    // The first revision has no id, and is called this.
    let current = machine.current.id.as_deref().unwrap_or("INITIAL");
    if current == wanted {
        return Ok(());
    }
    Err(Error::new(
        Code::ConflictException,
        format!(
            "Failed to publish the State Machine version for revision {wanted}. The current State Machine revision is {current}."
        ),
    ))
}
