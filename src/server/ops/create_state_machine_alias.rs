//! `CreateStateMachineAlias: the same request again is answered again.`

use std::sync::Arc;

use super::routing;
use crate::aws::{Code, Error};
use crate::server::input::Input;
use crate::server::machines::{ALIASES, Alias};
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

const OTHER: &str = "Failed to create alias because an alias with the same name and a different routing configuration already exists.";

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let now = service.now();
    let mut book = service.book();
    let (machine, routes) = routing::read(&mut book, input)?;
    let name = input.required("name");
    let alias = Alias {
        arn: format!("{}:{name}", machine.arn).into(),
        name: name.into(),
        description: input.owned("description"),
        routes,
        created: now,
        updated: now,
    };
    let is_full = machine.aliases.len() >= ALIASES;
    let alias = match machine.aliases.get(name) {
        Some(known) if known.description == alias.description && known.routes == alias.routes => {
            known
        }
        Some(_) => return Err(Error::new(Code::ConflictException, OTHER)),
        None if is_full => {
            return Err(Error::new(
                Code::ServiceQuotaExceededException,
                format!("A state machine has at most {ALIASES} aliases"),
            ));
        }
        None => machine.aliases.entry(name.into()).or_insert(alias),
    };
    Ok(Json::from([
        ("stateMachineAliasArn", Json::from(alias.arn.clone())),
        ("creationDate", time(alias.created)),
    ]))
}
