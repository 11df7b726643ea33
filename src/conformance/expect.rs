//! Whether what happened is what one of our own cases expects.

use std::collections::BTreeMap;
use std::time::Duration;

use super::read::{Malformed, Member};
use super::stage::Performance;
use super::unify::excerpt;
use crate::asl::{Diagnostic, Severity};
use crate::aws::history;
use crate::value::{Json, Moment, Object, Text};

/// What a case expects; what is absent is not compared, except an error or a cause.
#[derive(Clone)]
pub(super) struct Expectation {
    pub(super) status: Text,
    output: Option<Json>,
    error: Option<Json>,
    cause: Option<Json>,
    pub(super) elapsed: Option<Duration>,
    events: Option<Vec<Text>>,
    history: Vec<Json>,
    calls: Vec<(Text, Json)>,
    /// The definition is refused with exactly these.
    pub(super) diagnostics: Option<Vec<Expected>>,
    /// The definition is accepted, and exactly these look wrong.
    pub(super) warnings: Option<Vec<Expected>>,
}

/// An expected diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    code: Text,
    location: Text,
    is_warning: bool,
    /// Compared where it is given.
    message: Option<Text>,
}

impl Expectation {
    pub(super) fn read(member: &Member<'_>) -> Result<Self, Malformed> {
        const MEMBERS: [&str; 10] = [
            "status",
            "output",
            "error",
            "cause",
            "elapsed",
            "events",
            "history",
            "calls",
            "diagnostics",
            "warnings",
        ];
        member.only(&MEMBERS)?;
        if member.get("diagnostics").is_some() && member.members()?.len() > 1 {
            return member.fail("says how a definition is refused, and so nothing else");
        }
        if member.get("warnings").is_some() && member.members()?.len() > 1 {
            return member.fail("says what looks wrong with a definition, and so nothing else");
        }
        let value = |name| member.get(name).map(|member| member.value.clone());
        let diagnostics = member
            .get("diagnostics")
            .map(|list| list.items()?.iter().map(Expected::read).collect());
        let warnings = member
            .get("warnings")
            .map(|list| list.items()?.iter().map(Expected::warning).collect());
        let history = member
            .get("history")
            .map_or_else(|| Ok(Vec::new()), |list| list.items())?;
        let calls = member
            .get("calls")
            .map_or_else(|| Ok(Vec::new()), |calls| calls.members())?;
        Ok(Self {
            status: status(member)?,
            output: value("output"),
            error: value("error"),
            cause: value("cause"),
            elapsed: member
                .get("elapsed")
                .map(|elapsed| elapsed.duration())
                .transpose()?,
            events: member
                .get("events")
                .map(|events| events.texts())
                .transpose()?,
            history: history.iter().map(|event| event.value.clone()).collect(),
            calls: calls
                .into_iter()
                .map(|(state, calls)| (state.clone(), calls.value.clone()))
                .collect(),
            diagnostics: diagnostics.transpose()?,
            warnings: warnings.transpose()?,
        })
    }

    /// What differs in an execution; `taken` picks what is compared with the expected output.
    pub(super) fn differences(
        &self,
        played: &Performance,
        calls: &BTreeMap<Text, Vec<Json>>,
        taken: impl Fn(&Json) -> Option<Json>,
    ) -> Vec<String> {
        let mut found = Differences::default();
        self.outcome(played, taken, &mut found);
        if let Some(elapsed) = self.elapsed {
            let took = played.ended.since(played.started);
            found.check(took == elapsed, || {
                format!("elapsed: expected {elapsed:?}; found {took:?}")
            });
        }
        if let Some(events) = &self.events {
            let names = |names: &[Text]| {
                Json::from(names.iter().cloned().map(Json::from).collect::<Vec<_>>())
            };
            let actual: Vec<Text> = played
                .history
                .iter()
                .map(|event| history::type_name(&event.details))
                .collect();
            found.check(events == &actual, || {
                format!(
                    "events: expected {}; found {}",
                    names(events),
                    names(&actual)
                )
            });
        }
        self.events_in(played, &mut found);
        for (state, expected) in &self.calls {
            let actual = calls.get(state).cloned().unwrap_or_default().into();
            found.value(&format!("calls.{state}"), expected, &actual, Extent::Whole);
        }
        found.0
    }

    fn outcome(
        &self,
        played: &Performance,
        taken: impl Fn(&Json) -> Option<Json>,
        found: &mut Differences,
    ) {
        let outcome = played.outcome.as_ref();
        let status = outcome.map_or("RUNNING", |outcome| outcome.status());
        let failure = outcome
            .and_then(|outcome| outcome.failure())
            .cloned()
            .unwrap_or_default();
        found.check(self.status == status, || {
            let (expected, failure) = (
                &self.status,
                if failure.error.is_some() {
                    format!(" ({failure})")
                } else {
                    String::new()
                },
            );
            format!("status: expected {expected}; found {status}{failure}")
        });
        if let Some(expected) = &self.output {
            match outcome.and_then(|outcome| outcome.output()).and_then(taken) {
                Some(output) => found.value("output", expected, &output, Extent::Whole),
                None => found.check(false, || {
                    format!("output: expected {}; found none", excerpt(expected))
                }),
            }
        }
        if self.status != status {
            return;
        }
        let told = [
            ("error", &self.error, failure.error),
            ("cause", &self.cause, failure.cause),
        ];
        for (name, expected, actual) in told {
            let actual = actual.map_or(Json::Null, |text| Json::from(&*text));
            found.value(
                name,
                expected.as_ref().unwrap_or(&Json::Null),
                &actual,
                Extent::Whole,
            );
        }
    }

    fn events_in(&self, played: &Performance, found: &mut Differences) {
        let options = history::Options {
            time: history::TimeFormat::Iso,
            ..history::Options::default()
        };
        for expected in &self.history {
            let id = expected
                .get("id")
                .and_then(Json::as_i64)
                .and_then(|id| u64::try_from(id).ok());
            let place = format!("history[id {}]", id.unwrap_or_default());
            match played.history.iter().find(|event| Some(event.id) == id) {
                Some(event) => found.value(
                    &place,
                    expected,
                    &history::event(event, &options),
                    Extent::Part,
                ),
                None => found.check(false, || format!("{place}: there is no such event")),
            }
        }
    }
}

/// What differs in the diagnostics of a definition that is refused. Warnings count only where they are expected.
pub(super) fn diagnosed(expected: &[Expected], found: &[Diagnostic]) -> Vec<String> {
    let with_warnings = expected.iter().any(|expected| expected.is_warning);
    let found = found.iter().map(Expected::of);
    let found: Vec<Expected> = found
        .filter(|found| with_warnings || !found.is_warning)
        .collect();
    unlike("diagnostics", expected, &found)
}

/// What differs in what looks wrong with a definition that is accepted.
pub(super) fn warned(expected: &[Expected], found: &[Diagnostic]) -> Vec<String> {
    let found: Vec<Expected> = found.iter().map(Expected::of).collect();
    unlike("warnings", expected, &found)
}

fn unlike(what: &str, expected: &[Expected], found: &[Expected]) -> Vec<String> {
    let is_met = found.iter().zip(expected);
    let mut is_met = is_met.map(|(found, expected)| expected.is_met_by(found));
    if found.len() == expected.len() && is_met.all(|met| met) {
        return Vec::new();
    }
    let list = |list: &[Expected]| {
        list.iter()
            .map(Expected::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    vec![format!(
        "{what}: expected [{}]; found [{}]",
        list(expected),
        list(found)
    )]
}

/// How the execution ends; it succeeds when nothing else is said.
fn status(member: &Member<'_>) -> Result<Text, Malformed> {
    const STATUSES: [&str; 5] = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING"];
    match member.get("status") {
        Some(status) if STATUSES.contains(&status.text()?) => Ok(status.text()?.into()),
        Some(status) => status.fail(format_args!("must be one of {}", STATUSES.join(", "))),
        None if member.get("error").is_some() || member.get("cause").is_some() => {
            member.fail("has an error, and so must say its `status`")
        }
        None => Ok("SUCCEEDED".into()),
    }
}

impl Expected {
    fn read(member: &Member<'_>) -> Result<Self, Malformed> {
        member.only(&["code", "location", "severity", "message"])?;
        let is_warning = match member.get("severity") {
            Some(severity) => match severity.text()? {
                "warning" => true,
                "error" => false,
                _ => return severity.fail("must be `error` or `warning`"),
            },
            None => false,
        };
        let code = member.need("code")?.text()?.into();
        Ok(Self {
            code,
            location: member.need("location")?.text()?.into(),
            is_warning,
            message: member
                .get("message")
                .map(|message| message.text().map(Text::from))
                .transpose()?,
        })
    }

    fn is_met_by(&self, found: &Self) -> bool {
        let is_message = self.message.is_none() || self.message == found.message;
        is_message
            && (&self.code, &self.location, self.is_warning)
                == (&found.code, &found.location, found.is_warning)
    }

    fn warning(member: &Member<'_>) -> Result<Self, Malformed> {
        member.only(&["code", "location"])?;
        Ok(Self {
            code: member.need("code")?.text()?.into(),
            location: member.need("location")?.text()?.into(),
            is_warning: true,
            message: None,
        })
    }

    fn of(diagnostic: &Diagnostic) -> Self {
        let Diagnostic {
            code,
            location,
            severity,
            message,
            ..
        } = diagnostic;
        Self {
            code: (*code).into(),
            location: location.as_str().into(),
            is_warning: *severity == Severity::Warning,
            message: Some(message.as_str().into()),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.is_warning { "warning " } else { "" };
        write!(f, "{kind}{} at {}", self.code, self.location)?;
        match &self.message {
            Some(message) => write!(f, " ({message})"),
            None => Ok(()),
        }
    }
}

/// How much of an object is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All members.
    Whole,
    /// The members that are expected.
    Part,
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn check(&mut self, is_so: bool, what: impl FnOnce() -> String) {
        if !is_so {
            self.0.push(what());
        }
    }

    fn value(&mut self, place: &str, expected: &Json, actual: &Json, extent: Extent) {
        self.check(fits(expected, actual, extent), || {
            format!(
                "{place}: expected {}; found {}",
                excerpt(expected),
                excerpt(actual)
            )
        });
    }
}

/// Whether a value is the expected one, `<any>`, `<uuid>` and `<time>` standing for many.
fn fits(expected: &Json, actual: &Json, extent: Extent) -> bool {
    match (expected, actual) {
        (Json::String(expected), actual) if stands_for(expected, actual).is_some() => {
            stands_for(expected, actual) == Some(true)
        }
        (Json::Object(expected), Json::Object(actual)) => objects_fit(expected, actual, extent),
        (Json::Array(expected), Json::Array(actual)) => {
            let pairs = expected.iter().zip(actual);
            expected.len() == actual.len()
                && pairs
                    .into_iter()
                    .all(|(expected, actual)| fits(expected, actual, extent))
        }
        // Payloads are text on the wire; a case may write them as what they say, and then means all of it.
        (expected, Json::String(text)) if extent == Extent::Part && expected != actual => {
            Json::parse(text.as_str()).is_ok_and(|actual| fits(expected, &actual, Extent::Whole))
        }
        (expected, actual) => expected == actual,
    }
}

fn objects_fit(expected: &Object, actual: &Object, extent: Extent) -> bool {
    let is_complete = extent == Extent::Part || expected.len() == actual.len();
    let fits = |(name, expected): (&Text, &Json)| {
        actual
            .get(name)
            .is_some_and(|actual| fits(expected, actual, extent))
    };
    is_complete && expected.iter().all(fits)
}

/// `None` when the text stands for itself only.
fn stands_for(pattern: &str, actual: &Json) -> Option<bool> {
    match pattern {
        "<any>" => Some(true),
        "<time>" => Some(actual.as_str().and_then(Moment::parse).is_some()),
        "<uuid>" => Some(actual.as_str().is_some_and(is_uuid)),
        _ => None,
    }
}

/// Whether the text is a UUID of version 4.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && parts[2].starts_with('4')
        && parts[3].starts_with(['8', '9', 'a', 'b'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: &str, actual: &str, extent: Extent, same: bool) {
        let (wanted, found) = (Json::parse(expected).unwrap(), Json::parse(actual).unwrap());
        assert_eq!(fits(&wanted, &found, extent), same, "{expected} {actual}");
    }

    #[test]
    fn some_texts_stand_for_many() {
        check(r#"["<any>", "<any>"]"#, r#"[1, {}]"#, Extent::Whole, true);
        check(
            r#""<uuid>""#,
            r#""9f1b6c3e-0a4d-4e7b-8c21-5d2f3a4b5c6d""#,
            Extent::Whole,
            true,
        );
        check(
            r#""<uuid>""#,
            r#""9f1b6c3e-0a4d-1e7b-8c21-5d2f3a4b5c6d""#,
            Extent::Whole,
            false,
        );
        check(
            r#""<time>""#,
            r#""2024-01-01T00:00:00.000Z""#,
            Extent::Whole,
            true,
        );
        check(r#""<time>""#, "1", Extent::Whole, false);
        check(r#""<other>""#, r#""x""#, Extent::Whole, false);
    }

    #[test]
    fn an_output_is_compared_exactly() {
        check(
            r#"{"a": 1, "b": 2}"#,
            r#"{"b": 2, "a": 1}"#,
            Extent::Whole,
            true,
        );
        check(r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#, Extent::Whole, false);
        check("1", "1.0", Extent::Whole, false);
        check("[1]", "[1, 2]", Extent::Whole, false);
        check("{}", r#""{}""#, Extent::Whole, false);
    }

    #[test]
    fn of_an_event_only_what_is_given_is_compared_but_payloads_whole() {
        check(
            r#"{"id": 1}"#,
            r#"{"id": 1, "type": "A"}"#,
            Extent::Part,
            true,
        );
        check(
            r#"{"d": {"input": {"x": 1}}}"#,
            r#"{"d": {"input": "{\"x\":1}", "name": "A"}}"#,
            Extent::Part,
            true,
        );
        check(
            r#"{"d": {"input": {}}}"#,
            r#"{"d": {"input": "{\"x\":1}"}}"#,
            Extent::Part,
            false,
        );
        check(
            r#"{"d": {"input": "{}"}}"#,
            r#"{"d": {"input": "{}"}}"#,
            Extent::Part,
            true,
        );
        check(
            r#"{"d": {"input": "a"}}"#,
            r#"{"d": {"input": "\"a\""}}"#,
            Extent::Part,
            true,
        );
        check(
            r#"{"d": {"name": "a"}}"#,
            r#"{"d": {"name": "b"}}"#,
            Extent::Part,
            false,
        );
    }
}
