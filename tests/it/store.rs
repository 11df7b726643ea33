//! The contract of a store: what every backend must do.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test it helps"
)]

use crate::sfn_run::Folder;
use sfn::Json;
use sfn::Machine;
use sfn::engine::{Effects, Event, EventKind, Execution, RowChange, RowKey, RowKind, Start};
use sfn::store::{
    self, Commit, Cursor, Due, Durability, Entry, Error, Expected, Item, Keys, Kind, Memory, Order,
    Query, Record, Span, Sqlite, Standing, Status, Store, Summary, Write,
};
use sfn::value::Text;
use sfn::value::Timestamp;

/// Holds every backend to a rule.
fn every(rule: impl Fn(&dyn Store)) {
    rule(&Memory::new());
    let folder = Folder::new();
    rule(&Sqlite::open(folder.0.join("full.db"), Durability::Full).unwrap());
    rule(&Sqlite::open(folder.0.join("relaxed.db"), Durability::Relaxed).unwrap());
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn arn(name: &str) -> Text {
    format!("arn:aws:states:us-east-1:1:execution:m:{name}").into()
}

fn record(name: &str, started: i64) -> Record {
    Record {
        summary: Summary {
            execution: arn(name),
            name: name.into(),
            machine: "m".into(),
            version: None,
            alias: None,
            map_run: None,
            status: Status::Running,
            started: at(started),
            stopped: None,
            redrive_count: 0,
            redriven: None,
        },
        details: r#"{"input":"{}"}"#.to_owned(),
    }
}

fn created(name: &str, started: i64) -> Commit {
    Commit {
        execution: arn(name),
        expected: 0,
        record: Some(record(name, started)),
        rows: Vec::new(),
        history: Vec::new(),
        standing: Standing::default(),
    }
}

fn step(name: &str, expected: u64) -> Commit {
    Commit {
        record: None,
        expected,
        ..created(name, 0)
    }
}

fn entry(id: u64) -> Entry {
    let event = format!(r#"{{"id":{id},"text":"line\n and ünicode"}}"#);
    Entry { id, event }
}

fn key(kind: RowKind, owner: u64, index: u32) -> RowKey {
    RowKey { kind, owner, index }
}

#[test]
fn a_name_is_given_once() {
    every(|store| {
        assert_eq!(store::commit(store, created("a", 1)), Ok(1));
        assert_eq!(
            store::commit(store, created("a", 2)),
            Err(Error::Exists(arn("a")))
        );
        let kept = store.record(&arn("a")).unwrap().unwrap();
        assert_eq!(kept, record("a", 1));
    });
}

#[test]
fn whoever_has_an_old_revision_changes_nothing() {
    every(|store| {
        assert_eq!(
            store::commit(store, step("a", 1)),
            Err(Error::Missing(arn("a")))
        );
        store::commit(store, created("a", 1)).unwrap();
        assert_eq!(store::commit(store, step("a", 1)), Ok(2));
        let late = Commit {
            history: vec![entry(9)],
            ..step("a", 1)
        };
        let conflict = Error::Conflict {
            key: arn("a"),
            expected: 1,
            found: 2,
        };
        assert_eq!(store::commit(store, late), Err(conflict));
        let span = Span {
            order: Order::OldestFirst,
            after: None,
            limit: 10,
        };
        assert_eq!(store.history(&arn("a"), span), Ok(Vec::new()));
        assert_eq!(store.load(&arn("a")).unwrap().unwrap().revision, 2);
        assert_eq!(store.load("nobody"), Ok(None));
    });
}

#[test]
fn rows_are_put_replaced_and_taken_away() {
    every(|store| {
        let slot = key(RowKind::Slot, 0, 0);
        let high = key(RowKind::Payload, u64::MAX, 0);
        let put = |key, text: &str| RowChange::Put(key, text.to_owned());
        let result = |index| put(key(RowKind::Result, 7, index), "r");
        let first = Commit {
            rows: vec![
                put(slot, "one"),
                put(high, "p"),
                result(0),
                result(u32::MAX),
                put(key(RowKind::Result, 8, 1), "other"),
            ],
            standing: Standing {
                wake_at: Some(at(5)),
                owing: true,
                ahead: -3,
            },
            ..created("a", 1)
        };
        store::commit(store, first.clone()).unwrap();
        let stored = store.load(&arn("a")).unwrap().unwrap();
        assert_eq!(stored.rows.iter().count(), 5);
        assert_eq!(stored.standing, first.standing);
        let second = Commit {
            rows: vec![
                put(slot, "two"),
                RowChange::Delete(high),
                RowChange::Delete(key(RowKind::Slot, 99, 0)),
                RowChange::Clear(RowKind::Result, 7),
            ],
            ..step("a", 1)
        };
        store::commit(store, second).unwrap();
        let stored = store.load(&arn("a")).unwrap().unwrap();
        let rows: Vec<(RowKey, &str)> = stored.rows.iter().collect();
        let expected = [(slot, "two"), (key(RowKind::Result, 8, 1), "other")];
        assert_eq!(rows, expected);
        assert_eq!(stored.standing, Standing::default());
    });
}

#[test]
fn a_history_is_read_from_both_ends() {
    every(|store| {
        store::commit(store, created("a", 1)).unwrap();
        for (expected, ids) in (1..).zip([vec![1, 2, 3], vec![], vec![4], vec![7, 8]]) {
            let history = ids.into_iter().map(entry).collect();
            let commit = Commit {
                history,
                ..step("a", expected)
            };
            store::commit(store, commit).unwrap();
        }
        let check = |order, after, limit, expected: &[u64]| {
            let span = Span {
                order,
                after,
                limit,
            };
            let found = store.history(&arn("a"), span).unwrap();
            let expected: Vec<Entry> = expected.iter().map(|id| entry(*id)).collect();
            assert_eq!(found, expected, "{span:?}");
        };
        check(Order::OldestFirst, None, 100, &[1, 2, 3, 4, 7, 8]);
        check(Order::OldestFirst, None, 2, &[1, 2]);
        check(Order::OldestFirst, Some(2), 3, &[3, 4, 7]);
        check(Order::OldestFirst, Some(8), 3, &[]);
        check(Order::NewestFirst, None, 3, &[8, 7, 4]);
        check(Order::NewestFirst, Some(3), 9, &[2, 1]);
        check(Order::NewestFirst, Some(1), 9, &[]);
        check(Order::OldestFirst, None, 0, &[]);
    });
}

#[test]
fn lists_tell_the_newest_first_page_by_page() {
    every(|store| {
        for (name, started) in [("a", 3), ("b", 5), ("c", 5), ("d", 1), ("e", 4)] {
            store::commit(store, created(name, started)).unwrap();
        }
        let mut ended = record("e", 4);
        ended.summary.status = Status::Failed;
        ended.summary.stopped = Some(at(9));
        ended.summary.redrive_count = 1;
        ended.summary.redriven = Some(at(8));
        let commit = Commit {
            record: Some(ended.clone()),
            ..step("e", 1)
        };
        store::commit(store, commit).unwrap();
        assert_eq!(store.record(&arn("e")), Ok(Some(ended)));
        let mut elsewhere = created("x", 6);
        let other = &mut elsewhere.record.as_mut().unwrap().summary;
        (other.machine, other.version) = ("n".into(), Some("n:1".into()));
        store::commit(store, elsewhere).unwrap();

        let names = |query: Query| -> (String, Option<Cursor>) {
            let page = store.list(&query).unwrap();
            let names = page.executions.iter().map(|each| each.name.as_str());
            (names.collect(), page.next)
        };
        let all = Query {
            machine: Some("m".into()),
            limit: 10,
            ..Query::default()
        };
        assert_eq!(names(all.clone()), ("cbead".to_owned(), None));
        let (first, next) = names(Query {
            limit: 2,
            ..all.clone()
        });
        assert_eq!(first, "cb");
        let (second, next) = names(Query {
            limit: 2,
            after: next.map(|next| next.to_string().parse().unwrap()),
            ..all.clone()
        });
        assert_eq!(second, "ea");
        let (third, next) = names(Query {
            limit: 2,
            after: next,
            ..all.clone()
        });
        assert_eq!((third.as_str(), next), ("d", None));
        let running = Query {
            status: Some(Status::Running),
            ..all.clone()
        };
        assert_eq!(names(running).0, "cbad");
        let redriven = Query {
            redriven: Some(true),
            ..all
        };
        assert_eq!(names(redriven).0, "e");
        let version = Query {
            version: Some("n:1".into()),
            limit: 1,
            ..Query::default()
        };
        assert_eq!(names(version), ("x".to_owned(), None));
    });
}

#[test]
fn what_time_moves_and_what_is_owed_is_found() {
    every(|store| {
        for (name, wake_at, owing) in [
            ("a", Some(30), true),
            ("b", None, false),
            ("c", Some(10), false),
            ("d", Some(30), true),
        ] {
            let standing = Standing {
                wake_at: wake_at.map(at),
                owing,
                ahead: 0,
            };
            let commit = Commit {
                standing,
                ..created(name, 1)
            };
            store::commit(store, commit).unwrap();
        }
        let due = |name: &str, millis| Due {
            at: at(millis),
            execution: arn(name),
        };
        assert_eq!(store.due(at(9), None, 9), Ok(vec![]));
        assert_eq!(store.due(at(29), None, 9), Ok(vec![due("c", 10)]));
        let first = store.due(at(30), None, 2).unwrap();
        assert_eq!(first, [due("c", 10), due("a", 30)]);
        assert_eq!(store.due(at(30), first.last(), 2), Ok(vec![due("d", 30)]));
        assert_eq!(store.owing(None, 1), Ok(vec![arn("a")]));
        assert_eq!(store.owing(Some(&arn("a")), 9), Ok(vec![arn("d")]));
        store::commit(store, step("a", 1)).unwrap();
        assert_eq!(store.owing(None, 9), Ok(vec![arn("d")]));
        assert_eq!(
            store.due(at(99), None, 9),
            Ok(vec![due("c", 10), due("d", 30)])
        );
    });
}

#[test]
fn what_is_long_over_is_forgotten() {
    every(|store| {
        for (name, stopped) in [("a", Some(5)), ("b", None), ("c", Some(9)), ("d", Some(5))] {
            let mut commit = created(name, 1);
            let summary = &mut commit.record.as_mut().unwrap().summary;
            summary.stopped = stopped.map(at);
            summary.status = stopped.map_or(Status::Running, |_| Status::Succeeded);
            commit.history = vec![entry(1)];
            store::commit(store, commit).unwrap();
        }
        assert_eq!(store.expire(at(9), 1), Ok(1));
        assert_eq!(store.expire(at(9), 9), Ok(1));
        assert_eq!(store.expire(at(9), 9), Ok(0));
        for (name, is_there) in [("a", false), ("b", true), ("c", true), ("d", false)] {
            assert_eq!(
                store.record(&arn(name)).unwrap().is_some(),
                is_there,
                "{name}"
            );
        }
        // The name is free again, and nothing of the one before is there.
        store::commit(store, created("a", 7)).unwrap();
        let span = Span {
            order: Order::OldestFirst,
            after: None,
            limit: 9,
        };
        assert_eq!(store.history(&arn("a"), span), Ok(vec![]));
    });
}

#[test]
fn records_of_the_catalogue_change_together_or_not_at_all() {
    every(|store| {
        let create = |key: &str| Write::create(Kind::Alias, key, "{}");
        assert_eq!(store.write(vec![create("a"), create("b")]), Ok(vec![1, 1]));
        let taken = store.write(vec![create("c"), create("a")]);
        assert_eq!(taken, Err(Error::Exists("a".into())));
        assert_eq!(store.get(Kind::Alias, "c"), Ok(None));
        assert_eq!(store.get(Kind::Version, "a"), Ok(None));

        let read = store.get(Kind::Alias, "a").unwrap().unwrap();
        assert_eq!(
            store.write(vec![Write::replace(Kind::Alias, &read, "1")]),
            Ok(vec![2])
        );
        let conflict = Error::Conflict {
            key: "a".into(),
            expected: 1,
            found: 2,
        };
        let late = vec![
            Write::delete(Kind::Alias, "b"),
            Write::replace(Kind::Alias, &read, "2"),
        ];
        assert_eq!(store.write(late), Err(conflict));
        assert!(store.get(Kind::Alias, "b").unwrap().is_some());
        let gone = Write {
            expected: Expected::Revision(1),
            ..Write::put(Kind::Alias, "nobody", "")
        };
        assert_eq!(
            store.write(vec![gone]),
            Err(Error::Missing("nobody".into()))
        );

        assert_eq!(
            store.write(vec![Write::put(Kind::Alias, "a", "3")]),
            Ok(vec![3])
        );
        assert_eq!(
            store.write(vec![Write::delete(Kind::Alias, "a")]),
            Ok(vec![0])
        );
        assert_eq!(
            store.write(vec![Write::delete(Kind::Alias, "a")]),
            Ok(vec![0])
        );
        assert_eq!(store.write(vec![create("a")]), Ok(vec![1]));
    });
}

#[test]
fn records_are_listed_by_prefix_in_the_order_of_their_keys() {
    every(|store| {
        let keys = ["m/2", "m/1", "n/1", "m/10", "ma", "l"];
        let writes = keys
            .map(|key| Write::create(Kind::Version, key, key))
            .to_vec();
        store.write(writes).unwrap();
        store
            .write(vec![Write::create(Kind::Tags, "m/3", "")])
            .unwrap();
        let check = |prefix: &str, after: Option<&str>, limit, expected: &[&str]| {
            let keys = Keys {
                kind: Kind::Version,
                prefix: prefix.into(),
                after: after.map(Text::from),
                limit,
            };
            let items = store.items(&keys).unwrap();
            let found: Vec<&str> = items.iter().map(|Item { key, .. }| key.as_str()).collect();
            assert_eq!(found, expected, "{keys:?}");
        };
        check("m/", None, 9, &["m/1", "m/10", "m/2"]);
        check("m/", None, 2, &["m/1", "m/10"]);
        check("m/", Some("m/10"), 9, &["m/2"]);
        check("m/", Some("a"), 1, &["m/1"]);
        check("", None, 9, &["l", "m/1", "m/10", "m/2", "ma", "n/1"]);
        check("z", None, 9, &[]);
    });
}

#[test]
fn a_file_keeps_what_it_was_given_and_belongs_to_one_process() {
    let folder = Folder::new();
    let path = folder.0.join("store.db");
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    let commit = Commit {
        history: vec![entry(1)],
        ..created("a", 1)
    };
    store::commit(&store, commit).unwrap();
    let second = Sqlite::open(&path, Durability::Full).map(drop);
    assert!(matches!(second, Err(Error::InUse(_))), "{second:?}");
    drop(store);
    let address = format!("sqlite:{}", path.display());
    let store = store::open(&address, Durability::Full).unwrap();
    assert_eq!(store.record(&arn("a")), Ok(Some(record("a", 1))));
}

#[test]
fn a_file_of_a_newer_format_and_a_file_of_something_else_are_refused() {
    let folder = Folder::new();
    let path = folder.0.join("newer.db");
    drop(Sqlite::open(&path, Durability::Full).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 77).unwrap();
    drop(connection);
    let refused = Sqlite::open(&path, Durability::Full).map(drop);
    assert!(
        matches!(refused, Err(Error::TooNew { found: 77, .. })),
        "{refused:?}"
    );

    let path = folder.0.join("text.db");
    std::fs::write(&path, "this is no database\n".repeat(1_000)).unwrap();
    let refused = Sqlite::open(&path, Durability::Full).map(drop);
    assert!(matches!(refused, Err(Error::Damaged(_))), "{refused:?}");

    for address in ["", "sqlite:", "postgres://host/db"] {
        let refused = store::open(address, Durability::Full).map(drop);
        assert!(matches!(refused, Err(Error::Address(_))), "{refused:?}");
    }
}

#[test]
fn a_snapshot_goes_through_every_store() {
    let definition = r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","End":true,"ItemProcessor":{
        "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}}}}"#;
    let machine = Machine::parse(definition).unwrap();
    every(|store| {
        let mut execution = Execution::new();
        let long = "x".repeat(10_000);
        let input = Json::parse(format!(
            r#"{{"items":[1,2,12345678901234567890123],"long":"{long}"}}"#
        ))
        .unwrap();
        let kind = EventKind::Begun(Box::new(Start::new(input)));
        let begun = Event { at: at(0), kind };
        execution.advance(&machine, begun, &mut Effects::default());
        let mut commit = created("a", 0);
        commit.rows = execution.changes(&machine).rows;
        store::commit(store, commit).unwrap();
        let rows = store.load(&arn("a")).unwrap().unwrap().rows;
        let mut back = Execution::from_parts(&machine, &rows).unwrap();
        assert_eq!(back.to_parts(&machine), execution.to_parts(&machine));
        back.advance(&machine, Event::tick(at(60_000)), &mut Effects::default());
        let outcome = back.outcome().and_then(|outcome| outcome.output()).unwrap();
        assert_eq!(outcome.to_string(), "[1,2,12345678901234567890123]");
    });
}
