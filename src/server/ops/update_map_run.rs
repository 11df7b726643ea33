//! `UpdateMapRun: inline Maps have none, and others cannot be run.`

use std::sync::Arc;

use crate::aws::{ArnKind, Error};
use crate::server::input::Input;
use crate::server::{Answer, Service};

pub(super) fn call(_service: &Arc<Service>, input: &Input) -> Answer {
    input.arn("mapRunArn", &[ArnKind::MapRun])?;
    Err(Error::no_resource(input.required("mapRunArn")))
}
