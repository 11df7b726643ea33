//! Signs that tell types and endings apart without colour: lines in a square of 16.

use super::Ended;
use crate::asl::StateType;

/// The sign of a type of state.
pub(super) const fn of_type(state_type: StateType) -> &'static str {
    match state_type {
        StateType::Task => "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
        StateType::Choice => "M8 1.5 14.5 8 8 14.5 1.5 8z",
        StateType::Parallel => "M3.5 2.5v11M8 2.5v11M12.5 2.5v11",
        StateType::Map => "M2 5.5h8.5V14H2zM5.5 5.5V2H14v8.5h-3.5",
        StateType::Pass => "M2 8h11.5M9 3.5 13.5 8 9 12.5",
        StateType::Wait => "M8 1.8a6.2 6.2 0 1 0 .01 0zM8 4.5V8l2.5 1.8",
        StateType::Succeed => "M2.8 8.6 6.4 12.2 13.2 4.4",
        StateType::Fail => "M3.6 3.6l8.8 8.8M12.4 3.6 3.6 12.4",
    }
}

/// The sign of an ending.
pub(super) const fn of_ending(ended: Ended) -> &'static str {
    match ended {
        Ended::NotReached => "",
        Ended::Succeeded => "M3.5 8.5 6.8 11.8 12.5 5",
        Ended::Caught => "M3.5 11A5 5 0 0 1 12.4 7M12.8 3.2V7.4H8.6",
        Ended::Running => "M3.6 8h.01M8 8h.01M12.4 8h.01",
        Ended::Aborted => "M4 8h8",
        Ended::TimedOut => "M4.5 3.5h7L4.5 12.5h7z",
        Ended::Failed => "M4.4 4.4l7.2 7.2M11.6 4.4l-7.2 7.2",
    }
}
