//! The JSONPath of the standard, RFC 9535, which `jsonpath-rust` reads and evaluates.

use std::sync::Arc;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use jsonpath_rust::query::queryable::Queryable;

use super::{Inner, Path, PathError, PathSyntaxError, compile};
use crate::value::Json;

/// Steps that one evaluation may be expected to take: every `..` visits whatever is below.
const STEPS: u64 = 10_000_000;

/// A query of the standard.
pub(super) struct Query {
    parsed: JpQuery,
    /// How many `..` its text has.
    descents: u32,
}

/// Compiles a path of a state machine, which may begin with `$$` or `$name` here, too.
pub(super) fn compile(text: &str) -> Result<Path, PathSyntaxError> {
    let (root, steps) = compile::rooted(text)?;
    let parsed = parse_json_path(&format!("${steps}"))
        .map_err(|problem| PathSyntaxError(problem.to_string()))?;
    let query = Query {
        descents: steps.matches("..").count() as u32,
        parsed,
    };
    Ok(Path(Arc::new(Inner {
        text: text.into(),
        root,
        steps: Box::default(),
        definite: query.is_singular(),
        query: Some(query),
    })))
}

impl Query {
    /// Whether it leads to one value at most: names and indices only (RFC 9535, section 2.3.5.1).
    fn is_singular(&self) -> bool {
        self.parsed.segments.iter().all(|segment| {
            matches!(
                segment,
                Segment::Selector(Selector::Name(_) | Selector::Index(_))
            )
        })
    }

    /// Whether it is a Reference Path.
    pub(super) fn is_reference(&self) -> bool {
        let is_negative = |segment: &Segment| matches!(segment, Segment::Selector(Selector::Index(index)) if *index < 0);
        self.is_singular() && !self.parsed.segments.iter().any(is_negative)
    }

    /// The value that a singular query leads to, or the list of what any other finds.
    pub(super) fn find(&self, path: &Path, document: &Json) -> Result<Json, PathError> {
        let mut values = 0;
        let mirror = Mirror::of(document, &mut values);
        let below = u64::from(document.depth() as u32).saturating_pow(self.descents.max(1) - 1);
        if values.saturating_mul(below) > STEPS {
            let message = format!("the path takes more than {STEPS} steps");
            return Err(PathError::invalid(message));
        }
        let found = js_path_process(&self.parsed, &mirror)
            .map_err(|problem| PathError::invalid(problem.to_string()))?;
        let mut found = found.into_iter().map(|found| found.val.value.clone());
        if !path.is_definite() {
            return Ok(found.collect());
        }
        found
            .next()
            .ok_or_else(|| PathError::not_found(format!("No results for path: {}", path.text())))
    }
}

/// A value with its members or elements where the library can lend them: it wants a vector.
#[derive(Clone, Debug, Default)]
struct Mirror {
    value: Json,
    inside: Vec<Mirror>,
}

impl Mirror {
    /// Mirrors a value and counts what is in it. Recursive, as deep as the value nests.
    fn of(value: &Json, values: &mut u64) -> Self {
        *values += 1;
        let inside = match value {
            Json::Array(items) => items.iter().map(|item| Self::of(item, values)).collect(),
            Json::Object(object) => {
                let members = object.values().iter();
                members.map(|member| Self::of(member, values)).collect()
            }
            _ => Vec::new(),
        };
        Self {
            value: value.clone(),
            inside,
        }
    }

    fn scalar(value: impl Into<Json>) -> Self {
        Self {
            value: value.into(),
            inside: Vec::new(),
        }
    }
}

impl PartialEq for Mirror {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl From<&str> for Mirror {
    fn from(text: &str) -> Self {
        Self::scalar(text)
    }
}

impl From<String> for Mirror {
    fn from(text: String) -> Self {
        Self::scalar(text)
    }
}

impl From<bool> for Mirror {
    fn from(value: bool) -> Self {
        Self::scalar(value)
    }
}

impl From<i64> for Mirror {
    fn from(number: i64) -> Self {
        Self::scalar(number)
    }
}

impl From<f64> for Mirror {
    fn from(number: f64) -> Self {
        Self::scalar(number)
    }
}

impl From<Vec<Self>> for Mirror {
    fn from(inside: Vec<Self>) -> Self {
        let value = inside.iter().map(|item| item.value.clone()).collect();
        Self { value, inside }
    }
}

impl Queryable for Mirror {
    fn get(&self, key: &str) -> Option<&Self> {
        let position = self.value.as_object()?.shape().position(key)?;
        self.inside.get(position)
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        self.value.as_array().map(|_| &self.inside)
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        let object = self.value.as_object()?;
        let names = object.iter().map(|(name, _)| name.as_str());
        Some(names.zip(&self.inside).collect())
    }

    fn as_str(&self) -> Option<&str> {
        self.value.as_str()
    }

    fn as_i64(&self) -> Option<i64> {
        self.value.as_i64()
    }

    fn as_f64(&self) -> Option<f64> {
        self.value.as_number().map(|number| number.as_f64())
    }

    fn as_bool(&self) -> Option<bool> {
        self.value.as_bool()
    }

    fn null() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Dialect;
    use super::*;

    fn check(path: &str, document: &str, expected: &str) {
        let document = Json::parse(document).unwrap();
        let found = Path::compile_in(path, Dialect::Rfc9535)
            .map_err(|_| "refused".to_owned())
            .and_then(|path| path.find_in(&document).map_err(|error| error.to_string()));
        let found = found.map_or_else(|problem| problem, |value| value.to_string());
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn the_standard_reads_what_aws_does_not() {
        check(r#"$["a b"].c"#, r#"{"a b":{"c":1}}"#, "1");
        check("$.a[-1]", r#"{"a":[1,2]}"#, "2");
        check("$.a[::2]", r#"{"a":[1,2,3]}"#, "[1,3]");
        check("$.a[?@.n > 1].n", r#"{"a":[{"n":1},{"n":2}]}"#, "[2]");
        check("$.a[?length(@) > 1]", r#"{"a":["x","xy"]}"#, r#"["xy"]"#);
    }

    #[test]
    fn one_value_is_a_value_and_several_are_a_list() {
        check("$", "7", "7");
        check("$.a", r#"{"a":null}"#, "null");
        check("$.b", r#"{"a":1}"#, "No results for path: $.b");
        check("$.a[5]", r#"{"a":[1]}"#, "No results for path: $.a[5]");
        check("$.b[*]", r#"{"a":1}"#, "[]");
        check("$.a.", "{}", "refused");
    }

    #[test]
    fn numbers_are_kept_as_they_are() {
        let large = "123456789012345678901234567890";
        check(
            "$.a[*]",
            &format!(r#"{{"a":[{large}]}}"#),
            &format!("[{large}]"),
        );
    }

    #[test]
    fn steps_are_bounded() {
        let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
        check(
            "$..*..*..*",
            &deep,
            "the path takes more than 10000000 steps",
        );
    }

    fn document() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            (-3_i64..3).prop_map(Json::from),
            "[ab]{0,2}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from);
            let members = prop::collection::vec(("[a-c]", inner), 0..4);
            let object = members.prop_map(|members| Json::Object(members.into_iter().collect()));
            prop_oneof![list, object]
        })
    }

    /// A path that means the same in both: names, indices, and at the end perhaps all or some elements.
    fn plain() -> impl Strategy<Value = String> {
        let step = prop_oneof!["\\.[a-c]", "\\['[a-c]'\\]", "\\[[0-3]\\]",];
        let last = prop_oneof![
            Just(""),
            Just("[*]"),
            Just(".*"),
            Just("[1:]"),
            Just("[:2]")
        ];
        (prop::collection::vec(step, 0..4), last)
            .prop_map(|(steps, last)| format!("${}{last}", steps.concat()))
    }

    proptest! {
        #[test]
        fn plain_paths_mean_the_same_in_both_dialects(document in document(), text in plain()) {
            let aws = Path::compile(&text).unwrap();
            let standard = Path::compile_in(&text, Dialect::Rfc9535).unwrap();
            prop_assert_eq!(aws.is_definite(), standard.is_definite());
            prop_assert_eq!(aws.is_reference(), standard.is_reference());
            let found = standard.find_in(&document);
            match aws.reach_in(&document) {
                Ok(Some(value)) => prop_assert_eq!(found.unwrap(), value),
                // An element past the end is null here, and nothing there; what fails here finds nothing there.
                Ok(None) | Err(_) => prop_assert!(found.is_err() || found == Ok(Json::from(Vec::new()))),
            }
        }
    }
}
