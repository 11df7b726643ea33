//! `DescribeStateMachine: a machine, or one of its versions.`

use std::sync::Arc;

use crate::aws::ArnKind;
use crate::server::input::Input;
use crate::server::wire::{self, object, time};
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let mut book = service.book();
    let (machine, target) = book.target(&arn, input.required("stateMachineArn"))?;
    let version = target.version.as_ref();
    let (arn, created) = match version {
        Some(version) => (&version.arn, version.created),
        None => (&machine.arn, machine.created),
    };
    let head = object([
        ("stateMachineArn", Some(arn.clone().into())),
        ("name", Some(machine.name.clone().into())),
        ("status", Some("ACTIVE".into())),
        ("type", Some(wire::kind(machine.kind).into())),
        ("creationDate", Some(time(created))),
        (
            "description",
            wire::text(version.and_then(|version| version.description.as_ref())),
        ),
    ]);
    let mut revision = wire::revision(&target.revision);
    if input.text("includedData") == Some("METADATA_ONLY") {
        // "The definition is returned as null" where only metadata is asked for (API reference).
        revision.remove("definition");
        revision.insert("definition", Json::from("{}"));
    }
    Ok(wire::with(head, &revision))
}
