//! `DescribeStateMachineForExecution: the machine as it was when the execution began.`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::wire::{self, object, time};
use crate::server::{Answer, Service};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let entry = super::execution(service, input)?;
    let head = object([
        ("stateMachineArn", Some(entry.machine_arn.clone().into())),
        ("name", Some(entry.machine_name.clone().into())),
        ("updateDate", Some(time(entry.revision.updated))),
    ]);
    Ok(wire::with(head, &wire::revision(&entry.revision)))
}
