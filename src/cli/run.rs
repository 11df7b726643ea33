//! `sfn-run MACHINE [INPUT]`: runs a state machine.

use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::definition::DefinitionOptions;
use super::graph::Tracer;
use super::history::Recorder;
use super::input::{self, Input};
use super::progress::Progress;
use super::tasks::{self, Tasks};
use super::{Exit, interrupt, many, render, start, terminal};
use crate::asl::source::template::MachineType;
use crate::driver::local::{Local, Pace};
use crate::driver::{BEGINNING, Report};
use crate::engine::{Failure, Outcome, Profile, Recording, StateMachineType};
use crate::machine::Machine;
use crate::value::{Json, Object, Text};

/// The options of `sfn-run` and `sfn-run run`.
#[derive(Args)]
pub(super) struct Run {
    /// The definition: a file of JSON, JSON with comments or YAML, or a template; `-` is standard input
    pub(super) machine: String,
    /// The input: a file, `-` for standard input, or JSON itself. Several inputs are several executions, and each prints
    /// one line, in the order of the inputs
    #[arg(default_value = "{}", allow_negative_numbers = true)]
    pub(super) input: Vec<String>,
    /// Each line of an input is the input of an execution of its own
    #[arg(long)]
    pub(super) ndjson: bool,
    /// How many executions run at a time, where there are several
    #[arg(long, value_name = "COUNT", default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: u16,
    /// How time passes: virtual jumps over waits, while tasks that are really running take their time
    #[arg(long, value_enum, default_value_t)]
    time: Time,
    /// What random numbers and UUIDs are drawn from: the same seed gives the same ones, and in virtual time the same
    /// history but for task tokens and the times of programs that are run
    #[arg(long)]
    seed: Option<u64>,
    /// Show the history as a table while it is made
    #[arg(long, conflicts_with = "quiet")]
    pub(super) history: bool,
    /// Write the history to FILE, as JSON in the form of the AWS API
    #[arg(long, value_name = "FILE")]
    pub(super) history_file: Option<String>,
    /// Draw the execution over its machine into FILE: .svg, .dot or .mmd
    #[arg(long, value_name = "FILE")]
    pub(super) graph: Option<String>,
    /// Whose rules hold: aws has the service's limits, relaxed lifts those on payloads and histories, spec has the names
    /// of errors of the States Language where the service has others
    #[arg(long, value_enum, default_value_t)]
    profile: Rules,
    /// What goes to standard output: the output of the execution, or an object with status, output, error and cause
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Output,
    /// Say nothing on standard error but why a command cannot be done
    #[arg(short, long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    definition: DefinitionOptions,
    #[command(flatten)]
    identity: start::StartOptions,
    #[command(flatten)]
    tasks: tasks::TaskOptions,
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
    Spec,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
pub(super) enum Output {
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
        let standard = self.input.iter().filter(|input| *input == "-").count()
            + usize::from(self.identity.reads_standard_input());
        if usize::from(self.machine == "-") + standard > 1 {
            return Err(
                "standard input can be read once: as the definition, or as one input".into(),
            );
        }
        let identity = self.identity.prepared(&self.machine)?;
        let (machine, machine_type) = self.compiled()?;
        let machine = Arc::new(machine);
        let tasks = self.tasks.tasks(&self.machine, &machine, self.quiet)?;
        let begin = Begin {
            run: self,
            machine,
            machine_type,
            tasks,
            identity,
        };
        if self.ndjson || self.input.len() > 1 {
            return many::run(&begin);
        }
        let input = input::execution_input(&self.input[0])?;
        self.one(&begin, input)
    }

    /// Runs one execution, and tells how it goes.
    fn one(&self, begin: &Begin<'_>, input: Input) -> Result<Exit, String> {
        if self.graph.is_some() && self.graph == self.history_file {
            return Err("--graph and --history-file name the same file".into());
        }
        let recorders = self.recorders(&begin.machine)?;
        let tracer = self.graph.as_deref();
        let tracer = tracer
            .map(|file| Tracer::new(&begin.machine, file))
            .transpose()?;
        let progress = Progress::of_execution(self.quiet || self.history);
        let recording = !recorders.is_empty() || tracer.is_some() || progress.is_some();
        let mut local = begin.local(&input, None, recording);
        if recording {
            let (recorders, tracer) = (recorders.clone(), tracer.clone());
            let progress = progress.clone();
            local = local.observer(move |event| {
                recorders.iter().for_each(|recorder| recorder.take(event));
                tracer.iter().for_each(|tracer| tracer.take(event));
                progress.iter().for_each(|progress| progress.take(event));
            });
        }
        if let Some(progress) = progress.clone() {
            local = local.idle(move |until| progress.idle(until));
        }
        let (report, interrupted) = drive(local, input.json)?;
        if let Some(progress) = progress {
            progress.finish();
        }
        // The outcome goes out before anybody complains: the work is done, and cannot be done again.
        let told = self.tell_outcome(&report);
        let written = recorders.iter().try_for_each(Recorder::finish);
        let drawn = tracer.iter().try_for_each(Tracer::finish);
        if let Err(problem) = told.and(written).and(drawn) {
            terminal::complain(&problem);
            return Ok(Exit::Unwritten);
        }
        Ok(if interrupted {
            Exit::Interrupted
        } else {
            Exit::from(&report.outcome)
        })
    }

    fn compiled(&self) -> Result<(Machine, StateMachineType), String> {
        let definition = self.definition.one(&self.machine)?;
        let (machine, warnings) = render::compiled(&definition)?;
        if !self.quiet {
            render::diagnostics(&definition.source, &warnings);
        }
        let machine_type = match definition.machine_type {
            MachineType::Standard => StateMachineType::Standard,
            MachineType::Express => StateMachineType::Express,
        };
        Ok((machine, machine_type))
    }

    /// Who takes the history down.
    fn recorders(&self, machine: &Arc<Machine>) -> Result<Vec<Recorder>, String> {
        let table = self.history.then(|| Recorder::table(machine));
        let file = self
            .history_file
            .as_deref()
            .map(Recorder::json)
            .transpose()?;
        Ok(table.into_iter().chain(file).collect())
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

/// All that executions of a command have in common.
pub(super) struct Begin<'a> {
    pub(super) run: &'a Run,
    pub(super) machine: Arc<Machine>,
    machine_type: StateMachineType,
    pub(super) tasks: Tasks,
    identity: start::Prepared,
}

impl Begin<'_> {
    /// An execution that is about to start: the one there is, or one of several.
    pub(super) fn local(&self, input: &Input, number: Option<usize>, recording: bool) -> Local {
        let mut local = Local::new(self.machine.clone())
            .resolver(self.tasks.resolver())
            .configure(|start| {
                let seed = self
                    .run
                    .seed
                    .map(|seed| seed.wrapping_add(number.unwrap_or(0) as u64));
                start.seed = seed.unwrap_or(start.seed);
                start.input_text = Some(Text::from(input.text.as_str()));
                start.state_machine_type = self.machine_type;
                self.identity.apply(start, number);
                start.recording = if recording {
                    Recording::Full
                } else {
                    Recording::Off
                };
                start.profile = match self.run.profile {
                    Rules::Aws => Profile::Aws,
                    Rules::Relaxed => Profile::Relaxed,
                    Rules::Spec => Profile::Spec,
                };
            });
        if self.run.time == Time::Virtual {
            local = local.pace(Pace::Jumping);
            // Two runs with one seed are the same to the last timestamp.
            if self.run.seed.is_some() {
                local = local.begun_at(BEGINNING);
            }
        }
        local
    }
}

/// The name of a definition's file without folders and endings: what its machine is called.
pub(super) fn stem(definition: &str) -> &str {
    let file = definition.rsplit(['/', '\\']).next().unwrap_or_default();
    match file.split('.').next().unwrap_or_default() {
        "" | "-" => "machine",
        stem => stem,
    }
}

/// Runs an execution. A signal stops it and is recorded as an abort.
fn drive(local: Local, input: Json) -> Result<(Report, bool), String> {
    Ok(runtime()?.block_on(async {
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

/// What executions run on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot be started: {error}"))
}

/// `--output json`
pub(super) fn summary(outcome: &Outcome) -> Json {
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
pub(super) fn failed(report: &Report, failure: &Failure) -> String {
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
        text.push_str(&format!("\nerror name: {}", terminal::shown(error)));
    }
    if let Some(cause) = &failure.cause {
        text.push_str(&format!("\ncause: {}", terminal::shown(cause)));
    }
    text
}
