//! The Choice state.

use super::io::assign;
use super::reader::{Reader, Spanned, expected_type};
use super::wait::NO_TIMESTAMP;
use super::{Diagnostic, Node, NodeValue, QueryLanguage, codes, nearest};
use crate::value::{Moment, Number, Span, Text};

/// What a Choice state has of its own.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `Choices`
    pub rules: Vec<Rule>,
    /// `Default`
    pub default: Option<Spanned<Text>>,
}

/// One entry of `Choices`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What must hold; `None` where it could not be understood.
    pub test: Option<Test>,
    /// `Condition` (JSONata).
    pub condition: Option<Node>,
    /// `Next`
    pub next: Option<Spanned<Text>>,
    /// `Assign`
    pub assign: Option<Node>,
    /// `Output` (JSONata).
    pub output: Option<Node>,
    /// Where it stands in the machine.
    pub location: String,
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Test {
    /// `And`
    And(Vec<Test>),
    /// `Or`
    Or(Vec<Test>),
    /// `Not`
    Not(Box<Test>),
    /// Any other operator.
    Comparison(Comparison),
}

/// `Variable`, an operator, and what it compares with.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// `Variable`
    pub variable: Spanned<Text>,
    /// The operator as written, without the `Path` at its end.
    pub operator: &'static str,
    /// The right-hand side.
    pub comparand: Comparand,
    /// Where it stands in the machine.
    pub location: String,
}

/// The right-hand side of an operator.
#[derive(Clone, Debug)]
pub enum Comparand {
    /// A text.
    Text(Spanned<Text>),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
    /// `…Path`: where the value stands.
    Path(Spanned<Text>),
}

/// The operators that compare values, in the order in which AWS lists them; each has a form with `Path` at its end.
pub(super) const RELATIONS: [&str; 17] = [
    "StringEquals",
    "StringLessThan",
    "StringGreaterThan",
    "StringLessThanEquals",
    "StringGreaterThanEquals",
    "NumericEquals",
    "NumericLessThan",
    "NumericGreaterThan",
    "NumericLessThanEquals",
    "NumericGreaterThanEquals",
    "BooleanEquals",
    "TimestampEquals",
    "TimestampLessThan",
    "TimestampGreaterThan",
    "TimestampLessThanEquals",
    "TimestampGreaterThanEquals",
    "StringMatches",
];

/// The operators that ask what a value is.
pub(super) const KINDS: [&str; 6] = [
    "IsNull",
    "IsPresent",
    "IsNumeric",
    "IsString",
    "IsBoolean",
    "IsTimestamp",
];

/// The operators over other rules.
pub(super) const BOOLEAN: [&str; 3] = ["And", "Or", "Not"];

pub(super) fn read(reader: &mut Reader<'_>, language: QueryLanguage) -> Option<Choice> {
    let default = reader.text("Default");
    let node = reader.required("Choices")?;
    let items = reader.filled_list("Choices", node)?;
    let at = reader.at("Choices");
    let mut rules = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        rules.extend(rule(
            item,
            format!("{at}[{index}]"),
            language,
            reader.diagnostics(),
        ));
    }
    Some(Choice { rules, default })
}

fn rule(
    node: &Node,
    location: String,
    language: QueryLanguage,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let mut reader = Reader::open(node, location.clone(), "a choice rule", diagnostics)?;
    let next = reader.required_text("Next");
    let assign = assign(&mut reader);
    let (mut condition, mut output) = (None, None);
    let test = match language {
        QueryLanguage::JsonPath => {
            reader.foreign(&["Condition", "Output"], "JSONata");
            test(&mut reader, true)
        }
        QueryLanguage::Jsonata => {
            reader.any("Comment");
            condition = reader.required("Condition").cloned();
            output = reader.any("Output").cloned();
            reader.foreign(&["Variable"], "JSONPath");
            None
        }
    };
    reader.finish();
    Some(Rule {
        test,
        condition,
        next,
        assign,
        output,
        location,
    })
}

/// Reads the operator of a rule. Nesting is as deep as the text's, which is bounded.
fn test(reader: &mut Reader<'_>, top: bool) -> Option<Test> {
    reader.any("Comment");
    let mut found: Vec<(&'static str, bool, &Node)> = Vec::new();
    for name in RELATIONS {
        found.extend(reader.any(name).map(|node| (name, false, node)));
        if name != "StringMatches" {
            found.extend(reader.any(path_form(name)).map(|node| (name, true, node)));
        }
    }
    for name in KINDS.into_iter().chain(BOOLEAN) {
        found.extend(reader.any(name).map(|node| (name, false, node)));
    }
    let [(name, is_path, node)] = found[..] else {
        complain_about_count(reader, &found);
        reader.any("Variable");
        return None;
    };
    if !top && reader.has("Next") {
        reader.any("Next");
        let message = "`Next` belongs to the rule at the top, not to one inside it";
        let (location, span) = (reader.location().to_owned(), reader.name_span("Next"));
        let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, location, span, message);
        reader.report(diagnostic.told("Field 'Next' is not supported"));
    }
    match name {
        "And" => list(reader, name, node).map(Test::And),
        "Or" => list(reader, name, node).map(Test::Or),
        "Not" => {
            let location = reader.at(name);
            nested(node, location, reader.diagnostics()).map(|test| Test::Not(Box::new(test)))
        }
        _ => comparison(reader, name, is_path, node).map(Test::Comparison),
    }
}

fn complain_about_count(reader: &mut Reader<'_>, found: &[(&'static str, bool, &Node)]) {
    let location = reader.location().to_owned();
    let opening = Span {
        start: reader.span().start,
        end: reader.span().start + 1,
    };
    let diagnostic = match found {
        [] => {
            let message = "a choice rule must have an operator";
            let names = RELATIONS.into_iter().chain(KINDS).chain(BOOLEAN);
            let written = reader.unasked().and_then(|name| nearest(name, names));
            let diagnostic = Diagnostic::error(codes::ONE_OPERATOR, location, opening, message)
                .told("Exactly one comparison operator is required");
            match written {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("such as `\"StringEquals\": \"yes\"`, `\"IsPresent\": true` or `\"And\": [...]`"),
            }
        }
        _ => {
            let names: Vec<_> = found.iter().map(|(name, ..)| format!("`{name}`")).collect();
            let message = format!(
                "a choice rule has exactly one operator, this one has {}",
                names.join(" and ")
            );
            Diagnostic::error(codes::ONE_OPERATOR, location, opening, message)
                .told("Exactly one comparison operator is required")
                .help("combine rules with `And` or `Or`")
        }
    };
    reader.report(diagnostic);
}

fn list(reader: &mut Reader<'_>, name: &'static str, node: &Node) -> Option<Vec<Test>> {
    let at = reader.at(name);
    let items = node.items();
    if items.is_none_or(<[Node]>::is_empty) {
        let message = format!("`{name}` must be a list with at least one rule");
        let diagnostic = Diagnostic::error(codes::EMPTY, at, node.span, message);
        reader.report(diagnostic.told("Value cannot be empty"));
        return None;
    }
    let mut tests = Vec::new();
    for (index, item) in items.unwrap_or_default().iter().enumerate() {
        tests.push(nested(item, format!("{at}[{index}]"), reader.diagnostics()));
    }
    tests.into_iter().collect()
}

fn nested(node: &Node, location: String, diagnostics: &mut Vec<Diagnostic>) -> Option<Test> {
    let mut reader = Reader::open(node, location, "a choice rule", diagnostics)?;
    let found = test(&mut reader, false);
    reader.finish();
    found
}

fn comparison(
    reader: &mut Reader<'_>,
    operator: &'static str,
    is_path: bool,
    node: &Node,
) -> Option<Comparison> {
    let variable = reader.required_text("Variable");
    let location = reader.location().to_owned();
    let comparand = comparand(reader, operator, is_path, node)?;
    Some(Comparison {
        variable: variable?,
        operator,
        comparand,
        location,
    })
}

fn comparand(
    reader: &mut Reader<'_>,
    operator: &'static str,
    is_path: bool,
    node: &Node,
) -> Option<Comparand> {
    let text = || {
        node.text().map(|text| Spanned {
            value: text.clone(),
            span: node.span,
        })
    };
    let field = if is_path {
        path_form(operator)
    } else {
        operator
    };
    let (wanted, found) = match &node.value {
        _ if is_path => ("a path", text().map(Comparand::Path)),
        NodeValue::Bool(value) if is_boolean(operator) => {
            ("a boolean", Some(Comparand::Bool(*value)))
        }
        _ if is_boolean(operator) => ("a boolean", None),
        NodeValue::Number(number) if operator.starts_with("Numeric") => {
            ("a number", Some(Comparand::Number(number.clone())))
        }
        _ if operator.starts_with("Numeric") => ("a number", None),
        _ => ("a string", text().map(Comparand::Text)),
    };
    let at = reader.at(field);
    match &found {
        None => {
            let message = format!("`{field}` must be {wanted}, found {}", node.kind());
            let diagnostic = Diagnostic::error(codes::WRONG_TYPE, at, node.span, message);
            reader.report(diagnostic.told(expected_type(wanted)));
        }
        Some(Comparand::Text(text))
            if operator.starts_with("Timestamp") && Moment::parse(&text.value).is_none() =>
        {
            let message = format!("`{}` is no RFC 3339 timestamp", text.value);
            reader.report(
                Diagnostic::error(codes::INVALID_TIMESTAMP, at, text.span, message)
                    .told(NO_TIMESTAMP)
                    .help("write it like `2026-08-18T17:33:00Z`"),
            );
        }
        Some(_) => {}
    }
    found
}

fn is_boolean(operator: &str) -> bool {
    operator.starts_with("Is") || operator.starts_with("Boolean")
}

/// The name of an operator whose right-hand side is a path.
pub(super) fn path_form(operator: &'static str) -> &'static str {
    const FORMS: [&str; 16] = [
        "StringEqualsPath",
        "StringLessThanPath",
        "StringGreaterThanPath",
        "StringLessThanEqualsPath",
        "StringGreaterThanEqualsPath",
        "NumericEqualsPath",
        "NumericLessThanPath",
        "NumericGreaterThanPath",
        "NumericLessThanEqualsPath",
        "NumericGreaterThanEqualsPath",
        "BooleanEqualsPath",
        "TimestampEqualsPath",
        "TimestampLessThanPath",
        "TimestampGreaterThanPath",
        "TimestampLessThanEqualsPath",
        "TimestampGreaterThanEqualsPath",
    ];
    let form = FORMS
        .into_iter()
        .find(|form| form.strip_suffix("Path") == Some(operator));
    form.expect("every operator that takes a path has its form in the list")
}
