//! ISO 8601, as far as `$toMillis` reads it without a picture.

use super::super::error::Error;
use super::calendar;
use crate::value::Json;

/// Reads a moment; NaN for a moment of the right form that does not exist.
pub(super) fn parse(text: &str) -> Result<f64, Error> {
    read(text).ok_or_else(|| {
        let quoted = Json::from(text);
        Error::new(
            "D3110",
            format!(
                "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {quoted}"
            ),
        )
    })
}

/// What is left of a text while it is read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Reads so many digits, of which the first is no larger than a limit.
    fn digits(&mut self, count: usize, first: u8) -> Option<f64> {
        let digits = self.0.get(..count)?;
        let good = digits.bytes().all(|b| b.is_ascii_digit()) && digits.as_bytes()[0] <= first;
        self.0 = good.then(|| &self.0[count..])?;
        digits.parse().ok()
    }

    /// Reads `HH:MM:SS`.
    fn time(&mut self) -> Option<[f64; 3]> {
        let hour = self.digits(2, b'2')?;
        let minute = self.take(":").then(|| self.digits(2, b'5'))??;
        let second = self.take(":").then(|| self.digits(2, b'5'))??;
        Some([hour, minute, second])
    }

    /// Reads a decimal point and digits, of which three count, if they are next; `None` when the digits are missing.
    fn fraction(&mut self) -> Option<Option<f64>> {
        if !self.take(".") {
            return Some(None);
        }
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let millis = format!("{digits:0<3}");
        (length > 0).then(|| millis[..3].parse().ok())
    }

    /// Reads `Z`, which says nothing, or `±HH:MM` or `±HHMM` as minutes, if it is next; `None` when that is malformed.
    fn zone(&mut self) -> Option<Option<f64>> {
        if self.0.is_empty() || self.take("Z") {
            return Some(None);
        }
        let sign = if self.take("-") {
            -1.0
        } else {
            self.take("+").then_some(1.0)?
        };
        let hours = self.digits(2, b'2')?;
        self.take(":");
        let minutes = self.digits(2, b'5')?;
        let offset = sign * (hours * 60.0 + minutes);
        Some(Some(if hours < 24.0 { offset } else { f64::NAN }))
    }
}

/// `None` when the form is wrong: of each part only the digits that none can begin with are looked at, and parts may be
/// repeated. NaN when such a text is no moment.
fn read(text: &str) -> Option<f64> {
    let mut rest = Rest(text);
    let year = rest.digits(4, b'9')?;
    let (mut dates, mut times) = (Vec::new(), Vec::new());
    while rest.0.starts_with('-') && !is_zone(rest.0) {
        rest.take("-");
        dates.push(rest.digits(2, b'3')?);
    }
    while rest.take("T") {
        times.push(rest.time()?);
    }
    let millis = rest.fraction()?;
    let zone = rest.zone()?;
    if !rest.0.is_empty() {
        return None;
    }
    let has_zone_or_fraction = millis.is_some() || zone.is_some();
    let is_repeated = dates.len() > 2 || times.len() > 1;
    if is_repeated || (times.is_empty() && has_zone_or_fraction) {
        return Some(f64::NAN);
    }
    let month = dates.first().copied().unwrap_or(1.0);
    let day = dates.get(1).copied().unwrap_or(1.0);
    let [hour, minute, second] = times.first().copied().unwrap_or_default();
    let time = [hour, minute, second, millis.unwrap_or(0.0)];
    let moment = calendar::millis_of(year, month - 1.0, day, time) - zone.unwrap_or(0.0) * 60_000.0;
    Some(if exists(month, day, time) {
        moment
    } else {
        f64::NAN
    })
}

/// Days up to 31 overflow into the next month, and the end of a day is the beginning of the next.
fn exists(month: f64, day: f64, time: [f64; 4]) -> bool {
    (1.0..=12.0).contains(&month)
        && (1.0..=31.0).contains(&day)
        && (time[0] < 24.0 || time == [24.0, 0.0, 0.0, 0.0])
}

/// Whether a hyphen begins a zone: four digits follow, or a colon parts them.
fn is_zone(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        let part = text.as_bytes().get(range);
        part.is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    match text.len() {
        5 => digits(1..5),
        6 => digits(1..3) && text.as_bytes()[3] == b':',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: f64) {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }

    #[test]
    fn dates_and_times_are_read() {
        check("2023", 1_672_531_200_000.0);
        check("2023-11", 1_698_796_800_000.0);
        check("2023-11-17", 1_700_179_200_000.0);
        check("2023-11-17T21:07:09", 1_700_255_229_000.0);
        check("2023-11-17T21:07:09.0429Z", 1_700_255_229_042.0);
        check("2023-11-17T21:07:09.5+02:30", 1_700_246_229_500.0);
        check("2023-11-17T21:07:09-0330", 1_700_267_829_000.0);
        check("1969-12-31T24:00:00", 0.0);
        check("2023-02-30", 1_677_715_200_000.0);
        check("2023-11-17Z", 1_700_179_200_000.0);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "23",
            "20231117",
            "2023-1-1",
            "2023-11-17T21:07",
            "2023-11-17 21:07:09",
            "2023-11-17T21:60:00",
            "2023-11-17T21:07:09.",
            "2023-11-17T21:07:09+02",
            "2023-11-17x",
            "2023-11-17T21:07:09z",
            "+002023",
            "２０２３",
            "2023-é",
        ] {
            assert_eq!(parse(text).expect_err(text).code, "D3110");
        }
    }

    #[test]
    fn moments_that_do_not_exist_are_not_a_number() {
        for text in [
            "2023-13-01",
            "2023-00-01",
            "2023-01-32",
            "2023-01-01T25:00:00",
        ] {
            assert!(parse(text).expect(text).is_nan(), "{text}");
        }
    }
}
