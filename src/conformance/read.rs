//! Reading cases: members that know where they stand, so that an error can say it.

use std::fmt;
use std::time::Duration;

use crate::value::{Json, Text};

/// Why a file is no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Malformed(pub(super) String);

/// A value of a case and where it stands.
#[derive(Clone)]
pub(super) struct Member<'a> {
    at: String,
    pub(super) value: &'a Json,
}

impl<'a> Member<'a> {
    pub(super) fn root(value: &'a Json) -> Self {
        Self {
            at: String::new(),
            value,
        }
    }

    pub(super) fn fail<T>(&self, what: impl fmt::Display) -> Result<T, Malformed> {
        let place = if self.at.is_empty() {
            "the case"
        } else {
            &self.at
        };
        Err(Malformed(
            format!("`{place}` {what}").replace("`the case`", "the case"),
        ))
    }

    fn wrong<T>(&self, expected: &str) -> Result<T, Malformed> {
        self.fail(format_args!(
            "must be {expected}, not {}",
            self.value.kind()
        ))
    }

    /// The member of that name; `null` counts as a value.
    pub(super) fn get(&self, name: &str) -> Option<Member<'a>> {
        let value = self.value.get(name)?;
        let at = if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        };
        Some(Member { at, value })
    }

    /// The member of that name unless it is `null`.
    pub(super) fn given(&self, name: &str) -> Option<Member<'a>> {
        self.get(name).filter(|member| !member.value.is_null())
    }

    pub(super) fn need(&self, name: &str) -> Result<Member<'a>, Malformed> {
        match self.get(name) {
            Some(member) => Ok(member),
            None => self.fail(format_args!("has no `{name}`")),
        }
    }

    pub(super) fn text(&self) -> Result<&'a str, Malformed> {
        self.value
            .as_str()
            .map_or_else(|| self.wrong("a string"), Ok)
    }

    pub(super) fn count(&self) -> Result<u64, Malformed> {
        let count = self
            .value
            .as_i64()
            .and_then(|count| u64::try_from(count).ok());
        count.map_or_else(|| self.fail("must be a whole number from 0"), Ok)
    }

    pub(super) fn items(&self) -> Result<Vec<Member<'a>>, Malformed> {
        let Some(items) = self.value.as_array() else {
            return self.wrong("an array");
        };
        let member = |(index, value)| Member {
            at: format!("{}[{index}]", self.at),
            value,
        };
        Ok(items.iter().enumerate().map(member).collect())
    }

    pub(super) fn members(&self) -> Result<Vec<(&'a Text, Member<'a>)>, Malformed> {
        let Some(object) = self.value.as_object() else {
            return self.wrong("an object");
        };
        let member = |(name, value): (&'a Text, &'a Json)| {
            let at = if self.at.is_empty() {
                name.to_string()
            } else {
                format!("{}.{name}", self.at)
            };
            (name, Member { at, value })
        };
        Ok(object.iter().map(member).collect())
    }

    /// Texts of an array.
    pub(super) fn texts(&self) -> Result<Vec<Text>, Malformed> {
        self.items()?
            .iter()
            .map(|item| item.text().map(Text::new))
            .collect()
    }

    /// `500ms`, `2s`, `1.5s`, `1m`, `1h`, `2d`.
    pub(super) fn duration(&self) -> Result<Duration, Malformed> {
        let text = self.text()?;
        parse_duration(text).map_or_else(
            || {
                self.fail(format_args!(
                    "is no duration such as `500ms` or `2s`: `{text}`"
                ))
            },
            Ok,
        )
    }

    /// Refuses members that nobody reads: a misspelt one would check nothing.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Malformed> {
        for (name, member) in self.members()? {
            if !names.contains(&name.as_str()) {
                return member.fail("is not a member of the case format");
            }
        }
        Ok(())
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let millis = match unit {
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 60e3,
        "h" => 3_600e3,
        "d" => 86_400e3,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    (number >= 0.0).then(|| Duration::from_millis((number * millis).round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        let millis = |text| parse_duration(text).map(|time| time.as_millis());
        assert_eq!(millis("500ms"), Some(500));
        assert_eq!(millis("2s"), Some(2_000));
        assert_eq!(millis("1.5s"), Some(1_500));
        assert_eq!(millis("2d"), Some(172_800_000));
        for text in ["", "2", "s", "2 s", "-1s", "2w", "NaNs"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn an_error_names_the_member() {
        let case = Json::parse(r#"{"tasks": {"A": [{"after": "3x"}]}}"#).unwrap();
        let root = Member::root(&case);
        let after = root
            .need("tasks")
            .unwrap()
            .need("A")
            .unwrap()
            .items()
            .unwrap()[0]
            .need("after")
            .unwrap();
        let message = after.duration().unwrap_err().to_string();
        assert_eq!(
            message,
            "`tasks.A[0].after` is no duration such as `500ms` or `2s`: `3x`"
        );
        assert_eq!(
            root.need("machine").err().map(|e| e.0),
            Some("the case has no `machine`".to_owned())
        );
        assert!(root.only(&["machine"]).is_err());
    }
}
