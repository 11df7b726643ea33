//! What holds between states: names are unique and lead somewhere, every state is reached, every scope ends.

use std::collections::BTreeSet;

mod resources;
mod suspicions;
mod variables;

pub(super) use resources::resources;
pub(super) use suspicions::suspicions;

use super::compile::Names;
use crate::asl::{
    Definition, Diagnostic, Spanned, State, StateKind, States, Transition, codes, nearest,
};
use crate::value::{Span, Text};

/// Checks all scopes of a definition.
pub(super) fn check(definition: &Definition, names: &Names, diagnostics: &mut Vec<Diagnostic>) {
    let mut checker = Checker {
        names,
        seen: BTreeSet::new(),
        diagnostics,
    };
    checker.scope(&definition.states);
    labels(&definition.states, &mut BTreeSet::new(), diagnostics);
    variables::variables(&definition.states, diagnostics);
}

struct Checker<'a> {
    names: &'a Names,
    /// The names of the states so far, of all scopes.
    seen: BTreeSet<Text>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// A name that a state goes to, and where it says so.
struct Target<'a> {
    name: &'a Spanned<Text>,
    location: String,
}

impl Checker<'_> {
    /// Checks a scope, then those inside it. As deep as scopes nest, which is bounded.
    fn scope(&mut self, scope: &States) {
        for state in &scope.states {
            if !self.seen.insert(state.name.value.clone()) {
                let name = &state.name.value;
                let message = format!("the machine has two states named `{name}`");
                let code = codes::DUPLICATE_STATE;
                let diagnostic = Diagnostic::error(code, &state.location, state.name.span, message);
                self.diagnostics
                    .push(diagnostic.told(format!("Duplicate State name: {name}")));
            }
        }
        let read = scope.states.iter().map(|state| state.name.value.as_str());
        let here: BTreeSet<&str> = read
            .chain(scope.unreadable.iter().map(Text::as_str))
            .collect();
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        if let Some(start) = &scope.start_at {
            reached.insert(&start.value);
            let location = join(&scope.location, "StartAt");
            self.leads_somewhere(
                codes::START_NOT_FOUND,
                &Target {
                    name: start,
                    location,
                },
                &here,
            );
        }
        for state in &scope.states {
            for target in targets(state) {
                reached.insert(target.name.value.as_str());
                self.leads_somewhere(codes::NEXT_NOT_FOUND, &target, &here);
            }
        }
        self.ends(scope, &reached);
        for inner in scope.states.iter().flat_map(inner_scopes) {
            self.scope(inner);
        }
    }

    fn leads_somewhere(&mut self, code: &'static str, target: &Target<'_>, here: &BTreeSet<&str>) {
        let name = &target.name.value;
        if here.contains(name.as_str()) {
            return;
        }
        let message = format!("state `{name}` does not exist");
        let diagnostic = Diagnostic::error(code, &target.location, target.name.span, message)
            .told(format!("Missing 'Next' target: {name}"));
        self.diagnostics.push(if self.names.contains_key(name) {
            let message = format!("state `{name}` is not in this scope");
            Diagnostic {
                message,
                ..diagnostic
            }
            .help("a transition stays within its branch, its item processor or the top level")
        } else if let Some(near) = nearest(name, here.iter().copied()) {
            diagnostic.help(format!("did you mean `{near}`?"))
        } else {
            diagnostic
        });
    }

    /// Every state is the target of something, and something ends the scope. As on AWS, a scope without an end is not
    /// looked through for states that are not reached.
    fn ends(&mut self, scope: &States, reached: &BTreeSet<&str>) {
        // Without a `StartAt` the service tells that alone: whatever is not reached may be where it starts.
        if scope.states.is_empty() || !scope.unreadable.is_empty() || scope.start_at.is_none() {
            return;
        }
        if !scope.states.iter().any(is_terminal) {
            let message = "no state ends this scope";
            let opening = Span {
                start: scope.span.start,
                end: scope.span.start + 1,
            };
            let diagnostic =
                Diagnostic::error(codes::NO_TERMINAL_STATE, &scope.location, opening, message)
                    .told_at(None, "Workflow has no terminal state");
            self.diagnostics.push(
                diagnostic.help("give a state `\"End\": true`, or add a Succeed or a Fail state"),
            );
            return;
        }
        for state in scope
            .states
            .iter()
            .filter(|state| !reached.contains(state.name.value.as_str()))
        {
            let message = format!("nothing leads to state `{}`", state.name.value);
            let diagnostic = Diagnostic::error(
                codes::UNREACHABLE_STATE,
                &state.location,
                state.name.span,
                message,
            )
            .told(format!("State \"{}\" is not reachable.", state.name.value));
            self.diagnostics.push(
                diagnostic.help("let a `Next`, a `Default` or a catcher lead to it, or remove it"),
            );
        }
    }
}

fn join(location: &str, field: &str) -> String {
    if location == "/" {
        format!("/{field}")
    } else {
        format!("{location}/{field}")
    }
}

/// All names that a state goes to.
fn targets(state: &State) -> Vec<Target<'_>> {
    let mut found = Vec::new();
    if let Some(Transition::Next(name)) = &state.next {
        found.push(Target {
            name,
            location: join(&state.location, "Next"),
        });
    }
    if let StateKind::Choice(choice) = &state.kind {
        for rule in &choice.rules {
            let next = rule.next.as_ref().map(|name| Target {
                name,
                location: join(&rule.location, "Next"),
            });
            found.extend(next);
        }
        let default = choice.default.as_ref();
        found.extend(default.map(|name| Target {
            name,
            location: join(&state.location, "Default"),
        }));
    }
    for catcher in &state.catch {
        let next = catcher.next.as_ref();
        found.extend(next.map(|name| Target {
            name,
            location: join(&catcher.location, "Next"),
        }));
    }
    found
}

fn is_terminal(state: &State) -> bool {
    matches!(state.next, Some(Transition::End))
        || matches!(state.kind, StateKind::Succeed | StateKind::Fail(_))
}

/// The scopes that a state holds.
fn inner_scopes(state: &State) -> Vec<&States> {
    match &state.kind {
        StateKind::Parallel(parallel) => parallel.branches.iter().collect(),
        StateKind::Map(map) => vec![&map.processor],
        StateKind::Task(_)
        | StateKind::Pass(_)
        | StateKind::Wait(_)
        | StateKind::Choice(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => Vec::new(),
    }
}

/// The labels of distributed Maps become part of names, and are unique in a machine.
fn labels<'a>(scope: &'a States, seen: &mut BTreeSet<&'a Text>, diagnostics: &mut Vec<Diagnostic>) {
    for state in &scope.states {
        if let StateKind::Map(map) = &state.kind
            && let Some(label) = &map.label
            && !seen.insert(&label.value)
        {
            let message = format!("two states have the label `{}`", label.value);
            let location = join(&state.location, "Label");
            let diagnostic =
                Diagnostic::error(codes::DUPLICATE_LABEL, location, label.span, message);
            let told = format!("Duplicate label name: {}", label.value);
            diagnostics.push(diagnostic.told(told));
        }
        for inner in inner_scopes(state) {
            labels(inner, seen, diagnostics);
        }
    }
}
