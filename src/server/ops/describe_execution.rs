//! `DescribeExecution`

use std::sync::Arc;

use crate::server::executions::Data;
use crate::server::input::Input;
use crate::server::{Answer, Service};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let entry = super::execution(service, input)?;
    Ok(entry.described(Data::of(input)).into())
}
