//! Numbers in English words, both ways: `one thousand and first`.

use super::digits;

const UNDER_TWENTY: [(&str, &str); 20] = [
    ("zero", "zeroth"),
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("four", "fourth"),
    ("five", "fifth"),
    ("six", "sixth"),
    ("seven", "seventh"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("ten", "tenth"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth"),
    ("thirteen", "thirteenth"),
    ("fourteen", "fourteenth"),
    ("fifteen", "fifteenth"),
    ("sixteen", "sixteenth"),
    ("seventeen", "seventeenth"),
    ("eighteen", "eighteenth"),
    ("nineteen", "nineteenth"),
];

const TENS: [(&str, &str); 8] = [
    ("twenty", "twentieth"),
    ("thirty", "thirtieth"),
    ("forty", "fortieth"),
    ("fifty", "fiftieth"),
    ("sixty", "sixtieth"),
    ("seventy", "seventieth"),
    ("eighty", "eightieth"),
    ("ninety", "ninetieth"),
];

/// What is larger is counted in trillions, and trillions of trillions.
const MAGNITUDES: [(&str, &str, f64); 4] = [
    ("trillion", "trillionth", 1e12),
    ("billion", "billionth", 1e9),
    ("million", "millionth", 1e6),
    ("thousand", "thousandth", 1e3),
];

/// Whether a number counts or ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Cardinal,
    Ordinal,
}

impl Kind {
    fn of(self, cardinal: &'static str, ordinal: &'static str) -> &'static str {
        match self {
            Self::Cardinal => cardinal,
            Self::Ordinal => ordinal,
        }
    }
}

/// Where words stand, which decides how they are joined to what is before them.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    First,
    Following,
}

/// Writes a whole number that is not negative in words.
pub(super) fn write(value: f64, kind: Kind) -> String {
    if !value.is_finite() {
        return digits::whole(value);
    }
    let mut words = String::new();
    push(&mut words, value, Place::First, kind);
    words
}

/// Each call is for less than a thousandth of the one it stands in, so `f64`'s range bounds the depth.
fn push(words: &mut String, value: f64, place: Place, kind: Kind) {
    if value >= 1000.0 {
        return push_large(words, value, place, kind);
    }
    let value = value as usize;
    if value >= 100 {
        return push_hundreds(words, value, place, kind);
    }
    if place == Place::Following {
        words.push_str(" and ");
    }
    if let Some((cardinal, ordinal)) = UNDER_TWENTY.get(value) {
        return words.push_str(kind.of(cardinal, ordinal));
    }
    let (cardinal, ordinal) = TENS[value / 10 - 2];
    match value % 10 {
        0 => words.push_str(kind.of(cardinal, ordinal)),
        unit => {
            words.push_str(cardinal);
            words.push('-');
            push(words, unit as f64, Place::First, kind);
        }
    }
}

fn push_hundreds(words: &mut String, value: usize, place: Place, kind: Kind) {
    if place == Place::Following {
        words.push_str(", ");
    }
    words.push_str(UNDER_TWENTY[value / 100].0);
    match value % 100 {
        0 => words.push_str(kind.of(" hundred", " hundredth")),
        rest => {
            words.push_str(" hundred");
            push(words, rest as f64, Place::Following, kind);
        }
    }
}

fn push_large(words: &mut String, value: f64, place: Place, kind: Kind) {
    if place == Place::Following {
        words.push_str(", ");
    }
    let (cardinal, ordinal, size) = MAGNITUDES
        .into_iter()
        .find(|(_, _, size)| value >= *size)
        .expect("the value is a thousand or more");
    let count = (value / size).floor();
    let rest = value - count * size;
    push(words, count, Place::First, Kind::Cardinal);
    words.push(' ');
    if rest > 0.0 {
        words.push_str(cardinal);
        push(words, rest, Place::Following, kind);
    } else {
        words.push_str(kind.of(cardinal, ordinal));
    }
}

/// Reads a number in words of either kind and any case; NaN when something is no such word.
pub(super) fn parse(text: &str) -> f64 {
    let mut sums = vec![0.0];
    for word in split(&text.to_lowercase()) {
        let Some(value) = value_of(word) else {
            return f64::NAN;
        };
        let mut last = sums.pop().unwrap_or_default();
        if value >= 100.0 {
            sums.push(last * value);
            continue;
        }
        // What follows thousands is a number of its own, to which a magnitude may still belong.
        if last >= 1000.0 {
            sums.push(last);
            last = 0.0;
        }
        sums.push(last + value);
    }
    sums.iter().sum()
}

/// Every word that a number may be made of.
pub(super) fn vocabulary() -> impl Iterator<Item = &'static str> {
    let pairs = UNDER_TWENTY.into_iter().chain(TENS);
    pairs
        .chain(MAGNITUDES.map(|(cardinal, ordinal, _)| (cardinal, ordinal)))
        .chain([("hundred", "hundredth")])
        .flat_map(|(cardinal, ordinal)| [ordinal, cardinal])
}

fn value_of(word: &str) -> Option<f64> {
    let is = |(cardinal, ordinal): &(&str, &str)| *cardinal == word || *ordinal == word;
    if let Some(value) = UNDER_TWENTY.iter().position(is) {
        return Some(value as f64);
    }
    if let Some(tens) = TENS.iter().position(is) {
        return Some((tens + 2) as f64 * 10.0);
    }
    if is(&("hundred", "hundredth")) {
        return Some(100.0);
    }
    MAGNITUDES
        .iter()
        .find(|(cardinal, ordinal, _)| is(&(cardinal, ordinal)))
        .map(|(_, _, size)| *size)
}

/// Words are parted by one white space or hyphen, by a comma with a space, or by `and`.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        match separator(&text[at..]) {
            Some(length) => {
                words.push(&text[start..at]);
                at += length;
                start = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    words.push(&text[start..]);
    words
}

/// How long the separator is that a text begins with.
fn separator(text: &str) -> Option<usize> {
    let space = |text: &str| text.chars().next().filter(|c| digits::is_space(*c));
    if let Some(rest) = text.strip_prefix(',') {
        return space(rest).map(|c| 1 + c.len_utf8());
    }
    if text.starts_with('-') {
        return Some(1);
    }
    let first = space(text)?.len_utf8();
    let and = text[first..].strip_prefix("and").and_then(space);
    Some(first + and.map_or(0, |last| 3 + last.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, cardinal: &str, ordinal: &str) {
        assert_eq!(write(value, Kind::Cardinal), cardinal);
        assert_eq!(write(value, Kind::Ordinal), ordinal);
        assert_eq!(parse(cardinal), value);
        assert_eq!(parse(ordinal), value);
        assert_eq!(parse(&cardinal.to_uppercase()), value);
    }

    #[test]
    fn words_are_written_and_read() {
        check(0.0, "zero", "zeroth");
        check(12.0, "twelve", "twelfth");
        check(40.0, "forty", "fortieth");
        check(62.0, "sixty-two", "sixty-second");
        check(300.0, "three hundred", "three hundredth");
        check(
            817.0,
            "eight hundred and seventeen",
            "eight hundred and seventeenth",
        );
        check(
            2100.0,
            "two thousand, one hundred",
            "two thousand, one hundredth",
        );
        check(
            5_000_019.0,
            "five million and nineteen",
            "five million and nineteenth",
        );
        check(3e24, "three trillion trillion", "three trillion trillionth");
    }

    #[test]
    fn other_words_are_no_number() {
        for text in [
            "",
            "foo",
            "one foo",
            "one  two",
            " one",
            "one,two",
            "and",
            "minus one",
        ] {
            assert!(parse(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn sums_and_multiples_are_read_in_any_order() {
        assert_eq!(parse("nineteen hundred and eighty-four"), 1984.0);
        assert_eq!(parse("one hundred thousand and five million"), 5_100_000.0);
        assert_eq!(parse("hundred"), 0.0);
    }

    #[test]
    fn the_largest_numbers_have_words_too() {
        assert!(write(f64::MAX, Kind::Ordinal).ends_with("trillionth"));
        assert_eq!(write(f64::INFINITY, Kind::Cardinal), "Infinity");
    }
}
