//! Nothing is lost: not when the process is killed, not when the disk is full, not when the end of the file is torn.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails fails the test it helps"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sfn::driver::durable::{Details, Durable, Error, Options, Pace, Signal, StartRequest};
use sfn::engine::{Failure, TaskRequest, TaskUpdate};
use sfn::resolver::{Call, Resolver, Updates};
use sfn::store::{self, Durability, Order, Span, Sqlite, Status, Store};
use sfn::{Json, Machine};

use crate::durable::{arn, machine, request};
use crate::sfn_run::Folder;

/// How many executions there are.
const MANY: usize = 200;

/// What the child finds its folder by.
const FOLDER: &str = "SFN_KILL_FOLDER";

/// A task, a retry, a wait, a map of tasks, a callback.
const MACHINE: &str = r#"{"StartAt":"Work","States":{
    "Work":{"Type":"Task","Resource":"work","Parameters":{"name.$":"$$.Execution.Name"},"ResultPath":"$.work","Next":"Flaky"},
    "Flaky":{"Type":"Task","Resource":"flaky","Parameters":{"name.$":"$$.Execution.Name"},"ResultPath":"$.flaky",
        "Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":60}],"Next":"Wait"},
    "Wait":{"Type":"Wait","Seconds":3600,"Next":"Map"},
    "Map":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":1,"ResultPath":"$.map","Next":"Call","ItemSelector":
        {"name.$":"$$.Execution.Name","item.$":"$$.Map.Item.Value"},"ItemProcessor":{"StartAt":"Each","States":{
            "Each":{"Type":"Task","Resource":"work","End":true}}}},
    "Call":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","ResultPath":"$.call","End":true,
        "Parameters":{"name.$":"$$.Execution.Name","token.$":"$$.Task.Token"}}}}"#;

/// How many attempts at tasks each execution makes.
const ATTEMPTS: usize = 7;

fn name(number: usize) -> String {
    format!("e{number}")
}

fn started(machine: &Arc<Machine>, number: usize) -> StartRequest {
    request(machine, &name(number), r#"{"items":[1,2,3]}"#)
}

/// The world outside: what is done there is noted, one line with one write, and survives.
struct World {
    effects: Mutex<File>,
    tokens: Mutex<File>,
    calls: tokio::sync::mpsc::UnboundedSender<(String, String)>,
}

impl World {
    fn new(folder: &Path, calls: tokio::sync::mpsc::UnboundedSender<(String, String)>) -> Self {
        Self {
            effects: Mutex::new(append(&folder.join("effects"))),
            tokens: Mutex::new(append(&folder.join("tokens"))),
            calls,
        }
    }
}

fn append(path: &Path) -> File {
    let mut options = OpenOptions::new();
    options.create(true).append(true).open(path).unwrap()
}

impl Resolver for World {
    fn call(&self, request: &Arc<TaskRequest>, _updates: &Updates) -> Call {
        let text = |name| request.input.get(name).and_then(Json::as_str);
        let name = text("name").unwrap().to_owned();
        let line = format!("{name} {}\n", request.ticket);
        self.effects
            .lock()
            .unwrap()
            .write_all(line.as_bytes())
            .unwrap();
        if let Some(token) = text("token") {
            let line = format!("{name} {token}\n");
            self.tokens
                .lock()
                .unwrap()
                .write_all(line.as_bytes())
                .unwrap();
            self.calls.send((name, token.to_owned())).unwrap();
            return Call::Done(Ok(Json::object()));
        }
        let is_flaky = request.resource.text == "flaky";
        let answer = if is_flaky && request.retry_count == 0 {
            Err(Failure::named("Again"))
        } else {
            Ok(request.input.clone())
        };
        // Half of the work is done at once, the other half is under way for a while.
        if name.ends_with(['0', '2', '4', '6', '8']) {
            Call::Done(answer)
        } else {
            Call::later(async move {
                tokio::task::yield_now().await;
                answer
            })
        }
    }
}

/// Lines of a file that were written whole.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    whole.map(|line| line.trim_end().to_owned()).collect()
}

/// Runs all executions to their end, whatever had been done before.
async fn life(folder: &Path) {
    let (calls, mut called) = tokio::sync::mpsc::unbounded_channel();
    for line in lines(&folder.join("tokens")) {
        let (name, token) = line.split_once(' ').unwrap();
        calls.send((name.to_owned(), token.to_owned())).unwrap();
    }
    let store: Arc<dyn Store> =
        Arc::new(Sqlite::open(folder.join("store.db"), Durability::Full).unwrap());
    let options = Options {
        workers: 2,
        resident: 20,
        pace: Pace::VIRTUAL,
        ..Options::new(store, Arc::new(World::new(folder, calls)))
    };
    let driver = Durable::open(options).unwrap();
    let caller = driver.clone();
    let calls = tokio::spawn(async move {
        while let Some((name, token)) = called.recv().await {
            let update = TaskUpdate::Completed(Ok("called".into()));
            let signal = Signal::Token { token, update };
            match caller.signal(&arn(&name), signal).await {
                // Those of an earlier life may have been answered.
                Ok(_) | Err(Error::Token(_)) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
    });
    let machine = machine(MACHINE);
    let all = (0..MANY).map(|number| {
        let (driver, request) = (driver.clone(), started(&machine, number));
        tokio::spawn(async move {
            match driver.start(request).await {
                Ok(_) | Err(Error::Exists(_)) => {}
                Err(error) => panic!("{error}"),
            }
            driver.ended(&arn(&name(number))).await.unwrap()
        })
    });
    for each in all.collect::<Vec<_>>() {
        assert_eq!(each.await.unwrap().summary.status, Status::Succeeded);
    }
    calls.abort();
    driver.close(Duration::from_secs(10)).await;
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

/// What is run in a process of its own, to be killed. Without a folder nobody has asked for it.
#[test]
fn child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        // What hangs is wrong: better told than waited for.
        let folder = PathBuf::from(folder);
        let life = async { tokio::time::timeout(Duration::from_secs(20), life(&folder)).await };
        block_on(life).expect("it ends");
    }
}

/// A process that is gone when the test is.
struct Process(Child);

impl Process {
    fn new(folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::child", "--nocapture"]);
        command.env(FOLDER, folder).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    /// Waits until it has had so many effects, or has ended; whether it has ended.
    fn until(&mut self, effects: &Path, many: u64) -> bool {
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return true;
            }
            if fs::metadata(effects).is_ok_and(|found| found.len() >= many) {
                return false;
            }
            // Looking all the time would only slow it down.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The history of an execution without its times and its token.
fn told(store: &dyn Store, name: &str) -> Vec<String> {
    let span = Span {
        order: Order::OldestFirst,
        after: None,
        limit: usize::MAX,
    };
    let entries = store.history(&arn(name), span).unwrap();
    let plain = |event: &str| {
        let mut event: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(event).unwrap();
        event.remove("timestamp");
        let mut text = serde_json::Value::from(event)
            .to_string()
            .replace(name, "NAME");
        // A token goes on to the end of the text that it stands in.
        if let Some((before, _)) = text.split_once("token") {
            text.truncate(before.len());
        }
        text
    };
    entries.iter().map(|entry| plain(&entry.event)).collect()
}

#[test]
fn executions_of_a_process_that_is_killed_again_and_again_end_as_if_it_had_lived() {
    let folder = Folder::new();
    let (path, effects) = (folder.0.clone(), folder.0.join("effects"));
    let mut seed = u64::from(std::process::id());
    let mut kills = 0;
    let mut next = 0;
    loop {
        // The moments are random, so that every place is hit sooner or later; what must hold does not depend on them.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        next += (seed >> 33) % 3_000;
        if Process::new(&path).until(&effects, next) {
            break;
        }
        kills += 1;
    }
    check_effects(&lines(&effects), kills);

    let calm = Folder::new();
    block_on(life(&calm.0));
    let open = |folder: &Folder| Sqlite::open(folder.0.join("store.db"), Durability::Full).unwrap();
    let (killed, calm) = (open(&folder), open(&calm));
    for number in 0..MANY {
        let name = name(number);
        let record = killed.record(&arn(&name)).unwrap().unwrap();
        assert_eq!(record.summary.status, Status::Succeeded);
        assert_eq!(told(&killed, &name), told(&calm, &name), "{name}");
        let details = |store: &Sqlite| Details::of(&store.record(&arn(&name)).unwrap().unwrap());
        assert_eq!(details(&killed).output, details(&calm).output);
    }
}

/// Every attempt was made, and none more often than there were lives.
fn check_effects(effects: &[String], kills: usize) {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for effect in effects {
        *times.entry(effect).or_default() += 1;
    }
    assert_eq!(
        times.len(),
        MANY * ATTEMPTS,
        "as many attempts as there are in one life"
    );
    for (effect, times) in times {
        assert!(
            times <= kills + 1,
            "{effect} was had {times} times in {kills} lives and one"
        );
    }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let path = folder.0.join("store.db");
    let wait = machine(
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"work","Next":"B"},
            "B":{"Type":"Task","Resource":"work","End":true}}}"#,
    );
    let echo = |request: &Arc<TaskRequest>, _: &Updates| Call::Done(Ok(request.input.clone()));
    let alarms: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let acknowledged = block_on(async {
        let heard = alarms.clone();
        let store = Sqlite::open_limited(&path, Durability::Full, 100).unwrap();
        let options = Options {
            workers: 2,
            alarm: Some(Arc::new(move |_, error: &Error| {
                heard.lock().unwrap().insert(error.to_string());
            })),
            ..Options::new(Arc::new(store), Arc::new(echo))
        };
        let driver = Durable::open(options).unwrap();
        let input = format!(r#""{}""#, "x".repeat(2_000));
        let mut acknowledged = Vec::new();
        loop {
            let name = name(acknowledged.len());
            match driver.start(request(&wait, &name, &input)).await {
                Ok(_) => acknowledged.push(name),
                Err(error) => {
                    assert!(
                        matches!(error, Error::Store(store::Error::Full(_))),
                        "{error}"
                    );
                    break;
                }
            }
        }
        driver.close(Duration::from_secs(10)).await;
        acknowledged
    });
    assert!(!acknowledged.is_empty());
    assert!(
        alarms
            .lock()
            .unwrap()
            .iter()
            .all(|alarm| alarm.contains("help: make room on its disk")),
        "{alarms:?}"
    );
    block_on(async {
        let store = Sqlite::open(&path, Durability::Full).unwrap();
        let driver = Durable::open(Options::new(Arc::new(store), Arc::new(echo))).unwrap();
        for name in acknowledged {
            let record = driver.ended(&arn(&name)).await.unwrap();
            assert_eq!(record.summary.status, Status::Succeeded);
        }
        driver.close(Duration::from_secs(10)).await;
    });
}

/// Copies the files of a store as a dead process would leave them.
fn copied(from: &Path, folder: &Folder, name: &str) -> PathBuf {
    let to = folder.0.join(name);
    for ending in ["", "-wal"] {
        let with = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
        fs::copy(with(from), with(&to)).unwrap();
    }
    to
}

#[test]
fn a_torn_end_of_the_log_loses_nothing_before_it() {
    let folder = Folder::new();
    let path = folder.0.join("store.db");
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    let write = |number: usize| {
        let write = store::Write::create(store::Kind::Tags, name(number), "x".repeat(500));
        store.write(vec![write]).unwrap();
    };
    (0..50).for_each(write);
    let wal = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    let before = fs::metadata(wal(&path)).unwrap().len();
    write(50);
    let after = fs::metadata(wal(&path)).unwrap().len();
    assert!(after > before);

    let check = |name: &str, known: usize, harm: &dyn Fn(&Path)| {
        let copy = copied(&path, &folder, name);
        harm(&wal(&copy));
        let store = Sqlite::open(&copy, Durability::Full).unwrap();
        let keys = store::Keys {
            kind: store::Kind::Tags,
            prefix: "".into(),
            after: None,
            limit: 99,
        };
        assert_eq!(store.items(&keys).unwrap().len(), known, "{name}");
        store
            .write(vec![store::Write::create(store::Kind::Tags, "new", "")])
            .unwrap();
    };
    check("whole.db", 51, &|_| {});
    // A write was under way: it was acknowledged to nobody.
    check("begun.db", 51, &|wal| {
        append(wal).write_all(&[7; 5_000]).unwrap()
    });
    check("cut.db", 50, &|wal| {
        let file = OpenOptions::new().write(true).open(wal).unwrap();
        file.set_len(after - 100).unwrap();
    });
    check("garbled.db", 50, &|wal| {
        let mut bytes = fs::read(wal).unwrap();
        let end = bytes.len();
        bytes[end - 300..].fill(0xA5);
        fs::write(wal, bytes).unwrap();
    });
}
