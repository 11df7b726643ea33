//! From an execution to rows.

use std::sync::Arc;

use serde::Serialize;

use super::VERSION;
use super::journal::{Age, Payloads};
use super::key::{RowChange, RowKey};
use super::rows::{
    BirthRow, CancellingRow, ContentRow, FrameRow, HeaderRow, ItemRow, JoiningRow, JsonText,
    OutcomeRow, PhaseRow, RequestRow, ResumeRow, SlotRow, StageRow, Stored,
};
use crate::engine::frame::{Content, Frame, Items, Joining, Phase, Resume, Stage};
use crate::engine::{Execution, TaskRequest, limits};
use crate::machine::{Machine, StateId};
use crate::value::{Json, Text};

/// Writes one row, and keeps account of the payloads it refers to.
pub(super) struct Writer<'a> {
    machine: &'a Machine,
    payloads: &'a mut Payloads,
    rows: &'a mut Vec<RowChange>,
    referred: Vec<u64>,
}

/// The text of a row.
pub(super) fn text(row: &impl Serialize) -> String {
    serde_json::to_string(row).expect("rows are plain data, and their maps have texts for keys")
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        machine: &'a Machine,
        payloads: &'a mut Payloads,
        rows: &'a mut Vec<RowChange>,
    ) -> Self {
        Self {
            machine,
            payloads,
            rows,
            referred: Vec::new(),
        }
    }

    fn json(&mut self, json: &Json) -> Stored {
        if json.length() < limits::INLINE_PAYLOAD {
            return Stored::Here(JsonText(json.clone()));
        }
        let (id, age) = self.payloads.place(json);
        if age == Age::New {
            let row = text(&JsonText(json.clone()));
            self.rows.push(RowChange::Put(RowKey::payload(id), row));
        }
        self.referred.push(id);
        Stored::Payload(id)
    }

    fn put(self, key: RowKey, row: &impl Serialize) {
        self.payloads.refer(key, self.referred);
        self.rows.push(RowChange::Put(key, text(row)));
    }

    pub(super) fn birth(mut self, execution: &Execution) {
        let header = &execution.header;
        let row = BirthRow {
            version: VERSION,
            definition: self.machine.hash().clone(),
            identity: (*header.identity).clone(),
            input: self.json(&header.input),
            started: header.started,
            context: header.context.clone().map(JsonText),
            seed: header.seed,
            token_secret: header.token_secret,
            recording: header.recording,
            profile: header.profile,
            state_machine_type: header.state_machine_type,
        };
        self.put(RowKey::BIRTH, &row);
    }

    pub(super) fn slot(mut self, key: RowKey, generation: u32, content: &Content<'_>) {
        let content = match content {
            Content::Frame(frame) => ContentRow::Frame(Box::new(self.frame(frame))),
            Content::Free(next) => ContentRow::Free(*next),
        };
        let row = SlotRow {
            generation,
            content,
        };
        self.put(key, &row);
    }

    pub(super) fn cancelling(
        mut self,
        key: RowKey,
        (request, submitted): &(Arc<TaskRequest>, Option<Json>),
    ) {
        let row = CancellingRow {
            request: self.request(request),
            submitted: submitted.as_ref().map(|submitted| self.json(submitted)),
        };
        self.put(key, &row);
    }

    fn frame(&mut self, frame: &Frame) -> FrameRow {
        let own = frame.variables.own();
        FrameRow {
            parent: frame.parent,
            index: frame.index,
            item: frame.item.as_deref().map(|item| ItemRow {
                value: self.json(&item.value),
                key: item.key.clone(),
            }),
            at: self.name(frame.at),
            input: self.json(&frame.input),
            variables: own
                .iter()
                .map(|(name, value)| (name.clone(), self.json(value)))
                .collect(),
            variable_order: own.shape().names().to_vec(),
            inside: frame.variables.outer().is_some(),
            phase: self.phase(&frame.phase),
            tries: frame.tries.clone(),
            retry_count: frame.retry_count,
            attempts: frame.attempts,
            entered_at: frame.entered_at,
            entered: frame.entered,
            before: frame.before,
            chain: frame.chain,
            leaf: frame.leaf,
        }
    }

    fn name(&self, state: StateId) -> Text {
        self.machine.state(state).name.clone()
    }

    fn phase(&mut self, phase: &Phase) -> PhaseRow {
        match phase {
            Phase::Entering => PhaseRow::Entering,
            Phase::Again => PhaseRow::Again,
            Phase::Running(running) => PhaseRow::Running {
                request: self.request(&running.request),
                stage: match &running.stage {
                    Stage::Requested => StageRow::Requested,
                    Stage::Scheduled => StageRow::Scheduled,
                    Stage::Started => StageRow::Started,
                    Stage::Submitted { output } => StageRow::Submitted(self.json(output)),
                },
                deadline: running.deadline,
                beat_by: running.beat_by,
            },
            Phase::Waiting { until } => PhaseRow::Waiting { until: *until },
            Phase::Elapsed => PhaseRow::Elapsed,
            Phase::BackingOff { until } => PhaseRow::BackingOff { until: *until },
            Phase::Joining(joining) => PhaseRow::Joining(self.joining(joining)),
            Phase::Unwound { failure, resume } => PhaseRow::Unwound {
                failure: failure.clone(),
                resume: match &**resume {
                    Resume::Enter => ResumeRow::Enter,
                    Resume::Again => ResumeRow::Again,
                    Resume::Join(joining) => ResumeRow::Join(self.joining(joining)),
                },
            },
        }
    }

    fn joining(&mut self, joining: &Joining) -> JoiningRow {
        JoiningRow {
            live: joining.live,
            next: joining.next,
            total: joining.total,
            concurrency: joining.concurrency,
            items: match &joining.items {
                Items::None => None,
                Items::Array(array) => Some(self.json(&Json::Array(array.clone()))),
                Items::Object(object) => Some(self.json(&Json::Object(object.clone()))),
            },
        }
    }

    fn request(&mut self, request: &TaskRequest) -> RequestRow {
        RequestRow {
            ticket: request.ticket,
            state: request.state_name.clone(),
            iterations: request
                .iterations
                .iter()
                .map(|each| (each.map.clone(), each.index))
                .collect(),
            retry_count: request.retry_count,
            input: self.json(&request.input),
            credentials: request
                .credentials
                .as_ref()
                .map(|credentials| self.json(credentials)),
            token: request.token.clone(),
            timeout: request.timeout,
            heartbeat: request.heartbeat,
        }
    }
}

/// What an execution knows as a whole. It refers to no payload.
pub(super) fn header(execution: &Execution) -> HeaderRow {
    let header = &execution.header;
    HeaderRow {
        begun: header.begun,
        now: header.now,
        deadline: header.deadline,
        drawn: header.drawn,
        last_event: header.last_event,
        redrive_count: header.redrive_count,
        redriven: header.redriven,
        outcome: header.outcome.clone().map(OutcomeRow::from),
        failed_in: header.failed_in.clone(),
        ready: execution.ready.iter().copied().collect(),
        free: execution.frames.free(),
    }
}
