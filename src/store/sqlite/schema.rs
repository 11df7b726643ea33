//! The tables, and how an older file becomes a newer one.

use rusqlite::Connection;

use super::failed;
use crate::store::{Durability, Error};

/// What each format added to the one before it. A step that was released is never changed: files have been through it.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE executions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        arn TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        wake INTEGER,
        owing INTEGER NOT NULL,
        ahead INTEGER NOT NULL,
        name TEXT NOT NULL,
        machine TEXT NOT NULL,
        version TEXT,
        alias TEXT,
        map_run TEXT,
        status TEXT NOT NULL,
        started INTEGER NOT NULL,
        stopped INTEGER,
        redrive_count INTEGER NOT NULL,
        redriven INTEGER
    );
    CREATE INDEX executions_by_wake ON executions (wake, arn) WHERE wake IS NOT NULL;
    CREATE INDEX executions_owing ON executions (arn) WHERE owing = 1;
    CREATE INDEX executions_by_start ON executions (started, id);
    CREATE INDEX executions_by_machine ON executions (machine, started, id);
    CREATE INDEX executions_by_status ON executions (machine, status, started, id);
    CREATE INDEX executions_by_map_run ON executions (map_run, started, id) WHERE map_run IS NOT NULL;
    CREATE INDEX executions_by_stop ON executions (stopped) WHERE stopped IS NOT NULL;

    CREATE TABLE details (execution INTEGER PRIMARY KEY, value TEXT NOT NULL);

    CREATE TABLE snapshot (
        execution INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        owner INTEGER NOT NULL,
        number INTEGER NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (execution, kind, owner, number)
    );

    CREATE TABLE history (
        execution INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        events TEXT NOT NULL,
        UNIQUE (execution, first)
    );

    CREATE TABLE catalogue (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        revision INTEGER NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (kind, key)
    );
"];

/// Makes a connection one that writes, and brings the file up to date.
pub(super) fn prepare(connection: &mut Connection, durability: Durability) -> Result<(), Error> {
    // Counts only before the first table is made.
    pragma(connection, "page_size", 8192)?;
    pragma(connection, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    pragma(connection, "synchronous", synchronous)?;
    pragma(connection, "cache_size", -16_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(connection)
}

fn pragma(connection: &Connection, name: &str, value: impl rusqlite::ToSql) -> Result<(), Error> {
    connection.pragma_update(None, name, value).map_err(failed)
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let known = u32::try_from(MIGRATIONS.len()).expect("there are a few of them");
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    for (version, step) in (1..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(step).map_err(failed)?;
        transaction
            .pragma_update(None, "user_version", version)
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}
