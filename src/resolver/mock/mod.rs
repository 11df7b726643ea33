//! Answers from a file, as Step Functions Local reads them.
//!
//! ```
//! use sfn::resolver::MockFile;
//!
//! let file = MockFile::parse(br#"{
//!     "StateMachines": { "Billing": { "TestCases": { "SecondTry": { "Charge": "BusyOnce" } } } },
//!     "MockedResponses": { "BusyOnce": {
//!         "0": { "Throw": { "Error": "Busy", "Cause": "come back later" } },
//!         "1": { "Return": { "receipt": 7 } }
//!     } }
//! }"#).expect("the file is well-formed");
//! let mock = file.mock("Billing", "SecondTry").expect("there is such a case");
//! assert_eq!(mock.states().collect::<Vec<_>>(), ["Charge"]);
//! ```

mod file;
mod responses;

pub use file::{MockError, MockFile};
pub use responses::{Mocked, Responses};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Answer, Call, Ends, Registry, Resolver, Updates};
use crate::engine::{Failure, Iteration, TaskRequest, errors};
use crate::value::{Json, Text};

/// The answers of one test case, for one execution: it counts how often each state has called.
///
/// - A state of the test case is answered by its mock: the first call by response `"0"`, and so on over retries and
///   visits. Calls of all iterations of a Map count together, as in Step Functions Local, but for those iterations that
///   the mock names itself ([`Responses`]).
/// - A call for which there is no response fails with `States.Runtime`, which no retrier and no catcher takes.
/// - Other states are left to another resolver, [`Mock::otherwise`].
/// - What is returned for a task that waits for its token, or for a job, is what the whole task comes to.
pub struct Mock {
    states: BTreeMap<Text, (Text, Arc<Responses>)>,
    calls: Mutex<BTreeMap<Caller, u32>>,
    otherwise: Arc<dyn Resolver>,
}

/// Whose calls are counted together: those of a state, or of one iteration of it.
type Caller = (Text, Vec<(Text, u32)>);

impl Mock {
    fn new(states: BTreeMap<Text, (Text, Arc<Responses>)>) -> Self {
        Self {
            states,
            calls: Mutex::default(),
            otherwise: Arc::new(Registry::new()),
        }
    }

    /// The names of the states that are answered.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.keys().map(Text::as_str)
    }

    /// Who answers the tasks of other states. Otherwise nobody does.
    #[must_use]
    pub fn otherwise(self, resolver: Arc<dyn Resolver>) -> Self {
        Self {
            otherwise: resolver,
            ..self
        }
    }

    /// A task that nobody answers may have been meant to be mocked.
    fn left_out(&self, request: &TaskRequest, call: Call) -> Call {
        match call {
            Call::Done(Err(failure)) if failure.error() == errors::RUNTIME => {
                let (state, cause) = (&request.state_name, failure.cause());
                let cause = format!("{cause}; or name the state '{state}' in the test case");
                Call::Done(Err(Failure::new(errors::RUNTIME, cause)))
            }
            call => call,
        }
    }

    /// Which call of the state this is, from 0, and what is said to it.
    fn response<'a>(
        &self,
        request: &TaskRequest,
        responses: &'a Responses,
    ) -> (u32, Option<&'a Mocked>) {
        let innermost = request.iterations.last().map(|iteration| iteration.index);
        let (script, counted_alone) = responses.script(innermost);
        let path = |iteration: &Iteration| (iteration.map.clone(), iteration.index);
        let iterations = if counted_alone {
            request.iterations.iter().map(path).collect()
        } else {
            Vec::new()
        };
        // A count is whole at any moment: a panic elsewhere has not spoilt it.
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let count = calls
            .entry((request.state_name.clone(), iterations))
            .or_default();
        let call = *count;
        *count = count.saturating_add(1);
        (call, script.get(call))
    }
}

impl Resolver for Mock {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        let Some((name, responses)) = self.states.get(&request.state_name) else {
            return self.left_out(request, self.otherwise.call(request, updates));
        };
        match self.response(request, responses) {
            (_, Some(Mocked { delay, answer })) if delay.is_zero() => Call::Done(answer.clone()),
            (_, Some(Mocked { delay, answer })) => Call::After(*delay, answer.clone()),
            (call, None) => Call::Done(exhausted(request, name, call)),
        }
    }

    /// What is mocked was never accepted elsewhere.
    fn attach(&self, request: &Arc<TaskRequest>, submitted: &Json, updates: &Updates) -> Call {
        if self.states.contains_key(&request.state_name) {
            self.call(request, updates)
        } else {
            self.otherwise.attach(request, submitted, updates)
        }
    }

    fn cancel(&self, request: &TaskRequest) {
        if !self.states.contains_key(&request.state_name) {
            self.otherwise.cancel(request);
        }
    }

    fn ends(&self, request: &TaskRequest) -> Ends {
        if self.states.contains_key(&request.state_name) {
            Ends::Task
        } else {
            self.otherwise.ends(request)
        }
    }
}

fn exhausted(request: &TaskRequest, mock: &str, call: u32) -> Answer {
    let state = &request.state_name;
    let what = if call == 0 {
        format!("state '{state}' calls, and its mock '{mock}' has no response")
    } else {
        format!("state '{state}' calls once more than its mock '{mock}' has responses")
    };
    let cause = format!(
        "{what}: add a response \"{call}\" to MockedResponses.{mock}, such as \"{call}\": {{\"Return\": {{}}}}"
    );
    Err(Failure::new(errors::RUNTIME, cause))
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::*;

    fn mock(responses: &str) -> Mock {
        let file = format!(
            r#"{{"StateMachines":{{"M":{{"TestCases":{{"C":{{"T":"R"}}}}}}}},"MockedResponses":{{"R":{responses}}}}}"#
        );
        MockFile::parse(file.as_bytes())
            .unwrap()
            .mock("M", "C")
            .unwrap()
    }

    #[test]
    fn calls_are_answered_in_turn_and_then_no_more() {
        let mock = mock(r#"{"0":{"Throw":{"Error":"Busy","Cause":"later"}},"1-2":{"Return":[1]}}"#);
        let call = || answer(&mock, "arn:aws:states:::sqs:sendMessage", Json::Null);
        assert_eq!(call(), Err(Failure::new("Busy", "later")));
        assert_eq!(call(), Ok(Json::from(vec![Json::from(1)])));
        assert_eq!(call(), Ok(Json::from(vec![Json::from(1)])));
        let failure = call().unwrap_err();
        assert_eq!(failure.error(), errors::RUNTIME);
        assert!(
            failure.cause().contains("add a response \"3\""),
            "{failure}"
        );
    }

    #[test]
    fn a_state_without_a_mock_is_left_to_another_resolver() {
        let file = MockFile::parse(
            br#"{"StateMachines":{"M":{"TestCases":{"C":{}}}},"MockedResponses":{}}"#,
        );
        let others = Registry::new().function("task", Ok);
        let mock = file
            .unwrap()
            .mock("M", "C")
            .unwrap()
            .otherwise(Arc::new(others));
        assert_eq!(answer(&mock, "task", 5.into()), Ok(5.into()));
    }
}
