//! What is read from the tables.

use rusqlite::types::{FromSqlError, Type, Value};
use rusqlite::{Connection, Error, OptionalExtension as _, Result, Row, params, params_from_iter};

use super::apply::{signed, unsigned};
use crate::engine::{Parts, RowKey, RowKind};
use crate::store::{
    Cursor, Due, Entry, Item, Keys, Kind, Order, Page, Query, Record, Span, Standing, Status,
    Stored, Summary,
};
use crate::value::{Text, Timestamp};

/// The columns that `summary` reads, in its order.
const SUMMARY: &str = "arn, name, machine, version, alias, map_run, status, started, stopped, redrive_count, redriven";

fn text(row: &Row<'_>, at: usize) -> Result<Text> {
    Ok(row.get_ref(at)?.as_str()?.into())
}

fn optional_text(row: &Row<'_>, at: usize) -> Result<Option<Text>> {
    Ok(row.get_ref(at)?.as_str_or_null()?.map(Text::from))
}

fn moment(row: &Row<'_>, at: usize) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_millis))
}

fn summary(row: &Row<'_>) -> Result<Summary> {
    let status = row.get_ref(6)?.as_str()?;
    let status = Status::ALL
        .into_iter()
        .find(|known| known.as_str() == status);
    Ok(Summary {
        execution: text(row, 0)?,
        name: text(row, 1)?,
        machine: text(row, 2)?,
        version: optional_text(row, 3)?,
        alias: optional_text(row, 4)?,
        map_run: optional_text(row, 5)?,
        status: status.ok_or_else(|| strange(6))?,
        started: Timestamp::from_millis(row.get(7)?),
        stopped: moment(row, 8)?,
        redrive_count: row.get(9)?,
        redriven: moment(row, 10)?,
    })
}

/// A column says what this program never writes.
fn strange(column: usize) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, Box::new(FromSqlError::InvalidType))
}

/// One moment of one execution: all of it is read in one transaction.
pub(super) fn load(connection: &Connection, execution: &str) -> Result<Option<Stored>> {
    let transaction = connection.unchecked_transaction()?;
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT {SUMMARY}, id, revision, wake, owing, ahead FROM executions WHERE arn = ?1"
    ))?;
    let found = statement
        .query_row([execution], |row| {
            let standing = Standing {
                wake_at: moment(row, 13)?,
                owing: row.get(14)?,
                ahead: row.get(15)?,
            };
            Ok((
                summary(row)?,
                row.get(11)?,
                unsigned(row.get(12)?),
                standing,
            ))
        })
        .optional()?;
    let Some((summary, id, revision, standing)) = found else {
        return Ok(None);
    };
    let details = details(&transaction, id)?;
    Ok(Some(Stored {
        revision,
        record: Record { summary, details },
        rows: rows(&transaction, id)?,
        standing,
    }))
}

fn details(connection: &Connection, id: i64) -> Result<String> {
    connection
        .prepare_cached("SELECT value FROM details WHERE execution = ?1")?
        .query_row([id], |row| row.get(0))
}

fn rows(connection: &Connection, id: i64) -> Result<Parts> {
    let mut statement = connection
        .prepare_cached("SELECT kind, owner, number, value FROM snapshot WHERE execution = ?1")?;
    let rows = statement
        .query_map([id], |row| {
            let key = RowKey {
                kind: RowKind::of(row.get(0)?).ok_or_else(|| strange(0))?,
                owner: unsigned(row.get(1)?),
                index: row.get(2)?,
            };
            Ok((key, row.get(3)?))
        })?
        .collect::<Result<Vec<(RowKey, String)>>>()?;
    Ok(Parts::from(rows))
}

pub(super) fn record(connection: &Connection, execution: &str) -> Result<Option<Record>> {
    connection
        .prepare_cached(&format!(
            "SELECT {SUMMARY}, value FROM executions JOIN details ON execution = id WHERE arn = ?1"
        ))?
        .query_row([execution], |row| {
            Ok(Record {
                summary: summary(row)?,
                details: row.get(11)?,
            })
        })
        .optional()
}

pub(super) fn list(connection: &Connection, query: &Query) -> Result<Page> {
    let mut wanted = String::from("TRUE");
    let mut values = Vec::new();
    let mut want = |clause: &str, value: Value| {
        wanted.push_str(" AND ");
        wanted.push_str(clause);
        values.push(value);
    };
    let texts = [
        ("machine = ?", query.machine.as_deref()),
        ("version = ?", query.version.as_deref()),
        ("alias = ?", query.alias.as_deref()),
        ("map_run = ?", query.map_run.as_deref()),
        ("status = ?", query.status.map(Status::as_str)),
    ];
    for (clause, value) in texts {
        if let Some(value) = value {
            want(clause, Value::Text(value.to_owned()));
        }
    }
    if let Some(redriven) = query.redriven {
        want("(redrive_count > 0) = ?", Value::Integer(redriven.into()));
    }
    if let Some(Cursor { started, number }) = query.after {
        want("(started, id) < (?,", Value::Integer(started.millis()));
        wanted.push_str(" ?)");
        values.push(Value::Integer(signed(number)));
    }
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    values.push(Value::Integer(limit.saturating_add(1)));
    let sql = format!(
        "SELECT {SUMMARY}, id FROM executions WHERE {wanted} ORDER BY started DESC, id DESC LIMIT ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement
        .query_map(params_from_iter(values), |row| {
            Ok((summary(row)?, unsigned(row.get(11)?)))
        })?
        .collect::<Result<Vec<_>>>()?;
    Ok(page(found, query.limit))
}

/// One more than fits tells that there are more.
fn page(mut found: Vec<(Summary, u64)>, limit: usize) -> Page {
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    Page {
        next: last.map(|(summary, number)| Cursor {
            started: summary.started,
            number: *number,
        }),
        executions: found.into_iter().map(|(summary, _)| summary).collect(),
    }
}

pub(super) fn history(connection: &Connection, execution: &str, span: Span) -> Result<Vec<Entry>> {
    let (sql, after) = match span.order {
        Order::OldestFirst => (
            "SELECT events FROM history WHERE execution = (SELECT id FROM executions WHERE arn = ?1) AND last > ?2
             ORDER BY first",
            span.after.unwrap_or(0),
        ),
        Order::NewestFirst => (
            "SELECT events FROM history WHERE execution = (SELECT id FROM executions WHERE arn = ?1) AND first < ?2
             ORDER BY first DESC",
            span.after.unwrap_or(i64::MAX.cast_unsigned()),
        ),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![execution, signed(after)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < span.limit) {
        let mut entries = entries(row.get_ref(0)?.as_str()?);
        match span.order {
            Order::OldestFirst => entries.retain(|entry| entry.id > after),
            Order::NewestFirst => {
                entries.retain(|entry| entry.id < after);
                entries.reverse();
            }
        }
        found.append(&mut entries);
    }
    found.truncate(span.limit);
    Ok(found)
}

fn entries(lines: &str) -> Vec<Entry> {
    lines
        .lines()
        .filter_map(|line| {
            let (id, event) = line.split_once(' ')?;
            Some(Entry {
                id: id.parse().ok()?,
                event: event.to_owned(),
            })
        })
        .collect()
}

pub(super) fn due(
    connection: &Connection,
    until: Timestamp,
    after: Option<&Due>,
    limit: usize,
) -> Result<Vec<Due>> {
    let mut statement = connection.prepare_cached(
        "SELECT wake, arn FROM executions WHERE wake IS NOT NULL AND wake <= ?1 AND (wake, arn) > (?2, ?3)
         ORDER BY wake, arn LIMIT ?4",
    )?;
    let from = after.map_or(i64::MIN, |due| due.at.millis());
    let after = after.map_or("", |due| due.execution.as_str());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement
        .query_map(params![until.millis(), from, after, limit], |row| {
            Ok(Due {
                at: Timestamp::from_millis(row.get(0)?),
                execution: text(row, 1)?,
            })
        })?
        .collect()
}

pub(super) fn owing(
    connection: &Connection,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Text>> {
    let mut statement = connection.prepare_cached(
        "SELECT arn FROM executions WHERE owing = 1 AND arn > ?1 ORDER BY arn LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement
        .query_map(params![after.unwrap_or(""), limit], |row| text(row, 0))?
        .collect()
}

pub(super) fn get(connection: &Connection, kind: Kind, key: &str) -> Result<Option<Item>> {
    connection
        .prepare_cached("SELECT key, revision, value FROM catalogue WHERE kind = ?1 AND key = ?2")?
        .query_row([kind.as_str(), key], item)
        .optional()
}

fn item(row: &Row<'_>) -> Result<Item> {
    Ok(Item {
        key: text(row, 0)?,
        revision: unsigned(row.get(1)?),
        value: row.get(2)?,
    })
}

pub(super) fn items(connection: &Connection, keys: &Keys) -> Result<Vec<Item>> {
    let mut statement = connection.prepare_cached(
        "SELECT key, revision, value FROM catalogue WHERE kind = ?1 AND key >= ?2 AND key > ?3 ORDER BY key",
    )?;
    let prefix = keys.prefix.as_str();
    // Every key comes after one that cannot be: keys are not empty.
    let after = keys.after.as_deref().unwrap_or("");
    let mut rows = statement.query([keys.kind.as_str(), prefix, after])?;
    let mut found = Vec::new();
    while found.len() < keys.limit {
        let Some(row) = rows.next()? else { break };
        let item = item(row)?;
        if !item.key.starts_with(prefix) {
            break;
        }
        found.push(item);
    }
    Ok(found)
}
