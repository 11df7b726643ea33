//! `StartSyncExecution: starts an express execution and waits for its end.`

use std::sync::Arc;

use std::time::Duration;

use crate::aws::{Code, Error};
use crate::engine::StateMachineType;
use crate::server::executions::Data;
use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

/// What the service bills for: memory in pieces of 64 MB, time in pieces of a tenth of a second.
const MEMORY: u32 = 64;
const PIECE: u64 = 100;

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    let wanted = service.wanted(&input)?;
    if wanted.kind() == StateMachineType::Standard {
        return Err(Error::new(
            Code::StateMachineTypeNotSupported,
            "This operation is not supported by this type of state machine",
        ));
    }
    let entry = service.start(wanted)?;
    entry.end().await;
    let mut wire = entry.described(Data::of(&input));
    for member in ["stateMachineVersionArn", "stateMachineAliasArn"] {
        wire.remove(member);
    }
    let stopped = entry.progress().stopped;
    let taken = stopped.map_or(Duration::ZERO, |stopped| stopped.since(entry.started));
    let taken = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    let billed = taken.div_ceil(PIECE).max(1).saturating_mul(PIECE);
    wire.insert(
        "billingDetails",
        Json::from([
            ("billedMemoryUsedInMB", Json::from(MEMORY)),
            ("billedDurationInMilliseconds", billed.into()),
        ]),
    );
    Ok(wire.into())
}
