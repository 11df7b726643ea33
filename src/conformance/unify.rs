//! Whether an actual value is what a recording expects, placeholders being variables.
//!
//! In recordings names, ids and times stand as `<placeholder>`: each must match one text in the whole case. Other words
//! (`timestamp`, `date`) mask values that nobody compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use fancy_regex::Regex;

use super::ignore::{Ignore, Step};
use crate::value::{Json, NESTING, Object, Text};

/// Words that stand for any text.
const MASKS: [&str; 11] = [
    "timestamp",
    "datetime",
    "date",
    "time",
    "start-date",
    "stop-date",
    "RequestId",
    "x-amzn-RequestId",
    "x-amzn-requestid",
    "X-Amzn-Trace-Id",
    "x-amz-crc32",
];

/// JSON text inside JSON can nest deeper than JSON alone may.
const DEPTH: usize = NESTING + 100;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| regex(r"<<?[A-Za-z_][\w-]*>?(?::[\w-]+)?>"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?(?:\d\d)?)")
});

/// A comparison under way: what placeholders stand for so far, and what differs.
#[derive(Clone, Default)]
pub(super) struct Unifier {
    bound: BTreeMap<String, String>,
    /// Members whose value was masked by a word, by the member's name.
    masked: BTreeMap<Text, Text>,
    /// Words without brackets that are placeholders all the same.
    words: BTreeSet<String>,
    ignored: Vec<Ignore>,
    place: Vec<Step>,
    differences: Vec<String>,
}

impl Unifier {
    /// A comparison under the masks of a case (its `placeholders.rules`).
    pub(super) fn new<'r>(rules: impl IntoIterator<Item = &'r Json>) -> Self {
        let mut unifier = Self::default();
        for rule in rules {
            unifier.masked.extend(masked_member(rule));
            unifier.words.extend(masked_word(rule));
        }
        unifier
    }

    /// The same comparison that leaves these places out.
    pub(super) fn ignoring(mut self, paths: Vec<Ignore>) -> Self {
        self.ignored = paths;
        self
    }

    /// How much differs so far.
    #[cfg(feature = "server")]
    pub(super) fn difference_count(&self) -> usize {
        self.differences.len()
    }

    /// What differs.
    pub(super) fn into_differences(self) -> Vec<String> {
        self.differences
    }

    /// Tells of a difference that the caller found.
    pub(super) fn differ(&mut self, what: String) {
        self.differences.push(what);
    }

    /// Compares what stands below a member.
    pub(super) fn member(&mut self, name: &str, expected: &Json, actual: &Json) {
        self.below(Step::Member(name.into()), |unifier| {
            unifier.same(expected, actual)
        });
    }

    /// Compares what stands at an index.
    pub(super) fn element(&mut self, index: usize, expected: &Json, actual: &Json) {
        self.below(Step::Index(index), |unifier| unifier.same(expected, actual));
    }

    /// Whether both are the same. What placeholders were bound to stays only if they are.
    pub(super) fn accepts(&mut self, index: usize, expected: &Json, actual: &Json) -> bool {
        let bound = self.bound.clone();
        let before = self.differences.len();
        self.below(Step::Member("events".into()), |unifier| {
            unifier.element(index, expected, actual)
        });
        let same = self.differences.len() == before;
        if !same {
            self.differences.truncate(before);
            self.bound = bound;
        }
        same
    }

    fn below(&mut self, step: Step, compare: impl FnOnce(&mut Self)) {
        self.place.push(step);
        if !self.is_ignored() {
            compare(self);
        }
        self.place.pop();
    }

    fn is_ignored(&self) -> bool {
        self.ignored.iter().any(|path| path.covers(&self.place))
    }

    fn same(&mut self, expected: &Json, actual: &Json) {
        if self.place.len() > DEPTH {
            return self.report("is nested too deep to compare", None, None);
        }
        if self.is_masked(expected) {
            return;
        }
        match (expected, actual) {
            (Json::Object(expected), Json::Object(actual)) => self.objects(expected, actual),
            (Json::Array(expected), Json::Array(actual)) => self.arrays(expected, actual),
            (Json::Number(a), Json::Number(b)) if a.compare(b).is_eq() => {}
            (Json::String(e), Json::String(a)) => self.texts(e, a),
            (Json::String(_), _) | (_, Json::String(_)) => self.text_and_value(expected, actual),
            _ if expected == actual => {}
            _ => self.report("differs", Some(expected), Some(actual)),
        }
    }

    fn is_masked(&self, expected: &Json) -> bool {
        let (Some(Step::Member(name)), Some(word)) = (self.place.last(), expected.as_str()) else {
            return false;
        };
        let is_time =
            name.to_ascii_lowercase().contains("timestamp") && matches!(word, "timestamp" | "date");
        is_time || self.masked.get(name).is_some_and(|mask| mask == word)
    }

    fn objects(&mut self, expected: &Object, actual: &Object) {
        for (name, value) in expected.iter() {
            self.below(Step::Member(name.clone()), |unifier| {
                match actual.get(name) {
                    Some(actual) => unifier.same(value, actual),
                    None => unifier.report("is missing", Some(value), None),
                }
            });
        }
        for (name, value) in actual.iter().filter(|(name, _)| !expected.contains(name)) {
            let step = Step::Member(name.clone());
            self.below(step, |unifier| {
                unifier.report("is not expected", None, Some(value))
            });
        }
    }

    fn arrays(&mut self, expected: &[Json], actual: &[Json]) {
        if expected.len() != actual.len() {
            let lengths = format!(
                "has {} elements instead of {}",
                actual.len(),
                expected.len()
            );
            return self.report(&lengths, None, None);
        }
        for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
            self.element(index, expected, actual);
        }
    }

    fn texts(&mut self, expected: &Text, actual: &Text) {
        let e = expected.as_str();
        if e == actual || MASKS.contains(&e) || self.word(e, actual) || self.unify(e, actual) {
            return;
        }
        // JSON text may differ in white space only.
        match (Json::parse(e), Json::parse(actual.as_str())) {
            (Ok(expected), Ok(actual))
                if expected.as_str().is_none() || actual.as_str().is_none() =>
            {
                self.same(&expected, &actual);
            }
            _ => self.report(
                "differs",
                Some(&expected.clone().into()),
                Some(&actual.clone().into()),
            ),
        }
    }

    /// Some recordings parse more text than others.
    fn text_and_value(&mut self, expected: &Json, actual: &Json) {
        let parsed = |value: &Json| match value {
            Json::String(text) => Json::parse(text.as_str())
                .ok()
                .filter(|value| value.as_str().is_none()),
            other => Some(other.clone()),
        };
        match (parsed(expected), parsed(actual)) {
            (Some(expected), Some(actual)) => self.same(&expected, &actual),
            _ => self.report("differs", Some(expected), Some(actual)),
        }
    }

    /// Whether the expectation is a placeholder without brackets that stands for the text.
    fn word(&mut self, expected: &str, actual: &str) -> bool {
        if !self.words.contains(expected) {
            return false;
        }
        self.bound
            .entry(expected.to_owned())
            .or_insert_with(|| actual.to_owned())
            == actual
    }

    /// Whether the text fits, the expectation's placeholders bound to what they stand for.
    fn unify(&mut self, expected: &str, actual: &str) -> bool {
        let undated = DATE.replace_all(actual, "date").into_owned();
        if expected == undated {
            return true;
        }
        let Some((pattern, names)) = self.pattern(expected) else {
            return false;
        };
        let Ok(pattern) = Regex::new(&pattern) else {
            return false;
        };
        for candidate in [actual, &undated] {
            // A pattern too hard to match is one that does not.
            if let Ok(Some(found)) = pattern.captures(candidate) {
                for (at, name) in names.iter().enumerate() {
                    let text = found
                        .name(&format!("v{at}"))
                        .map_or("", |text| text.as_str());
                    self.bound.insert((*name).to_owned(), text.to_owned());
                }
                return true;
            }
        }
        false
    }

    /// A pattern with a group for each placeholder that is not bound yet; `None` when there is no placeholder.
    fn pattern<'e>(&self, expected: &'e str) -> Option<(String, Vec<&'e str>)> {
        let mut pattern = String::from(r"(?s)\A");
        let mut names: Vec<&str> = Vec::new();
        let mut end = 0;
        for found in VARIABLE.find_iter(expected).flatten() {
            pattern.push_str(&fancy_regex::escape(&expected[end..found.start()]));
            end = found.end();
            let name = found.as_str();
            let known = names.iter().position(|known| *known == name);
            match (self.bound.get(name), known) {
                (Some(text), _) => pattern.push_str(&fancy_regex::escape(text)),
                (None, Some(at)) => _ = write!(pattern, r"\k<v{at}>"),
                (None, None) => {
                    _ = write!(pattern, "(?<v{}>.+?)", names.len());
                    names.push(name);
                }
            }
        }
        pattern.push_str(&fancy_regex::escape(&expected[end..]));
        pattern.push_str(r"\z");
        (end > 0).then_some((pattern, names))
    }

    fn report(&mut self, what: &str, expected: Option<&Json>, actual: Option<&Json>) {
        let mut text = String::from("$");
        for step in &self.place {
            match step {
                Step::Member(name) => _ = write!(text, ".{name}"),
                Step::Index(index) => _ = write!(text, "[{index}]"),
            }
        }
        _ = write!(text, " {what}");
        if let Some(expected) = expected {
            _ = write!(text, "; expected {}", excerpt(expected));
        }
        if let Some(actual) = actual {
            _ = write!(text, "; found {}", excerpt(actual));
        }
        self.differences.push(text);
    }
}

/// The member that a rule masks by a word, and the word.
fn masked_member(rule: &Json) -> Option<(Text, Text)> {
    let text = |name| rule.get(name).and_then(Json::as_str);
    let name = match (text("mode"), text("rule")) {
        (Some("value"), Some("jsonpath")) => {
            let path = text("path")?;
            let is_part = |c: char| c == '_' || c == '-' || c.is_alphanumeric();
            path.rsplit(|c| !is_part(c))
                .next()
                .filter(|name| !name.is_empty())?
        }
        (Some("value"), Some("key")) => text("key")?,
        _ => return None,
    };
    Some((name.into(), text("replacement")?.into()))
}

/// The word that a rule puts for a text that the service made up in this very execution, such as a UUID.
fn masked_word(rule: &Json) -> Option<String> {
    let text = |name| rule.get(name).and_then(Json::as_str);
    let is_made_up = text("literal_from")?.starts_with("GetExecutionHistory->");
    text("replacement")
        .filter(|word| is_made_up && !word.contains('<'))
        .map(str::to_owned)
}

/// The beginning of a value's text: enough to see what it is.
pub(super) fn excerpt(value: &Json) -> String {
    const SHOWN: usize = 160;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(rules: &str, expected: &str, actual: &str) -> Vec<String> {
        let rules = Json::parse(rules).unwrap();
        let mut unifier = Unifier::new(rules.as_array().unwrap());
        unifier.same(
            &Json::parse(expected).unwrap(),
            &Json::parse(actual).unwrap(),
        );
        unifier.into_differences()
    }

    fn check(expected: &str, actual: &str, same: bool) {
        let found = differences("[]", expected, actual);
        assert_eq!(found.is_empty(), same, "{expected} {actual} {found:?}");
    }

    #[test]
    fn values_are_compared_as_json() {
        check(
            r#"{"a": 1, "b": [true, null]}"#,
            r#"{"b": [true, null], "a": 1.0}"#,
            true,
        );
        check("[1, 2]", "[2, 1]", false);
        check(r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#, false);
        check("true", "1", false);
        check("null", "{}", false);
        check("[1]", "[1, 2]", false);
    }

    #[test]
    fn a_placeholder_is_the_same_text_everywhere() {
        check(r#"["<id:1>", "arn:<id:1>:x"]"#, r#"["7", "arn:7:x"]"#, true);
        check(
            r#"["<id:1>", "arn:<id:1>:x"]"#,
            r#"["7", "arn:8:x"]"#,
            false,
        );
        check(r#""<a>-<b>-<a>""#, r#""1-2-1""#, true);
        check(r#""<a>-<b>-<a>""#, r#""1-2-3""#, false);
        check(r#""<a>""#, r#""""#, false);
        check(r#""no placeholder""#, r#""none""#, false);
    }

    #[test]
    fn text_is_not_a_pattern() {
        check(r#""a.c <x>""#, r#""abc 1""#, false);
        check(r#""[<x>] (1)""#, r#""[y] (1)""#, true);
    }

    #[test]
    fn times_are_masked() {
        check(
            r#""at date, or so""#,
            r#""at 2024-01-02T03:04:05.678Z, or so""#,
            true,
        );
        check(r#""date""#, r#""anything""#, true);
        check(
            r#"{"event_timestamp": "timestamp"}"#,
            r#"{"event_timestamp": 12}"#,
            true,
        );
        check(r#"{"other": "timestamp"}"#, r#"{"other": 12}"#, false);
    }

    #[test]
    fn a_member_can_be_masked_by_a_word() {
        let rules = r#"[{"rule": "jsonpath", "path": "$..MessageId", "mode": "value", "replacement": "an_id"},
                        {"rule": "key", "key": "Signature", "mode": "value", "replacement": "<sig>"},
                        {"rule": "key", "key": "Other", "mode": "reference", "replacement": "o"}]"#;
        let expected = r#"{"MessageId": "an_id", "Signature": "<sig>"}"#;
        assert_eq!(
            differences(rules, expected, r#"{"MessageId": 1, "Signature": 2}"#),
            [""; 0]
        );
        assert_eq!(
            differences(rules, r#"{"MessageId": "x"}"#, r#"{"MessageId": "y"}"#).len(),
            1
        );
        assert_eq!(
            differences(rules, r#"{"Other": "o"}"#, r#"{"Other": "y"}"#).len(),
            1
        );
    }

    #[test]
    fn what_the_service_made_up_is_the_same_text_everywhere() {
        let rules = r#"[{"rule": "regex", "replacement": "an-id", "literal_from": "GetExecutionHistory->.events[2].x"},
                        {"rule": "regex", "replacement": "a-name", "literal_from": "CreateQueue:.QueueName"}]"#;
        assert_eq!(
            differences(rules, r#"["an-id", "an-id"]"#, r#"["7", "7"]"#),
            [""; 0]
        );
        assert_eq!(
            differences(rules, r#"["an-id", "an-id"]"#, r#"["7", "8"]"#).len(),
            1
        );
        assert_eq!(differences(rules, r#""a-name""#, r#""7""#).len(), 1);
    }

    #[test]
    fn json_text_differs_in_white_space_only() {
        check(r#""[1, 2]""#, r#""[1,2]""#, true);
        check(r#""[1, 2]""#, r#""[1,3]""#, false);
        check(r#"{"a": 1}"#, r#""{\"a\":1}""#, true);
        check("1", r#""1""#, true);
        check(r#""\"x\"""#, r#""x""#, false);
    }

    #[test]
    fn a_difference_tells_where_it_is() {
        let found = differences("[]", r#"{"a": [{"b": 1}]}"#, r#"{"a": [{"b": 2}]}"#);
        assert_eq!(found, ["$.a[0].b differs; expected 1; found 2"]);
    }

    #[test]
    fn deep_values_are_compared_and_text_in_them_ends_somewhere() {
        let deep = format!("{}{}", "[".repeat(NESTING), "]".repeat(NESTING));
        check(&deep, &deep.replace("[]", "[ ]"), true);
        let in_text = |inner: &str| {
            format!(
                "{}{inner}{}",
                "[".repeat(NESTING - 1),
                "]".repeat(NESTING - 1)
            )
        };
        let quoted = Json::from(format!("[{}1{}]", "[".repeat(500), "]".repeat(500))).to_string();
        let other = Json::from(format!("[{}2{}]", "[".repeat(500), "]".repeat(500))).to_string();
        check(&in_text(&quoted), &in_text(&other), false);
    }
}
