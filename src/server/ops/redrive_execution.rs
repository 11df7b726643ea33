//! `RedriveExecution`

use std::sync::Arc;

use crate::server::input::Input;
use crate::server::wire::time;
use crate::server::{Answer, Service};
use crate::value::Json;

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let entry = super::execution(service, input)?;
    let at = service.redrive(&entry)?;
    Ok(Json::from([("redriveDate", time(at))]))
}
