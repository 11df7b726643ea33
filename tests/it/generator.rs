//! Machines, inputs and answers made up from a seed.

use std::time::Duration;

use sfn::Json;
use sfn::engine::{Failure, TaskRequest, TaskUpdate};
use sfn::expr::Dice;
use sfn::value::Object;

/// Chooses by a seed.
struct Maker {
    dice: Dice,
    states: u32,
}

/// How many states a machine may have: enough for all types to meet.
const STATES: u32 = 14;

/// How deep branches and iterations may nest.
const NESTING: u32 = 3;

/// A valid definition.
pub(crate) fn machine(seed: u64) -> Json {
    let mut maker = Maker {
        dice: Dice::new(seed ^ 0x5EED, 0),
        states: 0,
    };
    let mut machine = maker.states(0);
    if maker.one_in(6) {
        machine.insert("TimeoutSeconds", Json::from(maker.below(300) + 1));
    }
    Json::Object(machine)
}

/// An input that the generated machines can work with.
pub(crate) fn input(seed: u64) -> Json {
    let dice = Dice::new(seed ^ 0x1A9, 0);
    let count = dice.next_u64() % 5;
    let items: Json = (0..count)
        .map(|n| Json::from([("n", Json::from(n)), ("text", Json::from("x"))]))
        .collect();
    Json::from([
        ("n", Json::from(dice.next_u64() % 10)),
        ("items", items),
        ("text", Json::from(filler(seed))),
    ])
}

/// Now and then a text that is large enough for a row of its own.
fn filler(seed: u64) -> String {
    if seed.is_multiple_of(7) {
        "large ".repeat(2_000)
    } else {
        "small".into()
    }
}

/// How the world answers a task: the same for the same attempt, whenever it is asked.
pub(crate) fn answers(seed: u64, request: &TaskRequest) -> Vec<(Duration, TaskUpdate)> {
    let mut mixed = seed ^ u64::from(request.retry_count).wrapping_mul(0x9E37_79B9);
    for byte in request.state_name.bytes() {
        mixed = mixed.wrapping_mul(31).wrapping_add(u64::from(byte));
    }
    for iteration in &request.iterations {
        mixed = mixed
            .wrapping_mul(131)
            .wrapping_add(u64::from(iteration.index));
    }
    let dice = Dice::new(mixed, 0);
    let after = Duration::from_millis(dice.next_u64() % 4_000);
    let result = match dice.next_u64() % 8 {
        0 => Err(Failure::new("Oops", "the world is not kind")),
        1 => Err(Failure::named("Other")),
        _ => Ok(Json::from([
            ("n", Json::from(dice.next_u64() % 10)),
            ("seen", request.input.clone()),
        ])),
    };
    let started = (after / 4, TaskUpdate::Started { worker: None });
    let returned = |result| (after, TaskUpdate::Returned(result));
    match dice.next_u64() % 8 {
        // Somebody who never answers: a deadline decides, or nobody does.
        0 if request.timeout.is_some() => vec![started],
        1 => vec![
            started,
            (after / 2, TaskUpdate::Heartbeat),
            returned(result),
        ],
        2 => vec![
            returned(result),
            (after, TaskUpdate::Returned(Ok(Json::from("again")))),
        ],
        3 => vec![(after, TaskUpdate::Completed(result))],
        4 => vec![
            (after, TaskUpdate::Accepted),
            (after, TaskUpdate::Completed(result)),
        ],
        _ if request.resource.has_token() => {
            vec![
                returned(Ok(Json::object())),
                (after * 2, TaskUpdate::Completed(result)),
            ]
        }
        _ => vec![returned(result)],
    }
}

impl Maker {
    fn below(&mut self, bound: u64) -> u64 {
        self.dice.next_u64() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// `StartAt` and `States`: a line of states, each of which goes to the next or ends.
    fn states(&mut self, depth: u32) -> Object {
        let length = 1 + self.below(4);
        let names: Vec<String> = (0..length)
            .map(|_| {
                self.states += 1;
                format!("S{}", self.states)
            })
            .collect();
        let mut states = Object::new();
        for (at, name) in names.iter().enumerate() {
            let next = names.get(at + 1).map(String::as_str);
            states.insert(name.as_str(), Json::Object(self.state(depth, next)));
        }
        [
            ("StartAt", Json::from(names[0].as_str())),
            ("States", Json::Object(states)),
        ]
        .into_iter()
        .collect()
    }

    fn state(&mut self, depth: u32, next: Option<&str>) -> Object {
        let nested = depth < NESTING && self.states < STATES;
        match self.below(10) {
            0..=2 => self.task(next),
            3 => self.pass(next),
            4 => self.wait(next),
            5 if next.is_some() => choice(next.expect("checked above")),
            6 | 7 if nested => self.map(depth, next),
            8 if nested => self.parallel(depth, next),
            9 if next.is_none() => fail(),
            _ => self.pass(next),
        }
    }

    fn task(&mut self, next: Option<&str>) -> Object {
        let resource = match self.below(6) {
            0 => "arn:aws:states:us-east-1:123456789012:activity:work",
            1 => "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            2 => "arn:aws:states:::lambda:invoke",
            _ => "arn:aws:lambda:us-east-1:123456789012:function:work",
        };
        let mut state = kind("Task");
        state.insert("Resource", Json::from(resource));
        // Activities and callbacks that nobody answers would wait for ever.
        if self.one_in(2) || resource.contains("activity") {
            state.insert("TimeoutSeconds", Json::from(2 + self.below(5)));
        }
        if self.one_in(2) {
            let parameters =
                r#"{"id.$":"States.UUID()","from.$":"$","attempt.$":"$$.State.RetryCount"}"#;
            state.insert("Parameters", Json::parse(parameters).expect("JSON"));
        }
        if self.one_in(2) {
            state.insert("ResultPath", Json::from("$.result"));
        }
        self.handlers(&mut state, next);
        flow(state, next)
    }

    fn pass(&mut self, next: Option<&str>) -> Object {
        let mut state = kind("Pass");
        match self.below(4) {
            // Names are the state's own: a scope must not assign what one around it has assigned.
            0 => {
                let assign = format!(
                    r#"{{"seen{0}.$":"$","count{0}":1}}"#,
                    self.below(u64::from(u32::MAX))
                );
                state.insert("Assign", Json::parse(assign).expect("JSON"))
            }
            1 => state.insert(
                "Parameters",
                Json::parse(r#"{"n":3,"items":[1,2,3],"all.$":"$"}"#).expect("JSON"),
            ),
            2 => state.insert("ResultPath", Json::from("$.copy")),
            _ => None,
        };
        flow(state, next)
    }

    fn wait(&mut self, next: Option<&str>) -> Object {
        let mut state = kind("Wait");
        state.insert("Seconds", Json::from(self.below(20)));
        flow(state, next)
    }

    fn map(&mut self, depth: u32, next: Option<&str>) -> Object {
        let mut state = kind("Map");
        let items = if self.one_in(5) { "$.items" } else { "$.list" };
        state.insert("ItemsPath", Json::from(items));
        if items == "$.list" {
            state.insert("InputPath", Json::from("$$"));
            state.insert("ItemsPath", Json::from("$.Execution.Input.items"));
        }
        state.insert("MaxConcurrency", Json::from(self.below(4)));
        if self.one_in(3) {
            let selector = r#"{"i.$":"$$.Map.Item.Index","items.$":"States.Array(1, 2)","id.$":"States.UUID()"}"#;
            state.insert("ItemSelector", Json::parse(selector).expect("JSON"));
        }
        state.insert("ItemProcessor", Json::Object(self.states(depth + 1)));
        self.handlers(&mut state, next);
        flow(state, next)
    }

    fn parallel(&mut self, depth: u32, next: Option<&str>) -> Object {
        let mut state = kind("Parallel");
        let branches = 1 + self.below(3);
        let branches: Json = (0..branches)
            .map(|_| Json::Object(self.states(depth + 1)))
            .collect();
        state.insert("Branches", branches);
        self.handlers(&mut state, next);
        flow(state, next)
    }

    fn handlers(&mut self, state: &mut Object, next: Option<&str>) {
        if self.one_in(2) {
            let retry = r#"[{"ErrorEquals":["Oops","States.Timeout"],"IntervalSeconds":1,"MaxAttempts":2,
                "JitterStrategy":"FULL"},{"ErrorEquals":["States.ALL"],"MaxAttempts":1,"MaxDelaySeconds":2}]"#;
            state.insert("Retry", Json::parse(retry).expect("JSON"));
        }
        if let Some(next) = next.filter(|_| self.one_in(2)) {
            let catch = format!(
                r#"[{{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"{next}"}}]"#
            );
            state.insert("Catch", Json::parse(catch).expect("JSON"));
        }
    }
}

fn kind(name: &str) -> Object {
    [("Type", Json::from(name))].into_iter().collect()
}

fn flow(mut state: Object, next: Option<&str>) -> Object {
    match next {
        Some(next) => state.insert("Next", Json::from(next)),
        None => state.insert("End", Json::from(true)),
    };
    state
}

fn choice(next: &str) -> Object {
    let mut state = kind("Choice");
    let rules = format!(r#"[{{"Variable":"$.n","IsPresent":true,"Next":"{next}"}}]"#);
    state.insert("Choices", Json::parse(rules).expect("JSON"));
    state.insert("Default", Json::from(next));
    state
}

fn fail() -> Object {
    let mut state = kind("Fail");
    state.insert("Error", Json::from("Oops"));
    state
}
