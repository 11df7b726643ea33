//! What nobody answers, told before the run: a catcher could swallow it later without a word.

use super::tasks::Tasks;
use super::terminal;
use crate::asl::Resource;
use crate::machine::Machine;
use crate::resolver::Pattern;
use crate::value::Json;

/// A Task state of a definition.
struct Task<'a> {
    state: &'a str,
    resource: Resource,
    /// The function that a call of the Lambda service names, where the definition says it.
    function: Option<Resource>,
    /// Whether only the execution knows which function is called.
    is_open: bool,
}

/// Tells of tasks that nothing answers, and of answers that no task asks for. The first so many patterns are those of
/// `--task`: a file may serve several machines.
pub(super) fn tell(machine: &Machine, tasks: &Tasks, from_options: usize) {
    let states = task_states(machine.definition());
    let patterns: Vec<_> = tasks.patterns().map(Pattern::new).collect();
    for (text, pattern) in tasks.patterns().zip(&patterns).take(from_options) {
        if !states.iter().any(|task| task.is_open || task.fits(pattern)) {
            terminal::note(&format!(
                "--task '{text}': no task of this machine has such a resource"
            ));
        }
    }
    let mock = tasks
        .test_case()
        .map(|case| (case.name.as_str(), case.mock()));
    for (name, state) in mock
        .iter()
        .flat_map(|(name, mock)| mock.states().map(move |state| (name, state)))
    {
        if machine.find(state).is_none() {
            terminal::note(&format!(
                "the test case `{name}` answers for a state `{state}`, which the machine does not have"
            ));
        }
    }
    // A test case answers for what it is about, and runs into the rest only where it fails.
    if mock.is_some() {
        return;
    }
    for task in &states {
        let is_url = ["http://", "https://"]
            .iter()
            .any(|scheme| task.resource.text.starts_with(scheme));
        let is_answered = task.is_open || is_url;
        if !is_answered && !patterns.iter().any(|pattern| task.fits(pattern)) {
            terminal::note(&task.unanswered());
        }
    }
}

impl Task<'_> {
    fn fits(&self, pattern: &Pattern) -> bool {
        let resources = [Some(&self.resource), self.function.as_ref()];
        resources
            .into_iter()
            .flatten()
            .any(|resource| pattern.matches(resource))
    }

    fn unanswered(&self) -> String {
        let named = self.function.as_ref().unwrap_or(&self.resource);
        let name = named.text.rsplit([':', '/']).next().unwrap_or_default();
        format!(
            "nothing answers state `{}` ({}): say --task '{name}=json:VALUE' or '{name}=exec:COMMAND'",
            self.state, named.text
        )
    }
}

/// The Task states of a definition, at any depth, in the order in which they are written.
fn task_states(definition: &Json) -> Vec<Task<'_>> {
    let mut found = Vec::new();
    let mut scopes = vec![definition];
    while let Some(scope) = scopes.pop() {
        let states = scope.get("States").and_then(Json::as_object);
        let mut inner = Vec::new();
        for (name, state) in states.into_iter().flat_map(|states| states.iter()) {
            let field = |name: &str| state.get(name);
            if let (Some("Task"), Some(resource)) = (
                field("Type").and_then(Json::as_str),
                field("Resource").and_then(Json::as_str),
            ) {
                found.push(task(
                    name,
                    resource,
                    field("Parameters").or(field("Arguments")),
                ));
            }
            inner.extend(
                field("Branches")
                    .and_then(Json::as_array)
                    .into_iter()
                    .flatten(),
            );
            inner.extend(field("ItemProcessor").or(field("Iterator")));
        }
        inner.reverse();
        scopes.extend(inner);
    }
    found
}

fn task<'a>(state: &'a str, resource: &str, arguments: Option<&Json>) -> Task<'a> {
    let resource = Resource::parse(resource);
    let is_lambda = resource.text.contains(":states:::lambda:");
    let name = arguments.and_then(|arguments| arguments.get("FunctionName")?.as_str());
    let function = name
        .filter(|name| is_lambda && !name.starts_with("{%"))
        .map(Resource::parse);
    Task {
        state,
        is_open: is_lambda && function.is_none(),
        resource,
        function,
    }
}
