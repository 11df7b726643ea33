//! Activities: queues of tasks that workers come and take.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;

use super::machines::Tags;
use crate::engine::{TaskRequest, Ticket};
use crate::resolver::Updates;
use crate::value::{Json, Text, Timestamp};

/// How long a worker waits for a task ("the service holds the HTTP connection open for 60 seconds", API reference).
const POLL: Duration = Duration::from_secs(60);

/// An activity by its ARN.
pub(super) struct Activity {
    pub(super) arn: Text,
    pub(super) name: Text,
    pub(super) created: Timestamp,
    pub(super) encryption: Json,
    tags: Mutex<Tags>,
    waiting: Mutex<VecDeque<Waiting>>,
    arrived: Notify,
}

/// A task that no worker has taken yet.
struct Waiting {
    request: Arc<TaskRequest>,
    updates: Updates,
}

/// A task as a worker gets it.
pub(super) struct Taken {
    pub(super) token: Text,
    pub(super) input: Json,
}

impl Activity {
    pub(super) fn new(
        arn: Text,
        name: Text,
        created: Timestamp,
        encryption: Json,
        tags: Tags,
    ) -> Self {
        Self {
            arn,
            name,
            created,
            encryption,
            tags: Mutex::new(tags),
            waiting: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    pub(super) fn tags(&self) -> MutexGuard<'_, Tags> {
        self.tags
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Puts a task in line.
    pub(super) fn offer(&self, request: Arc<TaskRequest>, updates: Updates) {
        self.waiting().push_back(Waiting { request, updates });
        self.arrived.notify_one();
    }

    /// Takes a task out of the line again. Tickets are unique in an execution only, tokens everywhere.
    pub(super) fn withdraw(&self, request: &TaskRequest) {
        let is_it = |ticket: Ticket, other: &TaskRequest| {
            ticket == other.ticket && request.token == other.token
        };
        self.waiting()
            .retain(|waiting| !is_it(request.ticket, &waiting.request));
    }

    /// The next task, for a worker who waits for it as long as the service lets it wait.
    pub(super) async fn take(&self, worker: Option<Arc<str>>) -> Option<Taken> {
        let next = async {
            loop {
                let arrived = self.arrived.notified();
                if let Some(taken) = self.next(&worker) {
                    return taken;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(POLL, next).await.ok()
    }

    fn next(&self, worker: &Option<Arc<str>>) -> Option<Taken> {
        let mut waiting = self.waiting();
        let Waiting { request, updates } = waiting.pop_front()?;
        if !waiting.is_empty() {
            // Others may wait too, and only one of them was woken.
            self.arrived.notify_one();
        }
        let token = request.token.as_ref()?.as_str().into();
        updates.started(worker.clone());
        let input = request.input.clone();
        Some(Taken { token, input })
    }
}
