//! `GetActivityTask: waits for a task; an empty answer says that none came.`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    let activity = super::activity(&service, &input)?;
    let worker = input.text("workerName").map(Arc::from);
    Ok(match activity.take(worker).await {
        Some(taken) => Json::from([
            ("taskToken", Json::from(taken.token)),
            ("input", taken.input.to_string().into()),
        ]),
        None => Json::object(),
    })
}
