//! Which variables the states of a definition refer to: `variableReferences` of `DescribeStateMachine`.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::jsonata::{Dialect, Expression};
use crate::value::{Json, Object};

/// A state, wherever it stands in a definition.
pub(super) struct Found<'a> {
    pub(super) name: &'a str,
    pub(super) state: &'a Object,
    jsonata: bool,
}

/// The fields that hold machines of their own.
const MACHINES: [&str; 3] = ["ItemProcessor", "Iterator", "Branches"];

/// All states of a definition, those inside others included.
pub(super) fn states(definition: &Json) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut machines = vec![(definition, is_jsonata(definition, false))];
    while let Some((machine, jsonata)) = machines.pop() {
        let states = machine.get("States").and_then(Json::as_object);
        for (name, state) in states.into_iter().flat_map(Object::iter) {
            let Some(object) = state.as_object() else {
                continue;
            };
            for field in MACHINES {
                match object.get(field) {
                    Some(Json::Array(branches)) => {
                        machines.extend(branches.iter().map(|branch| (branch, jsonata)));
                    }
                    Some(machine) => machines.push((machine, jsonata)),
                    None => {}
                }
            }
            found.push(Found {
                name,
                state: object,
                jsonata: is_jsonata(state, jsonata),
            });
        }
    }
    found
}

fn is_jsonata(value: &Json, otherwise: bool) -> bool {
    match value.get("QueryLanguage").and_then(Json::as_str) {
        Some(language) => language == "JSONata",
        None => otherwise,
    }
}

/// The names of variables by the states that refer to them, both in order.
pub(super) fn of(definition: &Json) -> Json {
    let mut all = BTreeMap::new();
    for found in states(definition) {
        let names = in_state(&found);
        if !names.is_empty() {
            let names: Json = names.into_iter().map(Json::from).collect();
            all.insert(found.name, names);
        }
    }
    all.into_iter().collect::<Object>().into()
}

fn in_state(found: &Found<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let own = found
        .state
        .iter()
        .filter(|(name, _)| !MACHINES.contains(&name.as_str()));
    let mut open: Vec<(&str, &Json)> = own.map(|(name, value)| (name.as_str(), value)).collect();
    while let Some((name, value)) = open.pop() {
        match value {
            Json::Object(object) => {
                open.extend(object.iter().map(|(name, value)| (name.as_str(), value)))
            }
            Json::Array(items) => open.extend(items.iter().map(|item| (name, item))),
            Json::String(text) if found.jsonata => {
                let inner = text
                    .strip_prefix("{%")
                    .and_then(|text| text.strip_suffix("%}"));
                inner
                    .into_iter()
                    .for_each(|text| in_expression(text, &mut names));
            }
            Json::String(text) if is_path(name) => in_path(text, &mut names),
            _ => {}
        }
    }
    names
}

/// Whether a field of that name holds a path or an intrinsic function.
fn is_path(name: &str) -> bool {
    name.ends_with(".$") || name.ends_with("Path") || name == "Variable"
}

/// The variables in a JSONata expression. `$states` is not one of them.
fn in_expression(text: &str, names: &mut BTreeSet<String>) {
    if let Ok(expression) = Expression::parse(text, Dialect::Aws) {
        let variables = &expression.references().variables;
        let own = variables.iter().map(|variable| variable.name.to_string());
        names.extend(own.filter(|name| name != "states"));
    }
}

/// The variables in a path or an intrinsic function: `$` and a name, outside of quotes.
fn in_path(text: &str, names: &mut BTreeSet<String>) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' | '\'' => rest = after_quote(rest, c),
            '$' if rest.starts_with('$') => rest = rest.trim_start_matches('$'),
            '$' => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                rest = behind;
                if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
                    names.insert(name.to_owned());
                }
            }
            _ => {}
        }
    }
}

fn after_quote(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return &text[at + c.len_utf8()..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(state: &str, expected: &str) {
        let definition = format!(r#"{{"StartAt":"S","States":{{"S":{state}}}}}"#);
        let definition = Json::parse(definition).unwrap();
        assert_eq!(of(&definition).to_string(), expected);
    }

    #[test]
    fn paths_refer_to_variables_where_paths_may_stand() {
        check(
            r#"{"InputPath":"$a.b","Parameters":{"x.$":"States.Format('$n', $b, $.c, $$.Execution.Id)","y":"$d"}}"#,
            r#"{"S":["a","b"]}"#,
        );
        check(
            r#"{"Choices":[{"Variable":"$g","NumericEqualsPath":"$h"}]}"#,
            r#"{"S":["g","h"]}"#,
        );
        check(r#"{"InputPath":"$"}"#, "{}");
    }

    #[test]
    fn expressions_refer_to_what_they_do_not_bind_themselves() {
        check(
            r#"{"QueryLanguage":"JSONata","Output":"{% ($y := $x; $sum([$y, $states.input, \"$z\"])) %}","Comment":"$q"}"#,
            r#"{"S":["x"]}"#,
        );
    }

    #[test]
    fn states_inside_others_are_told_by_their_name() {
        check(
            r#"{"ItemsPath":"$i","ItemProcessor":{"StartAt":"T","States":{"T":{"InputPath":"$j"}}}}"#,
            r#"{"S":["i"],"T":["j"]}"#,
        );
    }
}
