//! `ValidateStateMachineDefinition`

use std::sync::Arc;

use crate::asl::Severity;
use crate::aws::validation;
use crate::server::definition::rules_of;
use crate::server::input::Input;
use crate::server::wire::object;
use crate::server::{Answer, Service};
use crate::value::Json;

/// How many are told when the request does not say (API reference).
const DEFAULT: usize = 100;

pub(super) fn call(_service: &Arc<Service>, input: &Input) -> Answer {
    let least = match input.text("severity") {
        Some("WARNING") => Severity::Warning,
        _ => Severity::Error,
    };
    let most = match input.whole("maxResults").map(usize::try_from) {
        Some(Ok(most)) if most > 0 => most,
        _ => DEFAULT,
    };
    let text = input.required("definition");
    let found = validation::validate(text, rules_of(super::kind(input)), least, most);
    let diagnostics: Json = found
        .diagnostics
        .iter()
        .map(|finding| {
            Json::from(object([
                ("severity", Some(severity(finding.severity).into())),
                ("code", Some(finding.code.as_str().into())),
                ("message", Some(finding.message.as_str().into())),
                ("location", finding.location.as_deref().map(Json::from)),
            ]))
        })
        .collect();
    Ok(Json::from([
        (
            "result",
            Json::from(if found.is_ok { "OK" } else { "FAIL" }),
        ),
        ("diagnostics", diagnostics),
        ("truncated", found.truncated.into()),
    ]))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    }
}
