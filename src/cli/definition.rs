//! Definitions from files of every format, and the machines of templates.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::input::{self, Source};
use crate::asl::source::template::{self, Body, MachineType, Resource};
use crate::asl::source::{self, Format, Substitutions};
use crate::asl::{self, Diagnostic, Node, Rules, codes};
use crate::expr::path::Dialect;
use crate::lint::{self, Levels, Lint};
use crate::machine::{Machine, Options};
use crate::value::{Span, Text};

/// The options that say how definitions are read.
#[derive(Args)]
#[command(next_help_heading = "Definitions")]
pub(super) struct DefinitionOptions {
    /// How definitions are written, where neither the name of the file nor its text tells
    #[arg(long, value_enum, value_name = "FORMAT")]
    definition_format: Option<Written>,
    /// Which state machine of a template of CloudFormation or SAM
    #[arg(long, value_name = "LOGICAL_ID")]
    resource: Option<String>,
    /// What stands for the placeholders ${NAME}, {{NAME}} and <NAME> of definitions, and for a parameter or an attribute
    /// of a template, as in --define Table.Arn=arn:aws:...
    #[arg(long, value_name = "NAME=VALUE")]
    define: Vec<String>,
    /// Whether a placeholder that nothing is defined for may stand where a value could, without quotes; in templates it
    /// may unless this says otherwise
    #[arg(long, value_enum, value_name = "WHETHER")]
    placeholders: Option<Placeholders>,
    /// The dialect of JSONPath: aws, or that of RFC 9535, which the service does not know
    #[arg(long, value_enum, default_value_t)]
    jsonpath: JsonPath,
    /// The type of workflow, whose rules hold: standard, or what a template says
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    machine_type: Option<Workflow>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Workflow {
    Standard,
    Express,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum JsonPath {
    #[default]
    Aws,
    Rfc9535,
}

impl JsonPath {
    fn dialect(self) -> Dialect {
        match self {
            Self::Aws => Dialect::Aws,
            Self::Rfc9535 => Dialect::Rfc9535,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Written {
    Json,
    Jsonc,
    Yaml,
}

/// What is thought of placeholders that nothing is defined for.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum Placeholders {
    Allow,
    Deny,
}

/// A definition as it was found.
pub(super) struct Definition {
    /// What to call it: its file, and the logical id where a template has several machines.
    pub(super) title: String,
    /// The logical id, if it is of a template.
    pub(super) logical_id: Option<Text>,
    /// The text that its places are in.
    pub(super) source: Source,
    /// What it is, or why it is none.
    node: Result<Node, Diagnostic>,
    /// What the command line or the template says it is.
    pub(super) machine_type: MachineType,
    options: Options,
    /// What is thought of placeholders in it.
    placeholders: asl::Placeholders,
}

impl Definition {
    /// Everything that is wrong or looks wrong in it, by the rules of its type of workflow, lints included.
    pub(super) fn checked(&self, levels: &Levels) -> Vec<Diagnostic> {
        let node = match &self.node {
            Ok(node) => node,
            Err(wrong) => return vec![wrong.clone()],
        };
        let rules = Rules {
            machine_type: self.machine_type,
            placeholders: self.placeholders,
            ..Rules::default()
        };
        let (machine, mut told) = Machine::check(node, rules, self.options);
        if let Some(machine) = machine {
            // What a lint tells too is told as its level says.
            told.retain(|each| Lint::find(codes::of_service(each.code)).is_none());
            told.extend(lint::check(node, &machine, levels));
            told.sort_by_key(|each| (each.span.start, each.span.end));
        }
        told
    }

    /// Compiles it, with what looks wrong.
    pub(super) fn compiled(&self) -> Result<(Machine, Vec<Diagnostic>), Vec<Diagnostic>> {
        let node = self.node.as_ref().map_err(|wrong| vec![wrong.clone()])?;
        Machine::from_node(node, self.options)
    }
}

impl DefinitionOptions {
    /// The one definition of a file: a template with several machines wants `--resource`.
    pub(super) fn one(&self, name: &str) -> Result<Definition, String> {
        let mut all = self.all(name)?;
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                all.push(last);
                let ids: Vec<_> = all
                    .iter()
                    .filter_map(|each| each.logical_id.as_deref())
                    .collect();
                Err(format!(
                    "{name} has several state machines: say --resource with one of {}",
                    ids.join(", ")
                ))
            }
            (None, _) => Err(format!("{name} is a template without a state machine")),
        }
    }

    /// All definitions of a file: one, or those of a template.
    pub(super) fn all(&self, name: &str) -> Result<Vec<Definition>, String> {
        let defined = self.substitutions()?;
        let source = input::definition(name)?;
        let (text, node, format) = match self.parsed(&source) {
            Ok(parsed) => parsed,
            Err(wrong) => {
                return Ok(vec![Definition {
                    title: source.name.clone(),
                    logical_id: None,
                    source,
                    node: Err(wrong),
                    machine_type: self.machine_type(MachineType::Standard),
                    options: self.options(),
                    placeholders: self.allowed(Placeholders::Deny),
                }]);
            }
        };
        if template::is_template(&node) {
            return self.of_template(name, &text, &node, &defined);
        }
        if let Some(resource) = &self.resource {
            return Err(format!("--resource {resource}: {name} is no template"));
        }
        let placeholders = self.placeholders.unwrap_or(Placeholders::Deny);
        Ok(vec![Definition {
            title: source.name.clone(),
            logical_id: None,
            source,
            node: filled(node, &text, format, &defined, placeholders),
            machine_type: self.machine_type(MachineType::Standard),
            options: self.options(),
            placeholders: self.allowed(Placeholders::Deny),
        }])
    }

    fn options(&self) -> Options {
        Options {
            jsonpath: self.jsonpath.dialect(),
        }
    }

    fn allowed(&self, unless_told: Placeholders) -> asl::Placeholders {
        match self.placeholders.unwrap_or(unless_told) {
            Placeholders::Allow => asl::Placeholders::Allow,
            Placeholders::Deny => asl::Placeholders::Deny,
        }
    }

    fn machine_type(&self, told: MachineType) -> MachineType {
        match self.machine_type {
            Some(Workflow::Standard) => MachineType::Standard,
            Some(Workflow::Express) => MachineType::Express,
            None => told,
        }
    }

    fn substitutions(&self) -> Result<Substitutions, String> {
        let mut substitutions = Substitutions::default();
        for define in &self.define {
            match define.split_once('=') {
                Some((name, value)) if !name.is_empty() => substitutions.define(name, value),
                _ => return Err(format!("--define '{define}': write NAME=VALUE")),
            }
        }
        Ok(substitutions)
    }

    fn parsed(&self, source: &Source) -> Result<(String, Node, Format), Diagnostic> {
        let text = String::from_utf8(source.text.clone()).map_err(|error| {
            let start = error.utf8_error().valid_up_to();
            let span = Span {
                start,
                end: start + 1,
            };
            Diagnostic::error(
                codes::INVALID_JSON,
                "/",
                span,
                "the text is not valid UTF-8",
            )
        })?;
        let format = match self.definition_format {
            Some(Written::Json) => Format::Json,
            Some(Written::Jsonc) => Format::Jsonc,
            Some(Written::Yaml) => Format::Yaml,
            None => Format::of(&source.name, &text),
        };
        let node = source::read(&text, format)?;
        Ok((text, node, format))
    }

    fn of_template(
        &self,
        name: &str,
        text: &str,
        root: &Node,
        defined: &Substitutions,
    ) -> Result<Vec<Definition>, String> {
        let ids = match &self.resource {
            Some(id) => vec![Text::new(id)],
            None => template::logical_ids(root),
        };
        let several = ids.len() > 1;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let mut definition = match template::resource(text, root, &id, defined) {
                Ok(resource) => self.of_resource(name, text, resource)?,
                Err(wrong) => Definition {
                    title: name.to_owned(),
                    logical_id: None,
                    source: as_source(name, text),
                    node: Err(wrong),
                    machine_type: self.machine_type(MachineType::Standard),
                    options: self.options(),
                    placeholders: self.allowed(Placeholders::Deny),
                },
            };
            if several {
                definition.title = format!("{name} ({id})");
            }
            definition.logical_id = Some(id);
            found.push(definition);
        }
        Ok(found)
    }

    /// The definition of a resource, from the template or from the file that it names.
    fn of_resource(
        &self,
        name: &str,
        text: &str,
        resource: Resource,
    ) -> Result<Definition, String> {
        let placeholders = self.placeholders.unwrap_or(Placeholders::Allow);
        let (source, node) = match resource.body {
            Body::Inline(node) => {
                let bare = match placeholders {
                    Placeholders::Deny => source::bare_placeholder(&node, text),
                    Placeholders::Allow => None,
                };
                (as_source(name, text), bare.map_or(Ok(node), Err))
            }
            Body::File { path, span } => {
                let beside = Path::new(name).parent().unwrap_or(Path::new(""));
                let file = beside.join(path.as_str()).display().to_string();
                match input::definition(&file) {
                    Ok(source) => {
                        let node = self.parsed(&source).and_then(|(text, node, format)| {
                            filled(node, &text, format, &resource.substitutions, placeholders)
                        });
                        (source, node)
                    }
                    Err(problem) => {
                        let location = format!("/Resources/{}/Properties", resource.logical_id);
                        let code = source::INVALID_RESOURCE;
                        let wrong = Diagnostic::error(code, location, span, problem);
                        (as_source(name, text), Err(wrong))
                    }
                }
            }
        };
        Ok(Definition {
            title: name.to_owned(),
            logical_id: Some(resource.logical_id),
            source,
            node,
            machine_type: self.machine_type(resource.machine_type),
            options: self.options(),
            placeholders: self.allowed(Placeholders::Allow),
        })
    }
}

fn as_source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.as_bytes().to_vec(),
    }
}

/// A definition whose placeholders are filled in; one that stands bare and is not is an error where it must not.
fn filled(
    mut node: Node,
    text: &str,
    format: Format,
    defined: &Substitutions,
    placeholders: Placeholders,
) -> Result<Node, Diagnostic> {
    defined.apply(&mut node, text, format)?;
    let bare = match (placeholders, format) {
        (Placeholders::Deny, Format::Json | Format::Jsonc) => source::bare_placeholder(&node, text),
        _ => None,
    };
    bare.map_or(Ok(node), Err)
}
