//! `CreateActivity: a name that there is already is the same activity.`

use std::sync::Arc;

use crate::aws::Error;
use crate::server::activities::Activity;
use crate::server::input::Input;
use crate::server::machines::{Tags, add_tags};
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::{Json, Text};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let name: Text = input.name()?.unwrap_or_default();
    let arn = service.place.activity(&name);
    let mut tags = Tags::new();
    add_tags(&mut tags, input.get("tags"), &arn)?;
    let encryption = super::configuration::encryption(input);
    let now = service.now();
    let mut book = service.book();
    let activity = book
        .activities
        .entry(arn.clone())
        .or_insert_with(|| Arc::new(Activity::new(arn, name, now, encryption.clone(), tags)));
    if activity.encryption != encryption {
        return Err(Error::new(
            crate::aws::Code::ActivityAlreadyExists,
            format!("Activity Already Exists: '{}'", activity.arn),
        ));
    }
    Ok(Json::from([
        ("activityArn", Json::from(activity.arn.clone())),
        ("creationDate", time(activity.created)),
    ]))
}
