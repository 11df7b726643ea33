//! Parts of responses that several operations share.

use super::machines::{Configuration, Revision, Route};
use crate::aws::history::TimeFormat;
use crate::engine::StateMachineType;
use crate::value::{Json, Object, Text, Timestamp};

/// An object of the members that are there.
pub(super) fn object<const COUNT: usize>(members: [(&str, Option<Json>); COUNT]) -> Object {
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// A moment as the protocol writes it: seconds of the epoch.
pub(super) fn time(at: Timestamp) -> Json {
    TimeFormat::EpochSeconds.write(at)
}

pub(super) fn text(text: Option<&Text>) -> Option<Json> {
    text.map(|text| text.clone().into())
}

pub(super) fn kind(kind: StateMachineType) -> &'static str {
    match kind {
        StateMachineType::Standard => "STANDARD",
        StateMachineType::Express => "EXPRESS",
    }
}

pub(super) fn routes(routes: &[Route]) -> Json {
    routes
        .iter()
        .map(|route| {
            Json::from([
                ("stateMachineVersionArn", Json::from(route.version.clone())),
                ("weight", route.weight.into()),
            ])
        })
        .collect()
}

/// What a revision has to tell wherever a state machine is described.
pub(super) fn revision(revision: &Revision) -> Object {
    let Configuration {
        logging,
        tracing,
        encryption,
    } = &revision.configuration;
    let references = &revision.checked.references;
    let has_references = references
        .as_object()
        .is_some_and(|references| !references.is_empty());
    object([
        ("definition", Some(revision.checked.text.clone().into())),
        ("roleArn", Some(revision.role.clone().into())),
        ("loggingConfiguration", Some(logging.clone())),
        ("tracingConfiguration", Some(tracing.clone())),
        ("encryptionConfiguration", Some(encryption.clone())),
        ("revisionId", text(revision.id.as_ref())),
        (
            "variableReferences",
            has_references.then(|| references.clone()),
        ),
    ])
}

/// Puts members behind those of an object.
pub(super) fn with(mut object: Object, more: &Object) -> Json {
    for (name, value) in more.iter() {
        object.put(name, value.clone());
    }
    object.into()
}
