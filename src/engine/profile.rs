//! Where the service, the specification and practice differ: each difference is decided here and nowhere else.

use std::sync::Arc;

use super::event::{Profile, StateMachineType};
use super::failure::{Failure, errors};
use super::limits;
use crate::expr::FaultKind;
use crate::expr::jsonata::Limits;

impl Profile {
    /// How many bytes a payload may have.
    pub(super) fn payload_limit(self) -> usize {
        match self {
            Self::Aws => limits::PAYLOAD,
            Self::Relaxed | Self::Spec => usize::MAX,
        }
    }

    /// How many bytes all variables together may have.
    pub(super) fn variables_limit(self) -> usize {
        match self {
            Self::Aws => limits::VARIABLES,
            Self::Relaxed | Self::Spec => usize::MAX,
        }
    }

    /// A failure as long as it may be: the rest is cut off.
    pub(super) fn cut(self, failure: Failure) -> Failure {
        match self {
            Self::Aws => Failure {
                error: failure.error.map(|error| shortened(error, limits::ERROR)),
                cause: failure.cause.map(|cause| shortened(cause, limits::CAUSE)),
            },
            Self::Relaxed | Self::Spec => failure,
        }
    }

    /// Which event is the last one, and a failure.
    pub(super) fn history_limit(self, kind: StateMachineType) -> u64 {
        match (self, kind) {
            (Self::Aws, StateMachineType::Standard) => limits::HISTORY_EVENTS,
            (Self::Relaxed | Self::Spec, _) | (_, StateMachineType::Express) => u64::MAX,
        }
    }

    /// What the evaluation of a JSONata expression may cost.
    pub(super) fn query_limits(self) -> &'static Limits {
        const AWS: Limits = Limits::aws();
        const GENEROUS: Limits = Limits::generous();
        match self {
            Self::Aws => &AWS,
            Self::Relaxed | Self::Spec => &GENEROUS,
        }
    }

    /// The error's name for an expression without a value.
    ///
    /// The specification has names of its own for paths and intrinsic functions; the service says `States.Runtime`
    /// (conformance: `errors/path-not-found`, `intrinsics/failure-is-runtime`).
    pub(super) fn error_name(self, kind: FaultKind) -> &'static str {
        match (self, kind) {
            (Self::Spec, FaultKind::Path) => errors::PARAMETER_PATH_FAILURE,
            (Self::Spec, FaultKind::Intrinsic) => errors::INTRINSIC_FAILURE,
            (Self::Spec, FaultKind::Reference) => errors::RESULT_PATH_MATCH_FAILURE,
            (Self::Aws | Self::Relaxed, FaultKind::Path | FaultKind::Intrinsic) => errors::RUNTIME,
            (Self::Aws | Self::Relaxed, FaultKind::Reference) => errors::REFERENCE_PATH_CONFLICT,
            (_, FaultKind::Query) => errors::QUERY_EVALUATION_ERROR,
        }
    }

    /// The error's name when no rule of a Choice state matches and it has no `Default` (conformance: `choice/no-match`,
    /// `errors/names-of-the-specification`).
    pub(super) fn no_choice(self) -> &'static str {
        match self {
            Self::Aws | Self::Relaxed => errors::RUNTIME,
            Self::Spec => errors::NO_CHOICE_MATCHED,
        }
    }

    /// What the history calls it when a task does not report in time (conformance: `retry/heartbeat-timeout`).
    pub(super) fn heartbeat_error(self) -> &'static str {
        match self {
            Self::Aws | Self::Relaxed => errors::TIMEOUT,
            Self::Spec => errors::HEARTBEAT_TIMEOUT,
        }
    }

    /// Seconds that a task has when its state says nothing (States Language, § Timeouts and Heartbeats; the service waits).
    pub(super) fn default_timeout(self) -> Option<u32> {
        match self {
            Self::Aws | Self::Relaxed => None,
            Self::Spec => Some(60),
        }
    }
}

/// The first so many characters.
fn shortened(text: Arc<str>, most: usize) -> Arc<str> {
    // No text has more characters than bytes.
    if text.len() <= most {
        return text;
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].into(),
        None => text,
    }
}
