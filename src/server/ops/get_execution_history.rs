//! `GetExecutionHistory: in pages, forwards or backwards.`

use std::sync::Arc;

use crate::aws::history::{self, Data, Options, TimeFormat};
use crate::server::input::Input;
use crate::server::page::page;
use crate::server::{Answer, Service};

pub(super) fn call(service: &Arc<Service>, input: &Input) -> Answer {
    let entry = super::execution(service, input)?;
    let data = match input.flag("includeExecutionData") {
        Some(false) => Data::Omitted,
        _ => Data::Included,
    };
    let options = Options {
        time: TimeFormat::EpochSeconds,
        data,
        region: service.place.region.clone(),
    };
    let progress = entry.progress();
    let mut events: Vec<_> = progress.history.iter().collect();
    if input.flag("reverseOrder") == Some(true) {
        events.reverse();
    }
    page("events", &events, input, |event| {
        history::event(event, &options)
    })
}
