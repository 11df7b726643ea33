//! `ListStateMachineAliases: those of a machine, or those that stand for one of its versions.`

use std::sync::Arc;

use crate::aws::{ArnKind, Error};
use crate::server::input::Input;
use crate::server::page::page;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let text = input.required("stateMachineArn");
    let version: Option<u64> = match arn.rest {
        Some(rest) => Some(rest.parse().map_err(|_| Error::no_resource(text))?),
        None => None,
    };
    let mut book = service.book();
    let machine = book.machine(&arn).ok_or_else(|| Error::no_machine(text))?;
    let aliases: Vec<_> = machine
        .aliases
        .values()
        .filter(|alias| {
            version.is_none_or(|number| alias.routes.iter().any(|route| route.number == number))
        })
        .collect();
    page("stateMachineAliases", &aliases, input, |alias| {
        Json::from([
            ("stateMachineAliasArn", Json::from(alias.arn.clone())),
            ("creationDate", time(alias.created)),
        ])
    })
}
