//! `sfn-run conformance`: holds the engine to cases of behaviour.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, terminal};
use crate::conformance::{Kind, Options, run};

/// The options of `sfn-run conformance`.
#[derive(Args)]
#[command(
    after_help = "Exit codes:\n  0 all passed   1 a case failed   2 usage, or no case at all"
)]
pub(super) struct Conformance {
    /// Case files, tables of JSONPath (.json) or JSONata (.jsonl) with their answers, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Only cases of these kinds: case, execution, execution_batch, api, test_state, validate, jsonpath, jsonata
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    only: Vec<Kind>,
    /// Only cases whose id has this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Compare also what a recording says is not to be compared
    #[arg(long)]
    strict: bool,
    /// The server that calls of the API go to, instead of one in this process
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
}

impl Conformance {
    pub(super) fn run(&self) -> Exit {
        let options = Options {
            only: self.only.clone(),
            filter: self.filter.clone(),
            strict: self.strict,
            endpoint: self.endpoint.clone(),
        };
        let progress = |done: usize, total: usize| {
            if terminal::is_terminal() && (done.is_multiple_of(50) || done == total) {
                terminal::progress(done, total);
            }
        };
        match run(&self.paths, &options, progress) {
            Ok(report) => {
                let text = if self.json {
                    format!("{}\n", report.json())
                } else {
                    report.table()
                };
                match terminal::print(&text) {
                    Err(problem) => {
                        terminal::complain(&problem);
                        Exit::Unwritten
                    }
                    Ok(()) if report.failures().is_empty() => Exit::Success,
                    Ok(()) => Exit::Failed,
                }
            }
            Err(error) => terminal::refuse(&error.to_string()),
        }
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::parse(name).ok_or_else(|| format!("there is no kind `{name}`"))
}
