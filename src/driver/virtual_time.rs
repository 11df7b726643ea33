//! Virtual time: a year of waiting takes microseconds, and the same seed gives the same run.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Report;
use super::drive::{Drive, Listener};
use crate::engine::{
    EventKind, Execution, Failure, Outcome, Profile, Start, TaskRequest, TaskUpdate, Ticket,
    TokenError,
};
use crate::machine::Machine;
use crate::resolver::{Pending, Registry, Resolver, Sink};
use crate::value::{Json, Timestamp};

/// The error of a task whose answer takes real time.
pub const NOT_AT_HAND: &str = "Driver.NotAtHand";

/// The error of an execution that waits for somebody who is not there.
pub const STUCK: &str = super::STUCK;

/// Runs executions of a machine in virtual time, without a runtime and without threads.
///
/// Time jumps from one moment to the next at which something happens. What takes virtual time is
/// [`Call::After`](crate::resolver::Call::After); a `Call::Later` must be done when it is first polled, since nothing
/// would ever wake it, or else fails with [`NOT_AT_HAND`].
///
/// ```
/// use sfn::driver::virtual_time::VirtualTime;
/// use sfn::{Json, Machine};
///
/// let machine = Machine::parse(r#"{
///     "StartAt": "Sleep",
///     "States": { "Sleep": { "Type": "Wait", "Seconds": 31536000, "End": true } }
/// }"#).expect("the definition is valid");
/// let report = VirtualTime::new(&machine).report(Json::object());
/// assert_eq!(report.elapsed().as_secs(), 31_536_000);
/// ```
pub struct VirtualTime<'m> {
    machine: &'m Machine,
    resolver: Arc<dyn Resolver>,
    start: Start,
    begun: Timestamp,
}

impl<'m> VirtualTime<'m> {
    /// Executions of this machine, whose tasks nothing resolves yet, beginning on 2026-01-01.
    #[must_use]
    pub fn new(machine: &'m Machine) -> Self {
        let start = Start::new(Json::object());
        Self {
            machine,
            resolver: Arc::new(Registry::new()),
            start,
            begun: super::BEGINNING,
        }
    }

    /// Who does the work of tasks: usually a [`Registry`].
    #[must_use]
    pub fn registry(self, resolver: impl Resolver + 'static) -> Self {
        Self {
            resolver: Arc::new(resolver),
            ..self
        }
    }

    /// What random numbers are drawn from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.start.seed = seed;
        self
    }

    /// Whose rules hold.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.start.profile = profile;
        self
    }

    /// When executions begin.
    #[must_use]
    pub fn begun_at(self, begun: Timestamp) -> Self {
        Self { begun, ..self }
    }

    /// Everything else an execution is told at its start; the input is replaced by that of the run.
    #[must_use]
    pub fn start(self, start: Start) -> Self {
        Self { start, ..self }
    }

    /// Runs an execution to its end.
    #[must_use]
    pub fn run(&self, input: Json) -> Outcome {
        self.report(input).outcome
    }

    /// Runs an execution to its end, and tells how it went. One that only an answer from outside could move is stopped
    /// with [`STUCK`].
    #[must_use]
    pub fn report(&self, input: Json) -> Report {
        let mut play = self.begin(input);
        loop {
            match play.go_on() {
                Some(report) => return report,
                None => play.stop(play.drive.stuck()),
            }
        }
    }

    /// Begins an execution that is then moved step by step, and answered from outside.
    #[must_use]
    pub fn begin(&self, input: Json) -> Play<'m> {
        let reports = Reports::default();
        let taken = reports.clone();
        let sink: Sink = Arc::new(move |ticket, update| {
            taken
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((ticket, update));
        });
        let mut drive = Drive::new(self.machine, self.resolver.clone(), sink);
        drive.begin(
            self.begun,
            Start {
                input,
                ..self.start.clone()
            },
        );
        Play {
            drive,
            now: self.begun,
            reports,
        }
    }
}

/// One execution in virtual time, moved by hand.
pub struct Play<'m> {
    drive: Drive<'m>,
    now: Timestamp,
    reports: Reports,
}

/// What resolvers have reported since anybody looked.
type Reports = Arc<Mutex<Vec<(Ticket, TaskUpdate)>>>;

impl Play<'_> {
    /// Tells each event of the history as it is recorded, from now on; [`Report::history`] then has none of them.
    pub fn on_event(&mut self, listener: Listener) {
        self.drive.listen(listener);
    }

    /// Goes on to the end. `None` when only somebody outside can move it: see [`Play::succeed`].
    pub fn go_on(&mut self) -> Option<Report> {
        loop {
            if let Some(report) = self.settle() {
                return Some(report);
            }
            self.now = self.now.max(self.drive.wake_at()?.at);
        }
    }

    /// Lets time pass up to that moment, and goes on as far as that leads.
    pub fn go_on_until(&mut self, then: Timestamp) -> Option<Report> {
        loop {
            if let Some(report) = self.settle() {
                return Some(report);
            }
            let wake = self.drive.wake_at().filter(|wake| wake.at <= then);
            self.now = self.now.max(wake.map_or(then, |wake| wake.at));
            wake?;
        }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The execution.
    #[must_use]
    pub fn execution(&self) -> &Execution {
        self.drive.execution()
    }

    /// Answers the task of a token with an output.
    ///
    /// # Errors
    /// When the token is not of this execution, or its task is over.
    pub fn succeed(&mut self, token: &str, output: Json) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Completed(Ok(output)))
    }

    /// Answers the task of a token with a failure.
    ///
    /// # Errors
    /// When the token is not of this execution, or its task is over.
    pub fn fail(&mut self, token: &str, failure: Failure) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Completed(Err(failure)))
    }

    /// Tells that somebody still works on the task of a token.
    ///
    /// # Errors
    /// When the token is not of this execution, or its task is over.
    pub fn heartbeat(&mut self, token: &str) -> Result<(), TokenError> {
        self.tell(token, TaskUpdate::Heartbeat)
    }

    fn tell(&mut self, token: &str, update: TaskUpdate) -> Result<(), TokenError> {
        self.drive.push_token(token, update)
    }

    /// Stops the execution.
    pub fn stop(&mut self, failure: Failure) {
        self.drive.push(EventKind::Stopped(failure));
    }

    /// Does all there is to do at this moment.
    fn settle(&mut self) -> Option<Report> {
        loop {
            self.take_reports();
            let stepped = self.drive.step(self.now);
            self.drive.dropped.clear();
            for (request, work) in std::mem::take(&mut self.drive.begun) {
                self.finish(&request, work);
            }
            if !stepped
                && self
                    .reports
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .is_empty()
            {
                return self.drive.report();
            }
        }
    }

    fn take_reports(&mut self) {
        let reports =
            std::mem::take(&mut *self.reports.lock().unwrap_or_else(PoisonError::into_inner));
        for (ticket, update) in reports {
            self.drive.push_update(ticket, update);
        }
    }

    fn finish(&mut self, request: &TaskRequest, mut work: Pending) {
        let answer = match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => Err(not_at_hand(request)),
        };
        self.drive.push_answer(request, answer);
    }
}

fn not_at_hand(request: &TaskRequest) -> Failure {
    let cause = format!(
        "the task of state `{}` takes real time, which virtual time does not have: answer it with Call::After, or run it \
         with the local driver",
        request.state_name
    );
    Failure::new(NOT_AT_HAND, cause)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::TokenError;
    use crate::resolver::{Call, Function, Literal, Updates};

    const TOKEN: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

    fn task(resource: &str, more: &str) -> Machine {
        let state = format!(
            r#"{{"Type":"Task","Resource":"{resource}","Parameters":{{}},"End":true{more}}}"#
        );
        Machine::parse(format!(r#"{{"StartAt":"T","States":{{"T":{state}}}}}"#)).unwrap()
    }

    fn after(seconds: u64) -> impl Fn(&Arc<TaskRequest>, &Updates) -> Call {
        move |_, _| Call::After(Duration::from_secs(seconds), Ok(7.into()))
    }

    #[test]
    fn an_answer_comes_after_its_time() {
        let machine = task("work", "");
        let report = VirtualTime::new(&machine)
            .registry(after(3_600))
            .report(Json::object());
        assert_eq!(report.outcome, Outcome::Succeeded(7.into()));
        assert_eq!(report.elapsed().as_secs(), 3_600);
    }

    #[test]
    fn an_answer_that_comes_too_late_is_not_waited_for() {
        let machine = task("work", r#","TimeoutSeconds":5"#);
        let report = VirtualTime::new(&machine)
            .registry(after(3_600))
            .report(Json::object());
        assert_eq!(
            report.outcome.failure().map(Failure::error),
            Some("States.Timeout")
        );
        assert_eq!(report.elapsed().as_secs(), 5);
    }

    #[test]
    fn a_future_that_is_ready_is_an_answer() {
        let machine = task("work", "");
        let run = |registry| {
            VirtualTime::new(&machine)
                .registry(registry)
                .run(Json::object())
        };
        let ready = Registry::new().async_function("work", |_| async { Ok(2.into()) });
        assert_eq!(run(ready), Outcome::Succeeded(2.into()));
        let never = Registry::new().async_function("work", |_| std::future::pending());
        assert_eq!(run(never).failure().map(Failure::error), Some(NOT_AT_HAND));
    }

    #[test]
    fn an_execution_waits_for_the_bearer_of_its_token() {
        let machine = task(TOKEN, "");
        let token = Arc::new(Mutex::new(None));
        let keeper = token.clone();
        let keep = move |request: &Arc<TaskRequest>, _: &Updates| {
            *keeper.lock().unwrap() = request.token.clone();
            Call::Done(Ok(Json::object()))
        };
        let mut play = VirtualTime::new(&machine)
            .registry(keep)
            .begin(Json::object());
        assert!(play.go_on().is_none());
        let token = token.lock().unwrap().take().unwrap();
        assert_eq!(
            play.succeed("nonsense", Json::Null),
            Err(TokenError::Invalid)
        );
        play.succeed(token.as_str(), 9.into()).unwrap();
        assert_eq!(play.go_on().unwrap().outcome, Outcome::Succeeded(9.into()));
        assert_eq!(
            play.succeed(token.as_str(), Json::Null),
            Err(TokenError::TimedOut)
        );
    }

    #[test]
    fn nobody_waits_for_ever() {
        let machine = task(TOKEN, "");
        let outcome = VirtualTime::new(&machine)
            .registry(Registry::new().function("*", Ok))
            .run(Json::object());
        let failure = outcome.failure().unwrap();
        assert_eq!(failure.error(), STUCK);
        assert!(failure.cause().contains("state `T` waits"), "{failure}");
    }

    #[test]
    fn a_literal_answers_the_whole_task() {
        for resource in [
            TOKEN,
            "arn:aws:states:::glue:startJobRun.sync",
            "arn:aws:states:us-east-1:1:activity:a",
            "w",
        ] {
            let machine = task(resource, "");
            let answer = |literal: Literal| {
                VirtualTime::new(&machine)
                    .registry(literal)
                    .run(Json::object())
            };
            assert_eq!(
                answer(Literal::Json(3.into())),
                Outcome::Succeeded(3.into()),
                "{resource}"
            );
            let failure = Failure::named("Oops");
            assert_eq!(
                answer(Literal::Fail(failure.clone())),
                Outcome::Failed(failure),
                "{resource}"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_history() {
        let pass = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"id.$":"States.UUID()"},"End":true}}}"#;
        let machine = Machine::parse(pass).unwrap();
        let run = |seed| {
            format!(
                "{:?}",
                VirtualTime::new(&machine)
                    .seed(seed)
                    .report(Json::object())
                    .history
            )
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn a_function_that_panics_fails_its_task() {
        let machine =
            r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"work","End":true}}}"#;
        let machine = Machine::parse(machine).unwrap();
        let registry = Registry::new().function("work", |_| panic!("out of paper"));
        let outcome = VirtualTime::new(&machine)
            .registry(registry)
            .run(Json::Null);
        let failure = outcome.failure().expect("it fails");
        assert_eq!(
            (failure.error(), failure.cause()),
            ("Task.Panicked", "out of paper")
        );
    }

    #[test]
    fn a_token_is_answered_once() {
        let machine = r#"{"StartAt":"T","States":{"T":{"Type":"Task",
            "Resource":"arn:aws:states:us-east-1:123456789012:activity:sign","End":true}}}"#;
        let machine = Machine::parse(machine).unwrap();
        let token = Arc::new(Mutex::new(String::new()));
        let keeper = token.clone();
        let resolver = Function::of_request(move |request| {
            *keeper.lock().unwrap() = request
                .token
                .as_ref()
                .expect("an activity has one")
                .to_string();
            Call::Accepted
        });
        let registry = Registry::new().with("sign", resolver);
        let mut play = VirtualTime::new(&machine)
            .registry(registry)
            .begin(Json::Null);
        play.go_on();
        let token = token.lock().unwrap().clone();
        assert_eq!(play.succeed(&token, 1.into()), Ok(()));
        assert_eq!(play.succeed(&token, 2.into()), Err(TokenError::TimedOut));
        assert_eq!(play.heartbeat(&token), Err(TokenError::TimedOut));
    }
}
