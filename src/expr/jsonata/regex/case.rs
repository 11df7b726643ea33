//! Which characters JavaScript takes for each other when it ignores case.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The sets of characters that match each other when case is ignored, those of one character left out.
pub(super) fn orbits() -> &'static [Vec<char>] {
    static ORBITS: OnceLock<Vec<Vec<char>>> = OnceLock::new();
    ORBITS.get_or_init(|| {
        let mut sets: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for c in (0..=0xFFFF).filter_map(char::from_u32) {
            sets.entry(canonical(c)).or_default().push(c);
        }
        sets.into_values().filter(|set| set.len() > 1).collect()
    })
}

/// ECMAScript's `Canonicalize` without the flag `u`: the upper-case letter if it is one character, but never an ASCII letter
/// for another character.
fn canonical(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) if c.is_ascii() || !single.is_ascii() => single,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orbit(c: char) -> Vec<char> {
        let mut sets = orbits().iter();
        sets.find(|set| set.contains(&c))
            .cloned()
            .unwrap_or_default()
    }

    #[test]
    fn letters_have_two_cases_or_three() {
        assert_eq!(orbit('k'), ['K', 'k']);
        assert_eq!(orbit('é'), ['É', 'é']);
        assert_eq!(orbit('σ'), ['Σ', 'ς', 'σ']);
    }

    #[test]
    fn ascii_letters_match_ascii_letters_only() {
        assert!(orbit('\u{17F}').is_empty(), "the long s is no s");
        assert!(orbit('ß').is_empty(), "its upper case is two letters");
    }
}
