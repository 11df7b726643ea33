//! The texts of a state, and what the expressions among them read.

use crate::asl::{Node, NodeValue, QueryLanguage};
use crate::expr::path::Root;
use crate::expr::{Call, Path, Query};
use crate::machine::{Selection, State};
use crate::value::{Span, Text};

/// A text somewhere in a state.
pub(super) struct Leaf<'a> {
    /// The template that it stands in; `None` where it is a field of the language.
    pub(super) template: Option<&'a str>,
    /// The name of the nearest member around it.
    pub(super) name: &'a str,
    /// Where that member stands, in a list its element.
    pub(super) location: String,
    pub(super) span: Span,
    pub(super) text: &'a Text,
}

/// Something that an expression reads.
pub(super) struct Read {
    pub(super) source: Source,
    /// The plain names on the way to it, from the source.
    pub(super) names: Vec<Text>,
    /// Whether its expression asks if something is there, and so may well find nothing.
    pub(super) asks: bool,
    /// How it is written.
    pub(super) text: Text,
    /// The name of the field that reads it.
    pub(super) field: Text,
    pub(super) location: String,
    pub(super) span: Span,
}

/// Where something is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The state's input, before `InputPath`.
    Input,
    /// A variable.
    Variable(Text),
}

/// The fields that hold payload templates.
const TEMPLATES: [&str; 8] = [
    "Parameters",
    "ItemSelector",
    "ResultSelector",
    "Assign",
    "Arguments",
    "Output",
    "Items",
    "Credentials",
];

/// The fields whose texts mean nothing to the language, and those with states of their own.
const OPAQUE: [&str; 5] = ["Comment", "Result", "Branches", "ItemProcessor", "Iterator"];

/// Finds the texts of a state. Walks with a list, not with itself.
pub(super) fn leaves<'a>(state: &'a Node, location: &str) -> Vec<Leaf<'a>> {
    let mut found = Vec::new();
    let mut open = vec![(None, "", location.to_owned(), state)];
    while let Some((template, name, location, node)) = open.pop() {
        match &node.value {
            NodeValue::String(text) => found.push(Leaf {
                template,
                name,
                location,
                span: node.span,
                text,
            }),
            NodeValue::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, item)| {
                    let location = format!("{location}[{index}]");
                    (template, name, location, item)
                }));
            }
            NodeValue::Object(members) => {
                for member in members {
                    let name = member.name.as_str();
                    let is_template = template.is_none() && TEMPLATES.contains(&name);
                    if template.is_none() && OPAQUE.contains(&name) {
                        continue;
                    }
                    let template = if is_template { Some(name) } else { template };
                    open.push((template, name, format!("{location}/{name}"), &member.value));
                }
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) => {}
        }
    }
    found
}

/// What the expressions among the texts of a state read.
pub(super) fn reads(state: &State, leaves: &[Leaf<'_>]) -> Vec<Read> {
    let mut found = Vec::new();
    for leaf in leaves {
        match state.query_language {
            QueryLanguage::Jsonata => of_query(leaf, &mut found),
            QueryLanguage::JsonPath => of_paths(state, leaf, &mut found),
        }
    }
    found
}

fn of_query(leaf: &Leaf<'_>, found: &mut Vec<Read>) {
    let compiled = Query::inside(leaf.text).map(|inside| Query::compile(inside, leaf.name));
    let Some(Ok(query)) = compiled else { return };
    for variable in &query.references().variables {
        let (source, names) = match (variable.name.as_str(), variable.fields.split_first()) {
            ("states", Some((first, rest))) if first == "input" => (Source::Input, rest),
            ("states", _) => continue,
            _ => (
                Source::Variable(variable.name.clone()),
                variable.fields.as_slice(),
            ),
        };
        let dotted: String = variable
            .fields
            .iter()
            .map(|name| format!(".{name}"))
            .collect();
        found.push(Read {
            source,
            names: names.to_vec(),
            asks: leaf.text.contains("$exists("),
            text: format!("${}{dotted}", variable.name).into(),
            field: leaf.name.into(),
            location: leaf.location.clone(),
            span: leaf.span,
        });
    }
}

fn of_paths(state: &State, leaf: &Leaf<'_>, found: &mut Vec<Read>) {
    let is_expression = match leaf.template {
        Some(_) => leaf.name.ends_with(".$"),
        None => leaf.name == "Variable" || leaf.name.ends_with("Path") && leaf.name != "ResultPath",
    };
    if !is_expression {
        return;
    }
    if let Ok(path) = Path::compile(leaf.text) {
        found.extend(of_path(state, leaf, &path));
    } else if let Ok(call) = Call::compile(leaf.text) {
        let paths = call.paths();
        found.extend(
            paths
                .into_iter()
                .filter_map(|path| of_path(state, leaf, path)),
        );
    }
}

fn of_path(state: &State, leaf: &Leaf<'_>, path: &Path) -> Option<Read> {
    let own: Vec<Text> = path.names().cloned().collect();
    let (source, names) = match path.root() {
        Root::Context => return None,
        Root::Variable(name) => (Source::Variable(name.clone()), own),
        // What it gives where it finds nothing is an empty list.
        Root::Input if !path.is_definite() => return None,
        Root::Input => (Source::Input, from_raw_input(state, leaf, own)?),
    };
    Some(Read {
        source,
        names,
        asks: false,
        text: path.text().clone(),
        field: leaf.name.into(),
        location: leaf.location.clone(),
        span: leaf.span,
    })
}

/// The way from the state's raw input to what a field reads; `None` where the field reads something else, or it is not
/// certain.
fn from_raw_input(state: &State, leaf: &Leaf<'_>, own: Vec<Text>) -> Option<Vec<Text>> {
    let reads_input = match leaf.template {
        Some(template) => matches!(template, "Parameters" | "ItemSelector"),
        None => leaf.name != "OutputPath",
    };
    if !reads_input {
        return None;
    }
    if leaf.name == "InputPath" {
        return Some(own);
    }
    match &state.io.input_path {
        Selection::Whole => Some(own),
        Selection::Nothing => None,
        Selection::Path(path) if *path.root() == Root::Input && path.is_definite() => {
            let mut names: Vec<Text> = path.names().cloned().collect();
            // With more than names in it, what follows its names is not known.
            if path.text().contains('[') {
                return None;
            }
            names.extend(own);
            Some(names)
        }
        Selection::Path(_) => None,
    }
}
