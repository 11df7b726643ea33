//! A store in memory: for tests, and for servers whose executions may be lost with them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    Commit, Cursor, Done, Due, Entry, Error, Expected, Item, Keys, Kind, Order, Page, Query,
    Record, Revision, Span, Standing, Status, Store, Stored, Summary, Write,
};
use crate::engine::Parts;
use crate::value::{Text, Timestamp};

/// Keeps everything in maps, and loses it with the process.
#[derive(Debug, Default)]
pub struct Memory {
    shelves: Mutex<Shelves>,
}

#[derive(Debug, Default)]
struct Shelves {
    executions: BTreeMap<Text, Kept>,
    /// How many executions there have ever been.
    numbered: u64,
    listed: BTreeMap<Cursor, Text>,
    due: BTreeSet<Due>,
    catalogue: BTreeMap<(Kind, Text), (Revision, String)>,
}

#[derive(Debug)]
struct Kept {
    revision: Revision,
    record: Record,
    place: Cursor,
    rows: Parts,
    history: Vec<Entry>,
    standing: Standing,
}

impl Memory {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        // Every change is checked before it is made, so that a panic leaves nothing half done.
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn commit(&self, commit: Commit, done: Done) {
        let result = self.shelves().commit(commit);
        done(result);
    }

    fn load(&self, execution: &str) -> Result<Option<Stored>, Error> {
        Ok(self.shelves().executions.get(execution).map(|kept| Stored {
            revision: kept.revision,
            record: kept.record.clone(),
            rows: kept.rows.clone(),
            standing: kept.standing,
        }))
    }

    fn record(&self, execution: &str) -> Result<Option<Record>, Error> {
        let shelves = self.shelves();
        let kept = shelves.executions.get(execution);
        Ok(kept.map(|kept| kept.record.clone()))
    }

    fn list(&self, query: &Query) -> Result<Page, Error> {
        let shelves = self.shelves();
        let before = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = shelves
            .listed
            .range((Bound::Unbounded, before))
            .rev()
            .filter_map(|(place, key)| {
                let summary = &shelves.executions.get(key)?.record.summary;
                query.wants(summary).then(|| (*place, summary.clone()))
            });
        let taken: Vec<(Cursor, Summary)> = found.by_ref().take(query.limit).collect();
        let last = taken.last().map(|(place, _)| *place);
        Ok(Page {
            next: found.next().and(last),
            executions: taken.into_iter().map(|(_, summary)| summary).collect(),
        })
    }

    fn history(&self, execution: &str, span: Span) -> Result<Vec<Entry>, Error> {
        let shelves = self.shelves();
        let Some(kept) = shelves.executions.get(execution) else {
            return Ok(Vec::new());
        };
        let events = &kept.history;
        let taken = match span.order {
            Order::OldestFirst => {
                let from = events.partition_point(|entry| Some(entry.id) <= span.after);
                events[from..].iter().take(span.limit).cloned().collect()
            }
            Order::NewestFirst => {
                let until = span.after.map_or(events.len(), |after| {
                    events.partition_point(|entry| entry.id < after)
                });
                let newest = events[..until].iter().rev();
                newest.take(span.limit).cloned().collect()
            }
        };
        Ok(taken)
    }

    fn due(&self, until: Timestamp, after: Option<&Due>, limit: usize) -> Result<Vec<Due>, Error> {
        let shelves = self.shelves();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let due = shelves.due.range((from, Bound::Unbounded));
        let due = due.take_while(|due| due.at <= until).take(limit);
        Ok(due.cloned().collect())
    }

    fn owing(&self, after: Option<&str>, limit: usize) -> Result<Vec<Text>, Error> {
        let shelves = self.shelves();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let owing = shelves
            .executions
            .range::<str, _>((from, Bound::Unbounded))
            .filter(|(_, kept)| kept.standing.owing)
            .map(|(key, _)| key.clone());
        Ok(owing.take(limit).collect())
    }

    fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, Error> {
        let mut shelves = self.shelves();
        let expired: Vec<Text> = shelves
            .executions
            .iter()
            .filter(|(_, kept)| is_over(&kept.record.summary, before))
            .map(|(key, _)| key.clone())
            .take(limit)
            .collect();
        for key in &expired {
            if let Some(kept) = shelves.executions.remove(key) {
                shelves.listed.remove(&kept.place);
                shelves.forget_due(key, kept.standing);
            }
        }
        Ok(expired.len())
    }

    fn write(&self, writes: Vec<Write>) -> Result<Vec<Revision>, Error> {
        let mut shelves = self.shelves();
        // One after the other on a copy of what they touch would do the same; no two of them name one record.
        let revisions: Result<Vec<Revision>, Error> = writes
            .iter()
            .map(|write| {
                let found = shelves.catalogue.get(&(write.kind, write.key.clone()));
                allowed(write, found.map_or(0, |(revision, _)| *revision))
            })
            .collect();
        let revisions = revisions?;
        for (write, revision) in writes.into_iter().zip(&revisions) {
            let key = (write.kind, write.key);
            match write.value {
                Some(value) => drop(shelves.catalogue.insert(key, (*revision, value))),
                None => drop(shelves.catalogue.remove(&key)),
            }
        }
        Ok(revisions)
    }

    fn get(&self, kind: Kind, key: &str) -> Result<Option<Item>, Error> {
        let shelves = self.shelves();
        let key = Text::from(key);
        let found = shelves.catalogue.get(&(kind, key.clone()));
        Ok(found.map(|(revision, value)| Item {
            key,
            revision: *revision,
            value: value.clone(),
        }))
    }

    fn items(&self, keys: &Keys) -> Result<Vec<Item>, Error> {
        let shelves = self.shelves();
        let from = match &keys.after {
            Some(after) if *after >= keys.prefix => Bound::Excluded((keys.kind, after.clone())),
            _ => Bound::Included((keys.kind, keys.prefix.clone())),
        };
        let items = shelves
            .catalogue
            .range((from, Bound::Unbounded))
            .take_while(|((kind, key), _)| {
                *kind == keys.kind && key.starts_with(keys.prefix.as_str())
            })
            .map(|((_, key), (revision, value))| Item {
                key: key.clone(),
                revision: *revision,
                value: value.clone(),
            });
        Ok(items.take(keys.limit).collect())
    }
}

impl Shelves {
    fn commit(&mut self, commit: Commit) -> Result<Revision, Error> {
        let key = commit.execution.clone();
        match (commit.expected, self.executions.get(&key)) {
            (0, None) => self.create(commit),
            (0, Some(_)) => Err(Error::Exists(key)),
            (_, None) => Err(Error::Missing(key)),
            (expected, Some(kept)) if kept.revision != expected => Err(Error::Conflict {
                key,
                expected,
                found: kept.revision,
            }),
            (_, Some(_)) => Ok(self.change(commit)),
        }
    }

    fn create(&mut self, mut commit: Commit) -> Result<Revision, Error> {
        let Some(record) = commit.record.take() else {
            return Err(Error::Missing(commit.execution));
        };
        self.numbered += 1;
        let place = Cursor {
            started: record.summary.started,
            number: self.numbered,
        };
        self.listed.insert(place, commit.execution.clone());
        let kept = Kept {
            revision: 0,
            record,
            place,
            rows: Parts::default(),
            history: Vec::new(),
            standing: Standing::default(),
        };
        self.executions.insert(commit.execution.clone(), kept);
        Ok(self.change(commit))
    }

    fn change(&mut self, commit: Commit) -> Revision {
        let Some(kept) = self.executions.get_mut(&commit.execution) else {
            return 0;
        };
        kept.revision += 1;
        if let Some(record) = commit.record {
            kept.record = record;
        }
        for change in commit.rows {
            kept.rows.change(change);
        }
        kept.history.extend(commit.history);
        let revision = kept.revision;
        let before = std::mem::replace(&mut kept.standing, commit.standing);
        self.forget_due(&commit.execution, before);
        if let Some(at) = commit.standing.wake_at {
            let execution = commit.execution;
            self.due.insert(Due { at, execution });
        }
        revision
    }

    fn forget_due(&mut self, execution: &Text, standing: Standing) {
        if let Some(at) = standing.wake_at {
            let execution = execution.clone();
            self.due.remove(&Due { at, execution });
        }
    }
}

fn is_over(summary: &Summary, before: Timestamp) -> bool {
    summary.status != Status::Running && summary.stopped.is_some_and(|stopped| stopped < before)
}

/// The revision that a write leaves, where the record has the one found; 0 is none.
pub(super) fn allowed(write: &Write, found: Revision) -> Result<Revision, Error> {
    let key = || write.key.clone();
    match write.expected {
        Expected::Nothing if found != 0 => return Err(Error::Exists(key())),
        Expected::Revision(_) if found == 0 => return Err(Error::Missing(key())),
        Expected::Revision(expected) if found != expected => {
            return Err(Error::Conflict {
                key: key(),
                expected,
                found,
            });
        }
        Expected::Anything | Expected::Nothing | Expected::Revision(_) => {}
    }
    Ok(if write.value.is_some() { found + 1 } else { 0 })
}
