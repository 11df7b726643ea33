//! Several inputs: an execution each, and a line each, in the order of the inputs.

use std::collections::BTreeMap;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::input::{self, Input};
use super::progress::Progress;
use super::run::{Begin, Output, failed, runtime, summary};
use super::{Exit, interrupt, terminal};
use crate::driver::Report;
use crate::engine::{Failure, Outcome};
use crate::value::{Json, Object};

/// Runs an execution for each input.
pub(super) fn run(begin: &Begin<'_>) -> Result<Exit, String> {
    let run = begin.run;
    if run.history || run.history_file.is_some() || run.graph.is_some() {
        let problem = "a history tells of one execution, and there are several inputs";
        return Err(format!(
            "{problem}: leave out --history, --history-file and --graph"
        ));
    }
    let mut inputs = Vec::new();
    for argument in &begin.run.input {
        if begin.run.ndjson {
            inputs.extend(input::inputs_by_line(argument)?);
        } else {
            inputs.push(input::execution_input(argument)?);
        }
    }
    let progress = Progress::of_executions(begin.run.quiet, inputs.len());
    let mut lines = Lines {
        begin,
        progress,
        waiting: BTreeMap::new(),
        printed: 0,
        count: inputs.len(),
        failed: 0,
        unwritten: None,
    };
    let interrupted = runtime()?.block_on(play(&mut lines, inputs))?;
    lines.finish();
    if let Some(problem) = lines.unwritten {
        terminal::complain(&problem);
        return Ok(Exit::Unwritten);
    }
    Ok(match (interrupted, lines.failed) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Success,
        (false, _) => Exit::Failed,
    })
}

/// Starts as many as may run at a time, and another whenever one has ended. Answers whether somebody interrupted.
async fn play(lines: &mut Lines<'_>, inputs: Vec<Input>) -> Result<bool, String> {
    let (stop, stopped) = watch::channel(None);
    let mut inputs = inputs.into_iter().enumerate();
    let mut running = JoinSet::new();
    let signal = interrupt::signal();
    tokio::pin!(signal);
    loop {
        while running.len() < usize::from(lines.begin.run.jobs) && stopped.borrow().is_none() {
            let Some((number, input)) = inputs.next() else {
                break;
            };
            let local = lines.begin.local(&input, Some(number), false);
            running.spawn(one(local, number, input, stopped.clone()));
        }
        tokio::select! {
            biased;
            cause = &mut signal, if stopped.borrow().is_none() => drop(stop.send(Some(cause))),
            ended = running.join_next() => match ended {
                Some(Ok((number, name, report))) => lines.take(number, name, report),
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => return Ok(stopped.borrow().is_some()),
            },
        }
    }
}

/// Runs one to its end, or until somebody wants all of them to end.
async fn one(
    local: crate::driver::local::Local,
    number: usize,
    input: Input,
    mut stopped: watch::Receiver<Option<&'static str>>,
) -> (usize, String, Report) {
    let mut run = local.start(input.json);
    let interrupted = async {
        // The other end lives as long as anything runs.
        let _ = stopped.wait_for(Option::is_some).await.is_ok();
    };
    let report = tokio::select! {
        biased;
        report = &mut run => report,
        () = interrupted => {
            let cause = (*stopped.borrow()).unwrap_or_default();
            run.stop(Failure::new("Interrupted", cause));
            run.await
        }
    };
    (number, input.name, report)
}

/// What has ended, and is printed when all before it is.
struct Lines<'a> {
    begin: &'a Begin<'a>,
    progress: Option<Progress>,
    waiting: BTreeMap<usize, (String, Report)>,
    printed: usize,
    /// How many inputs there are.
    count: usize,
    failed: usize,
    /// Why a line could not be written.
    unwritten: Option<String>,
}

impl Lines<'_> {
    fn take(&mut self, number: usize, name: String, report: Report) {
        if let Some(progress) = &self.progress {
            progress.ended();
        }
        self.waiting.insert(number, (name, report));
        while let Some((name, report)) = self.waiting.remove(&self.printed) {
            self.printed += 1;
            self.print(&name, &report);
        }
    }

    fn print(&mut self, name: &str, report: &Report) {
        let outcome = &report.outcome;
        if let Some(failure) = outcome.failure() {
            self.failed += 1;
            if !self.begin.run.quiet {
                let number = self.printed;
                self.aside(&format!(
                    "input {number} ({name}): {}",
                    failed(report, failure)
                ));
            }
        }
        let line = match (self.begin.run.output, outcome) {
            (Output::Json, _) => summary(outcome),
            (Output::Text, Outcome::Succeeded(output)) => output.clone(),
            (
                Output::Text,
                Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure),
            ) => error_output(failure),
        };
        if let Err(problem) = terminal::print(&format!("{line}\n")) {
            self.unwritten.get_or_insert(problem);
        }
    }

    /// Tells something beside the bar.
    fn aside(&self, text: &str) {
        match &self.progress {
            Some(progress) => progress.aside(text),
            None => terminal::tell(text),
        }
    }

    fn finish(&self) {
        if let Some(progress) = &self.progress {
            progress.finish();
        }
        if !self.begin.run.quiet {
            let (failed, succeeded) = (self.failed, self.printed - self.failed);
            let unstarted = match self.count - self.printed {
                0 => String::new(),
                count => format!(", {count} inputs were not run"),
            };
            terminal::tell(&format!(
                "{} executions: {succeeded} succeeded, {failed} did not{unstarted}",
                self.printed
            ));
        }
    }
}

/// A failure in the place of an output, as the States Language writes one.
fn error_output(failure: &Failure) -> Json {
    let mut object = Object::new();
    for (name, text) in [("Error", &failure.error), ("Cause", &failure.cause)] {
        if let Some(text) = text {
            object.insert(name, Json::from(&**text));
        }
    }
    Json::Object(object)
}
