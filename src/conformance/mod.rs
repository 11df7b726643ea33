//! The runner of conformance cases: our own, and executions recorded on the service.
//!
//! A case is data: a machine, an input, what its tasks answer, and what then must happen. It is played in virtual time,
//! so that a year of waiting takes no time at all. The cases know nothing of this library, and the format of our own is
//! described in `conformance/README.md`.

#[cfg(feature = "server")]
mod api;
mod case;
mod compare;
mod concrete;
mod expect;
mod ignore;
mod jsonata;
mod machines;
mod oracle;
mod read;
mod recording;
mod replay;
mod report;
mod script;
mod stage;
mod unify;
mod walk;

pub use report::{Area, Failed, Report};

use std::path::PathBuf;

use self::read::Malformed;
use self::report::{Entry, Verdict};
use self::walk::File;
use crate::asl::{Diagnostic, Node, Severity};
use crate::expr::path::Dialect;
use crate::lint::{self, Levels};
use crate::machine::{self, Machine};
use crate::value::Json;

/// Which cases are run, and how they are compared.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kinds to run; all when empty.
    pub only: Vec<Kind>,
    /// A text that the ids of the cases contain.
    pub filter: Option<String>,
    /// Compares also what a recording says not to compare (its `ignore`).
    pub strict: bool,
    /// The server that calls of the API go to; one in this process for each case when there is none.
    pub endpoint: Option<String>,
}

/// The kinds of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One of our own.
    Case,
    /// A recorded execution.
    Execution,
    /// Many recorded executions of small machines.
    ExecutionBatch,
    /// Recorded calls of the service's API.
    Api,
    /// A recorded call of `TestState`.
    TestState,
    /// A recorded call of `ValidateStateMachineDefinition`.
    Validate,
    /// A JSONPath and what another engine answers.
    Jsonpath,
    /// A JSONata expression and what the reference implementation answers.
    Jsonata,
    /// A state machine and the service's verdict, a line of a `.jsonl` file.
    Machine,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Case,
        Self::Execution,
        Self::ExecutionBatch,
        Self::Api,
        Self::TestState,
        Self::Validate,
        Self::Jsonpath,
        Self::Jsonata,
        Self::Machine,
    ];

    /// The word for it: what recordings call their `kind`, and `case` for our own.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Execution => "execution",
            Self::ExecutionBatch => "execution_batch",
            Self::Api => "api",
            Self::TestState => "test_state",
            Self::Validate => "validate",
            Self::Jsonpath => "jsonpath",
            Self::Jsonata => "jsonata",
            Self::Machine => "machine",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Why no case could be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No case has the wanted kind and text in its id.
    #[error("no case below {} is chosen by --only and --filter", paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", "))]
    Chosen {
        /// What was given.
        paths: Vec<PathBuf>,
    },
    /// There is no case in what was given.
    #[error("there is no case below {}", paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", "))]
    Nothing {
        /// What was given.
        paths: Vec<PathBuf>,
    },
}

/// Runs the cases in these files and folders, in the order of their names.
///
/// A file that is no case is a failure with a reason. A case that uses what the engine does not do yet is skipped.
/// `progress` is told how many files are done, and of how many.
///
/// # Errors
/// When a path cannot be read, or when there is no case at all.
pub fn run(
    paths: &[PathBuf],
    options: &Options,
    mut progress: impl FnMut(usize, usize),
) -> Result<Report, Error> {
    let mut report = Report::default();
    let files = walk::files(paths)?;
    if files.is_empty() {
        return Err(Error::Nothing {
            paths: paths.to_vec(),
        });
    }
    for (done, file) in files.iter().enumerate() {
        let text = file.read()?;
        run_file(file, &text, options)
            .into_iter()
            .for_each(|entry| report.add(entry));
        progress(done + 1, files.len());
    }
    if report.is_empty() {
        return Err(Error::Chosen {
            paths: paths.to_vec(),
        });
    }
    Ok(report)
}

fn run_file(file: &File, text: &[u8], options: &Options) -> Vec<Entry> {
    if file.has_lines() {
        return lines(file, text, options);
    }
    let value = match Json::parse(text) {
        Ok(value) => value,
        Err(error) => {
            let verdict = Verdict::Failed(format!("{}: {error}", file.path.display()));
            return selected(
                vec![Entry {
                    id: file.id.clone(),
                    area: case::area(&file.id),
                    verdict,
                }],
                options,
            );
        }
    };
    match value.get("kind").and_then(Json::as_str) {
        Some(kind) => selected_recording(file, kind, &value, options)
            .into_iter()
            .collect(),
        None => match oracle::cases(&value) {
            Some(cases) if is_wanted(Kind::Jsonpath, options) => {
                let entries = cases.iter().map(|case| oracle::entry(&file.id, case));
                selected(entries.collect(), options)
            }
            None if is_wanted(Kind::Case, options) => own_cases(file, &value, options),
            Some(_) | None => Vec::new(),
        },
    }
}

/// The cases of a file with a machine a line: its area is the verdict.
fn lines(file: &File, text: &[u8], options: &Options) -> Vec<Entry> {
    // Machines have verdicts, expressions have none.
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_machines = Json::parse(first).is_ok_and(|line| line.get("verdict").is_some());
    let kind = if is_machines {
        Kind::Machine
    } else {
        Kind::Jsonata
    };
    if !is_wanted(kind, options) {
        return Vec::new();
    }
    if kind == Kind::Jsonata {
        let entries = jsonata::entries(&file.id, &String::from_utf8_lossy(text));
        return selected(entries, options);
    }
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    let entries = lines
        .filter(|(line, _)| !line.trim_ascii().is_empty())
        .map(|(line, number)| {
            let place = format!("{}:{number}", file.id);
            let value = match Json::parse(line) {
                Ok(value) => value,
                Err(error) => {
                    let verdict = Verdict::Failed(format!("{place}: {error}"));
                    let area = case::area(&file.id);
                    return Entry {
                        id: place,
                        area,
                        verdict,
                    };
                }
            };
            let text = |name: &str| value.get(name).and_then(Json::as_str).map(str::to_owned);
            let verdict = machines::verdict(&value);
            Entry {
                id: text("id").unwrap_or(place),
                area: text("verdict").unwrap_or_else(|| case::area(&file.id)),
                verdict: verdict.unwrap_or_else(|malformed| failed(file, &malformed)),
            }
        });
    selected(entries.collect(), options)
}

fn own_cases(file: &File, value: &Json, options: &Options) -> Vec<Entry> {
    let area = case::area(&file.id);
    let mut entries = Vec::new();
    for (variant, case) in case::read(value) {
        let id = format!("{}{variant}", file.id);
        if is_named(&id, options) {
            let verdict = case.map_or_else(|malformed| failed(file, &malformed), |case| case.run());
            entries.push(Entry {
                id,
                area: area.clone(),
                verdict,
            });
        }
    }
    entries
}

fn selected_recording(file: &File, kind: &str, value: &Json, options: &Options) -> Option<Entry> {
    let text = |name: &str| value.get(name).and_then(Json::as_str);
    let id = text("id").unwrap_or(&file.id).to_owned();
    let area = text("area").map_or_else(|| case::area(&id), str::to_owned);
    let known = Kind::parse(kind);
    if !is_named(&id, options) || known.is_some_and(|kind| !is_wanted(kind, options)) {
        return None;
    }
    let verdict = match known {
        Some(Kind::Execution) => recording::execution(value, options.strict),
        Some(Kind::ExecutionBatch) => recording::batch(value, options.strict),
        #[cfg(feature = "server")]
        Some(Kind::Api) => api::steps(value, options),
        #[cfg(feature = "server")]
        Some(Kind::Validate) => api::single(value, "ValidateStateMachineDefinition", options),
        Some(Kind::Case | Kind::Machine) | None => {
            Ok(Verdict::Failed(format!("there is no kind `{kind}`")))
        }
        Some(_) => Ok(Verdict::Skipped(format!("of the kind {kind}"))),
    };
    Some(Entry {
        id,
        area,
        verdict: verdict.unwrap_or_else(|malformed| failed(file, &malformed)),
    })
}

fn failed(file: &File, malformed: &Malformed) -> Verdict {
    Verdict::Failed(format!("{}: {malformed}", file.path.display()))
}

fn selected(entries: Vec<Entry>, options: &Options) -> Vec<Entry> {
    entries
        .into_iter()
        .filter(|entry| is_named(&entry.id, options))
        .collect()
}

fn is_named(id: &str, options: &Options) -> bool {
    options
        .filter
        .as_ref()
        .is_none_or(|filter| id.contains(filter))
}

fn is_wanted(kind: Kind, options: &Options) -> bool {
    options.only.is_empty() || options.only.contains(&kind)
}

fn compile(definition: &str, jsonpath: Dialect) -> Result<Machine, Vec<Diagnostic>> {
    Machine::parse_with(definition, machine::Options { jsonpath }).map(|(machine, _)| machine)
}

/// What looks wrong with a definition, in the order of its text.
fn looked_over(definition: &str) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let node = Node::from_json(definition.as_bytes()).map_err(|_| Vec::new())?;
    let (machine, mut found) = Machine::from_node(&node, machine::Options::default())?;
    found.extend(lint::check(&node, &machine, &Levels::default()));
    found.sort_by_key(|each| (each.span.start, each.span.end));
    Ok(found)
}

/// What the engine does not do yet, by the code it is refused with.
const UNSUPPORTED: &str = "distributed-map-unsupported";

/// What becomes of a case whose definition is refused although it should not be.
fn said(diagnostics: &[Diagnostic]) -> Verdict {
    let mut errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(unsupported) = errors.clone().find(|error| error.code == UNSUPPORTED) {
        return Verdict::Skipped(unsupported.code.to_owned());
    }
    match errors.next() {
        Some(error) => Verdict::Failed(format!(
            "the definition is refused: {} at `{}`: {}",
            error.code, error.location, error.message
        )),
        None => Verdict::Failed("the definition is refused".to_owned()),
    }
}
