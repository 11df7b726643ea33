//! JSONPath against the answers of the engine that AWS behaves like.

use serde_json::Value;
use sfn::Json;
use sfn::expr::Path;

use crate::corpus;

/// How one case of the table was answered.
fn answer(case: &Value) -> Result<Json, String> {
    let text = case["path"].as_str().expect("every case has a path");
    let path = Path::compile_raw(text).map_err(|error| format!("compile: {error}"))?;
    let definite = case["definite"]
        .as_bool()
        .unwrap_or_else(|| path.is_definite());
    if definite != path.is_definite() {
        return Err(format!("definite is {}", path.is_definite()));
    }
    let document = Json::from(case["document"].clone());
    path.find_in(&document)
        .map_err(|error| format!("eval: {:?}: {error}", error.kind()))
}

/// The kind that stands for one of Jayway's exceptions.
fn kind(class: &str) -> &str {
    match class {
        "PathNotFoundException" => "NotFound",
        "InvalidPathException" => "Invalid",
        "NumberFormatException" => "NumberFormat",
        "ClassCastException" => "ClassCast",
        "NullPointerException" => "NoPredicate",
        other => other,
    }
}

#[test]
fn the_table_agrees() {
    let Some(text) = corpus::read("jayway-oracle-cases.json") else {
        return;
    };
    let table: Value = serde_json::from_slice(&text).expect("the table is JSON");
    let cases = table["cases"].as_array().expect("the table has cases");
    let mut differences = Vec::new();
    for case in cases {
        let answer = answer(case);
        let agrees = match (&answer, case.get("error")) {
            (Ok(found), None) => *found == Json::from(case["result"].clone()),
            (Err(told), Some(error)) if error["phase"] == "compile" => {
                told.starts_with("compile: ")
            }
            (Err(told), Some(error)) => {
                let kind = kind(error["class"].as_str().unwrap_or_default());
                let message = error["message"].as_str().unwrap_or("null");
                *told == format!("eval: {kind}: {message}")
            }
            _ => false,
        };
        if !agrees {
            let expected = case.get("error").unwrap_or(&case["result"]);
            differences.push(format!(
                "{} {}: {answer:?}\n     expected {expected}",
                case["id"], case["path"]
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences[..differences.len().min(25)].join("\n")
    );
}
