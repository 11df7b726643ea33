//! From rows to an execution.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::journal::Payloads;
use super::key::{RowKey, RowKind};
use super::rows::{
    BirthRow, CancellingRow, ContentRow, FrameRow, HeaderRow, ItemRow, JoiningRow, JsonText,
    PhaseRow, RequestRow, ResumeRow, SlotRow, StageRow, Stored,
};
use super::{Parts, SnapshotError, VERSION};
use crate::engine::frame::{
    Family, Frame, Frames, Item, Items, Joining, Phase, Resume, Running, Slot, Stage,
};
use crate::engine::{Execution, Header, Iteration, Join, Outcome, TaskRequest};
use crate::expr::Variables;
use crate::machine::{Kind, Machine, StateId};
use crate::value::{Json, Object, Text};

/// The row that says what an execution was told at its start, and in which form the others are.
pub(super) fn birth(parts: &Parts) -> Result<BirthRow, SnapshotError> {
    let row: BirthRow = required(parts, RowKey::BIRTH)?;
    if row.version == VERSION {
        Ok(row)
    } else {
        Err(SnapshotError::Version(row.version))
    }
}

fn required<T: DeserializeOwned>(parts: &Parts, key: RowKey) -> Result<T, SnapshotError> {
    let row = parts.rows.get(&key).ok_or(SnapshotError::Empty)?;
    parsed(key, row)
}

fn parsed<T: DeserializeOwned>(key: RowKey, row: &str) -> Result<T, SnapshotError> {
    serde_json::from_str(row).map_err(|why| SnapshotError::Unreadable {
        key,
        why: why.to_string(),
    })
}

/// Reads rows back, and notes which payloads each of them refers to.
pub(super) struct Reader<'a> {
    machine: &'a Machine,
    parts: &'a Parts,
    pub(super) payloads: Payloads,
    /// What the row that is being read refers to.
    referred: Vec<u64>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(machine: &'a Machine, parts: &'a Parts) -> Result<Self, SnapshotError> {
        let mut payloads = Payloads::default();
        for (key, row) in parts.of(RowKind::Payload) {
            let JsonText(json) = parsed(key, row)?;
            payloads.put(key.owner, json);
        }
        Ok(Self {
            machine,
            parts,
            payloads,
            referred: Vec::new(),
        })
    }

    fn json(&mut self, stored: Stored) -> Result<Json, SnapshotError> {
        match stored {
            Stored::Here(JsonText(json)) => Ok(json),
            Stored::Payload(id) => {
                self.referred.push(id);
                let missing = || SnapshotError::Incomplete(format!("payload {id} is missing"));
                self.payloads.get(id).ok_or_else(missing)
            }
        }
    }

    /// Notes that the row has been read.
    fn read(&mut self, key: RowKey) {
        let referred = std::mem::take(&mut self.referred);
        self.payloads.refer(key, referred);
    }

    fn state(&self, name: &Text) -> Result<StateId, SnapshotError> {
        self.machine
            .find(name)
            .ok_or_else(|| SnapshotError::UnknownState(name.clone()))
    }

    pub(super) fn header(&mut self, birth: BirthRow) -> Result<Execution, SnapshotError> {
        let row: HeaderRow = required(self.parts, RowKey::HEADER)?;
        let input = self.json(birth.input)?;
        self.read(RowKey::BIRTH);
        let header = Header {
            identity: Arc::new(birth.identity),
            input,
            begun: row.begun,
            started: birth.started,
            now: row.now,
            deadline: row.deadline,
            context: birth.context.map(|JsonText(context)| context),
            seed: birth.seed,
            drawn: row.drawn,
            token_secret: birth.token_secret,
            recording: birth.recording,
            profile: birth.profile,
            state_machine_type: birth.state_machine_type,
            last_event: row.last_event,
            redrive_count: row.redrive_count,
            redriven: row.redriven,
            outcome: row.outcome.map(Outcome::from),
            failed_in: row.failed_in,
        };
        Ok(Execution {
            header,
            ready: row.ready.into(),
            ..Execution::default()
        })
    }

    /// Restores frames from the top down: what a branch sees of the variables around it hangs on its parent.
    pub(super) fn slots(&mut self, execution: &mut Execution) -> Result<(), SnapshotError> {
        let frames = &mut execution.frames;
        let mut below: BTreeMap<Option<Slot>, Vec<(Slot, FrameRow)>> = BTreeMap::new();
        let mut many = 0_u32;
        for (key, row) in self.parts.of(RowKind::Slot) {
            let row: SlotRow = parsed(key, row)?;
            if key.owner != u64::from(many) {
                return Err(incomplete("a slot is missing"));
            }
            let next = match row.content {
                ContentRow::Frame(frame) => {
                    let children = below.entry(frame.parent).or_default();
                    children.push((many, *frame));
                    None
                }
                ContentRow::Free(next) => next,
            };
            frames.restore(many, row.generation, Err(next));
            many += 1;
        }
        let mut next = below.remove(&None).unwrap_or_default();
        while let Some((slot, row)) = next.pop() {
            let outer = row
                .parent
                .and_then(|parent| frames.get(parent))
                .map(|frame| frame.variables.clone());
            let frame = self.frame(row, outer)?;
            self.read(RowKey::slot(slot));
            frames.restore(slot, frames.generation(slot), Ok(frame));
            next.extend(below.remove(&Some(slot)).unwrap_or_default());
        }
        if !below.is_empty() {
            return Err(incomplete("a frame's parent is missing"));
        }
        frames.link_all();
        let header: HeaderRow = required(self.parts, RowKey::HEADER)?;
        if !frames.set_free(header.free) || header.ready.iter().any(|slot| *slot >= many) {
            return Err(incomplete("a slot is named that is not there, or not free"));
        }
        Ok(())
    }

    /// What has come in below the frames that wait for it.
    pub(super) fn results(&self, execution: &mut Execution) -> Result<(), SnapshotError> {
        for (key, row) in self.parts.of(RowKind::Result) {
            let JsonText(result) = parsed(key, row)?;
            let slot =
                Slot::try_from(key.owner).map_err(|_| incomplete("there is no such slot"))?;
            let total = joined(&execution.frames, slot)?;
            if key.index >= total {
                return Err(SnapshotError::Incomplete(format!(
                    "there is a result {} below frame {slot}, which joins {total}",
                    key.index
                )));
            }
            let join = execution.joins.entry(slot);
            let join = join.or_insert_with(|| Join::of(total));
            join.put(key.index, result);
            join.fresh.clear();
        }
        Ok(())
    }

    /// Tasks that are to be stopped.
    pub(super) fn cancelling(&mut self, execution: &mut Execution) -> Result<(), SnapshotError> {
        for (key, row) in self.parts.of(RowKind::Cancelling) {
            let row: CancellingRow = parsed(key, row)?;
            let request = self.request(row.request)?;
            let submitted = row
                .submitted
                .map(|submitted| self.json(submitted))
                .transpose()?;
            self.read(key);
            execution
                .cancelling
                .insert(request.ticket, (Arc::new(request), submitted));
        }
        Ok(())
    }

    fn frame(&mut self, row: FrameRow, outer: Option<Variables>) -> Result<Frame, SnapshotError> {
        let mut values = row.variables;
        let mut own = Object::new();
        for name in row.variable_order {
            if let Some(stored) = values.remove(&name) {
                own.insert(name, self.json(stored)?);
            }
        }
        let item = match row.item {
            Some(ItemRow { value, key }) => Some(Box::new(Item {
                value: self.json(value)?,
                key,
            })),
            None => None,
        };
        let at = self.state(&row.at)?;
        let phase = self.phase(row.phase)?;
        self.check_joining(at, &phase)?;
        Ok(Frame {
            parent: row.parent,
            index: row.index,
            item,
            at,
            input: self.json(row.input)?,
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

    fn phase(&mut self, row: PhaseRow) -> Result<Phase, SnapshotError> {
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
                        output: self.json(output)?,
                    },
                };
                Phase::Running(Running {
                    request: Arc::new(self.request(request)?),
                    stage,
                    deadline,
                    beat_by,
                })
            }
            PhaseRow::Waiting { until } => Phase::Waiting { until },
            PhaseRow::Elapsed => Phase::Elapsed,
            PhaseRow::BackingOff { until } => Phase::BackingOff { until },
            PhaseRow::Joining(joining) => Phase::Joining(self.joining(joining)?),
            PhaseRow::Unwound { failure, resume } => {
                let resume = match resume {
                    ResumeRow::Enter => Resume::Enter,
                    ResumeRow::Again => Resume::Again,
                    ResumeRow::Join(joining) => Resume::Join(self.joining(joining)?),
                };
                Phase::Unwound {
                    failure,
                    resume: Box::new(resume),
                }
            }
        })
    }

    fn joining(&mut self, row: JoiningRow) -> Result<Joining, SnapshotError> {
        let items = row.items.map(|items| self.json(items)).transpose()?;
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

    fn request(&mut self, row: RequestRow) -> Result<TaskRequest, SnapshotError> {
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
            input: self.json(row.input)?,
            credentials: row
                .credentials
                .map(|credentials| self.json(credentials))
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

/// How many results a frame waits for.
fn joined(frames: &Frames, slot: Slot) -> Result<u32, SnapshotError> {
    let joining = frames.get(slot).and_then(|frame| frame.phase.joining());
    joining.map(|joining| joining.total).ok_or_else(|| {
        SnapshotError::Incomplete(format!(
            "there are results for frame {slot}, which joins nothing"
        ))
    })
}

fn incomplete(what: &str) -> SnapshotError {
    SnapshotError::Incomplete(what.to_owned())
}
