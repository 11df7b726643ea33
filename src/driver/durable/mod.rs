//! Executions that cannot be lost: many at once, each step in a store before it has an effect.
//!
//! Executions are spread over shards, each a thread with an inbox (`shard.rs`). A shard tells an execution what came in,
//! hands the step to the [`Store`], and performs what the execution asks for when the store has called back. Executions
//! that rest leave memory, and come back with a signal or when their moment comes. Whoever opens a store again goes on
//! with everything that was running, and asks again, with the same tickets, for what was asked for and not answered.
//!
//! ```
//! use std::sync::Arc;
//! use sfn::driver::durable::{Durable, Options, StartRequest};
//! use sfn::engine::Start;
//! use sfn::resolver::Registry;
//! use sfn::store::Memory;
//! use sfn::{Json, Machine};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let machine = Arc::new(Machine::parse(r#"{
//!     "StartAt": "Double",
//!     "States": { "Double": { "Type": "Task", "Resource": "double", "End": true } }
//! }"#).expect("the definition is valid"));
//! let registry = Registry::new().function("double", |input| Ok(Json::from(input.as_i64().unwrap_or(0) * 2)));
//! let driver = Durable::open(Options::new(Arc::new(Memory::new()), Arc::new(registry)))?;
//! let started = driver.start(StartRequest::new(machine, Start::new(Json::from(21)))).await?;
//! let record = driver.ended(&started.execution).await?;
//! assert_eq!(record.summary.status.as_str(), "SUCCEEDED");
//! driver.close(std::time::Duration::from_secs(5)).await;
//! # Ok::<(), sfn::driver::durable::Error>(()) }).unwrap();
//! ```

mod activities;
mod flight;
mod live;
mod machines;
mod metrics;
mod pace;
mod perform;
mod request;
mod shard;
mod timekeeper;

pub use self::metrics::{Count, Metrics};
pub use self::pace::Pace;
pub use self::request::{
    ActivityTask, Details, Error, Handling, Keep, Notice, Signal, StartRequest, Started,
};

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

use self::activities::Activities;
use self::live::Arrival;
use self::machines::Machines;
use self::shard::{Message, Shard};
use self::timekeeper::Timekeeper;
use crate::driver::local::random;
use crate::engine::TaskRequest;
use crate::resolver::Resolver;
use crate::store::{Kind, Record, Store};
use crate::value::{Text, Timestamp};

/// Hears of every step after it is stored. Called by the thread that moves executions, so it must not block.
pub type Observer = Arc<dyn Fn(&Notice<'_>) + Send + Sync>;

/// Decides what happens to a task of an activity.
pub type Router = Arc<dyn Fn(&TaskRequest) -> Handling + Send + Sync>;

/// Hears that an execution does not go on for now: its ARN, and why.
pub type Alarm = Arc<dyn Fn(&str, &Error) + Send + Sync>;

/// How a driver is set up.
#[derive(Clone)]
pub struct Options {
    /// Where executions are kept.
    pub store: Arc<dyn Store>,
    /// Who does the work of tasks.
    pub resolver: Arc<dyn Resolver>,
    /// How many threads move executions.
    pub workers: usize,
    /// How many resting executions may stay in memory.
    pub resident: usize,
    /// How many starts and signals may be under way; more wait.
    pub requests: usize,
    /// How long waits take.
    pub pace: Pace,
    /// How long executions are kept after their end.
    pub retention: Duration,
    /// Who hears of every step.
    pub observer: Option<Observer>,
    /// Who decides about tasks of activities; `None` queues those that the catalogue has, and resolves the others.
    pub router: Option<Router>,
    /// Who hears of trouble with the store.
    pub alarm: Option<Alarm>,
}

impl Options {
    /// A set-up for one machine with a few cores. The service keeps executions for 90 days.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, resolver: Arc<dyn Resolver>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            store,
            resolver,
            workers: cores.clamp(1, 8),
            resident: 4_096,
            requests: 1_024,
            pace: Pace::REAL,
            retention: Duration::from_secs(90 * 24 * 60 * 60),
            observer: None,
            router: None,
            alarm: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("workers", &self.workers)
            .field("resident", &self.resident)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// What all shards have in common.
pub(super) struct Shared {
    store: Arc<dyn Store>,
    resolver: Arc<dyn Resolver>,
    runtime: Handle,
    pace: Pace,
    /// How many resting executions each shard may have.
    resident: usize,
    observer: Option<Observer>,
    router: Option<Router>,
    alarm: Option<Alarm>,
    metrics: Metrics,
    machines: Machines,
    activities: Activities,
    /// Until when the store was asked whom time moves, in milliseconds: what is sooner must be remembered here.
    horizon: AtomicI64,
}

impl Shared {
    fn tell(&self, notice: &Notice<'_>) {
        if let Some(observer) = &self.observer {
            observer(notice);
        }
    }

    fn failed(&self, execution: &str, error: &Error) {
        if let Some(alarm) = &self.alarm {
            alarm(execution, error);
        }
    }

    fn handling(&self, request: &TaskRequest) -> Handling {
        if let Some(router) = &self.router {
            return router(request);
        }
        match self.store.get(Kind::Activity, &request.resource.text) {
            // A store that cannot be read now has the task in its queue all the same.
            Ok(Some(_)) | Err(_) => Handling::Queue,
            Ok(None) => Handling::Resolve,
        }
    }
}

/// Drives executions that are kept in a store. Cheap to clone: all clones are one driver.
#[derive(Clone)]
pub struct Durable {
    shared: Arc<Shared>,
    shards: Arc<[mpsc::Sender<Message>]>,
    permits: Arc<Semaphore>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    timekeeper: Timekeeper,
}

impl Durable {
    /// Opens a store and goes on with everything in it. Must be called inside a tokio runtime, which tasks run on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(options: Options) -> Result<Self, Error> {
        let workers = options.workers.max(1);
        let requests = options.requests.clamp(1, Semaphore::MAX_PERMITS);
        let retention = options.retention;
        let shared = Arc::new(Shared {
            store: options.store,
            resolver: options.resolver,
            runtime: Handle::current(),
            pace: options.pace,
            resident: options.resident.div_ceil(workers),
            observer: options.observer,
            router: options.router,
            alarm: options.alarm,
            metrics: Metrics::default(),
            machines: Machines::default(),
            activities: Activities::default(),
            horizon: AtomicI64::new(i64::MIN),
        });
        let (shards, mut threads) = (0..workers)
            .map(|_| shard(&shared))
            .unzip::<_, _, Vec<_>, Vec<_>>();
        let shards: Arc<[mpsc::Sender<Message>]> = shards.into();
        resume(&shared, &shards)?;
        let (timekeeper, thread) = Timekeeper::new(shared.clone(), shards.clone(), retention)?;
        threads.push(thread);
        Ok(Self {
            shared,
            shards,
            permits: Arc::new(Semaphore::new(requests)),
            threads: Arc::new(Mutex::new(threads)),
            timekeeper,
        })
    }

    /// Starts an execution: when this answers, the store has it.
    ///
    /// # Errors
    /// When its name is taken, or the store does not take it.
    pub async fn start(&self, request: StartRequest) -> Result<Started, Error> {
        self.begin(request, None).await
    }

    /// Starts an execution and waits for its end: `StartSyncExecution`, and nested executions.
    ///
    /// # Errors
    /// As [`Durable::start`].
    pub async fn run(&self, request: StartRequest) -> Result<Record, Error> {
        let (waiter, ended) = oneshot::channel();
        self.begin(request, Some(waiter)).await?;
        ended.await.unwrap_or(Err(Error::Closing))
    }

    async fn begin(
        &self,
        mut request: StartRequest,
        waiter: Option<shard::Waiter>,
    ) -> Result<Started, Error> {
        if request.start.token_secret == [0; 32] {
            request.start.token_secret = random();
            request.start.seed = u64::from_le_bytes(random());
        }
        let _permit = self.permits.acquire().await;
        let (reply, told) = oneshot::channel();
        let key = request.start.identity.execution_arn.clone();
        let message = Message::Start(Box::new(request), reply, waiter);
        self.send(&key, message);
        told.await.unwrap_or(Err(Error::Closing))
    }

    /// Tells an execution something; answers when that is stored, with the moment at which it happened.
    ///
    /// # Errors
    /// When there is no such execution, it has ended, the token is of no use, or the store does not take it.
    pub async fn signal(&self, execution: &str, signal: Signal) -> Result<Timestamp, Error> {
        let arrival = match signal {
            Signal::Stop(failure) => Arrival::Stop(failure),
            Signal::Redrive => Arrival::Redrive,
            Signal::Token { token, update } => Arrival::Token(token, update),
        };
        self.tell(&Text::from(execution), arrival).await
    }

    async fn tell(&self, execution: &Text, arrival: Arrival) -> Result<Timestamp, Error> {
        let _permit = self.permits.acquire().await;
        let (reply, told) = oneshot::channel();
        let message = Message::Tell(execution.clone(), arrival, Some(reply));
        self.send(execution, message);
        told.await.unwrap_or(Err(Error::Closing))
    }

    /// Waits for the end of an execution, and tells how it ended.
    ///
    /// # Errors
    /// When there is no such execution, or the store cannot be read.
    pub async fn ended(&self, execution: &str) -> Result<Record, Error> {
        let (waiter, ended) = oneshot::channel();
        let key = Text::from(execution);
        self.send(&key.clone(), Message::Await(key, waiter));
        ended.await.unwrap_or(Err(Error::Closing))
    }

    /// Waits for a task of an activity, at most so long: `GetActivityTask`. Who is given one has been recorded.
    ///
    /// # Errors
    /// When the store does not take that the task was given away: it is not.
    pub async fn poll(
        &self,
        activity: &str,
        worker: Option<&str>,
        patience: Duration,
    ) -> Result<Option<ActivityTask>, Error> {
        let until = Instant::now() + patience;
        loop {
            let task = match self.shared.activities.take(activity) {
                Ok(task) => task,
                Err(news) => match timeout_at(until, news.notified()).await {
                    Ok(()) => continue,
                    Err(_) => return Ok(None),
                },
            };
            let take = Arrival::Take(task.request.ticket, worker.map(Arc::from));
            match (self.tell(&task.execution, take).await, &task.request.token) {
                (Ok(_), Some(token)) => {
                    return Ok(Some(ActivityTask {
                        token: token.clone(),
                        input: task.request.input.to_string(),
                    }));
                }
                (Err(error @ Error::Store(_)), _) => {
                    self.shared.activities.put_back(activity, task);
                    return Err(error);
                }
                // Nobody waits for it any more.
                (Ok(_) | Err(_), _) => {}
            }
        }
    }

    /// What it has done so far.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Where executions are kept: for reading, and for the catalogue.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// Begins nothing any more, waits for the work that goes on, at most so long, and ends its threads. What is not done
    /// by then is asked for again by whoever opens the store next.
    pub async fn close(&self, patience: Duration) {
        self.timekeeper.stop();
        self.shards
            .iter()
            .for_each(|shard| drop(shard.send(Message::Drain)));
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || {
            // A thread that panicked has ended.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        });
        let mut joined = std::pin::pin!(joined);
        if timeout_at(Instant::now() + patience, &mut joined)
            .await
            .is_err()
        {
            self.shards
                .iter()
                .for_each(|shard| drop(shard.send(Message::Halt)));
            let _ = joined.await;
        }
    }

    fn send(&self, key: &Text, message: Message) {
        // The sender of the answer is dropped with a message that nobody takes: whoever waits hears of it.
        let _ = self.shards[place(key, self.shards.len())].send(message);
    }
}

impl fmt::Debug for Durable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durable")
            .field("shards", &self.shards.len())
            .field("metrics", &self.shared.metrics)
            .finish_non_exhaustive()
    }
}

fn shard(shared: &Arc<Shared>) -> (mpsc::Sender<Message>, JoinHandle<()>) {
    let (outbox, inbox) = mpsc::channel();
    let shard = Shard::new(shared.clone(), inbox, outbox.clone());
    (outbox, std::thread::spawn(move || shard.run()))
}

/// Which shard an execution belongs to.
fn place(key: &Text, shards: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    usize::try_from(hasher.finish() % shards as u64).unwrap_or(0)
}

/// Asks again for what an earlier process was asked for, before anybody can ask for anything new.
fn resume(shared: &Shared, shards: &[mpsc::Sender<Message>]) -> Result<(), Error> {
    const PAGE: usize = 1_000;
    let mut last: Option<Text> = None;
    loop {
        let owing = shared.store.owing(last.as_deref(), PAGE)?;
        let Some(end) = owing.last() else {
            return Ok(());
        };
        last = Some(end.clone());
        let mut parts = vec![Vec::new(); shards.len()];
        for key in owing {
            parts[place(&key, shards.len())].push(key);
        }
        for (shard, keys) in shards.iter().zip(parts) {
            let _ = shard.send(Message::Resume(keys));
        }
    }
}
