//! Frames: one for each path of control, in a slab.
//!
//! The top level, each Parallel branch and each Map iteration is a frame. Nesting is data: a frame knows its parent,
//! and nothing recurses.
//!
//! Each frame keeps two threads through its history. `chain` is the last event that the next one in this branch points
//! at; `leaf` is the last event of all, those included that nothing in the branch points at (`MapIterationSucceeded`).
//! What begins uses `chain`, what joins uses `leaf`.

use std::sync::Arc;

use super::{Failure, TaskRequest};
use crate::expr::Variables;
use crate::machine::StateId;
use crate::value::{Array, Json, Text, Timestamp};

/// The place of a frame in the slab. It may be used again; tickets carry the slot's generation too.
pub(super) type Slot = u32;

/// One path of control.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The frame of the Parallel or Map state that this one belongs to.
    pub parent: Option<Slot>,
    /// Which branch or iteration of it.
    pub index: u32,
    /// The item, in an iteration.
    pub item: Option<Box<Item>>,
    /// The state it is in.
    pub at: StateId,
    /// The raw input of that state, until the state is left.
    pub input: Json,
    /// The variables it sees; those of the frames around are behind a reference count.
    pub variables: Variables,
    /// What it is doing.
    pub phase: Phase,
    /// How often each retrier of the state has been used in this visit.
    pub tries: Vec<u32>,
    /// How many retries there were in this visit.
    pub retry_count: u32,
    /// How many task attempts this frame has made in its life: the last part of a ticket.
    pub attempts: u32,
    /// When the state was entered.
    pub entered_at: Timestamp,
    /// The event that tells so.
    pub entered: u64,
    /// The event that that one points at.
    pub before: u64,
    /// The event that the next one of this branch points at.
    pub chain: u64,
    /// The last event of this branch.
    pub leaf: u64,
    /// Its place among the frames below its parent.
    pub family: Family,
}

/// How the frames below one are found: a list, the youngest first. Derived from their parents.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Family {
    /// The youngest frame directly below this one.
    youngest: Option<Slot>,
    /// The next older and the next younger one with the same parent.
    older: Option<Slot>,
    younger: Option<Slot>,
}

/// The item of a Map iteration, as the context object shows it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The item itself, before `ItemSelector`.
    pub value: Json,
    /// The member's name, when the items are those of an object.
    pub key: Option<Text>,
}

/// What a frame is doing.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// About to enter its state.
    Entering,
    /// About to do its state again, which was entered before.
    Again,
    /// A task is being done outside.
    Running(Running),
    /// Until a moment comes. A Wait state.
    Waiting { until: Timestamp },
    /// That moment has come.
    Elapsed,
    /// Until a moment comes. Between two attempts.
    BackingOff { until: Timestamp },
    /// Other frames are at work below this one.
    Joining(Joining),
    /// It has failed, or was cut short by a failure elsewhere: kept so that a redrive can go on here.
    Unwound {
        failure: Failure,
        resume: Box<Resume>,
    },
}

/// How a frame that was cut short goes on when it is redriven.
#[derive(Clone, Debug)]
pub(super) enum Resume {
    /// It had not entered its state yet.
    Enter,
    /// It does its state again.
    Again,
    /// The frames below it go on; it waits for them.
    Join(Joining),
}

impl Phase {
    /// The task that is being done.
    pub(super) fn running(&self) -> Option<&Running> {
        if let Self::Running(running) = self {
            Some(running)
        } else {
            None
        }
    }

    /// What the frames below it are to do, also when it was cut short in that.
    pub(super) fn joining(&self) -> Option<&Joining> {
        match self {
            Self::Joining(joining) => Some(joining),
            Self::Unwound { resume, .. } => {
                if let Resume::Join(joining) = &**resume {
                    Some(joining)
                } else {
                    None
                }
            }
            Self::Entering
            | Self::Again
            | Self::Running(_)
            | Self::Waiting { .. }
            | Self::Elapsed
            | Self::BackingOff { .. } => None,
        }
    }

    /// How a frame would go on from here.
    pub(super) fn resume(self) -> Resume {
        match self {
            Self::Entering => Resume::Enter,
            Self::Joining(joining) => Resume::Join(joining),
            Self::Unwound { resume, .. } => *resume,
            Self::Again
            | Self::Running(_)
            | Self::Waiting { .. }
            | Self::Elapsed
            | Self::BackingOff { .. } => Resume::Again,
        }
    }
}

/// A task that is being done outside.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub request: Arc<TaskRequest>,
    pub stage: Stage,
    /// When it is too late. Runs from the start of the work.
    pub deadline: Option<Timestamp>,
    /// By when the worker must report.
    pub beat_by: Option<Timestamp>,
}

impl Running {
    /// When time decides, and about what.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match (self.deadline, self.beat_by) {
            (Some(deadline), Some(beat)) => Some(deadline.min(beat)),
            (deadline, beat) => deadline.or(beat),
        }
    }
}

/// How far a task has come.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Asked for. Activities stay here until their queue has them.
    Requested,
    /// Its Scheduled event is recorded.
    Scheduled,
    /// Somebody works on it.
    Started,
    /// The service has accepted the job, or passed the token on.
    Submitted { output: Json },
}

/// Frames below this one, and what they are to do.
#[derive(Clone, Debug)]
pub(super) struct Joining {
    /// How many of them are at work.
    pub live: u32,
    /// Which is the next to start.
    pub next: u32,
    /// How many there are in all.
    pub total: u32,
    /// How many may be at work at once.
    pub concurrency: u32,
    /// What a Map iterates over; empty for a Parallel.
    pub items: Items,
    /// A Map's input through its `InputPath`, where that is costly to find again for each item. It can be found again
    /// all the same, and so is not stored.
    pub selected: Option<Json>,
}

/// What a Map iterates over.
#[derive(Clone, Debug)]
pub(super) enum Items {
    /// Nothing: a Parallel has branches instead.
    None,
    /// The elements of an array.
    Array(Array),
    /// The members of an object.
    Object(crate::value::Object),
}

/// A slab of frames. Slots are reused, generations tell the uses apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    slots: Vec<SlotEntry>,
    /// The slot that is taken next; each free slot knows the one after it.
    free: Option<Slot>,
    /// Slots that somebody may have changed since a store last asked, each once.
    changed: Vec<Slot>,
}

#[derive(Clone, Debug, Default)]
struct SlotEntry {
    generation: u32,
    /// Whether it is among those that changed.
    changed: bool,
    /// The free slot that is taken after this one.
    next_free: Option<Slot>,
    frame: Option<Box<Frame>>,
}

/// What stands in a slot, as a store keeps it.
pub(super) enum Content<'a> {
    Frame(&'a Frame),
    /// Nothing; and which free slot is taken after this one.
    Free(Option<Slot>),
}

impl Frames {
    /// Puts a frame into a free slot.
    pub(super) fn insert(&mut self, frame: Frame) -> Slot {
        let slot = self.free.unwrap_or_else(|| {
            self.slots.push(SlotEntry::default());
            u32::try_from(self.slots.len() - 1).expect("four billion frames do not fit a memory")
        });
        let entry = &mut self.slots[slot as usize];
        self.free = entry.next_free.take();
        entry.frame = Some(Box::new(frame));
        self.touch(slot);
        self.link(slot);
        slot
    }

    /// Puts a frame at the head of its parent's list.
    fn link(&mut self, slot: Slot) {
        let Some(parent) = self.get(slot).and_then(|frame| frame.parent) else {
            return;
        };
        let Some(older) = self
            .family(parent)
            .map(|family| family.youngest.replace(slot))
        else {
            return;
        };
        if let Some(family) = older.and_then(|older| self.family(older)) {
            family.younger = Some(slot);
        }
        if let Some(family) = self.family(slot) {
            family.older = older;
            family.younger = None;
        }
    }

    /// Takes a frame out of its parent's list.
    fn unlink(&mut self, frame: &Frame) {
        let Family { older, younger, .. } = frame.family;
        if let Some(family) = older.and_then(|older| self.family(older)) {
            family.younger = younger;
        }
        match (younger, frame.parent) {
            (Some(younger), _) => {
                if let Some(family) = self.family(younger) {
                    family.older = older;
                }
            }
            (None, Some(parent)) => {
                if let Some(family) = self.family(parent) {
                    family.youngest = older;
                }
            }
            (None, None) => {}
        }
    }

    /// A list is no part of what is stored: to change it changes no frame.
    fn family(&mut self, slot: Slot) -> Option<&mut Family> {
        let frame = self.slots.get_mut(slot as usize)?.frame.as_deref_mut()?;
        Some(&mut frame.family)
    }

    /// Makes the lists of frames that were restored.
    pub(super) fn link_all(&mut self) {
        let slots: Vec<Slot> = self.iter().map(|(slot, _)| slot).collect();
        for slot in &slots {
            if let Some(family) = self.family(*slot) {
                *family = Family::default();
            }
        }
        for slot in slots {
            self.link(slot);
        }
    }

    /// Puts a frame, or a free slot, where it was, as a snapshot tells.
    pub(super) fn restore(
        &mut self,
        slot: Slot,
        generation: u32,
        content: Result<Frame, Option<Slot>>,
    ) {
        let at = slot as usize;
        if self.slots.len() <= at {
            self.slots.resize(at + 1, SlotEntry::default());
        }
        let next_free = content.as_ref().err().copied().flatten();
        self.slots[at] = SlotEntry {
            generation,
            changed: false,
            next_free,
            frame: content.ok().map(Box::new),
        };
    }

    /// Tells which slot is taken next, as it was before a snapshot. `false` when the free slots are not a list that has
    /// each of them once.
    pub(super) fn set_free(&mut self, free: Option<Slot>) -> bool {
        self.free = free;
        let mut left = self
            .slots
            .iter()
            .filter(|entry| entry.frame.is_none())
            .count();
        let mut next = free;
        while let Some(slot) = next {
            let entry = self.slots.get(slot as usize);
            let Some(entry) = entry.filter(|entry| entry.frame.is_none() && left > 0) else {
                return false;
            };
            next = entry.next_free;
            left -= 1;
        }
        left == 0
    }

    /// The slot that is taken next, where one is free.
    pub(super) fn free(&self) -> Option<Slot> {
        self.free
    }

    /// What stands in a slot, and which use of it that is.
    pub(super) fn content(&self, slot: Slot) -> Option<(u32, Content<'_>)> {
        let entry = self.slots.get(slot as usize)?;
        let content = match entry.frame.as_deref() {
            Some(frame) => Content::Frame(frame),
            None => Content::Free(entry.next_free),
        };
        Some((entry.generation, content))
    }

    /// Takes a frame out. Its tickets are dead from now on.
    pub(super) fn remove(&mut self, slot: Slot) -> Option<Frame> {
        let entry = self.slots.get_mut(slot as usize)?;
        let frame = entry.frame.take()?;
        entry.generation = entry.generation.wrapping_add(1);
        entry.next_free = self.free.replace(slot);
        self.touch(slot);
        self.unlink(&frame);
        Some(*frame)
    }

    fn touch(&mut self, slot: Slot) {
        if let Some(entry) = self.slots.get_mut(slot as usize)
            && !std::mem::replace(&mut entry.changed, true)
        {
            self.changed.push(slot);
        }
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Frame> {
        self.slots.get(slot as usize)?.frame.as_deref()
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Frame> {
        self.touch(slot);
        self.slots.get_mut(slot as usize)?.frame.as_deref_mut()
    }

    pub(super) fn generation(&self, slot: Slot) -> u32 {
        self.slots
            .get(slot as usize)
            .map_or(0, |entry| entry.generation)
    }

    /// The slots that may have changed since this was last asked, in order.
    pub(super) fn take_changed(&mut self) -> Vec<Slot> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        for slot in &changed {
            self.slots[*slot as usize].changed = false;
        }
        changed
    }

    /// Makes the next answer tell every slot.
    pub(super) fn mark_all_changed(&mut self) {
        (0..self.slots()).for_each(|slot| self.touch(slot));
    }

    /// How many slots there are, empty ones included.
    pub(super) fn slots(&self) -> Slot {
        u32::try_from(self.slots.len()).expect("four billion frames do not fit a memory")
    }

    /// All frames, by slot.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &Frame)> {
        (0..)
            .zip(&self.slots)
            .filter_map(|(slot, entry)| Some((slot, entry.frame.as_deref()?)))
    }

    /// The frames directly below one, in the order of their index.
    pub(super) fn children(&self, parent: Slot) -> Vec<Slot> {
        let mut children = Vec::new();
        let mut next = self.get(parent).and_then(|frame| frame.family.youngest);
        while let Some((slot, frame)) = next.and_then(|slot| Some((slot, self.get(slot)?))) {
            children.push((frame.index, slot));
            next = frame.family.older;
        }
        children.sort_unstable();
        children.into_iter().map(|(_, slot)| slot).collect()
    }
}
