//! The core without a driver: facts in, wishes out, and an execution that is stored and comes back after every fact.
//!
//! `cargo run --example by_hand`; `docs/driving.md` tells the rules.

use std::collections::VecDeque;
use std::error::Error;
use std::io::Write as _;

use sfn::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, Outcome, Start, TaskRequest, TaskUpdate,
};
use sfn::value::Timestamp;
use sfn::{Json, Machine};

const MACHINE: &str = r#"{
    "StartAt": "Rest",
    "States": {
        "Rest": { "Type": "Wait", "Seconds": 2592000, "Next": "Remind" },
        "Remind": {
            "Type": "Task",
            "Resource": "send-mail",
            "Retry": [{ "ErrorEquals": ["Mail.Busy"], "IntervalSeconds": 3600 }],
            "End": true
        }
    }
}"#;

/// The world: it sends mails, though not at once.
fn send(request: &TaskRequest) -> Result<Json, Failure> {
    match request.retry_count {
        0 => Err(Failure::new("Mail.Busy", "too many mails today")),
        _ => Ok(Json::from("sent")),
    }
}

/// Stores an execution as text and reads it again, as after a crash.
fn stored(execution: &mut Execution, machine: &Machine) -> Result<Execution, Box<dyn Error>> {
    let text = serde_json::to_string(&execution.to_parts(machine))?;
    Ok(Execution::from_parts(
        machine,
        &serde_json::from_str(&text)?,
    )?)
}

fn run(machine: &Machine) -> Result<(Outcome, Timestamp), Box<dyn Error>> {
    let mut execution = Execution::new();
    let mut now = Timestamp::from_millis(0);
    let begun = EventKind::Begun(Box::new(Start::new(Json::object())));
    let mut facts = VecDeque::from([begun]);
    let mut effects = Effects::default();
    loop {
        let kind = match facts.pop_front() {
            Some(kind) => kind,
            None => {
                // Nothing is to be told: time passes.
                now = execution.wake_at().ok_or("nobody can move it")?.at;
                EventKind::Tick
            }
        };
        execution.advance(machine, Event { at: now, kind }, &mut effects);
        // Apply, commit, perform: what follows may be repeated after a crash, and is never lost.
        execution = stored(&mut execution, machine)?;
        for command in effects.commands.drain(..) {
            if let Command::Invoke(request) = command {
                let update = TaskUpdate::Returned(send(&request));
                let ticket = request.ticket;
                facts.push_back(EventKind::Task { ticket, update });
            }
        }
        if let Some(outcome) = execution.outcome() {
            return Ok((outcome.clone(), now));
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let machine = Machine::parse(MACHINE).map_err(|diagnostics| format!("{diagnostics:#?}"))?;
    let (outcome, ended) = run(&machine)?;
    writeln!(
        std::io::stdout(),
        "{} at {ended}: {:?}",
        outcome.status(),
        outcome.output()
    )?;
    Ok(())
}
