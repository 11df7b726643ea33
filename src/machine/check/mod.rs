//! What holds between states: names are unique and lead somewhere, every state is reached, every scope ends.

use std::collections::{BTreeMap, BTreeSet};

mod resources;
mod suspicions;

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
    checker.scope(&definition.states, &BTreeSet::new());
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
    /// Checks a scope, then those inside it. `outer` are the variables that are assigned around it.
    fn scope(&mut self, scope: &States, outer: &BTreeSet<Text>) {
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
        self.variables(scope, outer);
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

    /// A scope reads the variables around it, but does not assign them (States Language, § Variable Scope). What counts is
    /// what may have been assigned before the branch begins: a catcher of the Parallel state around may use the same
    /// name (observed on AWS).
    fn variables(&mut self, scope: &States, outer: &BTreeSet<Text>) {
        for state in &scope.states {
            for (name, span, location) in assignments(state) {
                if outer.contains(name.as_str()) {
                    let message = format!(
                        "variable `{name}` belongs to a scope around this one and can only be read"
                    );
                    let diagnostic =
                        Diagnostic::error(codes::OUTER_VARIABLE, location, span, message);
                    self.diagnostics.push(diagnostic.told(format!(
                        "Variable '{name}' is already assigned in an outer scope"
                    )));
                }
            }
        }
        let sources = sources(scope);
        let assigned: BTreeSet<Text> = scope
            .states
            .iter()
            .flat_map(assignments)
            .map(|(name, ..)| name)
            .collect();
        for state in &scope.states {
            let inner = inner_scopes(state);
            if inner.is_empty() {
                continue;
            }
            let mut inside = BTreeSet::new();
            inner
                .iter()
                .for_each(|inner| assigned_inside(inner, &mut inside));
            let mut outer = outer.clone();
            if inside.iter().any(|name| assigned.contains(name)) {
                let before = leading_to(&sources, &state.name.value);
                outer.extend(
                    before
                        .into_iter()
                        .flat_map(assignments)
                        .map(|(name, ..)| name),
                );
            }
            inner
                .into_iter()
                .for_each(|inner| self.scope(inner, &outer));
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

/// The variables that a state assigns: itself, in its rules, and in its catchers.
fn assignments(state: &State) -> Vec<(Text, Span, String)> {
    let own = state
        .io
        .assign
        .as_ref()
        .map(|node| (node, join(&state.location, "Assign")));
    let rules = match &state.kind {
        StateKind::Choice(choice) => choice.rules.as_slice(),
        StateKind::Task(_)
        | StateKind::Parallel(_)
        | StateKind::Map(_)
        | StateKind::Pass(_)
        | StateKind::Wait(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => &[],
    };
    let rules = rules
        .iter()
        .filter_map(|rule| Some((rule.assign.as_ref()?, join(&rule.location, "Assign"))));
    let catchers = state.catch.iter();
    let catchers =
        catchers.filter_map(|each| Some((each.assign.as_ref()?, join(&each.location, "Assign"))));
    let mut found = Vec::new();
    for (node, location) in own.into_iter().chain(rules).chain(catchers) {
        for member in node.members().unwrap_or_default() {
            let name = member.name.strip_suffix(".$").unwrap_or(&member.name);
            found.push((Text::from(name), member.name_span, location.clone()));
        }
    }
    found
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

/// Every variable that is assigned in a scope or in those inside it.
fn assigned_inside(scope: &States, names: &mut BTreeSet<Text>) {
    for state in &scope.states {
        names.extend(assignments(state).into_iter().map(|(name, ..)| name));
        inner_scopes(state)
            .into_iter()
            .for_each(|inner| assigned_inside(inner, names));
    }
}

/// Which states of a scope go to which: by the name of the target.
fn sources(scope: &States) -> BTreeMap<&str, Vec<&State>> {
    let mut sources: BTreeMap<&str, Vec<&State>> = BTreeMap::new();
    for state in &scope.states {
        for target in targets(state) {
            sources
                .entry(target.name.value.as_str())
                .or_default()
                .push(state);
        }
    }
    sources
}

/// The states that may come before one of them.
fn leading_to<'a>(sources: &BTreeMap<&'a str, Vec<&'a State>>, name: &'a str) -> Vec<&'a State> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut next = vec![name];
    let mut found = Vec::new();
    while let Some(name) = next.pop() {
        for state in sources.get(name).into_iter().flatten() {
            if reached.insert(&state.name.value) {
                found.push(*state);
                next.push(&state.name.value);
            }
        }
    }
    found
}
