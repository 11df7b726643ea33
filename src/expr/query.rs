//! JSONata expressions in fields of a state: `{% … %}`.
//!
//! Source: AWS Step Functions developer guide, "Transforming data with JSONata". The texts of faults are those of the
//! service (conformance: `jsonata/`).

use super::jsonata::{
    Bindings, Environment, Error, Expression, Limits, Outcome, References, States,
};
use super::{Fault, FaultKind, Scope};
use crate::value::{Json, Text, Timestamp};

/// A compiled expression, and the field that holds it.
pub struct Query {
    expression: Expression,
    field: Text,
}

/// What only JSONata sees of a state: the rest of `$states`, and the moment.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// `$states.result`
    pub result: Option<&'a Json>,
    /// `$states.errorOutput`
    pub error_output: Option<&'a Json>,
    /// What `$now` and `$millis` tell.
    pub now: Timestamp,
    /// What an evaluation may cost.
    pub limits: &'a Limits,
}

impl Default for Sight<'_> {
    fn default() -> Self {
        static LIMITS: Limits = Limits::aws();
        Self {
            result: None,
            error_output: None,
            now: Timestamp::from_millis(0),
            limits: &LIMITS,
        }
    }
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An array.
    Array,
    /// A boolean.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
}

impl Expected {
    const fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
        }
    }
}

impl Query {
    /// The inside of a text that is an expression: it begins with `{%` and ends with `%}`, with nothing around.
    #[must_use]
    pub fn inside(text: &str) -> Option<&str> {
        Some(text.strip_prefix("{%")?.strip_suffix("%}")?.trim())
    }

    /// Compiles the inside of an expression. `field` is how the service calls its place: `Output/a[0]`.
    ///
    /// # Errors
    /// When it is no expression.
    pub fn compile(inside: &str, field: impl Into<Text>) -> Result<Self, Error> {
        let expression = Expression::parse(inside, super::jsonata::Dialect::Aws)?;
        Ok(Self {
            expression,
            field: field.into(),
        })
    }

    /// The expression without its delimiters.
    #[must_use]
    pub fn text(&self) -> &Text {
        self.expression.text()
    }

    /// Where it stands: `Output/a[0]`.
    #[must_use]
    pub fn field(&self) -> &Text {
        &self.field
    }

    /// What it refers to.
    #[must_use]
    pub fn references(&self) -> &References {
        self.expression.references()
    }

    /// The value.
    ///
    /// # Errors
    /// When the expression fails, or gives nothing, or a function.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Json, Fault> {
        let states = States {
            input: Some(scope.input.clone()),
            context: Some(scope.context),
            result: scope.sight.result.cloned(),
            error_output: scope.sight.error_output.cloned(),
        };
        let bindings = Bindings::new()
            .with_states(states)
            .with_variables(scope.variables);
        let environment = Environment {
            now: scope.sight.now,
            dice: scope.dice,
        };
        let outcome = self
            .expression
            .evaluate(None, &bindings, scope.sight.limits, &environment);
        match outcome {
            Ok(Outcome::Value(value)) => Ok(value),
            Ok(Outcome::Undefined) => Err(self.fault("returned nothing (undefined).")),
            Ok(Outcome::Function) => Err(self.fault("returned an unsupported result type.")),
            Err(error) => Err(self.fault(&format!("threw an error during evaluation. {error}"))),
        }
    }

    /// The value, where a field takes only one kind.
    ///
    /// # Errors
    /// As [`Query::eval`], and when the value is of another kind.
    pub fn eval_as(&self, expected: Expected, scope: &Scope<'_>) -> Result<Json, Fault> {
        let value = self.eval(scope)?;
        if value.kind() == expected.name() {
            return Ok(value);
        }
        let (wanted, found) = (expected.name(), value.kind());
        Err(self.fault(&format!(
            "returned an unexpected result type. Expected '{wanted}', but was '{found}' for value: {value}"
        )))
    }

    #[cold]
    fn fault(&self, what: &str) -> Fault {
        let (text, field) = (self.text(), &self.field);
        Fault {
            kind: FaultKind::Query,
            message: format!(
                "The JSONata expression '{text}' specified for the field '{field}' {what}"
            ),
            location: Some(field.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Context, Dice, Variables};

    fn eval(text: &str, expected: Option<Expected>) -> Result<String, String> {
        let inside = Query::inside(text).ok_or("no expression")?;
        let query = Query::compile(inside, "Output/v").map_err(|error| error.to_string())?;
        let make = || Json::parse(r#"{"Execution":{"Name":"E"}}"#).unwrap();
        let mut variables = Variables::default();
        variables.set("seven".into(), Json::from(7));
        let (input, result) = (Json::parse(r#"{"a":[1,2]}"#).unwrap(), Json::from("done"));
        let scope = Scope {
            input: &input,
            context: &Context::new(&make),
            variables: &variables,
            dice: &Dice::new(0, 0),
            sight: Sight {
                result: Some(&result),
                ..Sight::default()
            },
        };
        let found = match expected {
            Some(expected) => query.eval_as(expected, &scope),
            None => query.eval(&scope),
        };
        found
            .map(|value| value.to_string())
            .map_err(|fault| fault.message)
    }

    #[test]
    fn the_delimiters_must_be_the_first_and_the_last_characters() {
        for text in ["$x", " {% 1 %}", "{% 1 %} ", "{%}", "{ % 1 %}"] {
            assert_eq!(Query::inside(text), None, "{text}");
        }
        assert_eq!(Query::inside("{%%}"), Some(""));
        assert_eq!(Query::inside("{%\n 1\n%}"), Some("1"));
    }

    #[test]
    fn states_and_variables_are_seen() {
        let all =
            "{% [$states.input.a[1], $states.result, $states.context.Execution.Name, $seven] %}";
        assert_eq!(eval(all, None).unwrap(), r#"[2,"done","E",7]"#);
    }

    #[test]
    fn what_a_field_does_not_take_is_told_with_its_kind() {
        let told = eval("{% 'x' %}", Some(Expected::Array)).unwrap_err();
        assert_eq!(
            told,
            "The JSONata expression ''x'' specified for the field 'Output/v' returned an unexpected result type. \
             Expected 'array', but was 'string' for value: \"x\""
        );
        let told = eval("{% $nobody %}", None).unwrap_err();
        assert!(told.ends_with("returned nothing (undefined)."), "{told}");
    }
}
