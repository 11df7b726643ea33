//! Compiling the texts of fields: what is wrong with one is told at its place.

use std::fmt::Write as _;

use super::queries::Sees;
use crate::asl::{Diagnostic, Node, PathField, QueryLanguage, Spanned, State, codes};
use crate::expr::path::{Dialect, Root};
use crate::expr::template::Segment;
use crate::expr::{Call, Path, ReferencePath, Template};
use crate::machine::state::{Assign, ResultPath, Selection, TextField};
use crate::value::{Span, Text};

/// Compiles expressions and gathers what is wrong with them.
pub(super) struct Expressions<'a> {
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The dialect of all paths that read.
    dialect: Dialect,
    /// The language of the state that is being compiled.
    language: QueryLanguage,
    /// How much of a location is the state's own: the rest is how causes call a field.
    prefix: usize,
}

impl<'a> Expressions<'a> {
    pub(super) fn new(diagnostics: &'a mut Vec<Diagnostic>, dialect: Dialect) -> Self {
        Self {
            diagnostics,
            dialect,
            language: QueryLanguage::JsonPath,
            prefix: 0,
        }
    }

    /// Goes on to the fields of this state.
    pub(super) fn turn_to(&mut self, state: &State) {
        self.language = state.query_language;
        self.prefix = state.location.len() + 1;
    }

    pub(super) fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }

    /// How causes call the field at this location: `Choices[0]/Condition`.
    pub(super) fn field<'l>(&self, location: &'l str) -> &'l str {
        location.get(self.prefix..).unwrap_or(location)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Any path.
    pub(super) fn path(&mut self, text: &Spanned<Text>, location: String) -> Option<Path> {
        self.path_or(text, location, "Value must be a valid JSONPath.")
    }

    /// Any path, or what the service says of what is none.
    fn path_or(&mut self, text: &Spanned<Text>, location: String, told: &str) -> Option<Path> {
        match Path::compile_in(&text.value, self.dialect) {
            Ok(path) => Some(path),
            Err(problem) => {
                let message = format!("`{}` is no JSONPath: {problem}", text.value);
                let diagnostic =
                    Diagnostic::error(codes::INVALID_PATH, location, text.span, message);
                self.report(diagnostic.told(told));
                None
            }
        }
    }

    /// A path of names and single indices, from which a value is read.
    pub(super) fn reference(&mut self, text: &Spanned<Text>, location: String) -> Option<Path> {
        let path = self.path_or(text, location.clone(), &no_reference(&text.value))?;
        if !path.is_reference() {
            let message = format!(
                "`{}` is no Reference Path: it may lead to more than one value",
                text.value
            );
            let diagnostic =
                Diagnostic::error(codes::INVALID_REFERENCE_PATH, location, text.span, message)
                    .told(no_reference(&text.value));
            self.report(
                diagnostic
                    .help("a Reference Path has only names and single indices, such as `$.a.b[0]`"),
            );
            return None;
        }
        Some(path)
    }

    /// The same where the context object cannot be read: the numbers of a Map (conformance
    /// `definition/map-numbers-from-the-context`).
    pub(super) fn input_reference(
        &mut self,
        text: &Spanned<Text>,
        location: String,
    ) -> Option<Path> {
        let path = self.reference(text, location.clone())?;
        if *path.root() == Root::Context {
            let message = format!(
                "`{}` reads the context object, which this field cannot",
                text.value
            );
            let code = codes::INVALID_REFERENCE_PATH;
            let diagnostic = Diagnostic::error(code, location, text.span, message);
            self.report(diagnostic.told(no_reference(&text.value)));
            return None;
        }
        Some(path)
    }

    /// `ItemsPath`: a Reference Path, or nothing said.
    pub(super) fn reference_selection(
        &mut self,
        field: &PathField,
        location: impl Fn() -> String,
    ) -> Selection {
        match field {
            Some(Some(text)) if text.value != "$" => self
                .reference(text, location())
                .map_or(Selection::Whole, Selection::Path),
            Some(None) => Selection::Nothing,
            Some(Some(_)) | None => Selection::Whole,
        }
    }

    /// `InputPath`, `OutputPath`
    pub(super) fn selection(
        &mut self,
        field: &PathField,
        location: impl Fn() -> String,
    ) -> Selection {
        let Some(field) = field else {
            return Selection::Whole;
        };
        let Some(text) = field else {
            return Selection::Nothing;
        };
        if text.value == "$" {
            return Selection::Whole;
        }
        self.path(text, location())
            .map_or(Selection::Whole, Selection::Path)
    }

    /// `ResultPath`
    pub(super) fn result_path(
        &mut self,
        field: &PathField,
        location: impl Fn() -> String,
    ) -> ResultPath {
        let Some(field) = field else {
            return ResultPath::Replace;
        };
        let Some(text) = field else {
            return ResultPath::Discard;
        };
        match ReferencePath::compile(&text.value) {
            Ok(path) if path.is_root() => ResultPath::Replace,
            Ok(path) => ResultPath::Put(path),
            Err(problem) => {
                let message = format!("`{}` is no Reference Path: {problem}", text.value);
                let code = codes::INVALID_REFERENCE_PATH;
                let diagnostic = Diagnostic::error(code, location(), text.span, message);
                self.report(diagnostic.told(no_reference(&text.value)));
                ResultPath::Replace
            }
        }
    }

    /// A template in the language of the state.
    pub(super) fn template(&mut self, node: &Node, location: &str, sees: Sees) -> Option<Template> {
        match self.language {
            QueryLanguage::JsonPath => self.payload_template(node, location),
            QueryLanguage::Jsonata => Some(self.query_template(node, location, sees)),
        }
    }

    fn payload_template(&mut self, node: &Node, location: &str) -> Option<Template> {
        match Template::compile_in(&node.to_json(), self.dialect) {
            Ok(template) => Some(template),
            Err(errors) => {
                for error in errors {
                    let span = place(node, &error.at);
                    let diagnostic =
                        Diagnostic::error(codes::INVALID_TEMPLATE, location, span, error.message)
                            .told_at(Some(container(location, &error.at)), no_template(&error.at));
                    self.report(diagnostic.help(error.detail));
                }
                None
            }
        }
    }

    /// `Assign`
    pub(super) fn assign(&mut self, node: &Node, location: &str, sees: Sees) -> Option<Assign> {
        self.template(node, location, sees).map(Assign)
    }

    /// `ErrorPath`, `CausePath`: a path, or an intrinsic function that makes a text.
    pub(super) fn text_field(
        &mut self,
        text: &Spanned<Text>,
        location: String,
    ) -> Option<TextField> {
        /// The functions that make texts (AWS developer guide, "Intrinsic functions").
        const TEXTUAL: [&str; 7] = [
            "States.ArrayGetItem",
            "States.Base64Decode",
            "States.Base64Encode",
            "States.Format",
            "States.Hash",
            "States.JsonToString",
            "States.UUID",
        ];
        if text.value.starts_with('$') {
            return self.reference(text, location).map(TextField::Path);
        }
        let problem = match Call::compile_in(&text.value, self.dialect) {
            Ok(call) if TEXTUAL.contains(&call.function()) => return Some(TextField::Call(call)),
            Ok(call) => format!("`{}` does not make a text", call.function()),
            Err(problem) => format!(
                "`{}` is no path and no intrinsic function: {problem}",
                text.value
            ),
        };
        let diagnostic = Diagnostic::error(codes::INVALID_TEMPLATE, location, text.span, problem);
        self.report(
            diagnostic.told("Value must be a valid JSONPath or a valid intrinsic function call"),
        );
        None
    }
}

/// What the service says of a text that is no Reference Path.
fn no_reference(text: &str) -> String {
    let why = match text.find('[') {
        _ if !text.starts_with('$') => "Reference path didn't start with '$'",
        Some(at) if !text[at + 1..].starts_with(['\'', '[']) => "'[' must be followed by ' or '[' ",
        _ => "Reference path contains invalid characters",
    };
    format!("Value is not a Reference Path: {why}")
}

/// What the service says of a member of a template whose text cannot be evaluated.
fn no_template(at: &[Segment]) -> String {
    let field = at.iter().rev().find_map(|segment| match segment {
        Segment::Member(name) => Some(name.as_str()),
        Segment::Index(_) => None,
    });
    format!(
        "The value for the field '{}' must be a valid JSONPath or a valid intrinsic function call",
        field.unwrap_or_default()
    )
}

/// The place of the object that holds a member of a template: the service names that.
fn container(location: &str, at: &[Segment]) -> String {
    let mut place = location.to_owned();
    for segment in at.split_last().map_or(at, |(_, around)| around) {
        match segment {
            Segment::Member(name) => _ = write!(place, "/{name}"),
            Segment::Index(index) => _ = write!(place, "[{index}]"),
        }
    }
    place
}

/// Where in the text a member of a template stands.
pub(super) fn place(node: &Node, at: &[Segment]) -> Span {
    let mut node = node;
    for segment in at {
        let next = match segment {
            Segment::Member(name) => node.get(name),
            Segment::Index(index) => node.items().and_then(|items| items.get(*index)),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.span
}
