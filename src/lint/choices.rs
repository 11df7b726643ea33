//! Choice states whose rules may all fail.

use std::collections::BTreeSet;

use super::subject::{Finding, Place, Subject};
use super::{Level, Lint};
use crate::asl::{Member, Node, NodeValue};
use crate::expr::Query;
use crate::machine::Kind;
use crate::value::Json;

pub(super) const CHOICE_NOT_COVERED: Lint = Lint {
    name: "choice-not-covered",
    summary: "a Choice state has no `Default`, and its rules do not cover everything",
    level: Level::Warn,
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in &subject.places {
        let Kind::Choice(choice) = &place.state.kind else {
            continue;
        };
        let rules = place.node.get("Choices").and_then(Node::items);
        let rules = rules.unwrap_or_default();
        let is_covered = if place.is_jsonata() {
            queries_cover(rules)
        } else {
            tests_cover(rules)
        };
        if choice.default.is_none() && !is_covered {
            findings.push(uncovered(place));
        }
    }
}

fn uncovered(place: &Place<'_>) -> Finding {
    let message =
        "where no rule holds, the execution fails with `States.Runtime`, which nothing catches";
    let help = "give it a `Default`, if only to a Fail state that says what was unexpected";
    let span = place.field_span("Choices");
    Finding::new(place.at("Choices"), span, message, help)
}

/// Relations that together leave nothing out.
const OPPOSITES: [(&str, &str); 2] = [
    ("LessThan", "GreaterThanEquals"),
    ("GreaterThan", "LessThanEquals"),
];

/// Whether one of the rules holds, whatever the input: some test is the opposite of another.
fn tests_cover(rules: &[Node]) -> bool {
    let mut tests = Vec::new();
    let mut open: Vec<&Node> = rules.iter().collect();
    while let Some(test) = open.pop() {
        match test.get("Or").and_then(Node::items) {
            Some(inside) => open.extend(inside),
            None => tests.push(test),
        }
    }
    let keys: BTreeSet<String> = tests.iter().filter_map(|test| key(test)).collect();
    tests.iter().any(|test| {
        let opposites = opposites(test);
        opposites
            .iter()
            .any(|all| all.iter().all(|key| keys.contains(key)))
    })
}

/// The member that says what a test does.
fn operator(test: &Node) -> Option<&Member> {
    const OTHERS: [&str; 5] = ["Variable", "Next", "Comment", "Assign", "Output"];
    let members = test.members()?.iter();
    members
        .rev()
        .find(|member| !OTHERS.contains(&member.name.as_str()))
}

/// What tells a test from others, however it is written. As deep as the text nests, which is bounded.
fn key(test: &Node) -> Option<String> {
    let operator = operator(test)?;
    let name = operator.name.as_str();
    match (name, operator.value.items()) {
        ("Not", _) => Some(format!("Not({})", key(&operator.value)?)),
        ("And" | "Or", Some(inside)) => {
            let inside: Option<Vec<_>> = inside.iter().map(key).collect();
            Some(format!("{name}({})", inside?.join(", ")))
        }
        _ => {
            let variable = test.get("Variable")?.text()?;
            Some(comparison(variable, name, &operator.value.to_json()))
        }
    }
}

fn comparison(variable: &str, operator: &str, comparand: &Json) -> String {
    format!("{variable} {operator} {comparand}")
}

/// Sets of tests each of which leaves nothing out together with this one.
fn opposites(test: &Node) -> Vec<Vec<String>> {
    let Some(operator) = operator(test) else {
        return Vec::new();
    };
    if operator.name == "Not" {
        return key(&operator.value)
            .map(|key| vec![key])
            .into_iter()
            .collect();
    }
    let Some(variable) = test.get("Variable").and_then(Node::text) else {
        return Vec::new();
    };
    let comparand = operator.value.to_json();
    if let Json::Bool(value) = comparand {
        return vec![vec![comparison(
            variable,
            &operator.name,
            &Json::Bool(!value),
        )]];
    }
    let (name, path) = match operator.name.strip_suffix("Path") {
        Some(name) => (name, "Path"),
        None => (operator.name.as_str(), ""),
    };
    let other = |family: &str, relation: &str| {
        comparison(variable, &format!("{family}{relation}{path}"), &comparand)
    };
    for (relation, opposite) in OPPOSITES {
        if let Some(family) = name.strip_suffix(relation) {
            return vec![vec![other(family, opposite)]];
        }
    }
    let family = name.strip_suffix("Equals").unwrap_or(name);
    vec![vec![
        other(family, "LessThan"),
        other(family, "GreaterThan"),
    ]]
}

/// The same in JSONata, where conditions are compared as texts.
fn queries_cover(rules: &[Node]) -> bool {
    let mut conditions = BTreeSet::new();
    for condition in rules.iter().filter_map(|rule| rule.get("Condition")) {
        match &condition.value {
            NodeValue::Bool(true) => return true,
            NodeValue::String(text) => {
                let inside = Query::inside(text).unwrap_or_default();
                conditions.insert(inside.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => {}
        }
    }
    let is_there = |other: String| conditions.contains(&other);
    conditions.iter().any(|one| {
        one == "true"
            || is_there(format!("$not({one})"))
            || opposite_query(one).is_some_and(is_there)
    })
}

/// The opposite of a single comparison.
fn opposite_query(condition: &str) -> Option<String> {
    const RELATIONS: [(&str, &str); 3] = [(" = ", " != "), (" < ", " >= "), (" > ", " <= ")];
    if [" and ", " or ", "?"]
        .iter()
        .any(|word| condition.contains(word))
    {
        return None;
    }
    if let Some(left) = condition.strip_suffix(" = true") {
        return Some(format!("{left} = false"));
    }
    RELATIONS.iter().find_map(|(relation, opposite)| {
        let (left, right) = condition.split_once(relation)?;
        Some(format!("{left}{opposite}{right}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, expected: bool) {
        let node = Node::from_json(format!("[{rules}]").as_bytes()).unwrap();
        assert_eq!(tests_cover(node.items().unwrap()), expected, "{rules}");
    }

    fn check_queries(conditions: &[&str], expected: bool) {
        let rules = conditions.iter();
        let rules = rules.map(|text| format!(r#"{{"Condition": "{{% {text} %}}", "Next": "A"}}"#));
        let text = format!("[{}]", rules.collect::<Vec<_>>().join(","));
        let node = Node::from_json(text.as_bytes()).unwrap();
        assert_eq!(queries_cover(node.items().unwrap()), expected, "{text}");
    }

    #[test]
    fn a_test_and_its_opposite_cover_everything() {
        let is = |operator: &str, value: &str| {
            format!(r#"{{"Variable": "$.a", "{operator}": {value}}}"#)
        };
        let both = |one: String, other: String| format!("{one}, {other}");
        check(
            &both(is("BooleanEquals", "true"), is("BooleanEquals", "false")),
            true,
        );
        check(
            &both(is("IsPresent", "true"), is("IsPresent", "true")),
            false,
        );
        check(
            &both(
                is("NumericLessThan", "1"),
                is("NumericGreaterThanEquals", "1"),
            ),
            true,
        );
        check(
            &both(
                is("NumericLessThan", "1"),
                is("NumericGreaterThanEquals", "2"),
            ),
            false,
        );
        check(
            &both(
                is("NumericLessThan", "1"),
                is("StringGreaterThanEquals", "1"),
            ),
            false,
        );
        check(
            &both(
                is("StringEquals", "\"x\""),
                format!(r#"{{"Not": {}}}"#, is("StringEquals", "\"x\"")),
            ),
            true,
        );
        check(
            &both(is("StringEquals", "\"x\""), is("StringEquals", "\"y\"")),
            false,
        );
    }

    #[test]
    fn less_equal_and_greater_cover_everything() {
        let is = |operator: &str| format!(r#"{{"Variable": "$.a", "Numeric{operator}": 1}}"#);
        let rules = [is("Equals"), is("LessThan"), is("GreaterThan")];
        check(&rules.join(","), true);
        check(&rules[..2].join(","), false);
    }

    #[test]
    fn conditions_of_jsonata_are_compared_as_texts() {
        check_queries(&["$x", "$not($x)"], true);
        check_queries(&["$x = 1", "$x != 1"], true);
        check_queries(&["$x  < 1", "$x >= 1"], true);
        check_queries(&["$x = 1 or $y = 2", "$x = 1 or $y != 2"], false);
        check_queries(&["$x = 1", "$x = 2"], false);
        check_queries(&["true"], true);
    }
}
