//! State machines inside templates of CloudFormation and of SAM.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::intrinsic::{BUDGET, Known};
use super::origin::Traced;
use super::{Format, INVALID_RESOURCE, Substitutions, read};
pub use crate::asl::MachineType;
use crate::asl::{Diagnostic, Node, NodeValue, nearest};
use crate::value::{Span, Text};

const CLOUDFORMATION: &str = "AWS::StepFunctions::StateMachine";
const SAM: &str = "AWS::Serverless::StateMachine";

/// A state machine of a template.
#[derive(Debug)]
pub struct Resource {
    /// Its logical id.
    pub logical_id: Text,
    /// Whether it is an Express workflow.
    pub machine_type: MachineType,
    /// Its definition, or where that is.
    pub body: Body,
    /// What fills in its placeholders: its `DefinitionSubstitutions`, and what was defined from outside, which wins.
    pub substitutions: Substitutions,
}

/// Where a definition is.
#[derive(Debug)]
pub enum Body {
    /// In the template. Its places are the template's, and its placeholders are filled in.
    Inline(Node),
    /// In a file, named relative to the template.
    File {
        /// The name as the template has it.
        path: Text,
        /// Where the template says so.
        span: Span,
    },
}

/// Whether a text is a template rather than a definition.
#[must_use]
pub fn is_template(root: &Node) -> bool {
    let resources = root.get("Resources").and_then(Node::members);
    resources.is_some() && root.get("States").is_none()
}

/// The logical ids of the state machines of a template, in its order.
#[must_use]
pub fn logical_ids(root: &Node) -> Vec<Text> {
    let resources = root.get("Resources").and_then(Node::members);
    let machines = resources.unwrap_or_default().iter();
    machines
        .filter(|member| kind(&member.value).is_some())
        .map(|member| member.name.clone())
        .collect()
}

/// Finds a state machine of a template that was read from that text.
///
/// # Errors
/// When the template has no such machine, or says something of it that cannot be understood.
pub fn resource(
    text: &str,
    root: &Node,
    logical_id: &str,
    defined: &Substitutions,
) -> Result<Resource, Diagnostic> {
    let found = root.get("Resources").and_then(|all| all.get(logical_id));
    let Some((node, kind)) = found.and_then(|node| Some((node, kind(node)?))) else {
        return Err(missing(root, logical_id));
    };
    let known = Known {
        source: text,
        parameters: parameters(root),
        mappings: root.get("Mappings"),
        defined,
        budget: Cell::new(BUDGET),
    };
    let properties = node.get("Properties").ok_or_else(|| {
        let location = format!("/Resources/{logical_id}");
        let message = format!("the state machine `{logical_id}` has no `Properties`");
        Diagnostic::error(INVALID_RESOURCE, location, node.span, message)
    })?;
    let location = format!("/Resources/{logical_id}/Properties");
    let described = Described {
        known: &known,
        properties,
        location,
    };
    let mut substitutions = defined.clone();
    described.substitutions(&mut substitutions);
    let machine_type = described.machine_type(kind);
    let body = described.body(&substitutions);
    if known.budget.get() == 0 {
        let message = "the intrinsic functions come to too much";
        return Err(described.wrong("", node.span, message));
    }
    Ok(Resource {
        logical_id: Text::new(logical_id),
        machine_type,
        body: body?,
        substitutions,
    })
}

fn missing(root: &Node, logical_id: &str) -> Diagnostic {
    let ids = logical_ids(root);
    let span = root.get("Resources").map_or(root.span, |all| all.span);
    let opening = Span {
        start: span.start,
        end: span.start + 1,
    };
    let message = format!("the template has no state machine `{logical_id}`");
    let diagnostic = Diagnostic::error(INVALID_RESOURCE, "/Resources", opening, message);
    match nearest(logical_id, ids.iter().map(Text::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

/// `Type`, if it is that of a state machine.
fn kind(resource: &Node) -> Option<&'static str> {
    let written = resource.get("Type")?.text()?;
    [CLOUDFORMATION, SAM]
        .into_iter()
        .find(|kind| written == kind)
}

fn parameters(root: &Node) -> BTreeMap<&str, Text> {
    let members = root.get("Parameters").and_then(Node::members);
    let defaults = members.unwrap_or_default().iter().filter_map(|member| {
        let kind = member.value.get("Type").and_then(Node::text);
        // The default of such a parameter names another one, which only the deployment reads.
        if kind.is_some_and(|kind| kind.starts_with("AWS::SSM::")) {
            return None;
        }
        let default = member.value.get("Default")?;
        let text = match default.text() {
            Some(text) => text.clone(),
            None => Text::from(default.to_json().to_string()),
        };
        Some((member.name.as_str(), text))
    });
    defaults.collect()
}

/// The properties of a state machine.
struct Described<'a> {
    known: &'a Known<'a>,
    properties: &'a Node,
    location: String,
}

impl Described<'_> {
    fn machine_type(&self, kind: &str) -> MachineType {
        let name = if kind == SAM {
            "Type"
        } else {
            "StateMachineType"
        };
        let written = self.properties.get(name);
        match written.map(|node| self.known.text(node).text) {
            Some(text) if text == "EXPRESS" => MachineType::Express,
            _ => MachineType::Standard,
        }
    }

    fn substitutions(&self, into: &mut Substitutions) {
        let members = self.properties.get("DefinitionSubstitutions");
        let members = members.and_then(Node::members).unwrap_or_default();
        for member in members {
            into.define_dollar(&member.name, &self.known.text(&member.value).text);
        }
    }

    fn body(&self, substitutions: &Substitutions) -> Result<Body, Diagnostic> {
        if let Some(node) = self.properties.get("Definition") {
            return self.object(node, substitutions).map(Body::Inline);
        }
        if let Some(node) = self.properties.get("DefinitionString") {
            let text = self.known.text(node);
            return self.string(&text, substitutions).map(Body::Inline);
        }
        for name in ["DefinitionUri", "DefinitionS3Location"] {
            if let Some(node) = self.properties.get(name) {
                return self.file(name, node);
            }
        }
        let opening = Span {
            start: self.properties.span.start,
            end: self.properties.span.start + 1,
        };
        let message = "the state machine has no definition";
        Err(self.wrong("", opening, message).help(
            "give it `Definition`, `DefinitionString`, `DefinitionUri` or `DefinitionS3Location`",
        ))
    }

    fn object(&self, node: &Node, substitutions: &Substitutions) -> Result<Node, Diagnostic> {
        let mut resolved = self.known.resolved(node).ok_or_else(|| {
            self.wrong("Definition", node.span, "`AWS::NoValue` is no definition")
        })?;
        // Placeholders of a definition that is an object stand in its texts: they never become numbers.
        substitutions.apply(&mut resolved, "", Format::Json)?;
        Ok(resolved)
    }

    /// A definition inside a string is JSON of its own.
    fn string(&self, text: &Traced, substitutions: &Substitutions) -> Result<Node, Diagnostic> {
        let parsed = read(&text.text, Format::Json).and_then(|mut node| {
            substitutions.apply(&mut node, &text.text, Format::Json)?;
            Ok(node)
        });
        match parsed {
            Ok(mut node) => {
                text.relocate(&mut node);
                Ok(node)
            }
            Err(error) => Err(Diagnostic {
                span: text.span(error.span),
                location: "/".to_owned(),
                ..error
            }),
        }
    }

    fn file(&self, name: &str, node: &Node) -> Result<Body, Diagnostic> {
        let resolved = self.known.resolved(node);
        let path = resolved.as_ref().and_then(Node::text);
        match path {
            Some(path) if !path.starts_with("s3://") => Ok(Body::File {
                path: path.clone(),
                span: node.span,
            }),
            None if !matches!(node.value, NodeValue::Object(_) | NodeValue::String(_)) => {
                let message = format!("`{name}` must be a text or an object, found {}", node.kind());
                Err(self.wrong(name, node.span, message))
            }
            _ => Err(self
                .wrong(name, node.span, "the definition is in Amazon S3, where it is not read from")
                .help("check the file that is uploaded there, with --define for each of the `DefinitionSubstitutions`")),
        }
    }

    fn wrong(&self, name: &str, span: Span, message: impl Into<String>) -> Diagnostic {
        let location = if name.is_empty() {
            self.location.clone()
        } else {
            format!("{}/{name}", self.location)
        };
        Diagnostic::error(INVALID_RESOURCE, location, span, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, defined: &Substitutions) -> Result<Resource, Diagnostic> {
        let root = read(text, Format::of("-", text)).unwrap();
        assert!(is_template(&root));
        let ids = logical_ids(&root);
        resource(text, &root, &ids[0], defined)
    }

    fn check(text: &str, expected: &str) -> Node {
        let resource = found(text, &Substitutions::default()).unwrap();
        let Body::Inline(node) = resource.body else {
            panic!("{:?}", resource.body);
        };
        assert_eq!(node.to_json().to_string(), expected, "{text}");
        node
    }

    #[test]
    fn a_definition_is_found_in_all_its_forms() {
        let head =
            "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n";
        check(
            &format!("{head}      Definition: {{StartAt: !Ref A, TimeoutSeconds: 5}}\n"),
            r#"{"StartAt":"${A}","TimeoutSeconds":5}"#,
        );
        check(
            &format!(
                "{head}      DefinitionString: !Sub '{{\"StartAt\": \"${{A}}\", \"TimeoutSeconds\": ${{T}}}}'\n      DefinitionSubstitutions: {{T: 5}}\n"
            ),
            r#"{"StartAt":"${A}","TimeoutSeconds":5}"#,
        );
        check(
            &format!(
                "{head}      DefinitionString: !Join ['', ['{{\"StartAt\":', '\"A\"', '}}']]\n"
            ),
            r#"{"StartAt":"A"}"#,
        );
        check(
            &format!("{head}      DefinitionString: {{Fn::ToJsonString: {{StartAt: A}}}}\n"),
            r#"{"StartAt":"A"}"#,
        );
    }

    #[test]
    fn places_in_a_block_are_those_of_the_template() {
        let text = "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionString: !Sub |\n        {\n          \"StartAt\": \"${Queue}\",\n          \"End\": true\n        }\n";
        let node = check(text, r#"{"StartAt":"${Queue}","End":true}"#);
        let at = |node: &Node| &text[node.span.start..node.span.end];
        assert_eq!(at(node.get("StartAt").unwrap()), "\"${Queue}\"");
        assert_eq!(at(node.get("End").unwrap()), "true");
    }

    #[test]
    fn a_mistake_inside_a_string_is_told_where_it_stands() {
        let text = r#"{"Resources":{"M":{"Type":"AWS::StepFunctions::StateMachine","Properties":{"DefinitionString":"{\n  \"StartAt\": }"}}}}"#;
        let error = found(text, &Substitutions::default()).unwrap_err();
        assert_eq!(error.span.start, text.find(" }\"").unwrap() + 1);
    }

    #[test]
    fn files_types_and_definitions_from_outside_are_told() {
        let text = "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: !Ref Uri, Type: EXPRESS, DefinitionSubstitutions: {A: !GetAtt F.Arn}}\n";
        let mut defined = Substitutions::default();
        defined.define("Uri", "machine.asl.yaml");
        let resource = found(text, &defined).unwrap();
        assert_eq!(resource.machine_type, MachineType::Express);
        assert_eq!(resource.substitutions.get("A").unwrap(), "${F.Arn}");
        assert!(matches!(resource.body, Body::File { path, .. } if path == "machine.asl.yaml"));
    }

    #[test]
    fn functions_that_come_to_too_much_are_refused() {
        let mut value = "xxxxxxxx".to_owned();
        for _ in 0..60 {
            value = format!("{{\"Fn::Sub\": [\"${{x}}${{x}}${{x}}${{x}}\", {{\"x\": {value}}}]}}")
                .replace("xxxxxxxx}", "\"xxxxxxxx\"}");
        }
        let text = format!(
            r#"{{"Resources":{{"M":{{"Type":"{SAM}","Properties":{{"DefinitionString":{value}}}}}}}}}"#
        );
        let error = found(&text, &Substitutions::default()).unwrap_err();
        assert!(
            error.message.contains("come to too much"),
            "{}",
            error.message
        );
    }
}
