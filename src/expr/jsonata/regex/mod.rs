//! Regular expressions with JavaScript's meaning, matched by `fancy-regex`.
//!
//! Three things differ. A group inside a repeated group keeps what it matched in an earlier round, where JavaScript forgets
//! it. A round that need not be may match what is empty, where JavaScript goes on to what it could match instead: `(|a)?`.
//! And a character beyond Unicode's basic plane is one character, where JavaScript sees two halves.

mod case;
mod class;
mod escape;
mod translate;

use std::fmt;

use super::error::Error;

/// How often the matcher may turn back in one search.
const BACKTRACKS: usize = 1_000_000;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Regex(fancy_regex::Regex);

/// Where a regular expression matches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// The first byte of the match.
    pub(crate) start: usize,
    /// The byte after the match.
    pub(crate) end: usize,
    /// What each group matched; `None` for one that took no part.
    pub(crate) groups: Vec<Option<String>>,
}

/// What the flags of a regular expression ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Flags {
    /// `i`: letters match in either case.
    ignore_case: bool,
    /// `m`: `^` and `$` match at lines too.
    multiline: bool,
}

impl Regex {
    /// Compiles the text between the slashes with the flags after them, `i` and `m`.
    pub(crate) fn new(pattern: &str, flags: &str) -> Result<Self, Error> {
        let parsed = parse_flags(flags)?;
        let translated = translate::translate(pattern, parsed).map_err(|reason| {
            let text = format!("Invalid regular expression: /{pattern}/{parsed}: {reason}");
            Error::new("S0303", text)
        })?;
        // What was translated is well-formed, so that only size can be wrong with it.
        fancy_regex::RegexBuilder::new(&translated)
            .backtrack_limit(BACKTRACKS)
            .build()
            .map(Self)
            .map_err(|_| Error::new("U1001", "Expression evaluation memory limit exceeded"))
    }

    /// Finds the first match that begins at a byte or after it.
    pub(crate) fn find_at(&self, text: &str, from_byte: usize) -> Result<Option<Found>, Error> {
        if !text.is_char_boundary(from_byte) {
            return Ok(None);
        }
        let captures = self.0.captures_from_pos(text, from_byte).map_err(|_| {
            Error::new(
                "U1001",
                "Expression evaluation timeout: Check for infinite loop",
            )
        })?;
        Ok(captures.and_then(|captures| {
            let whole = captures.get(0)?;
            let groups = (1..captures.len())
                .map(|group| captures.get(group).map(|found| found.as_str().to_owned()));
            Some(Found {
                start: whole.start(),
                end: whole.end(),
                groups: groups.collect(),
            })
        }))
    }
}

/// As V8 tells them: JSONata adds the flag `g`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("g")?;
        f.write_str(if self.ignore_case { "i" } else { "" })?;
        f.write_str(if self.multiline { "m" } else { "" })
    }
}

fn parse_flags(text: &str) -> Result<Flags, Error> {
    let mut flags = Flags::default();
    for flag in text.chars() {
        let known = match flag {
            'i' => &mut flags.ignore_case,
            'm' => &mut flags.multiline,
            _ => return Err(bad_flags(text)),
        };
        if std::mem::replace(known, true) {
            return Err(bad_flags(text));
        }
    }
    Ok(flags)
}

fn bad_flags(flags: &str) -> Error {
    let text = format!("Invalid flags supplied to RegExp constructor '{flags}g'");
    Error::new("S0303", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(pattern: &str, flags: &str) -> Regex {
        Regex::new(pattern, flags).unwrap_or_else(|error| panic!("{error}"))
    }

    fn check(pattern: &str, flags: &str, text: &str, expected: Option<&str>) {
        let found = regex(pattern, flags).find_at(text, 0).expect("it ends");
        let found = found.map(|found| &text[found.start..found.end]);
        assert_eq!(found, expected, "/{pattern}/{flags} in {text:?}");
    }

    fn groups(pattern: &str, text: &str) -> Vec<Option<String>> {
        let found = regex(pattern, "").find_at(text, 0).expect("it ends");
        found.expect("it matches").groups
    }

    fn fails(pattern: &str, reason: &str) {
        let error = Regex::new(pattern, "i").expect_err(pattern);
        let expected = format!("Invalid regular expression: /{pattern}/gi: {reason}");
        assert_eq!(error.message, expected);
    }

    #[test]
    fn classes_are_ascii() {
        check(r"\d", "", "٣4", Some("4"));
        check(r"\w+", "", "é_a1", Some("_a1"));
        check(r"\W", "", "aé", Some("é"));
        check(r"\bé", "", "é", None);
        check(r"é\b", "", "aéb", Some("é"));
        check(r"\s", "", "\u{85}\u{FEFF}", Some("\u{FEFF}"));
        check(r"\D\S", "", "1 ab", Some(" a"));
    }

    #[test]
    fn dots_and_anchors_know_four_line_ends() {
        check("a.b", "", "a\u{2028}b", None);
        check("a.b", "", "a\u{85}b", Some("a\u{85}b"));
        check("a$", "", "a\n", None);
        check("a$", "m", "a\r", Some("a"));
        check("^b", "", "a\nb", None);
        check("^b", "m", "a\u{2029}b", Some("b"));
        check("^$", "m", "a\n\nb", Some(""));
    }

    #[test]
    fn escapes_are_those_of_javascript() {
        check(r"\/\-\é", "", "/-é", Some("/-é"));
        check(r"\x41\u0042\u{2}", "", "ABuu", Some("ABuu"));
        check(r"\x4", "", "x4", Some("x4"));
        check(r"\cJ\t\v\f", "", "\n\t\u{B}\u{C}", Some("\n\t\u{B}\u{C}"));
        check(r"\c!", "", r"\c!", Some(r"\c!"));
        check(r"\0\101\8", "", "\0A8", Some("\0A8"));
        check(r"\uD83D\uDE00", "", "😀", Some("😀"));
        check(r"\uD83D", "", "😀", None);
        check(r"\k<a>", "", "k<a>", Some("k<a>"));
        check(r"\p{L}", "", "p{L}", Some("p{L}"));
    }

    #[test]
    fn brackets_are_those_of_javascript() {
        check("[^]+", "", "a\n", Some("a\n"));
        check("a[]", "", "a", None);
        check(r"[a-c\d\-]+", "", "x-b7", Some("-b7"));
        check(r"[\w-x]+", "", "é-a", Some("-a"));
        check(r"[\b]", "", "\u{8}", Some("\u{8}"));
        check("[[&&[]+", "", "a&[", Some("&["));
        check("]}{x{,2}", "", "]}{x{,2}", Some("]}{x{,2}"));
    }

    #[test]
    fn case_is_ignored_as_javascript_does() {
        check("straße", "i", "STRAßE", Some("STRAßE"));
        check("k", "i", "\u{212A}", None);
        check("s", "i", "\u{17F}", None);
        check("σ", "i", "ς", Some("ς"));
        check("[^a-z]", "i", "Ab", None);
        check("[à-ö]", "i", "É", Some("É"));
        check(r"(a)\1", "i", "aA", Some("aA"));
    }

    #[test]
    fn references_to_groups_that_took_no_part_match_nothing() {
        check(r"(?:(a)|b)\1c", "", "bc", Some("bc"));
        check(r"(a)\1c", "", "ac", None);
        check(r"\1(a)", "", "a", Some("a"));
        check(r"(a\1)", "", "a", Some("a"));
        check(r"(?<x>a|b)\k<x>", "", "abb", Some("bb"));
        check(r"(a)\12", "", "a\n", Some("a\n"));
    }

    #[test]
    fn groups_tell_what_they_matched() {
        assert_eq!(groups("(a)|(b)", "b"), [None, Some("b".to_owned())]);
        assert_eq!(
            groups("(?<year>[0-9]+)-(?:x)", "2026-x"),
            [Some("2026".to_owned())]
        );
        assert_eq!(groups("(?=(a))a", "a"), [Some("a".to_owned())]);
        assert_eq!(groups("x", "x"), []);
    }

    #[test]
    fn lookarounds_can_be_repeated_and_look_back() {
        check("(?=a)*b", "", "b", Some("b"));
        check("(?<=a+)b", "", "aab", Some("b"));
        check("(?<!a)b", "", "ab", None);
    }

    #[test]
    fn a_search_begins_where_it_is_told() {
        let found = regex("é", "").find_at("éaé", 1);
        assert_eq!(found, Ok(None), "that is inside of a character");
        let found = regex("^a|é", "")
            .find_at("aé", 1)
            .expect("it ends")
            .expect("it matches");
        assert_eq!((found.start, found.end), (1, 3));
        assert_eq!(regex("a", "").find_at("a", 7), Ok(None));
    }

    #[test]
    fn mistakes_are_told_as_v8_does() {
        for (pattern, reason) in [
            ("(", "Unterminated group"),
            (")", "Unmatched ')'"),
            ("[", "Unterminated character class"),
            ("[\\", "Unterminated character class"),
            ("a**", "Nothing to repeat"),
            ("{1}", "Nothing to repeat"),
            ("^*", "Nothing to repeat"),
            ("a{2,1}", "numbers out of order in {} quantifier"),
            ("(?<=a)*", "Invalid quantifier"),
            ("[b-a]", "Range out of order in character class"),
            ("(?a)", "Invalid group"),
            ("(?<1>a)", "Invalid capture group name"),
            ("(?<n>a)(?<n>b)", "Duplicate capture group name"),
            (r"(?<n>a)\k<m>", "Invalid named capture referenced"),
            (r"(?<n>a)\k", "Invalid named reference"),
            ("\\", "\\ at end of pattern"),
        ] {
            fails(pattern, reason);
        }
        assert!(Regex::new("a", "ii").is_err());
        assert!(Regex::new("a", "g").is_err());
    }

    #[test]
    fn what_would_take_too_long_or_too_much_is_an_error() {
        let slow = regex(r"^(?:(a)\1|a)*b$", "");
        let text = "a".repeat(60) + "cb";
        let error = slow.find_at(&text, 0).expect_err("it would never end");
        assert_eq!(error.code, "U1001");
        let large = Regex::new("((a{1000}){1000}){1000}", "");
        assert_eq!(large.expect_err("it is too large").code, "U1001");
        let deep = Regex::new(&("(".repeat(100_000) + &")".repeat(100_000)), "");
        assert_eq!(deep.expect_err("it is too deep").code, "U1001");
    }
}
