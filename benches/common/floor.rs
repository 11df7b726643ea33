//! The least that a program can do for a workload: written for it alone, without a machine, a language or failures, over
//! the same values. With `events`, it keeps an event wherever the engine records one.

use sfn::Json;
use sfn::value::{Object, Shape, Text};

/// An event at its smallest: its number, the one before, the time, what it is, and a payload that is shared.
struct Event {
    _numbers: (u64, u64, i64, u8),
    _payload: Json,
}

/// The events of a program, if they are kept.
struct Events(Option<Vec<Event>>);

impl Events {
    fn new(events: bool) -> Self {
        Self(events.then(Vec::new))
    }

    fn push(&mut self, kind: u8, payload: &Json) {
        if let Some(events) = &mut self.0 {
            let id = events.len() as u64 + 1;
            events.push(Event {
                _numbers: (id, id - 1, 0, kind),
                _payload: payload.clone(),
            });
        }
    }

    fn end(self) -> usize {
        self.0.map_or(0, |events| events.len())
    }
}

/// The names of the objects that a program makes, which they share.
fn shape<const COUNT: usize>(names: [&str; COUNT]) -> Shape {
    Shape::new(names.map(Text::from).to_vec()).expect("the names differ")
}

fn object<const COUNT: usize>(shape: &Shape, values: [Json; COUNT]) -> Json {
    Json::Object(Object::of(shape.clone(), values.into()))
}

fn put(value: &mut Json, name: &'static str, member: Json) {
    if let Json::Object(object) = value {
        object.insert(name, member);
    }
}

/// A hundred times: an object of three members, put into the input.
pub(crate) fn w1(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let mut value = input.clone();
    let names = shape(["v", "tag", "k"]);
    for number in 0..100_i64 {
        events.push(0, &value);
        let n = value.get("n").cloned().unwrap_or_default();
        let value_of = [n, Json::from("s"), Json::from(number)];
        let last = object(&names, value_of);
        put(&mut value, "last", last);
        events.push(1, &value);
    }
    events.end()
}

/// Ten thousand times: a number raised, an object of two members, a comparison.
pub(crate) fn w2(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let mut value = input.clone();
    let counter = shape(["i", "limit"]);
    loop {
        events.push(0, &value);
        let number = |name| value.get(name).and_then(Json::as_i64).unwrap_or_default();
        let (i, limit) = (number("i") + 1, number("limit"));
        value = object(&counter, [Json::from(i), Json::from(limit)]);
        events.push(1, &value);
        events.push(2, &value);
        events.push(3, &value);
        if i >= limit {
            return events.end();
        }
    }
}

/// For each item an object of two members.
pub(crate) fn w3(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let items = input
        .get("items")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let done = shape(["id", "ok"]);
    let results: Vec<Json> = items
        .iter()
        .map(|item| {
            events.push(0, &Json::Null);
            events.push(1, item);
            let id = item.get("id").cloned().unwrap_or_default();
            let result = object(&done, [id, Json::Bool(true)]);
            events.push(2, &result);
            events.push(3, &Json::Null);
            result
        })
        .collect();
    Json::from(results).length() + events.end()
}

/// Ten branches of five: an object of two members, put into the input.
pub(crate) fn w4(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let made = shape(["b", "i"]);
    let branches: Vec<Json> = (0..10_i64)
        .map(|branch| {
            let mut value = input.clone();
            for number in 0..5_i64 {
                events.push(0, &value);
                let result = object(&made, [Json::from(branch), Json::from(number)]);
                put(&mut value, "r", result);
                events.push(1, &value);
            }
            value
        })
        .collect();
    Json::from(branches).length() + events.end()
}

/// So many times: a call, and its result put into the input.
pub(crate) fn w5(input: &Json, tasks: usize, events: bool) -> usize {
    let mut events = Events::new(events);
    let mut value = input.clone();
    let answer = shape(["ok"]);
    for _ in 0..tasks {
        for kind in 0..3 {
            events.push(kind, &value);
        }
        let result = object(&answer, [Json::Bool(true)]);
        events.push(3, &result);
        put(&mut value, "r", result);
        events.push(4, &value);
    }
    events.end()
}

/// A hundred times: a number raised, a text in capitals, an object of three members.
pub(crate) fn w6a(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let mut value = input.clone();
    let names = shape(["n", "tag", "name"]);
    for _ in 0..100 {
        events.push(0, &value);
        let n = value.get("n").and_then(Json::as_i64).unwrap_or_default() + 1;
        let name = value.get("name").and_then(Json::as_str);
        let name = Json::from(name.unwrap_or_default().to_uppercase());
        value = object(&names, [Json::from(n), Json::from("s"), name]);
        events.push(1, &value);
    }
    events.end()
}

/// For each item an object of two members, in one state.
pub(crate) fn w6b(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    events.push(0, input);
    let items = input
        .get("items")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let names = shape(["id", "d"]);
    let results: Vec<Json> = items
        .iter()
        .map(|item| {
            let id = item.get("id").and_then(Json::as_i64).unwrap_or_default();
            object(&names, [Json::from(id), Json::from(id * 2)])
        })
        .collect();
    let result = Json::from(results);
    events.push(1, &result);
    result.length() + events.end()
}

/// Four calls, of which three fail.
pub(crate) fn w9(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    events.push(0, input);
    for call in 0..4 {
        for kind in 1..4 {
            events.push(kind + call, input);
        }
    }
    events.push(20, input);
    events.end()
}

/// A hundred times: a number put into an object of 32 members.
pub(crate) fn wide(input: &Json, events: bool) -> usize {
    let mut events = Events::new(events);
    let mut value = input.clone();
    for number in 0..100_i64 {
        events.push(0, &value);
        put(&mut value, "k7", Json::from(number));
        events.push(1, &value);
    }
    events.end()
}
