//! `UpdateStateMachineAlias`

use std::sync::Arc;

use super::routing;
use crate::aws::Error;
use crate::server::input::Input;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let now = service.now();
    let mut book = service.book();
    routing::alias(&mut book, input)?;
    let routes = match input.get("routingConfiguration") {
        Some(_) => Some(routing::read(&mut book, input)?.1),
        None => None,
    };
    let description = input.owned("description");
    if routes.is_none() && description.is_none() {
        return Err(Error::validation(
            "Either the description or the routingConfiguration must be specified",
        ));
    }
    let alias = routing::alias(&mut book, input)?;
    alias.routes = routes.unwrap_or_else(|| std::mem::take(&mut alias.routes));
    alias.description = description.or_else(|| alias.description.take());
    alias.updated = now;
    Ok(Json::from([("updateDate", time(now))]))
}
