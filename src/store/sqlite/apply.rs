//! What a commit changes in the tables. All of it happens inside a transaction of the writer's.

use rusqlite::{Connection, OptionalExtension as _, Result, params};

use crate::engine::{RowChange, RowKey};
use crate::store::memory::allowed;
use crate::store::{Commit, Entry, Error, Record, Revision, Write};
use crate::value::Timestamp;

/// Stores a step of an execution. The outer error is the file's, the inner one the caller's: then nothing has changed.
pub(super) fn commit(
    connection: &Connection,
    commit: &Commit,
) -> Result<std::result::Result<Revision, Error>> {
    let id = match commit.expected {
        0 => create(connection, commit)?,
        expected => advance(connection, commit, expected)?,
    };
    let id = match id {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(record) = commit.record.as_ref() {
        keep(connection, id, record, commit.expected)?;
    }
    for change in &commit.rows {
        row(connection, id, change)?;
    }
    history(connection, id, &commit.history)?;
    Ok(Ok(commit.expected + 1))
}

fn create(connection: &Connection, commit: &Commit) -> Result<std::result::Result<i64, Error>> {
    let Some(record) = commit.record.as_ref() else {
        return Ok(Err(Error::Missing(commit.execution.clone())));
    };
    let (summary, standing) = (&record.summary, &commit.standing);
    let mut statement = connection.prepare_cached(
        "INSERT INTO executions (arn, revision, wake, owing, ahead, name, machine, version, alias, map_run, status, started,
            stopped, redrive_count, redriven)
         VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (arn) DO NOTHING RETURNING id",
    )?;
    let id = statement
        .query_row(
            params![
                commit.execution.as_str(),
                standing.wake_at.map(Timestamp::millis),
                standing.owing,
                standing.ahead,
                summary.name.as_str(),
                summary.machine.as_str(),
                summary.version.as_deref(),
                summary.alias.as_deref(),
                summary.map_run.as_deref(),
                summary.status.as_str(),
                summary.started.millis(),
                summary.stopped.map(Timestamp::millis),
                summary.redrive_count,
                summary.redriven.map(Timestamp::millis),
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(id.ok_or_else(|| Error::Exists(commit.execution.clone())))
}

fn advance(
    connection: &Connection,
    commit: &Commit,
    expected: Revision,
) -> Result<std::result::Result<i64, Error>> {
    let (key, standing) = (commit.execution.as_str(), &commit.standing);
    let mut statement = connection.prepare_cached(
        "UPDATE executions SET revision = revision + 1, wake = ?3, owing = ?4, ahead = ?5
         WHERE arn = ?1 AND revision = ?2 RETURNING id",
    )?;
    let wake = standing.wake_at.map(Timestamp::millis);
    let id = statement
        .query_row(
            params![key, signed(expected), wake, standing.owing, standing.ahead],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = id {
        return Ok(Ok(id));
    }
    let mut statement =
        connection.prepare_cached("SELECT revision FROM executions WHERE arn = ?1")?;
    let found = statement.query_row([key], |row| row.get(0)).optional()?;
    Ok(Err(match found.map(unsigned) {
        None => Error::Missing(commit.execution.clone()),
        Some(found) => Error::Conflict {
            key: commit.execution.clone(),
            expected,
            found,
        },
    }))
}

/// Keeps what changes in a record. Who an execution is never does.
fn keep(connection: &Connection, id: i64, record: &Record, expected: Revision) -> Result<()> {
    let summary = &record.summary;
    if expected != 0 {
        let mut statement = connection.prepare_cached(
            "UPDATE executions SET status = ?2, stopped = ?3, redrive_count = ?4, redriven = ?5 WHERE id = ?1",
        )?;
        statement.execute(params![
            id,
            summary.status.as_str(),
            summary.stopped.map(Timestamp::millis),
            summary.redrive_count,
            summary.redriven.map(Timestamp::millis),
        ])?;
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO details (execution, value) VALUES (?1, ?2)
         ON CONFLICT (execution) DO UPDATE SET value = excluded.value",
    )?;
    statement.execute(params![id, record.details])?;
    Ok(())
}

fn row(connection: &Connection, id: i64, change: &RowChange) -> Result<()> {
    match change {
        RowChange::Put(key, value) => {
            let mut statement = connection.prepare_cached(
                "INSERT INTO snapshot (execution, kind, owner, number, value) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (execution, kind, owner, number) DO UPDATE SET value = excluded.value",
            )?;
            let RowKey { kind, owner, index } = *key;
            statement.execute(params![id, kind as u8, signed(owner), index, value])?;
        }
        RowChange::Delete(key) => {
            let mut statement = connection.prepare_cached(
                "DELETE FROM snapshot WHERE execution = ?1 AND kind = ?2 AND owner = ?3 AND number = ?4",
            )?;
            statement.execute(params![id, key.kind as u8, signed(key.owner), key.index])?;
        }
        RowChange::Clear(kind, owner) => {
            let mut statement = connection.prepare_cached(
                "DELETE FROM snapshot WHERE execution = ?1 AND kind = ?2 AND owner = ?3",
            )?;
            statement.execute(params![id, *kind as u8, signed(*owner)])?;
        }
    }
    Ok(())
}

/// The events of one step are one row: a line for each, its number before it.
fn history(connection: &Connection, id: i64, entries: &[Entry]) -> Result<()> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(());
    };
    let length = entries.iter().map(|entry| entry.event.len() + 22).sum();
    let mut events = String::with_capacity(length);
    for entry in entries {
        events.push_str(&entry.id.to_string());
        events.push(' ');
        events.push_str(&entry.event);
        events.push('\n');
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO history (execution, first, last, events) VALUES (?1, ?2, ?3, ?4)",
    )?;
    statement.execute(params![id, signed(first.id), signed(last.id), events])?;
    Ok(())
}

/// Forgets executions that are over.
pub(super) fn expire(connection: &Connection, before: Timestamp, limit: usize) -> Result<usize> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM executions WHERE stopped < ?1 AND status <> 'RUNNING' ORDER BY stopped LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = statement
        .query_map(params![before.millis(), limit], |row| row.get(0))?
        .collect::<Result<Vec<i64>>>()?;
    for id in &ids {
        for delete in [
            "DELETE FROM history WHERE execution = ?1",
            "DELETE FROM snapshot WHERE execution = ?1",
            "DELETE FROM details WHERE execution = ?1",
            "DELETE FROM executions WHERE id = ?1",
        ] {
            connection.prepare_cached(delete)?.execute([id])?;
        }
    }
    Ok(ids.len())
}

/// Changes the catalogue, all or nothing: everything is looked at before anything is changed.
pub(super) fn write(
    connection: &Connection,
    writes: &[Write],
) -> Result<std::result::Result<Vec<Revision>, Error>> {
    let mut revisions = Vec::with_capacity(writes.len());
    for write in writes {
        let mut statement = connection
            .prepare_cached("SELECT revision FROM catalogue WHERE kind = ?1 AND key = ?2")?;
        let found = statement
            .query_row(params![write.kind.as_str(), write.key.as_str()], |row| {
                row.get(0)
            })
            .optional()?;
        match allowed(write, found.map_or(0, unsigned)) {
            Ok(revision) => revisions.push(revision),
            Err(error) => return Ok(Err(error)),
        }
    }
    for (write, revision) in writes.iter().zip(&revisions) {
        put(connection, write, *revision)?;
    }
    Ok(Ok(revisions))
}

fn put(connection: &Connection, write: &Write, revision: Revision) -> Result<()> {
    let (kind, key) = (write.kind.as_str(), write.key.as_str());
    match &write.value {
        Some(value) => connection
            .prepare_cached(
                "INSERT INTO catalogue (kind, key, revision, value) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision, value = excluded.value",
            )?
            .execute(params![kind, key, signed(revision), value])?,
        None => connection
            .prepare_cached("DELETE FROM catalogue WHERE kind = ?1 AND key = ?2")?
            .execute([kind, key])?,
    };
    Ok(())
}

/// SQLite's integers have a sign; the same bits come back.
pub(super) fn signed(number: u64) -> i64 {
    number.cast_signed()
}

/// The number that was stored as that.
pub(super) fn unsigned(number: i64) -> u64 {
    number.cast_unsigned()
}
