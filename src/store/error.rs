//! What can go wrong with a store, and what its operator should do about it.

use crate::value::Text;

/// Why a store did not do what it was asked. Nothing of a request that failed has been stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something new was to be stored where something stands.
    #[error("`{0}` exists already")]
    Exists(Text),
    /// Something was to be changed that is not there.
    #[error("`{0}` is not in the store")]
    Missing(Text),
    /// Somebody else has changed it since it was read.
    #[error("`{key}` has changed since it was read: it has revision {found}, not {expected}")]
    Conflict {
        /// What was to be changed.
        key: Text,
        /// The revision that was read.
        expected: u64,
        /// The revision that is there.
        found: u64,
    },
    /// There is no room left.
    #[error(
        "the store is full: {0}\nhelp: make room on its disk; executions go on by themselves, and nothing that was \
         acknowledged is lost"
    )]
    Full(String),
    /// The file is not what this program wrote.
    #[error(
        "the store is damaged: {0}\nhelp: stop, keep a copy of the file and of the -wal file beside it, and restore a backup"
    )]
    Damaged(String),
    /// A newer version of this program has written the file.
    #[error(
        "the store has format {found}, and this version knows formats up to {known}\nhelp: run the newer version that wrote it"
    )]
    TooNew {
        /// The format of the file.
        found: u32,
        /// The newest format that can be read.
        known: u32,
    },
    /// Another process has the file.
    #[error(
        "the store is in use by another process: {0}\nhelp: stop that process, or use another file"
    )]
    InUse(String),
    /// The address of a store cannot be understood, or names a kind that was not built in.
    #[error("`{0}` names no store\nhelp: write memory:, sqlite:FILE or the name of a file")]
    Address(String),
    /// The store was closed, or its writer has died.
    #[error("the store is closed")]
    Closed,
    /// The file system or the library failed in another way.
    #[error(
        "the store failed: {0}\nhelp: see whether its disk works and whether this user may write to it"
    )]
    Failed(String),
}

impl Error {
    /// Whether it may succeed when it is tried again later, unchanged.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Failed(_))
    }
}
