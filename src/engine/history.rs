//! The history of an execution: typed events, in the order and with the links that the service gives them.
//!
//! Ids count from 1. Each event points at the one before it in its own branch; see `frame.rs` for how the two threads
//! of a branch (`chain` and `leaf`) are kept. The wire form is in [`crate::aws::history`].

use std::sync::Arc;

use super::{Failure, Identity, TaskRequest};
use crate::asl::StateType;
use crate::value::{Json, Object, Text, Timestamp};

/// One event of a history.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    /// Its number, from 1.
    pub id: u64,
    /// The number of the event before it in its branch; 0 when there is none.
    pub previous: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What it tells.
    pub details: Details,
}

/// What an event tells.
///
/// Events of tasks are named after what happened; whether they appear as `Task…`, `LambdaFunction…` or `Activity…`
/// follows from the request's resource.
#[derive(Clone, Debug)]
pub enum Details {
    /// `ExecutionStarted`
    ExecutionStarted {
        /// The input.
        input: Json,
        /// The input as its sender spelled it.
        input_text: Option<Text>,
        /// Who the execution is, its role among other things.
        identity: Arc<Identity>,
    },
    /// `ExecutionSucceeded`
    ExecutionSucceeded {
        /// The output.
        output: Json,
    },
    /// `ExecutionFailed`
    ExecutionFailed(Failure),
    /// `ExecutionAborted`
    ExecutionAborted(Failure),
    /// `ExecutionTimedOut`
    ExecutionTimedOut(Failure),
    /// `ExecutionRedriven`
    ExecutionRedriven {
        /// How often that has happened, this time included.
        redrive_count: u32,
    },
    /// `PassStateEntered` and its kin.
    StateEntered {
        /// The type of the state.
        state_type: StateType,
        /// The name of the state.
        name: Text,
        /// The raw input.
        input: Json,
    },
    /// `PassStateExited` and its kin.
    StateExited {
        /// The type of the state.
        state_type: StateType,
        /// The name of the state.
        name: Text,
        /// The output.
        output: Json,
        /// The variables that the state assigned.
        assigned: Option<Object>,
    },
    /// `TaskStateAborted`, `MapStateAborted`, `ParallelStateAborted`, `WaitStateAborted`: cut short by a failure beside it.
    StateAborted {
        /// The type of the state.
        state_type: StateType,
    },
    /// `TaskScheduled`, `LambdaFunctionScheduled`, `ActivityScheduled`
    TaskScheduled(Arc<TaskRequest>),
    /// `LambdaFunctionScheduleFailed`, `ActivityScheduleFailed`, `TaskStartFailed`
    TaskScheduleFailed(Arc<TaskRequest>, Failure),
    /// `TaskStarted`, `LambdaFunctionStarted`, `ActivityStarted`
    TaskStarted {
        /// The attempt.
        request: Arc<TaskRequest>,
        /// Who works on it: activities only.
        worker: Option<Arc<str>>,
    },
    /// `TaskSubmitFailed`
    TaskSubmitFailed(Arc<TaskRequest>, Failure),
    /// `TaskSubmitted`
    TaskSubmitted {
        /// The attempt.
        request: Arc<TaskRequest>,
        /// What the service answered.
        output: Json,
    },
    /// `TaskSucceeded`, `LambdaFunctionSucceeded`, `ActivitySucceeded`
    TaskSucceeded {
        /// The attempt.
        request: Arc<TaskRequest>,
        /// What came back.
        output: Json,
    },
    /// `TaskFailed`, `LambdaFunctionFailed`, `ActivityFailed`
    TaskFailed(Arc<TaskRequest>, Failure),
    /// `TaskTimedOut`, `LambdaFunctionTimedOut`, `ActivityTimedOut`
    TaskTimedOut(Arc<TaskRequest>, Failure),
    /// `ParallelStateStarted`
    ParallelStateStarted,
    /// `ParallelStateSucceeded`
    ParallelStateSucceeded,
    /// `ParallelStateFailed`
    ParallelStateFailed,
    /// `MapStateStarted`
    MapStateStarted {
        /// How many items there are.
        length: u32,
    },
    /// `MapStateSucceeded`
    MapStateSucceeded,
    /// `MapStateFailed`
    MapStateFailed,
    /// `MapIterationStarted`
    MapIterationStarted {
        /// The name of the Map state.
        name: Text,
        /// Which item, from 0.
        index: u32,
    },
    /// `MapIterationSucceeded`
    MapIterationSucceeded {
        /// The name of the Map state.
        name: Text,
        /// Which item, from 0.
        index: u32,
    },
    /// `MapIterationFailed`
    MapIterationFailed {
        /// The name of the Map state.
        name: Text,
        /// Which item, from 0.
        index: u32,
    },
    /// `MapIterationAborted`
    MapIterationAborted {
        /// The name of the Map state.
        name: Text,
        /// Which item, from 0.
        index: u32,
    },
    /// `EvaluationFailed`
    EvaluationFailed {
        /// The error and its cause.
        failure: Box<Failure>,
        /// The field, such as `Output/v`.
        location: Option<Text>,
        /// The name of the state.
        state: Text,
    },
}

/// Histories are long, and kept.
const _: () = assert!(size_of::<HistoryEvent>() <= 88);

impl Details {
    /// Whether the event tells of something that went wrong.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::ExecutionFailed(_)
                | Self::ExecutionAborted(_)
                | Self::ExecutionTimedOut(_)
                | Self::StateAborted { .. }
                | Self::TaskScheduleFailed(..)
                | Self::TaskSubmitFailed(..)
                | Self::TaskFailed(..)
                | Self::TaskTimedOut(..)
                | Self::ParallelStateFailed
                | Self::MapStateFailed
                | Self::MapIterationFailed { .. }
                | Self::MapIterationAborted { .. }
                | Self::EvaluationFailed { .. }
        )
    }
}
