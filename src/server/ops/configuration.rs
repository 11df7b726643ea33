//! What `CreateStateMachine` and `UpdateStateMachine` read alike.

use crate::aws::{Code, Error};
use crate::server::input::Input;
use crate::server::machines::Configuration;
use crate::value::{Json, Text};

/// Logging, tracing and encryption; what is not said is as it was, or as the service has it.
pub(super) fn read(input: &Input, before: Option<&Configuration>) -> Result<Configuration, Error> {
    let logging = match (input.get("loggingConfiguration"), before) {
        (None, Some(before)) => before.logging.clone(),
        (said, _) => logging(said)?,
    };
    let tracing = match (input.get("tracingConfiguration"), before) {
        (Some(said), _) => said.clone(),
        (None, Some(before)) => before.tracing.clone(),
        (None, None) => Json::from([("enabled", Json::from(false))]),
    };
    let encryption = match (input.get("encryptionConfiguration"), before) {
        (None, Some(before)) => before.encryption.clone(),
        _ => encryption(input),
    };
    Ok(Configuration {
        logging,
        tracing,
        encryption,
    })
}

fn logging(said: Option<&Json>) -> Result<Json, Error> {
    let mut logging = said.and_then(Json::as_object).cloned().unwrap_or_default();
    for (member, value) in [
        ("level", Json::from("OFF")),
        ("includeExecutionData", false.into()),
    ] {
        if !logging.contains(member) {
            logging.insert(member, value);
        }
    }
    let is_off = logging.get("level").and_then(Json::as_str) == Some("OFF");
    let destinations = logging.get("destinations").and_then(Json::as_array);
    if is_off || destinations.is_some_and(|destinations| destinations.len() == 1) {
        return Ok(logging.into());
    }
    Err(Error::new(
        Code::InvalidLoggingConfiguration,
        "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    ))
}

/// The key that payloads would be encrypted with: told as it was said.
pub(super) fn encryption(input: &Input) -> Json {
    let default = || Json::from([("type", Json::from("AWS_OWNED_KEY"))]);
    input
        .get("encryptionConfiguration")
        .cloned()
        .unwrap_or_else(default)
}

/// A role's ARN. Nobody is asked whether there is such a role.
pub(super) fn role(input: &Input) -> Result<Option<Text>, Error> {
    let Some(role) = input.text("roleArn") else {
        return Ok(None);
    };
    let parts: Vec<_> = role.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", _, name] if name.starts_with("role/") => Ok(Some(role.into())),
        _ => Err(Error::new(
            Code::InvalidArn,
            format!("Invalid Role Arn: '{role}'"),
        )),
    }
}

/// Whether a version is to be published at once.
pub(super) fn wants_version(input: &Input) -> bool {
    input.flag("publish") == Some(true)
}

/// A version that is not published has no description.
pub(super) fn version_description(input: &Input) -> Result<(), Error> {
    if input.get("versionDescription").is_some() && !wants_version(input) {
        return Err(Error::validation(
            "Version description can only be set when publish is true",
        ));
    }
    Ok(())
}
