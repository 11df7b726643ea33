//! Snapshots: those of every released format go on, and what an answer writes is little.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test it helps"
)]

use std::path::PathBuf;

use crate::store::at;
use sfn::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, Parts, Start, TaskRequest, TaskUpdate,
};
use sfn::{Json, Machine};

/// A machine that is caught in the middle of everything: a wait, a pause before a retry, a Map that is half done, with large
/// items, variables, a task that is to be stopped.
const EVERYTHING: &str = r#"{"StartAt":"V","States":{
    "V":{"Type":"Pass","Assign":{"kept":"yes","n":12345678901234567890},"Next":"C"},
    "C":{"Type":"Parallel","Next":"P","ResultPath":null,"Catch":[{"ErrorEquals":["Broken"],"ResultPath":"$.caught","Next":"P"}],
        "Branches":[
            {"StartAt":"X","States":{"X":{"Type":"Task","Resource":"fails","End":true}}},
            {"StartAt":"Y","States":{"Y":{"Type":"Task","Resource":"never","End":true}}}]},
    "P":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}},
        {"StartAt":"R","States":{"R":{"Type":"Task","Resource":"again","TimeoutSeconds":900,"End":true,
            "Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":30}]}}},
        {"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"End":true,"ItemProcessor":{
            "StartAt":"T","States":{"T":{"Type":"Task","Resource":"work","End":true,"Parameters":{
                "index.$":"$$.Map.Item.Index","kept.$":"$kept"}}}}}}}]}}}"#;

/// What a task of that machine comes to, if anything.
fn answer(request: &TaskRequest) -> Option<Result<Json, Failure>> {
    let index = request.input.get("index").and_then(Json::as_i64);
    match request.resource.text.as_str() {
        "fails" => Some(Err(Failure::new("Broken", "on purpose"))),
        "again" if request.retry_count == 0 => Some(Err(Failure::named("Again"))),
        "again" => Some(Ok(Json::from(request.retry_count as i64))),
        "work" if index == Some(0) => Some(Ok("first".into())),
        _ => None,
    }
}

/// Tells an execution things until nothing is left to tell; `finish` answers what is under way as well.
fn settle(
    machine: &Machine,
    execution: &mut Execution,
    first: Event,
    answer: impl Fn(&TaskRequest) -> Option<Result<Json, Failure>>,
) {
    let now = first.at;
    let mut events = vec![first];
    while let Some(event) = events.pop() {
        let mut effects = Effects::default();
        execution.advance(machine, event, &mut effects);
        for command in effects.commands {
            if let Command::Invoke(request) = command
                && let Some(answer) = answer(&request)
            {
                events.push(Event::task(
                    now,
                    request.ticket,
                    TaskUpdate::Returned(answer),
                ));
            }
        }
    }
}

fn golden_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots/v1.json")
}

/// The execution that the golden file was made of.
fn caught_in_the_middle(machine: &Machine) -> Execution {
    let long = "long ".repeat(2_000);
    let input = Json::parse(format!(r#"{{"items":["{long}",1.5e300,{{"ü":null}}]}}"#)).unwrap();
    let mut start = Start::new(input);
    (start.seed, start.token_secret) = (7, [7; 32]);
    let mut execution = Execution::new();
    let kind = EventKind::Begun(Box::new(start));
    settle(machine, &mut execution, Event { at: at(0), kind }, answer);
    execution
}

/// `SFN_GOLDEN=write` makes the file of a format that is not released yet. One that was released is never made again.
#[test]
fn snapshots_of_every_released_format_go_on() {
    let machine = Machine::parse(EVERYTHING).unwrap();
    if std::env::var_os("SFN_GOLDEN").is_some_and(|wish| wish == "write") {
        let parts = caught_in_the_middle(&machine).to_parts(&machine);
        let text = serde_json::to_string_pretty(&parts).unwrap();
        std::fs::write(golden_path(), text + "\n").unwrap();
    }
    let text = std::fs::read_to_string(golden_path()).unwrap();
    let parts: Parts = serde_json::from_str(&text).unwrap();
    assert_eq!(parts.definition().unwrap(), *machine.hash());
    let mut execution = Execution::from_parts(&machine, &parts).unwrap();

    let outstanding = execution.outstanding();
    let cancels = outstanding
        .iter()
        .filter(|command| matches!(command, Command::Cancel { .. }));
    assert_eq!(cancels.count(), 1);
    let finish =
        |request: &TaskRequest| answer(request).or_else(|| Some(Ok(request.input.clone())));
    for command in outstanding {
        if let Command::Invoke(request) = command {
            let event = Event::task(
                at(1),
                request.ticket,
                TaskUpdate::Returned(Ok(request.input.clone())),
            );
            settle(&machine, &mut execution, event, finish);
        }
    }
    for millis in [30_000, 60_000] {
        assert_eq!(execution.wake_at().map(|wake| wake.at), Some(at(millis)));
        settle(&machine, &mut execution, Event::tick(at(millis)), finish);
    }
    let output = execution
        .outcome()
        .and_then(|outcome| outcome.output())
        .unwrap();
    assert_eq!(output.at(1), Some(&Json::from(1)));
    let expected = r#"["first",{"index":1,"kept":"yes"},{"index":2,"kept":"yes"}]"#;
    assert_eq!(output.at(2).unwrap().to_string(), expected);
}

#[test]
fn an_answer_of_a_large_map_writes_little() {
    let machine = Machine::parse(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{
            "StartAt":"T","States":{"T":{"Type":"Task","Resource":"work","End":true}}}}}}"#,
    )
    .unwrap();
    let items: Vec<String> = (0..20_000).map(|item| item.to_string()).collect();
    let input = Json::parse(format!("[{}]", items.join(","))).unwrap();
    let mut execution = Execution::new();
    let mut effects = Effects::default();
    let kind = EventKind::Begun(Box::new(Start::new(input)));
    execution.advance(&machine, Event { at: at(0), kind }, &mut effects);
    while execution.wake_at().is_some_and(|wake| wake.at == at(0)) {
        execution.advance(&machine, Event::tick(at(0)), &mut effects);
    }
    execution.changes(&machine);
    let tickets = effects.commands.iter().filter_map(|command| {
        if let Command::Invoke(request) = command {
            Some(request.ticket)
        } else {
            None
        }
    });
    for ticket in tickets.take(100) {
        let update = TaskUpdate::Returned(Ok(1.into()));
        execution.advance(
            &machine,
            Event::task(at(1), ticket, update),
            &mut Effects::default(),
        );
        let rows = execution.changes(&machine).rows;
        let bytes = serde_json::to_string(&rows).unwrap().len();
        // The header, the slot that is free again, the one that waits for it, the result.
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert!(bytes < 2_000, "{bytes}");
    }
}
