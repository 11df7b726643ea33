//! JSONata: what its functions write and read by pictures, and its regular expressions.

mod datetime;
mod digits;
mod error;
mod format_integer;
mod format_number;
mod integer_picture;
mod number_picture;
mod numbering;
mod parse_integer;
pub(crate) mod regex;
mod symbols;
mod words;

pub(crate) use datetime::{from_millis, to_millis};
pub use error::Error;
pub(crate) use format_integer::format_integer;
pub(crate) use format_number::format_number;
pub(crate) use parse_integer::parse_integer;
