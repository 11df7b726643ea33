//! `StartExecution`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::{Answer, Service, integration};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let wanted = service.wanted(input)?;
    Ok(integration::started(&*service.start(wanted)?))
}
