//! Definitions as the service takes them: what is wrong with one becomes the refusal of a request.

use std::sync::Arc;

use super::references;
use crate::asl::MachineType;
use crate::aws::{Code, Error, validation};
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
    let refused = |message: String| Error::new(Code::InvalidDefinition, message);
    if let Some(message) = validation::refusal(text, rules_of(kind)) {
        return Err(refused(message));
    }
    // The language allows it, and it cannot be run yet.
    let machine = Machine::parse(text).map_err(|wrong| {
        let told: Vec<_> = wrong.iter().map(|each| each.message.as_str()).collect();
        refused(format!(
            "Invalid State Machine Definition: '{}'",
            told.join(", ")
        ))
    })?;
    let references = references::of(machine.definition());
    Ok(Checked {
        text: text.into(),
        machine: Arc::new(machine),
        references,
    })
}

/// The type of workflow whose rules hold.
pub(super) fn rules_of(kind: StateMachineType) -> MachineType {
    match kind {
        StateMachineType::Standard => MachineType::Standard,
        StateMachineType::Express => MachineType::Express,
    }
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
