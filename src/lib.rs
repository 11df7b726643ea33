//! AWS Step Functions workflows outside AWS: parse, check and run the Amazon States Language.

pub mod value;
pub mod expr;
pub mod asl;
pub mod machine;
pub mod engine;
pub mod aws;
pub mod resolver;
pub mod driver;
#[cfg(feature = "cli")]
pub mod conformance;
#[cfg(feature = "cli")]
pub mod cli;

pub use asl::Definition;
pub use engine::{Command, Event, Execution, Failure};
pub use machine::Machine;
pub use value::Json;
