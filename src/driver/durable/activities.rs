//! Tasks that wait for a worker of their activity.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::engine::TaskRequest;
use crate::value::Text;

/// A task in a queue. Whether it is still wanted only its execution knows.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) execution: Text,
    pub(super) request: Arc<TaskRequest>,
}

#[derive(Debug, Default)]
struct Queue {
    tasks: VecDeque<Waiting>,
    news: Arc<Notify>,
}

/// The queues of all activities. They are not stored: executions know what they have asked for.
#[derive(Debug, Default)]
pub(super) struct Activities {
    queues: Mutex<BTreeMap<Text, Queue>>,
}

impl Activities {
    fn queues(&self) -> MutexGuard<'_, BTreeMap<Text, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a task at the end of its queue.
    pub(super) fn put(&self, activity: &str, task: Waiting) {
        let mut queues = self.queues();
        let queue = queues.entry(activity.into()).or_default();
        queue.tasks.push_back(task);
        queue.news.notify_one();
    }

    /// Takes the task that has waited longest, or what tells of the next.
    pub(super) fn take(&self, activity: &str) -> Result<Waiting, Arc<Notify>> {
        let mut queues = self.queues();
        let queue = queues.entry(activity.into()).or_default();
        let task = queue.tasks.pop_front().ok_or_else(|| queue.news.clone())?;
        // One notice stands for all that came while nobody listened.
        if !queue.tasks.is_empty() {
            queue.news.notify_one();
        }
        Ok(task)
    }

    /// Puts a task back that was taken and could not be given away.
    pub(super) fn put_back(&self, activity: &str, task: Waiting) {
        let mut queues = self.queues();
        let queue = queues.entry(activity.into()).or_default();
        queue.tasks.push_front(task);
        queue.news.notify_one();
    }

    /// Takes a task out that nobody waits for any more.
    pub(super) fn cancel(&self, execution: &str, request: &TaskRequest) {
        if let Some(queue) = self.queues().get_mut(request.resource.text.as_str()) {
            queue.tasks.retain(|task| {
                task.execution != execution || task.request.ticket != request.ticket
            });
        }
    }
}
