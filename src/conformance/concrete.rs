//! Real values for the placeholders of a recording, where the words would not do.

use super::read::{Malformed, Member};
use crate::value::{Json, Text};

/// Real values for placeholders.
#[derive(Default)]
pub(super) struct Concrete {
    /// All of them.
    pub(super) every: Vec<(Text, Text)>,
    /// Those that must stand in the input, because the execution depends on what they say.
    pub(super) in_input: Vec<(Text, Text)>,
    /// ARNs of resources whose placeholder is a bare word.
    resources: Vec<(Text, Text)>,
}

impl Concrete {
    pub(super) fn read(case: &Member<'_>) -> Result<Self, Malformed> {
        let Some(values) = case
            .given("placeholders")
            .and_then(|placeholders| placeholders.given("concrete"))
        else {
            return Ok(Self::default());
        };
        let mut every = Vec::new();
        for (word, value) in values.members()? {
            every.push((word.clone(), Text::new(value.text()?)));
        }
        let requires = case
            .given("requires")
            .map_or_else(|| Ok(Vec::new()), |requires| requires.texts())?;
        let is_dynamic = requires.iter().any(|what| what == "dynamic-input");
        let input = case
            .given("input")
            .map(|input| input.value.to_string())
            .unwrap_or_default();
        let is_used = |word: &Text| is_dynamic && !is_place(word) && input.contains(word.as_str());
        let in_input = every
            .iter()
            .filter(|(word, _)| is_used(word))
            .cloned()
            .collect();
        let is_bare = |word: &Text| !word.starts_with('<') && !is_place(word);
        let resources = every
            .iter()
            .filter(|(word, value)| is_bare(word) && value.starts_with("arn:"));
        Ok(Self {
            resources: resources.cloned().collect(),
            every,
            in_input,
        })
    }

    pub(super) fn put_in_resources(&self, value: &Json) -> Json {
        match value {
            Json::Object(object) => {
                let put = |(name, value): (&Text, &Json)| {
                    let mut words = self.resources.iter();
                    let real =
                        words.find(|(word, _)| name == "Resource" && value.as_str() == Some(word));
                    (
                        name.clone(),
                        real.map_or_else(
                            || self.put_in_resources(value),
                            |(_, real)| real.clone().into(),
                        ),
                    )
                };
                Json::Object(object.iter().map(put).collect())
            }
            Json::Array(items) => items
                .iter()
                .map(|item| self.put_in_resources(item))
                .collect(),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
        }
    }

    /// The input with real values. A bare word gives way only where it is the whole text.
    pub(super) fn put_in(&self, input: &Json) -> Json {
        let put = |text: &str| {
            let bare = self.in_input.iter().find(|(word, _)| word == text);
            bare.map(|(_, value)| value.to_string()).unwrap_or_else(|| {
                let bracketed = self
                    .in_input
                    .iter()
                    .filter(|(word, _)| word.starts_with('<'));
                bracketed.fold(text.to_owned(), |text, (word, value)| {
                    text.replace(word.as_str(), value)
                })
            })
        };
        with_texts(input, &put)
    }

    /// The value with the placeholders instead of what was put in. A bare word stood for whole texts only.
    pub(super) fn take_out(&self, value: &Json) -> Json {
        if self.in_input.is_empty() && self.resources.is_empty() {
            return value.clone();
        }
        let take = |text: &str| {
            let mut bare = self
                .in_input
                .iter()
                .filter(|(word, _)| !word.starts_with('<'));
            if let Some((word, _)) = bare.find(|(_, value)| value == text) {
                return word.to_string();
            }
            let bracketed = self
                .in_input
                .iter()
                .filter(|(word, _)| word.starts_with('<'));
            let real = bracketed.chain(&self.resources);
            real.fold(text.to_owned(), |text, (word, value)| {
                text.replace(value.as_str(), word)
            })
        };
        with_texts(value, &take)
    }
}

/// Whether a placeholder tells where the recording was made: there it stays as it is.
fn is_place(word: &str) -> bool {
    [
        "<partition>",
        "<region>",
        "<ArnPart_",
        "<ExecArnPart_",
        "snf_role_arn",
    ]
    .iter()
    .any(|start| word.starts_with(start))
}

/// The same value with each text changed.
fn with_texts(value: &Json, change: &dyn Fn(&str) -> String) -> Json {
    match value {
        Json::String(text) => change(text).into(),
        Json::Array(items) => items.iter().map(|item| with_texts(item, change)).collect(),
        Json::Object(object) => Json::Object(
            object
                .iter()
                .map(|(name, value)| (name.clone(), with_texts(value, change)))
                .collect(),
        ),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concrete(case: &str) -> Concrete {
        Concrete::read(&Member::root(&Json::parse(case).unwrap())).unwrap()
    }

    #[test]
    fn real_values_are_put_into_dynamic_inputs_only() {
        let case = |requires: &str| {
            format!(
                r#"{{"requires": [{requires}], "input": {{"at": "<timestamp>"}},
                     "placeholders": {{"concrete": {{"<timestamp>": "2026-01-01T00:00:00Z", "<region>": "r"}}}}}}"#
            )
        };
        assert!(concrete(&case("")).in_input.is_empty());
        let dynamic = concrete(&case(r#""dynamic-input""#));
        let input = Json::parse(r#"{"at": "<timestamp>", "in": ["<region>"]}"#).unwrap();
        let put = dynamic.put_in(&input);
        assert_eq!(
            put.to_string(),
            r#"{"at":"2026-01-01T00:00:00Z","in":["<region>"]}"#
        );
        assert_eq!(dynamic.take_out(&put), input);
    }

    #[test]
    fn a_bare_word_gives_way_only_where_it_is_the_whole_text() {
        let concrete = Concrete {
            in_input: vec![("date".into(), "2026".into())],
            ..Concrete::default()
        };
        let input = Json::parse(r#"["date", "update"]"#).unwrap();
        assert_eq!(concrete.put_in(&input).to_string(), r#"["2026","update"]"#);
    }
}
