//! Executions recorded on the service, played again.
//!
//! Recordings replace what differs from run to run by placeholders. The execution simply bears these names: its ARN says
//! `<region>` and `<ArnPart_0idx>`, so that the same words come out.

use super::compare::{Order, histories};
use super::concrete::Concrete;
use super::ignore::Ignore;
use super::read::{Malformed, Member};
use super::replay::{Replay, told};
use super::report::Verdict;
use super::stage::{Cue, Performance, Piece, What, play};
use super::unify::Unifier;
use super::{compile, said};
use crate::aws::Place;
use crate::aws::history::{self, event};
use crate::engine::{Failure, Identity, Start, StateMachineType};
use crate::expr::path::Dialect;
use crate::machine::Machine;
use crate::value::{Json, Text, Timestamp};

/// 2026-11-23T15:20:00Z, in whose minutes the recordings' concrete times were made: some wait until shortly after, one
/// for as long as the service allows.
const START: Timestamp = Timestamp::from_millis(1_795_447_200_000);

const MACHINE: &str = "<ArnPart_0idx>";

/// Plays a recorded execution.
pub(super) fn execution(value: &Json, strict: bool) -> Result<Verdict, Malformed> {
    let case = Member::root(value);
    let expected = case.need("expected")?;
    let kind = kind(&case)?;
    let concrete = Concrete::read(&case)?;
    let machine = match machine(&case.need("definition")?, &concrete) {
        Ok(machine) => machine,
        Err(verdict) => return Ok(verdict),
    };
    let is_running = status(&expected)? == Some("RUNNING");
    let piece = Piece {
        machine: &machine,
        start: start(&case, kind, &concrete)?,
        at: START,
        cues: stop(&expected)?.into_iter().collect(),
        until: is_running.then_some(START),
    };
    let played = match play(piece, &mut Replay::read(&case)?) {
        Ok(played) => played,
        Err(reason) => return Ok(Verdict::Failed(reason)),
    };
    let mut unifier = unifier(&case, strict)?;
    match expected.given("history") {
        Some(recorded) => {
            let recorded: Vec<Json> = recorded
                .items()?
                .iter()
                .map(|event| event.value.clone())
                .collect();
            histories(
                &mut unifier,
                &recorded,
                wire(&played, &concrete),
                order(&case)?,
            );
        }
        None => outcome(&mut unifier, &expected, &played)?,
    }
    compare_status(&mut unifier, &expected, &played)?;
    Ok(Verdict::of(&unifier.into_differences()))
}

/// Plays many executions: of one machine, or each of its own.
pub(super) fn batch(value: &Json, strict: bool) -> Result<Verdict, Malformed> {
    let case = Member::root(value);
    let concrete = Concrete::read(&case)?;
    let shared = case
        .given("definition")
        .map(|definition| machine(&definition, &concrete));
    let mut differences = Vec::new();
    for (number, run) in case.need("runs")?.items()?.iter().enumerate() {
        let own = run
            .given("definition")
            .map(|definition| machine(&definition, &concrete));
        let machine = match own.as_ref().or(shared.as_ref()) {
            Some(Ok(machine)) => machine,
            Some(Err(verdict)) => return Ok(verdict.clone()),
            None => return run.fail("has no `definition`"),
        };
        let input = run.need("input")?.value.clone();
        let piece = Piece {
            machine,
            start: Start {
                identity: identity(&case, StateMachineType::Standard)?.into(),
                ..Start::new(input.clone())
            },
            at: START,
            cues: Vec::new(),
            until: None,
        };
        let mut unifier = unifier(&case, strict)?;
        let expected = run.need("expected")?;
        match play(piece, &mut Replay::default()) {
            Ok(played) => {
                outcome(&mut unifier, &expected, &played)?;
                compare_status(&mut unifier, &expected, &played)?;
            }
            Err(reason) => unifier.differ(reason),
        }
        let found = unifier.into_differences();
        differences.extend(
            found
                .into_iter()
                .map(|what| format!("run {} (input {input}): {what}", number + 1)),
        );
    }
    Ok(Verdict::of(&differences))
}

fn kind(case: &Member<'_>) -> Result<StateMachineType, Malformed> {
    match case
        .given("type")
        .map_or(Ok("STANDARD"), |kind| kind.text())?
    {
        "EXPRESS" => Ok(StateMachineType::Express),
        _ => Ok(StateMachineType::Standard),
    }
}

/// Compiles a definition. Placeholders give way to real names only where it is refused with them, or where they are a
/// whole `Resource`, which says nothing then.
fn machine(definition: &Member<'_>, concrete: &Concrete) -> Result<Machine, Verdict> {
    let text = concrete.put_in_resources(definition.value).to_string();
    compile(&text, Dialect::Aws).or_else(|refused| {
        let real = concrete
            .every
            .iter()
            .fold(text.clone(), |text, (word, real)| {
                text.replace(word.as_str(), real)
            });
        if real == text {
            Err(said(&refused))
        } else {
            compile(&real, Dialect::Aws).map_err(|refused| said(&refused))
        }
    })
}

fn start(
    case: &Member<'_>,
    kind: StateMachineType,
    concrete: &Concrete,
) -> Result<Start, Malformed> {
    let input = case.need("input")?.value;
    let sent = case
        .given("input_text")
        .map(|text| text.text())
        .transpose()?;
    let start = Start {
        identity: identity(case, kind)?.into(),
        state_machine_type: kind,
        ..Start::new(Json::Null)
    };
    if concrete.in_input.is_empty() {
        let input_text = sent.map(Text::new);
        return Ok(Start {
            input: input.clone(),
            input_text,
            ..start
        });
    }
    Ok(Start {
        input: concrete.put_in(input),
        ..start
    })
}

fn identity(case: &Member<'_>, kind: StateMachineType) -> Result<Identity, Malformed> {
    let place = Place {
        partition: "<partition>".into(),
        region: "<region>".into(),
        account: "111111111111".into(),
    };
    let role = match case.given("role_arn") {
        Some(role) => role.text()?,
        None => masked_role(case)?,
    };
    let (name, execution_arn) = match kind {
        StateMachineType::Standard => {
            let name = "<ExecArnPart_0idx>";
            (name, place.execution(MACHINE, name))
        }
        StateMachineType::Express => {
            let [name, uuid] = if mentions(case, "<SyncExecArn_Part1_0idx>")? {
                ["<SyncExecArn_Part1_0idx>", "<SyncExecArn_Part2_0idx>"]
            } else {
                ["<ExpressExecArn_Part1_0idx>", "<ExpressExecArn_Part2_0idx>"]
            };
            (name, place.express_execution(MACHINE, name, uuid))
        }
    };
    Ok(Identity {
        execution_arn,
        name: name.into(),
        state_machine_arn: place.state_machine(MACHINE),
        state_machine_name: MACHINE.into(),
        role_arn: role.into(),
    })
}

/// What stands for the role in the recording.
fn masked_role<'a>(case: &Member<'a>) -> Result<&'a str, Malformed> {
    let rules = rules(case)?;
    let text = |rule: &Member<'a>, name| rule.value.get(name).and_then(Json::as_str);
    let made = rules
        .iter()
        .find(|rule| text(rule, "literal_from") == Some("CreateRole->.Role.Arn"));
    Ok(made
        .and_then(|rule| text(rule, "replacement"))
        .unwrap_or("snf_role_arn"))
}

/// What the recorder replaced by placeholders.
fn rules<'a>(case: &Member<'a>) -> Result<Vec<Member<'a>>, Malformed> {
    let rules = case
        .given("placeholders")
        .and_then(|placeholders| placeholders.given("rules"));
    rules.map_or_else(|| Ok(Vec::new()), |rules| rules.items())
}

/// Whether the expectation has that placeholder.
fn mentions(case: &Member<'_>, placeholder: &str) -> Result<bool, Malformed> {
    let listed = case
        .given("placeholders")
        .and_then(|placeholders| placeholders.given("in_expected"));
    let listed = listed.map_or_else(|| Ok(Vec::new()), |listed| listed.items())?;
    Ok(listed
        .iter()
        .any(|name| name.value.as_str() == Some(placeholder)))
}

/// When a recorded execution was stopped, it is stopped after as many events.
fn stop(expected: &Member<'_>) -> Result<Option<Cue>, Malformed> {
    let Some(history) = expected.given("history") else {
        return Ok(None);
    };
    let events = history.items()?;
    let aborted = events
        .iter()
        .position(|event| event.value.get("executionAbortedEventDetails").is_some());
    Ok(aborted.map(|before| {
        let details = events[before].value.get("executionAbortedEventDetails");
        let text = |name| details.and_then(|details| details.get(name)).map(told);
        let failure = Failure {
            error: text("error"),
            cause: text("cause"),
        };
        let before = before as u64;
        Cue {
            at: Timestamp::default(),
            order: before + 1,
            events: before,
            what: What::Stopped(failure),
        }
    }))
}

fn unifier(case: &Member<'_>, strict: bool) -> Result<Unifier, Malformed> {
    let rules = rules(case)?;
    let unifier = Unifier::new(rules.iter().map(|rule| rule.value));
    let paths = case
        .given("ignore")
        .map_or_else(|| Ok(Vec::new()), |paths| paths.texts())?;
    let mut ignored: Vec<Ignore> = paths
        .iter()
        .filter(|_| !strict)
        .filter_map(|path| Ignore::parse(path))
        .collect();
    if is_before_redrive(case)? {
        ignored.extend(Ignore::parse("$..RedriveCount"));
    }
    Ok(unifier.ignoring(ignored))
}

/// Whether the recording was made before the context object told `RedriveCount`, which came with redrive itself
/// (AWS What's New, 2023-11-15).
fn is_before_redrive(case: &Member<'_>) -> Result<bool, Malformed> {
    let recorded = case
        .given("source")
        .and_then(|source| source.given("recorded"));
    let Some(recorded) = recorded.map(|recorded| recorded.text()).transpose()? else {
        return Ok(false);
    };
    let date = recorded.split([',', ' ']).next().unwrap_or_default();
    let mut parts = date.splitn(3, '-');
    let (day, month, year) = (parts.next(), parts.next(), parts.next());
    Ok((year, month, day) < (Some("2023"), Some("11"), Some("15")) && year.is_some())
}

fn order(case: &Member<'_>) -> Result<Order, Malformed> {
    let normalised = case
        .given("placeholders")
        .and_then(|placeholders| placeholders.get("parallel_normalised"));
    if normalised.and_then(|normalised| normalised.value.as_bool()) == Some(true) {
        return Ok(Order::Normalised);
    }
    let requires = case
        .given("requires")
        .map_or_else(|| Ok(Vec::new()), |requires| requires.texts())?;
    Ok(if requires.iter().any(|what| what == "concurrency") {
        Order::Any
    } else {
        Order::Same
    })
}

/// The history as the service would tell it, placeholders back in their places.
fn wire(played: &Performance, concrete: &Concrete) -> Vec<Json> {
    let options = history::Options {
        region: "<region>".into(),
        ..history::Options::default()
    };
    played
        .history
        .iter()
        .map(|told| concrete.take_out(&event(told, &options)))
        .collect()
}

fn status<'a>(expected: &Member<'a>) -> Result<Option<&'a str>, Malformed> {
    expected
        .given("status")
        .map(|status| status.text())
        .transpose()
}

fn compare_status(
    unifier: &mut Unifier,
    expected: &Member<'_>,
    played: &Performance,
) -> Result<(), Malformed> {
    if let Some(status) = status(expected)? {
        let actual = played
            .outcome
            .as_ref()
            .map_or("RUNNING", |outcome| outcome.status());
        unifier.member("status", &status.into(), &actual.into());
    }
    Ok(())
}

/// Compares what is known of an execution without a history: an Express one, or one of a batch.
fn outcome(
    unifier: &mut Unifier,
    expected: &Member<'_>,
    played: &Performance,
) -> Result<(), Malformed> {
    let outcome = played.outcome.as_ref();
    if let Some(wanted) = expected.get("output") {
        let output = outcome
            .and_then(|outcome| outcome.output())
            .cloned()
            .unwrap_or_default();
        unifier.member("output", wanted.value, &output);
    }
    let failure = outcome
        .and_then(|outcome| outcome.failure())
        .cloned()
        .unwrap_or_default();
    for (name, actual) in [("error", failure.error), ("cause", failure.cause)] {
        if let Some(wanted) = expected.get(name) {
            unifier.member(
                name,
                wanted.value,
                &actual.map_or(Json::Null, |text| Json::from(&*text)),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_execution_is_stopped_after_as_many_events() {
        let expected = Json::parse(
            r#"{"history": [{"id": 1}, {"id": 2}, {"id": 3, "executionAbortedEventDetails": {"error": "E"}}]}"#,
        );
        let expected = expected.unwrap();
        let cue = stop(&Member::root(&expected))
            .unwrap()
            .expect("it was stopped");
        assert_eq!(cue.events, 2);
        assert!(matches!(cue.what, What::Stopped(failure) if failure == Failure::named("E")));
    }
}
