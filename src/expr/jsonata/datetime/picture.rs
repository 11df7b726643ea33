//! What a picture of a date asks for: text, and components in brackets.

use super::super::digits;
use super::super::error::Error;
use super::super::integer_picture::{Case, IntegerPicture, Numbering};
use super::super::words::Kind;
use crate::value::Json;

/// A part of a picture.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Literal(String),
    Component(Component),
}

/// A part of a moment, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) specifier: Specifier,
    pub(super) presentation: Presentation,
    /// `t`: the zone of Universal Time is written as `Z`.
    pub(super) zulu: bool,
    /// How many characters a name has at most, and how many digits a year.
    pub(super) most: Option<usize>,
}

/// How a component is written.
#[derive(Clone, Debug)]
pub(super) enum Presentation {
    Name(Case),
    Number(IntegerPicture),
}

/// What part of a moment a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Specifier {
    Year,
    Month,
    Day,
    DayOfYear,
    Weekday,
    WeekOfYear,
    WeekOfMonth,
    WeekYear,
    WeekMonth,
    HalfDay,
    Hour,
    HourOfHalf,
    Minute,
    Second,
    Fraction,
    Zone,
    ZoneName,
    Calendar,
    Era,
}

/// A year of fewer digits than this is written in full.
const SHORTEST_YEAR: usize = 2;

impl Specifier {
    /// The letter of the component, the component, and how it is written when the picture does not tell.
    const ALL: [(char, Self, &'static str); 19] = [
        ('Y', Self::Year, "1"),
        ('M', Self::Month, "1"),
        ('D', Self::Day, "1"),
        ('d', Self::DayOfYear, "1"),
        ('F', Self::Weekday, "n"),
        ('W', Self::WeekOfYear, "1"),
        ('w', Self::WeekOfMonth, "1"),
        ('X', Self::WeekYear, "1"),
        ('x', Self::WeekMonth, "1"),
        ('P', Self::HalfDay, "n"),
        ('H', Self::Hour, "1"),
        ('h', Self::HourOfHalf, "1"),
        ('m', Self::Minute, "01"),
        ('s', Self::Second, "01"),
        ('f', Self::Fraction, "1"),
        ('Z', Self::Zone, "01:01"),
        ('z', Self::ZoneName, "01:01"),
        ('C', Self::Calendar, "n"),
        ('E', Self::Era, "n"),
    ];

    /// Whether it is a year, a month or a day: widths mean more for them.
    pub(super) fn is_date(self) -> bool {
        matches!(self, Self::Year | Self::Month | Self::Day)
    }

    /// The letter of the component.
    pub(super) fn letter(self) -> char {
        let rows = Self::ALL.into_iter();
        rows.filter(|(_, specifier, _)| *specifier == self)
            .map(|(letter, ..)| letter)
            .next()
            .unwrap_or_default()
    }
}

/// Takes a picture apart.
pub(super) fn parse(picture: &str) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = picture;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("[[") {
            literal.push('[');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("]]") {
            literal.push(']');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let Some((marker, after)) = after.split_once(']') else {
                return Err(Error::new(
                    "D3135",
                    "No matching closing bracket ']' in date/time picture string",
                ));
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Component(Component::parse(marker)?));
            rest = after;
        } else {
            literal.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

impl Component {
    fn parse(marker: &str) -> Result<Self, Error> {
        let marker: String = marker.chars().filter(|c| !digits::is_space(*c)).collect();
        let letter = marker.chars().next();
        let known = Specifier::ALL
            .into_iter()
            .find(|(known, ..)| Some(*known) == letter);
        let (letter, specifier, usual) = known.ok_or_else(|| unknown(letter))?;
        let rest = &marker[letter.len_utf8()..];
        let (presentation, width) = match rest.rsplit_once(',') {
            Some((presentation, width)) => (presentation, Width::parse(width)),
            None => (rest, Width::default()),
        };
        let presentation = if presentation.is_empty() {
            usual
        } else {
            presentation
        };
        let (primary, modifier) = modifier(presentation);
        let is_zone = matches!(specifier, Specifier::Zone | Specifier::ZoneName);
        let kind = match modifier {
            Some('o') if !is_zone => Kind::Ordinal,
            _ => Kind::Cardinal,
        };
        let mut component = Self {
            specifier,
            presentation: Presentation::parse(primary, kind)?,
            zulu: modifier == Some('t'),
            most: width.most,
        };
        if !is_zone {
            component.apply(width);
        }
        Ok(component)
    }

    /// Widths change how many digits there are. Only years, months and days have a largest width.
    fn apply(&mut self, width: Width) {
        let Presentation::Number(picture) = &mut self.presentation else {
            return;
        };
        if let Some(least) = width.least {
            picture.set_mandatory(|mandatory| mandatory.max(least));
        }
        match width.most {
            Some(most) if self.specifier.is_date() => picture.set_mandatory(|_| most),
            Some(_) => {}
            None => self.most = self.year_digits(),
        }
    }

    /// A year is cut to as many digits as its picture shows.
    fn year_digits(&self) -> Option<usize> {
        let digits = self.number()?.digits()?;
        let shown = digits.mandatory + digits.optional;
        (self.specifier == Specifier::Year && shown >= SHORTEST_YEAR).then_some(shown)
    }

    /// How the component is written as a number, if it is.
    pub(super) fn number(&self) -> Option<&IntegerPicture> {
        match &self.presentation {
            Presentation::Number(picture) => Some(picture),
            Presentation::Name(_) => None,
        }
    }

    /// The error about a component that has no name.
    pub(super) fn nameless(&self) -> Error {
        let quoted = Json::from(self.specifier.letter().to_string());
        Error::new(
            "D3133",
            format!(
                "The 'name' modifier can only be applied to months and days in the date/time picture string, not {quoted}"
            ),
        )
    }
}

/// The presentation without its second modifier, of which there are four: `a`, `t`, `c` and `o`.
fn modifier(presentation: &str) -> (&str, Option<char>) {
    let mut chars = presentation.chars();
    let last = chars.next_back().filter(|c| "atco".contains(*c));
    match last {
        Some(_) if !chars.as_str().is_empty() => (chars.as_str(), last),
        _ => (presentation, None),
    }
}

impl Presentation {
    fn parse(primary: &str, kind: Kind) -> Result<Self, Error> {
        if primary.starts_with('n') {
            return Ok(Self::Name(Case::Lower));
        }
        if primary.starts_with("Nn") {
            return Ok(Self::Name(Case::Title));
        }
        if primary.starts_with('N') {
            return Ok(Self::Name(Case::Upper));
        }
        IntegerPicture::of(primary, kind).map(Self::Number)
    }

    /// Whether it is a number of digits.
    pub(super) fn is_digits(&self) -> bool {
        matches!(self, Self::Number(picture) if matches!(picture.numbering, Numbering::Digits(_)))
    }
}

fn unknown(letter: Option<char>) -> Error {
    let quoted = Json::from(letter.map(String::from).unwrap_or_default());
    Error::new(
        "D3132",
        format!("Unknown component specifier {quoted} in date/time picture string"),
    )
}

/// How many characters there are at least and at most.
#[derive(Clone, Copy, Debug, Default)]
struct Width {
    least: Option<usize>,
    most: Option<usize>,
}

impl Width {
    /// Reads `3`, `*`, `3-5` or `*-5`.
    fn parse(text: &str) -> Self {
        let (least, most) = text.split_once('-').unwrap_or((text, "*"));
        Self {
            least: number(least),
            most: number(most),
        }
    }
}

fn number(text: &str) -> Option<usize> {
    let value = digits::parse_int(text);
    (value >= 0.0).then_some(value as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(picture: &str) -> Component {
        match parse(picture).expect(picture).pop() {
            Some(Part::Component(component)) => component,
            other => panic!("{other:?}"),
        }
    }

    fn digits(picture: &str) -> usize {
        let component = component(picture);
        let number = component.number().expect("it is a number");
        number.digits().expect("it is of digits").mandatory
    }

    fn fails(picture: &str, code: &str) {
        assert_eq!(parse(picture).expect_err(picture).code, code);
    }

    #[test]
    fn doubled_brackets_are_text() {
        let parts = parse("[[a]]]").expect("it is text");
        assert!(matches!(&parts[..], [Part::Literal(text)] if text == "[a]]"));
    }

    #[test]
    fn white_space_in_brackets_is_nothing() {
        assert_eq!(component("[ M\n0 1 ]").specifier, Specifier::Month);
        assert_eq!(digits("[ M\n0 1 ]"), 2);
    }

    #[test]
    fn widths_change_the_number_of_digits() {
        assert_eq!(digits("[H,3]"), 3);
        assert_eq!(digits("[H0001,3]"), 4);
        assert_eq!(digits("[M,1-3]"), 3);
        assert_eq!(digits("[H,1-3]"), 1);
    }

    #[test]
    fn a_year_is_cut_to_what_its_picture_shows() {
        assert_eq!(component("[Y]").most, None);
        assert_eq!(component("[Y01]").most, Some(2));
        assert_eq!(component("[Y##1]").most, Some(3));
        assert_eq!(component("[Y0001,*-2]").most, Some(2));
    }

    #[test]
    fn mistakes_have_codes() {
        fails("[", "D3135");
        fails("[]", "D3132");
        fails("[Q]", "D3132");
        fails("[😀]", "D3132");
        fails("[Y0٠]", "D3131");
    }
}
