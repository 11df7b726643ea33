//! `sfn-run validate`: everything that is wrong with definitions.

use clap::Args;

use super::input::{self, Source};
use super::{Exit, render, terminal};
use crate::machine::Machine;

/// The options of `sfn-run validate`.
#[derive(Args)]
#[command(
    after_help = "Exit codes:\n  0 no definition has an error   2 one has, or cannot be read"
)]
pub(super) struct Validate {
    /// Files with definitions; `-` is standard input
    #[arg(required = true, value_name = "MACHINE")]
    machines: Vec<String>,
    /// Say nothing about definitions that are right
    #[arg(short, long)]
    quiet: bool,
}

impl Validate {
    pub(super) fn run(&self) -> Exit {
        let mut wrong = 0;
        for name in &self.machines {
            match input::definition(name) {
                Ok(source) => wrong += usize::from(!self.check(&source)),
                Err(problem) => {
                    terminal::complain(&problem);
                    wrong += 1;
                }
            }
        }
        if wrong > 0 {
            Exit::Usage
        } else {
            Exit::Success
        }
    }

    fn check(&self, source: &Source) -> bool {
        match Machine::parse_with_warnings(&source.text) {
            Ok((_, warnings)) => {
                render::diagnostics(source, &warnings);
                if !self.quiet {
                    terminal::tell(&format!("{}: ok", source.name));
                }
                true
            }
            Err(diagnostics) => {
                let errors = render::diagnostics(source, &diagnostics);
                let plural = if errors == 1 { "error" } else { "errors" };
                terminal::tell(&format!("{}: {errors} {plural}", source.name));
                false
            }
        }
    }
}
