//! How a resolver tells of work that is not done yet.

use std::fmt;
use std::sync::Arc;

use super::Answer;
use crate::engine::{TaskUpdate, Ticket};
use crate::value::Json;

/// Where a driver takes reports.
pub(crate) type Sink = Arc<dyn Fn(Ticket, TaskUpdate) + Send + Sync>;

/// Reports on one attempt at one task. Cheap to clone, and good for as long as anybody keeps it: what is told of an
/// attempt that is over changes nothing.
#[derive(Clone)]
pub struct Updates {
    ticket: Ticket,
    sink: Sink,
}

impl Updates {
    pub(crate) fn new(ticket: Ticket, sink: &Sink) -> Self {
        Self {
            ticket,
            sink: sink.clone(),
        }
    }

    /// The attempt that is reported on.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Somebody began to work on it. Drivers tell this themselves of a [`Call::Later`](super::Call::Later).
    pub fn started(&self, worker: Option<Arc<str>>) {
        (self.sink)(self.ticket, TaskUpdate::Started { worker });
    }

    /// Somebody still works on it: the clock of `HeartbeatSeconds` starts again.
    pub fn heartbeat(&self) {
        (self.sink)(self.ticket, TaskUpdate::Heartbeat);
    }

    /// The job of a `.sync` resource was accepted, and this is what the service answered.
    pub fn submitted(&self, output: Json) {
        (self.sink)(self.ticket, TaskUpdate::Returned(Ok(output)));
    }

    /// The job is done: what ends a task that was [`Accepted`](super::Call::Accepted).
    pub fn completed(&self, answer: Answer) {
        (self.sink)(self.ticket, TaskUpdate::Completed(answer));
    }

    #[cfg(test)]
    pub(crate) fn ignored(ticket: Ticket) -> Self {
        Self {
            ticket,
            sink: Arc::new(|_, _| {}),
        }
    }
}

impl fmt::Debug for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Updates").field(&self.ticket).finish()
    }
}
