//! What the service says of a definition: `ValidateStateMachineDefinition`, and the refusal of `CreateStateMachine`.

use super::jackson;
use crate::asl::{Diagnostic, MachineType, Node, Resources, Rules, Severity, Told, codes};
use crate::machine::{Machine, Options};
use crate::value::Span;

/// The bytes that a definition may have (API reference, `CreateStateMachine`).
pub const LARGEST_DEFINITION: usize = 1_048_576;

/// The most diagnostics that one answer holds (API reference, `ValidateStateMachineDefinition`).
pub const MOST_RESULTS: usize = 100;

/// The answer of `ValidateStateMachineDefinition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    /// Whether the definition can be used: no diagnostic, told or not, is an error.
    pub is_ok: bool,
    /// What is wrong, in the service's order.
    pub diagnostics: Vec<Finding>,
    /// Whether there is more that is wrong.
    pub truncated: bool,
}

/// One entry of its `diagnostics`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The service's code.
    pub code: String,
    /// The service's words.
    pub message: String,
    /// The place in the machine; absent where the service names none.
    pub location: Option<String>,
}

/// Validates a text as the service does: those findings that are at least so bad, and at most so many.
#[must_use]
pub fn validate(text: &str, machine_type: MachineType, least: Severity, most: usize) -> Validation {
    let rules = Rules {
        machine_type,
        resources: Resources::Service,
        ..Rules::default()
    };
    let mut findings = findings(&diagnose(text, rules));
    let is_ok = findings.iter().all(|each| each.severity < Severity::Error);
    findings.retain(|each| each.severity >= least);
    let truncated = findings.len() > most;
    findings.truncate(most);
    Validation {
        is_ok,
        diagnostics: findings,
        truncated,
    }
}

/// The message of the `InvalidDefinition` with which the service refuses a definition; `None` where it does not.
#[must_use]
pub fn refusal(text: &str, machine_type: MachineType) -> Option<String> {
    let found = validate(text, machine_type, Severity::Error, usize::MAX);
    (!found.is_ok).then(|| refused(&found.diagnostics))
}

/// The message of `InvalidDefinition` for these findings.
#[must_use]
pub fn refused(findings: &[Finding]) -> String {
    let told: Vec<_> = findings.iter().map(Finding::to_string).collect();
    format!("Invalid State Machine Definition: '{}'", told.join(", "))
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let location = self.location.as_deref().unwrap_or("null");
        write!(f, "{}: {} at {location}", self.code, self.message)
    }
}

/// Everything that is wrong with a text of JSON, held to these rules.
fn diagnose(text: &str, rules: Rules) -> Vec<Diagnostic> {
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    if text.len() > LARGEST_DEFINITION {
        let message = format!("the definition has more than {LARGEST_DEFINITION} bytes");
        let told =
            format!("Definition must have length less than or equal to {LARGEST_DEFINITION}");
        return vec![Diagnostic::error(codes::TOO_LARGE, "/", whole, message).told_at(None, told)];
    }
    if text.trim().is_empty() {
        let message = "the definition is empty";
        let told = "Definition must be a valid JSON object";
        return vec![Diagnostic::error(codes::WRONG_TYPE, "/", whole, message).told_at(None, told)];
    }
    match Node::from_json(text.as_bytes()) {
        Ok(node) => Machine::check(&node, rules, Options::default()).1,
        Err(error) => {
            let at = Span {
                start: error.offset,
                end: error.offset + 1,
            };
            let diagnostic = Diagnostic::error(codes::INVALID_JSON, "/", at, error.message);
            vec![match jackson::problem(text) {
                Some(problem) => diagnostic.told_at(Some(problem.location()), problem.message()),
                None => diagnostic,
            }]
        }
    }
}

/// What the service says: its words, in its order, missing fields of one object at once.
#[must_use]
pub fn findings(diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|each| rank(each.code));
    let mut found: Vec<Finding> = Vec::with_capacity(ordered.len());
    let mut missing: Vec<(&str, Vec<&'static str>, usize)> = Vec::new();
    for each in ordered {
        if let Some(Told::Missing(field)) = each.told.as_deref() {
            // The missing fields of an object are told one after the other.
            if let Some((location, fields, _)) = missing.last_mut()
                && *location == each.location
            {
                fields.push(field);
                continue;
            }
            missing.push((&each.location, vec![field], found.len()));
        }
        found.push(finding(each));
    }
    for (_, mut fields, at) in missing {
        fields.sort_by_key(|field| bucket(field));
        found[at].message = format!("These fields are required: [{}]", fields.join(", "));
    }
    found
}

fn finding(diagnostic: &Diagnostic) -> Finding {
    let (message, location) = match diagnostic.told.as_deref() {
        Some(Told::Words { message, location }) => (message.clone(), location.clone()),
        Some(Told::Missing(_)) | None => (
            diagnostic.message.clone(),
            Some(diagnostic.location.clone()),
        ),
    };
    Finding {
        severity: diagnostic.severity,
        code: codes::of_service(diagnostic.code).to_owned(),
        message,
        location,
    }
}

/// The service looks at the fields first, then at where transitions lead, then at what they leave out (observed).
fn rank(code: &str) -> u8 {
    match code {
        codes::START_NOT_FOUND | codes::NEXT_NOT_FOUND => 1,
        codes::UNREACHABLE_STATE | codes::NO_TERMINAL_STATE => 2,
        _ => 0,
    }
}

/// Where a text stands in a hash set of Java's, whose order the service tells missing fields in.
fn bucket(text: &str) -> u32 {
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    });
    (hash ^ (hash >> 16)) & 15
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(machine: &str, expected: &str) {
        let found = refusal(machine, MachineType::Standard).unwrap_or_default();
        let told = format!("Invalid State Machine Definition: '{expected}'");
        assert_eq!(found, told, "{machine}");
    }

    #[test]
    fn fields_that_are_missing_are_told_at_once() {
        check(
            "{}",
            "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /",
        );
    }

    #[test]
    fn a_text_that_is_no_object_has_no_place() {
        let told = "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null";
        check(" ", told);
        check("[]", told);
    }

    #[test]
    fn transitions_come_before_the_end_that_is_missing() {
        check(
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"NOPE"}}}"#,
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null",
        );
    }

    #[test]
    fn a_template_is_told_at_the_object_around() {
        check(
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"b":[{"c.$":"no path"}]},"End":true}}}"#,
            "SCHEMA_VALIDATION_FAILED: The value for the field 'c.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters/b[0]",
        );
    }

    #[test]
    fn an_answer_holds_what_was_asked_for() {
        let machine = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"$.a","X":1,"Y":1,"End":true}}}"#;
        let validated = |least, most| validate(machine, MachineType::Standard, least, most);
        let all = validated(Severity::Warning, MOST_RESULTS);
        assert_eq!(
            (all.diagnostics.len(), all.truncated, all.is_ok),
            (3, false, false)
        );
        let errors = validated(Severity::Error, 1);
        assert_eq!((errors.diagnostics.len(), errors.truncated), (1, true));
    }

    #[test]
    fn a_deep_definition_is_refused_and_not_followed() {
        let mut machine = r#"{"StartAt":"x","States":{"x":{"Type":"Succeed"}}}"#.to_owned();
        for depth in 0..300 {
            machine = format!(
                r#"{{"StartAt":"{depth}","States":{{"{depth}":{{"Type":"Map","End":true,"ItemProcessor":{machine}}}}}}}"#
            );
        }
        let found = validate(
            &machine,
            MachineType::Standard,
            Severity::Error,
            MOST_RESULTS,
        );
        let codes: Vec<_> = found
            .diagnostics
            .iter()
            .map(|each| each.code.as_str())
            .collect();
        assert_eq!(codes, ["TOO_DEEPLY_NESTED"]);
    }
}
