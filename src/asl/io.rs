//! The fields that shape what goes into a state and what comes out.

use super::reader::{Reader, Spanned};
use super::state::Shape;
use super::{Diagnostic, NAME_LENGTH, QueryLanguage, codes};
use crate::asl::node::Node;
use crate::value::Text;

/// A path that may be left out or be `null`.
pub type PathField = Option<Option<Spanned<Text>>>;

/// The fields that shape input and output, as far as a state has them.
#[derive(Clone, Debug, Default)]
pub struct Io {
    /// `InputPath`
    pub input_path: PathField,
    /// `Parameters`; of a Map, its legacy item selector.
    pub parameters: Option<Node>,
    /// `ResultSelector`
    pub result_selector: Option<Node>,
    /// `ResultPath`
    pub result_path: PathField,
    /// `OutputPath`
    pub output_path: PathField,
    /// `Assign`
    pub assign: Option<Node>,
    /// `Arguments` (JSONata).
    pub arguments: Option<Node>,
    /// `Output` (JSONata).
    pub output: Option<Node>,
}

/// Reads them, as far as a state has them.
pub(super) fn io(reader: &mut Reader<'_>, shape: &Shape, language: QueryLanguage) -> Io {
    let mut io = Io::default();
    if shape.assign {
        io.assign = assign(reader);
    }
    match language {
        QueryLanguage::JsonPath => jsonpath_io(reader, shape, &mut io),
        QueryLanguage::Jsonata => jsonata_io(reader, shape, &mut io),
    }
    io
}

fn jsonpath_io(reader: &mut Reader<'_>, shape: &Shape, io: &mut Io) {
    if shape.input_output {
        io.input_path = reader.nullable_text("InputPath");
        io.output_path = reader.nullable_text("OutputPath");
    }
    if shape.parameters {
        io.parameters = reader.any("Parameters").cloned();
    }
    if shape.selector {
        io.result_selector = reader.object("ResultSelector").cloned();
    }
    if shape.result {
        io.result_path = reader.nullable_text("ResultPath");
    }
    if reader.has("Arguments") || reader.has("Output") {
        reader.foreign(&["Arguments", "Output"], "JSONata");
    }
}

fn jsonata_io(reader: &mut Reader<'_>, shape: &Shape, io: &mut Io) {
    if shape.input_output {
        io.output = reader.any("Output").cloned();
    }
    // A Map has item selectors instead, a Pass has only its output.
    if shape.parameters && shape.handlers && !reader.has("ItemProcessor") && !reader.has("Iterator")
    {
        io.arguments = reader.any("Arguments").cloned();
    }
    reader.foreign(
        &[
            "InputPath",
            "OutputPath",
            "Parameters",
            "ResultSelector",
            "ResultPath",
        ],
        "JSONPath",
    );
}

/// Reads `Assign`: an object whose names can be variables.
pub(super) fn assign(reader: &mut Reader<'_>) -> Option<Node> {
    let node = reader.object("Assign")?.clone();
    let location = reader.at("Assign");
    for member in node.members().unwrap_or_default() {
        let name = member.name.strip_suffix(".$").unwrap_or(&member.name);
        if let Some(problem) = variable_problem(name) {
            let location = format!("{location}/{}", member.name);
            let code = codes::INVALID_VARIABLE;
            let diagnostic = Diagnostic::error(code, location, member.name_span, problem);
            reader.report(diagnostic.told(format!("Invalid variable name: '{name}'")));
        }
    }
    Some(node)
}

/// Why a variable cannot have this name (States Language, § Variables).
fn variable_problem(name: &str) -> Option<String> {
    let mut characters = name.chars();
    let begins = characters
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    if !begins || !characters.all(|c| c.is_alphanumeric() || c == '_') {
        return Some(format!(
            "`{name}` cannot name a variable: a letter or `_` comes first, then digits too"
        ));
    }
    if name == "states" {
        return Some("`states` is reserved and cannot name a variable".into());
    }
    (name.chars().count() > NAME_LENGTH)
        .then(|| format!("the name of a variable has at most {NAME_LENGTH} characters"))
}
