//! `StopExecution: answers when it has stopped. One that has ended stays as it is.`

use std::sync::Arc;

use crate::Failure;
use crate::server::input::Input;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    let entry = super::execution(&service, &input)?;
    let text = |name: &str| input.text(name).map(Arc::from);
    let failure = Failure {
        error: text("error"),
        cause: text("cause"),
    };
    if let Some(handle) = &entry.progress().handle {
        handle.stop(failure);
    }
    entry.end().await;
    let stopped = entry.progress().stopped.unwrap_or_else(|| service.now());
    Ok(Json::from([("stopDate", time(stopped))]))
}
