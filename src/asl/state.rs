//! What all states have in common.

use std::fmt;
use std::ops::RangeInclusive;

use super::io::{Io, io};
use super::reader::{Reader, Spanned, not_an_object, one_of, one_of_these};
use super::{
    Around, Catcher, Choice, Diagnostic, Fail, LARGEST, Map, NAME_LENGTH, Parallel, Pass, Retrier,
    Task, Wait, catch, choice, codes, fail, map, nearest, parallel, pass, retry, succeed, task,
    wait,
};
use crate::asl::node::{Member, Node};
use crate::value::{Span, Text};

/// The eight types of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateType {
    /// `Task`
    Task,
    /// `Wait`
    Wait,
    /// `Pass`
    Pass,
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail,
    /// `Choice`
    Choice,
    /// `Parallel`
    Parallel,
    /// `Map`
    Map,
}

impl StateType {
    /// All types, in the order in which AWS lists them.
    pub const ALL: [Self; 8] = [
        Self::Task,
        Self::Wait,
        Self::Pass,
        Self::Succeed,
        Self::Fail,
        Self::Choice,
        Self::Parallel,
        Self::Map,
    ];

    /// The type as a definition spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    const fn described(self) -> &'static str {
        match self {
            Self::Task => "a Task state",
            Self::Wait => "a Wait state",
            Self::Pass => "a Pass state",
            Self::Succeed => "a Succeed state",
            Self::Fail => "a Fail state",
            Self::Choice => "a Choice state",
            Self::Parallel => "a Parallel state",
            Self::Map => "a Map state",
        }
    }
}

impl fmt::Display for StateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The languages of expressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryLanguage {
    /// `JSONPath`
    #[default]
    JsonPath,
    /// `JSONata`
    Jsonata,
}

/// Reads `QueryLanguage`.
pub(super) fn query_language(reader: &mut Reader<'_>) -> Option<QueryLanguage> {
    reader
        .word("QueryLanguage", &["JSONPath", "JSONata"])
        .map(|word| match word {
            "JSONata" => QueryLanguage::Jsonata,
            _ => QueryLanguage::JsonPath,
        })
}

/// A state as written.
#[derive(Clone, Debug)]
pub struct State {
    /// Its name.
    pub name: Spanned<Text>,
    /// Where it stands in the machine: `/States/A`.
    pub location: String,
    /// Where it stands in the text.
    pub span: Span,
    /// `Comment`
    pub comment: Option<Text>,
    /// The language of its expressions, its own or the machine's.
    pub query_language: QueryLanguage,
    /// What becomes of its input and output.
    pub io: Io,
    /// `Retry`
    pub retry: Vec<Retrier>,
    /// `Catch`
    pub catch: Vec<Catcher>,
    /// Where it goes; `None` for Choice, Succeed and Fail states, and where it is not told.
    pub next: Option<Transition>,
    /// What it does.
    pub kind: StateKind,
}

/// Where a state goes.
#[derive(Clone, Debug)]
pub enum Transition {
    /// `Next`
    Next(Spanned<Text>),
    /// `End`
    End,
}

/// What a state does.
#[derive(Clone, Debug)]
pub enum StateKind {
    /// `Task`
    Task(Task),
    /// `Parallel`
    Parallel(Parallel),
    /// `Map`
    Map(Map),
    /// `Pass`
    Pass(Pass),
    /// `Wait`
    Wait(Wait),
    /// `Choice`
    Choice(Choice),
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail(Fail),
}

impl StateKind {
    /// The type.
    #[must_use]
    pub fn state_type(&self) -> StateType {
        match self {
            Self::Task(_) => StateType::Task,
            Self::Parallel(_) => StateType::Parallel,
            Self::Map(_) => StateType::Map,
            Self::Pass(_) => StateType::Pass,
            Self::Wait(_) => StateType::Wait,
            Self::Choice(_) => StateType::Choice,
            Self::Succeed => StateType::Succeed,
            Self::Fail(_) => StateType::Fail,
        }
    }
}

/// A whole number that is written down, referred to, or computed.
#[derive(Clone, Debug)]
pub enum Amount {
    /// The field itself.
    Literal(Spanned<u32>),
    /// The field with `Path` at its end.
    Path(&'static str, Spanned<Text>),
    /// The field with a JSONata expression.
    Expression(&'static str, Spanned<Text>),
}

/// Which of the common fields a type has.
pub(super) struct Shape {
    pub(super) input_output: bool,
    pub(super) parameters: bool,
    pub(super) result: bool,
    pub(super) selector: bool,
    pub(super) assign: bool,
    pub(super) handlers: bool,
    pub(super) flow: bool,
}

fn shape(state_type: StateType) -> Shape {
    let all = Shape {
        input_output: true,
        parameters: true,
        result: true,
        selector: true,
        assign: true,
        handlers: true,
        flow: true,
    };
    match state_type {
        StateType::Task | StateType::Parallel | StateType::Map => all,
        StateType::Pass => Shape {
            selector: false,
            handlers: false,
            ..all
        },
        StateType::Wait => Shape {
            parameters: false,
            result: false,
            selector: false,
            handlers: false,
            ..all
        },
        StateType::Choice => Shape {
            parameters: false,
            result: false,
            selector: false,
            handlers: false,
            flow: false,
            ..all
        },
        StateType::Succeed => Shape {
            parameters: false,
            result: false,
            selector: false,
            handlers: false,
            flow: false,
            assign: false,
            ..all
        },
        StateType::Fail => Shape {
            input_output: false,
            parameters: false,
            result: false,
            selector: false,
            assign: false,
            handlers: false,
            flow: false,
        },
    }
}

/// Reads one state.
pub(super) fn state(
    member: &Member,
    parent: &str,
    around: Around,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<State> {
    let location = format!("{parent}/{}", member.name);
    let state_type = state_type(&member.value, &location, diagnostics)?;
    let mut reader = Reader::open(
        &member.value,
        location.clone(),
        state_type.described(),
        diagnostics,
    )?;
    check_name(member, &mut reader);
    reader.any("Type");
    let comment = reader.text("Comment").map(|text| text.value);
    let query_language = own_language(&mut reader, around.language);
    let shape = shape(state_type);
    let io = io(&mut reader, &shape, query_language);
    let (retry, catch) = if shape.handlers {
        (
            retry::read(&mut reader),
            catch::read(&mut reader, query_language),
        )
    } else {
        (Vec::new(), Vec::new())
    };
    let next = if shape.flow { flow(&mut reader) } else { None };
    let kind = kind(&mut reader, state_type, query_language, around);
    reader.finish();
    let name = Spanned {
        value: member.name.clone(),
        span: member.name_span,
    };
    Some(State {
        name,
        location,
        span: member.value.span,
        comment,
        query_language,
        io,
        retry,
        catch,
        next,
        kind: kind?,
    })
}

/// The type comes first: it decides what the other fields mean.
fn state_type(node: &Node, location: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<StateType> {
    let names = StateType::ALL.map(StateType::as_str);
    let Some(members) = node.members() else {
        let message = format!("a state must be an object, found {}", node.kind());
        diagnostics.push(not_an_object(location.to_owned(), node.span, message));
        return None;
    };
    let Some(written) = members.iter().rev().find(|member| member.name == "Type") else {
        let opening = Span {
            start: node.span.start,
            end: node.span.start + 1,
        };
        let message = "a state must have a `Type`";
        let diagnostic = Diagnostic::error(codes::MISSING_FIELD, location, opening, message);
        diagnostics.push(diagnostic.told_missing("Type"));
        return None;
    };
    let text = written.value.text().map_or("", Text::as_str);
    let found = StateType::ALL
        .into_iter()
        .find(|state_type| state_type.as_str() == text);
    if found.is_none() {
        let found = written.value.text().map_or_else(
            || written.value.kind().to_owned(),
            |text| format!("`{text}`"),
        );
        let message = format!("`Type` must be {}, found {found}", one_of(&names));
        let location = format!("{location}/Type");
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_VALUE, location, written.value.span, message)
                .told(one_of_these("Type", &names));
        if let Some(near) = nearest(text, names) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        diagnostics.push(diagnostic);
    }
    found
}

fn check_name(member: &Member, reader: &mut Reader<'_>) {
    let length = member.name.chars().count();
    let (problem, told) = match length {
        0 => (
            "a state must have a name".to_owned(),
            "Invalid State name: name cannot be empty".to_owned(),
        ),
        1..=NAME_LENGTH => return,
        _ => (
            format!(
                "the name of a state has at most {NAME_LENGTH} characters, this one has {length}"
            ),
            format!(
                "Invalid State name: State '{}' exceeds the {NAME_LENGTH}-character limit allowed by the service",
                member.name
            ),
        ),
    };
    let location = reader.location().to_owned();
    let diagnostic = Diagnostic::error(codes::INVALID_NAME, location, member.name_span, problem);
    reader.report(diagnostic.told(told));
}

/// A machine in JSONata has no states in JSONPath (observed on AWS).
fn own_language(reader: &mut Reader<'_>, inherited: QueryLanguage) -> QueryLanguage {
    let own = query_language(reader).unwrap_or(inherited);
    if inherited == QueryLanguage::Jsonata && own == QueryLanguage::JsonPath {
        let message =
            "`QueryLanguage` cannot be `JSONPath` in a machine whose language is `JSONata`";
        let (location, span) = (
            reader.location().to_owned(),
            reader.name_span("QueryLanguage"),
        );
        let diagnostic = Diagnostic::error(codes::WRONG_QUERY_LANGUAGE, location, span, message);
        reader.report(diagnostic.told(
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        ));
        return inherited;
    }
    own
}

fn flow(reader: &mut Reader<'_>) -> Option<Transition> {
    let next = reader.text("Next");
    let end = reader.boolean("End");
    reader.exclusive(&["Next", "End"]);
    match (next, end) {
        (Some(next), _) => Some(Transition::Next(next)),
        (None, Some(true)) => Some(Transition::End),
        (None, None) if reader.has("Next") || reader.has("End") => None,
        (None, _) => {
            let opening = Span {
                start: reader.span().start,
                end: reader.span().start + 1,
            };
            let message = "the state goes nowhere: it has neither `Next` nor `\"End\": true`";
            let location = reader.location().to_owned();
            let diagnostic = Diagnostic::error(codes::MISSING_FIELD, location, opening, message);
            reader.report(diagnostic.told("One of these fields is required: [Next, End]"));
            None
        }
    }
}

fn kind(
    reader: &mut Reader<'_>,
    state_type: StateType,
    language: QueryLanguage,
    around: Around,
) -> Option<StateKind> {
    match state_type {
        StateType::Task => task::read(reader, language).map(StateKind::Task),
        StateType::Wait => wait::read(reader, language).map(StateKind::Wait),
        StateType::Pass => Some(StateKind::Pass(pass::read(reader, language))),
        StateType::Succeed => Some(succeed::read()),
        StateType::Fail => Some(StateKind::Fail(fail::read(reader, language))),
        StateType::Choice => choice::read(reader, language).map(StateKind::Choice),
        StateType::Parallel => parallel::read(reader, around).map(StateKind::Parallel),
        StateType::Map => map::read(reader, language, around).map(StateKind::Map),
    }
}

/// Reads a number that may also be referred to (`…Path`, JSONPath) or computed (JSONata).
pub(super) fn amount(
    reader: &mut Reader<'_>,
    name: &'static str,
    path_name: &'static str,
    least: u32,
    language: QueryLanguage,
) -> Option<Amount> {
    amount_within(reader, [name, path_name], least..=LARGEST, language)
}

/// The same within a range.
pub(super) fn amount_within(
    reader: &mut Reader<'_>,
    [name, path_name]: [&'static str; 2],
    range: RangeInclusive<u32>,
    language: QueryLanguage,
) -> Option<Amount> {
    let node = reader.any(name);
    match language {
        QueryLanguage::Jsonata => {
            reader.foreign(&[path_name], "JSONPath");
            let node = node?;
            if let Some(text) = node.text() {
                let text = Spanned {
                    value: text.clone(),
                    span: node.span,
                };
                return Some(Amount::Expression(name, text));
            }
            reader.as_integer(name, node, range).map(Amount::Literal)
        }
        QueryLanguage::JsonPath => {
            let path = reader.text(path_name);
            reader.exclusive(&[name, path_name]);
            match (node, path) {
                (Some(node), _) => reader.as_integer(name, node, range).map(Amount::Literal),
                (None, path) => path.map(|path| Amount::Path(path_name, path)),
            }
        }
    }
}
