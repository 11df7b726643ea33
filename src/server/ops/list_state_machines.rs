//! `ListStateMachines: in the order of their names.`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::page::page;
use crate::server::wire::{kind, time};
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let book = service.book();
    let machines: Vec<_> = book.machines.values().collect();
    page("stateMachines", &machines, input, |machine| {
        Json::from([
            ("stateMachineArn", Json::from(machine.arn.clone())),
            ("name", machine.name.clone().into()),
            ("type", kind(machine.kind).into()),
            ("creationDate", time(machine.created)),
        ])
    })
}
