//! `sfn-run lint`: what `validate` warns of.

use clap::Args;

use super::{Exit, project, terminal};
use crate::lint::{self, LINTS, Level, Levels};

const AFTER: &str = "\
Examples:
  sfn-run lint
  sfn-run lint --explain path-not-produced";

/// The options of `sfn-run lint`.
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Lint {
    /// Tell what this one is for, with an example of each kind
    #[arg(long, value_name = "NAME")]
    explain: Option<String>,
}

/// The options that say which lints are heard.
#[derive(Args)]
#[command(next_help_heading = "Lints")]
pub(super) struct LintOptions {
    /// Say nothing of this one, or of `all`
    #[arg(long, value_name = "LINT")]
    allow: Vec<String>,
    /// Make this one a warning, or `all`, those included that are off unless asked for
    #[arg(long, value_name = "LINT")]
    warn: Vec<String>,
    /// Make this one an error, or `all`
    #[arg(long, value_name = "LINT")]
    deny: Vec<String>,
}

impl LintOptions {
    /// What holds for a definition: what its project says, and over that the command line.
    pub(super) fn levels(&self, definition: &str) -> Result<Levels, String> {
        let mut levels = project::lints(definition)?;
        let said = [
            (self.allow.clone(), Level::Allow),
            (self.warn.clone(), Level::Warn),
            (self.deny.clone(), Level::Deny),
        ];
        levels.say(&said).map_err(|unknown| unknown.to_string())?;
        Ok(levels)
    }
}

impl Lint {
    pub(super) fn run(&self) -> Exit {
        let text = match &self.explain {
            None => Ok(list()),
            Some(name) => explanation(name),
        };
        match text.and_then(|text| terminal::print(&text)) {
            Ok(()) => Exit::Success,
            Err(problem) => terminal::refuse(&problem),
        }
    }
}

fn explanation(name: &str) -> Result<String, String> {
    match lint::Lint::find(name) {
        Some(lint) => Ok(format!(
            "{}: {}\n\n{}\n",
            lint.name,
            lint.summary,
            lint.explanation()
        )),
        // The levels know what was probably meant.
        None => match Levels::default().set(name, Level::Warn) {
            Err(unknown) => Err(unknown.to_string()),
            Ok(()) => Err("say one name".to_owned()),
        },
    }
}

fn list() -> String {
    let names = LINTS.iter().map(|lint| lint.name.len());
    let width = names.max().unwrap_or_default();
    let line = |lint: &lint::Lint| format!("{:width$}  {}\n", lint.name, lint.summary);
    LINTS.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lint_is_listed_on_a_line() {
        let list = list();
        assert_eq!(list.lines().count(), LINTS.len());
        let line = list
            .lines()
            .find(|line| line.starts_with("loop-without-wait "));
        let summary = line
            .and_then(|line| line.split_once("  "))
            .map(|(_, rest)| rest.trim());
        assert!(
            summary.is_some_and(|summary| summary.starts_with("a loop asks")),
            "{list}"
        );
    }

    #[test]
    fn an_explanation_ends_where_the_next_begins() {
        let text = explanation("deprecated-field").unwrap();
        assert!(
            text.starts_with("deprecated-field: a field of a Map"),
            "{text}"
        );
        assert!(
            text.contains("ItemProcessor") && !text.contains("Express"),
            "{text}"
        );
        assert!(
            explanation("deprecated-fields")
                .unwrap_err()
                .ends_with("`deprecated-field`?")
        );
    }
}
