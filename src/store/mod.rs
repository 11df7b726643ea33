//! Where executions are kept, so that none can be lost.
//!
//! A [`Store`] keeps **executions** (a record, the rows of a snapshot, a history) and a **catalogue** of records, each
//! with a revision. What it has acknowledged survives the process and, on a disk, the power. `docs/durability.md` tells
//! what that rests on; one test file (`tests/it/store.rs`) is its specification, and every backend passes it.
//!
//! Reading blocks, and takes microseconds. Committing does not: a store gathers what comes in while its disk is busy,
//! writes it with one flush, and then calls everybody back. So a driver with few threads has thousands of executions
//! in one flush, without a thread or a task for each; and a store needs no runtime.

mod catalogue;
mod error;
mod execution;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use catalogue::{Expected, Item, Keys, Kind, Write};
pub use error::Error;
pub use execution::{
    Commit, Cursor, CursorError, Due, Entry, Order, Page, Query, Record, Revision, Span, Standing,
    Status, Stored, Summary,
};
pub use memory::Memory;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use std::sync::{Arc, mpsc};

use crate::value::{Text, Timestamp};

/// What is called when a commit is stored, or is not. It must not block: a store's only writer calls it.
pub type Done = Box<dyn FnOnce(Result<Revision, Error>) + Send>;

/// Keeps executions and the catalogue.
///
/// A port: whoever passes the contract test can take the place of the file.
pub trait Store: Send + Sync {
    /// Stores one step of an execution, whole or not at all, and then calls back with the new revision.
    ///
    /// Fails with [`Error::Exists`] when a new execution is not new, [`Error::Missing`] when it is not there, and
    /// [`Error::Conflict`] when it has another revision.
    fn commit(&self, commit: Commit, done: Done);

    /// Everything that an execution needs to go on.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load(&self, execution: &str) -> Result<Option<Stored>, Error>;

    /// What is told of an execution.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn record(&self, execution: &str) -> Result<Option<Record>, Error>;

    /// Executions, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn list(&self, query: &Query) -> Result<Page, Error>;

    /// Events of an execution's history; none when there is no such execution.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn history(&self, execution: &str, span: Span) -> Result<Vec<Entry>, Error>;

    /// Executions that time moves at that moment or before, the earliest first, and only those after the one given.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn due(&self, until: Timestamp, after: Option<&Due>, limit: usize) -> Result<Vec<Due>, Error>;

    /// Executions that have asked for something that must be asked for again after a crash, by ARN, and only those after
    /// the one given.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn owing(&self, after: Option<&str>, limit: usize) -> Result<Vec<Text>, Error>;

    /// Forgets executions that ended before that moment, at most so many; tells how many there were.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, Error>;

    /// Changes records of the catalogue, all or none; gives their new revisions, 0 for those that are gone.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Missing`] or [`Error::Conflict`] when one of them is not as expected; others when the
    /// store cannot be written.
    fn write(&self, writes: Vec<Write>) -> Result<Vec<Revision>, Error>;

    /// A record of the catalogue.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn get(&self, kind: Kind, key: &str) -> Result<Option<Item>, Error>;

    /// Records of the catalogue, by key.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn items(&self, keys: &Keys) -> Result<Vec<Item>, Error>;
}

/// Commits and waits for it: for those who have a thread to wait with.
///
/// # Errors
/// As [`Store::commit`] calls back.
pub fn commit(store: &dyn Store, commit: Commit) -> Result<Revision, Error> {
    let (done, told) = mpsc::channel();
    store.commit(commit, Box::new(move |result| drop(done.send(result))));
    told.recv().unwrap_or(Err(Error::Closed))
}

/// How much is risked for speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: what is acknowledged is on the disk, and survives the power.
    #[default]
    Full,
    /// What is acknowledged survives the process, but the last moments may not survive the power.
    Relaxed,
}

/// Opens a store: `memory:`, `sqlite:FILE`, or the name of a file.
///
/// # Errors
/// When the address names no store, or the file cannot be opened.
pub fn open(address: &str, durability: Durability) -> Result<Arc<dyn Store>, Error> {
    if address == "memory:" {
        return Ok(Arc::new(Memory::new()));
    }
    file(address, durability)
}

#[cfg(feature = "sqlite")]
fn file(address: &str, durability: Durability) -> Result<Arc<dyn Store>, Error> {
    let path = address.strip_prefix("sqlite:").unwrap_or(address);
    if path.is_empty() || path.contains("://") {
        return Err(Error::Address(address.to_owned()));
    }
    Ok(Arc::new(Sqlite::open(path, durability)?))
}

#[cfg(not(feature = "sqlite"))]
fn file(address: &str, _durability: Durability) -> Result<Arc<dyn Store>, Error> {
    Err(Error::Address(address.to_owned()))
}
