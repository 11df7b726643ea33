//! Everything that a service knows, by its names.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::activities::Activity;
use super::executions::Entry;
use super::machines::{StateMachine, Tags, Target};
use crate::aws::{Arn, ArnKind, Error};
use crate::value::Text;

/// How many executions that have ended are kept: the service keeps them for ninety days, a process has only its memory.
pub(super) const ENDED_KEPT: usize = 10_000;

/// State machines, executions and activities.
#[derive(Default)]
pub(super) struct Book {
    /// By their names.
    pub(super) machines: BTreeMap<Text, StateMachine>,
    /// By their ARNs.
    pub(super) activities: BTreeMap<Text, Arc<Activity>>,
    executions: BTreeMap<Text, Arc<Entry>>,
    /// Those of each machine, by its ARN, oldest first.
    by_machine: BTreeMap<Text, Vec<Arc<Entry>>>,
    /// Those that have ended, oldest first.
    ended: VecDeque<Text>,
}

impl Book {
    /// The machine of an ARN, whatever its qualifier.
    pub(super) fn machine(&mut self, arn: &Arn<'_>) -> Option<&mut StateMachine> {
        let machine = self.machines.get_mut(arn.name)?;
        (machine.arn == arn.machine()).then_some(machine)
    }

    /// The machine that an unqualified ARN names.
    pub(super) fn named(&mut self, arn: &Arn<'_>, text: &str) -> Result<&mut StateMachine, Error> {
        let is_qualified = arn.rest.is_some();
        let machine = self.machine(arn).filter(|_| !is_qualified);
        machine.ok_or_else(|| Error::no_machine(text))
    }

    /// The machine of an ARN and the revision that its qualifier stands for.
    pub(super) fn target(
        &mut self,
        arn: &Arn<'_>,
        text: &str,
    ) -> Result<(&StateMachine, Target), Error> {
        let missing = || Error::no_machine(text);
        let machine = self.machine(arn).ok_or_else(missing)?;
        let target = machine.target(arn.rest).ok_or_else(missing)?;
        Ok((machine, target))
    }

    pub(super) fn add_execution(&mut self, entry: Arc<Entry>) {
        self.by_machine
            .entry(entry.machine_arn.clone())
            .or_default()
            .push(entry.clone());
        self.executions.insert(entry.arn.clone(), entry);
    }

    pub(super) fn execution(&self, arn: &str) -> Result<Arc<Entry>, Error> {
        let entry = self.executions.get(arn).cloned();
        entry.ok_or_else(|| Error::no_execution(arn))
    }

    /// The executions of a machine, oldest first.
    pub(super) fn executions_of(&self, machine: &str) -> &[Arc<Entry>] {
        self.by_machine.get(machine).map_or(&[], Vec::as_slice)
    }

    /// Remembers that an execution has ended, and forgets the oldest where there are too many.
    pub(super) fn ended(&mut self, arn: &Text) {
        self.ended.push_back(arn.clone());
        while self.ended.len() > ENDED_KEPT {
            let Some(oldest) = self.ended.pop_front() else {
                return;
            };
            self.forget(&oldest);
        }
    }

    /// One that was redriven meanwhile will end again.
    fn forget(&mut self, arn: &Text) {
        let runs = |entry: &Arc<Entry>| entry.progress().outcome.is_none();
        if self.executions.get(arn).is_none_or(runs) {
            return;
        }
        if let Some(entry) = self.executions.remove(arn)
            && let Some(siblings) = self.by_machine.get_mut(&entry.machine_arn)
        {
            siblings.retain(|sibling| sibling.arn != *arn);
        }
    }

    /// The tags of a resource that can have some.
    pub(super) fn with_tags<T>(
        &mut self,
        text: &str,
        work: impl FnOnce(&mut Tags) -> T,
    ) -> Result<T, Error> {
        let kinds = [ArnKind::StateMachine, ArnKind::Activity];
        let arn = super::input::arn(text, &kinds)?;
        let missing = || Error::no_resource(text);
        if arn.kind == ArnKind::Activity {
            let activity = self.activities.get(text).ok_or_else(missing)?;
            return Ok(work(&mut activity.tags()));
        }
        let machine = self.named(&arn, text).map_err(|_| missing())?;
        Ok(work(&mut machine.tags))
    }
}
