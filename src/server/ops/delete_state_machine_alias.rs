//! `DeleteStateMachineAlias`

use std::sync::Arc;

use super::routing;
use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let mut book = service.book();
    let name = routing::alias(&mut book, input)?.name.clone();
    let arn = routing::arn(input)?;
    if let Some(machine) = book.machine(&arn) {
        machine.aliases.remove(&name);
    }
    Ok(Json::object())
}
