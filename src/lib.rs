//! AWS Step Functions workflows outside AWS: parse, check and run the Amazon States Language.
//!
//! ```
//! use sfn::{Json, Machine};
//! use sfn::driver::virtual_time::VirtualTime;
//!
//! let machine = Machine::parse(r#"{
//!     "StartAt": "Greet",
//!     "States": {
//!         "Greet": { "Type": "Pass", "Parameters": { "text.$": "States.Format('Hello, {}!', $.name)" }, "End": true }
//!     }
//! }"#).expect("the definition is valid");
//! let outcome = VirtualTime::new(&machine).run(Json::from([("name", Json::from("Ann"))]));
//! assert_eq!(outcome.output().unwrap().to_string(), r#"{"text":"Hello, Ann!"}"#);
//! ```
//!
//! # The nouns
//!
//! A [`Definition`] is the language as written. A [`Machine`] is the program made from it: names resolved, expressions
//! compiled, everything checked. An [`Execution`] is one run of it, as plain data: it is told [`Event`]s and asks with
//! [`Command`]s. [`Json`] is what flows, [`Failure`] is how work goes wrong.
//!
//! # The floors
//!
//! Modules import downwards only:
//!
//! | floor | modules | |
//! |---|---|---|
//! | 0 | [`value`] | JSON that is shared instead of copied; moments in time |
//! | 1 | [`expr`], [`asl`] | the expression languages; the States Language as written |
//! | 2 | [`machine`] | the program |
//! | 3 | [`engine`], [`lint`] | the heart: pure, deterministic, no I/O; what looks wrong with a program |
//! | 4 | [`aws`], [`resolver`], [`store`], [`viz`] | the service's vocabulary; who does the work of tasks; where executions are kept; pictures |
//! | 5 | [`driver`] | those who live in time |
//! | 6 | `cli`, `conformance`, `server` | doors |
//!
//! `ARCHITECTURE.md` tells why, `docs/driving.md` how to drive an execution by hand, `docs/compat.md` what is as on AWS.

pub mod value;

pub mod asl;
pub mod expr;

pub mod machine;

pub mod engine;
pub mod lint;

pub mod aws;
pub mod resolver;
pub mod store;
pub mod viz;

pub mod driver;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod conformance;
#[cfg(feature = "server")]
pub mod server;

pub use expr::jsonata;

pub use asl::Definition;
pub use engine::{Command, Event, Execution, Failure};
pub use machine::Machine;
pub use value::Json;

/// The pages of `docs/` whose examples are compiled and run.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../docs/driving.md")]
    struct Driving;
    #[doc = include_str!("../README.md")]
    struct Readme;
}
