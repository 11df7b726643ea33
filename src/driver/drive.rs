//! What all drivers share: the loop around one execution.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Report, STUCK};
use crate::asl::Pattern;
use crate::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, HistoryEvent, Start, TaskRequest,
    TaskUpdate, Ticket, TokenError, Wake, Why,
};
use crate::machine::Machine;
use crate::resolver::{Answer, Call, Ends, Pending, Resolver, Sink, Updates};
use crate::value::{Json, Timestamp};

/// Hears of each event of a history as it is recorded.
pub type Listener = Box<dyn FnMut(&HistoryEvent) + Send>;

/// One execution and what it waits for.
///
/// The driver around it brings the clock, runs what takes time (`begun`, `dropped`) and decides how to wait.
pub(super) struct Drive<'m> {
    machine: &'m Machine,
    resolver: Arc<dyn Resolver>,
    listener: Option<Listener>,
    history: Vec<HistoryEvent>,
    sink: Sink,
    execution: Execution,
    effects: Effects,
    /// Facts that the execution has not been told yet.
    due: VecDeque<EventKind>,
    /// Answers that are known, with the moment at which they will be given.
    agenda: BTreeMap<(Timestamp, u64), (Arc<TaskRequest>, Answer)>,
    /// How many answers have ever been put on the agenda: what orders those of one moment.
    promised: u64,
    /// Attempts whose token has been answered, and which have not been told yet: nobody can answer them again.
    answered: BTreeSet<Ticket>,
    /// Attempts that were asked for and whose end is awaited.
    open: BTreeMap<Ticket, Arc<TaskRequest>>,
    /// Work that has begun since the driver last looked.
    pub(super) begun: Vec<(Arc<TaskRequest>, Pending)>,
    /// Work that nobody waits for any more, since the driver last looked.
    pub(super) dropped: Vec<Ticket>,
    started: Timestamp,
    now: Timestamp,
}

impl<'m> Drive<'m> {
    pub(super) fn new(machine: &'m Machine, resolver: Arc<dyn Resolver>, sink: Sink) -> Self {
        Self {
            machine,
            resolver,
            listener: None,
            history: Vec::new(),
            sink,
            execution: Execution::default(),
            effects: Effects::default(),
            due: VecDeque::new(),
            agenda: BTreeMap::new(),
            promised: 0,
            answered: BTreeSet::new(),
            open: BTreeMap::new(),
            begun: Vec::new(),
            dropped: Vec::new(),
            started: Timestamp::default(),
            now: Timestamp::default(),
        }
    }

    pub(super) fn listen(&mut self, listener: Listener) {
        self.listener = Some(listener);
    }

    pub(super) fn begin(&mut self, at: Timestamp, start: Start) {
        self.started = at;
        self.due.push_back(EventKind::Begun(Box::new(start)));
    }

    /// Goes on with an execution that failed, where it failed.
    #[cfg(feature = "local")]
    pub(super) fn redrive(&mut self, at: Timestamp, execution: Execution) {
        self.started = at;
        self.execution = execution;
        self.due.push_back(EventKind::Redriven);
    }

    /// Gives the execution away, when it has ended.
    #[cfg(feature = "local")]
    pub(super) fn into_execution(self) -> Execution {
        self.execution
    }

    pub(super) fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Puts a fact in line.
    pub(super) fn push(&mut self, kind: EventKind) {
        self.due.push_back(kind);
    }

    /// Puts what the bearer of a token says in line. Whoever answers first has answered.
    pub(super) fn push_token(&mut self, token: &str, update: TaskUpdate) -> Result<(), TokenError> {
        let ticket = self.execution.ticket_of(token)?;
        if self.answered.contains(&ticket) {
            return Err(TokenError::TimedOut);
        }
        if matches!(update, TaskUpdate::Completed(_)) {
            self.answered.insert(ticket);
        }
        self.push_update(ticket, update);
        Ok(())
    }

    /// Puts what happened to a task in line.
    pub(super) fn push_update(&mut self, ticket: Ticket, update: TaskUpdate) {
        self.push(EventKind::Task { ticket, update });
    }

    /// Puts the answer of a call in line.
    ///
    /// Where the call's answer is the whole task's, the task is accepted and then done, so that the history tells of
    /// both.
    pub(super) fn push_answer(&mut self, request: &TaskRequest, answer: Answer) {
        if self.ends_task(request) {
            // An answer that took its time has been told as accepted; telling it again changes nothing.
            self.push_submitted(request);
            self.push_update(request.ticket, TaskUpdate::Completed(answer));
        } else {
            self.push_update(request.ticket, TaskUpdate::Returned(answer));
        }
    }

    /// Whether a call's answer is the whole task's, of one that is accepted first and done later.
    fn ends_task(&self, request: &TaskRequest) -> bool {
        match request.resource.pattern() {
            Pattern::RequestResponse => false,
            Pattern::Sync | Pattern::Sync2 => true,
            Pattern::WaitForTaskToken => self.resolver.ends(request) == Ends::Task,
        }
    }

    fn push_submitted(&mut self, request: &TaskRequest) {
        if self.ends_task(request) {
            self.push_update(request.ticket, TaskUpdate::Returned(Ok(Json::object())));
        }
    }

    /// Tells the execution what is due at that moment, one fact, and does what it asks for. `false` when nothing is due.
    pub(super) fn step(&mut self, now: Timestamp) -> bool {
        let Some(kind) = self.next_due(now) else {
            return false;
        };
        self.now = now;
        let ticket = if let EventKind::Task { ticket, .. } = &kind {
            Some(*ticket)
        } else {
            None
        };
        self.execution
            .advance(self.machine, Event { at: now, kind }, &mut self.effects);
        match &mut self.listener {
            Some(listener) => self
                .effects
                .history
                .drain(..)
                .for_each(|event| listener(&event)),
            None => self.history.append(&mut self.effects.history),
        }
        for command in std::mem::take(&mut self.effects.commands) {
            self.perform(command);
        }
        if let Some(ticket) = ticket.filter(|ticket| !self.execution.is_live(*ticket)) {
            self.answered.remove(&ticket);
            self.open.remove(&ticket);
        }
        true
    }

    fn next_due(&mut self, now: Timestamp) -> Option<EventKind> {
        if let Some(promise) = self
            .agenda
            .first_entry()
            .filter(|promise| promise.key().0 <= now)
        {
            let (request, answer) = promise.remove();
            self.push_answer(&request, answer);
        }
        let tick = || {
            self.execution
                .wake_at()
                .filter(|wake| wake.at <= now)
                .map(|_| EventKind::Tick)
        };
        self.due.pop_front().or_else(tick)
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::Invoke(request) => {
                let updates = Updates::new(request.ticket, &self.sink);
                let call = caught(|| self.resolver.call(&request, &updates));
                self.called(request, call);
            }
            Command::Attach { request, submitted } => {
                let updates = Updates::new(request.ticket, &self.sink);
                let call = caught(|| self.resolver.attach(&request, &submitted, &updates));
                self.called(request, call);
            }
            Command::Cancel { request, .. } => self.cancel(&request),
            // The execution remembers its outcome.
            Command::Finish(_) => {}
        }
    }

    fn called(&mut self, request: Arc<TaskRequest>, call: Call) {
        if !matches!(call, Call::Done(_)) || request.resource.has_token() {
            self.open.insert(request.ticket, request.clone());
        }
        match call {
            Call::Done(answer) => self.push_answer(&request, answer),
            Call::After(delay, answer) => {
                self.push_started(&request);
                self.push_submitted(&request);
                self.promised += 1;
                self.agenda
                    .insert((self.now.after(delay), self.promised), (request, answer));
            }
            Call::Later(work) => {
                self.push_started(&request);
                self.push_submitted(&request);
                self.begun.push((request, work));
            }
            Call::Accepted => self.push_update(request.ticket, TaskUpdate::Accepted),
            Call::Refused(failure) => {
                self.push_update(request.ticket, TaskUpdate::Refused(failure));
            }
        }
    }

    /// Work that goes on has started: deadlines run from here, and a history tells the moment.
    fn push_started(&mut self, request: &TaskRequest) {
        self.push_update(request.ticket, TaskUpdate::Started { worker: None });
    }

    fn cancel(&mut self, request: &TaskRequest) {
        let ticket = request.ticket;
        self.resolver.cancel(request);
        self.agenda
            .retain(|_, (promised, _)| promised.ticket != ticket);
        self.begun.retain(|(begun, _)| begun.ticket != ticket);
        self.open.remove(&ticket);
        self.dropped.push(ticket);
        self.push(EventKind::CancelAcknowledged { ticket });
    }

    /// The next moment at which something is due by itself, and what for.
    pub(super) fn wake_at(&self) -> Option<Wake> {
        let promise = self.agenda.first_key_value().map(|((at, _), _)| Wake {
            at: *at,
            why: Why::Wait,
        });
        match (promise, self.execution.wake_at()) {
            (Some(promise), Some(wake)) if promise.at <= wake.at => Some(promise),
            (promise, wake) => wake.or(promise),
        }
    }

    /// A task whose end is awaited. When no work is under way, only the bearer of its token can end it.
    pub(super) fn awaited(&self) -> Option<&Arc<TaskRequest>> {
        self.open.values().next()
    }

    /// Why an execution is stopped that nobody can move.
    pub(super) fn stuck(&self) -> Failure {
        let cause = match self.awaited() {
            Some(request) => format!(
                "state `{}` waits for an answer with its task token, and nobody here can give one: let a resolver that ends \
                 the whole task answer `{}`, such as json:VALUE, exec:COMMAND or a mock (a server over HTTP only takes the token), \
                 or answer from outside with a handle of the driver",
                request.state_name, request.resource
            ),
            None => "nothing is left that could move the execution".to_owned(),
        };
        Failure::new(STUCK, cause)
    }

    /// How it went, once it has ended and everything it asked for is done.
    pub(super) fn report(&mut self) -> Option<Report> {
        let outcome = self
            .execution
            .outcome()
            .filter(|_| self.due.is_empty())?
            .clone();
        Some(Report {
            outcome,
            failed_in: self.execution.failed_in().cloned(),
            history: std::mem::take(&mut self.history),
            started: self.started,
            stopped: self.now,
        })
    }
}

/// A function that panics fails its task, as it does where it runs beside the execution.
pub(super) fn caught(call: impl FnOnce() -> Call) -> Call {
    // What it leaves half done is its own: the execution and the driver were not in its hands.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let told = panic.downcast_ref::<&str>().copied();
        let told = told.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let cause = told.unwrap_or("the resolver panicked");
        Call::Done(Err(Failure::new("Task.Panicked", cause)))
    })
}
