//! A thousand executions of one machine at once, beside each other on one thread: the machine is compiled once.
//!
//! `cargo run --example many`

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use sfn::driver::local::Local;
use sfn::resolver::Registry;
use sfn::{Json, Machine};
use tokio::task::JoinSet;

const MACHINE: &str = r#"{
    "StartAt": "Square",
    "States": {
        "Square": { "Type": "Task", "Resource": "square", "ResultPath": "$.square", "Next": "IsLarge" },
        "IsLarge": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.square", "NumericGreaterThan": 250000, "Next": "Large" }],
            "Default": "Small"
        },
        "Large": { "Type": "Succeed" },
        "Small": { "Type": "Fail", "Error": "TooSmall" }
    }
}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let machine = Machine::parse(MACHINE).map_err(|diagnostics| format!("{diagnostics:#?}"))?;
    let machine = Arc::new(machine);
    let registry = Registry::new().async_function("square", |input: Json| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let number = input.get("n").and_then(Json::as_i64).unwrap_or_default();
        Ok(Json::from(number * number))
    });
    let mut running = JoinSet::new();
    for number in 1..=1_000_i64 {
        let local = Local::new(machine.clone()).registry(registry.clone());
        running.spawn(local.start(Json::from([("n", Json::from(number))])));
    }
    let mut succeeded = 0;
    while let Some(report) = running.join_next().await {
        succeeded += usize::from(report?.outcome.status() == "SUCCEEDED");
    }
    writeln!(std::io::stdout(), "{succeeded} of 1000 are large")?;
    Ok(())
}
