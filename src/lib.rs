//! AWS Step Functions workflows outside AWS: parse, check and run the Amazon States Language.

pub mod value;

pub use value::Json;
