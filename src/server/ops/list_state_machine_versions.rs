//! `ListStateMachineVersions: the latest first.`

use std::sync::Arc;

use crate::aws::ArnKind;
use crate::server::input::Input;
use crate::server::page::page;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let mut book = service.book();
    // The operation has no error for a machine that is not there: it has no versions.
    let machine = book.named(&arn, input.required("stateMachineArn")).ok();
    let versions: Vec<_> = machine
        .iter()
        .flat_map(|machine| machine.versions.values().rev())
        .collect();
    page("stateMachineVersions", &versions, input, |version| {
        Json::from([
            ("stateMachineVersionArn", Json::from(version.arn.clone())),
            ("creationDate", time(version.created)),
        ])
    })
}
