//! Whether a history is the recorded one.
//!
//! Recordings were made by a test suite that parses some JSON text and, for Parallel states, masks ids: the same is done
//! to the actual history before it is compared.

use std::collections::BTreeMap;

use super::unify::{Unifier, excerpt};
use crate::value::{Json, Object};

/// How the events of two histories are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// One after the other.
    Same,
    /// As a multiset: branches and iterations overlap as they like. Ids are not compared.
    Any,
    /// The same, and the suite's own normaliser ran over the recording.
    Normalised,
}

/// Compares histories; the differences are the unifier's.
pub(super) fn histories(unifier: &mut Unifier, expected: &[Json], actual: Vec<Json>, order: Order) {
    let mut actual: Vec<Json> = actual
        .into_iter()
        .map(|event| parse_texts(&event))
        .collect();
    if order == Order::Normalised {
        actual = normalise(actual);
    }
    if expected.len() != actual.len() {
        let (wanted, found) = (types(expected), types(&actual));
        return unifier.differ(format!(
            "$.events differ in number; expected {wanted}; found {found}"
        ));
    }
    match order {
        Order::Same => unifier.member("events", &expected.to_vec().into(), &actual.into()),
        Order::Any => multisets(unifier, expected, &actual, &by_id),
        Order::Normalised => multisets(unifier, expected, &actual, &|_| BTreeMap::new()),
    }
}

fn types(events: &[Json]) -> String {
    let names: Vec<&str> = events.iter().map(type_of).collect();
    format!("{} events: {}", names.len(), names.join(", "))
}

fn type_of(event: &Json) -> &str {
    event.get("type").and_then(Json::as_str).unwrap_or_default()
}

/// Parses the members that are texts of objects, once, as the recorder did: not inside what was parsed.
pub(super) fn parse_texts(value: &Json) -> Json {
    match value {
        Json::Object(object) => {
            let parsed = |value: &Json| match value
                .as_str()
                .filter(|text| text.starts_with('{'))
                .map(Json::parse)
            {
                Some(Ok(parsed)) => parsed,
                _ => parse_texts(value),
            };
            Json::Object(
                object
                    .iter()
                    .map(|(name, value)| (name.clone(), parsed(value)))
                    .collect(),
            )
        }
        Json::Array(items) => items.iter().map(parse_texts).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

type ById<'e> = BTreeMap<i64, &'e Json>;

fn by_id(events: &[Json]) -> ById<'_> {
    events
        .iter()
        .filter_map(|event| Some((event.get("id")?.as_i64()?, event)))
        .collect()
}

/// Each expected event must find an actual one of its own.
fn multisets(
    unifier: &mut Unifier,
    expected: &[Json],
    actual: &[Json],
    index: &dyn Fn(&[Json]) -> ById<'_>,
) {
    let (wanted_by_id, found_by_id) = (index(expected), index(actual));
    let mut groups: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for event in actual {
        groups
            .entry(kind(event, &found_by_id))
            .or_default()
            .push(without_ids(event));
    }
    for (at, event) in expected.iter().enumerate() {
        let kind = kind(event, &wanted_by_id);
        let candidates = groups.entry(kind).or_default();
        let wanted = without_ids(event);
        match candidates
            .iter()
            .position(|candidate| unifier.accepts(at, &wanted, candidate))
        {
            Some(found) => _ = candidates.remove(found),
            None => {
                let near = candidates
                    .first()
                    .map_or_else(|| "none of its kind".to_owned(), excerpt);
                unifier.differ(format!(
                    "$.events[{at}] does not occur; expected {}; found {near}",
                    excerpt(&wanted)
                ));
            }
        }
    }
}

fn without_ids(event: &Json) -> Json {
    let Some(object) = event.as_object() else {
        return event.clone();
    };
    let kept = object
        .iter()
        .filter(|(name, _)| !["id", "previousEventId", "timestamp"].contains(&name.as_str()));
    Json::Object(
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// Events whose predecessor is whatever ended last.
const JOINS: [&str; 10] = [
    "MapStateSucceeded",
    "MapStateFailed",
    "MapStateExited",
    "ParallelStateSucceeded",
    "ParallelStateFailed",
    "ParallelStateExited",
    "ExecutionFailed",
    "ExecutionSucceeded",
    "MapRunSucceeded",
    "MapRunFailed",
];

/// What an event and its predecessor are, ids aside.
fn kind(event: &Json, by_id: &ById<'_>) -> String {
    let previous = event
        .get("previousEventId")
        .and_then(Json::as_i64)
        .and_then(|id| by_id.get(&id));
    match previous.filter(|_| !JOINS.contains(&type_of(event))) {
        Some(previous) => format!("{} after {}", head(event), head(previous)),
        None => head(event),
    }
}

/// The type, and the state or iteration if it tells one.
fn head(event: &Json) -> String {
    let members = event.as_object().into_iter().flat_map(Object::iter);
    let details = members
        .filter(|(name, _)| name.ends_with("EventDetails"))
        .map(|(_, details)| details);
    let named = details.map(|details| (details.get("name"), details.get("index")));
    match named
        .into_iter()
        .find(|(name, index)| name.is_some() || index.is_some())
    {
        Some((name, index)) => format!("{} {name:?} {index:?}", type_of(event)),
        None => type_of(event).to_owned(),
    }
}

const PARALLEL_ENDS: [&str; 4] = [
    "ParallelStateSucceeded",
    "ParallelStateAborted",
    "ParallelStateExited",
    "ParallelStateFailed",
];

/// What the suite's normaliser leaves of a history: ids inside a Parallel state masked and, by a quirk of it,
/// `ParallelStateSucceeded` dropped.
fn normalise(events: Vec<Json>) -> Vec<Json> {
    let mut kept: Vec<Json> = Vec::new();
    // Where the events inside the last Parallel state begin, and those events.
    let mut inside: Option<(usize, Vec<Json>)> = None;
    let mut is_open = false;
    for event in events {
        let name = type_of(&event);
        if PARALLEL_ENDS.contains(&name) {
            if let Some((start, events)) = &inside {
                kept.truncate(*start);
                kept.extend(events.iter().cloned());
            }
            is_open = false;
            kept.push(event);
        } else if name == "ParallelStateStarted" {
            kept.push(event);
            inside = Some((kept.len(), Vec::new()));
            is_open = true;
        } else if let Some((_, events)) = inside.as_mut().filter(|_| is_open) {
            let masked = mask_ids(event);
            events.push(masked.clone());
            kept.push(masked);
        } else {
            kept.push(event);
        }
    }
    kept
}

fn mask_ids(mut event: Json) -> Json {
    if let Json::Object(object) = &mut event {
        object.insert("id", vec![Json::from(0)].into());
        object.insert("previousEventId", 0.into());
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(list: &[(i64, i64, &str)]) -> Vec<Json> {
        let event = |&(id, previous, name): &(i64, i64, &str)| {
            Json::from([
                ("id", Json::from(id)),
                ("previousEventId", Json::from(previous)),
                ("type", name.into()),
            ])
        };
        list.iter().map(event).collect()
    }

    fn check(expected: &[(i64, i64, &str)], actual: &[(i64, i64, &str)], order: Order, same: bool) {
        let mut unifier = Unifier::default();
        histories(&mut unifier, &events(expected), events(actual), order);
        let differences = unifier.into_differences();
        assert_eq!(differences.is_empty(), same, "{differences:?}");
    }

    #[test]
    fn ids_count_unless_branches_overlap() {
        let (a, b) = (
            [(1, 0, "A"), (2, 1, "B"), (3, 1, "C")],
            [(1, 0, "A"), (2, 1, "C"), (3, 1, "B")],
        );
        check(&a, &a, Order::Same, true);
        check(&a, &b, Order::Same, false);
        check(&a, &b, Order::Any, true);
        check(
            &a,
            &[(1, 0, "A"), (2, 1, "B"), (3, 2, "C")],
            Order::Any,
            false,
        );
        check(
            &a,
            &[(1, 0, "A"), (2, 1, "B"), (3, 1, "B")],
            Order::Any,
            false,
        );
        check(&a, &a[..2], Order::Any, false);
    }

    #[test]
    fn a_join_may_follow_any_branch() {
        let start = [(1, 0, "A"), (2, 1, "B"), (3, 1, "C")];
        let ends_after = |previous| [&start[..], &[(4, previous, "ParallelStateExited")]].concat();
        check(&ends_after(2), &ends_after(3), Order::Any, true);
    }

    #[test]
    fn the_events_of_a_parallel_state_are_normalised_as_the_suite_does_it() {
        let actual = [
            (1, 0, "ExecutionStarted"),
            (2, 1, "ParallelStateStarted"),
            (3, 2, "A"),
            (4, 3, "ParallelStateSucceeded"),
            (5, 3, "ParallelStateExited"),
            (6, 5, "ExecutionSucceeded"),
        ];
        let types: Vec<String> = normalise(events(&actual))
            .iter()
            .map(|event| type_of(event).to_owned())
            .collect();
        assert_eq!(
            types,
            [
                "ExecutionStarted",
                "ParallelStateStarted",
                "A",
                "ParallelStateExited",
                "ExecutionSucceeded"
            ]
        );
        let inside = &normalise(events(&actual))[2];
        assert_eq!(inside.get("id"), Some(&vec![Json::from(0)].into()));
    }

    #[test]
    fn texts_of_objects_are_parsed_once() {
        let value = Json::parse(
            r#"{"a": "{\"b\": \"{}\"}", "c": "[1]", "d": ["{}", {"e": "{}"}], "f": "{x"}"#,
        )
        .unwrap();
        let parsed =
            Json::parse(r#"{"a": {"b": "{}"}, "c": "[1]", "d": ["{}", {"e": {}}], "f": "{x"}"#)
                .unwrap();
        assert_eq!(parse_texts(&value), parsed);
    }
}
