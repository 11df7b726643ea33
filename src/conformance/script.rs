//! What tasks do in our own cases.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::read::{Malformed, Member};
use super::stage::{Cast, Cue, What};
use crate::asl::{Pattern, ResourceKind};
use crate::engine::{Failure, TaskRequest, TaskUpdate};
use crate::value::{Json, Text, Timestamp};

/// The members of one answer.
const ANSWER: [&str; 11] = [
    "fail",
    "cause",
    "return",
    "echo",
    "silent",
    "refuse",
    "submit",
    "after",
    "heartbeats",
    "worker",
    "about",
];

/// The answers of all tasks, by the name of their state.
#[derive(Clone, Default)]
pub(super) struct Script {
    answers: BTreeMap<Text, Answers>,
    /// What each state's task was called with, in order.
    pub(super) calls: BTreeMap<Text, Vec<Json>>,
}

#[derive(Clone)]
enum Answers {
    /// Every attempt is answered alike.
    Always(Answer),
    /// The n-th attempt gets the n-th answer.
    Each(Vec<Answer>),
}

#[derive(Clone)]
struct Answer {
    ending: Ending,
    submit: Option<Json>,
    after: Duration,
    heartbeats: Vec<Duration>,
    worker: Option<Arc<str>>,
}

#[derive(Clone)]
enum Ending {
    Return(Json),
    Fail(Failure),
    Refuse(Failure),
    /// The task's input.
    Echo,
    Silent,
}

impl Script {
    pub(super) fn read(tasks: &Member<'_>) -> Result<Self, Malformed> {
        let mut script = Self::default();
        for (state, member) in tasks.members()? {
            let answers = match member.value {
                Json::Array(_) => {
                    let answers = member
                        .items()?
                        .iter()
                        .map(Answer::read)
                        .collect::<Result<_, _>>();
                    Answers::Each(answers?)
                }
                _ => Answers::Always(Answer::read(&member)?),
            };
            script.answers.insert(state.clone(), answers);
        }
        Ok(script)
    }
}

impl Script {
    /// Answers that nobody asked for: a case that says more than happens says something else than it means.
    pub(super) fn unused(&self) -> Vec<String> {
        let unused = |(state, answers): (&Text, &Answers)| {
            let calls = self.calls.get(state).map_or(0, Vec::len);
            let wanted = match answers {
                Answers::Always(_) => 1,
                Answers::Each(answers) => answers.len(),
            };
            (calls < wanted)
                .then(|| format!("tasks.{state}: {wanted} answers are given, {calls} asked for"))
        };
        self.answers.iter().filter_map(unused).collect()
    }
}

impl Answer {
    fn read(member: &Member<'_>) -> Result<Self, Malformed> {
        member.only(&ANSWER)?;
        let heartbeats = match member.get("heartbeats") {
            Some(list) => list
                .items()?
                .iter()
                .map(Member::duration)
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        Ok(Self {
            ending: Ending::read(member)?,
            submit: member.get("submit").map(|submit| submit.value.clone()),
            after: member
                .get("after")
                .map_or(Ok(Duration::ZERO), |after| after.duration())?,
            heartbeats,
            worker: member
                .get("worker")
                .map(|worker| worker.text().map(Arc::from))
                .transpose()?,
        })
    }
}

impl Ending {
    fn read(member: &Member<'_>) -> Result<Self, Malformed> {
        let failure = |error: &Member<'_>| {
            let error = (!error.value.is_null())
                .then(|| error.text().map(Arc::from))
                .transpose()?;
            let cause = member
                .given("cause")
                .map(|cause| cause.text().map(Arc::from))
                .transpose()?;
            Ok(Failure { error, cause })
        };
        let mut results = Vec::new();
        if let Some(value) = member.get("return") {
            results.push(Self::Return(value.value.clone()));
        }
        if let Some(error) = member.get("fail") {
            results.push(Self::Fail(failure(&error)?));
        }
        if let Some(error) = member.get("refuse") {
            results.push(Self::Refuse(failure(&error)?));
        }
        for (name, ending) in [("echo", Self::Echo), ("silent", Self::Silent)] {
            match member.get(name).map(|member| member.value.as_bool()) {
                None => {}
                Some(Some(true)) => results.push(ending),
                Some(_) => return member.fail(format_args!("can only be `{name}`: true")),
            }
        }
        match (results.pop(), results.is_empty()) {
            (Some(result), true) => Ok(result),
            _ => member
                .fail("must have exactly one of `return`, `fail`, `echo`, `silent` and `refuse`"),
        }
    }
}

impl Cast for Script {
    fn invoke(&mut self, request: &TaskRequest, at: Timestamp) -> Result<Vec<Cue>, String> {
        let state = &request.state_name;
        let calls = self.calls.entry(state.clone()).or_default();
        calls.push(request.input.clone());
        match self.answers.get(state) {
            None => Err(format!(
                "the case has no `tasks.{state}`, which is called with {}",
                request.input
            )),
            Some(Answers::Always(answer)) => Ok(answer.cues(request, at)),
            Some(Answers::Each(answers)) => match answers.get(calls.len() - 1) {
                Some(answer) => Ok(answer.cues(request, at)),
                None => Err(format!(
                    "`tasks.{state}` answers {} attempts, and there is one more",
                    answers.len()
                )),
            },
        }
    }
}

/// The beginnings of tasks go before answers of the same moment.
const BEGIN: u64 = 0;
const ANSWERED: u64 = 1;

impl Answer {
    fn cues(&self, request: &TaskRequest, now: Timestamp) -> Vec<Cue> {
        let cue = |after: Duration, order, update| Cue {
            at: now.after(after),
            order,
            events: 0,
            what: What::Task(request.ticket, update),
        };
        let result = match &self.ending {
            Ending::Return(value) => Some(Ok(value.clone())),
            Ending::Echo => Some(Ok(request.input.clone())),
            Ending::Fail(failure) => Some(Err(failure.clone())),
            Ending::Silent => None,
            Ending::Refuse(failure) => {
                return vec![cue(
                    self.after,
                    ANSWERED,
                    TaskUpdate::Refused(failure.clone()),
                )];
            }
        };
        let mut cues = Vec::new();
        if request.resource.kind == ResourceKind::Activity {
            cues.push(cue(Duration::ZERO, BEGIN, TaskUpdate::Accepted));
        }
        cues.push(cue(
            Duration::ZERO,
            BEGIN,
            TaskUpdate::Started {
                worker: self.worker.clone(),
            },
        ));
        let is_call = request.resource.pattern() == Pattern::RequestResponse;
        if !is_call {
            let submitted = self.submit.clone().unwrap_or_else(Json::object);
            cues.push(cue(
                Duration::ZERO,
                ANSWERED,
                TaskUpdate::Returned(Ok(submitted)),
            ));
        }
        cues.extend(
            self.heartbeats
                .iter()
                .map(|after| cue(*after, ANSWERED, TaskUpdate::Heartbeat)),
        );
        if let Some(result) = result {
            let update = if is_call {
                TaskUpdate::Returned(result)
            } else {
                TaskUpdate::Completed(result)
            };
            cues.push(cue(self.after, ANSWERED, update));
        }
        cues
    }
}
