//! What checking found as SARIF 2.1.0, which editors and code scanning read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::findings::{Findings, Place};
use crate::asl::{Diagnostic, Severity, codes, source};
use crate::lint::LINTS;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log with one run.
pub(super) fn log(findings: &[Findings]) -> String {
    let (rules, indices) = rules(findings);
    let mut results = Vec::new();
    for found in findings {
        let uri = uri(&found.definition.source.name);
        for (diagnostic, place) in found.placed() {
            results.push(result(diagnostic, &place, &uri, indices[diagnostic.code]));
        }
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "sfn-run",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

/// The rules that are broken, in the order of their codes, and where each stands.
fn rules(findings: &[Findings]) -> (Vec<Value>, BTreeMap<&'static str, usize>) {
    let lints = LINTS.iter().map(|lint| (lint.name, lint.summary));
    let codes = codes::ALL.iter().chain(source::CODES).copied();
    let about: BTreeMap<_, _> = codes.chain(lints).collect();
    let mut broken: BTreeMap<&'static str, usize> = findings
        .iter()
        .flat_map(|found| &found.diagnostics)
        .map(|diagnostic| (diagnostic.code, 0))
        .collect();
    let mut rules = Vec::with_capacity(broken.len());
    for (index, (code, at)) in broken.iter_mut().enumerate() {
        *at = index;
        let about = about
            .get(code)
            .copied()
            .unwrap_or("A rule of the States Language.");
        rules.push(json!({
            "id": code,
            "shortDescription": { "text": about },
            "help": { "text": about },
        }));
    }
    (rules, broken)
}

fn result(diagnostic: &Diagnostic, place: &Place, uri: &str, rule: usize) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": level,
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri },
                "region": {
                    "startLine": place.start.0,
                    "startColumn": place.start.1,
                    "endLine": place.end.0,
                    "endColumn": place.end.1,
                },
            },
            "logicalLocations": [{ "fullyQualifiedName": diagnostic.location }],
        }],
    })
}

/// The name of a file as a URI: relative as it is, or with a scheme.
fn uri(name: &str) -> String {
    let path = name
        .strip_prefix("file://")
        .unwrap_or(name)
        .replace('\\', "/");
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_uris() {
        assert_eq!(uri("a b/ü.json"), "a%20b/%C3%BC.json");
        assert_eq!(uri("/srv/m.json"), "file:///srv/m.json");
    }
}
