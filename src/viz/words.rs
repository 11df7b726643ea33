//! What a picture says of a machine, in few words: conditions, resources, errors.

use std::time::Duration;

use crate::asl::{Pattern as Answer, Resource, ResourceKind};
use crate::expr::Path;
use crate::machine::{
    Amount, Comparand, Fail, Items, Kind, Map, Operand, Pattern, Relation, Retrier, Selection,
    State, Test, TextField, Until,
};
use crate::value::Text;

/// Shortens a text to so many characters, with an ellipsis in its middle: both ends tell names apart.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let tail = most.saturating_sub(1) * 2 / 5;
    let head = most.saturating_sub(1 + tail);
    let begin: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{}…{}", begin.trim_end(), end.trim_start())
}

/// A text on one line: control characters become blanks.
pub(super) fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// `1.25 s`, `2 m 5 s`, `3 d 4 h`: the two largest units, without those that are zero.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let two = |large: (u64, &str), small: (u64, &str)| match small.0 {
        0 => format!("{} {}", large.0, large.1),
        _ => format!("{} {} {} {}", large.0, large.1, small.0, small.1),
    };
    match seconds {
        0 if time.subsec_millis() > 0 => format!("{} ms", time.as_millis()),
        0..60 => {
            let text = format!("{:.2}", time.as_secs_f64());
            format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
        }
        60..3_600 => two((seconds / 60, "m"), (seconds % 60, "s")),
        3_600..86_400 => two((seconds / 3_600, "h"), (seconds % 3_600 / 60, "m")),
        _ => two((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    }
}

/// The names of an `ErrorEquals`.
pub(super) fn errors(names: &[Text]) -> String {
    match names {
        [only] if only == "States.ALL" => "any error".into(),
        _ => {
            let names: Vec<_> = names.iter().map(|name| line(name)).collect();
            names.join(", ")
        }
    }
}

/// A retrier: for which errors, and how often.
pub(super) fn retrier(retrier: &Retrier) -> String {
    match retrier.max_attempts {
        0 => format!("{}: never", errors(&retrier.errors)),
        times => format!("{} ×{times}", errors(&retrier.errors)),
    }
}

/// What a state does, beyond its type and name; empty when there is nothing to tell.
pub(super) fn detail(state: &State) -> String {
    match &state.kind {
        Kind::Task(task) => resource(&task.resource),
        Kind::Parallel(parallel) => match parallel.branches.len() {
            1 => "1 branch".into(),
            count => format!("{count} branches"),
        },
        Kind::Map(map) => each(map),
        Kind::Wait(wait) => match &wait.until {
            Until::Seconds(seconds) => duration(Duration::from_secs(u64::from(*seconds))),
            Until::SecondsPath(path) => format!("{} seconds", path.text()),
            Until::Timestamp(moment) => format!("until {}", moment.to_timestamp()),
            Until::TimestampPath(path) => format!("until {}", path.text()),
            Until::SecondsQuery(query) => format!("{} seconds", line(query.text())),
            Until::TimestampQuery(query) => format!("until {}", line(query.text())),
        },
        Kind::Fail(fail) => failure(fail),
        Kind::Pass(_) | Kind::Choice(_) | Kind::Succeed => String::new(),
    }
}

/// A resource by what a person calls it.
fn resource(resource: &Resource) -> String {
    let last = || line(resource.text.rsplit(':').next().unwrap_or_default());
    match &resource.kind {
        ResourceKind::Lambda => {
            let name = resource.text.splitn(7, ':').nth(6).unwrap_or_default();
            line(name)
        }
        ResourceKind::Activity => format!("activity {}", last()),
        ResourceKind::Service {
            service,
            api,
            pattern,
        } => {
            let call = api.split('.').next().unwrap_or_default();
            let service = service.strip_prefix("aws-sdk:").unwrap_or(service);
            let until = match pattern {
                Answer::RequestResponse => "",
                Answer::Sync | Answer::Sync2 => ", to its end",
                Answer::WaitForTaskToken => ", waits for a token",
            };
            line(&format!("{service}:{call}{until}"))
        }
        ResourceKind::Custom => line(&resource.text),
    }
}

fn each(map: &Map) -> String {
    let items = match &map.items {
        Items::Path(Selection::Whole) | Items::Template(_) => "each item".into(),
        Items::Path(Selection::Nothing) => "no items".into(),
        Items::Path(Selection::Path(path)) => format!("each of {}", path.text()),
        Items::Query(query) => format!("each of {}", line(query.text())),
    };
    match &map.max_concurrency {
        Amount::Literal(0) => items,
        Amount::Literal(most) => format!("{items}, {most} at a time"),
        Amount::Path(path) => format!("{items}, {} at a time", path.text()),
        Amount::Query(query) => format!("{items}, {} at a time", line(query.text())),
    }
}

fn failure(fail: &Fail) -> String {
    match &fail.error {
        Some(TextField::Literal(error)) => line(error),
        Some(TextField::Path(path)) => path.text().to_string(),
        Some(TextField::Call(call)) => line(call.text()),
        Some(TextField::Query(query)) => line(query.text()),
        None => String::new(),
    }
}

/// A condition. Recursion is as deep as rules nest, which the nesting of a text bounds.
pub(super) fn condition(test: &Test) -> String {
    let is = |path: &Path, expected: bool, what: &str| {
        let verb = if expected { "is" } else { "is not" };
        format!("{} {verb} {what}", path.text())
    };
    match test {
        Test::And(tests) => joined(tests, " and "),
        Test::Or(tests) => joined(tests, " or "),
        Test::Not(test) => format!("not {}", inner(test)),
        Test::Query(query) => line(query.text()),
        Test::Constant(value) => value.to_string(),
        Test::IsPresent(path, expected) => is(path, *expected, "present"),
        Test::IsNull(path, expected) => is(path, *expected, "null"),
        Test::IsNumeric(path, expected) => is(path, *expected, "a number"),
        Test::IsString(path, expected) => is(path, *expected, "a string"),
        Test::IsBoolean(path, expected) => is(path, *expected, "a boolean"),
        Test::IsTimestamp(path, expected) => is(path, *expected, "a timestamp"),
        Test::StringMatches(path, pattern) => {
            format!("{} matches \"{}\"", path.text(), wildcards(pattern))
        }
        Test::Compare {
            variable,
            operand,
            relation,
            comparand,
        } => {
            let right = match comparand {
                Comparand::Literal(value) => line(&value.to_string()),
                Comparand::Path(path) => path.text().to_string(),
            };
            format!("{} {} {right}", variable.text(), verb(*operand, *relation))
        }
    }
}

fn joined(tests: &[Test], word: &str) -> String {
    if let [only] = tests {
        return condition(only);
    }
    let parts: Vec<_> = tests.iter().map(inner).collect();
    parts.join(word)
}

/// A condition inside another one: in parentheses if it would be misread.
fn inner(test: &Test) -> String {
    match test {
        Test::And(tests) | Test::Or(tests) if tests.len() > 1 => format!("({})", condition(test)),
        _ => condition(test),
    }
}

fn verb(operand: Operand, relation: Relation) -> &'static str {
    match (operand, relation) {
        (Operand::Numeric, Relation::Equals) => "=",
        (_, Relation::Equals) => "is",
        (Operand::Timestamp, Relation::LessThan) => "before",
        (Operand::Timestamp, Relation::GreaterThan) => "after",
        (_, Relation::LessThan) => "<",
        (_, Relation::GreaterThan) => ">",
        (_, Relation::LessThanEquals) => "≤",
        (_, Relation::GreaterThanEquals) => "≥",
    }
}

fn wildcards(pattern: &Pattern) -> String {
    let runs: Vec<_> = pattern
        .runs
        .iter()
        .map(|run| line(run).replace('\\', "\\\\").replace('*', "\\*"))
        .collect();
    runs.join("*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;

    #[track_caller]
    fn check(rule: &str, expected: &str) {
        let machine = format!(
            r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{rule}],"Default":"E"}},"E":{{"Type":"Succeed"}}}}}}"#
        );
        let machine = Machine::parse(machine).expect("the rule is valid");
        let state = machine.state(machine.find("C").unwrap());
        let Kind::Choice(choice) = &state.kind else {
            panic!("it is a Choice");
        };
        assert_eq!(condition(&choice.rules[0].test), expected);
    }

    #[test]
    fn conditions_read_like_a_sentence() {
        let rule = |operator: &str| format!(r#"{{"Variable":"$.x",{operator},"Next":"E"}}"#);
        for (operator, expected) in [
            (r#""NumericGreaterThan":100"#, "$.x > 100"),
            (r#""NumericEquals":1.5"#, "$.x = 1.5"),
            (r#""NumericLessThanEqualsPath":"$.y""#, "$.x ≤ $.y"),
            (r#""StringEquals":"ok""#, "$.x is \"ok\""),
            (r#""BooleanEquals":true"#, "$.x is true"),
            (r#""IsPresent":false"#, "$.x is not present"),
            (r#""IsNumeric":true"#, "$.x is a number"),
            (r#""StringMatches":"a*\\*""#, "$.x matches \"a*\\*\""),
            (
                r#""TimestampLessThan":"2026-01-01T00:00:00Z""#,
                "$.x before \"2026-01-01T00:00:00Z\"",
            ),
        ] {
            check(&rule(operator), expected);
        }
    }

    #[test]
    fn what_could_be_misread_stands_in_parentheses() {
        check(
            r#"{"And":[{"Variable":"$.a","StringEquals":"ok"},{"Not":{"Or":[
                {"Variable":"$.b","IsNull":true},{"Variable":"$.c","IsNull":true}]}}],"Next":"E"}"#,
            "$.a is \"ok\" and not ($.b is null or $.c is null)",
        );
    }

    #[test]
    fn a_shortened_text_keeps_both_ends() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("abcdefghijklmnop", 11), "abcdef…mnop");
        assert_eq!(shorten("äöüäöüäöüäöü", 6), "äöü…öü");
    }

    #[test]
    fn durations_are_short() {
        let told = |millis| duration(Duration::from_millis(millis));
        assert_eq!(told(0), "0 s");
        assert_eq!(told(250), "250 ms");
        assert_eq!(told(1_000), "1 s");
        assert_eq!(told(1_250), "1.25 s");
        assert_eq!(told(120_000), "2 m");
        assert_eq!(told(125_000), "2 m 5 s");
        assert_eq!(told(3_660_000), "1 h 1 m");
        assert_eq!(told(90_000_000), "1 d 1 h");
    }

    #[test]
    fn resources_are_called_by_their_names() {
        let told = |text: &str| resource(&Resource::parse(text));
        assert_eq!(
            told("arn:aws:lambda:us-east-1:123456789012:function:Charge:live"),
            "Charge:live"
        );
        assert_eq!(
            told("arn:aws:states:us-east-1:123456789012:activity:work"),
            "activity work"
        );
        assert_eq!(
            told("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            "sqs:sendMessage, waits for a token"
        );
        assert_eq!(
            told("arn:aws:states:::aws-sdk:s3:getObject"),
            "s3:getObject"
        );
        assert_eq!(told("exec:./charge"), "exec:./charge");
    }
}
