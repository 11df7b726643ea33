//! `SendTaskSuccess`

use std::sync::Arc;

use crate::aws::{Code, Error, jackson};
use crate::engine::TaskUpdate;
use crate::server::input::{Input, is_too_long};
use crate::server::{Answer, Service};

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    let text = input.required("output");
    let refused = |problem: &str| {
        let message = format!("Invalid Output: '{problem}'");
        Error::new(Code::InvalidOutput, message)
    };
    if is_too_long(text) {
        return Err(refused("Output exceeds the maximum length."));
    }
    let output = jackson::parse(text).map_err(|problem| refused(&problem))?;
    service
        .tell(
            input.required("taskToken"),
            TaskUpdate::Completed(Ok(output)),
        )
        .await
}
