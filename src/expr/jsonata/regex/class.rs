//! Sets of characters.

use std::fmt::Write as _;

use super::case;

/// A set of characters, as ranges.
#[derive(Clone, Debug, Default)]
pub(super) struct Class(Vec<(u32, u32)>);

const LAST: u32 = 0x10_FFFF;

impl Class {
    /// `\d`
    pub(super) fn digits() -> Self {
        Self(vec![(0x30, 0x39)])
    }

    /// `\w`
    pub(super) fn word() -> Self {
        Self(vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
    }

    /// `\s`
    pub(super) fn space() -> Self {
        let mut class = Self(vec![
            (0x09, 0x0D),
            (0x20, 0x20),
            (0xA0, 0xA0),
            (0x2000, 0x200A),
        ]);
        for single in [0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF] {
            class.add(single, single);
        }
        class
    }

    /// What ends a line, and what `.` does not match.
    pub(super) fn line_ends() -> Self {
        Self(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])
    }

    /// One character.
    pub(super) fn of(c: u32) -> Self {
        Self(vec![(c, c)])
    }

    pub(super) fn add(&mut self, first: u32, last: u32) {
        self.0.push((first, last));
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// All other characters.
    pub(super) fn inverted(mut self) -> Self {
        self.normalise();
        let mut next = 0;
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        for (first, last) in self.0 {
            if next < first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self(ranges)
    }

    /// The set with every character that differs from one in it by case alone.
    pub(super) fn in_any_case(mut self) -> Self {
        self.normalise();
        if self.0.iter().all(|(_, last)| *last < 0x80) {
            return self.in_any_ascii_case();
        }
        let mut others = Vec::new();
        for orbit in case::orbits() {
            if orbit.iter().any(|c| self.contains(u32::from(*c))) {
                others.extend(orbit.iter().map(|c| (u32::from(*c), u32::from(*c))));
            }
        }
        self.0.extend(others);
        self.normalise();
        self
    }

    /// No character beyond ASCII matches one of ASCII.
    fn in_any_ascii_case(mut self) -> Self {
        let letters = [(0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)];
        for (first, last) in self.0.clone() {
            for (a, z, other) in letters {
                let (first, last) = (first.max(a), last.min(z));
                if first <= last {
                    self.add(
                        first.wrapping_add_signed(other),
                        last.wrapping_add_signed(other),
                    );
                }
            }
        }
        self
    }

    /// Whether a character is in the set, which must be in order.
    fn contains(&self, c: u32) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= c);
        after > 0 && c <= self.0[after - 1].1
    }

    /// Puts the ranges in order, and joins those that touch.
    fn normalise(&mut self) {
        self.0.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for (first, last) in self.0.drain(..) {
            match joined.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last)
                }
                _ => joined.push((first, last)),
            }
        }
        self.0 = joined;
    }

    /// Writes the set in the syntax of `fancy-regex`.
    pub(super) fn write(mut self, out: &mut String) {
        self.normalise();
        out.push('[');
        let length = out.len();
        for (first, last) in self.0.into_iter().flat_map(without_surrogates) {
            let _ = write!(out, "\\x{{{first:X}}}-\\x{{{last:X}}}");
        }
        if out.len() == length {
            out.push_str("^\\x{0}-\\x{10FFFF}");
        }
        out.push(']');
    }
}

/// The parts of a range that are characters: halves of pairs are none.
fn without_surrogates((first, last): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let parts = [(first, last.min(0xD7FF)), (first.max(0xE000), last)];
    parts.into_iter().filter(|(first, last)| first <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: Class, expected: &str) {
        let mut out = String::new();
        class.write(&mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn ranges_are_joined() {
        let mut class = Class::of(0x62);
        class.add(0x63, 0x65);
        class.add(0x61, 0x61);
        check(class, r"[\x{61}-\x{65}]");
    }

    #[test]
    fn an_empty_class_matches_nothing() {
        check(Class::default(), r"[^\x{0}-\x{10FFFF}]");
        check(
            Class::default().inverted().inverted(),
            r"[^\x{0}-\x{10FFFF}]",
        );
    }

    #[test]
    fn halves_of_pairs_are_left_out() {
        let mut class = Class::default();
        class.add(0xD000, 0xE001);
        class.add(0xDC00, 0xDC00);
        check(class, r"[\x{D000}-\x{D7FF}\x{E000}-\x{E001}]");
    }

    #[test]
    fn case_is_added() {
        check(
            Class::of(0x61).in_any_case(),
            r"[\x{41}-\x{41}\x{61}-\x{61}]",
        );
    }
}
