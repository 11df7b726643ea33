//! Functions over arrays.

use super::{Answer, Complaint, array_of, as_text, java, truncated};
use crate::expr::Dice;
use crate::value::{Json, Number};

/// `States.ArrayRange` makes no longer array.
const LONGEST_RANGE: i64 = 1_000;

pub(super) fn array(arguments: &[Json], _: &Dice) -> Answer {
    Ok(arguments.iter().cloned().collect())
}

/// Looks for a value by its text: `true` is found as `"true"`, and objects only with their members in the same order.
pub(super) fn contains(arguments: &[Json], _: &Dice) -> Answer {
    let wanted = as_text(&arguments[1]);
    Ok(Json::Bool(
        array_of(&arguments[0])?
            .iter()
            .any(|item| as_text(item) == wanted),
    ))
}

/// Of an empty array, any item that is not there is `null`; otherwise it is an error.
pub(super) fn get_item(arguments: &[Json], _: &Dice) -> Answer {
    let (items, index) = (array_of(&arguments[0])?, truncated(&arguments[1])?);
    let index = usize::try_from(index).map_err(|_| Complaint::Arguments)?;
    match items.get(index) {
        Some(item) => Ok(item.clone()),
        None if items.is_empty() => Ok(Json::Null),
        None => Err(Complaint::Arguments),
    }
}

pub(super) fn length(arguments: &[Json], _: &Dice) -> Answer {
    Ok(Json::from(array_of(&arguments[0])?.len()))
}

/// The size of a part is truncated, not rounded as the documentation says.
pub(super) fn partition(arguments: &[Json], _: &Dice) -> Answer {
    let (items, size) = (array_of(&arguments[0])?, truncated(&arguments[1])?);
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size > 0)
        .ok_or(Complaint::Arguments)?;
    Ok(items
        .chunks(size)
        .map(|part| part.iter().cloned().collect())
        .collect())
}

/// Both ends are in it. Away from the end there is nothing.
pub(super) fn range(arguments: &[Json], _: &Dice) -> Answer {
    let (first, last, step) = (
        truncated(&arguments[0])?,
        truncated(&arguments[1])?,
        truncated(&arguments[2])?,
    );
    if step == 0 {
        return Err(Complaint::Arguments);
    }
    let distance = last.checked_sub(first).ok_or(Complaint::Arguments)?;
    let steps = distance.checked_div(step).ok_or(Complaint::Arguments)?;
    if distance != 0 && (distance < 0) != (step < 0) {
        return Ok(Json::from(Vec::new()));
    }
    if steps >= LONGEST_RANGE {
        return Err(Complaint::Arguments);
    }
    Ok((0..=steps)
        .map(|at| Json::from(first + at * step))
        .collect())
}

/// Keeps the first of equal items: numbers by value, objects whatever the order of their members.
///
/// The service keeps them in a Java hash set. Numbers and texts were seen to come out as they went in; booleans and arrays
/// come out in the order of their hashes (conformance `intrinsics/array-unique`).
pub(super) fn unique(arguments: &[Json], _: &Dice) -> Answer {
    let items = array_of(&arguments[0])?;
    let mut kept: Vec<&Json> = Vec::new();
    let mut hashes: std::collections::BTreeMap<i32, Vec<usize>> = std::collections::BTreeMap::new();
    for item in items {
        let same = hashes.entry(java::hash(item)).or_default();
        if !same.iter().any(|at| equal(kept[*at], item)) {
            same.push(kept.len());
            kept.push(item);
        }
    }
    let all = |is: fn(&Json) -> bool| kept.iter().all(|item| is(item));
    if all(|item| item.as_bool().is_some()) || all(|item| item.as_array().is_some()) {
        java::sort_as_hash_set(&mut kept);
    }
    Ok(kept.into_iter().cloned().collect())
}

/// Equal values, numbers by value.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => Number::compare(a, b).is_eq(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(function: fn(&[Json], &Dice) -> Answer, arguments: &str) -> Option<String> {
        let arguments = Json::parse(arguments).unwrap();
        function(arguments.as_array().unwrap(), &Dice::new(0, 0))
            .ok()
            .map(|value| value.to_string())
    }

    #[test]
    fn values_are_found_by_their_text() {
        assert_eq!(
            call(contains, r#"[["true"], true]"#).as_deref(),
            Some("true")
        );
        assert_eq!(call(contains, "[[0], false]").as_deref(), Some("false"));
        assert_eq!(
            call(contains, r#"[[{"a":1,"b":2}], {"b":2,"a":1}]"#).as_deref(),
            Some("false")
        );
        assert_eq!(call(contains, "[1, 1]"), None);
    }

    #[test]
    fn numbers_are_truncated() {
        assert_eq!(
            call(partition, "[[1,2,3,4,5], 2.6]").as_deref(),
            Some("[[1,2],[3,4],[5]]")
        );
        assert_eq!(call(partition, "[[1], 0.6]"), None);
        assert_eq!(call(get_item, "[[1,2], 1.9]").as_deref(), Some("2"));
        assert_eq!(
            call(range, "[1.9, 9.9, 2.9]").as_deref(),
            Some("[1,3,5,7,9]")
        );
    }

    #[test]
    fn ends_of_ranges() {
        assert_eq!(call(range, "[9, 1, -4]").as_deref(), Some("[9,5,1]"));
        assert_eq!(call(range, "[1, 9, -1]").as_deref(), Some("[]"));
        assert_eq!(call(range, "[3, 3, 1]").as_deref(), Some("[3]"));
        assert_eq!(call(range, "[1, 3, 0.5]"), None);
        assert!(call(range, "[1, 1000, 1]").is_some());
        assert_eq!(call(range, "[1, 1001, 1]"), None);
        assert_eq!(
            call(range, "[-9223372036854775807, 9223372036854775807, 1]"),
            None
        );
    }

    #[test]
    fn booleans_and_arrays_come_out_in_the_order_of_their_hashes() {
        assert_eq!(
            call(unique, "[[true, false, true]]").as_deref(),
            Some("[false,true]")
        );
        assert_eq!(
            call(unique, "[[[1,2],[2,1],[1,2]]]").as_deref(),
            Some("[[2,1],[1,2]]")
        );
        assert_eq!(
            call(unique, r#"[[3, 1, 3.0, "1", "b", "a"]]"#).as_deref(),
            Some(r#"[3,1,"1","b","a"]"#)
        );
        assert_eq!(
            call(unique, r#"[[{"a":1,"b":2},{"b":2,"a":1}]]"#).as_deref(),
            Some(r#"[{"a":1,"b":2}]"#)
        );
    }

    proptest! {
        #[test]
        fn the_parts_of_a_partition_are_the_whole(items in prop::collection::vec(any::<i64>(), 0..40), size in 1_i64..9) {
            let whole: Json = items.into_iter().map(Json::from).collect();
            let parts = partition(&[whole.clone(), Json::from(size)], &Dice::new(0, 0)).ok().unwrap();
            let joined: Json = parts.as_array().unwrap().iter().flat_map(|part| part.as_array().unwrap()).cloned().collect();
            prop_assert_eq!(joined, whole);
        }

        #[test]
        fn a_range_is_as_long_as_its_steps(first in -500_i64..500, length in 0_i64..1000, step in 1_i64..50) {
            let last = first + (length * step);
            let made = range(&[Json::from(first), Json::from(last), Json::from(step)], &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(made.as_array().unwrap().len() as i64, length + 1);
        }

        #[test]
        fn an_array_has_its_arguments_in_order_and_as_many_as_it_is_long(items in prop::collection::vec(any::<i64>(), 0..20)) {
            let arguments: Vec<Json> = items.into_iter().map(Json::from).collect();
            let made = array(&arguments, &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(made.as_array().unwrap(), arguments.as_slice());
            let long = length(&[made], &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(long, Json::from(arguments.len()));
        }

        #[test]
        fn each_value_is_kept_once_where_it_was_first_seen(items in prop::collection::vec(-5_i64..5, 0..30)) {
            let mut expected: Vec<i64> = Vec::new();
            for item in &items {
                if !expected.contains(item) {
                    expected.push(*item);
                }
            }
            let kept = unique(&[items.into_iter().map(Json::from).collect()], &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(kept, expected.into_iter().map(Json::from).collect::<Json>());
        }

        #[test]
        fn what_is_unique_stays_so(items in prop::collection::vec(-5_i64..5, 0..30)) {
            let once = unique(&[items.into_iter().map(Json::from).collect()], &Dice::new(0, 0)).ok().unwrap();
            let twice = unique(std::slice::from_ref(&once), &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn every_item_is_found_where_it_is(items in prop::collection::vec(any::<i64>(), 1..20)) {
            let whole: Json = items.iter().copied().map(Json::from).collect();
            for (at, item) in items.iter().enumerate() {
                let found = get_item(&[whole.clone(), Json::from(at)], &Dice::new(0, 0)).ok().unwrap();
                prop_assert_eq!(&found, &Json::from(*item));
                let contained = contains(&[whole.clone(), found], &Dice::new(0, 0)).ok().unwrap();
                prop_assert_eq!(contained, Json::Bool(true));
            }
        }
    }
}
