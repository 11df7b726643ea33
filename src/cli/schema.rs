//! `sfn-run schema`: a JSON Schema of the language, made from the tables of its fields.

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Exit, terminal};
use crate::asl::fields::{Field, Kind, Shape, of_kind, of_state};
use crate::asl::{QueryLanguage, StateType};

const AFTER: &str = "\
Examples:
  sfn-run schema > asl.schema.json

In VS Code, for JSON and for YAML:
  \"json.schemas\": [{ \"fileMatch\": [\"*.asl.json\"], \"url\": \"./asl.schema.json\" }]
  \"yaml.schemas\": { \"./asl.schema.json\": [\"*.asl.yaml\", \"*.asl.yml\"] }

A schema sees single objects. That names lead somewhere, and expressions are right, is told by `sfn-run validate`.";

/// The options of `sfn-run schema`.
#[derive(Args)]
#[command(after_help = AFTER)]
pub(super) struct Schema {}

impl Schema {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(&self) -> Exit {
        match terminal::print(&format!("{:#}\n", schema())) {
            Ok(()) => Exit::Success,
            Err(problem) => terminal::refuse(&problem),
        }
    }
}

/// Draft 7, which editors know best.
fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("State".to_owned(), any_state());
    for state_type in StateType::ALL {
        definitions.insert(state_type.to_string(), state(state_type));
    }
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Machine) {
        definitions.insert(format!("{kind:?}"), object(&of_kind(kind)));
    }
    let mut schema = object(&of_kind(Kind::Machine));
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("Amazon States Language");
    schema["definitions"] = Value::Object(definitions);
    schema
}

/// The type of a state tells which fields it has.
fn any_state() -> Value {
    let names = StateType::ALL.map(StateType::as_str);
    let rules = names.map(|name| {
        json!({
            "if": { "properties": { "Type": { "const": name } }, "required": ["Type"] },
            "then": reference(name),
        })
    });
    json!({
        "type": "object",
        "required": ["Type"],
        "properties": { "Type": { "enum": names } },
        "allOf": rules,
    })
}

fn state(state_type: StateType) -> Value {
    let fields = of_state(state_type);
    let mut schema = object(&fields);
    schema["properties"]["Type"] = json!({ "const": state_type.as_str() });
    let mut rules = vec![json!({
        "if": language("JSONata"),
        "then": { "properties": refused(&fields, QueryLanguage::JsonPath) },
    })];
    rules.push(json!({
        "if": language("JSONPath"),
        "then": { "properties": refused(&fields, QueryLanguage::Jsonata) },
    }));
    let has = |name| fields.iter().any(|field| field.name == name);
    if has("End") {
        rules.push(json!({ "oneOf": [
            { "required": ["Next"], "not": { "required": ["End"] } },
            { "required": ["End"], "not": { "required": ["Next"] } },
        ] }));
    }
    if has("Iterator") {
        rules.push(
            json!({ "anyOf": [{ "required": ["ItemProcessor"] }, { "required": ["Iterator"] }] }),
        );
    }
    schema["allOf"] = Value::Array(rules);
    schema
}

/// Holds where an object says that this is its language.
fn language(name: &str) -> Value {
    json!({ "properties": { "QueryLanguage": { "const": name } }, "required": ["QueryLanguage"] })
}

/// The fields of a language, none of which may be there.
fn refused(fields: &[Field], language: QueryLanguage) -> Value {
    let foreign = fields
        .iter()
        .filter(|field| field.language == Some(language));
    foreign
        .map(|field| (field.name.to_owned(), Value::Bool(false)))
        .collect::<Map<_, _>>()
        .into()
}

/// An object that has these fields and no others.
fn object(fields: &[Field]) -> Value {
    let properties: Map<_, _> = fields
        .iter()
        .map(|field| {
            let mut value = shape(field.shape);
            value["description"] = json!(field.about);
            (field.name.to_owned(), value)
        })
        .collect();
    let required = fields.iter().filter(|field| field.required);
    let required: Vec<_> = required.map(|field| field.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Any => json!({}),
        Shape::Text => json!({ "type": "string" }),
        Shape::NullableText => json!({ "type": ["string", "null"] }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Number(least) => json!({ "type": "number", "minimum": least }),
        // A text is an expression of JSONata, or a placeholder.
        Shape::Integer(least, most) => json!({ "anyOf": [
            { "type": "integer", "minimum": least, "maximum": most },
            { "type": "string", "pattern": "\\{%|\\$\\{|\\{\\{|<" },
        ] }),
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Object => json!({ "type": ["object", "string"] }),
        Shape::Texts => json!({ "type": "array", "minItems": 1, "items": { "type": "string" } }),
        Shape::One(kind) => all_of(&format!("{kind:?}")),
        Shape::Many(kind, least) => {
            json!({ "type": "array", "minItems": least, "items": reference(&format!("{kind:?}")) })
        }
        Shape::States => json!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "minLength": 1, "maxLength": 80 },
            "additionalProperties": reference("State"),
        }),
    }
}

/// In draft 7 nothing that stands beside a reference is heard.
fn all_of(name: &str) -> Value {
    json!({ "allOf": [reference(name)] })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
