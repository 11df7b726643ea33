//! Step Functions as a service that tasks call: nested executions (`states:startExecution` in all its forms), and
//! `aws-sdk:sfn:*`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use super::Service;
use super::chance;
use super::executions::{Data, Entry};
use super::wire;
use crate::asl::{Pattern, ResourceKind};
use crate::aws::{Code, Error};
use crate::engine::{Failure, Outcome, TaskRequest, Ticket, errors};
use crate::resolver::{Answer, Call, Resolver, Updates};
use crate::value::{Json, Object, Timestamp};

/// Answers the tasks of one execution that call Step Functions with the service itself.
pub(super) struct Integration {
    service: Weak<Service>,
    /// The executions that attempts wait for.
    children: Children,
}

type Children = Arc<Mutex<BTreeMap<Ticket, Arc<Entry>>>>;

impl Integration {
    pub(super) fn new(service: &Arc<Service>) -> Self {
        Self {
            service: Arc::downgrade(service),
            children: Children::default(),
        }
    }

    /// A service that is gone answers nobody.
    fn service(&self) -> Result<Arc<Service>, Failure> {
        let gone = || Failure::new(errors::TASK_FAILED, "the server is shutting down");
        self.service.upgrade().ok_or_else(gone)
    }

    fn called(&self, request: &Arc<TaskRequest>) -> Result<Called, Failure> {
        let service = self.service()?;
        let ResourceKind::Service {
            service: of, api, ..
        } = &request.resource.kind
        else {
            return Err(Failure::new(errors::TASK_FAILED, "no call of a service"));
        };
        let sdk = of.contains("sfn");
        Ok(Called {
            service,
            operation: capitalised(api),
            request: lowered(&request.input),
            prefix: if sdk { "Sfn" } else { "StepFunctions" },
            children: self.children.clone(),
        })
    }
}

impl Resolver for Integration {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        let called = match self.called(request) {
            Ok(called) => called,
            Err(failure) => return Call::Done(Err(failure)),
        };
        match request.resource.pattern() {
            Pattern::RequestResponse | Pattern::WaitForTaskToken => {
                Call::later(async move { called.answer().await })
            }
            Pattern::Sync | Pattern::Sync2 => {
                let (request, updates) = (request.clone(), updates.clone());
                tokio::spawn(async move {
                    let answer = called.job(&request, &updates).await;
                    updates.completed(answer);
                });
                Call::Accepted
            }
        }
    }

    /// A parent that waits no longer stops the child.
    fn cancel(&self, request: &TaskRequest) {
        let waits = matches!(request.resource.pattern(), Pattern::Sync | Pattern::Sync2);
        let child = locked(&self.children).remove(&request.ticket);
        if let Some(child) = child.filter(|_| waits)
            && let Some(handle) = &child.progress().handle
        {
            handle.stop(Failure::default());
        }
    }
}

fn locked(children: &Children) -> MutexGuard<'_, BTreeMap<Ticket, Arc<Entry>>> {
    children
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A call of an operation by a task.
struct Called {
    service: Arc<Service>,
    operation: String,
    request: Json,
    prefix: &'static str,
    children: Children,
}

impl Called {
    async fn answer(&self) -> Answer {
        let answer = Box::pin(self.service.call(&self.operation, &self.request)).await;
        match answer {
            Ok(response) => Ok(capitalised_members(&response)),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Starts a child and waits for its end.
    async fn job(&self, request: &TaskRequest, updates: &Updates) -> Answer {
        updates.started(None);
        let started = self.answer().await?;
        let arn = started.get("ExecutionArn").and_then(Json::as_str);
        let child = self.service.book().execution(arn.unwrap_or_default());
        let child = child.map_err(|error| self.failure(&error))?;
        updates.submitted(submission(&started));
        locked(&self.children).insert(request.ticket, child.clone());
        child.end().await;
        locked(&self.children).remove(&request.ticket);
        let parsed = request.resource.pattern() == Pattern::Sync2;
        let described = described(&child, parsed);
        match &child.progress().outcome {
            Some(Outcome::Succeeded(_)) => Ok(described),
            _ => {
                let cause = described.to_string();
                Err(Failure::new(errors::TASK_FAILED, cause))
            }
        }
    }

    /// A refusal as the history tells it: SDK integrations and optimised ones word it differently.
    fn failure(&self, error: &Error) -> Failure {
        let Error { code, message } = error;
        let suffix = if code.to_string().ends_with("Exception") {
            ""
        } else {
            "Exception"
        };
        let (id, status) = (chance::uuid(), code.status());
        let cause = if self.prefix == "Sfn" {
            format!(
                "{message} (Service: Sfn, Status Code: {status}, Request ID: {id}) (SDK Attempt Count: 1)"
            )
        } else {
            format!(
                "{message} (Service: AWSStepFunctions; Status Code: {status}; Error Code: {code}; Request ID: {id}; \
                 Proxy: null)"
            )
        };
        let code = match code {
            Code::UnknownOperationException => errors::TASK_FAILED.to_owned(),
            code => format!("{}.{code}{suffix}", self.prefix),
        };
        Failure::new(code, cause)
    }
}

/// What `.sync` answers: the description of the child, its payloads as values with `.sync:2`.
fn described(child: &Entry, parsed: bool) -> Json {
    let mut described = Object::new();
    for (name, value) in child.described(Data::Included).iter() {
        let value = match name.as_str() {
            "input" | "output" if parsed => as_value(value),
            "startDate" | "stopDate" | "redriveDate" => milliseconds(value),
            "inputDetails" | "outputDetails" => capitalised_members(value),
            _ => value.clone(),
        };
        described.insert(capitalised(name), value);
    }
    in_order(&described)
}

/// Members in the order of their names, as the service's parser of SDK answers leaves them.
fn in_order(object: &Object) -> Json {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<Object>()
        .into()
}

fn as_value(text: &Json) -> Json {
    let parsed = text.as_str().and_then(|text| Json::parse(text).ok());
    parsed.unwrap_or_else(|| text.clone())
}

/// Dates of SDK answers in jobs are milliseconds of the epoch.
fn milliseconds(seconds: &Json) -> Json {
    let seconds = seconds.as_f64().unwrap_or_default();
    Json::from((seconds * 1_000.0).round() as i64)
}

/// What the submission of a job tells: the answer, and how it came.
fn submission(started: &Json) -> Json {
    let id = chance::uuid();
    let length = started.length().to_string();
    let headers = |id: Json, length: Json, kind: Json| {
        Json::from([
            ("x-amzn-RequestId", id),
            ("Content-Length", length),
            ("Content-Type", kind),
        ])
    };
    let kind = "application/x-amz-json-1.0";
    let list = |text: &str| Json::from(vec![Json::from(text)]);
    let all = headers(list(&id), list(&length), list(kind));
    let single = headers(id.as_str().into(), length.as_str().into(), kind.into());
    let mut submitted = started.as_object().cloned().unwrap_or_default();
    submitted.insert(
        "SdkHttpMetadata",
        Json::from([
            ("AllHttpHeaders", all),
            ("HttpHeaders", single),
            ("HttpStatusCode", 200.into()),
        ]),
    );
    submitted.insert(
        "SdkResponseMetadata",
        Json::from([("RequestId", Json::from(id))]),
    );
    in_order(&submitted)
}

/// Parameters as the API takes them: names begin small, and payloads are text.
fn lowered(parameters: &Json) -> Json {
    let mut request = Object::new();
    for (name, value) in parameters.as_object().into_iter().flat_map(Object::iter) {
        let name = with_first(name, char::to_ascii_lowercase);
        let value = match (name.as_str(), value) {
            ("input" | "output" | "definition", Json::String(_)) => value.clone(),
            ("input" | "output" | "definition", value) => value.to_string().into(),
            (_, value) => recased(value, char::to_ascii_lowercase),
        };
        request.insert(name, value);
    }
    request.into()
}

/// A response as tasks get it: names begin large, dates are texts.
fn capitalised_members(response: &Json) -> Json {
    recased(response, char::to_ascii_uppercase)
}

/// Renames the members of values that come from us or were measured at a state's output: their nesting is bounded.
fn recased(value: &Json, first: fn(&char) -> char) -> Json {
    match value {
        Json::Object(object) => object
            .iter()
            .map(|(name, value)| {
                let value = match (is_date(name), value.as_f64()) {
                    (true, Some(seconds)) => date(seconds),
                    _ => recased(value, first),
                };
                (with_first(name, first), value)
            })
            .collect::<Object>()
            .into(),
        Json::Array(items) => items.iter().map(|item| recased(item, first)).collect(),
        value => value.clone(),
    }
}

fn is_date(name: &str) -> bool {
    name.ends_with("Date") || name == "timestamp"
}

fn date(seconds: f64) -> Json {
    let at = Timestamp::from_millis((seconds * 1_000.0).round() as i64);
    at.to_string().into()
}

fn capitalised(name: &str) -> String {
    with_first(name, char::to_ascii_uppercase)
}

fn with_first(name: &str, first: fn(&char) -> char) -> String {
    let mut characters = name.chars();
    let head = characters.next().map(|c| first(&c));
    head.into_iter().chain(characters).collect()
}

/// Keeps the shape of what is told of a start in one place.
pub(super) fn started(entry: &Entry) -> Json {
    Json::from([
        ("executionArn", Json::from(entry.arn.clone())),
        ("startDate", wire::time(entry.started)),
    ])
}
