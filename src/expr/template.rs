//! Payload templates: JSON of which parts are computed. In JSONPath those are the members whose names end in `.$`, in
//! JSONata all texts in `{% %}`.
//!
//! Source: States Language, § Payload Template and § JSONata. A template is compiled once. What is literal in it is one shared value;
//! an object that has computed members is a shape and a list of slots, so that filling it in allocates its values and
//! nothing else.

use super::path::Dialect;
use super::{Call, Fault, FaultKind, Path, PathError, Query, Scope};
use crate::value::{Json, Object, Shape, Text};

/// A compiled payload template.
pub struct Template {
    root: Slot,
}

/// A part of a template.
enum Slot {
    Literal(Json),
    Path { path: Path, field: Text },
    Call(Call),
    Query(Query),
    Object { shape: Shape, slots: Box<[Slot]> },
    Array(Box<[Slot]>),
}

/// A mistake in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The way to the member.
    pub at: Vec<Segment>,
    /// The member's name as written.
    pub field: Text,
    /// What is wrong, in the service's words.
    pub message: String,
    /// Why, in ours.
    pub detail: String,
}

/// A step on the way to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The member of an object.
    Member(Text),
    /// The element of an array.
    Index(usize),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// Every member ending in `.$` that holds neither a path nor a call of an intrinsic function.
    pub fn compile(value: &Json) -> Result<Self, Vec<TemplateError>> {
        Self::compile_in(value, Dialect::Aws)
    }

    /// Compiles a template whose paths are of this dialect.
    ///
    /// # Errors
    /// As [`Template::compile`].
    pub fn compile_in(value: &Json, dialect: Dialect) -> Result<Self, Vec<TemplateError>> {
        let mut compiler = Compiler {
            dialect,
            at: Vec::new(),
            errors: Vec::new(),
        };
        let root = compiler.slot(value);
        if compiler.errors.is_empty() {
            Ok(Self { root })
        } else {
            Err(compiler.errors)
        }
    }

    /// Makes a template in which texts are expressions of JSONata where this function, which is given the way to each,
    /// says so. Names of members are never expressions (observed on AWS, conformance `jsonata/keys-are-literal`).
    pub fn of_queries(
        value: &Json,
        query: &mut dyn FnMut(&[Segment], &Text) -> Option<Query>,
    ) -> Self {
        let root = queries(value, &mut Vec::new(), query);
        Self { root }
    }

    /// Fills it in.
    ///
    /// # Errors
    /// When a path finds nothing, a function does not accept its arguments, or an expression fails.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Json, Fault> {
        self.root.fill(scope).map_err(|fault| *fault)
    }

    /// The names of the members at the top, without their `.$`.
    #[must_use]
    pub fn names(&self) -> Vec<Text> {
        match &self.root {
            Slot::Object { shape, .. } => shape.names().to_vec(),
            Slot::Literal(Json::Object(object)) => object.shape().names().to_vec(),
            _ => Vec::new(),
        }
    }

    /// All paths in it, those among the arguments of functions included.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        let mut found = Vec::new();
        self.root.gather(&mut found);
        found
    }
}

/// Recursion here is as deep as the template's text nests, which is bounded.
impl Slot {
    /// A fault is boxed, so that what is passed on for each value is no larger than the value.
    fn fill(&self, scope: &Scope<'_>) -> Result<Json, Box<Fault>> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Path { path, field } => path
                .find(scope)
                .map_err(|error| Box::new(missed(path, field, &error, scope))),
            Self::Call(call) => call.eval(scope).map_err(Box::new),
            Self::Query(query) => query.eval(scope).map_err(Box::new),
            Self::Object { shape, slots } => {
                let mut values = Vec::with_capacity(slots.len());
                for slot in slots {
                    values.push(slot.fill(scope)?);
                }
                Ok(Json::Object(Object::of(shape.clone(), values)))
            }
            Self::Array(slots) => {
                let values: Result<Vec<_>, _> = slots.iter().map(|slot| slot.fill(scope)).collect();
                values.map(Json::from)
            }
        }
    }

    fn gather<'a>(&'a self, found: &mut Vec<&'a Path>) {
        match self {
            Self::Literal(_) | Self::Query(_) => {}
            Self::Path { path, .. } => found.push(path),
            Self::Call(call) => found.extend(call.paths()),
            Self::Object { slots, .. } | Self::Array(slots) => {
                slots.iter().for_each(|slot| slot.gather(found))
            }
        }
    }

    fn literal(&self) -> Option<&Json> {
        if let Self::Literal(value) = self {
            Some(value)
        } else {
            None
        }
    }
}

/// A path that has no value, in the service's words.
fn missed(path: &Path, field: &str, error: &PathError, scope: &Scope<'_>) -> Fault {
    let message = if error.is_missing() {
        let (text, input) = (path.text(), scope.input);
        format!(
            "The JSONPath '{text}' specified for the field '{field}' could not be found in the input '{input}'"
        )
    } else {
        format!("Invalid path '{}' : {error}", path.text())
    };
    Fault::new(FaultKind::Path, message)
}

fn queries(
    value: &Json,
    at: &mut Vec<Segment>,
    query: &mut dyn FnMut(&[Segment], &Text) -> Option<Query>,
) -> Slot {
    let mut inside = |segment, value: &Json| {
        at.push(segment);
        let slot = queries(value, at, query);
        at.pop();
        slot
    };
    match value {
        Json::String(text) => match query(at, text) {
            Some(query) => Slot::Query(query),
            None => Slot::Literal(value.clone()),
        },
        Json::Array(items) => {
            let slots = items.iter().enumerate();
            let slots: Vec<_> = slots
                .map(|(index, item)| inside(Segment::Index(index), item))
                .collect();
            if slots.iter().all(|slot| slot.literal().is_some()) {
                return Slot::Literal(value.clone());
            }
            Slot::Array(slots.into())
        }
        Json::Object(object) => {
            let slots: Vec<_> = object
                .iter()
                .map(|(name, value)| inside(Segment::Member(name.clone()), value))
                .collect();
            if slots.iter().all(|slot| slot.literal().is_some()) {
                return Slot::Literal(value.clone());
            }
            Slot::Object {
                shape: object.shape().clone(),
                slots: slots.into(),
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => Slot::Literal(value.clone()),
    }
}

struct Compiler {
    dialect: Dialect,
    at: Vec<Segment>,
    errors: Vec<TemplateError>,
}

impl Compiler {
    fn slot(&mut self, value: &Json) -> Slot {
        match value {
            Json::Object(object) => self.object(object),
            Json::Array(items) => {
                let slots = items.iter().enumerate().map(|(index, item)| {
                    self.at.push(Segment::Index(index));
                    let slot = self.slot(item);
                    self.at.pop();
                    slot
                });
                let slots: Vec<_> = slots.collect();
                match slots.iter().all(|slot| slot.literal().is_some()) {
                    true => Slot::Literal(value.clone()),
                    false => Slot::Array(slots.into()),
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                Slot::Literal(value.clone())
            }
        }
    }

    fn object(&mut self, object: &Object) -> Slot {
        let mut names = Vec::with_capacity(object.len());
        let mut slots = Vec::with_capacity(object.len());
        for (name, value) in object.iter() {
            self.at.push(Segment::Member(name.clone()));
            match name.strip_suffix(".$") {
                Some(plain) => {
                    names.push(Text::from(plain));
                    slots.push(self.computed(name, value));
                }
                None => {
                    names.push(name.clone());
                    slots.push(self.slot(value));
                }
            }
            self.at.pop();
        }
        let Some(shape) = Shape::new(names) else {
            let twice = object
                .iter()
                .find(|(name, _)| object.contains(&format!("{name}.$")));
            let field = twice.map_or_else(Text::default, |(name, _)| format!("{name}.$").into());
            self.at.push(Segment::Member(field.clone()));
            self.complain(
                &field,
                format!("`{field}` and the same name without `.$` stand side by side"),
            );
            self.at.pop();
            return Slot::Literal(Json::Null);
        };
        let literals: Option<Vec<Json>> =
            slots.iter().map(|slot| slot.literal().cloned()).collect();
        match literals {
            Some(values) => Slot::Literal(Json::Object(Object::of(shape, values))),
            None => Slot::Object {
                shape,
                slots: slots.into(),
            },
        }
    }

    /// A member whose name ends in `.$`.
    fn computed(&mut self, field: &Text, value: &Json) -> Slot {
        let detail = match value.as_str() {
            Some(text) if text.starts_with('$') => match Path::compile_in(text, self.dialect) {
                Ok(path) => {
                    return Slot::Path {
                        path,
                        field: field.clone(),
                    };
                }
                Err(problem) => problem.to_string(),
            },
            Some(text) => match Call::compile_in(text, self.dialect) {
                Ok(call) => return Slot::Call(call),
                Err(problem) => problem.to_string(),
            },
            None => format!("it holds {}, where a string must stand", value.kind()),
        };
        self.complain(field, detail);
        Slot::Literal(Json::Null)
    }

    fn complain(&mut self, field: &Text, detail: String) {
        let message = format!(
            "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
        );
        self.errors.push(TemplateError {
            at: self.at.clone(),
            field: field.clone(),
            message,
            detail,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Context, Dice, Sight, Variables};

    fn fill(template: &str, input: &str) -> Result<String, String> {
        let template = Template::compile(&Json::parse(template).unwrap())
            .map_err(|errors| format!("{errors:?}"))?;
        let input = Json::parse(input).unwrap();
        let make = || Json::parse(r#"{"State":{"Name":"S"}}"#).unwrap();
        let mut variables = Variables::default();
        variables.set("v".into(), Json::from(7));
        let scope = Scope {
            input: &input,
            context: &Context::new(&make),
            variables: &variables,
            dice: &Dice::new(0, 0),
            sight: Sight::default(),
        };
        template
            .eval(&scope)
            .map(|value| value.to_string())
            .map_err(|fault| fault.message)
    }

    fn check(template: &str, input: &str, expected: &str) {
        let filled = fill(template, input).unwrap_or_else(|message| message);
        assert_eq!(filled, expected);
    }

    #[test]
    fn members_ending_in_dollar_are_computed_at_any_depth() {
        check(
            r#"{"a.$":"$.x","b":[{"c.$":"$$.State.Name"},1],"d":{"e.$":"States.Format('{}', $v)"},"f":"$.x"}"#,
            r#"{"x":[1]}"#,
            r#"{"a":[1],"b":[{"c":"S"},1],"d":{"e":"7"},"f":"$.x"}"#,
        );
    }

    #[test]
    fn an_index_beyond_the_end_is_null_here_and_an_error_in_a_function() {
        check(r#"{"a.$":"$.x[5]"}"#, r#"{"x":[1]}"#, r#"{"a":null}"#);
        check(
            r#"{"a.$":"States.Array($.x[5])"}"#,
            r#"{"x":[1]}"#,
            "The function 'States.Array($.x[5])' had the following error: The JsonPath argument for the field '$.x[5]' \
             could not be found in the input '{\"x\":[1]}'",
        );
    }

    #[test]
    fn what_a_path_misses_is_told_with_field_and_input() {
        check(
            r#"{"value":{"a.$":"$.no"}}"#,
            r#"{"x":1}"#,
            "The JSONPath '$.no' specified for the field 'a.$' could not be found in the input '{\"x\":1}'",
        );
    }

    #[test]
    fn literals_are_shared() {
        let template = Template::compile(&Json::parse(r#"{"a":{"b":[1]}}"#).unwrap()).unwrap();
        assert!(template.root.literal().is_some());
        assert_eq!(template.names(), ["a"]);
    }

    #[test]
    fn every_mistake_is_told() {
        let errors = Template::compile(
            &Json::parse(r#"{"a.$":1,"b":[{"c.$":"x"}],"d":1,"d.$":"$"}"#).unwrap(),
        );
        let at: Vec<_> = errors
            .err()
            .unwrap()
            .into_iter()
            .map(|error| error.field.to_string())
            .collect();
        assert_eq!(at, ["a.$", "c.$", "d.$"]);
    }
}
