//! What a recording expects of a step, with the names that the recording's own calls used.

use super::super::read::{Malformed, Member};
use super::super::unify::Unifier;
use super::target::{Refusal, Reply};
use crate::value::{Json, Object, Timestamp};

/// What is expected of a step.
pub(super) enum Expected {
    /// This response, which these members were no part of yet.
    Response(Json, Vec<&'static str>),
    /// A list in the response that has these elements, in this order, among others.
    Elements(Vec<Json>),
    /// This refusal.
    Refusal(Json),
    /// A request that the client refused before it was sent: the server must not accept it either.
    NotSent,
}

/// Members that the service did not have yet at that time: year and month.
const ADDED: [(&str, (u32, u32)); 1] = [("encryptionConfiguration", (2024, 7))];

impl Expected {
    pub(super) fn read(
        expectation: &Member<'_>,
        case: &Member<'_>,
    ) -> Result<Option<Self>, Malformed> {
        let names = Names::read(case)?;
        if let Some(error) = expectation.given("error") {
            let raised = error.given("exception_typename");
            let is_client = match (&raised, error.value.as_str()) {
                (Some(name), _) => name.value.as_str() == Some("ParamValidationError"),
                (None, Some(text)) => text.starts_with("Parameter validation failed"),
                (None, None) => false,
            };
            return Ok(Some(if is_client {
                Self::NotSent
            } else {
                Self::Refusal(names.put(error.value))
            }));
        }
        if let Some(response) = expectation.given("response") {
            let response = names.put(response.value);
            return Ok(Some(Self::Response(response, absent(case))));
        }
        match expectation.given("derived") {
            Some(derived) => {
                let items = derived.value.as_array().unwrap_or_default();
                Ok(Some(Self::Elements(
                    items.iter().map(|item| names.put(item)).collect(),
                )))
            }
            None => Ok(None),
        }
    }

    /// What is expected of a case that is one call.
    pub(super) fn of_single(case: &Member<'_>) -> Result<Vec<Self>, Malformed> {
        let expected = case.need("expected")?;
        let names = Names::read(case)?;
        let response = expected
            .given("response")
            .map(|response| Self::Response(names.put(response.value), absent(case)));
        let refusal = expected
            .given("error_response")
            .map(|value| Self::Refusal(names.put(value.value)));
        Ok(response.or(refusal).into_iter().collect())
    }

    pub(super) fn compare(
        &self,
        index: usize,
        operation: &str,
        reply: &Reply,
        earlier: &[Reply],
        unifier: &mut Unifier,
    ) {
        let step = format!("{index}:{operation}");
        match (self, reply) {
            (Self::Response(expected, absent), Ok(response)) => {
                let actual = as_recorded(response, expected, absent);
                unifier.member(&step, expected, &actual);
            }
            (Self::Elements(expected), Ok(response)) => {
                // The test may have computed it from an earlier page.
                let pages = std::iter::once(response).chain(earlier.iter().rev().flatten());
                let mut lists = pages.filter_map(list).map(|list| among(expected, list));
                let fits =
                    |found: &Json| found.as_array().map(<[Json]>::len) == Some(expected.len());
                let actual = lists.find(fits).unwrap_or_else(|| Json::from(Vec::new()));
                let actual = dated(&actual);
                let expected: Json = expected.iter().cloned().collect();
                unifier.member(&step, &expected, &actual);
            }
            (Self::Refusal(expected), Err(refusal)) => {
                unifier.member(&step, expected, &refused(operation, refusal, expected));
            }
            (Self::NotSent, Err(_)) => {}
            (Self::Response(..) | Self::Elements(_), Err(refusal)) => unifier.differ(format!(
                "{step} is refused: {}: {}",
                refusal.code, refusal.message
            )),
            (Self::Refusal(_) | Self::NotSent, Ok(_)) => {
                unifier.differ(format!("{step} is not refused"));
            }
        }
    }
}

/// A response as the recorder keeps it: with the status, and without what the service did not tell yet.
fn as_recorded(response: &Json, expected: &Json, absent: &[&str]) -> Json {
    let mut object = dated(response).as_object().cloned().unwrap_or_default();
    if let Some(metadata) = expected.get("ResponseMetadata") {
        // A refusal would have come as one.
        object.insert("ResponseMetadata", metadata.clone());
    }
    for member in absent {
        object.remove(member);
    }
    object.into()
}

/// A response with its times as texts: clients make dates of them. Our own responses have a few levels.
fn dated(value: &Json) -> Json {
    match value {
        Json::Object(object) => object
            .iter()
            .map(|(name, value)| {
                let is_time = name.ends_with("Date") || name == "timestamp";
                match value.as_f64().filter(|_| is_time) {
                    Some(seconds) => (name.clone(), text_of(seconds)),
                    None => (name.clone(), dated(value)),
                }
            })
            .collect::<Object>()
            .into(),
        Json::Array(items) => items.iter().map(dated).collect(),
        value => value.clone(),
    }
}

fn text_of(seconds: f64) -> Json {
    let at = Timestamp::from_millis((seconds * 1_000.0).round() as i64);
    at.to_string().into()
}

/// A refusal in the form in which the expectation tells it: what the client raised, its text, or its parts.
fn refused(operation: &str, refusal: &Refusal, expected: &Json) -> Json {
    let Refusal {
        code,
        message,
        status,
    } = refusal;
    let raised =
        || format!("An error occurred ({code}) when calling the {operation} operation: {message}");
    if expected.as_str().is_some() {
        return raised().into();
    }
    if expected.get("exception_typename").is_some() {
        return Json::from([
            ("exception_typename", Json::from(code.as_str())),
            ("exception_value", raised().into()),
        ]);
    }
    let mut object = Object::new();
    let error = Json::from([
        ("Code", Json::from(code.as_str())),
        ("Message", message.as_str().into()),
    ]);
    for (member, value) in expected.as_object().into_iter().flat_map(Object::iter) {
        let actual = match member.as_str() {
            "Error" => error.clone(),
            "message" => message.as_str().into(),
            "ResponseMetadata" => with_status(value, *status),
            _ => continue,
        };
        object.put(member, actual);
    }
    object.into()
}

fn with_status(metadata: &Json, status: u16) -> Json {
    let mut metadata = metadata.as_object().cloned().unwrap_or_default();
    metadata.insert("HTTPStatusCode", u32::from(status).into());
    metadata.into()
}

/// The list that a response has.
fn list(response: &Json) -> Option<&[Json]> {
    let mut members = response.as_object()?.iter();
    members.find_map(|(_, value)| value.as_array())
}

/// Those elements of a list that are expected, known by their names, in the order of the list.
fn among(expected: &[Json], list: &[Json]) -> Json {
    let is_expected = |item: &&Json| {
        let name = item.get("name");
        expected.iter().any(|expected| expected.get("name") == name)
    };
    list.iter().filter(is_expected).cloned().collect()
}

/// The texts that a recording's placeholders stand for.
struct Names(Vec<(String, String)>);

impl Names {
    fn read(case: &Member<'_>) -> Result<Self, Malformed> {
        let mut names = vec![
            ("111111111111".to_owned(), "000000000000".to_owned()),
            ("<partition>".to_owned(), "aws".to_owned()),
            ("<region>".to_owned(), "us-east-1".to_owned()),
        ];
        if let Some(told) = case.given("names") {
            for (word, value) in told.members()? {
                names.push((word.to_string(), value.text()?.to_owned()));
            }
        }
        let concrete = case
            .given("placeholders")
            .and_then(|placeholders| placeholders.given("concrete"));
        if let Some(concrete) = concrete {
            // What is in brackets is compared as a variable.
            for (word, value) in concrete.members()? {
                if !word.starts_with('<') {
                    names.push((word.to_string(), value.text()?.to_owned()));
                }
            }
        }
        names.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Ok(Self(names))
    }

    /// The value with the texts. Recordings nest as deep as a definition.
    fn put(&self, value: &Json) -> Json {
        match value {
            Json::Object(object) => object
                .iter()
                .map(|(name, value)| (name.clone(), self.put(value)))
                .collect::<Object>()
                .into(),
            Json::Array(items) => items.iter().map(|item| self.put(item)).collect(),
            Json::String(text) => self.put_text(text).into(),
            Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
        }
    }

    fn put_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, value) in &self.0 {
            text = replaced(&text, word, value);
        }
        text
    }
}

/// Replaces a word where it is not a part of a longer one.
fn replaced(text: &str, word: &str, value: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let inside =
            word.starts_with(is_part) && (before.ends_with(is_part) || after.starts_with(is_part));
        out.push_str(before);
        out.push_str(if inside { word } else { value });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Which members the service did not tell yet when the case was recorded.
fn absent(case: &Member<'_>) -> Vec<&'static str> {
    let recorded = case
        .given("source")
        .and_then(|source| source.given("recorded"));
    let date = recorded.and_then(|recorded| {
        // `20-11-2024, 14:37:01`
        let mut parts = recorded.value.as_str()?.get(..10)?.split('-');
        let (_day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        Some((year.parse().ok()?, month.parse().ok()?))
    });
    let Some(date) = date else {
        return Vec::new();
    };
    ADDED
        .into_iter()
        .filter_map(|(member, since)| (date < since).then_some(member))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_give_way_only_as_a_whole() {
        assert_eq!(
            replaced("a role, a role_arn", "role", "x"),
            "a x, a role_arn"
        );
        assert_eq!(replaced("<a><a>", "<a>", "x"), "xx");
    }

    #[test]
    fn what_came_later_is_not_expected_of_older_recordings() {
        let check = |date: &str, expected: &[&str]| {
            let source = Json::from([("recorded", Json::from(date))]);
            let case = Json::from([("source", source)]);
            assert_eq!(absent(&Member::root(&case)), expected);
        };
        check("20-11-2024, 14:37:01", &[]);
        check("22-06-2023, 13:48:15", &["encryptionConfiguration"]);
    }
}
