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
mod regex;
mod symbols;
mod words;

pub use error::Error;
