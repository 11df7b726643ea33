//! `DescribeStateMachineAlias`

use std::sync::Arc;

use super::routing;
use crate::server::input::Input;
use crate::server::wire::{object, routes, text, time};
use crate::server::{Answer, Service};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let mut book = service.book();
    let alias = routing::alias(&mut book, input)?;
    Ok(object([
        ("stateMachineAliasArn", Some(alias.arn.clone().into())),
        ("name", Some(alias.name.clone().into())),
        ("description", text(alias.description.as_ref())),
        ("routingConfiguration", Some(routes(&alias.routes))),
        ("creationDate", Some(time(alias.created))),
        ("updateDate", Some(time(alias.updated))),
    ])
    .into())
}
