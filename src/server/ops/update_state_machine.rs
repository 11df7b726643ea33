//! `UpdateStateMachine: makes a new revision where the definition or the role changes.`

use std::sync::Arc;

use super::configuration;
use crate::aws::{ArnKind, Code, Error};
use crate::server::chance;
use crate::server::definition;
use crate::server::input::Input;
use crate::server::machines::Revision;
use crate::server::wire::{object, text, time};
use crate::server::{Answer, Service};
use crate::value::Text;

const MISSING: &str = "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified";

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.arn("stateMachineArn", &[ArnKind::StateMachine])?;
    let named = input.required("stateMachineArn");
    // The definition is checked without holding the book: it can be large.
    let (kind, before) = {
        let mut book = service.book();
        let machine = book.named(&arn, named)?;
        (machine.kind, machine.current.clone())
    };
    if CHANGES.iter().all(|member| input.get(member).is_none()) {
        return Err(Error::new(Code::MissingRequiredParameter, MISSING));
    }
    let configuration = configuration::read(input, Some(&before.configuration))?;
    configuration::version_description(input)?;
    let role = configuration::role(input)?;
    let checked = match input.text("definition") {
        Some(definition) => definition::check(definition, kind)?,
        None => before.checked.clone(),
    };
    let now = service.now();
    let mut book = service.book();
    let machine = book.named(&arn, named)?;
    let current = &machine.current;
    let role = role.unwrap_or_else(|| current.role.clone());
    let is_new = role != current.role || checked.text != current.checked.text;
    let id = if is_new {
        Some(Text::from(chance::uuid()))
    } else {
        current.id.clone()
    };
    machine.current = Arc::new(Revision {
        id,
        updated: now,
        checked,
        role,
        configuration,
    });
    let version = configuration::wants_version(input)
        .then(|| machine.publish(input.owned("versionDescription"), now));
    Ok(object([
        ("updateDate", Some(time(now))),
        ("revisionId", text(machine.current.id.as_ref())),
        (
            "stateMachineVersionArn",
            text(version.as_ref().map(|version| &version.arn)),
        ),
    ])
    .into())
}

const CHANGES: [&str; 5] = [
    "definition",
    "roleArn",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
];
