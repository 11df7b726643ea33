//! `ListMapRuns: inline Maps have none, and others cannot be run.`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::page::page;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    super::execution(service, input)?;
    page("mapRuns", &[], input, Json::clone)
}
