//! A program with a workflow inside: typed functions, retries, and somebody who approves by a callback.
//!
//! `cargo run --example embed`

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sfn::driver::local::{Local, Pace};
use sfn::resolver::{Call, Function, Registry};
use sfn::{Failure, Json, Machine};
use tokio::sync::mpsc;

const MACHINE: &str = r#"{
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Task",
            "Resource": "price",
            "Retry": [{ "ErrorEquals": ["Catalogue.Busy"], "IntervalSeconds": 60 }],
            "ResultPath": "$.total",
            "Next": "IsLarge"
        },
        "IsLarge": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Approve" }],
            "Default": "Done"
        },
        "Approve": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": { "total.$": "$.total", "token.$": "$$.Task.Token" },
            "TimeoutSeconds": 3600,
            "ResultPath": "$.approved",
            "Next": "Done"
        },
        "Done": { "Type": "Succeed" }
    }
}"#;

#[derive(Deserialize, Serialize)]
struct Order {
    item: String,
    quantity: u32,
}

/// The catalogue is busy at the first attempt, as catalogues are.
fn price(order: &Order, attempt: u32) -> Result<u32, Failure> {
    match (attempt, order.item.as_str()) {
        (0, _) => Err(Failure::new("Catalogue.Busy", "try again in a minute")),
        (_, "teapot") => Ok(order.quantity * 40),
        (_, other) => Err(Failure::new(
            "Catalogue.Unknown",
            format!("nobody sells a {other}"),
        )),
    }
}

fn registry(desk: mpsc::UnboundedSender<Json>) -> Registry {
    Registry::new()
        .with(
            "price",
            Function::of_request(|request| {
                let order = serde_json::from_value(request.input.clone().into());
                let order = order.map_err(|error| Failure::new("Input.Invalid", error.to_string()));
                Call::Done(
                    order
                        .and_then(|order| price(&order, request.retry_count))
                        .map(Json::from),
                )
            }),
        )
        .function("sqs:*", move |message| {
            desk.send(message)
                .map_err(|_| Failure::named("Desk.Closed"))?;
            Ok(Json::object())
        })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let machine = Machine::parse(MACHINE).map_err(|diagnostics| format!("{diagnostics:#?}"))?;
    let (desk, mut messages) = mpsc::unbounded_channel();
    // Minutes between attempts are jumped over; leave the pace out to live through them.
    let local = Local::new(Arc::new(machine))
        .registry(registry(desk))
        .pace(Pace::Jumping);
    let order = Json::from(serde_json::to_value(Order {
        item: "teapot".into(),
        quantity: 3,
    })?);
    let run = local.start(order);
    let handle = run.handle();
    let boss = async {
        if let Some(message) = messages.recv().await {
            let token = message
                .get("token")
                .and_then(Json::as_str)
                .unwrap_or_default();
            handle.heartbeat(token).await?;
            handle.succeed(token, Json::from("by the boss")).await?;
        }
        Ok::<_, sfn::engine::TokenError>(())
    };
    let (report, approved) = tokio::join!(run, boss);
    approved?;
    writeln!(
        std::io::stdout(),
        "{}: {:?}",
        report.outcome.status(),
        report.outcome.output()
    )?;
    Ok(())
}
