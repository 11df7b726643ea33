//! What the service accepts, and a careful colleague would ask about.
//!
//! A lint looks at a machine that compiles, so it need not ask whether names lead anywhere. What each is for, with a
//! machine it speaks of and one it does not, stands in `docs/lints.md`, from where `sfn-run lint --explain` has it.
//! A lint speaks only of what is certain: a false alarm is a defect.

mod arns;
mod choices;
mod growth;
mod handlers;
mod legacy;
mod levels;
mod loops;
mod paths;
mod reaching;
mod reads;
mod service;
mod shape;
mod subject;
mod tasks;
mod variables;

pub use levels::{Level, Levels, UnknownLint};

use self::subject::{Finding, Subject};
use crate::asl::{Diagnostic, Node, Severity};
use crate::machine::Machine;

/// What each lint is for, at length.
const PAGE: &str = include_str!("../../docs/lints.md");

/// Something that a machine is looked over for. Its name is the code of its diagnostics.
pub struct Lint {
    /// Its name: in kebab case, or as the service calls it.
    pub name: &'static str,
    /// What it speaks of, in a line.
    pub summary: &'static str,
    /// What becomes of its findings, where nobody says otherwise.
    pub level: Level,
    check: fn(&Subject<'_>, &mut Vec<Finding>),
}

/// All lints, in the order of their names.
pub static LINTS: &[Lint] = &[
    tasks::CALLBACK_WITHOUT_TIMEOUT,
    handlers::CATCH_NEVER_MATCHES,
    choices::CHOICE_NOT_COVERED,
    legacy::DEPRECATED_FIELD,
    tasks::EXPRESS_INCOMPATIBLE,
    arns::HARD_CODED_ARN,
    loops::LOOP_WITHOUT_EXIT,
    loops::LOOP_WITHOUT_WAIT,
    service::NO_DOLLAR,
    service::NO_PATH,
    service::PASS_RESULT_IS_STATIC,
    paths::PATH_NOT_PRODUCED,
    growth::PAYLOAD_GROWTH,
    handlers::RETRY_SHADOWED,
    variables::VARIABLE_NEVER_ASSIGNED,
];

impl Lint {
    /// The lint of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        LINTS.iter().find(|lint| lint.name == name)
    }

    /// What it is for, in Markdown: what it finds, why that matters, and a machine of each kind.
    #[must_use]
    pub fn explanation(&self) -> &'static str {
        let heading = format!("\n## {}\n", self.name);
        let section = PAGE.split_once(&heading).map_or("", |(_, rest)| rest);
        section.split("\n## ").next().unwrap_or_default().trim()
    }
}

/// Looks over a machine. `node` is the definition it was compiled from.
#[must_use]
pub fn check(node: &Node, machine: &Machine, levels: &Levels) -> Vec<Diagnostic> {
    let subject = Subject::new(node, machine);
    let mut diagnostics = Vec::new();
    for lint in LINTS {
        let severity = match levels.of(lint) {
            Level::Allow => continue,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        let mut findings = Vec::new();
        (lint.check)(&subject, &mut findings);
        diagnostics.extend(findings.into_iter().map(|finding| Diagnostic {
            severity,
            code: lint.name,
            location: finding.location,
            span: finding.span,
            message: finding.message,
            help: finding.help,
            told: None,
        }));
    }
    diagnostics.sort_by_key(|each| (each.span.start, each.span.end));
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of what is found in a machine, every lint being on.
    pub(super) fn names(text: &str) -> Vec<&'static str> {
        let node = Node::from_json(text.as_bytes()).expect("JSON");
        let machine = Machine::from_node(&node, crate::machine::Options::default())
            .map_err(|wrong| panic!("{text}: {wrong:?}"));
        let (machine, _) = machine.expect("it compiles");
        let mut levels = Levels::default();
        levels.set("all", Level::Warn).expect("it is a word");
        let found = check(&node, &machine, &levels);
        found.into_iter().map(|each| each.code).collect()
    }

    /// The machines in a section of the page: what stands between fences.
    fn machines(section: &str) -> Vec<&str> {
        let blocks = section.split("```json\n").skip(1);
        blocks.filter_map(|rest| rest.split("```").next()).collect()
    }

    #[test]
    fn each_explanation_has_a_machine_that_is_spoken_of_and_one_that_is_not() {
        for lint in LINTS {
            let name = lint.name;
            let machines = machines(lint.explanation());
            let [bad, good] = machines.as_slice() else {
                panic!("{name}: there must be two machines");
            };
            assert!(names(bad).contains(&name), "{name} is silent about {bad}");
            assert!(!names(good).contains(&name), "{name} speaks of {good}");
        }
    }

    #[test]
    fn lints_stand_in_the_order_of_their_names_in_the_table_and_on_the_page() {
        let names: Vec<_> = LINTS.iter().map(|lint| lint.name.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## "));
        let headings: Vec<_> = headings.map(str::to_lowercase).collect();
        assert_eq!(headings, names);
    }

    #[test]
    fn what_is_denied_is_an_error_and_what_is_allowed_is_not_told() {
        let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}}"#;
        let node = Node::from_json(text.as_bytes()).unwrap();
        let (machine, _) = Machine::from_node(&node, crate::machine::Options::default()).unwrap();
        let found = |level| {
            let mut levels = Levels::default();
            levels.set("callback-without-timeout", level).unwrap();
            let found = check(&node, &machine, &levels);
            found
                .into_iter()
                .map(|each| each.severity)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(Level::Warn), [Severity::Warning]);
        assert_eq!(found(Level::Deny), [Severity::Error]);
        assert_eq!(found(Level::Allow), []);
    }
}
