//! `ListTagsForResource`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let tags: Json = service
        .book()
        .with_tags(input.required("resourceArn"), |tags| {
            tags.iter()
                .map(|(key, value)| {
                    Json::from([
                        ("key", Json::from(key.clone())),
                        ("value", value.clone().into()),
                    ])
                })
                .collect()
        })?;
    Ok(Json::from([("tags", tags)]))
}
