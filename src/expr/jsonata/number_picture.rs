//! What a picture of a number asks for, by the rules of XPath's `format-number`.

use super::error::Error;
use super::integer_picture::regular;
use super::symbols::Symbols;

/// One of the two sub-pictures of a picture, taken apart.
#[derive(Clone, Debug)]
pub(super) struct NumberPicture {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// What the number is multiplied by: 100 for percent, 1000 for per mille.
    pub(super) factor: f64,
    /// How many digits stand before the decimal separator at least.
    pub(super) integer_digits: usize,
    /// How many digits stand before the decimal separator when there is an exponent.
    pub(super) scale: usize,
    pub(super) fewest_decimals: usize,
    pub(super) most_decimals: usize,
    /// How many digits an exponent has at least; `None` when there is no exponent.
    pub(super) exponent_digits: Option<usize>,
    pub(super) has_decimal_separator: bool,
    pub(super) integer_groups: IntegerGroups,
    /// How many decimals stand to the left of each separator among them.
    pub(super) decimal_groups: Vec<usize>,
}

/// Where separators stand in the integer part.
#[derive(Clone, Debug)]
pub(super) enum IntegerGroups {
    Regular(usize),
    /// How many digits are to the right of each separator.
    Irregular(Vec<usize>),
}

/// A sub-picture by its parts. All are slices of it.
struct Parts<'a> {
    whole: &'a [char],
    prefix: &'a [char],
    /// Everything between prefix and suffix.
    active: &'a [char],
    suffix: &'a [char],
    integer: &'a [char],
    /// What follows the decimal separator, if there is one.
    fraction: Option<&'a [char]>,
    exponent: Option<&'a [char]>,
}

impl NumberPicture {
    /// Takes a sub-picture apart.
    pub(super) fn parse(text: &str, symbols: &Symbols) -> Result<Self, Error> {
        let chars: Vec<char> = text.chars().collect();
        let parts = Parts::split(&chars, symbols)?;
        match parts.mistake(text, symbols) {
            Some((code, message)) => Err(Error::new(code, message)),
            None => Ok(parts.analyse(text, symbols)),
        }
    }
}

impl<'a> Parts<'a> {
    fn split(whole: &'a [char], symbols: &Symbols) -> Result<Self, Error> {
        let is_active = |c: &char| symbols.is_active(*c);
        let first = whole.iter().position(is_active);
        let last = whole.iter().rposition(is_active);
        let (Some(first), Some(last)) = (first, last) else {
            let (code, message) = if whole.is_empty() { NO_DIGIT } else { PASSIVE };
            return Err(Error::new(code, message));
        };
        let (active, suffix) = (&whole[first..=last], &whole[last + 1..]);
        // The reference implementation looks for the exponent from the beginning of the sub-picture, prefix included, and then
        // cuts what is without a prefix at that place.
        let exponent = whole[first..]
            .iter()
            .position(|c| symbols.is_exponent(*c))
            .map(|at| at + first)
            .filter(|at| *at <= whole.len() - suffix.len());
        let mantissa = &active[..exponent.unwrap_or(active.len()).min(active.len())];
        let (integer, fraction) = match mantissa.iter().position(|c| symbols.is_decimal(*c)) {
            Some(at) => (&mantissa[..at], Some(&mantissa[at + 1..])),
            None => (mantissa, None),
        };
        Ok(Self {
            whole,
            prefix: &whole[..first],
            active,
            suffix,
            integer,
            fraction,
            exponent: exponent.map(|at| active.get(at + 1..).unwrap_or_default()),
        })
    }

    /// What is wrong with a sub-picture. Of several mistakes the last one in the order of the codes is told.
    fn mistake(&self, text: &str, symbols: &Symbols) -> Option<(&'static str, &'static str)> {
        let scales = text.contains(&symbols.percent) || text.contains(&symbols.per_mille);
        let both = text.contains(&symbols.percent) && text.contains(&symbols.per_mille);
        let mantissa = self.integer.iter().chain(self.fraction.unwrap_or_default());
        let is_passive = |c: &char| !symbols.is_active(*c) && !symbols.is_exponent(*c);
        let rules = [
            (
                self.exponent
                    .is_some_and(|digits| !is_exponent(digits, symbols)),
                EXPONENT,
            ),
            (self.exponent.is_some() && scales, SCALED_EXPONENT),
            (
                self.fraction
                    .is_some_and(|fraction| rises(fraction, symbols)),
                FRACTION_ORDER,
            ),
            (falls(self.integer, symbols), INTEGER_ORDER),
            (self.has_adjacent_groupings(symbols), GROUPINGS),
            (self.integer_ends_with_grouping(symbols), GROUPING_LAST),
            (self.has_grouping_at_decimal(symbols), GROUPING_AT_DECIMAL),
            (self.active.iter().any(is_passive), PASSIVE),
            (
                !mantissa.into_iter().any(|c| symbols.is_digit(*c)),
                NO_DIGIT,
            ),
            (both, PERCENT_AND_PER_MILLE),
            (occurs_twice(text, &symbols.per_mille), PER_MILLES),
            (occurs_twice(text, &symbols.percent), PERCENTS),
            (occurs_twice(text, &symbols.decimal), DECIMALS),
        ];
        let found = rules.into_iter().find(|(broken, _)| *broken);
        found.map(|(_, mistake)| mistake)
    }

    fn has_adjacent_groupings(&self, symbols: &Symbols) -> bool {
        let mut pairs = self.whole.windows(2);
        pairs.any(|pair| pair.iter().all(|c| symbols.is_grouping(*c)))
    }

    /// Of several decimal separators the first one is looked at.
    fn has_grouping_at_decimal(&self, symbols: &Symbols) -> bool {
        let is_grouping = |at: usize| self.whole.get(at).is_some_and(|c| symbols.is_grouping(*c));
        let decimal = self.whole.iter().position(|c| symbols.is_decimal(*c));
        decimal.is_some_and(|at| is_grouping(at + 1) || at.checked_sub(1).is_some_and(is_grouping))
    }

    fn integer_ends_with_grouping(&self, symbols: &Symbols) -> bool {
        let last = self.integer.last();
        self.fraction.is_none() && last.is_some_and(|c| symbols.is_grouping(*c))
    }

    fn analyse(&self, text: &str, symbols: &Symbols) -> NumberPicture {
        let fraction = self.fraction.unwrap_or_default();
        let mandatory = |part: &[char]| part.iter().filter(|c| symbols.is_mandatory(**c)).count();
        let factor = if text.contains(&symbols.percent) {
            100.0
        } else if text.contains(&symbols.per_mille) {
            1000.0
        } else {
            1.0
        };
        let mut picture = NumberPicture {
            prefix: self.prefix.iter().collect(),
            suffix: self.suffix.iter().collect(),
            factor,
            integer_digits: mandatory(self.integer),
            scale: mandatory(self.integer),
            fewest_decimals: mandatory(fraction),
            most_decimals: fraction.iter().filter(|c| symbols.is_digit(**c)).count(),
            exponent_digits: self.exponent.map(mandatory),
            has_decimal_separator: text.contains(&symbols.decimal),
            integer_groups: self.integer_groups(symbols),
            decimal_groups: self.decimal_groups(symbols),
        };
        let is_optional = |c: &&char| symbols.is_optional(**c);
        picture.ensure_a_digit(self.integer.iter().filter(is_optional).count());
        picture
    }

    fn integer_groups(&self, symbols: &Symbols) -> IntegerGroups {
        let is_digit = |c: &&char| symbols.is_digit(**c);
        let mut right = self.integer.iter().filter(is_digit).count();
        let mut positions = Vec::new();
        for c in self.integer {
            if symbols.is_grouping(*c) {
                positions.push(right);
            } else if symbols.is_digit(*c) {
                right -= 1;
            }
        }
        match regular(&positions) {
            Some(size) => IntegerGroups::Regular(size),
            None => IntegerGroups::Irregular(positions),
        }
    }

    /// From the second separator on, the reference implementation looks for it in the integer part.
    fn decimal_groups(&self, symbols: &Symbols) -> Vec<usize> {
        let is_grouping = |c: &char| symbols.is_grouping(*c);
        let fraction = self.fraction.unwrap_or_default();
        let Some(first) = fraction.iter().position(is_grouping) else {
            return Vec::new();
        };
        let places = self.integer.iter().enumerate().skip(first + 1);
        let others = places.filter(|(_, c)| is_grouping(c)).map(|(at, _)| at);
        let before = |at: usize| &fraction[..at.min(fraction.len())];
        let digits = |part: &[char]| part.iter().filter(|c| symbols.is_digit(**c)).count();
        let places = std::iter::once(first).chain(others);
        places.map(|at| digits(before(at))).collect()
    }
}

impl NumberPicture {
    /// A number has one digit at least, whatever the picture says. The integer part shows so many optional ones.
    fn ensure_a_digit(&mut self, optional_integer_digits: usize) {
        let has_exponent = self.exponent_digits.is_some();
        if self.integer_digits == 0 && self.most_decimals == 0 {
            if has_exponent {
                self.fewest_decimals = 1;
                self.most_decimals = 1;
            } else {
                self.integer_digits = 1;
            }
        }
        if has_exponent && self.integer_digits == 0 && optional_integer_digits > 0 {
            self.integer_digits = 1;
        }
        if self.integer_digits == 0 && self.fewest_decimals == 0 {
            self.fewest_decimals = 1;
        }
    }
}

fn occurs_twice(text: &str, symbol: &str) -> bool {
    text.find(symbol) != text.rfind(symbol)
}

fn is_exponent(digits: &[char], symbols: &Symbols) -> bool {
    !digits.is_empty() && digits.iter().all(|c| symbols.is_mandatory(*c))
}

/// Whether a mandatory digit stands before the first optional one.
fn falls(part: &[char], symbols: &Symbols) -> bool {
    let first_optional = part.iter().position(|c| symbols.is_optional(*c));
    first_optional.is_some_and(|at| part[..at].iter().any(|c| symbols.is_mandatory(*c)))
}

/// Whether a mandatory digit stands after the last optional one.
fn rises(part: &[char], symbols: &Symbols) -> bool {
    let last_optional = part.iter().rposition(|c| symbols.is_optional(*c));
    last_optional.is_some_and(|at| part[at..].iter().any(|c| symbols.is_mandatory(*c)))
}

type Mistake = (&'static str, &'static str);

const DECIMALS: Mistake = (
    "D3081",
    "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
);
const PERCENTS: Mistake = (
    "D3082",
    "The sub-picture must not contain more than one instance of the 'percent' character",
);
const PER_MILLES: Mistake = (
    "D3083",
    "The sub-picture must not contain more than one instance of the 'per-mille' character",
);
const PERCENT_AND_PER_MILLE: Mistake = (
    "D3084",
    "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
);
const NO_DIGIT: Mistake = (
    "D3085",
    "The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit character' or a member of the 'decimal digit family'",
);
const PASSIVE: Mistake = (
    "D3086",
    "The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character",
);
const GROUPING_AT_DECIMAL: Mistake = (
    "D3087",
    "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character",
);
const GROUPING_LAST: Mistake = (
    "D3088",
    "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
);
const GROUPINGS: Mistake = (
    "D3089",
    "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
);
const INTEGER_ORDER: Mistake = (
    "D3090",
    "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed by an instance of the 'optional digit character'",
);
const FRACTION_ORDER: Mistake = (
    "D3091",
    "The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that is followed by a member of the 'decimal digit family'",
);
const SCALED_EXPONENT: Mistake = (
    "D3092",
    "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an 'exponent-separator'",
);
const EXPONENT: Mistake = (
    "D3093",
    "The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(text: &str) -> NumberPicture {
        NumberPicture::parse(text, &Symbols::new(None)).expect(text)
    }

    fn digits(text: &str, expected: (usize, usize, usize)) {
        let picture = picture(text);
        let found = (
            picture.integer_digits,
            picture.fewest_decimals,
            picture.most_decimals,
        );
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn digits_are_counted() {
        digits("#,##0.0#", (1, 1, 2));
        digits("000", (3, 0, 0));
    }

    #[test]
    fn a_number_has_one_digit_at_least() {
        digits("#", (1, 0, 0));
        digits("#.#", (0, 1, 1));
        digits("#e0", (1, 1, 1));
        digits(".#e0", (0, 1, 1));
    }

    #[test]
    fn a_prefix_and_a_suffix_are_text() {
        let picture = picture("see 0 e%");
        assert_eq!((&*picture.prefix, &*picture.suffix), ("see ", " e%"));
        assert_eq!((picture.factor, picture.exponent_digits), (100.0, None));
    }

    #[test]
    fn groups_are_counted_from_the_decimal_separator() {
        assert!(matches!(
            picture("#,##,#00").integer_groups,
            IntegerGroups::Irregular(positions) if positions == [5, 3]
        ));
        assert!(matches!(
            picture("#,##00").integer_groups,
            IntegerGroups::Regular(4)
        ));
        assert_eq!(picture("0.00,0").decimal_groups, [2]);
    }

    #[test]
    fn an_exponent_behind_a_prefix_is_cut_as_the_reference_does() {
        assert_eq!(picture("x00.0e000").exponent_digits, Some(2));
    }
}
