//! Functions over JSON and its text.

use super::{Answer, Complaint, text_of};
use crate::expr::Dice;
use crate::value::Json;

/// Members of the second object go into the first. Deep merging is not offered by the service: `true` is an error, and
/// anything else means `false`.
pub(super) fn merge(arguments: &[Json], _: &Dice) -> Answer {
    let (Json::Object(first), Json::Object(second)) = (&arguments[0], &arguments[1]) else {
        return Err(Complaint::Arguments);
    };
    if arguments[2] == Json::Bool(true) {
        return Err(Complaint::Arguments);
    }
    let mut merged = first.clone();
    for (name, value) in second.iter() {
        merged.insert(name.clone(), value.clone());
    }
    Ok(Json::Object(merged))
}

pub(super) fn to_string(arguments: &[Json], _: &Dice) -> Answer {
    Ok(Json::from(arguments[0].to_string()))
}

/// A text with nothing in it is `null`.
pub(super) fn from_string(arguments: &[Json], _: &Dice) -> Answer {
    let text = text_of(&arguments[0])?;
    if text.trim().is_empty() {
        return Ok(Json::Null);
    }
    Json::parse(text).map_err(|error| {
        Complaint::Told(format!(
            "Cannot convert String to Json in States.StringToJson, caused by: {error}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(function: fn(&[Json], &Dice) -> Answer, arguments: &str) -> Option<String> {
        let arguments = Json::parse(arguments).unwrap();
        function(arguments.as_array().unwrap(), &Dice::new(0, 0))
            .ok()
            .map(|value| value.to_string())
    }

    #[test]
    fn merging_is_shallow() {
        let merged = call(
            merge,
            r#"[{"a":{"x":1},"b":2}, {"a":{"y":3},"c":4}, false]"#,
        );
        assert_eq!(merged.as_deref(), Some(r#"{"a":{"y":3},"b":2,"c":4}"#));
        assert_eq!(call(merge, r"[{}, {}, true]"), None);
        assert_eq!(call(merge, r"[{}, [], false]"), None);
    }

    #[test]
    fn texts_become_values() {
        assert_eq!(call(from_string, r#"[" "]"#).as_deref(), Some("null"));
        assert_eq!(call(from_string, r#"["-0"]"#).as_deref(), Some("0"));
        assert_eq!(
            call(from_string, r#"[" [1, 2] "]"#).as_deref(),
            Some("[1,2]")
        );
        assert_eq!(call(from_string, r#"["{"]"#), None);
        assert_eq!(call(from_string, "[1]"), None);
    }

    proptest! {
        #[test]
        fn a_value_survives_its_text(number in any::<i64>(), text in ".{0,20}") {
            let value = Json::from([("n", Json::from(number)), ("t", Json::from(text))]);
            let written = to_string(std::slice::from_ref(&value), &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(from_string(&[written], &Dice::new(0, 0)).ok().unwrap(), value);
        }

        #[test]
        fn a_merged_object_has_the_names_of_both(a in "[a-e]{1,5}", b in "[a-e]{1,5}") {
            let object = |names: &str| Json::Object(names.chars().map(|name| (name.to_string(), Json::Null)).collect());
            let merged = merge(&[object(&a), object(&b), Json::Bool(false)], &Dice::new(0, 0)).ok().unwrap();
            let second = object(&b);
            let numbered = Json::Object(b.chars().zip(1_i64..).map(|(name, at)| (name.to_string(), Json::from(at))).collect());
            let over = merge(&[object(&a), numbered.clone(), Json::Bool(false)], &Dice::new(0, 0)).ok().unwrap();
            for (name, _) in second.as_object().unwrap().iter() {
                prop_assert_eq!(over.get(name), numbered.get(name));
            }
            for name in a.chars().chain(b.chars()) {
                prop_assert!(merged.get(&name.to_string()).is_some());
            }
        }
    }
}
