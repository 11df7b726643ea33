//! Dates and times: `$fromMillis` and `$toMillis`.

mod calendar;
mod format;
mod iso;
mod matcher;
mod parse;
mod picture;

use super::error::Error;

/// Writes a moment, milliseconds since 1970, as a picture asks; as ISO 8601 without one.
///
/// The time zone is `±HHMM`.
pub(crate) fn from_millis(
    millis: f64,
    picture: Option<&str>,
    timezone: Option<&str>,
) -> Result<String, Error> {
    format::format(millis, picture, timezone)
}

/// Reads a moment that is written as a picture tells, or in ISO 8601 without one; `None` when the text is not like that.
///
/// What a text leaves open at its beginning, such as the day of a time, is that of `now`, which is milliseconds too.
pub(crate) fn to_millis(text: &str, picture: Option<&str>, now: f64) -> Result<Option<f64>, Error> {
    match picture {
        Some(picture) => parse::parse(text, picture, now),
        None => iso::parse(text).map(Some),
    }
}
