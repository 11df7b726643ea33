//! `UntagResource`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let keys = input
        .get("tagKeys")
        .and_then(Json::as_array)
        .unwrap_or_default();
    service
        .book()
        .with_tags(input.required("resourceArn"), |tags| {
            for key in keys.iter().filter_map(Json::as_str) {
                tags.remove(key);
            }
        })?;
    Ok(Json::object())
}
