//! The fields of the language, for those who complete, describe or check them without reading a definition.
//!
//! The readers of this module ask for fields by name. A test holds that what they know is what stands here.

mod table;

use self::table::{
    ARGUMENTS, ASSIGN, BRANCH, CATCHER, CHOICE, COMMENT, FAIL, FLOW, HANDLERS, INNER_RULE,
    INPUT_OUTPUT, LANGUAGE, MACHINE, MAP, PARALLEL, PARAMETERS, PASS, PROCESSOR, PROCESSOR_CONFIG,
    RESULT_PATH, RESULT_SELECTOR, RETRIER, RULE, TASK, WAIT, field, path, required,
};
use super::choice::{BOOLEAN, KINDS, RELATIONS};
use super::{QueryLanguage, StateType};

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// The language that it belongs to; `None` for both.
    pub language: Option<QueryLanguage>,
    /// Whether it must be there in every language.
    pub required: bool,
    /// What it is for, in a sentence.
    pub about: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A text or `null`.
    NullableText,
    /// `true` or `false`.
    Boolean,
    /// A number of at least so much.
    Number(u32),
    /// A whole number in a range. JSONata may compute it.
    Integer(u32, u32),
    /// One of these words.
    Words(&'static [&'static str]),
    /// An object with members of any name.
    Object,
    /// A list of texts, with at least one.
    Texts,
    /// An object of a kind.
    One(Kind),
    /// A list of objects of a kind, with at least so many.
    Many(Kind, usize),
    /// An object whose members are states.
    States,
}

/// The kinds of object that are no states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The whole.
    Machine,
    /// An entry of `Branches`.
    Branch,
    /// `ItemProcessor`
    Processor,
    /// `ProcessorConfig`
    ProcessorConfig,
    /// An entry of `Retry`.
    Retrier,
    /// An entry of `Catch`.
    Catcher,
    /// An entry of `Choices`.
    Rule,
    /// A rule inside `And`, `Or` or `Not`.
    InnerRule,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Machine,
        Self::Branch,
        Self::Processor,
        Self::ProcessorConfig,
        Self::Retrier,
        Self::Catcher,
        Self::Rule,
        Self::InnerRule,
    ];
}

/// The fields of an object that is no state.
#[must_use]
pub fn of_kind(kind: Kind) -> Vec<Field> {
    match kind {
        Kind::Machine => MACHINE.to_vec(),
        Kind::Branch => BRANCH.to_vec(),
        Kind::Processor => PROCESSOR.to_vec(),
        Kind::ProcessorConfig => PROCESSOR_CONFIG.to_vec(),
        Kind::Retrier => RETRIER.to_vec(),
        Kind::Catcher => CATCHER.to_vec(),
        Kind::Rule => RULE.iter().copied().chain(operators()).collect(),
        Kind::InnerRule => INNER_RULE.iter().copied().chain(operators()).collect(),
    }
}

/// The fields of a state, of both languages; `Type` is the first.
#[must_use]
pub fn of_state(state_type: StateType) -> Vec<Field> {
    const NAMES: &[&str] = &[
        "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map",
    ];
    let own = required(field("Type", Shape::Words(NAMES), "What the state does."));
    let mut fields = vec![own, COMMENT, LANGUAGE];
    fields.extend(match state_type {
        StateType::Task => TASK,
        StateType::Wait => WAIT,
        StateType::Pass => PASS,
        StateType::Succeed => &[],
        StateType::Fail => FAIL,
        StateType::Choice => CHOICE,
        StateType::Parallel => PARALLEL,
        StateType::Map => MAP,
    });
    if state_type != StateType::Fail {
        fields.extend(INPUT_OUTPUT);
    }
    let works = matches!(
        state_type,
        StateType::Task | StateType::Parallel | StateType::Map
    );
    if works || state_type == StateType::Pass {
        fields.extend([PARAMETERS, RESULT_PATH]);
    }
    if works {
        fields.push(RESULT_SELECTOR);
        fields.extend(HANDLERS);
    }
    if matches!(state_type, StateType::Task | StateType::Parallel) {
        fields.push(ARGUMENTS);
    }
    if !matches!(state_type, StateType::Succeed | StateType::Fail) {
        fields.push(ASSIGN);
        if state_type != StateType::Choice {
            fields.extend(FLOW);
        }
    }
    fields
}

/// The operators of rules.
fn operators() -> impl Iterator<Item = Field> {
    let compares = "What the variable is compared with.";
    let relations = RELATIONS.into_iter().map(move |name| {
        let shape = match name {
            _ if name.starts_with("Numeric") => Shape::Any,
            "BooleanEquals" => Shape::Boolean,
            _ => Shape::Text,
        };
        path(name, shape, compares)
    });
    let paths = RELATIONS
        .into_iter()
        .filter(|name| *name != "StringMatches")
        .map(|name| {
            path(
                super::choice::path_form(name),
                Shape::Text,
                "Where the value is that the variable is compared with.",
            )
        });
    let kinds = KINDS.into_iter().map(|name| {
        path(
            name,
            Shape::Boolean,
            "Whether the variable is of this kind, or must not be.",
        )
    });
    let combined = BOOLEAN.into_iter().map(|name| match name {
        "Not" => path(
            name,
            Shape::One(Kind::InnerRule),
            "A rule that must not hold.",
        ),
        _ => path(
            name,
            Shape::Many(Kind::InnerRule, 1),
            "Rules that are combined.",
        ),
    });
    relations.chain(paths).chain(kinds).chain(combined)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::asl::{self, codes};

    /// Every name that stands in a table.
    fn names() -> BTreeSet<&'static str> {
        let kinds = Kind::ALL.into_iter().flat_map(of_kind);
        let states = StateType::ALL.into_iter().flat_map(of_state);
        kinds.chain(states).map(|field| field.name).collect()
    }

    /// Whether the readers know a field of an object, which is part of a machine.
    fn known(name: &str, language: &str, around: &dyn Fn(&str) -> String) -> bool {
        let member = format!("\"{name}\": 0");
        let machine =
            around(&member).replacen('{', &format!("{{\"QueryLanguage\": \"{language}\","), 1);
        let (_, diagnostics) = asl::parse(machine.as_bytes());
        let refuses = [codes::UNKNOWN_FIELD, codes::WRONG_QUERY_LANGUAGE];
        let quoted = format!("`{name}`");
        !diagnostics
            .iter()
            .any(|each| refuses.contains(&each.code) && each.message.contains(&quoted))
    }

    fn check(what: &str, fields: &[Field], around: &dyn Fn(&str) -> String) {
        for (language, word) in [
            (QueryLanguage::JsonPath, "JSONPath"),
            (QueryLanguage::Jsonata, "JSONata"),
        ] {
            for name in names() {
                let listed = fields.iter().any(|field| {
                    field.name == name && field.language.is_none_or(|own| own == language)
                });
                // A second one of these would be told as written twice.
                if !["Type", "QueryLanguage", "ErrorEquals"].contains(&name) {
                    assert_eq!(
                        known(name, word, around),
                        listed,
                        "{what} in {word}: {name}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_readers_of_states_know_what_is_listed() {
        for state_type in StateType::ALL {
            // How a Map reads its fields depends on its processor.
            let processor = if state_type == StateType::Map {
                r#""ItemProcessor":{},"#
            } else {
                ""
            };
            let around = |member: &str| {
                format!(
                    r#"{{"StartAt":"A","States":{{"A":{{"Type":"{state_type}",{processor}{member}}}}}}}"#
                )
            };
            check(state_type.as_str(), &of_state(state_type), &around);
        }
    }

    #[test]
    fn the_readers_of_their_parts_do_too() {
        let parts: [(Kind, &str); 6] = [
            (Kind::Branch, r#""Type":"Parallel","Branches":[{@}]"#),
            (Kind::Processor, r#""Type":"Map","ItemProcessor":{@}"#),
            (
                Kind::ProcessorConfig,
                r#""Type":"Map","ItemProcessor":{"ProcessorConfig":{@}}"#,
            ),
            (
                Kind::Retrier,
                r#""Type":"Task","Retry":[{"ErrorEquals":["x"],@}]"#,
            ),
            (
                Kind::Catcher,
                r#""Type":"Task","Catch":[{"ErrorEquals":["x"],@}]"#,
            ),
            (Kind::Rule, r#""Type":"Choice","Choices":[{@}]"#),
        ];
        for (kind, state) in parts {
            let around = |member: &str| {
                let state = state.replace('@', member);
                format!(r#"{{"StartAt":"A","States":{{"A":{{{state}}}}}}}"#)
            };
            check(&format!("{kind:?}"), &of_kind(kind), &around);
        }
    }
}
