//! `$toMillis`: a moment that is written by a picture.

use std::collections::BTreeMap;

use super::super::digits;
use super::super::error::Error;
use super::super::integer_picture::{IntegerPicture, Numbering};
use super::super::parse_integer;
use super::calendar::{self, Moment};
use super::format::{names, value_of};
use super::matcher::matcher;
use super::picture::{self, Component, Part, Presentation, Specifier};

/// What a text says of a moment. A name that nobody knows says nothing.
type Values = BTreeMap<Specifier, f64>;

/// Reads a moment; `None` when the text is not as the picture tells.
pub(super) fn parse(text: &str, picture: &str, now: f64) -> Result<Option<f64>, Error> {
    let parts = picture::parse(picture)?;
    let Some(found) = matcher(&parts)?.find_at(text, 0)? else {
        return Ok(None);
    };
    let components = parts.iter().filter_map(|part| match part {
        Part::Component(component) => Some(component),
        Part::Literal(_) => None,
    });
    let mut values = Values::new();
    let mut is_empty = true;
    for (component, text) in components.zip(&found.groups) {
        is_empty = false;
        let text = text.as_deref().unwrap_or_default();
        match read(text, component)? {
            Some(value) => values.insert(component.specifier, value),
            None => values.remove(&component.specifier),
        };
    }
    if is_empty {
        return Ok(None);
    }
    moment(values, now).map(Some)
}

fn read(text: &str, component: &Component) -> Result<Option<f64>, Error> {
    match (component.specifier, &component.presentation) {
        (Specifier::Zone, _) => Ok(Some(component.read_zone(text))),
        (Specifier::ZoneName, _) => Ok(Some(component.read_zone(&text[3..]))),
        (Specifier::HalfDay, _) => Ok(match text {
            "am" | "AM" => Some(0.0),
            "pm" | "PM" => Some(1.0),
            _ => None,
        }),
        (_, Presentation::Name(_)) => Ok(read_name(text, names(component)?, component.most)),
        (Specifier::Fraction, Presentation::Number(picture)) => {
            read_fraction(text, picture).map(Some)
        }
        (_, Presentation::Number(picture)) => parse_integer::read(text, picture).map(Some),
    }
}

/// Names are known as they stand in the calendar, cut to the width of the picture; the last one counts.
fn read_name(text: &str, names: &[&str], most: Option<usize>) -> Option<f64> {
    let most = most.unwrap_or(usize::MAX);
    let position = names
        .iter()
        .rposition(|name| name[..name.len().min(most)] == *text)?;
    Some((position + 1) as f64)
}

/// Digits after a decimal point are parts of a second, of which milliseconds count.
fn read_fraction(text: &str, picture: &IntegerPicture) -> Result<f64, Error> {
    match picture.numbering {
        Numbering::Digits(_) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            Ok(digits::parse_int(&format!("{digits:0<3}")[..3]))
        }
        _ => parse_integer::read(text, picture),
    }
}

impl Component {
    /// The separator between hours and minutes of a zone, if the picture shows one.
    pub(super) fn zone_separator(&self) -> Option<char> {
        self.number()?.digits()?.separator()
    }

    /// Minutes from Universal Time. The sign is that of the hours alone, as in the reference implementation.
    fn read_zone(&self, text: &str) -> f64 {
        let parts = match self.zone_separator() {
            Some(separator) => text.split_once(separator),
            None if text.len() > 3 => text.split_at_checked(3),
            None => None,
        };
        let (hours, minutes) = parts.unwrap_or((text, "0"));
        digits::parse_int(hours) * 60.0 + digits::parse_int(minutes)
    }
}

/// The ways to write a day.
#[derive(Clone, Copy, PartialEq)]
enum Dating {
    MonthAndDay,
    DayOfYear,
    /// Weeks, which are not understood.
    Week,
}

impl Dating {
    /// A text that mixes the ways is read by months and days.
    fn of(values: &Values) -> Self {
        use Specifier::{
            Day, DayOfYear, Month, WeekMonth, WeekOfMonth, WeekOfYear, WeekYear, Year,
        };
        const PARTS: [Specifier; 8] = [
            Year,
            Month,
            Day,
            DayOfYear,
            WeekYear,
            WeekMonth,
            WeekOfMonth,
            WeekOfYear,
        ];
        let known = PARTS.into_iter().filter(|part| says(values, *part));
        let known: Vec<Specifier> = known.collect();
        let only = |parts: &[Specifier]| known.iter().all(|part| parts.contains(part));
        if only(&[Year, Month, Day]) {
            Self::MonthAndDay
        } else if only(&[Year, DayOfYear]) {
            Self::DayOfYear
        } else if only(&[WeekYear, WeekMonth, WeekOfMonth]) || only(&[WeekYear, WeekOfYear]) {
            Self::Week
        } else {
            Self::MonthAndDay
        }
    }
}

/// The clock that hours are counted by.
#[derive(Clone, Copy, PartialEq)]
enum Clock {
    Day,
    HalfDay,
}

impl Clock {
    fn of(values: &Values) -> Self {
        let halves = says(values, Specifier::HalfDay) || says(values, Specifier::HourOfHalf);
        if halves && !says(values, Specifier::Hour) {
            Self::HalfDay
        } else {
            Self::Day
        }
    }
}

/// Whether a text says something of a part. Zero is nothing, as in the reference implementation.
fn says(values: &Values, part: Specifier) -> bool {
    let value = values.get(&part);
    value.is_some_and(|value| *value != 0.0 && !value.is_nan())
}

/// The moment of which a text says so much.
fn moment(mut values: Values, now: f64) -> Result<f64, Error> {
    let dating = Dating::of(&values);
    let clock = Clock::of(&values);
    complete(&mut values, &needed(dating, clock)?, now)?;
    let get = |part| values.get(&part).copied().unwrap_or(0.0);
    let year = full_year(get(Specifier::Year));
    let (month, day) = if dating == Dating::DayOfYear {
        month_and_day(year, get(Specifier::DayOfYear))
    } else {
        (get(Specifier::Month).max(1.0) - 1.0, get(Specifier::Day))
    };
    let hour = match clock {
        Clock::Day => get(Specifier::Hour),
        Clock::HalfDay => hour_of(get(Specifier::HalfDay), get(Specifier::HourOfHalf)),
    };
    let (minute, second) = (get(Specifier::Minute), get(Specifier::Second));
    let time = [hour, minute, second, get(Specifier::Fraction)];
    let zone = match get(Specifier::Zone) {
        0.0 => get(Specifier::ZoneName),
        minutes => minutes,
    };
    Ok(calendar::millis_of(year, month, day, time) - zone * 60_000.0)
}

/// The parts that make a moment, from the largest to the smallest.
///
/// The day of a day of the year counts as missing, so that no time can follow it, as in the reference implementation.
fn needed(dating: Dating, clock: Clock) -> Result<Vec<Specifier>, Error> {
    let date: &[Specifier] = match dating {
        Dating::MonthAndDay => &[Specifier::Year, Specifier::Month, Specifier::Day],
        Dating::DayOfYear => &[Specifier::Year, Specifier::Day],
        Dating::Week => return Err(incomplete()),
    };
    let hours: &[Specifier] = match clock {
        Clock::Day => &[Specifier::Hour],
        Clock::HalfDay => &[Specifier::HalfDay, Specifier::HourOfHalf],
    };
    let rest = &[Specifier::Minute, Specifier::Second, Specifier::Fraction];
    Ok([date, hours, rest].concat())
}

/// Fills in what a text does not say: as it is now before the first part that is said, the least after it. Nothing may be
/// said after something that is not.
fn complete(values: &mut Values, parts: &[Specifier], now: f64) -> Result<(), Error> {
    let now = Moment::at(now);
    let (mut begun, mut ended) = (false, false);
    for part in parts {
        let value = match part {
            _ if values.contains_key(part) && ended => return Err(incomplete()),
            _ if values.contains_key(part) => {
                begun = true;
                continue;
            }
            Specifier::Month | Specifier::Day if begun => 1.0,
            // Hours without a half are those of the morning.
            Specifier::HalfDay => 0.0,
            _ if begun => 0.0,
            _ => now.map_or(f64::NAN, |now| value_of(now, *part) as f64),
        };
        values.insert(*part, value);
        ended = begun;
    }
    Ok(())
}

/// The hour of the day; the second half is 1.
fn hour_of(half: f64, hour: f64) -> f64 {
    let hour = if hour == 12.0 { 0.0 } else { hour };
    if half == 1.0 { hour + 12.0 } else { hour }
}

/// Two digits are a year of the twentieth century, as for JavaScript's `Date.UTC`.
fn full_year(year: f64) -> f64 {
    if (0.0..100.0).contains(&year) {
        year.trunc() + 1900.0
    } else {
        year
    }
}

/// The month, from 0, and the day of a day of the year. One beyond the year's end is taken from its beginning again.
fn month_and_day(year: f64, day_of_year: f64) -> (f64, f64) {
    let day = calendar::millis_of(year, 0.0, day_of_year, [0.0; 4]);
    match Moment::at(day).map(Moment::day) {
        Some(day) => ((day.month - 1) as f64, day.day as f64),
        None => (f64::NAN, f64::NAN),
    }
}

fn incomplete() -> Error {
    Error::new(
        "D3136",
        "The date/time picture string is missing specifiers required to parse the timestamp",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 17 November 2023, 21:07:09.042
    const NOW: f64 = 1_700_255_229_042.0;

    fn check(text: &str, picture: &str, iso: &str) {
        let expected = super::super::iso::parse(iso).expect("it is ISO");
        assert_eq!(
            parse(text, picture, NOW),
            Ok(Some(expected)),
            "{text} as {picture}"
        );
    }

    fn is_nothing(text: &str, picture: &str) {
        assert_eq!(parse(text, picture, NOW), Ok(None), "{text} as {picture}");
    }

    fn fails(text: &str, picture: &str, code: &str) {
        let error = parse(text, picture, NOW).expect_err(picture);
        assert_eq!(error.code, code, "{text} as {picture}");
    }

    #[test]
    fn dates_are_read_in_many_ways() {
        check("3 May 2024", "[D] [MNn] [Y]", "2024-05-03");
        check(
            "the THIRD of May, 2024",
            "The [Dwo] of [MNn], [Y]",
            "2024-05-03",
        );
        check("xxxi.XII.MMXXIV", "[Di].[MI].[YI]", "2024-12-31");
        check("Dec 24", "[MNn,3-3] [Y]", "1924-12-01");
        check("20240229", "[Y0001][M01][D01]", "2024-02-29");
        check("2024/60", "[Y]/[d]", "2024-02-29");
        check("31.2.2024", "[D].[M].[Y]", "2024-03-02");
    }

    #[test]
    fn times_are_read_in_halves_or_whole() {
        let halves = "[Y]-[M]-[D] [P] [h]:[m]:[s].[f]";
        check("2024-5-3 pm 9:07:05.25", halves, "2024-05-03T21:07:05.250");
        check(
            "2024-5-3 AM 12:07:05.2519",
            halves,
            "2024-05-03T00:07:05.251",
        );
        check(
            "2024-5-3 9:07",
            "[Y]-[M]-[D] [H]:[m]",
            "2024-05-03T09:07:00",
        );
        check("090705", "[H01][m01][s01]", "2023-11-17T09:07:05");
    }

    #[test]
    fn what_is_not_said_is_as_it_is_now() {
        check("5", "[M]", "2023-05-01");
        check("08:30", "[H]:[m]", "2023-11-17T08:30:00");
        check("12:05 am", "[h]:[m] [P]", "2023-11-17T00:05:00");
        check("Monday", "[F]", "2023-11-17T21:07:09.042");
        check("32", "[d]", "2023-02-01T21:07:09.042");
        check(".5", ".[f]", "2023-11-17T21:07:09.500");
    }

    #[test]
    fn zones_are_taken_off() {
        let picture = "[Y]-[M]-[D] [H]:[m]:[s] [Z]";
        check("2024-5-3 9:07:05 +02:00", picture, "2024-05-03T07:07:05");
        check("2024-5-3 9:07:05 -1:00", picture, "2024-05-03T10:07:05");
        let named = "[Y]-[M]-[D] [H]:[m]:[s] [z0]";
        check("2024-5-3 9:07:05 GMT+0230", named, "2024-05-03T06:37:05");
    }

    #[test]
    fn another_text_is_nothing() {
        is_nothing("2024", "[M]-[Y]");
        is_nothing("24", "[Y0001]");
        is_nothing("hello", "hello");
        is_nothing("", "");
        is_nothing("2024\n", "[Y]");
    }

    #[test]
    fn gaps_are_errors() {
        fails("3 2024", "[D] [Y]", "D3136");
        fails("2024 9", "[Y] [H]", "D3136");
        fails("2024-20-5", "[X]-[W]-[F1]", "D3136");
        fails("2024", "[YN]", "D3133");
        fails("ISO", "[C]", "D3133");
        fails("2024", "[Y#]", "D3130");
    }

    #[test]
    fn hostile_pictures_and_texts_are_harmless() {
        let long = "[Y]".repeat(1_000);
        for picture in [
            "[Y,100000]",
            "[Da]",
            "[f0,99999999]",
            "[Y][M][D][H]",
            "(*",
            &long,
        ] {
            for text in ["", "é", "999999999999999999999999", "a", "(*"] {
                for now in [NOW, f64::NAN, 1e300] {
                    let _ = parse(text, picture, now);
                }
            }
        }
    }
}
