//! Finding the step whose context `%` means.
//!
//! Each `%` opens a slot that looks outwards through the steps before it. The step it finds binds its own context under
//! the slot's name, and carries that binding along with each of its results.

use super::ast::{Kind, Node};
use super::error::Error;
use super::names::{Names, Symbol};

/// The parents that are looked for, all of one expression.
#[derive(Default)]
pub(super) struct Slots(Vec<Slot>);

struct Slot {
    name: Symbol,
    /// How many steps further out its step is; found at zero.
    level: usize,
}

impl Slots {
    /// Opens a slot for another `%`.
    pub(super) fn open(&mut self, names: &mut Names) -> usize {
        // No variable can have such a name: `!` ends a word.
        let name = names.intern(&format!("!{}", self.0.len()).into());
        self.0.push(Slot { name, level: 1 });
        self.0.len() - 1
    }

    /// The name under which the step binds its context.
    pub(super) fn name(&self, slot: usize) -> Symbol {
        self.0[slot].name
    }

    /// Looks for the parents that a predicate asks for in the step it belongs to.
    pub(super) fn descend(&mut self, step: &mut Node, predicate: &Node) -> Result<(), Error> {
        for slot in predicate.seeking.iter().flatten().copied() {
            match self.0[slot].level {
                0 => {}
                1 => self.seek(step, slot)?,
                _ => self.0[slot].level -= 1,
            }
        }
        adopt(step, predicate);
        Ok(())
    }

    /// Looks for the parents that the last step of a path asks for in the steps before it. What is not found there is
    /// left to whatever stands around the path.
    pub(super) fn resolve(&mut self, node: &mut Node) -> Result<(), Error> {
        let Kind::Path(path) = &mut node.kind else {
            return Ok(());
        };
        let Some((last, before)) = path.steps.split_last_mut() else {
            return Ok(());
        };
        let own = match last.kind {
            Kind::Parent(slot) => Some(slot),
            _ => None,
        };
        let slots: Vec<usize> = last.seeking.iter().flatten().copied().chain(own).collect();
        for slot in slots {
            let mut rest = before.len();
            while self.0[slot].level > 0 {
                if rest == 0 {
                    node.seeking.get_or_insert_default().push(slot);
                    break;
                }
                rest -= 1;
                // Several steps in a row that bind the same context are one step.
                while rest > 0 && has_focus(&before[rest]) && has_focus(&before[rest - 1]) {
                    rest -= 1;
                }
                self.seek(&mut before[rest], slot)?;
            }
        }
        Ok(())
    }

    /// Looks for a slot's step in a node, one level further out for each step that is passed.
    fn seek(&mut self, node: &mut Node, slot: usize) -> Result<(), Error> {
        match &mut node.kind {
            Kind::Name(_) | Kind::Wildcard => {
                self.0[slot].level -= 1;
                if self.0[slot].level == 0 {
                    let step = node.step_mut();
                    let name = *step.ancestor.get_or_insert(self.0[slot].name);
                    self.0[slot].name = name;
                    step.tuple = true;
                }
            }
            Kind::Parent(_) => self.0[slot].level += 1,
            Kind::Block(items, _) => {
                if let Some(last) = items.last_mut() {
                    self.seek(last, slot)?;
                    node.step_mut().tuple = true;
                }
            }
            Kind::Path(path) => {
                for (at, step) in path.steps.iter_mut().rev().enumerate() {
                    if at == 0 || self.0[slot].level > 0 {
                        self.seek(step, slot)?;
                    }
                }
                node.step_mut().tuple = true;
            }
            _ => return Err(no_parent(node, Some(node.position))),
        }
        Ok(())
    }
}

/// Makes a node look for the parents that an expression inside it looks for.
pub(super) fn adopt(node: &mut Node, inner: &Node) {
    let own = match inner.kind {
        Kind::Parent(slot) => Some(slot),
        _ => None,
    };
    if inner.seeking.is_some() || own.is_some() {
        let seeking = node.seeking.get_or_insert_default();
        seeking.extend(inner.seeking.iter().flatten().copied().chain(own));
    }
}

fn has_focus(node: &Node) -> bool {
    node.step.as_ref().is_some_and(|step| step.focus.is_some())
}

/// The error about an expression that has no parent.
pub(super) fn no_parent(node: &Node, position: Option<usize>) -> Error {
    let message = "The object representing the 'parent' cannot be derived from this expression";
    let error = Error::new("S0217", message).about(node.type_name());
    match position {
        Some(position) => error.at(position),
        None => error,
    }
}
