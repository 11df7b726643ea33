//! From an execution to rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::{
    CancellingRow, FrameRow, HeaderRow, ItemRow, JoiningRow, JsonText, OutcomeRow, PhaseRow,
    RequestRow, ResumeRow, StageRow, Stored,
};
use super::{Changes, Journal, VERSION};
use crate::engine::frame::{Frame, Items, Joining, Phase, Resume, Slot, Stage};
use crate::engine::{Execution, TaskRequest, limits};
use crate::machine::{Machine, StateId};
use crate::value::{Json, Text};

/// Writes one frame, or the header, and keeps account of the payloads it refers to.
pub(super) struct Writer<'a> {
    machine: &'a Machine,
    journal: &'a mut Journal,
    owner: Option<Slot>,
    referred: Vec<u64>,
    fresh: BTreeMap<u64, JsonText>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(machine: &'a Machine, journal: &'a mut Journal, owner: Option<Slot>) -> Self {
        Self {
            machine,
            journal,
            owner,
            referred: Vec::new(),
            fresh: BTreeMap::new(),
        }
    }

    /// Accounts for what the frame refers to now, and lets go of what nobody refers to any more.
    pub(super) fn finish(self, changes: &mut Changes) {
        changes.payloads.extend(self.fresh);
        let before = self
            .journal
            .references
            .insert(self.owner, self.referred)
            .unwrap_or_default();
        for id in before {
            let referred = self
                .journal
                .references
                .values()
                .any(|ids| ids.contains(&id));
            if !referred
                && self.journal.payloads.remove(&id).is_some()
                && changes.payloads.remove(&id).is_none()
            {
                changes.payloads_gone.push(id);
            }
        }
    }

    fn json(&mut self, json: &Json) -> Stored {
        if json.length() < limits::INLINE_PAYLOAD {
            return Stored::Here(JsonText(json.clone()));
        }
        let known = self
            .journal
            .payloads
            .iter()
            .find(|(_, known)| known.is_same(json))
            .map(|(id, _)| *id);
        let id = known.unwrap_or_else(|| {
            let id = self.journal.next_payload;
            self.journal.next_payload += 1;
            self.journal.payloads.insert(id, json.clone());
            self.fresh.insert(id, JsonText(json.clone()));
            id
        });
        self.referred.push(id);
        Stored::Payload(id)
    }

    pub(super) fn header(&mut self, execution: &Execution) -> HeaderRow {
        let header = &execution.header;
        let frames = &execution.frames;
        HeaderRow {
            version: VERSION,
            definition: self.machine.hash().clone(),
            identity: (*header.identity).clone(),
            input: self.json(&header.input),
            begun: header.begun,
            started: header.started,
            now: header.now,
            deadline: header.deadline,
            context: header.context.clone().map(JsonText),
            seed: header.seed,
            drawn: header.drawn,
            token_secret: header.token_secret,
            recording: header.recording,
            profile: header.profile,
            state_machine_type: header.state_machine_type,
            last_event: header.last_event,
            redrive_count: header.redrive_count,
            redriven: header.redriven,
            outcome: header.outcome.clone().map(OutcomeRow::from),
            failed_in: header.failed_in.clone(),
            ready: execution.ready.iter().copied().collect(),
            free: frames.free().to_vec(),
            generations: (0..frames.slots())
                .map(|slot| frames.generation(slot))
                .collect(),
            cancelling: execution
                .cancelling
                .values()
                .map(|task| self.cancelling(task))
                .collect(),
        }
    }

    fn cancelling(
        &mut self,
        (request, submitted): &(Arc<TaskRequest>, Option<Json>),
    ) -> CancellingRow {
        CancellingRow {
            request: self.request(request),
            submitted: submitted.as_ref().map(|submitted| self.json(submitted)),
        }
    }

    pub(super) fn frame(&mut self, frame: &Frame) -> FrameRow {
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
