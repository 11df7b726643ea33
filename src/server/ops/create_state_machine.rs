//! `CreateStateMachine: the same request again is answered again.`

use std::sync::Arc;

use super::configuration;
use crate::aws::{Code, Error};
use crate::server::definition;
use crate::server::input::Input;
use crate::server::machines::{Revision, StateMachine, Tags, add_tags};
use crate::server::wire::{object, text, time};
use crate::server::{Answer, Service};
use crate::value::{Text, Timestamp};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let name = input.name()?.unwrap_or_default();
    let configuration = configuration::read(input, None)?;
    configuration::version_description(input)?;
    let role = configuration::role(input)?.unwrap_or_default();
    let kind = super::kind(input);
    let checked = definition::check(input.required("definition"), kind)?;
    let now = service.now();
    let revision = Revision {
        id: None,
        updated: now,
        checked,
        role,
        configuration,
    };
    let machine = made(service, input, name, revision, now)?;
    let mut book = service.book();
    let machine = match book.machines.get_mut(&machine.name) {
        // "roleArn and tags" do not count (API reference, `CreateStateMachine`).
        Some(known) if is_same(known, &machine) => known,
        Some(known) => {
            return Err(Error::new(
                Code::StateMachineAlreadyExists,
                format!("State Machine Already Exists: '{}'", known.arn),
            ));
        }
        None => book.machines.entry(machine.name.clone()).or_insert(machine),
    };
    let version = configuration::wants_version(input)
        .then(|| machine.publish(input.owned("versionDescription"), now));
    Ok(object([
        ("stateMachineArn", Some(machine.arn.clone().into())),
        ("creationDate", Some(time(machine.created))),
        (
            "stateMachineVersionArn",
            text(version.as_ref().map(|version| &version.arn)),
        ),
    ])
    .into())
}

fn made(
    service: &Service,
    input: &Input,
    name: Text,
    revision: Revision,
    now: Timestamp,
) -> Result<StateMachine, Error> {
    let arn = service.place.state_machine(&name);
    let mut tags = Tags::new();
    add_tags(&mut tags, input.get("tags"), &arn)?;
    Ok(StateMachine {
        arn,
        name,
        kind: super::kind(input),
        created: now,
        tags,
        current: Arc::new(revision),
        versions: Default::default(),
        aliases: Default::default(),
        published: 0,
    })
}

fn is_same(known: &StateMachine, wanted: &StateMachine) -> bool {
    let (known_revision, wanted_revision) = (&known.current, &wanted.current);
    known.kind == wanted.kind
        && known_revision.checked.text == wanted_revision.checked.text
        && known_revision.configuration == wanted_revision.configuration
}
