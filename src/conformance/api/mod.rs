//! Recorded calls of the service's API: each step is called, and what comes back compared.
//!
//! A step whose answer is not yet what was recorded is called again for a while: lists of the service are only eventually
//! consistent, and executions that were started before need their time.

mod expected;
mod target;

use std::time::Duration;

use self::expected::Expected;
use self::target::{Reply, Target};
use super::Options;
use super::ignore::Ignore;
use super::read::{Malformed, Member};
use super::report::Verdict;
use super::unify::Unifier;
use crate::value::{Json, Object};

/// How often a step is called again, and after which pause.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// A case of the kind `api`.
pub(super) fn steps(value: &Json, options: &Options) -> Result<Verdict, Malformed> {
    let case = Member::root(value);
    let needed = case
        .given("needs_services")
        .map(|services| services.texts());
    if let Some(service) = needed
        .transpose()?
        .and_then(|services| services.into_iter().next())
    {
        return Ok(Verdict::Skipped(format!("uses {service}")));
    }
    let mut steps = Vec::new();
    for step in case.need("steps")?.items()? {
        let mut expected = Vec::new();
        if let Some(told) = step.given("expect") {
            for expectation in told.items()? {
                expected.extend(Expected::read(&expectation, &case)?);
            }
        }
        steps.push(Step {
            operation: step.need("op")?.text()?.to_owned(),
            request: step.need("request")?.value.clone(),
            polls: step.given("poll").is_some(),
            expected,
        });
    }
    play(&case, &steps, options)
}

/// A case that is one call: `validate`, `test_state`.
pub(super) fn single(
    value: &Json,
    operation: &str,
    options: &Options,
) -> Result<Verdict, Malformed> {
    let case = Member::root(value);
    let step = Step {
        operation: operation.to_owned(),
        request: case.need("request")?.value.clone(),
        polls: false,
        expected: Expected::of_single(&case)?,
    };
    play(&case, &[step], options)
}

struct Step {
    operation: String,
    request: Json,
    /// The recording called it until something had happened.
    polls: bool,
    expected: Vec<Expected>,
}

fn play(case: &Member<'_>, steps: &[Step], options: &Options) -> Result<Verdict, Malformed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return case.fail("cannot be run: there is no runtime");
    };
    let rules = case
        .given("placeholders")
        .and_then(|placeholders| placeholders.given("rules"));
    let rules = rules.map_or_else(|| Ok(Vec::new()), |rules| rules.items())?;
    let mut ignored = Vec::new();
    if let Some(paths) = case.given("ignore").filter(|_| !options.strict) {
        ignored = paths
            .texts()?
            .into_iter()
            .filter_map(|path| Ignore::parse(&path))
            .collect();
    }
    let unifier = Unifier::new(rules.iter().map(|rule| rule.value)).ignoring(ignored);
    let target = Target::new(options.endpoint.as_deref());
    Ok(runtime.block_on(async {
        let mut player = Player {
            target,
            unifier,
            replies: Vec::new(),
        };
        for (index, step) in steps.iter().enumerate() {
            if player.play(index, step).await {
                // Those after it build on it.
                break;
            }
        }
        Verdict::of(&player.unifier.into_differences())
    }))
}

struct Player {
    target: Target,
    unifier: Unifier,
    replies: Vec<Reply>,
}

impl Player {
    /// Calls a step until it answers as recorded, or until there is no patience left. Answers whether it differs.
    async fn play(&mut self, index: usize, step: &Step) -> bool {
        let request = filled(&step.request, &self.replies);
        let mut tries = 0;
        loop {
            let reply = self.target.call(&step.operation, &request).await;
            let mut unifier = self.unifier.clone();
            let before = unifier.difference_count();
            for expected in &step.expected {
                expected.compare(index, &step.operation, &reply, &self.replies, &mut unifier);
            }
            let differs = unifier.difference_count() > before;
            // A refusal is final.
            let waits = reply.is_ok() && (differs || (step.polls && is_running(&reply)));
            if waits && tries < TRIES {
                tries += 1;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            self.unifier = unifier;
            self.replies.push(reply);
            return differs;
        }
    }
}

/// Whether a history does not end yet.
fn is_running(reply: &Reply) -> bool {
    let events = reply.as_ref().ok().and_then(|body| body.get("events"));
    let last = events.and_then(Json::as_array).and_then(<[Json]>::last);
    let kind = last
        .and_then(|event| event.get("type"))
        .and_then(Json::as_str);
    kind.is_some_and(|kind| !kind.starts_with("Execution") || kind == "ExecutionStarted")
}

/// The request with what earlier steps answered: `${k:$.member}`. Requests nest as deep as a person writes them.
fn filled(request: &Json, replies: &[Reply]) -> Json {
    match request {
        Json::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, replies)))
            .collect::<Object>()
            .into(),
        Json::Array(items) => items.iter().map(|item| filled(item, replies)).collect(),
        Json::String(text) => filled_text(text, replies).into(),
        Json::Null | Json::Bool(_) | Json::Number(_) => request.clone(),
    }
}

fn filled_text(text: &str, replies: &[Reply]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((reference, behind)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        match referred(reference, replies) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&format!("${{{reference}}}")),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn referred(reference: &str, replies: &[Reply]) -> Option<String> {
    let (step, path) = reference.split_once(":$.")?;
    let reply = replies.get(step.parse::<usize>().ok()?)?.as_ref().ok()?;
    let value = path.split('.').try_fold(reply, member)?;
    Some(
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    )
}

/// `name` or `name[3]`
fn member<'a>(value: &'a Json, part: &str) -> Option<&'a Json> {
    match part.split_once('[') {
        None => value.get(part),
        Some((name, index)) => {
            let index = index.strip_suffix(']')?.parse().ok()?;
            value.get(name)?.at(index)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_take_from_earlier_answers() {
        let replies = [Ok(Json::parse(r#"{"a":"x","b":[{"c":1}]}"#).unwrap())];
        for (text, expected) in [
            ("${0:$.a}", "x"),
            ("<${0:$.a}${0:$.b[0].c}>", "<x1>"),
            ("${1:$.a} ${", "${1:$.a} ${"),
        ] {
            assert_eq!(filled_text(text, &replies), expected);
        }
    }
}
