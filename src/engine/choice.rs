//! The Choice state: the first rule that holds decides.

use std::cmp::Ordering;

use super::Failure;
use super::context::Extra;
use super::core::{Core, Step};
use super::data::Leaving;
use super::frame::Slot;
use super::unwind::Raise;
use crate::expr::{Expected, Fault, Path, Scope};
use crate::machine::{Choice, Comparand, Flow, Operand, Pattern, Relation, State, Test};
use crate::value::{Json, Moment};

pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, choice: &Choice) -> Step {
    let input = match core.selected_input(slot, state) {
        Ok(input) => input,
        Err(raise) => return Step::Raise(raise),
    };
    let decided = core.evaluate(slot, state, &input, Extra::default(), |scope| {
        decide(choice, state, scope)
    });
    match decided {
        Ok(Some(leaving)) => core.pass_on(slot, state, &input, leaving),
        // The specification has States.NoChoiceMatched for this; the service says States.Runtime
        // (conformance `choice/no-match`).
        Ok(None) => {
            let message =
                "Failed to transition out of the state. The state does not point to a next state.";
            let raise = core.runtime(slot, state, message);
            let name = core.execution.header.profile.no_choice();
            let failure = Failure {
                error: Some(name.into()),
                ..raise.failure
            };
            Step::Raise(Raise { failure, ..raise })
        }
        Err(Problem::Fault(fault)) => Step::Raise(core.fault(slot, state, &fault)),
        Err(Problem::Unfound(path)) => {
            let message = format!(
                "Invalid path '{path}': The choice state's condition path references an invalid value."
            );
            Step::Raise(core.runtime(slot, state, &message))
        }
    }
}

/// Why no rule can be decided.
enum Problem {
    /// A path leads nowhere: an error even where a `Default` stands ready (conformance `choice/missing-variable`).
    Unfound(String),
    /// A condition in JSONata has no acceptable value.
    Fault(Box<Fault>),
}

/// A rule's own `Assign` and `Output` take the place of the state's.
fn decide<'m>(
    choice: &'m Choice,
    state: &'m State,
    scope: &Scope<'_>,
) -> Result<Option<Leaving<'m>>, Problem> {
    for rule in &choice.rules {
        if holds(&rule.test, scope)? {
            return Ok(Some(Leaving {
                next: Flow::Next(rule.next),
                assign: rule.assign.as_ref(),
                output: rule.output.as_ref(),
            }));
        }
    }
    Ok(choice
        .default
        .map(|next| Leaving::of(state, Flow::Next(next))))
}

/// Nesting here is that of the definition's text, and so bounded.
fn holds(test: &Test, scope: &Scope<'_>) -> Result<bool, Problem> {
    match test {
        Test::And(tests) => {
            for test in tests {
                if !holds(test, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Test::Or(tests) => {
            for test in tests {
                if holds(test, scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Test::Not(test) => Ok(!holds(test, scope)?),
        Test::Constant(value) => Ok(*value),
        Test::Query(query) => match query.eval_as(Expected::Boolean, scope) {
            Ok(value) => Ok(value.as_bool() == Some(true)),
            Err(fault) => Err(Problem::Fault(Box::new(fault))),
        },
        Test::IsPresent(path, expected) => Ok(path.is_present(scope) == *expected),
        Test::IsNull(path, expected) => Ok(find(path, scope)?.is_null() == *expected),
        Test::IsNumeric(path, expected) => {
            Ok(find(path, scope)?.as_number().is_some() == *expected)
        }
        Test::IsString(path, expected) => Ok(find(path, scope)?.as_str().is_some() == *expected),
        Test::IsBoolean(path, expected) => Ok(find(path, scope)?.as_bool().is_some() == *expected),
        Test::IsTimestamp(path, expected) => Ok(moment(&find(path, scope)?).is_some() == *expected),
        Test::StringMatches(path, pattern) => Ok(find(path, scope)?
            .as_str()
            .is_some_and(|text| matches(pattern, text))),
        Test::Compare {
            variable,
            operand,
            relation,
            comparand,
        } => {
            let left = find(variable, scope)?;
            let right = match comparand {
                Comparand::Literal(value) => compare(*operand, &left, value),
                Comparand::Path(path) => compare(*operand, &left, &find(path, scope)?),
            };
            Ok(right.is_some_and(|ordering| relates(*relation, ordering)))
        }
    }
}

fn find(path: &Path, scope: &Scope<'_>) -> Result<Json, Problem> {
    path.find(scope)
        .map_err(|_| Problem::Unfound(path.text().to_string()))
}

fn moment(value: &Json) -> Option<Moment> {
    value.as_str().and_then(Moment::parse)
}

/// How two values compare; `None` when one of them is not of the operator's kind, which makes every operator false.
fn compare(operand: Operand, left: &Json, right: &Json) -> Option<Ordering> {
    match operand {
        Operand::Numeric => Some(left.as_number()?.compare(right.as_number()?)),
        // As Java compares strings: by UTF-16 code units, which differs from UTF-8 only beyond the basic plane.
        Operand::String => Some(
            left.as_str()?
                .encode_utf16()
                .cmp(right.as_str()?.encode_utf16()),
        ),
        Operand::Boolean => Some(left.as_bool()?.cmp(&right.as_bool()?)),
        Operand::Timestamp => Some(moment(left)?.cmp(&moment(right)?)),
    }
}

fn relates(relation: Relation, ordering: Ordering) -> bool {
    match relation {
        Relation::Equals => ordering.is_eq(),
        Relation::LessThan => ordering.is_lt(),
        Relation::GreaterThan => ordering.is_gt(),
        Relation::LessThanEquals => ordering.is_le(),
        Relation::GreaterThanEquals => ordering.is_ge(),
    }
}

/// Whether a text is the pattern's runs with anything between them. Each run is looked for once, leftmost first, so
/// that the time is bounded by the lengths and never exponential.
fn matches(pattern: &Pattern, text: &str) -> bool {
    let Some((first, rest)) = pattern.runs.split_first() else {
        return text.is_empty();
    };
    let Some((last, middle)) = rest.split_last() else {
        return text == *first;
    };
    let Some(mut left) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for run in middle {
        match left.find(run.as_str()) {
            Some(at) => left = &left[at + run.len()..],
            None => return false,
        }
    }
    left.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_any_run() {
        let check = |runs: &[&str], text: &str, expected: bool| {
            let pattern = Pattern {
                runs: runs.iter().map(|run| (*run).into()).collect(),
            };
            assert_eq!(matches(&pattern, text), expected, "{runs:?} {text}");
        };
        check(&["log-", ".txt"], "log-2024.txt", true);
        check(&["log-", ".txt"], "log-.txt", true);
        check(&["log-", ".txt"], "log-.tx", false);
        check(&["a", "a"], "a", false);
        check(&["a", "b", "c"], "a-b-b-c", true);
        check(&["", ""], "", true);
        check(&["exact"], "exact", true);
        check(&["exact"], "exactly", false);
    }
}
