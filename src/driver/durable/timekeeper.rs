//! Looks ahead: tells shards whom time will move soon, so that they need not remember everybody.

use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use super::request::Error;
use super::shard::Message;
use super::{Shared, place};
use crate::driver::local::wall;
use crate::store::{self, Due};
use crate::value::Timestamp;

/// How far it looks ahead.
const AHEAD: Duration = Duration::from_secs(60);

/// How often it looks.
const EVERY: Duration = Duration::from_secs(30);

/// How much it reads at once.
const PAGE: usize = 1_000;

/// A thread that reads the store's column of moments, page by page. What is due after its horizon stays in the store.
#[derive(Clone)]
pub(super) struct Timekeeper {
    stop: mpsc::Sender<()>,
}

impl Timekeeper {
    /// Looks for the first time before it answers.
    pub(super) fn new(
        shared: Arc<Shared>,
        shards: Arc<[mpsc::Sender<Message>]>,
        retention: Duration,
    ) -> Result<(Self, JoinHandle<()>), Error> {
        look(&shared, &shards)?;
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let looked = look(&shared, &shards).and_then(|()| expire(&shared, retention));
                if let Err(error) = looked {
                    // It looks again, and what was due meanwhile is due then.
                    shared.failed("", &error.into());
                }
            }
        });
        Ok((Self { stop }, thread))
    }

    pub(super) fn stop(&self) {
        // It may have been stopped before.
        let _ = self.stop.send(());
    }
}

/// Tells shards whom time moves until the new horizon. It is moved first: whoever is stored meanwhile with a sooner moment
/// sees it and remembers that moment, and whoever was stored before is found here.
fn look(shared: &Shared, shards: &[mpsc::Sender<Message>]) -> Result<(), store::Error> {
    let horizon = wall().after(AHEAD);
    let before = Timestamp::from_millis(shared.horizon.swap(horizon.millis(), Ordering::AcqRel));
    let found = tell(shared, shards, horizon);
    if found.is_err() {
        shared.horizon.store(before.millis(), Ordering::Release);
    }
    found
}

fn tell(
    shared: &Shared,
    shards: &[mpsc::Sender<Message>],
    horizon: Timestamp,
) -> Result<(), store::Error> {
    let mut last: Option<Due> = None;
    loop {
        let due = shared.store.due(horizon, last.as_ref(), PAGE)?;
        let Some(end) = due.last() else {
            return Ok(());
        };
        last = Some(end.clone());
        let mut parts = vec![Vec::new(); shards.len()];
        for due in due {
            parts[place(&due.execution, shards.len())].push(due);
        }
        for (shard, due) in shards.iter().zip(parts) {
            let _ = shard.send(Message::Due(due));
        }
    }
}

/// Forgets what ended long ago, a little each time.
fn expire(shared: &Shared, retention: Duration) -> Result<(), store::Error> {
    let millis = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
    let before = Timestamp::from_millis(wall().millis().saturating_sub(millis));
    shared.store.expire(before, PAGE).map(drop)
}
