//! Tasks over types of one's own: what does not fit them fails the task, with the field that is wrong.
//!
//! `cargo run --example typed`

use std::error::Error;
use std::io::Write as _;

use serde::{Deserialize, Serialize};
use sfn::driver::virtual_time::VirtualTime;
use sfn::resolver::Registry;
use sfn::{Failure, Json, Machine};

const MACHINE: &str = r#"{
    "StartAt": "Quote",
    "States": {
        "Quote": { "Type": "Task", "Resource": "quote", "ResultPath": "$.quote", "Next": "Book" },
        "Book": {
            "Type": "Task",
            "Resource": "book",
            "Parameters": { "city.$": "$.city", "price.$": "$.quote.price" },
            "Catch": [{ "ErrorEquals": ["Hotel.Full"], "ResultPath": "$.problem", "Next": "WaitingList" }],
            "End": true
        },
        "WaitingList": { "Type": "Pass", "Parameters": { "waiting_for.$": "$.city" }, "End": true }
    }
}"#;

#[derive(Deserialize)]
struct Journey {
    city: String,
    nights: u32,
}

#[derive(Serialize)]
struct Quote {
    price: u32,
}

#[derive(Deserialize)]
struct Booking {
    city: String,
    price: u32,
}

fn registry() -> Registry {
    let quote = |journey: Journey| {
        let night = if journey.city == "Oslo" { 140 } else { 90 };
        Ok(Quote {
            price: night * journey.nights,
        })
    };
    let book = |booking: Booking| match booking.city.as_str() {
        "Oslo" => Err(Failure::new("Hotel.Full", "try again next week")),
        city => Ok(format!("{city}, {} euros", booking.price)),
    };
    Registry::new().typed("quote", quote).typed("book", book)
}

fn main() -> Result<(), Box<dyn Error>> {
    let machine = Machine::parse(MACHINE).map_err(|diagnostics| format!("{diagnostics:#?}"))?;
    let world = VirtualTime::new(&machine).registry(registry());
    for input in [
        r#"{"city": "Porto", "nights": 3}"#,
        r#"{"city": "Oslo", "nights": 1}"#,
        r#"{"city": "Porto", "nights": "three"}"#,
    ] {
        let outcome = world.run(Json::parse(input)?);
        let told = match (outcome.output(), outcome.failure()) {
            (Some(output), _) => output.to_string(),
            (None, failure) => failure.map(ToString::to_string).unwrap_or_default(),
        };
        writeln!(std::io::stdout(), "{}: {told}", outcome.status())?;
    }
    Ok(())
}
