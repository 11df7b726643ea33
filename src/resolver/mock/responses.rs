//! What a mock says to each of its calls.

use std::time::Duration;

use crate::resolver::Answer;

/// What is said to one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Mocked {
    /// After which time it is said, by the driver's clock: `AfterSeconds`, which only this engine knows.
    pub delay: Duration,
    /// `Return` or `Throw`.
    pub answer: Answer,
}

/// Answers to successive calls, numbered from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Ranges that do not overlap, in order: first call, last call, answer.
    pub(super) ranges: Vec<(u32, u32, Mocked)>,
}

impl Script {
    /// What is said to that call.
    #[must_use]
    pub fn get(&self, call: u32) -> Option<&Mocked> {
        let at = self.ranges.partition_point(|(_, last, _)| *last < call);
        let (first, _, mocked) = self.ranges.get(at)?;
        (*first <= call).then_some(mocked)
    }
}

/// One member of `MockedResponses`.
///
/// `Iterations`, which only this engine knows, gives the iterations of a Map their own answers: its members are named by
/// an iteration `"0"` or several `"1-5"`, and each holds answers to the calls that this iteration makes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Responses {
    pub(super) calls: Script,
    pub(super) iterations: Vec<(u32, u32, Script)>,
}

impl Responses {
    /// The answers for a call from that iteration, and whether its calls are counted apart from the others'.
    #[must_use]
    pub fn script(&self, iteration: Option<u32>) -> (&Script, bool) {
        let own = iteration.and_then(|index| {
            let at = self
                .iterations
                .partition_point(|(_, last, _)| *last < index);
            self.iterations
                .get(at)
                .filter(|(first, ..)| *first <= index)
        });
        own.map_or((&self.calls, false), |(_, _, script)| (script, true))
    }
}
