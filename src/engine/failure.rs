//! How work goes wrong, as the States Language tells it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An error name and a human-readable cause: the execution's own kind of error.
///
/// Retriers and catchers match on `error`; `cause` only reports. Either can be absent: the service records a failed
/// task with neither, and a Fail state need not give any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The name, such as `States.Timeout` or a name of the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Arc<str>>,
    /// What happened, in words or as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Arc<str>>,
}

impl Failure {
    /// A failure with a name and a cause.
    pub fn new(error: impl Into<Arc<str>>, cause: impl Into<Arc<str>>) -> Self {
        Self {
            error: Some(error.into()),
            cause: Some(cause.into()),
        }
    }

    /// A failure with a name alone.
    pub fn named(error: impl Into<Arc<str>>) -> Self {
        Self {
            error: Some(error.into()),
            cause: None,
        }
    }

    /// The name; empty when there is none.
    #[must_use]
    pub fn error(&self) -> &str {
        self.error.as_deref().unwrap_or_default()
    }

    /// The cause; empty when there is none.
    #[must_use]
    pub fn cause(&self) -> &str {
        self.cause.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error.as_deref().unwrap_or("an unnamed error"))?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

/// The error names of the States Language and the service, each spelled once.
pub mod errors {
    /// A wildcard in `ErrorEquals`.
    pub const ALL: &str = "States.ALL";
    /// A wildcard in `ErrorEquals` for everything but timeouts; also the name of a failed job.
    pub const TASK_FAILED: &str = "States.TaskFailed";
    /// A task or an execution took too long.
    pub const TIMEOUT: &str = "States.Timeout";
    /// A task did not report in time.
    pub const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
    /// The machine itself is wrong: never retried, never caught.
    pub const RUNTIME: &str = "States.Runtime";
    /// A payload is too large.
    pub const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
    /// A JSONata expression has no acceptable value.
    pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
    /// A Reference Path cannot be applied, in the service's words.
    pub const REFERENCE_PATH_CONFLICT: &str = "States.ReferencePathConflict";
    /// A Reference Path cannot be applied, in the specification's words.
    pub const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
    /// A path finds nothing, in the specification's words.
    pub const PARAMETER_PATH_FAILURE: &str = "States.ParameterPathFailure";
    /// An intrinsic function failed, in the specification's words.
    pub const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
    /// No rule of a Choice state matched, in the specification's words.
    pub const NO_CHOICE_MATCHED: &str = "States.NoChoiceMatched";
}
