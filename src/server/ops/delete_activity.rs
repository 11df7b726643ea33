//! `DeleteActivity: one that is not there is as good as deleted.`

use std::sync::Arc;

use crate::aws::ArnKind;
use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    input.arn("activityArn", &[ArnKind::Activity])?;
    service
        .book()
        .activities
        .remove(input.required("activityArn"));
    Ok(Json::object())
}
