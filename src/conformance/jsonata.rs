//! Tables of JSONata expressions with the answers of the reference implementation, one case a line:
//! `{"id", "expr", "group"?, "name"?, "has_data", "data", "bindings", "depth"?, "expect": {"kind": "value", "value"} |
//! {"kind": "undefined"} | {"kind": "error", "code", "token"?, "error"?}}`. A line `{"define": 0, "data", "bindings"}` sets
//! what later lines name by `"env"` instead of their own data and bindings.

use super::report::{Entry, Verdict};
use crate::expr::Dice;
use crate::expr::jsonata::{Bindings, Dialect, Environment, Error, Expression, Limits, Outcome};
use crate::value::{Json, Timestamp};

/// The moment of all evaluations.
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// How far apart doubles may be: their last digits depend on the order of sums and on the library of the platform.
const NEARNESS: f64 = 1e-14;

/// The cases of a table; none for a file of lines of another form.
pub(super) fn entries(table: &str, text: &str) -> Vec<Entry> {
    let mut environments = Vec::new();
    let mut entries = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match Json::parse(line) {
            Ok(value) if value.get("define").is_some() => environments.push(value),
            Ok(value) if value.get("expr").is_some() => {
                entries.push(entry(table, &value, &environments))
            }
            Ok(_) => return Vec::new(),
            Err(error) => entries.push(Entry {
                id: format!("{table}#line {number}"),
                area: "jsonata".to_owned(),
                verdict: Verdict::Failed(format!("line {number}: {error}")),
            }),
        }
    }
    entries
}

/// How a case is answered.
fn entry(table: &str, case: &Json, environments: &[Json]) -> Entry {
    let text = |name: &str| case.get(name).and_then(Json::as_str);
    let number = case.get("id").and_then(Json::as_i64).unwrap_or_default();
    let name = text("name").or(text("expr")).unwrap_or_default();
    let verdict = match verdict(case, environments) {
        Ok(()) => Verdict::Passed,
        Err(reason) => Verdict::Failed(reason),
    };
    Entry {
        id: format!("{table}#{number} {name}"),
        area: format!("jsonata {}", text("group").unwrap_or("random")),
        verdict,
    }
}

fn verdict(case: &Json, environments: &[Json]) -> Result<(), String> {
    let text = case.get("expr").and_then(Json::as_str);
    let text = text.ok_or("`expr` must be a text")?;
    let expected = case.get("expect").ok_or("the case has no `expect`")?;
    let source = match case.get("env") {
        None => case,
        Some(number) => number
            .as_i64()
            .and_then(|number| environments.get(usize::try_from(number).ok()?))
            .ok_or("`env` names no line with `define`")?,
    };
    let has_data = case.get("has_data").and_then(Json::as_bool) == Some(true);
    let data = source.get("data").filter(|_| has_data);
    let answer = answer(text, data, source.get("bindings"), &limits(case));
    if agrees(&answer, expected) {
        return Ok(());
    }
    Err(format!("expected {expected}; found {}", told(&answer)))
}

/// A case that goes deep says how deep, and is stopped by its work instead.
fn limits(case: &Json) -> Limits {
    let mut limits = Limits::generous();
    let depth = case.get("depth").and_then(Json::as_i64);
    if let Some(depth) = depth.and_then(|depth| usize::try_from(depth).ok())
        && depth > Limits::aws().depth
    {
        limits.depth = depth;
        limits.steps = 1_000_000;
    }
    limits
}

fn answer(
    text: &str,
    data: Option<&Json>,
    bindings: Option<&Json>,
    limits: &Limits,
) -> Result<Outcome, Error> {
    let expression = Expression::parse(text, Dialect::Latest)?;
    let bindings = match bindings.and_then(Json::as_object) {
        Some(members) => Bindings::new().with_members(members),
        None => Bindings::new(),
    };
    let environment = Environment {
        now: NOW,
        dice: &Dice::new(1, 0),
    };
    expression.evaluate(data, &bindings, limits, &environment)
}

/// Whether it is the answer: of an error its code, and text and token where the table has them.
fn agrees(answer: &Result<Outcome, Error>, expected: &Json) -> bool {
    let text = |name: &str| {
        let within = expected.get("error").and_then(|error| error.get(name));
        within.or(expected.get(name)).and_then(Json::as_str)
    };
    match (text("kind"), answer) {
        (Some("undefined"), Ok(Outcome::Undefined)) => true,
        (Some("value"), Ok(Outcome::Value(value))) => expected
            .get("value")
            .is_some_and(|expected| is_near(value, expected)),
        (Some("error"), Err(error)) => {
            text("code") == Some(error.code)
                && text("message").is_none_or(|message| message == error.message)
                && text("token").is_none_or(|token| error.token.as_deref() == Some(token))
        }
        _ => false,
    }
}

/// Equal but for the last digits of doubles. Recursion is as deep as the value that was read.
fn is_near(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            let (a, b) = (a.as_f64(), b.as_f64());
            a == b || (a - b).abs() <= NEARNESS * a.abs()
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_near(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            let member = |(name, value): (_, &Json)| b.get(name).is_some_and(|b| is_near(value, b));
            a.len() == b.len() && a.iter().all(|(name, value)| member((name.as_str(), value)))
        }
        _ => a == b,
    }
}

fn told(answer: &Result<Outcome, Error>) -> String {
    match answer {
        Ok(Outcome::Value(value)) => value.to_string(),
        Ok(Outcome::Undefined) => "nothing".to_owned(),
        Ok(Outcome::Function) => "a function".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let told = |entry: Entry| match entry.verdict {
            Verdict::Passed => format!("{}: passed", entry.id),
            Verdict::Failed(reason) | Verdict::Skipped(reason) => format!("{}: {reason}", entry.id),
        };
        let found: Vec<String> = entries("t", text).into_iter().map(told).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn values_errors_and_nothing_are_told_apart() {
        check(
            r#"{"id":1,"expr":"0.1+0.2","expect":{"kind":"value","value":0.3}}
            {"id":2,"expr":"nobody","expect":{"kind":"value","value":0}}
            {"id":3,"expr":"1+'a'","expect":{"kind":"error","code":"T2002"}}
            {"id":4,"expr":"1+'a'","expect":{"kind":"error","code":"T2002","error":{"message":"no"}}}"#,
            &[
                "t#1 0.1+0.2: passed",
                r#"t#2 nobody: expected {"kind":"value","value":0}; found nothing"#,
                "t#3 1+'a': passed",
                "t#4 1+'a': expected {\"kind\":\"error\",\"code\":\"T2002\",\"error\":{\"message\":\"no\"}}; found \
                 T2002: The right side of the \"+\" operator must evaluate to a number",
            ],
        );
    }

    #[test]
    fn environments_are_named_by_later_lines() {
        check(
            r#"{"define":0,"data":{"a":7},"bindings":{"b":1}}
            {"id":1,"env":0,"has_data":true,"expr":"a+$b","expect":{"kind":"value","value":8}}
            {"id":2,"env":1,"has_data":true,"expr":"a","expect":{"kind":"undefined"}}"#,
            &[
                "t#1 a+$b: passed",
                "t#2 a: `env` names no line with `define`",
            ],
        );
    }

    #[test]
    fn lines_of_another_form_are_no_cases() {
        check(r#"{"verdict":"accepted"}"#, &[]);
        check(
            "{",
            &[
                "t#line 1: line 1: expected a member's name in double quotes or `}`, found the end of the text at 1:2",
            ],
        );
    }
}
