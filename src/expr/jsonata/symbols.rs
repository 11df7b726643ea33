//! The characters that a number picture gives a meaning to, and their names as options.

use crate::value::Json;

use super::digits;

/// The symbols of a number picture: the options of `$formatNumber`.
///
/// A symbol longer than one character has no meaning in a picture, but is written into the result.
#[derive(Clone, Debug)]
pub(super) struct Symbols {
    pub(super) decimal: String,
    pub(super) grouping: String,
    pub(super) exponent: String,
    pub(super) minus: String,
    pub(super) percent: String,
    pub(super) per_mille: String,
    pub(super) infinity: String,
    pub(super) not_a_number: String,
    pub(super) pattern: String,
    digit: String,
    pub(super) zero: char,
}

impl Symbols {
    /// The usual symbols with some replaced. Options that are no strings change nothing, and what is looked for in pictures
    /// cannot be empty.
    pub(super) fn new(options: Option<&Json>) -> Self {
        let given = |name: &str| options.and_then(|options| options.get(name)?.as_str());
        let text = |name: &str, usual: &str| given(name).unwrap_or(usual).to_owned();
        let get = |name: &str, usual: &str| {
            let given = given(name).filter(|text| !text.is_empty());
            given.unwrap_or(usual).to_owned()
        };
        Self {
            decimal: get("decimal-separator", "."),
            grouping: get("grouping-separator", ","),
            exponent: get("exponent-separator", "e"),
            minus: text("minus-sign", "-"),
            percent: get("percent", "%"),
            per_mille: get("per-mille", "\u{2030}"),
            infinity: text("infinity", "Infinity"),
            not_a_number: text("NaN", "NaN"),
            pattern: get("pattern-separator", ";"),
            digit: get("digit", "#"),
            zero: get("zero-digit", "0").chars().next().unwrap_or('0'),
        }
    }

    pub(super) fn is_decimal(&self, c: char) -> bool {
        is(&self.decimal, c)
    }

    pub(super) fn is_grouping(&self, c: char) -> bool {
        is(&self.grouping, c)
    }

    pub(super) fn is_exponent(&self, c: char) -> bool {
        is(&self.exponent, c)
    }

    /// Whether a character is a place for a digit that need not be there.
    pub(super) fn is_optional(&self, c: char) -> bool {
        is(&self.digit, c)
    }

    /// Whether a character is a place for a digit that must be there.
    pub(super) fn is_mandatory(&self, c: char) -> bool {
        digits::value_in(self.zero, c).is_some()
    }

    pub(super) fn is_digit(&self, c: char) -> bool {
        self.is_optional(c) || self.is_mandatory(c)
    }

    /// Whether a character is more than text wherever it stands. An exponent separator is only between such characters.
    pub(super) fn is_active(&self, c: char) -> bool {
        self.is_digit(c) || self.is_decimal(c) || self.is_grouping(c)
    }
}

fn is(symbol: &str, c: char) -> bool {
    let mut chars = symbol.chars();
    chars.next() == Some(c) && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_replace_symbols() {
        let options =
            Json::parse(r#"{"decimal-separator": ",", "grouping-separator": ".", "percent": 5}"#);
        let symbols = Symbols::new(options.as_ref().ok());
        assert!(symbols.is_decimal(',') && symbols.is_grouping('.'));
        assert_eq!(symbols.percent, "%");
    }

    #[test]
    fn a_long_symbol_has_no_meaning() {
        let options = Json::parse(r###"{"digit": "##"}"###);
        assert!(!Symbols::new(options.as_ref().ok()).is_active('#'));
    }

    #[test]
    fn digits_begin_at_the_zero_digit() {
        let options = Json::parse(r#"{"zero-digit": "A"}"#);
        let symbols = Symbols::new(options.as_ref().ok());
        assert!(symbols.is_mandatory('J'));
        assert!(!symbols.is_mandatory('K') && !symbols.is_mandatory('0'));
    }
}
