//! `ValidateStateMachineDefinition`

use std::sync::Arc;

use crate::asl::Severity;
use crate::server::definition::findings;
use crate::server::input::Input;
use crate::server::wire::object;
use crate::server::{Answer, Service};
use crate::value::Json;

/// How many are told when the request does not say (API reference).
const DEFAULT: usize = 100;

pub(super) fn call(_service: &Arc<Service>, input: &Input) -> Answer {
    let only_errors = input.text("severity") == Some("ERROR") || input.text("severity").is_none();
    let found = findings(input.required("definition"), super::kind(input));
    let failed = found
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    let told: Vec<_> = found
        .iter()
        .filter(|finding| !only_errors || finding.severity == Severity::Error)
        .collect();
    let limit = match input.whole("maxResults").map(usize::try_from) {
        Some(Ok(limit)) if limit > 0 => limit,
        _ => DEFAULT,
    };
    let diagnostics: Json = told
        .iter()
        .take(limit)
        .map(|finding| {
            Json::from(object([
                ("severity", Some(severity(finding.severity).into())),
                ("code", Some(finding.code.into())),
                ("message", Some(finding.message.as_str().into())),
                ("location", finding.location.as_deref().map(Json::from)),
            ]))
        })
        .collect();
    Ok(Json::from([
        ("result", Json::from(if failed { "FAIL" } else { "OK" })),
        ("diagnostics", diagnostics),
        ("truncated", (told.len() > limit).into()),
    ]))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    }
}
