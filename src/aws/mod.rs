//! The service's vocabulary: how it names things and how it spells them on the wire.
//!
//! Nothing outside this module knows a wire shape; nothing in it runs anything.

pub mod arn;
mod details;
pub mod error;
pub mod history;
pub mod jackson;
pub mod model;
pub mod validation;

pub use arn::{Arn, ArnKind, Place};
pub use error::{Code, Error};
