//! From rows to an execution.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::SnapshotError;
use super::rows::{
    CancellingRow, FrameRow, HeaderRow, ItemRow, JoiningRow, JsonText, PhaseRow, RequestRow,
    ResumeRow, StageRow, Stored,
};
use crate::engine::frame::{
    Family, Frame, Frames, Item, Items, Joining, Phase, Resume, Running, Slot, Stage,
};
use crate::engine::{Execution, Header, Iteration, Outcome, TaskRequest};
use crate::expr::Variables;
use crate::machine::{Kind, Machine, StateId};
use crate::value::{Json, Object, Text};

/// Reads rows back, and notes which payloads each of them refers to.
pub(super) struct Reader<'a> {
    pub(super) machine: &'a Machine,
    pub(super) payloads: BTreeMap<u64, Json>,
    pub(super) references: BTreeMap<Option<Slot>, Vec<u64>>,
}

impl Reader<'_> {
    fn json(&mut self, owner: Option<Slot>, stored: Stored) -> Result<Json, SnapshotError> {
        match stored {
            Stored::Here(JsonText(json)) => Ok(json),
            Stored::Payload(id) => {
                self.references.entry(owner).or_default().push(id);
                let missing = || SnapshotError::Incomplete(format!("payload {id} is missing"));
                self.payloads.get(&id).cloned().ok_or_else(missing)
            }
        }
    }

    fn state(&self, name: &Text) -> Result<StateId, SnapshotError> {
        self.machine
            .find(name)
            .ok_or_else(|| SnapshotError::UnknownState(name.clone()))
    }

    pub(super) fn header(&mut self, row: HeaderRow) -> Result<Execution, SnapshotError> {
        let mut execution = Execution::default();
        for (slot, generation) in (0..).zip(&row.generations) {
            execution.frames.restore(slot, *generation, None);
        }
        let slots = execution.frames.slots();
        if row.free.iter().chain(&row.ready).any(|slot| *slot >= slots) {
            return Err(incomplete("a slot is named that is not there"));
        }
        execution.frames.set_free(row.free);
        execution.ready = row.ready.into();
        for CancellingRow { request, submitted } in row.cancelling {
            let request = self.request(None, request)?;
            let submitted = submitted
                .map(|submitted| self.json(None, submitted))
                .transpose()?;
            execution
                .cancelling
                .insert(request.ticket, (Arc::new(request), submitted));
        }
        execution.header = Header {
            identity: Arc::new(row.identity),
            input: self.json(None, row.input)?,
            begun: row.begun,
            started: row.started,
            now: row.now,
            deadline: row.deadline,
            context: row.context.map(|JsonText(context)| context),
            seed: row.seed,
            drawn: row.drawn,
            token_secret: row.token_secret,
            recording: row.recording,
            profile: row.profile,
            state_machine_type: row.state_machine_type,
            last_event: row.last_event,
            redrive_count: row.redrive_count,
            redriven: row.redriven,
            outcome: row.outcome.map(Outcome::from),
            failed_in: row.failed_in,
        };
        Ok(execution)
    }

    /// Restores frames from the top down: what a branch sees of the variables around it hangs on its parent.
    pub(super) fn frames(
        &mut self,
        frames: &mut Frames,
        rows: &BTreeMap<Slot, FrameRow>,
    ) -> Result<(), SnapshotError> {
        let free: BTreeSet<Slot> = frames.free().iter().copied().collect();
        let taken = |slot: &Slot| *slot >= frames.slots() || free.contains(slot);
        if rows.keys().any(taken) {
            return Err(incomplete(
                "a frame stands in a slot that is free or not there",
            ));
        }
        let mut below: BTreeMap<Option<Slot>, Vec<Slot>> = BTreeMap::new();
        for (slot, row) in rows {
            below.entry(row.parent).or_default().push(*slot);
        }
        let mut next = below.remove(&None).unwrap_or_default();
        let mut restored = 0;
        while let Some(slot) = next.pop() {
            let row = &rows[&slot];
            let outer = row
                .parent
                .and_then(|parent| frames.get(parent))
                .map(|frame| frame.variables.clone());
            let frame = self.frame(slot, row.clone(), outer)?;
            frames.restore(slot, frames.generation(slot), Some(frame));
            restored += 1;
            next.extend(below.remove(&Some(slot)).unwrap_or_default());
        }
        if restored < rows.len() {
            return Err(SnapshotError::Incomplete(
                "a frame's parent is missing".into(),
            ));
        }
        frames.link_all();
        Ok(())
    }

    fn frame(
        &mut self,
        slot: Slot,
        row: FrameRow,
        outer: Option<Variables>,
    ) -> Result<Frame, SnapshotError> {
        let owner = Some(slot);
        let mut values = row.variables;
        let mut own = Object::new();
        for name in row.variable_order {
            if let Some(stored) = values.remove(&name) {
                own.insert(name, self.json(owner, stored)?);
            }
        }
        let item = match row.item {
            Some(ItemRow { value, key }) => Some(Box::new(Item {
                value: self.json(owner, value)?,
                key,
            })),
            None => None,
        };
        let at = self.state(&row.at)?;
        let phase = self.phase(owner, row.phase)?;
        self.check_joining(at, &phase)?;
        Ok(Frame {
            parent: row.parent,
            index: row.index,
            item,
            at,
            input: self.json(owner, row.input)?,
            variables: variables(own, outer.filter(|_| row.inside)),
            phase,
            tries: row.tries,
            retry_count: row.retry_count,
            attempts: row.attempts,
            entered_at: row.entered_at,
            entered: row.entered,
            before: row.before,
            chain: row.chain,
            leaf: row.leaf,
            family: Family::default(),
        })
    }

    /// What a frame waits for must be as many as its state has: results are made room for by that number.
    fn check_joining(&self, at: StateId, phase: &Phase) -> Result<(), SnapshotError> {
        let Some(joining) = phase.joining() else {
            return Ok(());
        };
        let many = match &self.machine.state(at).kind {
            Kind::Parallel(parallel) => parallel.branches.len() as u64,
            Kind::Map(_) => u64::from(joining.items.len()),
            Kind::Task(_)
            | Kind::Pass(_)
            | Kind::Wait(_)
            | Kind::Choice(_)
            | Kind::Succeed
            | Kind::Fail(_) => 0,
        };
        if u64::from(joining.total) == many && joining.next <= joining.total {
            Ok(())
        } else {
            Err(incomplete(
                "a frame joins another number of branches than its state has",
            ))
        }
    }

    fn phase(&mut self, owner: Option<Slot>, row: PhaseRow) -> Result<Phase, SnapshotError> {
        Ok(match row {
            PhaseRow::Entering => Phase::Entering,
            PhaseRow::Again => Phase::Again,
            PhaseRow::Running {
                request,
                stage,
                deadline,
                beat_by,
            } => {
                let stage = match stage {
                    StageRow::Requested => Stage::Requested,
                    StageRow::Scheduled => Stage::Scheduled,
                    StageRow::Started => Stage::Started,
                    StageRow::Submitted(output) => Stage::Submitted {
                        output: self.json(owner, output)?,
                    },
                };
                Phase::Running(Running {
                    request: Arc::new(self.request(owner, request)?),
                    stage,
                    deadline,
                    beat_by,
                })
            }
            PhaseRow::Waiting { until } => Phase::Waiting { until },
            PhaseRow::Elapsed => Phase::Elapsed,
            PhaseRow::BackingOff { until } => Phase::BackingOff { until },
            PhaseRow::Joining(joining) => Phase::Joining(self.joining(owner, joining)?),
            PhaseRow::Unwound { failure, resume } => {
                let resume = match resume {
                    ResumeRow::Enter => Resume::Enter,
                    ResumeRow::Again => Resume::Again,
                    ResumeRow::Join(joining) => Resume::Join(self.joining(owner, joining)?),
                };
                Phase::Unwound {
                    failure,
                    resume: Box::new(resume),
                }
            }
        })
    }

    fn joining(&mut self, owner: Option<Slot>, row: JoiningRow) -> Result<Joining, SnapshotError> {
        let items = row.items.map(|items| self.json(owner, items)).transpose()?;
        let items = items.as_ref().and_then(Items::of).unwrap_or(Items::None);
        Ok(Joining {
            live: row.live,
            next: row.next,
            total: row.total,
            concurrency: row.concurrency,
            items,
            selected: None,
        })
    }

    fn request(
        &mut self,
        owner: Option<Slot>,
        row: RequestRow,
    ) -> Result<TaskRequest, SnapshotError> {
        let state = self.state(&row.state)?;
        let Kind::Task(task) = &self.machine.state(state).kind else {
            return Err(SnapshotError::Incomplete(format!(
                "state `{}` is no task",
                row.state
            )));
        };
        Ok(TaskRequest {
            ticket: row.ticket,
            state,
            state_name: row.state,
            iterations: row
                .iterations
                .into_iter()
                .map(|(map, index)| Iteration { map, index })
                .collect(),
            retry_count: row.retry_count,
            resource: task.resource.clone(),
            input: self.json(owner, row.input)?,
            credentials: row
                .credentials
                .map(|credentials| self.json(owner, credentials))
                .transpose()?,
            token: row.token,
            timeout: row.timeout,
            heartbeat: row.heartbeat,
        })
    }
}

fn variables(own: Object, outer: Option<Variables>) -> Variables {
    let Some(outer) = outer else {
        return Variables::new(own);
    };
    let mut variables = Variables::inside(Arc::new(outer));
    for (name, value) in own.iter() {
        variables.set(name.clone(), value.clone());
    }
    variables
}

fn incomplete(what: &str) -> SnapshotError {
    SnapshotError::Incomplete(what.to_owned())
}
