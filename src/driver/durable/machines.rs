//! Machines by the hash of their definition: what executions are read back with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::request::Error;
use crate::machine::Machine;
use crate::store::{Expected, Kind, Store, Write};
use crate::value::Text;

/// How many machines are kept compiled that no execution in memory runs.
const SPARE: usize = 256;

/// Every machine that was ever started, in the catalogue as text, and compiled here as long as it is used.
#[derive(Default)]
pub(super) struct Machines {
    compiled: Mutex<BTreeMap<Text, Arc<Machine>>>,
}

impl Machines {
    fn compiled(&self) -> MutexGuard<'_, BTreeMap<Text, Arc<Machine>>> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that the definition can be found again. Must come before the first execution is stored.
    pub(super) fn keep(&self, store: &dyn Store, machine: &Arc<Machine>) -> Result<(), Error> {
        let hash = machine.hash();
        if self.compiled().contains_key(hash) {
            return Ok(());
        }
        if store.get(Kind::Definition, hash)?.is_none() {
            let text = machine.definition().to_string();
            let write = Write {
                expected: Expected::Anything,
                ..Write::create(Kind::Definition, hash.clone(), text)
            };
            store.write(vec![write])?;
        }
        self.remember(machine.clone());
        Ok(())
    }

    /// The machine with that hash.
    pub(super) fn find(&self, store: &dyn Store, hash: &Text) -> Result<Arc<Machine>, Error> {
        if let Some(machine) = self.compiled().get(hash) {
            return Ok(machine.clone());
        }
        let item = store.get(Kind::Definition, hash)?;
        let missing = || Error::Unreadable(format!("the definition {hash} is not in the store"));
        let item = item.ok_or_else(missing)?;
        let machine = Machine::parse(item.value).map_err(|diagnostics| {
            let first = diagnostics.first().map(ToString::to_string);
            let what = first.unwrap_or_default();
            Error::Unreadable(format!("its definition is not valid any more: {what}"))
        })?;
        let machine = Arc::new(machine);
        self.remember(machine.clone());
        Ok(machine)
    }

    fn remember(&self, machine: Arc<Machine>) {
        let mut compiled = self.compiled();
        if compiled.len() >= SPARE {
            compiled.retain(|_, machine| Arc::strong_count(machine) > 1);
        }
        compiled.insert(machine.hash().clone(), machine);
    }
}
