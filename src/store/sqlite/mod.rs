//! A store in one file, with SQLite: what is acknowledged is on the disk.
//!
//! One thread writes; it gathers what came in while the disk was busy and flushes it at once. Readers have connections
//! of their own and never wait for it.

mod apply;
mod read;
mod schema;
mod writer;

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::writer::{Job, Writer};
use super::{
    Commit, Done, Due, Durability, Entry, Error, Item, Keys, Kind, Page, Query, Record, Revision,
    Span, Store, Stored, Write,
};
use crate::value::{Text, Timestamp};

/// Readers that are kept for the next who reads.
const SPARE_READERS: usize = 8;

/// Keeps everything in a file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    writer: Option<JoinHandle<()>>,
    readers: Mutex<Vec<Connection>>,
    /// Held as long as the store is open, so that no other process opens it.
    _lock: File,
}

impl Sqlite {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// When it cannot be opened, is in use, is damaged, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>, durability: Durability) -> Result<Self, Error> {
        Self::limited(path.as_ref(), durability, None)
    }

    /// Opens a file that may not grow beyond so many pages of 8 KiB.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open_limited(
        path: impl AsRef<Path>,
        durability: Durability,
        pages: u32,
    ) -> Result<Self, Error> {
        Self::limited(path.as_ref(), durability, Some(pages))
    }

    fn limited(path: &Path, durability: Durability, pages: Option<u32>) -> Result<Self, Error> {
        let lock = lock(path)?;
        let mut connection = Connection::open(path).map_err(failed)?;
        schema::prepare(&mut connection, durability)?;
        if let Some(pages) = pages {
            let limit =
                connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
            limit.map_err(failed)?;
        }
        let (jobs, inbox) = mpsc::channel();
        let writer = std::thread::Builder::new()
            .name("sfn-store".to_owned())
            .spawn(move || Writer::new(connection, inbox).run())
            .map_err(|error| Error::Failed(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            jobs,
            writer: Some(writer),
            readers: Mutex::default(),
            _lock: lock,
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let spare = self.spare_readers().pop();
        let connection = match spare {
            Some(connection) => connection,
            None => reader(&self.path)?,
        };
        let result = read(&connection).map_err(failed);
        let mut spare = self.spare_readers();
        if spare.len() < SPARE_READERS {
            spare.push(connection);
        }
        result
    }

    fn spare_readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the writer something to do, and waits for its answer.
    fn ask<T>(&self, job: impl FnOnce(mpsc::Sender<Result<T, Error>>) -> Job) -> Result<T, Error> {
        let (answer, told) = mpsc::channel();
        self.jobs.send(job(answer)).map_err(|_| Error::Closed)?;
        told.recv().unwrap_or(Err(Error::Closed))
    }
}

impl Store for Sqlite {
    fn commit(&self, commit: Commit, done: Done) {
        if let Err(mpsc::SendError(Job::Commit(_, done))) =
            self.jobs.send(Job::Commit(Box::new(commit), done))
        {
            done(Err(Error::Closed));
        }
    }

    fn load(&self, execution: &str) -> Result<Option<Stored>, Error> {
        self.read(|connection| read::load(connection, execution))
    }

    fn record(&self, execution: &str) -> Result<Option<Record>, Error> {
        self.read(|connection| read::record(connection, execution))
    }

    fn list(&self, query: &Query) -> Result<Page, Error> {
        self.read(|connection| read::list(connection, query))
    }

    fn history(&self, execution: &str, span: Span) -> Result<Vec<Entry>, Error> {
        self.read(|connection| read::history(connection, execution, span))
    }

    fn due(&self, until: Timestamp, after: Option<&Due>, limit: usize) -> Result<Vec<Due>, Error> {
        self.read(|connection| read::due(connection, until, after, limit))
    }

    fn owing(&self, after: Option<&str>, limit: usize) -> Result<Vec<Text>, Error> {
        self.read(|connection| read::owing(connection, after, limit))
    }

    fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, Error> {
        self.ask(|answer| Job::Expire(before, limit, answer))
    }

    fn write(&self, writes: Vec<Write>) -> Result<Vec<Revision>, Error> {
        self.ask(|answer| Job::Write(writes, answer))
    }

    fn get(&self, kind: Kind, key: &str) -> Result<Option<Item>, Error> {
        self.read(|connection| read::get(connection, kind, key))
    }

    fn items(&self, keys: &Keys) -> Result<Vec<Item>, Error> {
        self.read(|connection| read::items(connection, keys))
    }
}

/// What was handed in is written before the file is let go of.
impl Drop for Sqlite {
    fn drop(&mut self) {
        let (closed, _) = mpsc::channel();
        self.jobs = closed;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has told everybody by dropping their callbacks.
            let _ = writer.join();
        }
    }
}

/// SQLite lets several processes write one file; two drivers on it would do every task twice.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = OsString::from(path);
    name.push("-lock");
    let file = File::create(&name);
    let file = file.map_err(|error| Error::Failed(format!("{}: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(Error::Failed(error.to_string())),
    }
}

fn reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(failed)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(failed)?;
    Ok(connection)
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(error: rusqlite::Error) -> Error {
    let told = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full(told),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged(told),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::InUse(told),
        _ => Error::Failed(told),
    }
}
