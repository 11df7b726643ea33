//! Tasks that answer as they did when an execution was recorded on the service.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::read::{Malformed, Member};
use super::stage::{Cast, Cue, What};
use crate::asl::ResourceKind;
use crate::engine::{Failure, TaskRequest, TaskUpdate, errors};
use crate::value::{Json, Text, Timestamp};

/// The attempts of a recording.
#[derive(Default)]
pub(super) struct Replay {
    attempts: BTreeMap<Where, VecDeque<Attempt>>,
    /// States whose task the service refused before it was scheduled.
    refusals: BTreeMap<Text, Failure>,
    /// What functions do that were recorded without their results: those of Express executions.
    functions: Vec<Function>,
}

/// A state, in the Map iterations around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Where {
    state: Text,
    iterations: Vec<(Text, u64)>,
}

struct Attempt {
    submitted: Option<Json>,
    /// `None` when it never answered.
    result: Option<Result<Json, Failure>>,
    worker: Option<Arc<str>>,
    /// The number of the event that tells of its end.
    ended: u64,
}

struct Function {
    name: Text,
    /// `None` when it returns what it was given.
    failure: Option<Failure>,
}

impl Replay {
    pub(super) fn read(case: &Member<'_>) -> Result<Self, Malformed> {
        let mut replay = Self::default();
        for task in case
            .given("tasks")
            .map_or_else(|| Ok(Vec::new()), |tasks| tasks.items())?
        {
            replay
                .attempts
                .entry(Where::read(&task)?)
                .or_default()
                .push_back(Attempt::read(&task)?);
        }
        if let Some(history) = case
            .given("expected")
            .and_then(|expected| expected.given("history"))
        {
            replay.refusals = history
                .items()?
                .iter()
                .filter_map(|event| refusal(event.value))
                .collect();
        }
        let functions = case
            .given("fixtures")
            .and_then(|fixtures| fixtures.given("lambda"));
        for function in functions.map_or_else(|| Ok(Vec::new()), |functions| functions.items())? {
            replay.functions.extend(Function::read(&function)?);
        }
        Ok(replay)
    }

    fn attempt(&mut self, request: &TaskRequest) -> Option<Attempt> {
        let state = request.state_name.clone();
        let around = request
            .iterations
            .iter()
            .map(|around| (around.map.clone(), u64::from(around.index)))
            .collect();
        // Recordings name iterations only where that makes a difference.
        let places = [
            Where {
                state: state.clone(),
                iterations: around,
            },
            Where {
                state,
                iterations: Vec::new(),
            },
            // Without a history, nobody knows which state a task was of.
            Where {
                state: Text::default(),
                iterations: Vec::new(),
            },
        ];
        places
            .iter()
            .find_map(|place| self.attempts.get_mut(place)?.pop_front())
    }

    fn function(&self, request: &TaskRequest) -> Option<Attempt> {
        let called = match &request.resource.kind {
            ResourceKind::Lambda => request.resource.text.as_str(),
            ResourceKind::Service { service, .. } if service == "lambda" => {
                request.input.get("FunctionName").and_then(Json::as_str)?
            }
            ResourceKind::Service { .. } | ResourceKind::Activity | ResourceKind::Custom => {
                return None;
            }
        };
        let function = self
            .functions
            .iter()
            .find(|function| called.ends_with(function.name.as_str()))?;
        let result = match (&function.failure, &request.resource.kind) {
            (Some(failure), _) => Err(failure.clone()),
            (None, ResourceKind::Lambda) => Ok(request.input.clone()),
            (None, _) => return None,
        };
        Some(Attempt {
            submitted: None,
            result: Some(result),
            worker: None,
            ended: 0,
        })
    }
}

impl Where {
    fn read(task: &Member<'_>) -> Result<Self, Malformed> {
        let around = task
            .given("iterations")
            .map_or_else(|| Ok(Vec::new()), |around| around.items())?;
        let iteration = |around: &Member<'_>| {
            Ok((
                around.need("map")?.text()?.into(),
                around.need("index")?.count()?,
            ))
        };
        let iterations = around.iter().map(iteration).collect::<Result<_, _>>()?;
        Ok(Self {
            state: match task.given("state") {
                Some(state) => state.text()?.into(),
                None => Text::default(),
            },
            iterations,
        })
    }
}

impl Attempt {
    fn read(task: &Member<'_>) -> Result<Self, Malformed> {
        let number = |name| task.given(name).map(|member| member.count()).transpose();
        let ended = match number("result_event_id")? {
            Some(ended) => ended,
            None => number("scheduled_event_id")?.unwrap_or_default(),
        };
        let submitted = match task.given("submitted") {
            Some(submitted) => Some(submitted.need("output")?.value.clone()),
            None => None,
        };
        Ok(Self {
            submitted,
            result: match task.given("result") {
                Some(result) => ending(&result)?,
                None => None,
            },
            worker: task
                .given("worker_name")
                .map(|worker| worker.text().map(Arc::from))
                .transpose()?,
            ended,
        })
    }

    fn cues(self, request: &TaskRequest) -> Vec<Cue> {
        // As early as can be: the order is that of the recording's events, not that of a clock.
        let cue = |order: u64, update| Cue {
            at: Timestamp::default(),
            order,
            events: order.saturating_sub(1),
            what: What::Task(request.ticket, update),
        };
        let mut cues = Vec::new();
        if request.resource.kind == ResourceKind::Activity {
            cues.push(cue(0, TaskUpdate::Accepted));
        }
        cues.push(cue(
            0,
            TaskUpdate::Started {
                worker: self.worker,
            },
        ));
        cues.extend(
            self.submitted
                .map(|output| cue(0, TaskUpdate::Returned(Ok(output)))),
        );
        cues.extend(
            self.result
                .map(|result| cue(self.ended, TaskUpdate::Completed(result))),
        );
        cues
    }
}

/// `None` when the task never answered: it timed out or was aborted.
fn ending(result: &Member<'_>) -> Result<Option<Result<Json, Failure>>, Malformed> {
    if let Some(succeeded) = result.given("succeeded") {
        return Ok(Some(Ok(succeeded.need("output")?.value.clone())));
    }
    if let Some(failed) = result.given("failed") {
        let text = |name| failed.given(name).map(|member| told(member.value));
        return Ok(Some(Err(Failure {
            error: text("error"),
            cause: text("cause"),
        })));
    }
    if result
        .get("timed_out")
        .or_else(|| result.get("aborted"))
        .is_some()
    {
        return Ok(None);
    }
    result.fail("must have one of `succeeded`, `failed`, `timed_out` and `aborted`")
}

/// A text, or the text of the JSON that the recorder made of one.
pub(super) fn told(value: &Json) -> Arc<str> {
    value
        .as_str()
        .map_or_else(|| value.to_string().into(), Arc::from)
}

impl Function {
    /// `None` when it does something that cannot be told in advance.
    fn read(function: &Member<'_>) -> Result<Option<Self>, Malformed> {
        let name = function.need("name")?.text()?.into();
        let Some(behaviour) = function.given("behaviour") else {
            return Ok(None);
        };
        let text = |name| behaviour.given(name).map_or(Ok(""), |member| member.text());
        let failure = match text("do")? {
            "return-event" => None,
            "raise" => {
                let (error, message) = (text("errorType")?, text("errorMessage")?);
                let cause = Json::from([
                    ("errorMessage", Json::from(message)),
                    ("errorType", error.into()),
                ]);
                Some(Failure::new(error, cause.to_string()))
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { name, failure }))
    }
}

/// What only the service can know about a task, told before it was scheduled: that an activity is gone, or that an API
/// does not take these parameters. Everything else that fails before that is for the engine to find.
fn refusal(event: &Json) -> Option<(Text, Failure)> {
    let details = event.get("executionFailedEventDetails")?;
    let cause = details
        .get("cause")?
        .as_str()
        .filter(|_| is_runtime(details))?;
    let (state, rest) = cause
        .strip_prefix("An error occurred while executing the state '")?
        .split_once("' (entered at ")?;
    let (_, what) = rest.split_once("). ")?;
    let is_known = what.starts_with("The activity ") || what.starts_with("The Parameters '");
    is_known.then(|| (state.into(), Failure::new(errors::RUNTIME, what)))
}

fn is_runtime(details: &Json) -> bool {
    details.get("error").and_then(Json::as_str) == Some(errors::RUNTIME)
}

impl Cast for Replay {
    fn invoke(&mut self, request: &TaskRequest, _: Timestamp) -> Result<Vec<Cue>, String> {
        if let Some(attempt) = self.attempt(request) {
            return Ok(attempt.cues(request));
        }
        if let Some(failure) = self.refusals.get(&request.state_name) {
            let what = What::Task(request.ticket, TaskUpdate::Refused(failure.clone()));
            return Ok(vec![Cue {
                at: Timestamp::default(),
                order: 0,
                events: 0,
                what,
            }]);
        }
        match self.function(request) {
            Some(attempt) => Ok(attempt.cues(request)),
            None => Err(format!(
                "state `{}` calls its task once more than was recorded, with {}",
                request.state_name, request.input
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_service_alone_knows_is_a_refusal() {
        let failed = |cause: &str| {
            let prefix =
                "An error occurred while executing the state 'A' (entered at the event id #2). ";
            let details = [
                ("error", Json::from("States.Runtime")),
                ("cause", format!("{prefix}{cause}").into()),
            ];
            Json::from([("executionFailedEventDetails", Json::from(details))])
        };
        let (state, failure) = refusal(&failed("The activity x does not exist.")).unwrap();
        assert_eq!(
            (state.as_str(), failure.cause()),
            ("A", "The activity x does not exist.")
        );
        assert!(refusal(&failed("The JSONPath '$.x' could not be found")).is_none());
        assert!(refusal(&Json::object()).is_none());
    }

    #[test]
    fn a_cause_that_the_recorder_parsed_is_text_again() {
        let task = Json::parse(r#"{"failed": {"error": "E", "cause": {"a": [1, 2]}}}"#).unwrap();
        let Ok(Some(Err(failure))) = ending(&Member::root(&task)) else {
            panic!("it failed")
        };
        assert_eq!(failure, Failure::new("E", r#"{"a":[1,2]}"#));
    }

    #[test]
    fn a_task_that_timed_out_never_answered() {
        for (text, silent) in [
            (r#"{"timed_out": {}}"#, true),
            (r#"{"aborted": {}}"#, true),
            ("{}", false),
        ] {
            let task = Json::parse(text).unwrap();
            assert_eq!(
                matches!(ending(&Member::root(&task)), Ok(None)),
                silent,
                "{text}"
            );
        }
    }
}
