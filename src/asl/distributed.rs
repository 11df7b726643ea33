//! What only a distributed Map has. The fields are checked here; nothing runs them yet.

use super::reader::{Reader, Spanned};
use super::state::{amount, amount_within};
use super::{Diagnostic, NodeValue, QueryLanguage, codes};
use crate::value::Text;

/// Fields that an inline Map cannot have. A label, which it has no use for, is let through (observed in deployed machines).
const FIELDS: [&str; 3] = ["ItemReader", "ItemBatcher", "ResultWriter"];

/// The most items that a reader reads (AWS developer guide, "ItemReader"). Zero is allowed too (observed on AWS).
const MOST_ITEMS: u32 = 100_000_000;

/// The characters that a label may have (AWS developer guide, "Distributed Map state fields").
const LABEL_LENGTH: usize = 40;

/// Whether each item of a Map is an execution of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is not told.
    Untold,
    /// It is not.
    Inline,
    /// It is.
    Distributed,
}

/// Whether a Map is distributed by what it has, where its mode is not told (observed on AWS).
pub(super) fn is_distributed(reader: &Reader<'_>, mode: Mode) -> bool {
    match mode {
        Mode::Untold => FIELDS.iter().any(|name| reader.has(name)),
        Mode::Inline => false,
        Mode::Distributed => true,
    }
}

/// Checks the fields and answers the label.
pub(super) fn read(
    reader: &mut Reader<'_>,
    mode: Mode,
    language: QueryLanguage,
) -> Option<Spanned<Text>> {
    for name in FIELDS {
        if mode == Mode::Inline && reader.has(name) {
            let message = format!("`{name}` belongs to a distributed Map");
            let (location, span) = (reader.location().to_owned(), reader.name_span(name));
            let diagnostic = Diagnostic::error(codes::NEEDS_DISTRIBUTED, location, span, message);
            reader.report(
                diagnostic
                    .told(format!("Field '{name}' is not supported"))
                    .help("set `\"Mode\": \"DISTRIBUTED\"` in the `ProcessorConfig`"),
            );
        }
    }
    item_reader(reader, language);
    item_batcher(reader, language);
    result_writer(reader, language);
    tolerated(reader, language);
    let label = reader.text("Label")?;
    if let Some(problem) = label_problem(&label.value) {
        let (at, span) = (reader.at("Label"), label.span);
        let diagnostic = Diagnostic::error(codes::INVALID_LABEL, at, span, problem);
        reader.report(diagnostic.told(format!("Invalid label name: '{}'", label.value)));
    }
    Some(label)
}

fn label_problem(label: &str) -> Option<String> {
    const REFUSED: &str = "?*<>{}[]:;,\\|^~$#%&`\"";
    if label.is_empty() {
        return Some("`Label` must not be empty".into());
    }
    if label.chars().count() > LABEL_LENGTH {
        return Some(format!("`Label` has at most {LABEL_LENGTH} characters"));
    }
    let refused = label
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || REFUSED.contains(*c))?;
    Some(format!(
        "`Label` must not hold `{}`",
        refused.escape_default()
    ))
}

/// Opens a field that holds an object.
fn within<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    what: &'static str,
    read: impl FnOnce(&mut Reader<'_>) -> T,
) -> Option<T> {
    let node = reader.object(name)?;
    let at = reader.at(name);
    let mut inner = Reader::open(node, at, what, reader.diagnostics())?;
    let found = read(&mut inner);
    inner.finish();
    Some(found)
}

/// `Parameters` or `Arguments`, as the language has it.
fn arguments(reader: &mut Reader<'_>, language: QueryLanguage) {
    match language {
        QueryLanguage::JsonPath => {
            reader.object("Parameters");
            reader.foreign(&["Arguments"], "JSONata");
        }
        QueryLanguage::Jsonata => {
            reader.any("Arguments");
            reader.foreign(&["Parameters"], "JSONPath");
        }
    }
}

fn item_reader(reader: &mut Reader<'_>, language: QueryLanguage) {
    within(reader, "ItemReader", "an item reader", |reader| {
        let resource = reader.required_text("Resource");
        known(
            reader,
            resource.as_ref(),
            &["s3:getObject", "s3:listObjectsV2"],
        );
        arguments(reader, language);
        within(
            reader,
            "ReaderConfig",
            "a reader's configuration",
            |config| {
                reader_config(config, language);
            },
        );
    });
}

fn reader_config(config: &mut Reader<'_>, language: QueryLanguage) {
    let input = config.word(
        "InputType",
        &["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"],
    );
    config.word("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
    config.word("ManifestType", &["S3_INVENTORY", "ATHENA_DATA"]);
    config.word(
        "CSVDelimiter",
        &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"],
    );
    let headers = config.word("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
    if headers == Some("GIVEN") {
        config.required("CSVHeaders");
    }
    if let Some(node) = config.any("CSVHeaders") {
        config.filled_list("CSVHeaders", node);
    }
    let pointer = config.text("ItemsPointer");
    if let Some(pointer) = pointer.filter(|each| !each.value.starts_with('/')) {
        let (at, span) = (config.at("ItemsPointer"), pointer.span);
        let message = "`ItemsPointer` must begin with `/`";
        let diagnostic = Diagnostic::error(codes::UNKNOWN_VALUE, at, span, message);
        config.report(diagnostic.told("Value must be a valid JSON Pointer"));
    }
    for name in ["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"] {
        belongs_to(config, name, input, &["CSV", "MANIFEST"]);
    }
    belongs_to(config, "ItemsPointer", input, &["JSON"]);
    let names = ["MaxItems", "MaxItemsPath"];
    amount_within(config, names, 0..=MOST_ITEMS, language);
}

/// Complains of a field that the input's type has no use for.
fn belongs_to(
    config: &mut Reader<'_>,
    name: &'static str,
    input: Option<&'static str>,
    types: &[&'static str],
) {
    if let Some(input) = input.filter(|input| config.has(name) && !types.contains(input)) {
        let (location, span) = (config.location().to_owned(), config.name_span(name));
        let message = format!("`{name}` does not go with `\"InputType\": \"{input}\"`");
        let diagnostic = Diagnostic::error(codes::EXCLUSIVE_FIELDS, location, span, message);
        config.report(diagnostic.told(format!("Field '{name}' is not supported")));
    }
}

fn item_batcher(reader: &mut Reader<'_>, language: QueryLanguage) {
    within(reader, "ItemBatcher", "an item batcher", |batcher| {
        let paths = ["MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"];
        amount(batcher, "MaxItemsPerBatch", paths[0], 1, language);
        amount(batcher, "MaxInputBytesPerBatch", paths[1], 1, language);
        batcher.any("BatchInput");
    });
}

fn result_writer(reader: &mut Reader<'_>, language: QueryLanguage) {
    within(reader, "ResultWriter", "a result writer", |writer| {
        let resource = writer.text("Resource");
        known(writer, resource.as_ref(), &["s3:putObject"]);
        arguments(writer, language);
        within(
            writer,
            "WriterConfig",
            "a writer's configuration",
            |config| {
                if !config.has("Transformation") {
                    config.required("OutputType");
                }
                config.word("Transformation", &["NONE", "COMPACT", "FLATTEN"]);
                config.word("OutputType", &["JSON", "JSONL"]);
            },
        );
    });
}

/// Complains of a resource that is none of these calls.
fn known(reader: &mut Reader<'_>, resource: Option<&Spanned<Text>>, calls: &[&str]) {
    let Some(resource) = resource else { return };
    let is_known = resource
        .value
        .split_once(":states:::")
        .is_some_and(|(start, call)| start.starts_with("arn:") && calls.contains(&call));
    if !is_known {
        let (at, text) = (reader.at("Resource"), &resource.value);
        let message = format!("`{text}` cannot be used here, but {}", calls.join(" and "));
        let code = codes::UNKNOWN_INTEGRATION;
        let diagnostic = Diagnostic::error(code, at, resource.span, message);
        reader.report(diagnostic.told(format!(
            "The resource provided {text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."
        )));
    }
}

/// How many items, and which share of them, may fail. Both are allowed of an inline Map too (observed on AWS).
fn tolerated(reader: &mut Reader<'_>, language: QueryLanguage) {
    let path = "ToleratedFailureCountPath";
    amount(reader, "ToleratedFailureCount", path, 0, language);
    let (name, path) = (
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
    );
    match language {
        QueryLanguage::JsonPath => {
            reader.text(path);
            reader.exclusive(&[name, path]);
        }
        QueryLanguage::Jsonata => reader.foreign(&[path], "JSONPath"),
    }
    let node = reader.any(name);
    let is_query = node.is_some_and(|node| matches!(node.value, NodeValue::String(_)));
    if language == QueryLanguage::Jsonata && is_query {
        return;
    }
    let Some(share) = reader.number(name) else {
        return;
    };
    if !(0.0..=100.0).contains(&share.value) {
        let (at, span) = (reader.at(name), share.span);
        let message = format!("`{name}` must be between 0 and 100");
        let diagnostic = Diagnostic::error(codes::OUT_OF_RANGE, at, span, message);
        reader.report(diagnostic.told("Value must be between 0 and 100"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_part_of_names() {
        for label in ["a", "Orders-2024", "é", &"x".repeat(LABEL_LENGTH)] {
            assert_eq!(label_problem(label), None, "{label}");
        }
        for label in [
            "",
            "a b",
            "a*",
            "a\u{8a}",
            "a:b",
            &"x".repeat(LABEL_LENGTH + 1),
        ] {
            assert!(label_problem(label).is_some(), "{label}");
        }
    }
}
