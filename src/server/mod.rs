//! The API of the service: AWS JSON over HTTP, in front of executions that run in this process.
//!
//! [`Service`] is the API without HTTP: an operation's name and a request go in, a response or a refusal comes out.
//! [`app`] puts it behind HTTP, [`serve`] listens. One file in `ops/` for each operation.

mod activities;
mod book;
mod chance;
mod definition;
mod executions;
mod http;
mod input;
mod integration;
mod listen;
mod logs;
mod machines;
mod metrics;
mod ops;
mod page;
mod references;
mod run;
mod tasks;
mod tokens;
mod wire;

pub use http::app;
pub use listen::{Limits, serve};
pub use logs::Sink as LogSink;
pub use tasks::{Answers, Asked};

use std::sync::{Arc, Mutex, MutexGuard};

use self::book::Book;
use self::input::Input;
use self::logs::Logs;
use self::metrics::Metrics;
use crate::aws::{Code, Error, Place, model};
use crate::driver::local::Pace;
use crate::value::{Json, Timestamp};

/// What an operation answers.
pub type Answer = Result<Json, Error>;

/// How a service is set up.
pub struct Settings {
    /// Where its resources live: what every ARN begins with.
    pub place: Place,
    /// How time passes for its executions.
    pub pace: Pace,
    /// What answers tasks that the service does not answer itself.
    pub answers: Answers,
    /// Where the logs of executions go, if anywhere.
    pub execution_logs: Option<LogSink>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            place: Place::default(),
            pace: Pace::Real,
            answers: tasks::nothing(),
            execution_logs: None,
        }
    }
}

/// State machines, executions and activities, and the operations on them.
///
/// Everything lives in memory. Executions run on the tokio runtime that operations are called in.
pub struct Service {
    place: Place,
    pace: Pace,
    answers: Answers,
    logs: Logs,
    metrics: Metrics,
    book: Mutex<Book>,
}

impl Service {
    /// A service that knows nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            place: settings.place,
            pace: settings.pace,
            answers: settings.answers,
            logs: Logs::new(settings.execution_logs),
            metrics: Metrics::default(),
            book: Mutex::default(),
        })
    }

    /// Performs an operation.
    ///
    /// # Errors
    /// What the service answers when it refuses.
    pub async fn call(self: &Arc<Self>, operation: &str, request: &Json) -> Answer {
        let answer = self.perform(operation, request).await;
        self.metrics.requested(operation, answer.as_ref().err());
        answer
    }

    async fn perform(self: &Arc<Self>, operation: &str, request: &Json) -> Answer {
        let unknown = || Error::new(Code::UnknownOperationException, "");
        let members = model::members(operation).ok_or_else(unknown)?;
        let input = Input::new(model::check(members, request)?);
        ops::perform(self, operation, input)
            .ok_or_else(unknown)?
            .await
    }

    /// What the service knows. Nobody holds it across an await, and nobody panics with it.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        crate::driver::local::wall()
    }
}
