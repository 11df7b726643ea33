//! State machines with a verdict: the service's own, or the label of a suite of another validator.

use super::read::{Malformed, Member};
use super::report::Verdict;
use crate::asl::{MachineType, Node, Placeholders, Rules, Severity};
use crate::aws::validation::{self, Finding, Validation};
use crate::machine::{Machine, Options};
use crate::value::Json;

/// The labels that the service, or its documentation, contradicts: an id and a reason a line.
const WRONG_LABELS: &str = include_str!("labels.txt");

/// Compares a machine's verdict with ours.
pub(super) fn verdict(case: &Json) -> Result<Verdict, Malformed> {
    let root = Member::root(case);
    let id = root.need("id")?.text()?;
    let text = root.need("definition")?.value.to_string();
    let standard = || checked(&text, MachineType::Standard);
    Ok(match root.need("verdict")?.text()? {
        "accepted" => accepted(&standard()),
        "rejected" => rejected(&root, &standard())?,
        "accepted-as-standard-only" => match accepted(&standard()) {
            Verdict::Passed => {
                let express = checked(&text, MachineType::Express);
                labelled(id, rejected(&root, &express)?)
            }
            refused => refused,
        },
        "plausible" => labelled(id, accepted(&lenient(&text))),
        "valid" => labelled(id, accepted(&labelled_check(&root, &text))),
        "invalid" if labelled_check(&root, &text).is_ok => {
            labelled(id, Verdict::Failed("the definition is accepted".to_owned()))
        }
        "invalid" => labelled(id, Verdict::Passed),
        other => Verdict::Failed(format!("there is no verdict `{other}`")),
    })
}

/// Compares all refusals that are reported with ours.
fn rejected(root: &Member<'_>, found: &Validation) -> Result<Verdict, Malformed> {
    let told = refusals(root)?;
    let differences: Vec<String> = told
        .iter()
        .filter_map(|told| differs(told, found))
        .collect();
    Ok(Verdict::of(&differences))
}

fn checked(text: &str, machine_type: MachineType) -> Validation {
    validation::validate(text, machine_type, Severity::Error, usize::MAX)
}

/// A template fills in placeholders later, and people check their definitions before.
fn lenient(text: &str) -> Validation {
    by_language(text, Placeholders::Allow)
}

/// The suites of other validators know tasks that are not the service's.
fn by_language(text: &str, placeholders: Placeholders) -> Validation {
    let rules = Rules {
        placeholders,
        ..Rules::default()
    };
    let Ok(node) = Node::from_json(text.as_bytes()) else {
        return checked(text, MachineType::Standard);
    };
    let mut diagnostics = validation::findings(&Machine::check(&node, rules, Options::default()).1);
    diagnostics.retain(|each| each.severity == Severity::Error);
    Validation {
        is_ok: diagnostics.is_empty(),
        diagnostics,
        truncated: false,
    }
}

fn labelled_check(root: &Member<'_>, text: &str) -> Validation {
    match root.get("placeholders").map(|member| member.value.clone()) {
        Some(Json::Bool(true)) => lenient(text),
        _ => by_language(text, Placeholders::Deny),
    }
}

fn accepted(found: &Validation) -> Verdict {
    match found.diagnostics.first() {
        Some(first) => Verdict::Failed(format!("the definition is refused: {first}")),
        None => Verdict::Passed,
    }
}

/// A label that is known to be wrong must be contradicted, or it leaves the list.
fn labelled(id: &str, verdict: Verdict) -> Verdict {
    let line = WRONG_LABELS.lines().find(|line| line.starts_with(id));
    match (line, verdict) {
        (None, verdict) => verdict,
        (Some(_), Verdict::Passed) => {
            Verdict::Failed("the label is on the list of wrong ones, and is agreed with".to_owned())
        }
        (Some(_), _) => Verdict::Passed,
    }
}

/// A refusal as it is reported: a code and a message, which may be the message of `InvalidDefinition`.
struct Refusal<'a> {
    code: &'a str,
    message: &'a str,
}

fn refusals<'a>(root: &Member<'a>) -> Result<Vec<Refusal<'a>>, Malformed> {
    let mut found = Vec::new();
    for told in root.need("aws")?.items()? {
        if told.need("verdict")?.text()? == "rejected" {
            found.push(Refusal {
                code: told.need("code")?.text()?,
                message: told
                    .get("message")
                    .map_or(Ok(""), |message| message.text())?,
            });
        }
    }
    if found.is_empty() {
        return root.fail("has no refusal in `aws`");
    }
    Ok(found)
}

/// What differs between a reported refusal and ours.
fn differs(told: &Refusal<'_>, found: &Validation) -> Option<String> {
    let ours = validation::refused(&found.diagnostics);
    let is_same = match told.code {
        _ if found.is_ok => false,
        "InvalidDefinition" => told.message == ours,
        // Several are reported as `A+B`, and a doubted one as `A?`.
        codes => {
            let mut codes = codes.trim_end_matches('?').split('+');
            codes.all(|code| found.diagnostics.iter().any(|each| each.code == code))
                && told.message.split(" ; ").all(|part| {
                    found
                        .diagnostics
                        .iter()
                        .any(|each| is_told(part, each, &ours))
                })
        }
    };
    let reported = format!("`{}: {}`", told.code, told.message);
    (!is_same).then(|| format!("the service says {reported}, we say `{ours}`"))
}

/// Whether a report tells this finding: as its message, with its place, or in the text of a refusal, which may be cut.
fn is_told(report: &str, finding: &Finding, ours: &str) -> bool {
    let place = finding.location.as_deref();
    if report.is_empty() || report == finding.message {
        return true;
    }
    if let Some(message) = report.strip_suffix(" (no location)") {
        return message == finding.message && place.is_none();
    }
    if let Some((message, location)) = report.split_once(" @") {
        return message == finding.message && place == Some(location);
    }
    // What the report leaves out or writes for it begins with one of these.
    let whole = ours.split_once('\'').map_or(ours, |(_, told)| told);
    let known = ["<", "[oices", " a[truncated"]
        .into_iter()
        .filter_map(|mark| report.find(mark))
        .min();
    match known {
        Some(end) => whole.starts_with(&report[..end]),
        None => whole.strip_suffix('\'') == Some(report),
    }
}
