//! Randomness that can be repeated: a seed and how often it was asked.

use std::cell::Cell;

use crate::value::Text;

/// Draws numbers from a seed. The same seed and counter give the same numbers, on every machine and for ever, so that
/// an execution that is replayed or comes back from storage draws what it would have drawn.
///
/// The numbers are SplitMix64's (Steele, Lea and Flood, OOPSLA 2014): good enough for jitter, samples and UUIDs, and
/// never used for secrets.
#[derive(Clone, Debug)]
pub struct Dice {
    seed: u64,
    drawn: Cell<u64>,
}

impl Dice {
    /// Dice that have drawn so many numbers already.
    #[must_use]
    pub fn new(seed: u64, drawn: u64) -> Self {
        Self {
            seed,
            drawn: Cell::new(drawn),
        }
    }

    /// How many numbers were drawn: with the seed, all that must be stored.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.drawn.get()
    }

    /// The next 64 random bits.
    pub fn next_u64(&self) -> u64 {
        let drawn = self.drawn.get().wrapping_add(1);
        self.drawn.set(drawn);
        let mut z = self
            .seed
            .wrapping_add(drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number of `[0, 1)`.
    pub fn next_f64(&self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A random UUID (version 4) in its usual text form.
    pub fn uuid(&self) -> Text {
        let high = self.next_u64();
        let low = self.next_u64();
        let time_high = (high & 0x0FFF) | 0x4000;
        let clock = (low >> 48) & 0x3FFF | 0x8000;
        let node = low & 0xFFFF_FFFF_FFFF;
        format!(
            "{:08x}-{:04x}-{time_high:04x}-{clock:04x}-{node:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF
        )
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_go_on_where_they_were_stored() {
        let dice = Dice::new(7, 0);
        dice.next_u64();
        let restored = Dice::new(7, dice.drawn());
        assert_eq!(dice.next_u64(), restored.next_u64());
    }

    #[test]
    fn a_uuid_has_the_form_of_version_4() {
        let uuid = Dice::new(1, 0).uuid();
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(uuid[14..].starts_with('4'));
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
