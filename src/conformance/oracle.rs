//! A table of documents and JSONPaths with the answers of another engine: `{"meta": …, "cases": [{"id", "class", "path",
//! "document", "definite", "result" | "error": {"phase", "class", "message"}}]}`.

use super::report::{Entry, Verdict};
use crate::expr::Path;
use crate::value::Json;

/// The cases of a table; `None` for a file of another form.
pub(super) fn cases(file: &Json) -> Option<&[Json]> {
    file.get("meta")?;
    file.get("cases")?.as_array()
}

/// How a case of the table is answered.
pub(super) fn entry(table: &str, case: &Json) -> Entry {
    let text = |name: &str| case.get(name).and_then(Json::as_str).unwrap_or_default();
    let verdict = match case.get("path").and_then(Json::as_str) {
        Some(path) => verdict(case, &answer(case, path)),
        None => Verdict::Failed("`path` must be a text".to_owned()),
    };
    Entry {
        id: format!("{table}#{} {}", text("id"), text("path")),
        area: format!("jsonpath {}", text("class")),
        verdict,
    }
}

/// What came of a path.
enum Answer {
    Value(Json),
    /// It cannot be compiled.
    Refused(String),
    /// The kind of error, and its text.
    Failed(String, String),
    /// It is definite, or not, against the table.
    Definite(bool),
}

fn answer(case: &Json, text: &str) -> Answer {
    let path = match Path::compile_raw(text) {
        Ok(path) => path,
        Err(problem) => return Answer::Refused(problem.to_string()),
    };
    let definite = case.get("definite").and_then(Json::as_bool);
    if definite.is_some_and(|definite| definite != path.is_definite()) {
        return Answer::Definite(path.is_definite());
    }
    let document = case.get("document").cloned().unwrap_or_default();
    match path.find_in(&document) {
        Ok(value) => Answer::Value(value),
        Err(error) => Answer::Failed(format!("{:?}", error.kind()), error.to_string()),
    }
}

fn verdict(case: &Json, answer: &Answer) -> Verdict {
    let error = case.get("error");
    let of_error = |name: &str| {
        error
            .and_then(|error| error.get(name))
            .and_then(Json::as_str)
    };
    let null = Json::Null;
    let agrees = match (answer, error) {
        (Answer::Value(value), None) => value == case.get("result").unwrap_or(&null),
        // The texts of compilers differ; that they refuse is what counts.
        (Answer::Refused(_), Some(_)) => of_error("phase") == Some("compile"),
        (Answer::Failed(kind, message), Some(_)) => {
            of_error("phase") != Some("compile")
                && Some(kind.as_str()) == of_error("class").map(kind_of)
                && message == of_error("message").unwrap_or("null")
        }
        _ => false,
    };
    if agrees {
        return Verdict::Passed;
    }
    let expected = error.or(case.get("result")).unwrap_or(&null);
    let found = match answer {
        Answer::Value(value) => value.to_string(),
        Answer::Refused(problem) => format!("refused: {problem}"),
        Answer::Failed(kind, message) => format!("{kind}: {message}"),
        Answer::Definite(definite) => format!("definite is {definite}"),
    };
    Verdict::Failed(format!("expected {expected}; found {found}"))
}

/// Our kind for one of Jayway's exceptions.
fn kind_of(class: &str) -> &str {
    match class {
        "PathNotFoundException" => "NotFound",
        "InvalidPathException" => "Invalid",
        "NumberFormatException" => "NumberFormat",
        "ClassCastException" => "ClassCast",
        "NullPointerException" => "NoPredicate",
        other => other,
    }
}
