//! The command line, `sfn-run`.
//!
//! Standard output carries results and nothing else; everything for people goes to standard error. Exit codes are
//! [`Exit`]'s.

mod conformance;
mod definition;
mod eval;
mod exit;
mod findings;
mod gaps;
mod generate;
mod github;
mod graph;
mod history;
mod input;
mod interrupt;
mod lint;
mod many;
#[cfg(feature = "server")]
mod mocks;
mod progress;
mod project;
mod render;
mod run;
mod sarif;
mod schema;
#[cfg(feature = "server")]
mod serve;
mod start;
mod tasks;
mod terminal;
mod validate;

pub use exit::Exit;

use std::process::ExitCode;

use clap::{Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

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
    command: Command,
}

/// The names of the commands.
fn command_names() -> Vec<String> {
    let command = Cli::command();
    command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}

/// The command line: the options of `run` without its name, or a command.
fn command() -> clap::Command {
    // Its options bring a description along, which is not that of the whole.
    let about = Cli::command().get_about().cloned().unwrap_or_default();
    run::Run::augment_args(Cli::command().subcommand_required(false)).about(about)
}

fn parsed() -> Result<Command, clap::Error> {
    let mut matches = command().try_get_matches()?;
    if matches.subcommand_name().is_some() {
        Ok(Cli::from_arg_matches_mut(&mut matches)?.command)
    } else {
        Ok(Command::Run(Box::new(run::Run::from_arg_matches_mut(
            &mut matches,
        )?)))
    }
}

#[derive(Subcommand)]
enum Command {
    /// Run a state machine: the same as `sfn-run MACHINE [INPUT]`.
    Run(Box<run::Run>),
    /// Tell everything that is wrong with definitions.
    Validate(validate::Validate),
    /// List what `validate` warns of, or explain one of those warnings.
    Lint(lint::Lint),
    /// Draw a state machine.
    Graph(graph::Graph),
    /// Print a JSON Schema of the States Language, for editors.
    Schema(schema::Schema),
    /// Evaluate an expression: JSONata, a JSONPath, or an intrinsic function.
    Eval(eval::Eval),
    /// Answer the API of the service over HTTP.
    #[cfg(feature = "server")]
    Serve(Box<serve::Serve>),
    /// Hold the engine to cases of behaviour.
    Conformance(conformance::Conformance),
    /// Print what makes a shell complete the words of sfn-run.
    Completions(generate::Completions),
    /// Print the manual page, or write a page for each command into a folder.
    Man(generate::Man),
}

const EXAMPLES: &str = "\
Examples:
  sfn-run machine.json '{\"order\": 7}'
  sfn-run machine.json input.json --task 'ChargeCard=exec:./charge.sh'
  sfn-run machine.json - --task 'arn:aws:lambda:*=json:{\"ok\":true}' < input.json
  sfn-run machine.json input.json --mock MockConfigFile.json --test-case HappyPath
  sfn-run machine.json --time virtual --history
  sfn-run machine.json --ndjson - < inputs.ndjson > outputs.ndjson
  sfn-run machine.json input.json --graph run.svg
  sfn-run graph machine.json -o machine.svg
  sfn-run validate *.asl.json
  sfn-run validate template.yaml --format github
  sfn-run serve --port 8083

Exit codes:
  0 succeeded   1 the execution failed   2 usage, or an invalid definition   3 timed out
  4 aborted     130 interrupted          74 done, but the result could not be written
  70 a bug in sfn-run";

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        terminal::complain(&format!(
            "this is a bug in sfn-run, please report it with the definition and the input: {panic}"
        ));
    }));
    let outcome = std::panic::catch_unwind(|| match parsed() {
        Err(usage) => terminal::usage(&usage),
        Ok(Command::Run(run)) => run.run(),
        Ok(Command::Validate(validate)) => validate.run(),
        Ok(Command::Lint(lint)) => lint.run(),
        Ok(Command::Graph(graph)) => graph.run(),
        Ok(Command::Schema(schema)) => schema.run(),
        Ok(Command::Eval(eval)) => eval.run(),
        #[cfg(feature = "server")]
        Ok(Command::Serve(serve)) => serve.run(),
        Ok(Command::Conformance(conformance)) => conformance.run(),
        Ok(Command::Completions(completions)) => completions.run(command()),
        Ok(Command::Man(man)) => man.run(command()),
    });
    outcome.unwrap_or(Exit::Bug).into()
}
