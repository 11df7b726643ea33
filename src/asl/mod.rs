//! The States Language as written: from text to a [`Definition`], with everything that is wrong told at once.
//!
//! Paths, templates and references stay texts with places here: what they mean is the business of
//! [`crate::machine`], which compiles them. Source of the rules: <https://states-language.net> and the AWS Step Functions
//! developer guide.

mod catch;
mod choice;
pub mod codes;
mod diagnostic;
mod distributed;
mod fail;
pub mod fields;
mod io;
mod map;
mod node;
mod parallel;
mod pass;
mod placeholders;
mod reader;
mod resource;
mod retry;
mod rules;
#[cfg(feature = "formats")]
pub mod source;
mod state;
mod succeed;
mod task;
mod wait;

pub use catch::Catcher;
pub use choice::{Choice, Comparand, Comparison, Rule, Test};
pub use diagnostic::{Diagnostic, Severity, Told, line_column};
pub use fail::{Fail, TextField};
pub use io::{Io, PathField};
pub use map::Map;
pub use node::{Member, Node, NodeValue};
pub use parallel::Parallel;
pub use pass::Pass;
pub use placeholders::holds_placeholder;
pub use reader::Spanned;
pub use resource::{Pattern, Resource, ResourceKind};
pub use retry::{JitterStrategy, Retrier};
pub use rules::{MachineType, Placeholders, Resources, Rules};
pub use state::{Amount, QueryLanguage, State, StateKind, StateType, Transition};
pub use task::Task;
pub use wait::{Until, Wait};

pub(crate) use diagnostic::nearest;
pub(crate) use placeholders::excuse;

use self::reader::Reader;
use crate::value::{Json, Span, Text};

/// A state machine as written.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `Comment`
    pub comment: Option<Text>,
    /// `QueryLanguage`, which the states inherit.
    pub query_language: QueryLanguage,
    /// `TimeoutSeconds`: how long an execution may take.
    pub timeout_seconds: Option<u32>,
    /// `StartAt` and `States`.
    pub states: States,
    /// The whole value.
    pub json: Json,
}

/// `StartAt` and `States`: the top level, a branch, or an item processor.
#[derive(Clone, Debug)]
pub struct States {
    /// `StartAt`
    pub start_at: Option<Spanned<Text>>,
    /// The states, as they were written.
    pub states: Vec<State>,
    /// The names of states that are there but could not be read.
    pub unreadable: Vec<Text>,
    /// Where it stands in the machine: `/` for the top level.
    pub location: String,
    /// Where it stands in the text.
    pub span: Span,
}

/// The characters a name may have: the service's limit, the specification has none.
const NAME_LENGTH: usize = 80;

/// What may be given as a number of seconds, or a count.
const LARGEST: u32 = 99_999_999;

/// Reads a definition from JSON text.
///
/// Answers what could be understood, and everything that is wrong. A definition with errors is good for looking at, not
/// for compiling.
#[must_use]
pub fn parse(text: &[u8]) -> (Option<Definition>, Vec<Diagnostic>) {
    match Node::from_json(text) {
        Ok(node) => read(&node),
        Err(error) => {
            let span = Span {
                start: error.offset,
                end: error.offset + 1,
            };
            (
                None,
                vec![Diagnostic::error(
                    codes::INVALID_JSON,
                    "/",
                    span,
                    error.message,
                )],
            )
        }
    }
}

/// Reads a definition from a value, whatever it was read from.
#[must_use]
pub fn read(node: &Node) -> (Option<Definition>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let definition = definition(node, &mut diagnostics);
    (definition, diagnostics)
}

fn definition(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Definition> {
    let mut reader = Reader::open(node, "/".into(), "a state machine", diagnostics)?;
    let comment = reader.text("Comment").map(|text| text.value);
    reader.word("Version", &["1.0"]);
    let query_language = state::query_language(&mut reader).unwrap_or_default();
    let timeout_seconds = reader
        .integer("TimeoutSeconds", 1..=LARGEST)
        .map(|seconds| seconds.value);
    let around = Around {
        language: query_language,
        depth: 0,
    };
    let states = states(&mut reader, around);
    reader.finish();
    Some(Definition {
        comment,
        query_language,
        timeout_seconds,
        states,
        json: node.to_json(),
    })
}

/// What states inherit from where they stand.
#[derive(Clone, Copy)]
struct Around {
    /// The machine's language.
    language: QueryLanguage,
    /// How many scopes stand around.
    depth: usize,
}

/// How deep scopes may stand inside each other. The service has a limit too, which nobody has published.
const DEEPEST: usize = 250;

/// Reads `StartAt` and `States` among the members of whatever holds them.
fn states(reader: &mut Reader<'_>, around: Around) -> States {
    let inside = Around {
        depth: around.depth + 1,
        ..around
    };
    if around.depth > DEEPEST {
        return too_deep(reader);
    }
    let start_at = reader.required_text("StartAt");
    let location = reader.location().to_owned();
    let span = reader.span();
    let mut states = Vec::new();
    let mut unreadable = Vec::new();
    if let Some(node) = reader.required("States") {
        let at = reader.at("States");
        match node.members() {
            Some([]) => {
                let message = "`States` must not be empty";
                let diagnostic = Diagnostic::error(codes::EMPTY, at, node.span, message);
                reader.report(diagnostic.told("Value cannot be empty"));
            }
            Some(members) => {
                for member in members {
                    match state::state(member, &at, inside, reader.diagnostics()) {
                        Some(state) => states.push(state),
                        None => unreadable.push(member.name.clone()),
                    }
                }
            }
            None => {
                let message = format!("`States` must be an object, found {}", node.kind());
                reader.report(reader::not_an_object(at, node.span, message));
            }
        }
    }
    States {
        start_at,
        states,
        unreadable,
        location,
        span,
    }
}

/// The states of a scope that is not looked into.
fn too_deep(reader: &mut Reader<'_>) -> States {
    reader.any("StartAt");
    reader.any("States");
    let (location, span) = (reader.location().to_owned(), reader.span());
    let message = format!("at most {DEEPEST} scopes stand inside each other");
    let diagnostic = Diagnostic::error(codes::TOO_DEEP, location.as_str(), span, message);
    reader.report(diagnostic.told("State machine is too deeply nested"));
    States {
        start_at: None,
        states: Vec::new(),
        unreadable: Vec::new(),
        location,
        span,
    }
}
