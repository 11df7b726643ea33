//! What is allowed, but probably not what was meant.

use super::{inner_scopes, join};
use crate::asl::{
    Definition, Diagnostic, Node, NodeValue, QueryLanguage, State, StateKind, States, codes,
};

/// Looks through the templates of all states.
pub(crate) fn suspicions(definition: &Definition, found: &mut Vec<Diagnostic>) {
    scope(&definition.states, found);
}

fn scope(states: &States, found: &mut Vec<Diagnostic>) {
    for state in &states.states {
        if state.query_language == QueryLanguage::JsonPath {
            of_state(state, found);
        }
        for inner in inner_scopes(state) {
            scope(inner, found);
        }
    }
}

fn of_state(state: &State, found: &mut Vec<Diagnostic>) {
    let selector = match &state.kind {
        StateKind::Map(map) => map.item_selector.as_ref(),
        StateKind::Task(_)
        | StateKind::Parallel(_)
        | StateKind::Pass(_)
        | StateKind::Wait(_)
        | StateKind::Choice(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => None,
    };
    let fields = [
        ("Parameters", state.io.parameters.as_ref()),
        ("ItemSelector", selector),
        ("ResultSelector", state.io.result_selector.as_ref()),
        ("Assign", state.io.assign.as_ref()),
    ];
    for (name, node) in fields {
        if let Some(node) = node {
            let note = |location, node: &Node, text: &str| {
                let message = format!("`{text}` is a text here, although it looks like a path");
                Diagnostic::warning(codes::MISSING_DOLLAR, location, node.span, message)
                    .told("The field name should end with '.$' if its value is a JSONPath or an intrinsic function")
                    .help("let the name of the field end in `.$`")
            };
            texts(node, join(&state.location, name), &note, found);
        }
    }
    if let StateKind::Pass(pass) = &state.kind
        && let Some(result) = &pass.result
    {
        let note = |location, node: &Node, text: &str| {
            let message = format!("`{text}` is put out as it is written: `Result` is no template");
            Diagnostic::warning(codes::STATIC_RESULT, location, node.span, message)
                .told("The Result of a Pass state is static, paths in it are not evaluated")
                .help("write a template into `Parameters` instead")
        };
        texts(result, join(&state.location, "Result"), &note, found);
    }
}

type Note<'a> = &'a dyn Fn(String, &Node, &str) -> Diagnostic;

/// Notes every text that looks like a path or a call. Recursive, as deep as the text nests.
fn texts(node: &Node, location: String, note: Note<'_>, found: &mut Vec<Diagnostic>) {
    match &node.value {
        NodeValue::String(text) if looks_like_path(text) => {
            found.push(note(location, node, text));
        }
        NodeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, format!("{location}[{index}]"), note, found);
            }
        }
        NodeValue::Object(members) => {
            let members = members.iter().filter(|each| !each.name.ends_with(".$"));
            for member in members {
                texts(
                    &member.value,
                    format!("{location}/{}", member.name),
                    note,
                    found,
                );
            }
        }
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) | NodeValue::String(_) => {}
    }
}

fn looks_like_path(text: &str) -> bool {
    let is_path = text
        .strip_prefix('$')
        .is_some_and(|rest| rest.starts_with(['.', '[', '$']));
    is_path || (text.starts_with("States.") && text.ends_with(')') && text.contains('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_names_of_errors_are_no_paths() {
        for text in ["$.a", "$$.Execution.Id", "$['a']", "States.UUID()"] {
            assert!(looks_like_path(text), "{text}");
        }
        for text in ["$5", "$", "${Name}", "States.ALL", "a $.b"] {
            assert!(!looks_like_path(text), "{text}");
        }
    }
}
