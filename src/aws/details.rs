//! The details of an event on the wire: which members there are, and which are left out.

use std::sync::Arc;

use super::history::{Data, Family, Options};
use crate::asl::ResourceKind;
use crate::engine::{Details, Failure, TaskRequest};
use crate::value::{Json, Object, Text};

/// Writes what an event tells; `None` when it tells nothing but that it happened.
pub(super) fn details(details: &Details, options: &Options) -> Option<Object> {
    let mut wire = Wire {
        object: Object::new(),
        data: options.data,
    };
    match details {
        Details::ExecutionStarted {
            input,
            input_text,
            identity,
        } => {
            let text = input_text
                .clone()
                .unwrap_or_else(|| input.to_string().into());
            wire.payload("input", text);
            wire.put("roleArn", identity.role_arn.clone().into());
        }
        Details::ExecutionSucceeded { output } => wire.payload("output", output.to_string()),
        Details::ExecutionFailed(failure)
        | Details::ExecutionAborted(failure)
        | Details::ExecutionTimedOut(failure) => {
            wire.failure(failure);
        }
        Details::ExecutionRedriven { redrive_count } => {
            wire.put("redriveCount", (*redrive_count).into())
        }
        Details::StateEntered { name, input, .. } => {
            wire.put("name", name.clone().into());
            wire.payload("input", input.to_string());
        }
        Details::StateExited {
            name,
            output,
            assigned,
            ..
        } => {
            wire.put("name", name.clone().into());
            wire.payload("output", output.to_string());
            if let Some(assigned) = assigned {
                wire.variables(assigned);
            }
        }
        Details::TaskScheduled(request) => wire.scheduled(request, &options.region),
        Details::TaskStarted { request, worker } => return wire.started(request, worker.as_ref()),
        Details::TaskSubmitted { request, output } | Details::TaskSucceeded { request, output } => {
            wire.service(request);
            wire.payload("output", output.to_string());
        }
        Details::TaskScheduleFailed(request, failure)
        | Details::TaskSubmitFailed(request, failure)
        | Details::TaskFailed(request, failure)
        | Details::TaskTimedOut(request, failure) => {
            wire.service(request);
            wire.failure(failure);
        }
        Details::MapStateStarted { length } => wire.put("length", (*length).into()),
        Details::MapIterationStarted { name, index }
        | Details::MapIterationSucceeded { name, index }
        | Details::MapIterationFailed { name, index }
        | Details::MapIterationAborted { name, index } => {
            wire.put("name", name.clone().into());
            wire.put("index", (*index).into());
        }
        Details::EvaluationFailed {
            failure,
            location,
            state,
        } => {
            wire.failure(failure);
            wire.put_some("location", location.clone());
            wire.put("state", state.clone().into());
        }
        Details::StateAborted { .. }
        | Details::ParallelStateStarted
        | Details::ParallelStateSucceeded
        | Details::ParallelStateFailed
        | Details::MapStateSucceeded
        | Details::MapStateFailed => return None,
    }
    Some(wire.object)
}

/// The details of an event as they are written.
struct Wire {
    object: Object,
    data: Data,
}

impl Wire {
    fn put(&mut self, name: &'static str, value: Json) {
        self.object.insert(name, value);
    }

    fn put_some(&mut self, name: &'static str, value: Option<impl Into<Json>>) {
        if let Some(value) = value {
            self.put(name, value.into());
        }
    }

    /// An `input` or `output`, with its companion that says that nothing was cut off.
    fn payload(&mut self, name: &str, text: impl Into<Json>) {
        if self.data == Data::Included {
            self.object.insert(Text::new(name), text.into());
            self.object
                .insert(Text::from(format!("{name}Details")), whole());
        }
    }

    fn failure(&mut self, failure: &Failure) {
        self.put_some("error", failure.error.as_deref());
        self.put_some("cause", failure.cause.as_deref());
    }

    /// Only events of services repeat who does the work.
    fn service(&mut self, request: &TaskRequest) {
        if let ResourceKind::Service { service, api, .. } = &request.resource.kind {
            self.put("resourceType", service.clone().into());
            self.put("resource", api.clone().into());
        }
    }

    fn scheduled(&mut self, request: &TaskRequest, region: &Text) {
        match Family::of(request) {
            Family::Service => {
                self.service(request);
                self.put("region", region.clone().into());
                if self.data == Data::Included {
                    self.put("parameters", request.input.to_string().into());
                }
            }
            Family::Lambda | Family::Activity => {
                self.put("resource", request.resource.text.clone().into());
                self.payload("input", request.input.to_string());
            }
        }
        self.put_some("timeoutInSeconds", request.timeout);
        self.put_some("heartbeatInSeconds", request.heartbeat);
        if let Some(role) = request
            .credentials
            .as_ref()
            .and_then(|given| given.get("RoleArn"))
        {
            self.put("taskCredentials", [("roleArn", role.clone())].into());
        }
    }

    /// `LambdaFunctionStarted` has no details at all, `ActivityStarted` has empty ones when the worker gave no name.
    fn started(mut self, request: &TaskRequest, worker: Option<&Arc<str>>) -> Option<Object> {
        match Family::of(request) {
            Family::Service => self.service(request),
            Family::Activity => self.put_some("workerName", worker.map(|name| Json::from(&**name))),
            Family::Lambda => return None,
        }
        Some(self.object)
    }

    /// Each variable as JSON text.
    fn variables(&mut self, assigned: &Object) {
        if self.data == Data::Included {
            let texts = assigned
                .iter()
                .map(|(name, value)| (name.clone(), Json::from(value.to_string())));
            self.put("assignedVariables", Json::Object(texts.collect()));
            self.put("assignedVariablesDetails", whole());
        }
    }
}

/// "Always false for API calls" (Step Functions API, HistoryEventExecutionDataDetails).
fn whole() -> Json {
    [("truncated", Json::from(false))].into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::Resource;
    use crate::asl::StateType;
    use crate::aws::history::{TimeFormat, event};
    use crate::engine::HistoryEvent;
    use crate::engine::Identity;
    use crate::engine::{TaskToken, Ticket};
    use crate::machine::StateId;
    use crate::value::Timestamp;

    const SQS: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:echo";
    const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

    fn check(details: Details, expected: &str) {
        let told = HistoryEvent {
            id: 5,
            previous: 4,
            at: Timestamp::from_millis(1_500),
            details,
        };
        let wire = event(&told, &Options::default()).to_string();
        let rest = wire
            .strip_prefix(r#"{"timestamp":1.5,"type":"#)
            .expect("events begin with the time and the type");
        assert_eq!(
            rest.replace(r#","id":5,"previousEventId":4"#, ""),
            format!("{expected}}}")
        );
    }

    fn request(resource: &str) -> Arc<TaskRequest> {
        Arc::new(TaskRequest {
            ticket: Ticket {
                slot: 0,
                generation: 0,
                attempt: 0,
            },
            state: StateId(0.into()),
            state_name: "Charge".into(),
            iterations: Vec::new(),
            retry_count: 0,
            resource: Arc::new(Resource::parse(resource)),
            input: Json::parse(r#"{"a":[1]}"#).unwrap(),
            credentials: Some(Json::parse(r#"{"RoleArn":"r"}"#).unwrap()),
            token: Some(TaskToken("secret".into())),
            timeout: Some(9),
            heartbeat: None,
        })
    }

    fn failure() -> Failure {
        Failure::new("E", "why")
    }

    #[test]
    fn the_execution_keeps_the_spelling_of_its_input() {
        let started = |input_text| Details::ExecutionStarted {
            input: Json::from(1),
            input_text,
            identity: Arc::new(Identity {
                role_arn: "r".into(),
                ..Identity::default()
            }),
        };
        let rest = r#""inputDetails":{"truncated":false},"roleArn":"r"}"#;
        let name = r#""ExecutionStarted","executionStartedEventDetails""#;
        check(
            started(Some(" 1 ".into())),
            &format!(r#"{name}:{{"input":" 1 ",{rest}"#),
        );
        check(started(None), &format!(r#"{name}:{{"input":"1",{rest}"#));
    }

    #[test]
    fn the_execution_ends_with_an_output_or_with_what_is_known_of_the_failure() {
        check(
            Details::ExecutionSucceeded { output: "x".into() },
            r#""ExecutionSucceeded","executionSucceededEventDetails":{"output":"\"x\"","outputDetails":{"truncated":false}}"#,
        );
        check(
            Details::ExecutionFailed(failure()),
            r#""ExecutionFailed","executionFailedEventDetails":{"error":"E","cause":"why"}"#,
        );
        check(
            Details::ExecutionAborted(Failure::default()),
            r#""ExecutionAborted","executionAbortedEventDetails":{}"#,
        );
        check(
            Details::ExecutionTimedOut(Failure::named("E")),
            r#""ExecutionTimedOut","executionTimedOutEventDetails":{"error":"E"}"#,
        );
        check(
            Details::ExecutionRedriven { redrive_count: 2 },
            r#""ExecutionRedriven","executionRedrivenEventDetails":{"redriveCount":2}"#,
        );
    }

    #[test]
    fn states_of_all_types_share_two_shapes() {
        check(
            Details::StateEntered {
                state_type: StateType::Choice,
                name: "C".into(),
                input: Json::Null,
            },
            r#""ChoiceStateEntered","stateEnteredEventDetails":{"name":"C","input":"null","inputDetails":{"truncated":false}}"#,
        );
        let exited = |assigned| Details::StateExited {
            state_type: StateType::Pass,
            name: "P".into(),
            output: Json::from(true),
            assigned,
        };
        let start = r#""PassStateExited","stateExitedEventDetails":{"name":"P","output":"true","outputDetails":{"truncated":false}"#;
        check(exited(None), &format!("{start}}}"));
        let variables = Object::from_iter([("x", Json::from("y"))]);
        let assigned =
            r#""assignedVariables":{"x":"\"y\""},"assignedVariablesDetails":{"truncated":false}"#;
        check(exited(Some(variables)), &format!("{start},{assigned}}}"));
        check(
            Details::StateAborted {
                state_type: StateType::Task,
            },
            r#""TaskStateAborted""#,
        );
    }

    #[test]
    fn services_tell_who_does_the_work_in_every_event() {
        let who = r#""resourceType":"sqs","resource":"sendMessage.waitForTaskToken""#;
        let scheduled = r#""region":"us-east-1","parameters":"{\"a\":[1]}","timeoutInSeconds":9,"taskCredentials":{"roleArn":"r"}"#;
        let done = r#""output":"1","outputDetails":{"truncated":false}"#;
        let failed = r#""error":"E","cause":"why""#;
        let task = |details: fn(Arc<TaskRequest>) -> Details, what: &str, rest: &str| {
            let name = format!(r#""Task{what}","task{what}EventDetails""#);
            check(details(request(SQS)), &format!("{name}:{{{who}{rest}}}"));
        };
        task(
            Details::TaskScheduled,
            "Scheduled",
            &format!(",{scheduled}"),
        );
        let started = |request| Details::TaskStarted {
            request,
            worker: None,
        };
        task(started, "Started", "");
        let submitted = |request| Details::TaskSubmitted {
            request,
            output: 1.into(),
        };
        task(submitted, "Submitted", &format!(",{done}"));
        let succeeded = |request| Details::TaskSucceeded {
            request,
            output: 1.into(),
        };
        task(succeeded, "Succeeded", &format!(",{done}"));
        let failed = format!(",{failed}");
        task(
            |request| Details::TaskScheduleFailed(request, failure()),
            "StartFailed",
            &failed,
        );
        task(
            |request| Details::TaskSubmitFailed(request, failure()),
            "SubmitFailed",
            &failed,
        );
        task(
            |request| Details::TaskFailed(request, failure()),
            "Failed",
            &failed,
        );
        task(
            |request| Details::TaskTimedOut(request, failure()),
            "TimedOut",
            &failed,
        );
    }

    #[test]
    fn a_function_is_named_only_when_it_is_scheduled() {
        let request = request(LAMBDA);
        check(
            Details::TaskScheduled(request.clone()),
            &format!(
                r#""LambdaFunctionScheduled","lambdaFunctionScheduledEventDetails":{{"resource":"{LAMBDA}","input":"{{\"a\":[1]}}","inputDetails":{{"truncated":false}},"timeoutInSeconds":9,"taskCredentials":{{"roleArn":"r"}}}}"#
            ),
        );
        check(
            Details::TaskStarted {
                request: request.clone(),
                worker: None,
            },
            r#""LambdaFunctionStarted""#,
        );
        check(
            Details::TaskFailed(request.clone(), Failure::default()),
            r#""LambdaFunctionFailed","lambdaFunctionFailedEventDetails":{}"#,
        );
        check(
            Details::TaskScheduleFailed(request, failure()),
            r#""LambdaFunctionScheduleFailed","lambdaFunctionScheduleFailedEventDetails":{"error":"E","cause":"why"}"#,
        );
    }

    #[test]
    fn an_activity_tells_its_worker_if_it_is_known() {
        let started = |worker| Details::TaskStarted {
            request: request(ACTIVITY),
            worker,
        };
        check(
            started(None),
            r#""ActivityStarted","activityStartedEventDetails":{}"#,
        );
        check(
            started(Some("w".into())),
            r#""ActivityStarted","activityStartedEventDetails":{"workerName":"w"}"#,
        );
        check(
            Details::TaskTimedOut(request(ACTIVITY), Failure::named("E")),
            r#""ActivityTimedOut","activityTimedOutEventDetails":{"error":"E"}"#,
        );
    }

    #[test]
    fn containers_tell_their_size_and_which_iteration() {
        check(Details::ParallelStateStarted, r#""ParallelStateStarted""#);
        check(
            Details::ParallelStateSucceeded,
            r#""ParallelStateSucceeded""#,
        );
        check(Details::ParallelStateFailed, r#""ParallelStateFailed""#);
        check(
            Details::MapStateStarted { length: 3 },
            r#""MapStateStarted","mapStateStartedEventDetails":{"length":3}"#,
        );
        check(Details::MapStateSucceeded, r#""MapStateSucceeded""#);
        check(Details::MapStateFailed, r#""MapStateFailed""#);
        let name = || Text::new("M");
        for (details, what) in [
            (
                Details::MapIterationStarted {
                    name: name(),
                    index: 1,
                },
                "Started",
            ),
            (
                Details::MapIterationSucceeded {
                    name: name(),
                    index: 1,
                },
                "Succeeded",
            ),
            (
                Details::MapIterationFailed {
                    name: name(),
                    index: 1,
                },
                "Failed",
            ),
            (
                Details::MapIterationAborted {
                    name: name(),
                    index: 1,
                },
                "Aborted",
            ),
        ] {
            let members = r#"{"name":"M","index":1}"#;
            check(
                details,
                &format!(r#""MapIteration{what}","mapIteration{what}EventDetails":{members}"#),
            );
        }
    }

    #[test]
    fn a_failed_evaluation_tells_where() {
        let failed = |location| Details::EvaluationFailed {
            failure: Box::new(failure()),
            location,
            state: "S".into(),
        };
        let start =
            r#""EvaluationFailed","evaluationFailedEventDetails":{"error":"E","cause":"why""#;
        check(
            failed(Some("Output/v".into())),
            &format!(r#"{start},"location":"Output/v","state":"S"}}"#),
        );
        check(failed(None), &format!(r#"{start},"state":"S"}}"#));
    }

    #[test]
    fn payloads_are_left_out_when_nobody_asks_for_them() {
        let told = HistoryEvent {
            id: 1,
            previous: 0,
            at: Timestamp::from_millis(1_480_972_800_123),
            details: Details::TaskScheduled(request(SQS)),
        };
        let options = Options {
            time: TimeFormat::Iso,
            data: Data::Omitted,
            region: "r".into(),
        };
        let wire = event(&told, &options);
        assert_eq!(
            wire.get("timestamp").and_then(Json::as_str),
            Some("2016-12-05T21:20:00.123000+00:00")
        );
        assert_eq!(
            wire.get("taskScheduledEventDetails")
                .and_then(|details| details.get("parameters")),
            None
        );
    }
}
