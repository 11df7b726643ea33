//! `$fromMillis`: a moment by a picture.

use super::super::digits;
use super::super::error::Error;
use super::super::format_integer::{self, capitalised};
use super::super::integer_picture::{Case, Digits, IntegerPicture};
use super::calendar::{MONTHS, Moment, WEEKDAYS};
use super::picture::{self, Component, Part, Presentation, Specifier};

/// ISO 8601, as JavaScript's `Date` writes it, with the zone at its end.
const ISO: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// A time zone, as hours and minutes apart from Universal Time.
#[derive(Clone, Copy, Default)]
struct Zone {
    hours: f64,
    minutes: f64,
}

/// Writes a moment as a picture asks.
pub(super) fn format(
    millis: f64,
    picture: Option<&str>,
    timezone: Option<&str>,
) -> Result<String, Error> {
    let zone = timezone.map(Zone::parse).unwrap_or_default();
    let parts = picture::parse(picture.unwrap_or(ISO))?;
    let moment = Moment::at(millis + zone.millis());
    let mut text = String::new();
    for part in &parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Component(component) => text.push_str(&write(moment, zone, component)?),
        }
    }
    Ok(text)
}

impl Zone {
    /// Reads `±HHMM`. Hours are rounded down, as in the reference implementation, so that `-0130` is an hour further west
    /// than it says.
    fn parse(text: &str) -> Self {
        let offset = digits::parse_int(text);
        Self {
            hours: (offset / 100.0).floor(),
            minutes: offset % 100.0,
        }
    }

    fn millis(self) -> f64 {
        (self.hours * 60.0 + self.minutes) * 60_000.0
    }
}

fn write(moment: Option<Moment>, zone: Zone, component: &Component) -> Result<String, Error> {
    match component.specifier {
        Specifier::Zone => write_zone(zone, component),
        Specifier::ZoneName => Ok(match write_zone(zone, component)? {
            zulu if zulu == "Z" => zulu,
            offset => format!("GMT{offset}"),
        }),
        Specifier::Calendar | Specifier::Era => Ok("ISO".to_owned()),
        Specifier::HalfDay => Ok(write_half_day(moment, &component.presentation)),
        specifier => {
            let value = moment.map(|moment| value_of(moment, specifier));
            match &component.presentation {
                Presentation::Name(case) => write_name(value, *case, component),
                Presentation::Number(picture) => write_number(value, picture, component),
            }
        }
    }
}

/// A part of a moment as a number. There is none for the zone and the names, which stand for 0.
pub(super) fn value_of(moment: Moment, specifier: Specifier) -> i64 {
    let week = moment.thursday();
    match specifier {
        Specifier::Year => moment.day().year,
        Specifier::Month => moment.day().month,
        Specifier::Day => moment.day().day,
        Specifier::DayOfYear => moment.day_of_year(),
        Specifier::Weekday => moment.weekday(),
        Specifier::WeekOfYear => (week.day_of_year() - 1) / 7 + 1,
        Specifier::WeekOfMonth => (week.day().day - 1) / 7 + 1,
        Specifier::WeekYear => week.day().year,
        Specifier::WeekMonth => week.day().month,
        Specifier::HalfDay => moment.hour() / 12,
        Specifier::Hour => moment.hour(),
        Specifier::HourOfHalf => (moment.hour() + 11) % 12 + 1,
        Specifier::Minute => moment.minute(),
        Specifier::Second => moment.second(),
        Specifier::Fraction => moment.milli(),
        Specifier::Zone | Specifier::ZoneName | Specifier::Calendar | Specifier::Era => 0,
    }
}

fn write_half_day(moment: Option<Moment>, presentation: &Presentation) -> String {
    let is_morning = moment.is_none_or(|moment| moment.hour() < 12);
    let is_upper = matches!(presentation, Presentation::Name(Case::Upper));
    let name = match (is_morning, is_upper) {
        (true, false) => "am",
        (true, true) => "AM",
        (false, false) => "pm",
        (false, true) => "PM",
    };
    name.to_owned()
}

fn write_name(value: Option<i64>, case: Case, component: &Component) -> Result<String, Error> {
    let names = names(component)?;
    let index = value.and_then(|value| usize::try_from(value - 1).ok());
    let Some(name) = index.and_then(|index| names.get(index)) else {
        return Ok("NaN".to_owned());
    };
    let name = match case {
        Case::Upper => name.to_uppercase(),
        Case::Lower => name.to_lowercase(),
        Case::Title => capitalised(name),
    };
    Ok(name
        .chars()
        .take(component.most.unwrap_or(usize::MAX))
        .collect())
}

/// The names of a component; an error when it has none.
pub(super) fn names(component: &Component) -> Result<&'static [&'static str], Error> {
    match component.specifier {
        Specifier::Month | Specifier::WeekMonth => Ok(&MONTHS),
        Specifier::Weekday => Ok(&WEEKDAYS),
        _ => Err(component.nameless()),
    }
}

fn write_number(
    value: Option<i64>,
    picture: &IntegerPicture,
    component: &Component,
) -> Result<String, Error> {
    let mut value = value.map_or(f64::NAN, |value| value as f64);
    if let (Specifier::Year, Some(most)) = (component.specifier, component.most) {
        value %= 10_f64.powi(i32::try_from(most).unwrap_or(i32::MAX));
    }
    format_integer::write(value, picture)
}

/// A zone is written as hours and minutes together where the picture has a place for both.
fn write_zone(zone: Zone, component: &Component) -> Result<String, Error> {
    let (picture, digits) = zone_digits(component)?;
    let offset = zone.hours * 100.0 + zone.minutes;
    if component.zulu && offset == 0.0 {
        return Ok("Z".to_owned());
    }
    let text = if digits.separator().is_some() || digits.mandatory > 2 {
        format_integer::write(offset, picture)?
    } else if zone.minutes == 0.0 {
        format_integer::write(zone.hours, picture)?
    } else {
        let hours = format_integer::write(zone.hours, picture)?;
        let minutes = format_integer::format_integer(zone.minutes, "00")?;
        format!("{hours}:{minutes}")
    };
    Ok(if offset >= 0.0 {
        format!("+{text}")
    } else {
        text
    })
}

/// The digits of a zone, of which there are four at most, unless a separator parts them.
fn zone_digits(component: &Component) -> Result<(&IntegerPicture, &Digits), Error> {
    let picture = component.number();
    picture
        .and_then(|picture| Some((picture, picture.digits()?)))
        .filter(|(_, digits)| digits.mandatory <= 4 || digits.separator().is_some())
        .ok_or_else(|| {
            Error::new(
                "D3134",
                "The timezone integer format specifier cannot have more than four digits",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 17 November 2023, 21:07:09.042
    const MOMENT: f64 = 1_700_255_229_042.0;

    fn check(picture: &str, expected: &str) {
        check_in("0000", picture, expected);
    }

    fn check_in(zone: &str, picture: &str, expected: &str) {
        let text = format(MOMENT, Some(picture), Some(zone));
        assert_eq!(text.as_deref(), Ok(expected), "{picture}");
    }

    fn fails(picture: &str, code: &str) {
        let error = format(MOMENT, Some(picture), None).expect_err(picture);
        assert_eq!(error.code, code);
    }

    #[test]
    fn iso_is_what_is_written_without_a_picture() {
        let plain = format(MOMENT, None, None);
        assert_eq!(plain.as_deref(), Ok("2023-11-17T21:07:09.042Z"));
        let zoned = format(MOMENT, None, Some("+0230"));
        assert_eq!(zoned.as_deref(), Ok("2023-11-17T23:37:09.042+02:30"));
    }

    #[test]
    fn every_component_is_written() {
        check("[Y] [M] [D] [d] [F] [W] [w]", "2023 11 17 321 friday 46 3");
        check(
            "[X] [x] [H] [h] [P] [m] [s] [f]",
            "2023 11 21 9 pm 07 09 42",
        );
        check("[Z] [z] [C] [E]", "+00:00 GMT+00:00 ISO ISO");
    }

    #[test]
    fn numbers_are_written_in_many_ways() {
        check(
            "[D1o] [DWwo] [MI] [Yw]",
            "17th Seventeenth XI two thousand and twenty-three",
        );
        check("[Y,2] [Y9,999,*] [f0001] [H,3]", "23 2,023 0042 021");
    }

    #[test]
    fn names_are_cut_to_their_largest_width() {
        check("[FNn,*-3] [MN,3-3] [MNn,20]", "Fri NOV November");
        fails("[DN]", "D3133");
        fails("[fn]", "D3133");
    }

    #[test]
    fn zones_are_written_as_their_pictures_show() {
        check_in(
            "+0530",
            "[Z] [Z0] [Z0000] [z0:00]",
            "+05:30 +5:30 +0530 GMT+5:30",
        );
        check_in("-0800", "[Z] [Z0] [Z00:00t] [H]", "-08:00 -8 -08:00 13");
        check("[Z0t] [z00:00t]", "Z Z");
        fails("[Z00000]", "D3134");
        fails("[ZN]", "D3134");
    }

    #[test]
    fn what_is_no_moment_is_not_a_number() {
        let far = format(1e20, None, None);
        assert_eq!(far.as_deref(), Ok("0NaN-NaN-NaNTNaN:NaN:NaN.NaNZ"));
        for picture in ["[MNn]", "[Fw]", "[DI]", "[Z]", "[Y,999999999]"] {
            let _ = format(f64::NAN, Some(picture), Some("no zone"));
        }
    }
}
