//! What requests may look like, and what the service says where they do not: the part of the API's model that it checks
//! before anything else.

mod operations;

pub use operations::{members, names};

use std::fmt::Write as _;

use super::{Code, Error};
use crate::value::{Json, Object};

/// A member of a request.
#[derive(Debug)]
pub struct Member {
    name: &'static str,
    required: bool,
    shape: Shape,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text of so many characters.
    Text(usize, usize),
    /// The same, where the characters are restricted: the rule as it is quoted, and as it is checked.
    Pattern(usize, usize, &'static str, fn(&str) -> bool),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Whole(i64, i64),
    /// A number.
    Decimal(f64, f64),
    /// True or false.
    Flag,
    /// A list of so many items.
    List(usize, usize, &'static Shape),
    /// An object, and what the service calls it.
    Record(&'static str, &'static [Member]),
}

/// Checks a request against its members, and removes those that are null: they are as good as absent.
///
/// # Errors
/// A `SerializationException` for the first value of a wrong type, or a `ValidationException` that tells everything else.
pub fn check(members: &[Member], request: &Json) -> Result<Json, Error> {
    let Some(request) = request.as_object() else {
        return Err(Error::new(
            Code::SerializationException,
            "Start of structure or map found where not expected.",
        ));
    };
    let present: Object = request
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut problems = Vec::new();
    record(members, &present, "", &mut problems)?;
    if problems.is_empty() {
        return Ok(present.into());
    }
    let errors = if problems.len() == 1 {
        "error"
    } else {
        "errors"
    };
    Err(Error::validation(format!(
        "{} validation {errors} detected: {}",
        problems.len(),
        problems.join("; ")
    )))
}

fn record(
    members: &[Member],
    object: &Object,
    path: &str,
    problems: &mut Vec<String>,
) -> Result<(), Error> {
    for member in members {
        let path = format!("{path}{}", member.name);
        match object.get(member.name).filter(|value| !value.is_null()) {
            Some(value) => of_shape(&member.shape, value, &path, problems)?,
            None if member.required => problems.push(format!(
                "Value at '{path}' failed to satisfy constraint: Member must not be null"
            )),
            None => {}
        }
    }
    Ok(())
}

/// Shapes nest as deep as the model does, which is constant.
fn of_shape(
    shape: &Shape,
    value: &Json,
    path: &str,
    problems: &mut Vec<String>,
) -> Result<(), Error> {
    let mut refuse = |constraint: String| {
        problems.push(format!(
            "Value '{}' at '{path}' failed to satisfy constraint: Member must {constraint}",
            written(shape, value)
        ));
    };
    match (shape, value) {
        (Shape::Text(min, max), Json::String(text)) => within(text, *min, *max, &mut refuse),
        (Shape::Pattern(min, max, pattern, fits), Json::String(text)) => {
            within(text, *min, *max, &mut refuse);
            if !fits(text) {
                refuse(format!("satisfy regular expression pattern: {pattern}"));
            }
        }
        (Shape::OneOf(words), Json::String(text)) => {
            if !words.contains(&text.as_str()) {
                refuse(format!("satisfy enum value set: [{}]", words.join(", ")));
            }
        }
        (Shape::Whole(min, max), Json::Number(number)) => {
            let number = number.as_i64().unwrap_or(i64::MAX);
            bounded(number, *min, *max, &mut refuse);
        }
        (Shape::Decimal(min, max), Json::Number(number)) => {
            bounded(number.as_f64(), *min, *max, &mut refuse);
        }
        (Shape::Flag, Json::Bool(_)) => {}
        (Shape::List(min, max, item), Json::Array(items)) => {
            within_length(items.len(), *min, *max, &mut refuse);
            for (index, value) in items.iter().enumerate() {
                let path = format!("{path}.{}.member", index + 1);
                of_shape(item, value, &path, problems)?;
            }
        }
        (Shape::Record(_, members), Json::Object(object)) => {
            record(members, object, &format!("{path}."), problems)?;
        }
        (_, value) => return Err(wrong_type(shape, value)),
    }
    Ok(())
}

fn within(text: &str, min: usize, max: usize, refuse: &mut impl FnMut(String)) {
    within_length(text.chars().count(), min, max, refuse);
}

fn within_length(length: usize, min: usize, max: usize, refuse: &mut impl FnMut(String)) {
    if length < min {
        refuse(format!("have length greater than or equal to {min}"));
    }
    if length > max {
        refuse(format!("have length less than or equal to {max}"));
    }
}

fn bounded<N: PartialOrd + std::fmt::Display + Copy>(
    number: N,
    min: N,
    max: N,
    refuse: &mut impl FnMut(String),
) {
    if number < min {
        refuse(format!("have value greater than or equal to {min}"));
    }
    if number > max {
        refuse(format!("have value less than or equal to {max}"));
    }
}

/// A value as the service's own objects print themselves.
fn written(shape: &Shape, value: &Json) -> String {
    match (shape, value) {
        (_, Json::String(text)) => text.to_string(),
        (Shape::List(_, _, item), Json::Array(items)) => {
            let items: Vec<_> = items.iter().map(|value| written(item, value)).collect();
            format!("[{}]", items.join(", "))
        }
        (Shape::Record(name, members), Json::Object(object)) => {
            let mut out = format!("{name}(");
            for (index, member) in members.iter().enumerate() {
                let value = object.get(member.name).unwrap_or(&Json::Null);
                let comma = if index == 0 { "" } else { ", " };
                let value = written(&member.shape, value);
                // Writing to a string cannot fail.
                let _ = write!(out, "{comma}{}={value}", member.name);
            }
            out.push(')');
            out
        }
        (_, value) => value.to_string(),
    }
}

fn wrong_type(shape: &Shape, value: &Json) -> Error {
    let wanted = match shape {
        Shape::Text(..) | Shape::Pattern(..) | Shape::OneOf(_) => "a String",
        Shape::Whole(..) => "an Integer",
        Shape::Decimal(..) => "a Float",
        Shape::Flag => "a Boolean",
        Shape::List(..) => "a List",
        Shape::Record(..) => "a Structure",
    };
    let found = match value {
        Json::Null => "NULL_VALUE",
        Json::Bool(true) => "TRUE_VALUE",
        Json::Bool(false) => "FALSE_VALUE",
        Json::Number(_) => "NUMBER_VALUE",
        Json::String(_) => "STRING_VALUE",
        Json::Array(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    };
    Error::new(
        Code::SerializationException,
        format!("{found} can not be converted to {wanted}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operation: &str, request: &str, expected: Result<&str, &str>) {
        let request = Json::parse(request).unwrap();
        let checked = super::check(members(operation).unwrap(), &request);
        let told = checked.map(|request| request.to_string());
        assert_eq!(
            told.as_deref().map_err(|error| error.message.as_str()),
            expected
        );
    }

    #[test]
    fn what_is_null_is_absent() {
        check("ListActivities", r#"{"maxResults":null}"#, Ok("{}"));
    }

    #[test]
    fn values_out_of_bounds_are_told_with_the_bound() {
        check(
            "ListActivities",
            r#"{"maxResults":1001}"#,
            Err(
                "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
            ),
        );
        check(
            "ListActivities",
            r#"{"maxResults":-1,"nextToken":""}"#,
            Err(
                "2 validation errors detected: Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 0; Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
        );
    }

    #[test]
    fn what_is_required_must_be_there() {
        check(
            "DescribeActivity",
            "{}",
            Err(
                "1 validation error detected: Value at 'activityArn' failed to satisfy constraint: Member must not be null",
            ),
        );
    }

    #[test]
    fn items_are_told_by_their_number_and_lists_by_what_they_hold() {
        let request =
            r#"{"name":"n","routingConfiguration":[{"stateMachineVersionArn":"v","weight":101}]}"#;
        check(
            "CreateStateMachineAlias",
            request,
            Err(
                "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
            ),
        );
        let item = r#"{"stateMachineVersionArn":"v","weight":1}"#;
        let request = format!(r#"{{"name":"n","routingConfiguration":[{item},{item},{item}]}}"#);
        let one = "RoutingConfigurationListItem(stateMachineVersionArn=v, weight=1)";
        check(
            "CreateStateMachineAlias",
            &request,
            Err(&format!(
                "1 validation error detected: Value '[{one}, {one}, {one}]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2"
            )),
        );
    }

    #[test]
    fn a_wrong_type_is_no_request_at_all() {
        check(
            "ListActivities",
            r#"{"maxResults":"1"}"#,
            Err("STRING_VALUE can not be converted to an Integer"),
        );
    }
}
