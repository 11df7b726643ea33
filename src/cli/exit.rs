//! Exit codes: an interface to scripts, and so kept.

use std::process::ExitCode;

use crate::engine::Outcome;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the execution succeeded, the definitions have no error, all cases passed.
    Success,
    /// 1: the execution failed, or a case did.
    Failed,
    /// 2: the command was used wrongly, a file cannot be read, or a definition is invalid.
    Usage,
    /// 3: the execution timed out.
    TimedOut,
    /// 4: the execution was aborted.
    Aborted,
    /// 130: a signal ended it: Ctrl-C, SIGTERM, or SIGHUP of a terminal that was closed.
    Interrupted,
    /// 74: the work was done, but what it came to could not be written.
    Unwritten,
    /// 70: a bug in us.
    Bug,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::TimedOut => 3,
            Self::Aborted => 4,
            Self::Interrupted => 130,
            Self::Unwritten => 74,
            Self::Bug => 70,
        }
    }
}

impl From<&Outcome> for Exit {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded(_) => Self::Success,
            Outcome::Failed(_) => Self::Failed,
            Outcome::TimedOut(_) => Self::TimedOut,
            Outcome::Aborted(_) => Self::Aborted,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
