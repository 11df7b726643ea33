//! Compiling what stands in `{% %}`: what an expression may refer to is checked before anything runs.
//!
//! Source: AWS Step Functions developer guide, "Transforming data with JSONata"; the refusals are the service's
//! (conformance: `jsonata/refused-*`).

use std::collections::BTreeSet;

use super::expressions::{Expressions, place};
use crate::asl::{Diagnostic, Node, Spanned, codes};
use crate::expr::template::Segment;
use crate::expr::{Query, Template};
use crate::machine::state::{Items, Selection, TextField};
use crate::value::{Span, Text};

/// What a field sees of `$states` beside `input` and `context`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sees {
    /// Nothing else.
    Input,
    /// `result`: `Output` and `Assign` of Task, Parallel and Map.
    Result,
    /// `errorOutput`: `Output` and `Assign` of a catcher.
    ErrorOutput,
}

impl Sees {
    fn has(self, field: &str) -> bool {
        match field {
            "input" | "context" => true,
            "result" => self == Self::Result,
            "errorOutput" => self == Self::ErrorOutput,
            _ => false,
        }
    }
}

impl Expressions<'_> {
    /// A template in which every text in `{% %}` is an expression.
    pub(super) fn query_template(&mut self, node: &Node, location: &str, sees: Sees) -> Template {
        Template::of_queries(&node.to_json(), &mut |way, text| {
            let inside = Query::inside(text)?;
            self.query(inside, &at(location, way), place(node, way), sees)
        })
    }

    /// A field that must hold an expression, where it does not hold `wanted` itself.
    pub(super) fn required_query(
        &mut self,
        text: &Spanned<Text>,
        location: &str,
        wanted: &str,
        sees: Sees,
    ) -> Option<Query> {
        match Query::inside(&text.value) {
            Some(inside) => self.query(inside, location, text.span, sees),
            None => {
                let field = self.field(location);
                let message = format!("`{field}` must be {wanted} or a JSONata expression");
                let diagnostic = Diagnostic::error(codes::WRONG_TYPE, location, text.span, message);
                self.report(diagnostic.help("an expression begins with `{%` and ends with `%}`"));
                None
            }
        }
    }

    /// `Error` and `Cause`: a text, which in JSONata may be an expression.
    pub(super) fn literal_or_query(
        &mut self,
        text: &Spanned<Text>,
        location: &str,
    ) -> Option<TextField> {
        match Query::inside(&text.value).filter(|_| self.is_jsonata()) {
            Some(inside) => self
                .query(inside, location, text.span, Sees::Input)
                .map(TextField::Query),
            None => Some(TextField::Literal(text.value.clone())),
        }
    }

    /// `Items`
    pub(super) fn items(&mut self, node: &Node, location: &str) -> Items {
        match node.text().and_then(|text| Query::inside(text)) {
            Some(inside) => self
                .query(inside, location, node.span, Sees::Input)
                .map_or(Items::Path(Selection::Whole), Items::Query),
            None => Items::Template(self.query_template(node, location, Sees::Input)),
        }
    }

    /// One expression.
    fn query(&mut self, inside: &str, location: &str, span: Span, sees: Sees) -> Option<Query> {
        let field = self.field(location).to_owned();
        match Query::compile(inside, field) {
            Ok(query) => {
                let problems = unsupported(&query, sees);
                let is_sound = problems.is_empty();
                for problem in problems {
                    let code = codes::UNSUPPORTED_JSONATA;
                    self.report(Diagnostic::error(code, location, span, problem));
                }
                is_sound.then_some(query)
            }
            Err(error) => {
                let message = error.message.clone();
                let diagnostic = Diagnostic::error(codes::INVALID_JSONATA, location, span, message);
                self.report(match error.position {
                    Some(position) => {
                        diagnostic.help(format!("at character {position} of `{inside}`"))
                    }
                    None => diagnostic,
                });
                None
            }
        }
    }
}

/// What an expression refers to that is not there, each once.
fn unsupported(query: &Query, sees: Sees) -> Vec<String> {
    let references = query.references();
    let mut found: Vec<(usize, String)> = Vec::new();
    for name in &references.fields {
        let message = format!(
            "Reference to '{}' at the top level is not supported.",
            name.name
        );
        found.push((name.position, message));
    }
    let whole = [("$", &references.input), ("$$", &references.root)];
    for (name, positions) in whole {
        let message = format!("Reference to '{name}' is not supported.");
        found.extend(positions.iter().map(|at| (*at, message.clone())));
    }
    for variable in &references.variables {
        let field = variable
            .fields
            .first()
            .filter(|_| variable.name == "states");
        if let Some(field) = field.filter(|field| !sees.has(field)) {
            let message = format!("Field '$states.{field}' does not exist.");
            found.push((variable.position, message));
        }
    }
    found.sort();
    let mut told = BTreeSet::new();
    let messages = found.into_iter().map(|(_, message)| message);
    messages
        .filter(|message| told.insert(message.clone()))
        .collect()
}

/// The location of a part of a field: `/States/A/Output/a/b[0]`.
fn at(location: &str, way: &[Segment]) -> String {
    let mut at = location.to_owned();
    for segment in way {
        match segment {
            Segment::Member(name) => {
                at.push('/');
                at.push_str(name);
            }
            Segment::Index(index) => at.push_str(&format!("[{index}]")),
        }
    }
    at
}
