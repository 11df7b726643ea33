//! The durable driver on stores that fail, and in processes that die: executions end as if nothing had happened.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test it helps"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::durable::{arn, block_on, history, machine, memory, options, output, request};
use sfn::Json;
use sfn::driver::durable::{Durable, Options};
use sfn::engine::{Failure, TaskRequest};
use sfn::resolver::{Call, Registry, Resolver, Updates};
use sfn::store::{
    Commit, Done, Due, Entry, Item, Keys, Kind, Memory, Order, Page, Query, Record, Revision, Span,
    Status, Store, Stored, Write,
};
use sfn::value::{Text, Timestamp};

/// What is done with a commit.
type Mood = dyn Fn(&Memory, Commit, Done) + Send + Sync;

/// A store that does something else with commits than storing them.
struct Moody {
    inner: Arc<Memory>,
    mood: Box<Mood>,
}

/// Refuses every other step, and says of every fifth that it failed when it did not.
fn unreliable(commits: &Mutex<u64>, inner: &Memory, commit: Commit, done: Done) {
    let count = {
        let mut commits = commits.lock().unwrap();
        *commits += 1;
        *commits
    };
    let full = || sfn::store::Error::Full("on purpose".into());
    if commit.expected > 0 && count.is_multiple_of(5) {
        inner.commit(commit, Box::new(move |_| done(Err(full()))));
    } else if commit.expected > 0 && count.is_multiple_of(2) {
        done(Err(full()));
    } else {
        inner.commit(commit, done);
    }
}

impl Store for Moody {
    fn commit(&self, commit: Commit, done: Done) {
        (self.mood)(&self.inner, commit, done);
    }
    fn load(&self, execution: &str) -> Result<Option<Stored>, sfn::store::Error> {
        self.inner.load(execution)
    }
    fn record(&self, execution: &str) -> Result<Option<Record>, sfn::store::Error> {
        self.inner.record(execution)
    }
    fn list(&self, query: &Query) -> Result<Page, sfn::store::Error> {
        self.inner.list(query)
    }
    fn history(&self, execution: &str, span: Span) -> Result<Vec<Entry>, sfn::store::Error> {
        self.inner.history(execution, span)
    }
    fn due(
        &self,
        until: Timestamp,
        after: Option<&Due>,
        limit: usize,
    ) -> Result<Vec<Due>, sfn::store::Error> {
        self.inner.due(until, after, limit)
    }
    fn owing(&self, after: Option<&str>, limit: usize) -> Result<Vec<Text>, sfn::store::Error> {
        self.inner.owing(after, limit)
    }
    fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, sfn::store::Error> {
        self.inner.expire(before, limit)
    }
    fn write(&self, writes: Vec<Write>) -> Result<Vec<Revision>, sfn::store::Error> {
        self.inner.write(writes)
    }
    fn get(&self, kind: Kind, key: &str) -> Result<Option<Item>, sfn::store::Error> {
        self.inner.get(kind, key)
    }
    fn items(&self, keys: &Keys) -> Result<Vec<Item>, sfn::store::Error> {
        self.inner.items(keys)
    }
}

#[test]
fn a_store_that_refuses_steps_or_lies_about_them_delays_executions_and_changes_nothing() {
    block_on(async {
        let definition = r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"W","States":{
            "W":{"Type":"Wait","Seconds":5,"Next":"T"},
            "T":{"Type":"Task","Resource":"work","End":true,"Retry":[{"ErrorEquals":["Again"]}]}}}}}}"#;
        let tried: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
        let registry = || {
            let tried = tried.clone();
            Registry::new().async_function("work", move |input: Json| {
                let mut tried = tried.lock().unwrap();
                let times = tried.entry(input.to_string()).or_default();
                *times += 1;
                let answer = if *times == 1 {
                    Err(Failure::named("Again"))
                } else {
                    Ok(input)
                };
                async move { answer }
            })
        };
        let commits = Mutex::new(0);
        let store: Arc<dyn Store> = Arc::new(Moody {
            inner: Arc::new(Memory::new()),
            mood: Box::new(move |inner, commit, done| unreliable(&commits, inner, commit, done)),
        });
        let driver = Durable::open(options(&store, registry())).unwrap();
        let record = driver
            .run(request(&machine(definition), "a", "[1,2,3]"))
            .await
            .unwrap();
        assert_eq!(output(&record), "[1,2,3]");
        assert!(driver.metrics().failed_commits.get() > 0);

        tried.lock().unwrap().clear();
        let calm = memory();
        let driver = Durable::open(options(&calm, registry())).unwrap();
        driver
            .run(request(&machine(definition), "a", "[1,2,3]"))
            .await
            .unwrap();
        let sorted = |store: &dyn Store| {
            let mut kinds = history(store, "a");
            kinds.sort_unstable();
            kinds
        };
        assert_eq!(sorted(&*store), sorted(&*calm));
    });
}

/// Everything an execution may do, in an order that is always the same.
const EVERYTHING: &str = r#"{"StartAt":"P","States":{
    "P":{"Type":"Parallel","Next":"M","Branches":[
        {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"Next":"A"},"A":{"Type":"Task","Resource":"work","End":true}}},
        {"StartAt":"B","States":{"B":{"Type":"Task","Resource":"flaky","End":true,
            "Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":600}]}}}]},
    "M":{"Type":"Map","MaxConcurrency":1,"Next":"F","ItemProcessor":{"StartAt":"T","States":{
        "T":{"Type":"Task","Resource":"work","End":true}}}},
    "F":{"Type":"Parallel","Next":"E","Branches":[
        {"StartAt":"X","States":{"X":{"Type":"Task","Resource":"fails","End":true}}},
        {"StartAt":"Y","States":{"Y":{"Type":"Wait","Seconds":9000,"End":true}}},
        {"StartAt":"Z","States":{"Z":{"Type":"Task","Resource":"accepted","End":true}}}],
        "Catch":[{"ErrorEquals":["Broken"],"Next":"E"}]},
    "E":{"Type":"Pass","End":true}}}"#;

/// Does tasks, and notes what for.
fn worker(effects: &Arc<Mutex<Vec<String>>>) -> impl Resolver + 'static {
    let effects = effects.clone();
    move |request: &Arc<TaskRequest>, _: &Updates| {
        effects.lock().unwrap().push(request.ticket.to_string());
        match request.resource.text.as_str() {
            "flaky" if request.retry_count == 0 => Call::Done(Err(Failure::named("Again"))),
            "fails" => Call::Done(Err(Failure::named("Broken"))),
            "accepted" => Call::Accepted,
            _ => Call::Done(Ok(request.input.clone())),
        }
    }
}

/// The history of the one execution, without its times.
fn story(store: &dyn Store) -> Vec<String> {
    let span = Span {
        order: Order::OldestFirst,
        after: None,
        limit: usize::MAX,
    };
    let entries = store.history(&arn("a"), span).unwrap();
    let plain = |entry: Entry| {
        let mut event: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&entry.event).unwrap();
        event.remove("timestamp");
        serde_json::Value::from(event).to_string()
    };
    entries.into_iter().map(plain).collect()
}

/// A store whose process dies with its first step: that is stored, and nobody ever hears of it.
fn mortal(inner: &Arc<Memory>) -> (Arc<dyn Store>, tokio::sync::mpsc::UnboundedReceiver<()>) {
    let (died, death) = tokio::sync::mpsc::unbounded_channel();
    let is_dead = std::sync::atomic::AtomicBool::new(false);
    let store = Moody {
        inner: inner.clone(),
        mood: Box::new(move |inner, commit, done| {
            if !is_dead.swap(true, std::sync::atomic::Ordering::SeqCst) {
                inner.commit(commit, Box::new(drop));
                let _ = died.send(());
            }
            done(Err(sfn::store::Error::Closed));
        }),
    };
    (Arc::new(store), death)
}

#[test]
fn an_execution_whose_process_dies_after_every_step_ends_as_if_it_had_lived() {
    block_on(async {
        let whole = machine(EVERYTHING);
        let mut begin = request(&whole, "a", "{}");
        (begin.start.seed, begin.start.token_secret) = (7, [7; 32]);
        let one_shard = |store: &Arc<dyn Store>, effects: &Arc<Mutex<Vec<String>>>| Options {
            workers: 1,
            ..options(store, worker(effects))
        };

        let (calm, once) = (memory(), Arc::default());
        let driver = Durable::open(one_shard(&calm, &once)).unwrap();
        let expected = driver.run(begin.clone()).await.unwrap();

        let (inner, effects) = (Arc::new(Memory::new()), Arc::default());
        let mut lives = 0;
        loop {
            let (store, mut death) = mortal(&inner);
            let driver = Durable::open(one_shard(&store, &effects)).unwrap();
            if lives == 0 {
                driver.start(begin.clone()).await.unwrap_err();
            }
            let record = inner.record(&arn("a")).unwrap().unwrap();
            if record.summary.status != Status::Running {
                assert_eq!(output(&record), output(&expected));
                break;
            }
            lives += 1;
            death.recv().await.unwrap();
            driver.close(Duration::ZERO).await;
        }
        assert!(lives > 5, "{lives}");
        assert_eq!(story(&*inner), story(&*calm));
        let distinct = |effects: &Mutex<Vec<String>>| {
            let mut effects = effects.lock().unwrap().clone();
            effects.sort_unstable();
            effects.dedup();
            effects
        };
        assert_eq!(distinct(&effects), distinct(&once));
    });
}
