//! `sfn-run validate`: everything that is wrong with definitions.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::definition::{Definition, DefinitionOptions};
use super::findings::{self, Count, Findings, ListForm};
use super::{Exit, github, render, sarif, terminal};
use crate::asl::Severity;

const AFTER: &str = "\
Examples:
  sfn-run validate machine.asl.json
  sfn-run validate 'states/**/*.asl.yaml' workflows/       # patterns and folders
  sfn-run validate template.yaml --resource OrderMachine --define Table=orders
  sfn-run validate *.asl.json --format github              # beside the changed lines of a pull request
  sfn-run validate . --format sarif > findings.sarif       # for code scanning and editors
  cat machine.json | sfn-run validate - --format json      # the answer of ValidateStateMachineDefinition

Exit codes:
  0 no definition has an error   2 one has, or cannot be read";

/// The options of `sfn-run validate`.
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Validate {
    /// Files with definitions, or templates with state machines; folders, in which .asl.json, .asl.jsonc, .asl.yaml,
    /// .asl.yml and .asl are looked for; patterns with *, ** and ?; `-` is standard input
    #[arg(required = true, value_name = "MACHINE")]
    machines: Vec<String>,
    /// What is told: text for people, json as the service answers (a list of such answers where several files are
    /// asked for), sarif for editors and code scanning, or the commands of GitHub's workflows
    #[arg(long, value_enum, default_value_t)]
    format: Report,
    /// The least that is told
    #[arg(long, value_enum, default_value_t)]
    severity: Least,
    /// Say nothing about definitions that are right
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    definition: DefinitionOptions,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
enum Report {
    #[default]
    Text,
    Json,
    Sarif,
    Github,
}

#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
enum Least {
    Error,
    #[default]
    Warning,
}

impl Validate {
    pub(super) fn run(&self) -> Exit {
        let mut unread = 0;
        let mut findings = Vec::new();
        let (names, list) = self.names(&mut unread);
        for name in names {
            match self.definition.all(&name) {
                Ok(found) if found.is_empty() => {
                    let why = format!("{name} is a template without a state machine");
                    terminal::complain(&why);
                    unread += 1;
                }
                Ok(found) => findings.extend(found.into_iter().map(|each| self.check(each))),
                Err(problem) => {
                    terminal::complain(&problem);
                    unread += 1;
                }
            }
        }
        match self.tell(&findings, list) {
            Err(problem) => {
                terminal::complain(&problem);
                Exit::Unwritten
            }
            Ok(()) if unread > 0 || findings.iter().any(|found| found.count().errors > 0) => {
                Exit::Usage
            }
            Ok(()) => Exit::Success,
        }
    }

    fn check(&self, definition: Definition) -> Findings {
        let mut diagnostics = definition.checked();
        if self.severity == Least::Error {
            diagnostics.retain(|each| each.severity == Severity::Error);
        }
        Findings {
            definition,
            diagnostics,
        }
    }

    fn tell(&self, findings: &[Findings], list: ListForm) -> Result<(), String> {
        match self.format {
            Report::Json => terminal::print(&findings::json(findings, list)),
            Report::Sarif => terminal::print(&sarif::log(findings)),
            Report::Github => terminal::print(&github::commands(findings)),
            Report::Text => {
                self.text(findings);
                Ok(())
            }
        }
    }

    fn text(&self, findings: &[Findings]) {
        for found in findings {
            render::diagnostics(&found.definition.source, &found.diagnostics);
            let title = &found.definition.title;
            let count = found.count();
            if count.errors > 0 {
                terminal::tell(&format!("{title}: {}", plural(count.errors, "error")));
            } else if !self.quiet {
                terminal::tell(&format!("{title}: ok"));
            }
        }
        let wrong = findings.iter().filter(|found| found.count().errors > 0);
        let wrong = wrong.count();
        if findings.len() > 1 && (wrong > 0 || !self.quiet) {
            terminal::tell(&summary(findings, wrong));
        }
    }

    /// The files that were asked for, and whether they are several.
    fn names(&self, unread: &mut usize) -> (Vec<String>, ListForm) {
        let mut names = Vec::new();
        let mut several = self.machines.len() > 1;
        for name in &self.machines {
            let path = Path::new(name);
            let patterns = match path.is_dir() {
                true => in_folder(name),
                false if name.contains(['*', '?', '[']) && !path.exists() => vec![name.clone()],
                false => {
                    names.push(name.clone());
                    continue;
                }
            };
            several = true;
            match matching(&patterns) {
                Ok(found) if found.is_empty() => {
                    terminal::complain(&format!("{name}: there is no definition"));
                    *unread += 1;
                }
                Ok(found) => names.extend(found),
                Err(problem) => {
                    terminal::complain(&format!("{name}: {problem}"));
                    *unread += 1;
                }
            }
        }
        let list = if several {
            ListForm::List
        } else {
            ListForm::Alone
        };
        (names, list)
    }
}

fn in_folder(folder: &str) -> Vec<String> {
    let folder = glob::Pattern::escape(folder.trim_end_matches('/'));
    let endings = ["asl.json", "asl.jsonc", "asl.yaml", "asl.yml", "asl"];
    endings
        .map(|ending| format!("{folder}/**/*.{ending}"))
        .to_vec()
}

/// The files that fit, in the order of their names.
fn matching(patterns: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for pattern in patterns {
        let paths = glob::glob(pattern).map_err(|error| error.msg.to_owned())?;
        // What cannot be looked into holds nothing that was asked for by name.
        let files = paths.flatten().filter(|path| path.is_file());
        found.extend(files.map(|path| path.display().to_string()));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn summary(findings: &[Findings], wrong: usize) -> String {
    let mut all = Count::default();
    for count in findings.iter().map(Findings::count) {
        all.errors += count.errors;
        all.warnings += count.warnings;
    }
    format!(
        "checked {}: {} ok, {wrong} wrong ({}, {})",
        plural(findings.len(), "definition"),
        findings.len() - wrong,
        plural(all.errors, "error"),
        plural(all.warnings, "warning"),
    )
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
