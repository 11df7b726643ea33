//! Which lints are heard, and how loudly.

use std::collections::BTreeMap;

use super::{LINTS, Lint};
use crate::asl::nearest;

/// What becomes of a lint's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Allow,
    /// They are warnings.
    Warn,
    /// They are errors.
    Deny,
}

/// What was said about lints; the others keep their own levels.
#[derive(Clone, Debug, Default)]
pub struct Levels(BTreeMap<&'static str, Level>);

/// A name that no lint has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no lint `{name}`{}", suggestion(*near))]
pub struct UnknownLint {
    /// The name.
    pub name: String,
    /// The one that was probably meant.
    pub near: Option<&'static str>,
}

fn suggestion(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
}

impl Levels {
    /// Says the level of a lint, or of all when the name is `all`. What is said later counts.
    ///
    /// # Errors
    /// When no lint has that name.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), UnknownLint> {
        if name == "all" {
            self.0.extend(LINTS.iter().map(|lint| (lint.name, level)));
            return Ok(());
        }
        match Lint::find(name) {
            Some(lint) => {
                self.0.insert(lint.name, level);
                Ok(())
            }
            None => Err(UnknownLint {
                name: name.to_owned(),
                near: nearest(name, LINTS.iter().map(|lint| lint.name)),
            }),
        }
    }

    /// Says several at once: `all` before names, however they are ordered.
    ///
    /// # Errors
    /// When no lint has one of the names.
    pub fn say(&mut self, said: &[(Vec<String>, Level)]) -> Result<(), UnknownLint> {
        let each = |(names, level): &(Vec<String>, Level)| {
            let level = *level;
            names.clone().into_iter().map(move |name| (name, level))
        };
        let (all, named): (Vec<_>, Vec<_>) = said
            .iter()
            .flat_map(each)
            .partition(|(name, _)| name == "all");
        let mut said = all.into_iter().chain(named);
        said.try_for_each(|(name, level)| self.set(&name, level))
    }

    /// The level of a lint.
    #[must_use]
    pub fn of(&self, lint: &Lint) -> Level {
        self.0.get(lint.name).copied().unwrap_or(lint.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_later_counts() {
        let lint = Lint::find("payload-growth").unwrap();
        let mut levels = Levels::default();
        assert_eq!(levels.of(lint), Level::Warn);
        levels.set("all", Level::Deny).unwrap();
        levels.set("payload-growth", Level::Allow).unwrap();
        assert_eq!(levels.of(lint), Level::Allow);
    }

    #[test]
    fn a_wrong_name_is_told_with_the_one_that_is_near() {
        let wrong = Levels::default().set("payload-grow", Level::Warn);
        let told = wrong.unwrap_err().to_string();
        assert_eq!(
            told,
            "there is no lint `payload-grow`, did you mean `payload-growth`?"
        );
    }
}
