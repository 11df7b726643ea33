//! The one who writes: gathers, flushes once, and calls back.

use std::sync::mpsc;

use rusqlite::Connection;

use super::{apply, failed};
use crate::store::{Commit, Done, Error, Revision, Write};
use crate::value::Timestamp;

/// How much is written with one flush, so that nobody waits for ever for a busy store.
const GATHERED: usize = 1_024;

/// What is to be written, and who waits for it.
pub(super) enum Job {
    Commit(Box<Commit>, Done),
    Write(Vec<Write>, mpsc::Sender<Result<Vec<Revision>, Error>>),
    Expire(Timestamp, usize, mpsc::Sender<Result<usize, Error>>),
}

/// What a job comes to, if the flush succeeds.
enum Made {
    Commit(Result<Revision, Error>),
    Write(Result<Vec<Revision>, Error>),
    Expired(usize),
}

pub(super) struct Writer {
    connection: Connection,
    inbox: mpsc::Receiver<Job>,
}

impl Writer {
    pub(super) fn new(connection: Connection, inbox: mpsc::Receiver<Job>) -> Self {
        Self { connection, inbox }
    }

    /// Writes until nobody can hand in anything any more.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.inbox.recv() {
            let mut jobs = vec![first];
            jobs.extend(self.inbox.try_iter().take(GATHERED - 1));
            match self.write(&jobs) {
                Ok(made) => jobs
                    .into_iter()
                    .zip(made)
                    .for_each(|(job, made)| answer(job, Ok(made))),
                Err(error) if jobs.len() == 1 => answer(jobs.remove(0), Err(error)),
                // One of them may be too large for what room is left: the others need not suffer.
                Err(_) => jobs.into_iter().for_each(|job| self.write_alone(job)),
            }
        }
    }

    fn write_alone(&mut self, job: Job) {
        let jobs = [job];
        let made = self.write(&jobs);
        let [job] = jobs;
        answer(job, made.map(|mut made| made.remove(0)));
    }

    /// Writes all of it or nothing. What comes back has been flushed.
    fn write(&mut self, jobs: &[Job]) -> Result<Vec<Made>, Error> {
        let transaction = self.connection.transaction().map_err(failed)?;
        let made = jobs
            .iter()
            .map(|job| make(&transaction, job))
            .collect::<Result<Vec<Made>, Error>>()?;
        transaction.commit().map_err(failed)?;
        Ok(made)
    }
}

fn make(connection: &Connection, job: &Job) -> Result<Made, Error> {
    match job {
        Job::Commit(commit, _) => apply::commit(connection, commit)
            .map(Made::Commit)
            .map_err(failed),
        Job::Write(writes, _) => apply::write(connection, writes)
            .map(Made::Write)
            .map_err(failed),
        Job::Expire(before, limit, _) => apply::expire(connection, *before, *limit)
            .map(Made::Expired)
            .map_err(failed),
    }
}

/// Whoever asked may have gone.
fn answer(job: Job, made: Result<Made, Error>) {
    match (job, made) {
        (Job::Commit(_, done), Ok(Made::Commit(result))) => done(result),
        (Job::Write(_, told), Ok(Made::Write(result))) => drop(told.send(result)),
        (Job::Expire(_, _, told), Ok(Made::Expired(many))) => drop(told.send(Ok(many))),
        (Job::Commit(_, done), made) => done(Err(error(made))),
        (Job::Write(_, told), made) => drop(told.send(Err(error(made)))),
        (Job::Expire(_, _, told), made) => drop(told.send(Err(error(made)))),
    }
}

fn error(made: Result<Made, Error>) -> Error {
    made.err().unwrap_or(Error::Closed)
}
