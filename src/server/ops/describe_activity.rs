//! `DescribeActivity`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let activity = super::activity(service, input)?;
    Ok(Json::from([
        ("activityArn", Json::from(activity.arn.clone())),
        ("name", activity.name.clone().into()),
        ("creationDate", time(activity.created)),
        ("encryptionConfiguration", activity.encryption.clone()),
    ]))
}
