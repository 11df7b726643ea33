//! The durable driver: what it promises, on a store that is left and opened again at every step.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test it helps"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sfn::driver::durable::{
    Details, Durable, Error, Handling, Keep, Options, Pace, Signal, StartRequest,
};
use sfn::engine::{Failure, Identity, Start, TaskRequest, TaskUpdate, TokenError};
use sfn::resolver::{Call, Registry, Resolver, Updates};
use sfn::store::{Entry, Kind, Memory, Order, Record, Span, Status, Store, Write};
use sfn::value::Text;
use sfn::{Json, Machine};

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().unwrap();
    // What hangs is wrong: better told than waited for.
    let limit = Duration::from_secs(60);
    runtime.block_on(async { tokio::time::timeout(limit, future).await.expect("it ends") })
}

pub(crate) fn arn(name: &str) -> Text {
    format!("arn:aws:states:us-east-1:123456789012:execution:m:{name}").into()
}

pub(crate) fn request(machine: &Arc<Machine>, name: &str, input: &str) -> StartRequest {
    let mut start = Start::new(Json::parse(input).unwrap());
    start.identity = Arc::new(Identity {
        execution_arn: arn(name),
        name: name.into(),
        ..Identity::default()
    });
    StartRequest::new(machine.clone(), start)
}

pub(crate) fn machine(text: &str) -> Arc<Machine> {
    Arc::new(Machine::parse(text).unwrap())
}

fn task(resource: &str, more: &str) -> Arc<Machine> {
    machine(&format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","End":true{more}}}}}}}"#
    ))
}

pub(crate) fn options(store: &Arc<dyn Store>, resolver: impl Resolver + 'static) -> Options {
    Options {
        workers: 2,
        pace: Pace::VIRTUAL,
        ..Options::new(store.clone(), Arc::new(resolver))
    }
}

pub(crate) fn memory() -> Arc<dyn Store> {
    Arc::new(Memory::new())
}

pub(crate) fn output(record: &Record) -> String {
    Details::of(record).output.unwrap_or_default()
}

/// The types of a history's events.
pub(crate) fn history(store: &dyn Store, name: &str) -> Vec<String> {
    let span = Span {
        order: Order::OldestFirst,
        after: None,
        limit: usize::MAX,
    };
    let entries = store.history(&arn(name), span).unwrap();
    entries.iter().map(kind).collect()
}

fn kind(entry: &Entry) -> String {
    let event = Json::parse(&entry.event).unwrap();
    assert_eq!(
        event.get("id").and_then(Json::as_i64),
        Some(entry.id as i64)
    );
    event.get("type").and_then(Json::as_str).unwrap().to_owned()
}

#[test]
fn an_execution_is_in_the_store_when_its_start_is_answered() {
    block_on(async {
        let store = memory();
        let driver = Durable::open(options(&store, Registry::new())).unwrap();
        let pass = machine(r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#);
        let started = driver
            .start(request(&pass, "a", r#"{"x":1.0}"#))
            .await
            .unwrap();
        let record = driver.ended(&started.execution).await.unwrap();
        assert_eq!(record.summary.status, Status::Succeeded);
        assert_eq!(store.record(&started.execution), Ok(Some(record)));
        let again = driver.start(request(&pass, "a", "{}")).await;
        assert_eq!(again, Err(Error::Exists(arn("a"))));
        assert_eq!(
            driver.ended("nobody").await,
            Err(Error::Missing("nobody".into()))
        );
        let expected = [
            "ExecutionStarted",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded",
        ];
        assert_eq!(history(&*store, "a"), expected);
        driver.close(Duration::from_secs(9)).await;
        assert_eq!(
            driver.start(request(&pass, "b", "{}")).await,
            Err(Error::Closing)
        );
    });
}

#[test]
fn waits_take_no_time_where_time_is_virtual_and_the_history_tells_of_a_year() {
    block_on(async {
        let store = memory();
        let driver = Durable::open(options(&store, Registry::new())).unwrap();
        let wait = machine(
            r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":31536000,"End":true}}}"#,
        );
        let record = driver.run(request(&wait, "a", "{}")).await.unwrap();
        let summary = record.summary;
        assert_eq!(
            summary.stopped.unwrap().since(summary.started).as_secs(),
            31_536_000
        );
    });
}

#[test]
fn a_task_that_was_not_answered_is_asked_for_again_with_the_same_ticket() {
    block_on(async {
        let store = memory();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = asked.clone();
        let (begun, began) = tokio::sync::oneshot::channel();
        let begun = Mutex::new(Some(begun));
        let never = move |request: &Arc<TaskRequest>, _: &Updates| {
            seen.lock().unwrap().push(request.ticket.to_string());
            begun.lock().unwrap().take().unwrap().send(()).unwrap();
            Call::later(std::future::pending())
        };
        let first = Durable::open(options(&store, never)).unwrap();
        first
            .start(request(&task("work", ""), "a", "7"))
            .await
            .unwrap();
        began.await.unwrap();
        first.close(Duration::ZERO).await;

        let seen = asked.clone();
        let done = move |request: &Arc<TaskRequest>, _: &Updates| {
            seen.lock().unwrap().push(request.ticket.to_string());
            Call::Done(Ok(request.input.clone()))
        };
        let second = Durable::open(options(&store, done)).unwrap();
        let record = second.ended(&arn("a")).await.unwrap();
        assert_eq!(output(&record), "7");
        let asked = asked.lock().unwrap();
        assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
    });
}

#[test]
fn a_callback_finds_its_execution_after_it_left_memory() {
    block_on(async {
        let store = memory();
        let sent: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
        let keeper = sent.clone();
        let registry = Registry::new().function("sqs:*", move |input: Json| {
            let text = |name| input.get(name).and_then(Json::as_str).unwrap().to_owned();
            keeper.lock().unwrap().insert(text("name"), text("token"));
            Ok(Json::object())
        });
        let options = Options {
            resident: 0,
            ..options(&store, registry)
        };
        let driver = Durable::open(options).unwrap();
        let wait = task(
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            r#","Parameters":{"token.$":"$$.Task.Token","name.$":"$$.Execution.Name"}"#,
        );
        for name in ["a", "b", "c"] {
            driver.start(request(&wait, name, "{}")).await.unwrap();
        }
        let token = loop {
            let sent = sent.lock().unwrap().get("b").cloned();
            match sent {
                Some(token) => break token,
                None => tokio::task::yield_now().await,
            }
        };
        while driver.metrics().resident.get() > 0 {
            tokio::task::yield_now().await;
        }
        let say = |update| Signal::Token {
            token: token.clone(),
            update,
        };
        let wrong = driver.signal(&arn("a"), say(TaskUpdate::Heartbeat)).await;
        assert_eq!(wrong, Err(Error::Token(TokenError::Invalid)));
        driver
            .signal(&arn("b"), say(TaskUpdate::Heartbeat))
            .await
            .unwrap();
        let done = TaskUpdate::Completed(Ok(5.into()));
        driver.signal(&arn("b"), say(done.clone())).await.unwrap();
        let late = driver.signal(&arn("b"), say(done)).await;
        assert_eq!(late, Err(Error::Token(TokenError::TimedOut)));
        assert_eq!(output(&driver.ended(&arn("b")).await.unwrap()), "5");
        assert!(driver.metrics().loads.get() > 0 && driver.metrics().evictions.get() > 0);
    });
}

#[test]
fn workers_poll_for_the_tasks_of_an_activity_also_after_a_restart() {
    block_on(async {
        let store = memory();
        let activity = "arn:aws:states:us-east-1:123456789012:activity:a";
        store
            .write(vec![Write::create(Kind::Activity, activity, "{}")])
            .unwrap();
        let driver = Durable::open(options(&store, Registry::new())).unwrap();
        let nothing = driver.poll(activity, None, Duration::ZERO).await;
        assert_eq!(nothing, Ok(None));
        let work = task(activity, "");
        driver
            .start(request(&work, "a", r#"{"n":1}"#))
            .await
            .unwrap();
        driver.close(Duration::from_secs(9)).await;

        let driver = Durable::open(options(&store, Registry::new())).unwrap();
        let patience = Duration::from_secs(30);
        let given = driver
            .poll(activity, Some("me"), patience)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(given.input, r#"{"n":1}"#);
        let signal = Signal::Token {
            token: given.token.as_str().to_owned(),
            update: TaskUpdate::Completed(Ok("done".into())),
        };
        driver.signal(&arn("a"), signal).await.unwrap();
        assert_eq!(output(&driver.ended(&arn("a")).await.unwrap()), r#""done""#);
        let expected = [
            "ExecutionStarted",
            "TaskStateEntered",
            "ActivityScheduled",
            "ActivityStarted",
            "ActivitySucceeded",
            "TaskStateExited",
            "ExecutionSucceeded",
        ];
        assert_eq!(history(&*store, "a"), expected);
    });
}

#[test]
fn a_poll_waits_for_a_task_that_comes_later() {
    block_on(async {
        let store = memory();
        let activity = "arn:aws:states:us-east-1:123456789012:activity:a";
        let options = Options {
            router: Some(Arc::new(|_: &TaskRequest| Handling::Queue)),
            ..options(&store, Registry::new())
        };
        let driver = Durable::open(options).unwrap();
        let work = task(activity, "");
        let polls =
            ["p", "q"].map(|worker| driver.poll(activity, Some(worker), Duration::from_secs(30)));
        let [first, second] = polls;
        let starts = async {
            driver.start(request(&work, "a", "1")).await.unwrap();
            driver.start(request(&work, "b", "2")).await.unwrap();
        };
        let (first, second, ()) = tokio::join!(first, second, starts);
        let mut inputs = [first, second].map(|task| task.unwrap().unwrap().input);
        inputs.sort_unstable();
        assert_eq!(inputs, ["1", "2"]);
    });
}

#[test]
fn executions_are_stopped_and_redriven() {
    block_on(async {
        let store = memory();
        let fails = Arc::new(Mutex::new(true));
        let broken = fails.clone();
        let registry = Registry::new().function("work", move |input| {
            if *broken.lock().unwrap() {
                Err(Failure::named("Broken"))
            } else {
                Ok(input)
            }
        });
        let driver = Durable::open(options(&store, registry)).unwrap();
        let failed = driver
            .run(request(&task("work", ""), "a", "3"))
            .await
            .unwrap();
        assert_eq!(failed.summary.status, Status::Failed);
        let stop = driver
            .signal(&arn("a"), Signal::Stop(Failure::default()))
            .await;
        assert_eq!(stop, Err(Error::Ended));
        *fails.lock().unwrap() = false;
        driver.signal(&arn("a"), Signal::Redrive).await.unwrap();
        let record = driver.ended(&arn("a")).await.unwrap();
        assert_eq!(
            (record.summary.status, record.summary.redrive_count),
            (Status::Succeeded, 1)
        );
        assert_eq!(output(&record), "3");
        let again = driver.signal(&arn("a"), Signal::Redrive).await;
        assert_eq!(again, Err(Error::NotRedrivable("it has succeeded")));

        let sleep = task(
            "arn:aws:states:::x:y.waitForTaskToken",
            r#","Parameters":{"t.$":"$$.Task.Token"}"#,
        );
        let failure = Failure::new("Enough", "of this");
        driver.start(request(&sleep, "b", "{}")).await.unwrap();
        let gone = driver
            .signal(&arn("c"), Signal::Stop(failure.clone()))
            .await;
        assert_eq!(gone, Err(Error::Missing(arn("c"))));
        let _ = driver.signal(&arn("b"), Signal::Stop(failure)).await;
        let ended = driver.ended(&arn("b")).await.unwrap();
        assert_ne!(ended.summary.status, Status::Running);
    });
}

#[test]
fn what_is_kept_in_memory_never_reaches_the_store() {
    block_on(async {
        let store = memory();
        let events: Arc<Mutex<Vec<u64>>> = Arc::default();
        let heard = events.clone();
        let registry = Registry::new().async_function("work", |input| async { Ok(input) });
        let options = Options {
            observer: Some(Arc::new(move |notice| {
                heard
                    .lock()
                    .unwrap()
                    .extend(notice.events.iter().map(|event| event.id));
            })),
            ..options(&store, registry)
        };
        let driver = Durable::open(options).unwrap();
        let mut express = request(&task("work", ""), "a", "8");
        express.keep = Keep::InMemory;
        let record = driver.run(express).await.unwrap();
        assert_eq!(output(&record), "8");
        assert_eq!(store.record(&arn("a")), Ok(None));
        let count = events.lock().unwrap().len() as u64;
        assert_eq!(*events.lock().unwrap(), (1..=count).collect::<Vec<u64>>());
    });
}

#[test]
fn work_that_panics_fails_its_task() {
    block_on(async {
        let store = memory();
        let registry = Registry::new().async_function("work", |_| async { panic!("on purpose") });
        let driver = Durable::open(options(&store, registry)).unwrap();
        let record = driver
            .run(request(&task("work", ""), "a", "8"))
            .await
            .unwrap();
        let failure = Details::of(&record).failure.unwrap();
        assert_eq!(failure.error(), "Task.Panicked");
    });
}
