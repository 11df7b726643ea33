//! Executions that run: how one begins, what is told of it on the way, and how it goes on after a redrive.

use std::sync::Arc;
use std::time::Duration;

use super::Service;
use super::chance;
use super::executions::{Entry, Facts};
use super::input::{Input, is_too_long};
use super::machines::StateMachine;
use super::tasks;
use crate::aws::{Arn, ArnKind, Code, Error, jackson};
use crate::driver::Report;
use crate::driver::local::{Local, Run};
use crate::engine::{Identity, Outcome, StateMachineType};
use crate::resolver::Resolver;
use crate::value::{Json, Text, Timestamp};

/// How long after its end an execution can be redriven (API reference, `RedriveExecution`).
pub(super) const REDRIVABLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What somebody wants to start.
pub(super) struct Wanted {
    facts: Facts,
    input: Json,
}

impl Wanted {
    pub(super) fn kind(&self) -> StateMachineType {
        self.facts.kind
    }
}

impl Service {
    /// Reads a request to start an execution: of a machine, a version or an alias, under a name or a new one.
    pub(super) fn wanted(&self, request: &Input) -> Result<Wanted, Error> {
        let (text, test_case) = split_test_case(request.required("stateMachineArn"));
        let arn = super::input::arn(text, &[ArnKind::StateMachine])?;
        let name = request.name()?;
        let sent = request.text("input").unwrap_or("{}");
        let input = read_input(sent)?;
        let now = self.now();
        let mut book = self.book();
        let (machine, target) = book.target(&arn, text)?;
        let name = name.unwrap_or_else(|| chance::uuid().into());
        let facts = Facts {
            arn: self.execution_arn(&arn, machine, &name),
            name,
            machine_arn: machine.arn.clone(),
            machine_name: machine.name.clone(),
            kind: machine.kind,
            version_arn: target.version.map(|version| version.arn),
            alias_arn: target.alias,
            input: sent.into(),
            trace_header: request.owned("traceHeader"),
            test_case: test_case.map(Text::from),
            revision: target.revision,
            started: now,
        };
        Ok(Wanted { facts, input })
    }

    fn execution_arn(&self, arn: &Arn<'_>, machine: &StateMachine, name: &str) -> Text {
        let (place, of) = (arn.place, &machine.name);
        match machine.kind {
            StateMachineType::Standard => format!("{place}execution:{of}:{name}").into(),
            StateMachineType::Express => {
                format!("{place}express:{of}:{name}:{}", chance::uuid()).into()
            }
        }
    }

    /// Starts it. A name that runs already with the same input is the same execution; any other use of a name is
    /// refused.
    pub(super) fn start(self: &Arc<Self>, wanted: Wanted) -> Result<Arc<Entry>, Error> {
        let Wanted { facts, input } = wanted;
        let entry = Arc::new(Entry::new(facts));
        let resolver = tasks::resolver(self, &entry)?;
        {
            // Looked up and added in one go: of two that start at once under a name, one is first.
            let mut book = self.book();
            if let Ok(known) = book.execution(&entry.arn) {
                let runs = known.progress().outcome.is_none();
                if runs && known.input == entry.input {
                    return Ok(known);
                }
                return Err(Error::new(
                    Code::ExecutionAlreadyExists,
                    format!("Execution Already Exists: '{}'", entry.arn),
                ));
            }
            book.add_execution(entry.clone());
        }
        self.metrics.started();
        let local = self.local(&entry, resolver).configure(|start| {
            start.input_text = Some(entry.input.clone());
            start.identity = Arc::new(identity(&entry));
            start.state_machine_type = entry.kind;
        });
        self.follow(&entry, local.start(input));
        Ok(entry)
    }

    /// Lets a failed execution go on where it failed.
    pub(super) fn redrive(self: &Arc<Self>, entry: &Arc<Entry>) -> Result<Timestamp, Error> {
        let refuse = |reason: String| Err(Error::new(Code::ExecutionNotRedrivable, reason));
        let resolver = tasks::resolver(self, entry)?;
        let now = self.now();
        let parked = {
            let mut progress = entry.progress();
            if let (_, Some(reason)) = progress.redrivable(entry.kind) {
                return refuse(reason);
            }
            if progress
                .stopped
                .is_some_and(|stopped| now.since(stopped) > REDRIVABLE)
            {
                return refuse("Execution has exceeded its redrivable period".to_owned());
            }
            let Some(parked) = progress.parked.take() else {
                return refuse("Execution is still ending and cannot be redriven yet".to_owned());
            };
            progress.outcome = None;
            progress.stopped = None;
            progress.redrives += 1;
            progress.redriven = Some(now);
            parked
        };
        entry.tell(false);
        let run = self.local(entry, resolver).redrive(parked);
        self.follow(entry, run);
        Ok(now)
    }

    fn local(self: &Arc<Self>, entry: &Arc<Entry>, resolver: Arc<dyn Resolver>) -> Local {
        let (logged, kept) = (self.clone(), entry.clone());
        let keeper = entry.clone();
        Local::new(entry.revision.checked.machine.clone())
            .resolver(resolver)
            .pace(self.pace)
            .observer(move |event| {
                logged.logs.event(&kept, event);
                // Nobody can ask for the history of an express execution.
                if kept.kind == StateMachineType::Standard {
                    kept.progress().history.push(event.clone());
                }
            })
            .keeper(move |execution| keeper.progress().parked = Some(execution))
    }

    fn follow(self: &Arc<Self>, entry: &Arc<Entry>, run: Run) {
        entry.progress().handle = Some(run.handle());
        let (service, entry) = (self.clone(), entry.clone());
        tokio::spawn(async move {
            let report = run.await;
            service.finish(&entry, report);
        });
    }

    fn finish(&self, entry: &Arc<Entry>, report: Report) {
        self.metrics.ended(report.outcome.status());
        {
            let mut progress = entry.progress();
            // What succeeded has nothing to redrive, and express executions are not redriven at all.
            let is_redrivable = entry.kind == StateMachineType::Standard
                && !matches!(report.outcome, Outcome::Succeeded(_));
            if !is_redrivable {
                progress.parked = None;
            }
            progress.outcome = Some(report.outcome);
            progress.stopped = Some(report.stopped);
            progress.handle = None;
        }
        self.book().ended(&entry.arn);
        entry.tell(true);
    }
}

fn identity(entry: &Entry) -> Identity {
    Identity {
        execution_arn: entry.arn.clone(),
        name: entry.name.clone(),
        state_machine_arn: entry.machine_arn.clone(),
        state_machine_name: entry.machine_name.clone(),
        role_arn: entry.revision.role.clone(),
    }
}

/// `arn#TestCase` asks for a test case of the file of mocks, as in Step Functions Local.
fn split_test_case(arn: &str) -> (&str, Option<&str>) {
    match arn.split_once('#') {
        Some((arn, case)) => (arn, Some(case)),
        None => (arn, None),
    }
}

/// Reads the input of an execution.
pub(super) fn read_input(text: &str) -> Result<Json, Error> {
    let invalid = |problem: &str| {
        Error::new(
            Code::InvalidExecutionInput,
            format!("Invalid State Machine Execution Input: '{problem}'"),
        )
    };
    if text.trim().is_empty() {
        return Err(invalid("Invalid execution input."));
    }
    if is_too_long(text) {
        return Err(invalid("Execution input exceeds the maximum length."));
    }
    jackson::parse(text).map_err(|problem| invalid(&problem))
}
