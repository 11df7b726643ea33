//! Our own cases: behaviour as data, with the rule it follows from.

use std::collections::BTreeSet;
use std::time::Duration;

use super::expect::{Expectation, Expected, diagnosed, warned};
use super::read::{Malformed, Member};
use super::report::Verdict;
use super::script::Script;
use super::stage::{Cue, Piece, What, play};
use super::{compile, looked_over, said};
use crate::asl::{Diagnostic, MachineType, Node, Rules};
use crate::engine::{Failure, Profile, Start, StateMachineType};
use crate::expr::path::Dialect;
use crate::machine::{Machine, Options};
use crate::value::{Json, Object, Timestamp};

/// 2026-01-01T00:00:00Z, when every execution of a case starts.
const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

const MEMBERS: [&str; 16] = [
    "about",
    "spec",
    "type",
    "profile",
    "jsonpath",
    "machine",
    "text",
    "expression",
    "test",
    "input",
    "seed",
    "stop",
    "tasks",
    "expect",
    "variants",
    "name",
];

/// The members that say what is run: a variant with one of them replaces the file's.
const SUBJECTS: [&str; 4] = ["machine", "text", "expression", "test"];

/// One case: a file without variants, or one of its variants.
pub(super) struct Case {
    subject: Subject,
    input: Json,
    seed: u64,
    profile: Profile,
    jsonpath: Dialect,
    kind: StateMachineType,
    stop: Option<(Duration, Failure)>,
    script: Script,
    expect: Expectation,
}

/// What is run.
enum Subject {
    Definition(String),
    /// An expression of a Pass state's `Parameters`, or of its `Output` in JSONata: its value is the output.
    Expression(String),
}

impl Subject {
    fn definition(&self) -> &str {
        match self {
            Self::Definition(text) | Self::Expression(text) => text,
        }
    }

    /// What is compared with the expected output.
    fn taken(&self, output: &Json) -> Option<Json> {
        match self {
            Self::Definition(_) => Some(output.clone()),
            Self::Expression(_) => output.get("value").cloned(),
        }
    }
}

/// The cases of a file, each with what its id adds to the file's.
pub(super) fn read(file: &Json) -> Vec<(String, Result<Case, Malformed>)> {
    let root = Member::root(file);
    let variants = match root.get("variants").map(|variants| variants.items()) {
        None => return vec![(String::new(), Case::read(&root))],
        Some(Err(malformed)) => return vec![(String::new(), Err(malformed))],
        Some(Ok(variants)) => variants,
    };
    if let Some(malformed) = indistinct(&root, &variants) {
        return vec![(String::new(), Err(malformed))];
    }
    let of_variant = |(number, variant): (usize, &Member<'_>)| {
        let name = variant.value.get("name").and_then(Json::as_str);
        let id = name.map_or_else(|| format!("#{}", number + 1), |name| format!("#{name}"));
        (
            id,
            variant
                .members()
                .and_then(|_| Case::read(&Member::root(&merged(file, variant.value)))),
        )
    };
    variants.iter().enumerate().map(of_variant).collect()
}

/// Variants must be there, and be told apart.
fn indistinct(root: &Member<'_>, variants: &[Member<'_>]) -> Option<Malformed> {
    if variants.is_empty() {
        return root.fail::<()>("must have a variant in `variants`").err();
    }
    let mut names = BTreeSet::new();
    let twice = variants.iter().find(|variant| {
        let name = variant.value.get("name").and_then(Json::as_str);
        name.is_some_and(|name| !names.insert(name))
    });
    twice.and_then(|variant| {
        variant
            .fail::<()>("has the `name` of another variant")
            .err()
    })
}

/// The file's members with the variant's over them.
fn merged(file: &Json, variant: &Json) -> Json {
    let none = Object::new();
    let mut members = file.as_object().unwrap_or(&none).clone();
    members.remove("variants");
    let variant = variant.as_object().unwrap_or(&none);
    if SUBJECTS.iter().any(|name| variant.contains(name)) {
        SUBJECTS.iter().for_each(|name| _ = members.remove(name));
    }
    for (name, value) in variant.iter() {
        members.insert(name.clone(), value.clone());
    }
    members.into()
}

impl Case {
    fn read(root: &Member<'_>) -> Result<Self, Malformed> {
        root.only(&MEMBERS)?;
        for name in ["about", "spec"] {
            if root.need(name)?.text()?.trim().is_empty() {
                return root.need(name)?.fail("must say something");
            }
        }
        Ok(Self {
            subject: subject(root)?,
            input: root
                .get("input")
                .map_or_else(Json::object, |input| input.value.clone()),
            seed: root.get("seed").map_or(Ok(0), |seed| seed.count())?,
            profile: one_of(
                root,
                "profile",
                [
                    ("aws", Profile::Aws),
                    ("relaxed", Profile::Relaxed),
                    ("spec", Profile::Spec),
                ],
            )?,
            jsonpath: one_of(
                root,
                "jsonpath",
                [("aws", Dialect::Aws), ("rfc9535", Dialect::Rfc9535)],
            )?,
            kind: one_of(
                root,
                "type",
                [
                    ("STANDARD", StateMachineType::Standard),
                    ("EXPRESS", StateMachineType::Express),
                ],
            )?,
            stop: root.get("stop").map(|stop| read_stop(&stop)).transpose()?,
            script: root
                .get("tasks")
                .map_or_else(|| Ok(Script::default()), |tasks| Script::read(&tasks))?,
            expect: Expectation::read(&root.need("expect")?)?,
        })
    }

    /// Runs it.
    pub(super) fn run(&self) -> Verdict {
        if let Some(expected) = &self.expect.warnings {
            return self.warns(expected);
        }
        let machine = match (
            compile(self.subject.definition(), self.jsonpath),
            &self.expect.diagnostics,
        ) {
            (Err(found), Some(expected)) => return Verdict::of(&diagnosed(expected, &found)),
            (Ok(_), Some(expected)) => return Verdict::of(&diagnosed(expected, &self.checked())),
            (Err(found), None) => return said(&found),
            (Ok(machine), None) => machine,
        };
        let mut script = self.script.clone();
        let is_running = self.expect.status == "RUNNING";
        let piece = Piece {
            machine: &machine,
            start: self.start(),
            at: START,
            cues: self
                .stop
                .iter()
                .map(|(after, failure)| stop(*after, failure))
                .collect(),
            until: self
                .expect
                .elapsed
                .filter(|_| is_running)
                .map(|elapsed| START.after(elapsed)),
        };
        match play(piece, &mut script) {
            Err(reason) => Verdict::Failed(reason),
            Ok(mut played) => {
                if let Some(elapsed) = self.expect.elapsed.filter(|_| is_running) {
                    played.ended = START.after(elapsed);
                }
                let taken = |output: &Json| self.subject.taken(output);
                let mut differences = self.expect.differences(&played, &script.calls, taken);
                differences.extend(script.unused());
                Verdict::of(&differences)
            }
        }
    }

    fn warns(&self, expected: &[Expected]) -> Verdict {
        match looked_over(self.subject.definition()) {
            Ok(found) => Verdict::of(&warned(expected, &found)),
            Err(errors) => said(&errors),
        }
    }

    /// What is said of a definition that can be compiled.
    fn checked(&self) -> Vec<Diagnostic> {
        let rules = Rules {
            machine_type: match self.kind {
                StateMachineType::Standard => MachineType::Standard,
                StateMachineType::Express => MachineType::Express,
            },
            ..Rules::default()
        };
        let options = Options {
            jsonpath: self.jsonpath,
        };
        Node::from_json(self.subject.definition().as_bytes()).map_or_else(
            |_| Vec::new(),
            |node| Machine::check(&node, rules, options).1,
        )
    }

    fn start(&self) -> Start {
        Start {
            seed: self.seed,
            profile: self.profile,
            state_machine_type: self.kind,
            ..Start::new(self.input.clone())
        }
    }
}

fn subject(root: &Member<'_>) -> Result<Subject, Malformed> {
    let given: Vec<(&str, Member<'_>)> = SUBJECTS
        .iter()
        .filter_map(|name| Some((*name, root.get(name)?)))
        .collect();
    let [(name, member)] = given.as_slice() else {
        return root.fail("must have exactly one of `machine`, `text`, `expression` and `test`");
    };
    Ok(match *name {
        "machine" => Subject::Definition(member.value.to_string()),
        "text" => Subject::Definition(member.text()?.to_owned()),
        "expression" => Subject::Expression(evaluating(member.text()?).to_string()),
        _ => Subject::Definition(choosing(member)?.to_string()),
    })
}

/// The machine of an `expression`.
fn evaluating(expression: &str) -> Json {
    let (language, field, name) = match expression.starts_with("{%") {
        true => ("JSONata", "Output", "value"),
        false => ("JSONPath", "Parameters", "value.$"),
    };
    let state = Json::from([
        ("Type", Json::from("Pass")),
        ("QueryLanguage", language.into()),
        (field, [(name, Json::from(expression))].into()),
        ("End", true.into()),
    ]);
    [
        ("StartAt", Json::from("Evaluate")),
        ("States", [("Evaluate", state)].into()),
    ]
    .into()
}

/// The machine of a `test`: `true` when the rule matches, `false` when it does not.
fn choosing(rule: &Member<'_>) -> Result<Json, Malformed> {
    let mut members: Object = rule
        .members()?
        .into_iter()
        .map(|(name, rule)| (name.clone(), rule.value.clone()))
        .collect();
    members.insert("Next", "Yes".into());
    let says = |result: bool| {
        Json::from([
            ("Type", Json::from("Pass")),
            ("Result", result.into()),
            ("End", true.into()),
        ])
    };
    let choose = Json::from([
        ("Type", Json::from("Choice")),
        ("Choices", vec![members.into()].into()),
        ("Default", "No".into()),
    ]);
    let states = Json::from([("Choose", choose), ("Yes", says(true)), ("No", says(false))]);
    Ok([("StartAt", Json::from("Choose")), ("States", states)].into())
}

/// The value of a member that is one of a few words; the first when it is absent.
fn one_of<T: Copy, const COUNT: usize>(
    root: &Member<'_>,
    name: &str,
    words: [(&str, T); COUNT],
) -> Result<T, Malformed> {
    let Some(member) = root.get(name) else {
        return Ok(words[0].1);
    };
    let text = member.text()?;
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, value)) => Ok(*value),
        None => member.fail(format_args!(
            "must be one of {}",
            words.map(|(word, _)| format!("`{word}`")).join(", ")
        )),
    }
}

fn read_stop(stop: &Member<'_>) -> Result<(Duration, Failure), Malformed> {
    if stop.value.as_str().is_some() {
        return Ok((stop.duration()?, Failure::default()));
    }
    stop.only(&["after", "error", "cause"])?;
    let text = |name| {
        stop.get(name)
            .map(|member| member.text().map(Into::into))
            .transpose()
    };
    Ok((
        stop.need("after")?.duration()?,
        Failure {
            error: text("error")?,
            cause: text("cause")?,
        },
    ))
}

fn stop(after: Duration, failure: &Failure) -> Cue {
    // After everything else that happens at the same moment.
    Cue {
        at: START.after(after),
        order: u64::MAX,
        events: 0,
        what: What::Stopped(failure.clone()),
    }
}

/// The area of a case: the first folder of its id.
pub(super) fn area(id: &str) -> String {
    id.split_once('/')
        .map_or("cases", |(area, _)| area)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(file: &str) -> Vec<String> {
        let told = |(id, case): (String, Result<Case, Malformed>)| match case {
            Ok(_) => id,
            Err(malformed) => format!("{id}: {malformed}"),
        };
        read(&Json::parse(file).unwrap())
            .into_iter()
            .map(told)
            .collect()
    }

    #[test]
    fn each_variant_is_a_case() {
        let file = r#"{"about": "a", "spec": "s", "expression": "$", "variants": [
            {"name": "one", "expect": {"output": 1}},
            {"machine": {}, "expect": {"status": "FAILED"}},
            {"name": "wrong"},
            {"text": "{", "expression": "$", "expect": {}}
        ]}"#;
        let found = ids(file);
        assert_eq!(found[..2], ["#one", "#2"]);
        assert_eq!(found[2], "#wrong: the case has no `expect`");
        assert!(found[3].starts_with("#4: the case must have exactly one of"));
    }

    #[test]
    fn what_is_wrong_with_a_case_is_told() {
        let with = |member: &str| {
            ids(&format!(
                r#"{{"about": "a", "spec": "s", "machine": {{}}, "expect": {{}}, {member}}}"#
            ))
        };
        assert_eq!(
            with(r#""expects": 1"#),
            [": `expects` is not a member of the case format"]
        );
        assert_eq!(
            with(r#""profile": "lax""#),
            [": `profile` must be one of `aws`, `relaxed`, `spec`"]
        );
        assert_eq!(
            with(r#""tasks": {"A": {"echo": true, "return": 1}}"#),
            [
                ": `tasks.A` must have exactly one of `return`, `fail`, `echo`, `silent` and `refuse`"
            ]
        );
        assert_eq!(ids("{}"), [": the case has no `about`"]);
        assert_eq!(
            ids("[]"),
            [": `the case` must be an object, not array".replace("`the case`", "the case")]
        );
    }
}
