//! `sfn-run MACHINE [INPUT]`: runs a state machine.

use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::graph::Tracer;
use super::history::Recorder;
use super::{Exit, input, interrupt, render, tasks, terminal};
use crate::aws::Place;
use crate::driver::local::{Local, Pace};
use crate::driver::{BEGINNING, Report};
use crate::engine::{Failure, Identity, Outcome, Profile, Recording, Start};
use crate::machine::Machine;
use crate::value::{Json, Object, Text};

/// The options of `sfn-run` and `sfn-run run`.
#[derive(Args)]
pub(super) struct Run {
    /// The definition: a file, or `-` for standard input
    machine: String,
    /// The input: a file, `-` for standard input, or JSON itself
    #[arg(default_value = "{}", allow_hyphen_values = true)]
    input: String,
    /// What tasks answer whose resource fits PATTERN: exec:COMMAND, json:VALUE, fail:ERROR[:CAUSE], or echo. PATTERN fits
    /// the whole resource or what stands after any `:` or `/` of it, as the name at its end; `*` is any run of characters;
    /// the first that fits counts
    #[arg(long, value_name = "PATTERN=ANSWER")]
    task: Vec<String>,
    /// The same from a file: a JSON object of "PATTERN": "ANSWER", or a list of answers to successive attempts.
    /// Programs run in the file's folder
    #[arg(long, value_name = "FILE")]
    tasks: Vec<String>,
    /// How time passes: virtual jumps over waits, while tasks that are really running take their time
    #[arg(long, value_enum, default_value_t)]
    time: Time,
    /// What random numbers and UUIDs are drawn from: the same seed gives the same ones, and in virtual time the same
    /// history
    #[arg(long)]
    seed: Option<u64>,
    /// Show the history as a table, or write its events to FILE as JSON in the form of the AWS API
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    history: Option<Option<String>>,
    /// Draw the execution over its machine into FILE: .svg, .dot or .mmd
    #[arg(long, value_name = "FILE")]
    graph: Option<String>,
    /// Whose rules hold: aws has the service's limits, relaxed lifts those on payloads and histories
    #[arg(long, value_enum, default_value_t)]
    profile: Rules,
    /// The name of the execution
    #[arg(long)]
    name: Option<String>,
    /// What goes to standard output: the output of the execution, or an object with status, output, error and cause
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// Say nothing on standard error but why a command cannot be done
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
enum Time {
    #[default]
    Real,
    Virtual,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Rules {
    #[default]
    Aws,
    Relaxed,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
enum Output {
    #[default]
    Text,
    Json,
}

impl Run {
    pub(super) fn run(&self) -> Exit {
        self.prepared()
            .unwrap_or_else(|problem| terminal::refuse(&problem))
    }

    fn prepared(&self) -> Result<Exit, String> {
        if self.machine == "-" && self.input == "-" {
            return Err("standard input cannot be both the definition and the input".into());
        }
        let name = self.name.as_deref().map(checked_name).transpose()?;
        let machine = Arc::new(self.compiled()?);
        let registry = tasks::registry(&self.task, &self.tasks)?;
        let (input, text) = input::execution_input(&self.input)?;
        let recorder = self.recorder(&machine)?;
        let tracer = self.graph.as_deref();
        let tracer = tracer.map(|file| Tracer::new(&machine, file)).transpose()?;
        let mut local = Local::new(machine)
            .registry(registry)
            .configure(|start| self.configure(start, name, text));
        if self.time == Time::Virtual {
            local = local.pace(Pace::Jumping);
            // Two runs with one seed are the same to the last timestamp.
            local = if self.seed.is_some() {
                local.begun_at(BEGINNING)
            } else {
                local
            };
        }
        if recorder.is_some() || tracer.is_some() {
            let (recorder, tracer) = (recorder.clone(), tracer.clone());
            local = local.observer(move |event| {
                if let Some(recorder) = &recorder {
                    recorder.take(event);
                }
                if let Some(tracer) = &tracer {
                    tracer.take(event);
                }
            });
        }
        let (report, interrupted) = drive(local, input)?;
        recorder.map_or(Ok(()), |recorder| recorder.finish())?;
        tracer.map_or(Ok(()), |tracer| tracer.finish())?;
        self.tell_outcome(&report)?;
        Ok(if interrupted {
            Exit::Interrupted
        } else {
            Exit::from(&report.outcome)
        })
    }

    fn compiled(&self) -> Result<Machine, String> {
        let source = input::definition(&self.machine)?;
        let (machine, warnings) = render::compiled(&source)?;
        if !self.quiet {
            render::diagnostics(&source, &warnings);
        }
        Ok(machine)
    }

    fn recorder(&self, machine: &Arc<Machine>) -> Result<Option<Recorder>, String> {
        match &self.history {
            None => Ok(None),
            Some(None) => Ok(Some(Recorder::table(machine))),
            Some(Some(file)) => Recorder::json(file).map(Some),
        }
    }

    fn configure(&self, start: &mut Start, name: Option<Text>, input_text: String) {
        start.seed = self.seed.unwrap_or(start.seed);
        start.input_text = Some(Text::from(input_text));
        start.identity = self.identity(name);
        start.recording = if self.history.is_some() || self.graph.is_some() {
            Recording::Full
        } else {
            Recording::Off
        };
        start.profile = match self.profile {
            Rules::Aws => Profile::Aws,
            Rules::Relaxed => Profile::Relaxed,
        };
    }

    /// The machine is called after its file, as the service would after its name.
    fn identity(&self, name: Option<Text>) -> Identity {
        let file = self.machine.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        let machine = if stem.is_empty() || stem == "-" {
            "machine"
        } else {
            stem
        };
        let name = name.unwrap_or_else(|| "execution".into());
        let place = Place::default();
        Identity {
            execution_arn: place.execution(machine, &name),
            name,
            state_machine_arn: place.state_machine(machine),
            state_machine_name: machine.into(),
            ..Identity::default()
        }
    }

    fn tell_outcome(&self, report: &Report) -> Result<(), String> {
        if let Some(failure) = report.outcome.failure().filter(|_| !self.quiet) {
            terminal::tell(&failed(report, failure));
        }
        match (self.output, report.outcome.output()) {
            (Output::Json, _) => terminal::print(&format!("{}\n", summary(&report.outcome))),
            (Output::Text, Some(output)) => terminal::print(&format!("{output}\n")),
            (Output::Text, None) => Ok(()),
        }
    }
}

/// The name, if the service would take it (API reference, `StartExecution`, § name).
fn checked_name(name: &str) -> Result<Text, String> {
    let forbidden =
        |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if let Some(found) = name.chars().find(|c| forbidden(*c)) {
        return Err(format!(
            "--name: the name of an execution cannot contain {found:?}"
        ));
    }
    match name.chars().count() {
        1..=80 => Ok(name.into()),
        count => Err(format!(
            "--name: the name of an execution has 1 to 80 characters, not {count}"
        )),
    }
}

/// Runs an execution. A signal stops it and is recorded as an abort.
fn drive(local: Local, input: Json) -> Result<(Report, bool), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| format!("the runtime cannot be started: {error}"))?;
    Ok(runtime.block_on(async {
        let mut run = local.start(input);
        tokio::select! {
            // Listens to signals before anything runs.
            biased;
            cause = interrupt::signal() => {
                run.stop(Failure::new("Interrupted", cause));
                (run.await, true)
            }
            report = &mut run => (report, false),
        }
    }))
}

/// `--output json`
fn summary(outcome: &Outcome) -> Json {
    let mut object: Object = [("status", Json::from(outcome.status()))]
        .into_iter()
        .collect();
    if let Some(output) = outcome.output() {
        object.insert("output", output.clone());
    }
    if let Some(failure) = outcome.failure() {
        for (name, text) in [("error", &failure.error), ("cause", &failure.cause)] {
            if let Some(text) = text {
                object.insert(name, Json::from(&**text));
            }
        }
    }
    Json::Object(object)
}

/// A failure in words: what, where, why.
fn failed(report: &Report, failure: &Failure) -> String {
    let what = match report.outcome {
        Outcome::TimedOut(_) => "the execution timed out",
        Outcome::Aborted(_) => "the execution was aborted",
        Outcome::Succeeded(_) | Outcome::Failed(_) => "the execution failed",
    };
    let at = report
        .failed_in
        .as_ref()
        .map_or_else(String::new, |state| format!(" in state `{state}`"));
    let mut text = format!("error: {what}{at}");
    if let Some(error) = &failure.error {
        text.push_str(&format!("\nerror name: {error}"));
    }
    if let Some(cause) = &failure.cause {
        text.push_str(&format!("\ncause: {cause}"));
    }
    text
}
