//! Calls of the Lambda service, and the functions behind them.

use std::sync::Arc;

use super::{Answer, Call};
use crate::asl::{Pattern, Resource, ResourceKind};
use crate::engine::TaskRequest;
use crate::value::Json;

/// The function that a task of the Lambda service calls: a name, a partial or a whole ARN, perhaps with a version or an
/// alias (Lambda API reference, `Invoke`, § FunctionName).
pub(super) fn function(request: &TaskRequest) -> Option<Resource> {
    let ResourceKind::Service { service, .. } = &request.resource.kind else {
        return None;
    };
    if service != "lambda" {
        return None;
    }
    let name = request.input.get("FunctionName")?.as_str()?;
    Some(Resource::parse(name))
}

/// The request as the function sees it.
pub(super) fn payload(request: &Arc<TaskRequest>) -> Arc<TaskRequest> {
    let input = request.input.get("Payload").cloned();
    Arc::new(TaskRequest {
        input: input.unwrap_or_else(Json::object),
        ..(**request).clone()
    })
}

/// What the service makes of what a function answers. A task that waits for its token takes what its bearer says.
pub(super) fn invoked(request: &TaskRequest, call: Call) -> Call {
    if request.resource.pattern() == Pattern::WaitForTaskToken {
        return call;
    }
    match call {
        Call::Done(answer) => Call::Done(around(answer)),
        Call::After(delay, answer) => Call::After(delay, around(answer)),
        Call::Later(work) => Call::later(async { around(work.await) }),
        Call::Accepted => Call::Accepted,
        Call::Refused(failure) => Call::Refused(failure),
    }
}

fn around(answer: Answer) -> Answer {
    answer.map(|payload| {
        Json::from([
            ("ExecutedVersion", Json::from("$LATEST")),
            ("Payload", payload),
            ("StatusCode", Json::from(200)),
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::super::Registry;
    use super::super::tests::answer;
    use super::*;

    #[test]
    fn a_function_is_the_same_however_it_is_called() {
        let registry = Registry::new().function("Charge", |order| {
            Ok(order.get("id").cloned().unwrap_or(Json::Null))
        });
        let order = Json::parse(r#"{"id": 7}"#).unwrap();
        let direct = "arn:aws:lambda:us-east-1:123456789012:function:Charge";
        assert_eq!(answer(&registry, direct, order), Ok(7.into()));
        for name in [
            "Charge",
            "Charge:PROD",
            direct,
            "123456789012:function:Charge",
        ] {
            let call = format!(r#"{{"FunctionName": "{name}", "Payload": {{"id": 7}}}}"#);
            let answer = answer(
                &registry,
                "arn:aws:states:::lambda:invoke",
                Json::parse(call).unwrap(),
            );
            assert_eq!(
                answer.unwrap().to_string(),
                r#"{"ExecutedVersion":"$LATEST","Payload":7,"StatusCode":200}"#,
                "{name}"
            );
        }
    }
}
