//! `TagResource`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::machines::add_tags;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let arn = input.required("resourceArn");
    let mut book = service.book();
    book.with_tags(arn, |tags| add_tags(tags, input.get("tags"), arn))??;
    Ok(Json::object())
}
