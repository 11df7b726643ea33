//! Moments in time, as the States Language writes them.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970, the precision of the service's histories.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The moment that much later; the last one that can be told when it would be beyond.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// The moment as the context object tells it: `2026-11-24T13:45:20Z` where the second is whole,
    /// `2026-11-24T13:45:20.123Z` where it is not.
    #[must_use]
    pub fn shortest(self) -> String {
        match DateTime::from_timestamp_millis(self.0) {
            Some(time) => time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            None => self.to_string(),
        }
    }

    /// How long it takes from an earlier moment to this one; zero when it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
    }
}

/// `2026-11-24T13:45:20.123Z`, always to the millisecond.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_millis(self.0) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{}ms", self.0),
        }
    }
}

/// A moment as a text tells it, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    seconds: i64,
    nanos: u32,
}

impl Moment {
    /// Reads an ISO-8601 extended offset date-time (`2016-12-05T21:29:29.5+01:00`): upper-case `T` and `Z`, the
    /// offset required. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let strict = text.as_bytes().get(10) == Some(&b'T')
            && !text.ends_with('z')
            && text.get(17..19) != Some("60")
            && !text.contains(' ');
        let time = strict
            .then(|| DateTime::parse_from_rfc3339(text).ok())
            .flatten()?;
        Some(Self {
            seconds: time.timestamp(),
            nanos: time.timestamp_subsec_nanos(),
        })
    }

    /// The same moment in whole milliseconds, rounded up so that nobody wakes too early.
    #[must_use]
    pub fn to_timestamp(self) -> Timestamp {
        let millis = self.seconds.saturating_mul(1_000);
        Timestamp(millis.saturating_add(i64::from(self.nanos.div_ceil(1_000_000))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_compared_across_offsets() {
        let utc = Moment::parse("2016-08-18T17:33:00Z").unwrap();
        assert_eq!(Moment::parse("2016-08-18T19:33:00.000+02:00"), Some(utc));
        assert!(Moment::parse("2016-08-18T17:33:00.000000001Z").unwrap() > utc);
        assert_eq!(utc.to_timestamp().to_string(), "2016-08-18T17:33:00.000Z");
    }

    #[test]
    fn what_is_not_the_extended_offset_form_is_refused() {
        for text in [
            "2016-12-05 21:29:29Z",
            "2016-12-05T21:29:29",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "2016-12-05t21:29:29z",
            "2016-12-05",
            "",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
