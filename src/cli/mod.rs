//! The command line, `sfn-run`.
//!
//! Standard output carries results and nothing else; everything for people goes to standard error. Exit codes are
//! [`Exit`]'s.

mod conformance;
mod exit;
mod graph;
mod history;
mod input;
mod interrupt;
mod render;
mod run;
mod tasks;
mod terminal;
mod validate;

pub use exit::Exit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Run AWS Step Functions state machines anywhere.
#[derive(Parser)]
#[command(
    name = "sfn-run",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = EXAMPLES
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Option<run::Run>,
}

#[derive(Subcommand)]
enum Command {
    /// Run a state machine: the same as `sfn-run MACHINE [INPUT]`.
    Run(run::Run),
    /// Tell everything that is wrong with definitions.
    Validate(validate::Validate),
    /// Draw a state machine.
    Graph(graph::Graph),
    /// Hold the engine to cases of behaviour.
    Conformance(conformance::Conformance),
}

const EXAMPLES: &str = "\
Examples:
  sfn-run machine.json '{\"order\": 7}'
  sfn-run machine.json input.json --task 'ChargeCard=exec:./charge.sh'
  sfn-run machine.json - --task 'arn:aws:lambda:*=json:{\"ok\":true}' < input.json
  sfn-run machine.json --time virtual --history
  sfn-run machine.json input.json --graph run.svg
  sfn-run graph machine.json -o machine.svg
  sfn-run validate *.asl.json

Exit codes:
  0 succeeded   1 the execution failed   2 usage, or an invalid definition   3 timed out
  4 aborted     130 interrupted          70 a bug in sfn-run";

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        terminal::complain(&format!(
            "this is a bug in sfn-run, please report it with the definition and the input: {panic}"
        ));
    }));
    let outcome = std::panic::catch_unwind(|| {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(usage) => return terminal::usage(&usage),
        };
        match (cli.command, cli.run) {
            (Some(Command::Run(run)), _) | (None, Some(run)) => run.run(),
            (Some(Command::Validate(validate)), _) => validate.run(),
            (Some(Command::Graph(graph)), _) => graph.run(),
            (Some(Command::Conformance(conformance)), _) => conformance.run(),
            (None, None) => terminal::usage(&clap::Error::new(
                clap::error::ErrorKind::MissingRequiredArgument,
            )),
        }
    });
    outcome.unwrap_or(Exit::Bug).into()
}
