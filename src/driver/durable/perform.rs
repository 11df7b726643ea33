//! What executions ask for is done: after the step in which they asked is stored.

use std::sync::{Arc, mpsc};

use super::activities::Waiting;
use super::flight::Work;
use super::live::{Arrival, Whole};
use super::request::Handling;
use super::shard::{Course, Message, Shard};
use crate::asl::{Pattern, ResourceKind};
use crate::driver::drive::caught;
use crate::engine::{Command, EventKind, Failure, TaskRequest, TaskUpdate, Ticket};
use crate::resolver::{Answer, Call, Ends, Pending, Sink, Updates};
use crate::value::{Json, Text};

impl Shard {
    pub(super) fn perform(&mut self, key: &Text, commands: Vec<Command>) {
        for command in commands {
            match command {
                // What is not begun now is asked for again by whoever opens the store next.
                Command::Invoke(_) | Command::Attach { .. } if self.course != Course::Open => {}
                Command::Invoke(request) => self.invoke(key, &request),
                Command::Attach { request, submitted } => {
                    let updates = self.updates(key, request.ticket);
                    let resolver = self.shared.resolver.clone();
                    let call = caught(|| resolver.attach(&request, &submitted, &updates));
                    self.called(key, &request, call);
                }
                Command::Cancel { request, .. } => self.cancel(key, &request),
                // The record says so, and those who waited have heard it.
                Command::Finish(_) => {}
            }
        }
    }

    fn invoke(&mut self, key: &Text, request: &Arc<TaskRequest>) {
        self.shared.metrics.invoked.add(1);
        if request.resource.kind == ResourceKind::Activity {
            match self.shared.handling(request) {
                Handling::Resolve => {}
                Handling::Queue => return self.queue(key, request),
                Handling::Refuse(failure) => {
                    return self.update(key, request, TaskUpdate::Refused(failure));
                }
            }
        }
        let updates = self.updates(key, request.ticket);
        let resolver = self.shared.resolver.clone();
        let call = caught(|| resolver.call(request, &updates));
        self.called(key, request, call);
    }

    fn queue(&mut self, key: &Text, request: &Arc<TaskRequest>) {
        self.update(key, request, TaskUpdate::Accepted);
        let task = Waiting {
            execution: key.clone(),
            request: request.clone(),
        };
        self.shared.activities.put(&request.resource.text, task);
    }

    fn updates(&self, key: &Text, ticket: Ticket) -> Updates {
        let (outbox, key) = (self.outbox.clone(), key.clone());
        let sink: Sink =
            Arc::new(move |ticket, update| Self::report(&outbox, &key, ticket, update));
        Updates::new(ticket, &sink)
    }

    fn update(&mut self, key: &Text, request: &TaskRequest, update: TaskUpdate) {
        let ticket = request.ticket;
        self.push(
            key,
            Arrival::Event(EventKind::Task { ticket, update }),
            None,
        );
    }

    /// Whether a call's answer is the whole task's, of one that is accepted first and done later.
    pub(super) fn whole(&self, request: &TaskRequest) -> Whole {
        let ends = match request.resource.pattern() {
            Pattern::RequestResponse => Ends::Call,
            Pattern::Sync | Pattern::Sync2 => Ends::Task,
            Pattern::WaitForTaskToken => self.shared.resolver.ends(request),
        };
        match ends {
            Ends::Call => Whole::Call,
            Ends::Task => Whole::Task,
        }
    }

    fn called(&mut self, key: &Text, request: &Arc<TaskRequest>, call: Call) {
        let work = match call {
            Call::Done(answer) => {
                let whole = self.whole(request);
                return self.push(key, Arrival::Answer(request.clone(), answer, whole), None);
            }
            Call::Accepted => return self.update(key, request, TaskUpdate::Accepted),
            Call::Refused(failure) => {
                return self.update(key, request, TaskUpdate::Refused(failure));
            }
            Call::After(delay, answer) => {
                let delay = self.shared.pace.of(delay);
                let work = async move {
                    tokio::time::sleep(delay).await;
                    answer
                };
                Box::pin(work)
            }
            Call::Later(work) => work,
        };
        self.update(key, request, TaskUpdate::Started { worker: None });
        if self.whole(request) == Whole::Task {
            self.update(key, request, TaskUpdate::Returned(Ok(Json::object())));
        }
        self.spawn(key, request, work);
    }

    fn spawn(&mut self, key: &Text, request: &Arc<TaskRequest>, work: Pending) {
        let promise = Promise {
            outbox: self.outbox.clone(),
            key: key.clone(),
            ticket: request.ticket,
            kept: false,
        };
        let work = async move { promise.keep(work.await) };
        let handle = self.shared.runtime.spawn(work).abort_handle();
        let Some(slot) = self.slots.get_mut(key) else {
            return handle.abort();
        };
        let request = request.clone();
        slot.running
            .insert(request.ticket, Work { request, handle });
        self.working += 1;
        self.shared.metrics.running_tasks.add(1);
    }

    fn cancel(&mut self, key: &Text, request: &TaskRequest) {
        let ticket = request.ticket;
        self.shared.resolver.cancel(request);
        if request.resource.kind == ResourceKind::Activity {
            self.shared.activities.cancel(key, request);
        }
        let work = self.slots.get_mut(key);
        if work.and_then(|slot| slot.running.remove(&ticket)).is_some() {
            self.working -= 1;
            self.shared.metrics.running_tasks.sub(1);
        }
        let known = EventKind::CancelAcknowledged { ticket };
        self.push(key, Arrival::Event(known), None);
    }
}

/// The answer that somebody waits for. Work that panics answers too; work that was aborted does not.
struct Promise {
    outbox: mpsc::Sender<Message>,
    key: Text,
    ticket: Ticket,
    kept: bool,
}

impl Promise {
    fn keep(mut self, answer: Answer) {
        self.kept = true;
        self.tell(answer);
    }

    fn tell(&self, answer: Answer) {
        // A shard that is gone will ask again when it comes back.
        let message = Message::Returned(self.key.clone(), self.ticket, answer);
        let _ = self.outbox.send(message);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if !self.kept && std::thread::panicking() {
            self.tell(Err(Failure::new("Task.Panicked", "the resolver panicked")));
        }
    }
}
