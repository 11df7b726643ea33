//! `SendTaskHeartbeat`

use std::sync::Arc;

use crate::engine::TaskUpdate;
use crate::server::input::Input;
use crate::server::{Answer, Service};

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    service
        .tell(input.required("taskToken"), TaskUpdate::Heartbeat)
        .await
}
