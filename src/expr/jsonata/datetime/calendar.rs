//! The calendar: moments by their parts, and back.

/// No moment is further from 1970, in milliseconds: ECMAScript's limit.
const FURTHEST: f64 = 8.64e15;

pub(super) const MILLIS_PER_DAY: i64 = 86_400_000;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week; the first is Monday.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A day by the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Day {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
}

/// A moment by its parts, in Universal Time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// Days since the first of January 1970.
    days: i64,
    /// Milliseconds of the day.
    millis: i64,
}

impl Moment {
    /// The moment so many milliseconds after the beginning of 1970; `None` beyond what ECMAScript's dates reach.
    pub(super) fn at(millis: f64) -> Option<Self> {
        let millis = clipped(millis)? as i64;
        Some(Self {
            days: millis.div_euclid(MILLIS_PER_DAY),
            millis: millis.rem_euclid(MILLIS_PER_DAY),
        })
    }

    pub(super) fn day(self) -> Day {
        day_of(self.days)
    }

    /// From 1 to 366.
    pub(super) fn day_of_year(self) -> i64 {
        self.days - days_to(self.day().year, 0) + 1
    }

    /// From 1, Monday, to 7.
    pub(super) fn weekday(self) -> i64 {
        (self.days + 3).rem_euclid(7) + 1
    }

    /// A week belongs to the year and month of its Thursday (ISO 8601).
    pub(super) fn thursday(self) -> Self {
        Self {
            days: self.days + 4 - self.weekday(),
            millis: 0,
        }
    }

    pub(super) fn hour(self) -> i64 {
        self.millis / 3_600_000
    }

    pub(super) fn minute(self) -> i64 {
        self.millis / 60_000 % 60
    }

    pub(super) fn second(self) -> i64 {
        self.millis / 1000 % 60
    }

    pub(super) fn milli(self) -> i64 {
        self.millis % 1000
    }
}

/// Whole milliseconds, if a date can be so far away.
fn clipped(millis: f64) -> Option<f64> {
    (millis.abs() <= FURTHEST).then(|| millis.trunc())
}

/// Milliseconds since 1970 of what may be no date: months and everything smaller overflow into what is larger.
///
/// The month counts from 0. NaN when something is not a number or the moment is too far away.
pub(super) fn millis_of(year: f64, month: f64, day: f64, time: [f64; 4]) -> f64 {
    let parts = [year, month, day, time[0], time[1], time[2], time[3]];
    if parts
        .iter()
        .any(|part| part.is_nan() || part.abs() > FURTHEST)
    {
        return f64::NAN;
    }
    let [year, month, day, hour, minute, second, milli] = parts.map(f64::trunc);
    let months = year * 12.0 + month;
    if months.abs() > FURTHEST / 1e6 {
        return f64::NAN;
    }
    let (year, month) = (
        (months / 12.0).floor() as i64,
        months.rem_euclid(12.0) as i64,
    );
    let days = days_to(year, month) as f64 + day - 1.0;
    let time = hour * 3_600_000.0 + minute * 60_000.0 + second * 1000.0 + milli;
    clipped(days * MILLIS_PER_DAY as f64 + time).unwrap_or(f64::NAN)
}

/// Days from 1970 to the first of a month, which counts from 0.
///
/// Years are counted from March, so that leap days are last in them and months follow one rule.
fn days_to(year: i64, month: i64) -> i64 {
    let from_march = (month + 10) % 12;
    let year = if month < 2 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (from_march * 153 + 2) / 5 - 719_468
}

fn day_of(days: i64) -> Day {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    let from_march = (of_year * 5 + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    Day {
        year: era * 400 + year_of_era + i64::from(month <= 2),
        month,
        day: of_year - (from_march * 153 + 2) / 5 + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: [f64; 4] = [0.0; 4];

    fn moment(year: f64, month: f64, day: f64) -> Moment {
        Moment::at(millis_of(year, month - 1.0, day, MIDNIGHT)).expect("it is near")
    }

    #[test]
    fn days_go_both_ways() {
        for days in (-100_000_000..100_000_000).step_by(9_973) {
            let Day { year, month, day } = day_of(days);
            assert_eq!(days_to(year, month - 1) + day - 1, days);
        }
        let last = Day {
            year: 2000,
            month: 2,
            day: 29,
        };
        assert_eq!(moment(2000.0, 2.0, 29.0).day(), last);
    }

    #[test]
    fn parts_overflow() {
        assert_eq!(moment(2025.0, 14.0, 0.0), moment(2026.0, 1.0, 31.0));
        let late = millis_of(1970.0, 0.0, 1.0, [25.0, 61.0, 1.0, 5.0]);
        assert_eq!(late, 93_661_005.0);
    }

    #[test]
    fn what_is_too_far_is_no_date() {
        assert!(millis_of(300_000.0, 0.0, 1.0, MIDNIGHT).is_nan());
        assert!(millis_of(1e300, 0.0, 1.0, MIDNIGHT).is_nan());
        assert!(millis_of(f64::NAN, 0.0, 1.0, MIDNIGHT).is_nan());
        assert_eq!(Moment::at(FURTHEST + 1.0), None);
        assert_eq!(Moment::at(FURTHEST).map(Moment::hour), Some(0));
    }

    #[test]
    fn a_week_belongs_to_its_thursday() {
        let sunday = moment(2023.0, 1.0, 1.0);
        assert_eq!(sunday.weekday(), 7);
        assert_eq!(sunday.thursday(), moment(2022.0, 12.0, 29.0));
        assert_eq!(sunday.thursday().day_of_year(), 363);
    }
}
