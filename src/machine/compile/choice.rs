//! Choice rules: operators by name become operators by kind.

use super::Names;
use super::expressions::Expressions;
use super::queries::Sees;
use crate::asl::{self, Comparison, Diagnostic, Node, NodeValue, Spanned, codes};
use crate::machine::StateId;
use crate::machine::state::{Choice, Comparand, Operand, Pattern, Relation, Rule, Test};
use crate::value::{Json, Number, Text};

pub(super) fn compile(
    choice: &asl::Choice,
    names: &Names,
    expressions: &mut Expressions<'_>,
) -> Choice {
    let target = |name: &Spanned<Text>| {
        names
            .get(&name.value)
            .copied()
            .unwrap_or(StateId::nowhere())
    };
    let mut rules = Vec::with_capacity(choice.rules.len());
    for rule in &choice.rules {
        let at = |field: &str| format!("{}/{field}", rule.location);
        let test = match (&rule.test, &rule.condition) {
            (Some(test), _) => self::test(test, expressions),
            (None, Some(node)) => condition(node, &at("Condition"), expressions),
            (None, None) => None,
        };
        let assign = rule
            .assign
            .as_ref()
            .and_then(|node| expressions.assign(node, &at("Assign"), Sees::Input));
        let output = rule
            .output
            .as_ref()
            .and_then(|node| expressions.template(node, &at("Output"), Sees::Input));
        let next = rule.next.as_ref().map_or(StateId::nowhere(), target);
        rules.extend(test.map(|test| Rule {
            test,
            next,
            assign,
            output,
        }));
    }
    Choice {
        rules,
        default: choice.default.as_ref().map(target),
    }
}

/// `Condition`: an expression, or a boolean.
fn condition(node: &Node, location: &str, expressions: &mut Expressions<'_>) -> Option<Test> {
    if let NodeValue::Bool(constant) = node.value {
        return Some(Test::Constant(constant));
    }
    let text = node.text().cloned().unwrap_or_default();
    let text = Spanned {
        value: text,
        span: node.span,
    };
    expressions
        .required_query(&text, location, "a boolean", Sees::Input)
        .map(Test::Query)
}

/// Recursion is as deep as rules nest, which the nesting of a text bounds.
fn test(test: &asl::Test, expressions: &mut Expressions<'_>) -> Option<Test> {
    Some(match test {
        asl::Test::And(tests) => Test::And(all(tests, expressions)?),
        asl::Test::Or(tests) => Test::Or(all(tests, expressions)?),
        asl::Test::Not(inner) => Test::Not(Box::new(self::test(inner, expressions)?)),
        asl::Test::Comparison(comparison) => self::comparison(comparison, expressions)?,
    })
}

fn all(tests: &[asl::Test], expressions: &mut Expressions<'_>) -> Option<Vec<Test>> {
    let tests: Vec<_> = tests.iter().map(|each| test(each, expressions)).collect();
    tests.into_iter().collect()
}

fn comparison(comparison: &Comparison, expressions: &mut Expressions<'_>) -> Option<Test> {
    let at = |field: &str| format!("{}/{field}", comparison.location);
    let variable = expressions.reference(&comparison.variable, at("Variable"))?;
    let operator = comparison.operator;
    let comparand = match &comparison.comparand {
        asl::Comparand::Bool(expected) => match operator {
            "IsPresent" => return Some(Test::IsPresent(variable, *expected)),
            "IsNull" => return Some(Test::IsNull(variable, *expected)),
            "IsNumeric" => return Some(Test::IsNumeric(variable, *expected)),
            "IsString" => return Some(Test::IsString(variable, *expected)),
            "IsBoolean" => return Some(Test::IsBoolean(variable, *expected)),
            "IsTimestamp" => return Some(Test::IsTimestamp(variable, *expected)),
            _ => Comparand::Literal(Json::Bool(*expected)),
        },
        asl::Comparand::Text(text) if operator == "StringMatches" => {
            return pattern(text, at(operator), expressions)
                .map(|pattern| Test::StringMatches(variable, pattern));
        }
        asl::Comparand::Text(text) => Comparand::Literal(Json::String(text.value.clone())),
        asl::Comparand::Number(number) => Comparand::Literal(Json::Number(Number::clone(number))),
        asl::Comparand::Path(text) => {
            Comparand::Path(expressions.reference(text, at(&format!("{operator}Path")))?)
        }
    };
    let (operand, relation) = meaning(operator)?;
    Some(Test::Compare {
        variable,
        operand,
        relation,
        comparand,
    })
}

/// What kind of value an operator compares, and how.
fn meaning(operator: &str) -> Option<(Operand, Relation)> {
    let kinds = [
        ("String", Operand::String),
        ("Numeric", Operand::Numeric),
        ("Boolean", Operand::Boolean),
        ("Timestamp", Operand::Timestamp),
    ];
    let (rest, operand) = kinds
        .iter()
        .find_map(|(name, kind)| Some((operator.strip_prefix(name)?, *kind)))?;
    let relation = match rest {
        "Equals" => Relation::Equals,
        "LessThan" => Relation::LessThan,
        "GreaterThan" => Relation::GreaterThan,
        "LessThanEquals" => Relation::LessThanEquals,
        "GreaterThanEquals" => Relation::GreaterThanEquals,
        _ => return None,
    };
    Some((operand, relation))
}

/// `*` is anything; `\*` and `\\` are a star and a backslash (States Language, § Choice State).
fn pattern(
    text: &Spanned<Text>,
    location: String,
    expressions: &mut Expressions<'_>,
) -> Option<Pattern> {
    let mut runs = vec![String::new()];
    let mut characters = text.value.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' => {
                runs.push(String::new());
                continue;
            }
            '\\' => match characters.next() {
                Some(escaped) => escaped,
                None => {
                    let message = format!("the pattern `{}` ends in an open escape", text.value);
                    let diagnostic =
                        Diagnostic::error(codes::INVALID_PATTERN, location, text.span, message);
                    expressions.report(diagnostic.help("a backslash itself is written `\\\\`"));
                    return None;
                }
            },
            other => other,
        };
        runs.last_mut()
            .expect("there is always a run")
            .push(literal);
    }
    Some(Pattern {
        runs: runs.into_iter().map(Text::from).collect(),
    })
}
