//! What a picture of an integer asks for: words, letters, Roman numerals, or digits in groups.

use super::digits;
use super::error::Error;
use super::words::Kind;
use crate::value::Json;

/// No width asks for more digits than this.
const MOST_DIGITS: usize = 1024;

/// A picture of an integer, taken apart.
#[derive(Clone, Debug)]
pub(super) struct IntegerPicture {
    pub(super) numbering: Numbering,
    pub(super) kind: Kind,
}

/// How the number is written.
#[derive(Clone, Debug)]
pub(super) enum Numbering {
    Letters(Case),
    Roman(Case),
    Words(Case),
    Digits(Digits),
    /// A sequence that nobody knows: an error when it is used.
    Unknown(String),
}

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Case {
    Upper,
    Lower,
    Title,
}

/// A decimal digit pattern such as `#,##0`.
#[derive(Clone, Debug)]
pub(super) struct Digits {
    /// The digits there are at least.
    pub(super) mandatory: usize,
    /// The digits that the picture shows in addition.
    pub(super) optional: usize,
    /// The zero of the family in which digits are written.
    pub(super) zero: char,
    pub(super) grouping: Grouping,
}

/// Where separators stand between digits.
#[derive(Clone, Debug)]
pub(super) enum Grouping {
    /// After every so many digits.
    Regular { every: usize, separator: char },
    /// Exactly where the picture shows them: how many digits are to the right of each.
    Irregular(Vec<(usize, char)>),
}

impl IntegerPicture {
    /// Takes a picture apart.
    pub(super) fn parse(picture: &str) -> Result<Self, Error> {
        let (primary, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let kind = if modifier.starts_with('o') {
            Kind::Ordinal
        } else {
            Kind::Cardinal
        };
        Self::of(primary, kind)
    }

    /// A picture whose modifier is known already.
    pub(super) fn of(primary: &str, kind: Kind) -> Result<Self, Error> {
        let numbering = match primary {
            "A" => Numbering::Letters(Case::Upper),
            "a" => Numbering::Letters(Case::Lower),
            "I" => Numbering::Roman(Case::Upper),
            "i" => Numbering::Roman(Case::Lower),
            "W" => Numbering::Words(Case::Upper),
            "w" => Numbering::Words(Case::Lower),
            "Ww" => Numbering::Words(Case::Title),
            _ => pattern(primary)?,
        };
        Ok(Self { numbering, kind })
    }

    /// The digit pattern, when it is one.
    pub(super) fn digits(&self) -> Option<&Digits> {
        match &self.numbering {
            Numbering::Digits(digits) => Some(digits),
            Numbering::Letters(_)
            | Numbering::Roman(_)
            | Numbering::Words(_)
            | Numbering::Unknown(_) => None,
        }
    }

    /// Changes the number of digits there are at least; pictures of other kinds have none.
    pub(super) fn set_mandatory(&mut self, change: impl FnOnce(usize) -> usize) {
        if let Numbering::Digits(digits) = &mut self.numbering {
            digits.mandatory = change(digits.mandatory).min(MOST_DIGITS);
        }
    }
}

/// The error about a sequence that is not known.
pub(super) fn unknown(primary: &str) -> Error {
    let quoted = Json::from(primary);
    Error::new(
        "D3130",
        format!(
            "Formatting or parsing an integer as a sequence starting with {quoted} is not supported by this implementation"
        ),
    )
}

fn pattern(primary: &str) -> Result<Numbering, Error> {
    let (mut mandatory, mut optional, mut family) = (0, 0, None);
    let mut separators = Vec::new();
    for c in primary.chars().rev() {
        if c == '#' {
            optional += 1;
        } else if let Some(zero) = digits::zero_of(c) {
            if *family.get_or_insert(zero) != zero {
                return Err(Error::new(
                    "D3131",
                    "In a decimal digit pattern, all digits must be from the same decimal group",
                ));
            }
            mandatory += 1;
        } else {
            separators.push((mandatory + optional, c));
        }
    }
    separators.reverse();
    Ok(match family {
        Some(zero) => Numbering::Digits(Digits {
            mandatory,
            optional,
            zero,
            grouping: Grouping::of(separators),
        }),
        None => Numbering::Unknown(primary.to_owned()),
    })
}

impl Digits {
    /// The separator, when it stands after every so many digits.
    pub(super) fn separator(&self) -> Option<char> {
        match self.grouping {
            Grouping::Regular { separator, .. } => Some(separator),
            Grouping::Irregular(_) => None,
        }
    }
}

impl Grouping {
    fn of(separators: Vec<(usize, char)>) -> Self {
        let positions: Vec<usize> = separators.iter().map(|(position, _)| *position).collect();
        match (separators.first(), regular(&positions)) {
            (Some((_, separator)), Some(every))
                if separators.iter().all(|(_, other)| other == separator) =>
            {
                let separator = *separator;
                Self::Regular { every, separator }
            }
            _ => Self::Irregular(separators),
        }
    }
}

/// The size of the groups, when separators stand at all its multiples: the positions count digits to the right, falling.
pub(super) fn regular(positions: &[usize]) -> Option<usize> {
    let size = *positions.last()?;
    let expected = (1..=positions.len()).rev().map(|nth| nth * size);
    (size > 0 && expected.eq(positions.iter().copied())).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(picture: &str) -> Digits {
        let parsed = IntegerPicture::parse(picture).expect("the picture is good");
        parsed.digits().expect("it has digits").clone()
    }

    #[test]
    fn digits_are_counted() {
        let parsed = digits("#,##0;o");
        assert_eq!((parsed.mandatory, parsed.optional), (1, 3));
        assert_eq!(digits("###٠١").zero, '٠');
    }

    #[test]
    fn groups_are_regular_when_every_multiple_is_there() {
        assert_eq!(regular(&[6, 3]), Some(3));
        assert_eq!(regular(&[4]), Some(4));
        for irregular in [&[5, 3][..], &[1, 1], &[0], &[3, 0], &[6, 2], &[]] {
            assert_eq!(regular(irregular), None, "{irregular:?}");
        }
        let mixed = digits("#:###,##0").grouping;
        assert!(matches!(mixed, Grouping::Irregular(separators) if separators.len() == 2));
    }

    #[test]
    fn families_do_not_mix() {
        let error = IntegerPicture::parse("0٠").expect_err("two families");
        assert_eq!(error.code, "D3131");
    }

    #[test]
    fn a_width_has_an_end() {
        let mut picture = IntegerPicture::parse("1").expect("the picture is good");
        picture.set_mandatory(|_| usize::MAX);
        assert_eq!(picture.digits().expect("digits").mandatory, MOST_DIGITS);
    }
}
