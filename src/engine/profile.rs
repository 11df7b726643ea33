//! Where the service, the specification and practice differ: each difference is decided here and nowhere else.

use super::event::{Profile, StateMachineType};
use super::failure::errors;
use super::limits;
use crate::expr::FaultKind;

impl Profile {
    /// How many bytes a payload may have.
    pub(super) fn payload_limit(self) -> usize {
        match self {
            Self::Aws => limits::PAYLOAD,
            Self::Relaxed => usize::MAX,
        }
    }

    /// Which event is the last one, and a failure.
    pub(super) fn history_limit(self, kind: StateMachineType) -> u64 {
        match (self, kind) {
            (Self::Aws, StateMachineType::Standard) => limits::HISTORY_EVENTS,
            (Self::Relaxed, _) | (_, StateMachineType::Express) => u64::MAX,
        }
    }

    /// The error's name for an expression without a value.
    ///
    /// The specification has names of its own for paths and intrinsic functions; the service says `States.Runtime`
    /// (conformance: `errors/path-not-found`, `intrinsics/failure-is-runtime`).
    pub(super) fn error_name(self, kind: FaultKind) -> &'static str {
        match kind {
            FaultKind::Path | FaultKind::Intrinsic => errors::RUNTIME,
            FaultKind::Reference => errors::REFERENCE_PATH_CONFLICT,
            FaultKind::Query => errors::QUERY_EVALUATION_ERROR,
        }
    }
}
