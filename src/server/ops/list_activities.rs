//! `ListActivities`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::page::page;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let book = service.book();
    let activities: Vec<_> = book.activities.values().collect();
    page("activities", &activities, input, |activity| {
        Json::from([
            ("activityArn", Json::from(activity.arn.clone())),
            ("name", activity.name.clone().into()),
            ("creationDate", time(activity.created)),
        ])
    })
}
