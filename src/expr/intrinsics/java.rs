//! What the service's Java decides: hash codes, the order of a hash set, and its random numbers.

use crate::value::{Json, Number};

/// Java's hash code of a value: of its box for scalars, of a `List` or a `Map` for containers. Recursive, as deep as the
/// value nests.
pub(super) fn hash(value: &Json) -> i32 {
    match value {
        Json::Null => 0,
        Json::Bool(true) => 1_231,
        Json::Bool(false) => 1_237,
        Json::Number(number) => hash_number(number),
        Json::String(text) => hash_text(text),
        Json::Array(items) => items.iter().fold(1_i32, |hash, item| {
            hash.wrapping_mul(31).wrapping_add(self::hash(item))
        }),
        Json::Object(object) => object.iter().fold(0_i32, |hash, (name, value)| {
            hash.wrapping_add(hash_text(name) ^ self::hash(value))
        }),
    }
}

/// Equal numbers have one hash: a decimal that is whole counts as the whole number.
fn hash_number(number: &Number) -> i32 {
    let float = number.as_f64();
    let int = number
        .as_i64()
        .or_else(|| (float.fract() == 0.0 && float.abs() < 9e18).then_some(float as i64));
    let bits = int.map_or(float.to_bits(), |int| int as u64);
    (bits ^ (bits >> 32)) as i32
}

fn hash_text(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// Sorts different values as a `HashSet` that they were added to gives them out.
pub(super) fn sort_as_hash_set(values: &mut [&Json]) {
    let mut buckets = 16_usize;
    while values.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    values.sort_by_key(|value| {
        let hash = hash(value) as u32;
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    });
}

/// `java.util.Random`.
pub(in crate::expr) struct Random(u64);

impl Random {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;

    pub(in crate::expr) fn new(seed: i64) -> Self {
        Self((seed as u64 ^ Self::MULTIPLIER) & Self::MASK)
    }

    fn next(&mut self, bits: u32) -> i32 {
        self.0 = self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xB) & Self::MASK;
        (self.0 >> (48 - bits)) as i32
    }

    /// A number of `[0, 1)`.
    pub(in crate::expr) fn next_f64(&mut self) -> f64 {
        let high = i64::from(self.next(26)) << 27;
        (high + i64::from(self.next(27))) as f64 / (1_i64 << 53) as f64
    }

    /// A number from 0 up to a bound, which is not in it. The bound must be positive.
    pub(super) fn next_below(&mut self, bound: i32) -> i32 {
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(self.next(31))) >> 31) as i32;
        }
        loop {
            let bits = self.next(31);
            let value = bits % bound;
            if bits.wrapping_sub(value).wrapping_add(bound - 1) >= 0 {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_what_java_gives() {
        assert_eq!(1 + Random::new(42).next_below(99), 63 + 1 - 1);
        let mut random = Random::new(42);
        assert_eq!(
            (
                random.next_below(10),
                random.next_below(10),
                random.next_below(10)
            ),
            (0, 3, 8)
        );
    }

    #[test]
    fn hashes_are_those_of_java() {
        assert_eq!(hash(&Json::from("hello")), 99_162_322);
        assert_eq!(hash(&Json::parse("[1,2]").unwrap()), 994);
        assert_eq!(hash(&Json::parse("[2,1]").unwrap()), 1_024);
        assert_eq!(hash(&Json::from(1)), hash(&Json::from(1.0)));
    }
}
