//! The Task state.

use super::reader::{Reader, Spanned};
use super::state::amount;
use super::{Amount, Diagnostic, Node, QueryLanguage, codes};
use crate::value::Text;

/// What a Task state has of its own.
#[derive(Clone, Debug)]
pub struct Task {
    /// `Resource`
    pub resource: Spanned<Text>,
    /// `Credentials`
    pub credentials: Option<Node>,
    /// `TimeoutSeconds`, `TimeoutSecondsPath`
    pub timeout: Option<Amount>,
    /// `HeartbeatSeconds`, `HeartbeatSecondsPath`
    pub heartbeat: Option<Amount>,
}

/// Reads `Credentials`, which names a role.
fn credentials(reader: &mut Reader<'_>) -> Option<Node> {
    let node = reader.object("Credentials")?;
    if node.get("RoleArn").is_none() && node.get("RoleArn.$").is_none() {
        let location = reader.at("Credentials");
        let message = "`Credentials` must have a `RoleArn`";
        let diagnostic = Diagnostic::error(codes::MISSING_FIELD, location, node.span, message);
        reader.report(diagnostic.told("The field 'RoleArn' is required but was missing"));
    }
    Some(node.clone())
}

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Option<Task> {
    let resource = reader.required_text("Resource");
    let credentials = credentials(reader);
    let timeout = amount(reader, "TimeoutSeconds", "TimeoutSecondsPath", 1, language);
    let heartbeat = amount(
        reader,
        "HeartbeatSeconds",
        "HeartbeatSecondsPath",
        1,
        language,
    );
    if let (Some(Amount::Literal(timeout)), Some(Amount::Literal(heartbeat))) =
        (&timeout, &heartbeat)
        && heartbeat.value >= timeout.value
    {
        let message = format!(
            "`HeartbeatSeconds` ({}) must be less than `TimeoutSeconds` ({})",
            heartbeat.value, timeout.value
        );
        let location = reader.at("HeartbeatSeconds");
        let code = codes::OUT_OF_RANGE;
        let diagnostic = Diagnostic::error(code, location, heartbeat.span, message);
        reader.report(diagnostic.told("HeartbeatSeconds must be smaller than TimeoutSeconds"));
    }
    let resource = resource?;
    if language == QueryLanguage::Jsonata
        && resource.value.starts_with("{%")
        && resource.value.ends_with("%}")
    {
        let location = reader.at("Resource");
        let message = "`Resource` must be written down, it cannot be an expression";
        reader.report(Diagnostic::error(
            codes::WRONG_TYPE,
            location,
            resource.span,
            message,
        ));
    }
    if resource.value.is_empty() {
        let location = reader.at("Resource");
        let message = "`Resource` must not be empty";
        let diagnostic = Diagnostic::error(codes::EMPTY, location, resource.span, message);
        reader.report(diagnostic.told("Value cannot be empty"));
    }
    Some(Task {
        resource,
        credentials,
        timeout,
        heartbeat,
    })
}
