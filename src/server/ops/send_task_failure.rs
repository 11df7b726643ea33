//! `SendTaskFailure`

use std::sync::Arc;

use crate::Failure;
use crate::engine::TaskUpdate;
use crate::server::input::Input;
use crate::server::{Answer, Service};

pub(super) async fn call(service: Arc<Service>, input: Input) -> Answer {
    let text = |name: &str| input.text(name).map(Arc::from);
    let failure = Failure {
        error: text("error"),
        cause: text("cause"),
    };
    service
        .tell(
            input.required("taskToken"),
            TaskUpdate::Completed(Err(failure)),
        )
        .await
}
