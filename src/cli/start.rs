//! Who an execution is and what it finds at its start: `--name`, `--context`, `--var`.

use clap::Args;

use super::{input, run};
use crate::aws::Place;
use crate::engine::{Identity, Start};
use crate::expr::Variables;
use crate::value::{Json, Object, Text};

/// Characters of an execution's name (API reference, `StartExecution`, § name).
const NAME_LENGTH: usize = 80;

/// The options that say who an execution is.
#[derive(Args)]
#[command(next_help_heading = "The execution")]
pub(super) struct StartOptions {
    /// The name of the execution
    #[arg(long)]
    name: Option<String>,
    /// Members of the context object ($$), as JSON or a file: Execution {Id, Name, RoleArn} and StateMachine {Id, Name}
    /// say who runs, and any other member is there as it is given
    #[arg(long, value_name = "JSON")]
    context: Option<String>,
    /// A variable that is there from the start; VALUE is JSON, or else a string. May be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
}

/// What an execution is told at its start.
pub(super) struct Prepared {
    identity: Identity,
    context: Option<Json>,
    variables: Variables,
}

impl StartOptions {
    /// Whether the context object comes from standard input.
    pub(super) fn reads_standard_input(&self) -> bool {
        self.context.as_deref() == Some("-")
    }

    pub(super) fn prepared(&self, definition: &str) -> Result<Prepared, String> {
        let name = self.name.as_deref().map(checked_name).transpose()?;
        let mut prepared = Prepared {
            identity: identity(definition, name),
            context: None,
            variables: variables(&self.var)?,
        };
        if let Some(context) = &self.context {
            prepared.take_context(&input::option_json("--context", context)?)?;
        }
        Ok(prepared)
    }
}

/// The variables that `--var` names.
pub(super) fn variables(options: &[String]) -> Result<Variables, String> {
    let mut variables = Object::new();
    for var in options {
        let named = var.split_once('=').filter(|(name, _)| is_variable(name));
        let (name, value) = named.ok_or_else(|| {
            format!("--var '{var}': write NAME=VALUE, such as limit=10 or 'order={{\"id\": 7}}'")
        })?;
        let value = Json::parse(value).unwrap_or_else(|_| Json::from(value));
        variables.insert(name, value);
    }
    Ok(Variables::new(variables))
}

impl Prepared {
    /// Tells an execution: the one there is, or one of several.
    pub(super) fn apply(&self, start: &mut Start, number: Option<usize>) {
        start.context = self.context.clone();
        start.variables = self.variables.clone();
        let mut identity = self.identity.clone();
        if let Some(number) = number {
            let name = numbered(&identity.name, number + 1);
            // An ARN that somebody gave need not end in the name.
            let arn = &identity.execution_arn;
            let arn = match arn.strip_suffix(identity.name.as_str()) {
                Some(before) => format!("{before}{name}"),
                None => format!("{arn}-{}", number + 1),
            };
            identity.execution_arn = arn.into();
            identity.name = name;
        }
        start.identity = identity.into();
    }

    fn take_context(&mut self, context: &Json) -> Result<(), String> {
        let members = context.as_object().ok_or_else(|| {
            format!("--context: an object is wanted, such as {{\"Execution\": {{\"Name\": \"test\"}}}}, found {}", context.kind())
        })?;
        let mut others = Object::new();
        for (name, value) in members.iter() {
            let identity = &mut self.identity;
            match name.as_str() {
                "Execution" => take(
                    name,
                    value,
                    &mut [
                        ("Id", &mut identity.execution_arn),
                        ("Name", &mut identity.name),
                        ("RoleArn", &mut identity.role_arn),
                    ],
                )?,
                "StateMachine" => take(
                    name,
                    value,
                    &mut [
                        ("Id", &mut identity.state_machine_arn),
                        ("Name", &mut identity.state_machine_name),
                    ],
                )?,
                _ => drop(others.insert(name.clone(), value.clone())),
            }
        }
        self.context = (!others.is_empty()).then_some(Json::Object(others));
        Ok(())
    }
}

/// The name with a number behind it, and no longer than a name may be.
fn numbered(name: &str, number: usize) -> Text {
    let suffix = format!("-{number}");
    let kept = NAME_LENGTH.saturating_sub(suffix.len());
    let characters = name.chars().take(kept).chain(suffix.chars());
    characters.collect::<String>().into()
}

/// Puts each member of an object where it belongs.
fn take(of: &str, object: &Json, places: &mut [(&str, &mut Text)]) -> Result<(), String> {
    let members = object
        .as_object()
        .ok_or_else(|| format!("--context: `{of}` is an object, not {}", object.kind()))?;
    for (name, value) in members.iter() {
        let Some((_, place)) = places.iter_mut().find(|(known, _)| known == name) else {
            let known: Vec<_> = places.iter().map(|(known, _)| *known).collect();
            let known = known.join(", ");
            return Err(format!(
                "--context: `{of}.{name}` is the run's to say; what can be said are {known}"
            ));
        };
        let text = value
            .as_str()
            .ok_or_else(|| format!("--context: `{of}.{name}` is a string, not {}", value.kind()))?;
        **place = Text::from(text);
    }
    Ok(())
}

/// The machine is called after its file, as the service would after its name.
fn identity(definition: &str, name: Option<Text>) -> Identity {
    let machine = run::stem(definition);
    let name = name.unwrap_or_else(|| "execution".into());
    let place = Place::default();
    Identity {
        execution_arn: place.execution(machine, &name),
        name,
        state_machine_arn: place.state_machine(machine),
        state_machine_name: machine.into(),
        ..Identity::default()
    }
}

fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = |c: char| c.is_alphabetic() || c == '_';
    characters.next().is_some_and(begins) && characters.all(|c| c.is_alphanumeric() || c == '_')
}

/// The name, if the service would take it (API reference, `StartExecution`, § name).
fn checked_name(name: &str) -> Result<Text, String> {
    let forbidden =
        |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if let Some(found) = name.chars().find(|c| forbidden(*c)) {
        return Err(format!(
            "--name: the name of an execution cannot contain {found:?}"
        ));
    }
    match name.chars().count() {
        1..=NAME_LENGTH => Ok(name.into()),
        count => Err(format!(
            "--name: the name of an execution has 1 to {NAME_LENGTH} characters, not {count}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_name_is_no_longer_than_a_name_may_be() {
        assert_eq!(numbered("run", 12), "run-12");
        let long = numbered(&"x".repeat(80), 12);
        assert_eq!((long.len(), long.ends_with("x-12")), (80, true));
    }
}
