//! This machine's own time, on tokio: tasks run beside each other, callbacks come from anywhere.
//!
//! ```
//! use std::sync::Arc;
//! use sfn::driver::local::Local;
//! use sfn::resolver::Registry;
//! use sfn::{Json, Machine};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let machine = Machine::parse(r#"{
//!     "StartAt": "Double",
//!     "States": { "Double": { "Type": "Task", "Resource": "double", "End": true } }
//! }"#).expect("the definition is valid");
//! let registry = Registry::new().async_function("double", |input: Json| async move {
//!     Ok(Json::from(input.as_i64().unwrap_or(0) * 2))
//! });
//! let report = Local::new(Arc::new(machine)).registry(registry).start(Json::from(21)).report().await;
//! assert_eq!(report.outcome.output(), Some(&Json::from(42)));
//! # });
//! ```

mod clock;
mod scene;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::sync::{mpsc, oneshot};

use self::clock::Clock;
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) use self::clock::wall;
use self::scene::{Message, Scene};
use super::Report;
use super::drive::{Drive, Listener};
use crate::engine::{Execution, Failure, HistoryEvent, Start, TaskUpdate, TokenError};
use crate::machine::Machine;
use crate::resolver::{Registry, Resolver};
use crate::value::{Json, Timestamp};

/// Runs executions of a machine in real time.
pub struct Local {
    machine: Arc<Machine>,
    resolver: Arc<dyn Resolver>,
    start: Start,
    begun: Option<Timestamp>,
    pace: Pace,
    listener: Option<Listener>,
    idler: Option<Idler>,
    keeper: Option<Keeper>,
    redriven: Option<Execution>,
}

/// Takes an execution that has ended.
type Keeper = Box<dyn FnOnce(Execution) + Send>;

/// Hears that an execution has nothing to do until some moment.
type Idler = Box<dyn FnMut(Option<Timestamp>) + Send>;

/// How time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As it does.
    #[default]
    Real,
    /// It stands still while there is something to do, jumps over waits and the pauses between attempts, and passes as
    /// it does while tasks are really running, so that they take the time they take and their deadlines are what they
    /// say. Deadlines that nobody can meet any more are jumped over too.
    Jumping,
}

impl Local {
    /// Executions of this machine, whose tasks nothing resolves yet. Seed and token secret are drawn at random.
    #[must_use]
    pub fn new(machine: Arc<Machine>) -> Self {
        let mut start = Start::new(Json::object());
        start.seed = u64::from_le_bytes(random());
        start.token_secret = random();
        let resolver = Arc::new(Registry::new());
        Self {
            machine,
            resolver,
            start,
            begun: None,
            pace: Pace::Real,
            listener: None,
            idler: None,
            keeper: None,
            redriven: None,
        }
    }

    /// Who does the work of tasks: usually a [`Registry`].
    #[must_use]
    pub fn registry(self, resolver: impl Resolver + 'static) -> Self {
        self.resolver(Arc::new(resolver))
    }

    /// The same, for a resolver that others have too.
    #[must_use]
    pub fn resolver(self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, ..self }
    }

    /// Everything an execution is told at its start; the input is replaced by that of the run. It brings its own seed
    /// and token secret: see [`Local::configure`].
    #[must_use]
    pub fn with_start(self, start: Start) -> Self {
        Self { start, ..self }
    }

    /// Changes what an execution is told at its start.
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(&mut Start)) -> Self {
        change(&mut self.start);
        self
    }

    /// How time passes.
    #[must_use]
    pub fn pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Begins at that moment instead of now: for a jumping pace, where it makes a run repeatable.
    #[must_use]
    pub fn begun_at(self, begun: Timestamp) -> Self {
        Self {
            begun: Some(begun),
            ..self
        }
    }

    /// Somebody who sees every event as it is recorded.
    #[must_use]
    pub fn observer(self, observer: impl FnMut(&HistoryEvent) + Send + 'static) -> Self {
        Self {
            listener: Some(Box::new(observer)),
            ..self
        }
    }

    /// Somebody who hears, whenever the execution has nothing to do, until which moment of its clock that is; `None` when
    /// only a task or a callback can move it.
    #[must_use]
    pub fn idle(self, idler: impl FnMut(Option<Timestamp>) + Send + 'static) -> Self {
        Self {
            idler: Some(Box::new(idler)),
            ..self
        }
    }

    /// Somebody who takes the execution when it has ended, to redrive it some day.
    #[must_use]
    pub fn keeper(self, keeper: impl FnOnce(Execution) + Send + 'static) -> Self {
        Self {
            keeper: Some(Box::new(keeper)),
            ..self
        }
    }

    /// Goes on with an execution of this machine that failed, where it failed: `RedriveExecution`. What it was told at its
    /// start it still knows. Must be called inside a tokio runtime.
    #[must_use]
    pub fn redrive(mut self, execution: Execution) -> Run {
        self.redriven = Some(execution);
        self.start(Json::Null)
    }

    /// Starts an execution. Must be called inside a tokio runtime; poll or await what comes back to let it run.
    #[must_use]
    pub fn start(self, input: Json) -> Run {
        let (messages, inbox) = mpsc::unbounded_channel();
        let answerable = Arc::new(AtomicBool::new(false));
        let report = self.play(input, messages.clone(), inbox, answerable.clone());
        Run {
            handle: Handle { messages },
            answerable,
            report: Box::pin(report),
        }
    }

    async fn play(
        self,
        input: Json,
        messages: mpsc::UnboundedSender<Message>,
        inbox: mpsc::UnboundedReceiver<Message>,
        answerable: Arc<AtomicBool>,
    ) -> Report {
        // The other end is dropped with the run: then nobody wants to know any more.
        let sink =
            Arc::new(move |ticket, update| drop(messages.send(Message::Report(ticket, update))));
        let mut drive = Drive::new(&self.machine, self.resolver, sink);
        if let Some(listener) = self.listener {
            drive.listen(listener);
        }
        let clock = Clock::new(self.pace, self.begun);
        match self.redriven {
            Some(execution) => drive.redrive(clock.now(), execution),
            None => drive.begin(
                clock.now(),
                Start {
                    input,
                    ..self.start
                },
            ),
        }
        let mut scene = Scene::new(drive, clock, inbox, answerable);
        scene.idler = self.idler;
        scene.keeper = self.keeper;
        scene.play().await
    }
}

/// An execution that runs as long as it is awaited.
pub struct Run {
    handle: Handle,
    answerable: Arc<AtomicBool>,
    report: Pin<Box<dyn Future<Output = Report> + Send>>,
}

impl Run {
    /// What answers its tokens and stops it, from anywhere.
    ///
    /// An execution that waits for a token, and of which nobody ever had a handle, would wait for ever: it is stopped
    /// with [`STUCK`](super::STUCK).
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.answerable.store(true, Ordering::Relaxed);
        self.handle.clone()
    }

    /// Stops the execution: `StopExecution`. Tasks that run are cancelled.
    pub fn stop(&self, failure: Failure) {
        self.handle.stop(failure);
    }

    /// Runs it to its end.
    pub async fn report(self) -> Report {
        self.await
    }
}

impl Future for Run {
    type Output = Report;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Report> {
        self.report.as_mut().poll(context)
    }
}

/// Reaches a running execution from outside.
#[derive(Clone, Debug)]
pub struct Handle {
    messages: mpsc::UnboundedSender<Message>,
}

impl Handle {
    /// Ends the task of a token with a result: `SendTaskSuccess`.
    ///
    /// # Errors
    /// When the token is not one of this execution, or its task is over.
    pub async fn succeed(&self, token: &str, output: Json) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Completed(Ok(output))).await
    }

    /// Ends the task of a token with a failure: `SendTaskFailure`.
    ///
    /// # Errors
    /// When the token is not one of this execution, or its task is over.
    pub async fn fail(&self, token: &str, failure: Failure) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Completed(Err(failure))).await
    }

    /// Tells that somebody still works on the task of a token: `SendTaskHeartbeat`.
    ///
    /// # Errors
    /// When the token is not one of this execution, or its task is over.
    pub async fn heartbeat(&self, token: &str) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Heartbeat).await
    }

    /// Stops the execution: `StopExecution`. Tasks that run are cancelled.
    pub fn stop(&self, failure: Failure) {
        // An execution that has ended has nothing to stop.
        let _ = self.messages.send(Message::Stop(failure));
    }

    /// Tells what the bearer of a token says.
    ///
    /// # Errors
    /// When the token is not one of this execution, or its task is over.
    pub async fn tell(&self, token: &str, update: TaskUpdate) -> Result<(), TokenError> {
        let (answer, told) = oneshot::channel();
        let message = Message::Token {
            token: token.to_owned(),
            update,
            answer,
        };
        self.messages
            .send(message)
            .map_err(|_| TokenError::TimedOut)?;
        told.await.unwrap_or(Err(TokenError::TimedOut))
    }
}

pub(super) fn random<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)
        .expect("an operating system that runs programs has random numbers for them");
    bytes
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::engine::Outcome;
    use crate::resolver::{Call, Function};

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn task(resource: &str, more: &str) -> Arc<Machine> {
        let state = format!(r#"{{"Type":"Task","Resource":"{resource}","End":true{more}}}"#);
        Arc::new(Machine::parse(format!(r#"{{"StartAt":"T","States":{{"T":{state}}}}}"#)).unwrap())
    }

    #[test]
    fn a_callback_ends_a_task_with_a_token() {
        let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
        let machine = task(resource, r#","Parameters":{"token.$":"$$.Task.Token"}"#);
        let seen: Arc<Mutex<Option<String>>> = Arc::default();
        let keeper = seen.clone();
        let registry = Registry::new().function("sqs:*", move |input| {
            *keeper.lock().unwrap() = input.get("token").and_then(Json::as_str).map(str::to_owned);
            Ok(Json::object())
        });
        block_on(async {
            let run = Local::new(machine).registry(registry).start(Json::object());
            let handle = run.handle();
            let callback = async {
                let take = || seen.lock().unwrap().take();
                let token = loop {
                    match take() {
                        Some(token) => break token,
                        None => tokio::task::yield_now().await,
                    }
                };
                assert_eq!(
                    handle.succeed("nonsense", Json::Null).await,
                    Err(TokenError::Invalid)
                );
                handle.heartbeat(&token).await.unwrap();
                handle.succeed(&token, Json::from("approved")).await
            };
            let (report, told) = tokio::join!(run, callback);
            assert_eq!(report.outcome, Outcome::Succeeded(Json::from("approved")));
            assert_eq!(told, Ok(()));
        });
    }

    #[test]
    fn stopping_cancels_what_runs() {
        let dropped = Arc::new(());
        let held = dropped.clone();
        let registry = Registry::new().with(
            "work",
            Function::of_request(move |_| {
                let held = held.clone();
                Call::later(async move {
                    std::future::pending::<()>().await;
                    drop(held);
                    Ok(Json::Null)
                })
            }),
        );
        block_on(async {
            let run = Local::new(task("work", ""))
                .registry(registry)
                .start(Json::object());
            run.handle().stop(Failure::named("Enough"));
            let report = run.await;
            assert_eq!(report.outcome, Outcome::Aborted(Failure::named("Enough")));
        });
        assert_eq!(
            Arc::strong_count(&dropped),
            1,
            "the task was dropped with the run"
        );
    }

    #[test]
    fn a_panic_in_a_task_is_its_failure() {
        let registry = Registry::new().async_function("work", |_| async { panic!("oh no") });
        let report = block_on(
            Local::new(task("work", ""))
                .registry(registry)
                .start(Json::object()),
        );
        assert_eq!(
            report.outcome.failure().map(Failure::error),
            Some("Task.Panicked")
        );
    }

    #[test]
    fn a_jumping_pace_jumps_over_waits() {
        let machine =
            r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":31536000,"End":true}}}"#;
        let machine = Arc::new(Machine::parse(machine).unwrap());
        let report = block_on(Local::new(machine).pace(Pace::Jumping).start(Json::from(1)));
        assert_eq!(report.outcome, Outcome::Succeeded(Json::from(1)));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let machine = task(
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            r#","Parameters":{"t.$":"$$.Task.Token"}"#,
        );
        let local = || Local::new(machine.clone()).registry(Registry::new().function("sqs:*", Ok));
        for pace in [Pace::Real, Pace::Jumping] {
            let report = block_on(async { local().pace(pace).start(Json::Null).await });
            assert_eq!(
                report.outcome.failure().map(Failure::error),
                Some(super::super::STUCK)
            );
        }
    }

    #[test]
    fn a_deadline_waits_for_who_can_still_answer() {
        let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
        let machine = task(
            resource,
            r#","Parameters":{"token.$":"$$.Task.Token"},"TimeoutSeconds":86400"#,
        );
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let registry = Registry::new().function("sqs:*", move |input| {
            sender.send(input).unwrap();
            Ok(Json::object())
        });
        block_on(async {
            let run = Local::new(machine)
                .registry(registry)
                .pace(Pace::Jumping)
                .start(Json::object());
            let handle = run.handle();
            let answer = async {
                let message = receiver.recv().await.unwrap();
                handle
                    .succeed(
                        message.get("token").and_then(Json::as_str).unwrap(),
                        1.into(),
                    )
                    .await
            };
            let (report, told) = tokio::join!(run, answer);
            assert_eq!(
                (report.outcome, told),
                (Outcome::Succeeded(1.into()), Ok(()))
            );
        });
    }

    #[test]
    fn an_execution_that_never_pauses_lets_others_run() {
        let machine = r#"{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"work","Next":"C"},
            "C":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"S"}],"Default":"T"},
            "S":{"Type":"Succeed"}}}"#;
        let machine = Arc::new(Machine::parse(machine).unwrap());
        let local = Local::new(machine)
            .registry(Registry::new().function("work", Ok))
            .configure(|start| {
                start.profile = crate::engine::Profile::Relaxed;
                start.recording = crate::engine::Recording::Off;
            });
        block_on(async {
            let run = local.start(Json::object());
            let handle = run.handle();
            let stop = async {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                handle.stop(Failure::named("Enough"));
            };
            let (report, ()) = tokio::join!(run, stop);
            assert_eq!(report.outcome, Outcome::Aborted(Failure::named("Enough")));
        });
    }

    #[test]
    fn waits_beside_a_running_task_do_not_use_up_its_deadline() {
        let machine = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3600,"End":true}}},
            {"StartAt":"T","States":{"T":{"Type":"Task","Resource":"work","TimeoutSeconds":3000,"End":true}}}]}}}"#;
        let machine = Arc::new(Machine::parse(machine).unwrap());
        let registry = Registry::new().async_function("work", |_| async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            Ok(5.into())
        });
        let local = Local::new(machine).registry(registry).pace(Pace::Jumping);
        let report = block_on(async { local.start(Json::object()).await });
        assert_eq!(
            report.outcome.output().map(Json::to_string).as_deref(),
            Some("[{},5]")
        );
        assert!(report.elapsed().as_secs() >= 3_600);
    }
}
