//! Definitions as the service takes them: what is wrong with one becomes the refusal of a request.

use std::sync::Arc;

use super::references;
use crate::asl::{Diagnostic, Pattern, Resource, ResourceKind, Severity};
use crate::aws::{Code, Error, jackson};
use crate::engine::StateMachineType;
use crate::machine::Machine;
use crate::value::{Json, Text};

/// A definition that can be run.
#[derive(Clone)]
pub(super) struct Checked {
    /// As it was sent.
    pub(super) text: Text,
    pub(super) machine: Arc<Machine>,
    /// Which variables each state refers to.
    pub(super) references: Json,
}

/// Reads a definition.
///
/// # Errors
/// `InvalidDefinition` with everything that is wrong.
pub(super) fn check(text: &str, kind: StateMachineType) -> Result<Checked, Error> {
    let found = match Machine::parse(text) {
        Ok(machine) => Ok(machine),
        Err(diagnostics) => Err(diagnostics.iter().filter_map(Finding::of).collect()),
    };
    let machine = found.map_err(|findings: Vec<Finding>| invalid(&findings))?;
    let refused = match kind {
        StateMachineType::Standard => Vec::new(),
        StateMachineType::Express => express(machine.definition()),
    };
    if !refused.is_empty() {
        return Err(invalid(&refused));
    }
    let references = references::of(machine.definition());
    Ok(Checked {
        text: text.into(),
        machine: Arc::new(machine),
        references,
    })
}

/// Something wrong with a definition, as the service tells it.
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) location: Option<String>,
}

impl Finding {
    /// What the service makes of one of our diagnostics.
    fn of(diagnostic: &Diagnostic) -> Option<Self> {
        let code = match diagnostic.code {
            "invalid-json" => "INVALID_JSON_DESCRIPTION",
            "next-not-found" | "start-not-found" | "unreachable-state" => {
                "MISSING_TRANSITION_TARGET"
            }
            "no-terminal-state" => "MISSING_END_STATE",
            "duplicate-state" => "DUPLICATE_STATE_NAME",
            "invalid-name" => "INVALID_STATE_NAME",
            _ => "SCHEMA_VALIDATION_FAILED",
        };
        (diagnostic.severity == Severity::Error).then(|| Self {
            severity: diagnostic.severity,
            code,
            message: diagnostic.message.clone(),
            location: Some(diagnostic.location.clone()),
        })
    }
}

/// Everything that the service says of a definition of that kind.
pub(super) fn findings(text: &str, kind: StateMachineType) -> Vec<Finding> {
    if let Err(problem) = jackson::parse(text)
        && !text.trim().is_empty()
    {
        return vec![Finding {
            severity: Severity::Error,
            code: "INVALID_JSON_DESCRIPTION",
            message: problem,
            location: None,
        }];
    }
    match Machine::parse(text) {
        Ok(machine) if kind == StateMachineType::Express => express(machine.definition()),
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics.iter().filter_map(Finding::of).collect(),
    }
}

fn invalid(findings: &[Finding]) -> Error {
    let told: Vec<_> = findings
        .iter()
        .map(|finding| {
            let location = finding.location.as_deref().unwrap_or("null");
            format!("{}: {} at {location}", finding.code, finding.message)
        })
        .collect();
    let told = told.join(", ");
    Error::new(
        Code::InvalidDefinition,
        format!("Invalid State Machine Definition: '{told}'"),
    )
}

/// What express state machines cannot do (developer guide, "Choosing workflow type").
fn express(definition: &Json) -> Vec<Finding> {
    references::states(definition)
        .iter()
        .filter_map(|found| {
            let resource = Resource::parse(found.state.get("Resource")?.as_str()?);
            // The first text ends in a space on AWS too.
            let what = match (resource.kind == ResourceKind::Activity, resource.pattern()) {
                (true, _) => "Activity ARN",
                (_, Pattern::WaitForTaskToken) => "'.waitForTaskToken' service integration ",
                (_, Pattern::Sync | Pattern::Sync2) => "'.sync' service integration",
                (_, Pattern::RequestResponse) => return None,
            };
            Some(Finding {
                severity: Severity::Error,
                code: "SCHEMA_VALIDATION_FAILED",
                message: format!("Express state machine does not support {what}"),
                location: Some(format!("{}/Resource", found.location)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: StateMachineType, resource: &str, expected: Option<&str>) {
        let definition = format!(
            r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","End":true}}}}}}"#
        );
        let refused = super::check(&definition, kind).err();
        assert_eq!(
            refused.as_ref().map(|error| error.message.as_str()),
            expected
        );
    }

    #[test]
    fn express_machines_have_no_jobs_callbacks_and_activities() {
        let sync = "arn:aws:states:::states:startExecution.sync";
        check(StateMachineType::Standard, sync, None);
        check(
            StateMachineType::Express,
            sync,
            Some(
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration at /States/T/Resource'",
            ),
        );
        check(
            StateMachineType::Express,
            "arn:aws:states:::sqs:sendMessage",
            None,
        );
        check(
            StateMachineType::Express,
            "arn:aws:states:us-east-1:123456789012:activity:a",
            Some(
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/T/Resource'",
            ),
        );
    }
}
