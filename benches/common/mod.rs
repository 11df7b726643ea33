//! The workloads of the speed comparison, and what runs them. Machines and inputs are found through `SFN_CORPUS` (default
//! `../shared/data`).

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use sfn::engine::{
    Command, Effects, Event, EventKind, Execution, Failure, HistoryEvent, Outcome, Profile,
    Recording, Start, TaskRequest, TaskUpdate,
};
use sfn::value::Timestamp;
use sfn::{Json, Machine};

/// The binary's allocator: what the command line runs with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a task answers.
pub(crate) type Answer = fn(&TaskRequest) -> Result<Json, Failure>;

/// A machine and its input.
pub(crate) struct Workload {
    pub(crate) machine: Arc<Machine>,
    pub(crate) input: Json,
    pub(crate) answer: Answer,
}

impl Workload {
    /// Reads a workload of the comparison; `None` where it is not at hand.
    pub(crate) fn load(name: &str, answer: Answer) -> Option<Self> {
        let folder = std::env::var_os("SFN_CORPUS")
            .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from)
            .join("workloads");
        let read = |kind: &str| fs::read(folder.join(format!("{name}.{kind}.json"))).ok();
        let machine = Machine::parse(read("asl")?).expect("the workload is a machine");
        let input = Json::parse(read("input")?).expect("the workload's input is JSON");
        Some(Self {
            machine: Arc::new(machine),
            input,
            answer,
        })
    }

    /// A workload of our own: 32 members pass through a hundred Pass states.
    pub(crate) fn wide_object() -> Self {
        let states: Vec<_> = (0..100)
            .map(|number| {
                let next = match number {
                    99 => "\"End\":true".to_owned(),
                    _ => format!("\"Next\":\"S{}\"", number + 1),
                };
                format!("\"S{number}\":{{\"Type\":\"Pass\",\"Result\":{number},\"ResultPath\":\"$.k7\",{next}}}")
            })
            .collect();
        let machine = format!("{{\"StartAt\":\"S0\",\"States\":{{{}}}}}", states.join(","));
        let members: Vec<_> = (0..32)
            .map(|number| format!("\"k{number}\":\"value {number}\""))
            .collect();
        Self {
            machine: Arc::new(Machine::parse(machine).expect("it is a machine")),
            input: Json::parse(format!("{{{}}}", members.join(","))).expect("it is JSON"),
            answer: small,
        }
    }

    /// What an execution of it is told.
    pub(crate) fn start(&self, recording: Recording) -> Start {
        let mut start = Start::new(self.input.clone());
        start.profile = Profile::Relaxed;
        start.recording = recording;
        start
    }

    /// Runs an execution in virtual time, tasks answered in place. The history is kept, as the batches that it came in.
    pub(crate) fn run(&self, recording: Recording) -> (Outcome, Vec<Vec<HistoryEvent>>) {
        let mut execution = Execution::new();
        let mut now = Timestamp::from_millis(0);
        let begun = EventKind::Begun(Box::new(self.start(recording)));
        let mut facts = VecDeque::from([begun]);
        let mut effects = Effects::default();
        let mut history = Vec::new();
        loop {
            let kind = facts.pop_front().unwrap_or_else(|| {
                now = execution.wake_at().expect("every task is answered").at;
                EventKind::Tick
            });
            execution.advance(&self.machine, Event { at: now, kind }, &mut effects);
            if !effects.history.is_empty() {
                let mut batch = std::mem::take(&mut effects.history);
                // What is kept for long is kept without room to grow.
                if batch.capacity() / 5 > batch.len() / 4 {
                    batch.shrink_to_fit();
                }
                history.push(batch);
            }
            for command in effects.commands.drain(..) {
                if let Command::Invoke(request) = command {
                    let update = TaskUpdate::Returned((self.answer)(&request));
                    facts.push_back(EventKind::Task {
                        ticket: request.ticket,
                        update,
                    });
                }
            }
            if let Some(outcome) = execution.outcome() {
                return (outcome.clone(), history);
            }
        }
    }
}

/// A small result. The input itself would do for one task, but a thousand of them would nest it a thousand deep.
pub(crate) fn small(_: &TaskRequest) -> Result<Json, Failure> {
    Ok(Json::from([("ok", Json::Bool(true))]))
}

/// The input.
pub(crate) fn echo(request: &TaskRequest) -> Result<Json, Failure> {
    Ok(request.input.clone())
}

/// Fails three times.
pub(crate) fn flaky(request: &TaskRequest) -> Result<Json, Failure> {
    if request.retry_count < 3 {
        Err(Failure::named("Flaky"))
    } else {
        Ok(request.input.clone())
    }
}
