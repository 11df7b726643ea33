//! What durability costs: executions through a file, beside the same bytes written by hand, and 100,000 that wait.
//!
//! `cargo bench --bench recovery` prints a table. Files are made in `SFN_BENCH_FOLDER`, by default the folder for
//! temporary files: it must be a disk, not a file system in memory.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sfn::driver::durable::{Durable, Options, StartRequest};
use sfn::engine::{Identity, Start};
use sfn::resolver::Registry;
use sfn::store::{Durability, Sqlite};
use sfn::{Json, Machine};

/// The binary's allocator: what the command line runs with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many executions are measured.
const EXECUTIONS: usize = 4_000;

/// How many wait.
const WAITING: usize = 100_000;

/// Commits of an execution of ten tasks: its start, and each answer.
const COMMITS: usize = 11;

fn main() -> Outcome<()> {
    let folder =
        std::env::var_os("SFN_BENCH_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("sfn-recovery-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = measure(&folder);
    fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for (concurrent, durability) in [
        (1, Durability::Full),
        (64, Durability::Full),
        (256, Durability::Full),
        (256, Durability::Relaxed),
    ] {
        let file = folder.join(format!("tasks-{concurrent}-{durability:?}.db"));
        let many = if concurrent == 1 { 200 } else { EXECUTIONS };
        let rate = runtime.block_on(tasks(&file, many, concurrent, durability))?;
        let bytes = fs::metadata(&file)?.len() as usize / (many * COMMITS);
        let floor = by_hand(
            &folder.join(format!("floor-{concurrent}-{durability:?}.db")),
            many,
            concurrent,
            bytes,
            durability,
        )?;
        say(&format!(
            "ten tasks, {concurrent} at once, {durability:?}: {rate:.0} executions/s; by hand ({bytes} bytes a commit) {floor:.0}; \
             {:.1} times",
            floor / rate
        ))?;
    }
    runtime.block_on(waiting(&folder.join("waiting.db")))
}

#[expect(clippy::disallowed_methods, reason = "a measurement asks the time")]
fn now() -> Instant {
    Instant::now()
}

fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn request(machine: &Arc<Machine>, number: usize, input: &Json) -> StartRequest {
    let mut start = Start::new(input.clone());
    let name = format!("e{number}");
    start.identity = Arc::new(Identity {
        execution_arn: format!("arn:aws:states:us-east-1:123456789012:execution:machine:{name}")
            .into(),
        name: name.into(),
        ..Identity::default()
    });
    StartRequest::new(machine.clone(), start)
}

/// How many executions of ten tasks end in a second.
async fn tasks(
    file: &Path,
    many: usize,
    concurrent: usize,
    durability: Durability,
) -> Outcome<f64> {
    let states: Vec<String> = (0..10)
        .map(|number| {
            let next = match number {
                9 => r#""End":true"#.to_owned(),
                _ => format!(r#""Next":"S{}""#, number + 1),
            };
            format!(r#""S{number}":{{"Type":"Task","Resource":"work",{next}}}"#)
        })
        .collect();
    let machine = format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.join(","));
    let machine = Arc::new(Machine::parse(machine).map_err(|_| "it is a machine")?);
    let input = Json::parse(format!(r#"{{"order":7,"note":"{}"}}"#, "n".repeat(200)))?;
    let store = Arc::new(Sqlite::open(file, durability)?);
    let registry = Registry::new().function("work", Ok);
    let driver = Durable::open(Options::new(store, Arc::new(registry)))?;
    let next = Arc::new(AtomicUsize::new(0));
    let begun = now();
    let workers: Vec<_> = (0..concurrent)
        .map(|_| {
            let (driver, machine, input, next) =
                (driver.clone(), machine.clone(), input.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= many {
                        return;
                    }
                    let ended = driver.run(request(&machine, number, &input)).await;
                    assert!(ended.is_ok(), "{ended:?}");
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await?;
    }
    let rate = many as f64 / begun.elapsed().as_secs_f64();
    driver.close(Duration::from_secs(60)).await;
    Ok(rate)
}

/// As many commits of as many bytes, as many in one flush as there are who wait for one.
fn by_hand(
    file: &Path,
    many: usize,
    concurrent: usize,
    bytes: usize,
    durability: Durability,
) -> Outcome<f64> {
    let mut connection = rusqlite::Connection::open(file)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    connection.execute_batch(&format!(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
         CREATE TABLE commits (id INTEGER PRIMARY KEY, value BLOB);"
    ))?;
    let value = vec![7_u8; bytes];
    let begun = now();
    let mut left = many * COMMITS;
    while left > 0 {
        let batch = left.min(concurrent);
        let transaction = connection.transaction()?;
        for _ in 0..batch {
            transaction
                .prepare_cached("INSERT INTO commits (value) VALUES (?1)")?
                .execute([&value])?;
        }
        transaction.commit()?;
        left -= batch;
    }
    Ok(many as f64 / begun.elapsed().as_secs_f64())
}

/// What executions that wait for a year cost, and how long it takes to open a file that has them.
async fn waiting(file: &Path) -> Outcome<()> {
    let machine = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":31536000,"End":true}}}"#;
    let machine = Arc::new(Machine::parse(machine).map_err(|_| "it is a machine")?);
    let open = || -> Outcome<Durable> {
        let store = Arc::new(Sqlite::open(file, Durability::Relaxed)?);
        Ok(Durable::open(Options::new(
            store,
            Arc::new(Registry::new()),
        ))?)
    };
    let driver = open()?;
    let next = Arc::new(AtomicUsize::new(0));
    let starters: Vec<_> = (0..256)
        .map(|_| {
            let (driver, machine, next) = (driver.clone(), machine.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= WAITING {
                        return;
                    }
                    let started = driver
                        .start(request(&machine, number, &Json::object()))
                        .await;
                    assert!(started.is_ok(), "{started:?}");
                }
            })
        })
        .collect();
    for starter in starters {
        starter.await?;
    }
    let resident = memory();
    driver.close(Duration::from_secs(60)).await;
    drop(driver);
    let begun = now();
    let driver = open()?;
    let opened = begun.elapsed();
    driver.close(Duration::from_secs(60)).await;
    say(&format!(
        "{WAITING} executions that wait: {resident} MiB of memory, {} MiB of file, opened in {} ms",
        fs::metadata(file)?.len() / 1_048_576,
        opened.as_millis()
    ))
}

/// The memory of this process, in MiB, where the system tells.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
