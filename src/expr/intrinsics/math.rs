//! Functions over numbers.

use super::{Answer, Complaint, java, truncated};
use crate::expr::Dice;
use crate::value::Json;

/// Decimals are rounded as Java rounds, halves upwards; numbers and sum are of 32 bits.
pub(super) fn add(arguments: &[Json], _: &Dice) -> Answer {
    let (a, b) = (rounded(&arguments[0])?, rounded(&arguments[1])?);
    a.checked_add(b).map(Json::from).ok_or(Complaint::Arguments)
}

fn rounded(value: &Json) -> Result<i32, Complaint> {
    let number = value.as_number().ok_or(Complaint::Arguments)?;
    let whole = match number.as_i64() {
        Some(int) => int,
        None => half_up(number.as_f64()) as i64,
    };
    i32::try_from(whole).map_err(|_| Complaint::Arguments)
}

/// As Java's `Math.round`. Adding a half first would round the largest number below a half to one.
fn half_up(number: f64) -> f64 {
    let below = number.floor();
    if number - below < 0.5 {
        below
    } else {
        below + 1.0
    }
}

/// A whole number from the first up to the second, which is not in it, although the documentation says it is. With a seed
/// it is Java's (conformance `intrinsics/math-random`).
pub(super) fn random(arguments: &[Json], dice: &Dice) -> Answer {
    let (first, end) = (truncated(&arguments[0])?, truncated(&arguments[1])?);
    let width = end
        .checked_sub(first)
        .and_then(|width| i32::try_from(width).ok())
        .filter(|width| *width > 0);
    let width = width.ok_or(Complaint::Arguments)?;
    let drawn = match arguments.get(2) {
        Some(seed) => java::Random::new(truncated(seed)?).next_below(width),
        None => (dice.next_f64() * f64::from(width)) as i32,
    };
    Ok(Json::from(first + i64::from(drawn)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(function: fn(&[Json], &Dice) -> Answer, arguments: &str) -> Option<i64> {
        let arguments = Json::parse(arguments).unwrap();
        function(arguments.as_array().unwrap(), &Dice::new(3, 0))
            .ok()
            .and_then(|value| value.as_i64())
    }

    #[test]
    fn halves_are_rounded_upwards() {
        assert_eq!(call(add, "[1.49, 1.5]"), Some(3));
        assert_eq!(call(add, "[-1.49, -1.5]"), Some(-2));
        assert_eq!(call(add, "[-1.5, -1.51]"), Some(-3));
        assert_eq!(call(add, "[-0.5, 0]"), Some(0));
    }

    #[test]
    fn sums_have_32_bits() {
        assert_eq!(call(add, "[2147483646, 1]"), Some(2_147_483_647));
        assert_eq!(call(add, "[2147483647, 1]"), None);
        assert_eq!(call(add, "[2147483648, -1]"), None);
        assert_eq!(call(add, r#"["1", 1]"#), None);
    }

    #[test]
    fn a_seed_gives_the_service_s_number() {
        assert_eq!(call(random, "[1, 100, 42]"), Some(63));
        assert_eq!(call(random, "[1.4, 1.6]"), None);
        assert_eq!(call(random, "[5, 5]"), None);
        assert_eq!(call(random, r#"[1, 5, "x"]"#), None);
    }

    proptest! {
        #[test]
        fn addition_commutes(a in any::<i32>(), b in any::<i32>()) {
            let (a, b) = (Json::from(a), Json::from(b));
            let dice = Dice::new(0, 0);
            prop_assert_eq!(add(&[a.clone(), b.clone()], &dice).ok(), add(&[b, a], &dice).ok());
        }

        #[test]
        fn each_operand_is_rounded_before_the_sum(a in -1_000_000_i32..1_000_000, b in -1_000_000_i32..1_000_000) {
            // Quarters are exact in binary: what rounding gives can be told in whole numbers.
            let quarters = |number: i32| Json::from(f64::from(number) / 4.0);
            let sum = add(&[quarters(a), quarters(b)], &Dice::new(0, 0)).ok().unwrap();
            let rounded = |number: i32| (number + 2).div_euclid(4);
            prop_assert_eq!(sum, Json::from(rounded(a) + rounded(b)));
        }

        #[test]
        fn random_numbers_are_within_and_can_be_repeated(first in -1000_i64..1000, width in 1_i64..1000, seed in any::<i32>()) {
            let arguments = [Json::from(first), Json::from(first + width), Json::from(seed)];
            let drawn = random(&arguments, &Dice::new(0, 0)).ok().unwrap();
            prop_assert!((first..first + width).contains(&drawn.as_i64().unwrap()));
            prop_assert_eq!(random(&arguments, &Dice::new(9, 9)).ok().unwrap(), drawn);
            let drawn = random(&arguments[..2], &Dice::new(seed as u64, 0)).ok().unwrap();
            prop_assert!((first..first + width).contains(&drawn.as_i64().unwrap()));
        }
    }
}
