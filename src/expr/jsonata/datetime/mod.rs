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

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment written by a picture is read again.
    fn check(millis: f64, picture: Option<&str>) {
        for zone in ["0000", "+0200", "-0500", "+0530"] {
            let text = from_millis(millis, picture, Some(zone)).expect("it can be written");
            let again = to_millis(&text, picture, 0.0).expect(&text);
            assert_eq!(again, Some(millis), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for days in (-600_000..700_000).step_by(7_919) {
            let millis = f64::from(days) * 86_400_000.0 + 45_296_789.0;
            check(millis, None);
            check(
                millis,
                Some("[FNn] [D1o] [MNn] [Y0001], [h]:[m]:[s].[f001] [PN] [Z]"),
            );
            check(
                millis,
                Some("[Yw], [MNn,3-3] [Dwo] at [H01][m01][s01].[f001] [z0000]"),
            );
        }
    }
}
