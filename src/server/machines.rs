//! State machines: revisions, versions, and the aliases that choose between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chance;
use super::definition::Checked;
use crate::aws::Error;
use crate::engine::StateMachineType;
use crate::value::{Json, Text, Timestamp};

/// Tags by their key.
pub(super) type Tags = BTreeMap<Text, Text>;

/// A state machine by its name.
pub(super) struct StateMachine {
    pub(super) arn: Text,
    pub(super) name: Text,
    pub(super) kind: StateMachineType,
    pub(super) created: Timestamp,
    pub(super) tags: Tags,
    pub(super) current: Arc<Revision>,
    pub(super) versions: BTreeMap<u64, Version>,
    pub(super) aliases: BTreeMap<Text, Alias>,
    /// Numbers of versions are never given twice.
    pub(super) published: u64,
}

/// What a state machine is made of: never changed, replaced by another one.
#[derive(Clone)]
pub(super) struct Revision {
    /// The first one has no id.
    pub(super) id: Option<Text>,
    pub(super) updated: Timestamp,
    pub(super) checked: Checked,
    pub(super) role: Text,
    pub(super) configuration: Configuration,
}

/// What is kept for the service's sake, and told as it was said.
#[derive(Clone, PartialEq)]
pub(super) struct Configuration {
    pub(super) logging: Json,
    pub(super) tracing: Json,
    pub(super) encryption: Json,
}

/// A revision that has a number.
#[derive(Clone)]
pub(super) struct Version {
    pub(super) number: u64,
    pub(super) arn: Text,
    pub(super) description: Option<Text>,
    pub(super) created: Timestamp,
    pub(super) revision: Arc<Revision>,
}

/// A name for one version, or for two with a weight each.
#[derive(Clone)]
pub(super) struct Alias {
    pub(super) arn: Text,
    pub(super) name: Text,
    pub(super) description: Option<Text>,
    pub(super) routes: Vec<Route>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

/// How often an alias stands for a version, in a hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) version: Text,
    pub(super) number: u64,
    pub(super) weight: u32,
}

/// Which revision an ARN stands for.
pub(super) struct Target {
    pub(super) revision: Arc<Revision>,
    pub(super) version: Option<Version>,
    pub(super) alias: Option<Text>,
}

impl StateMachine {
    /// What the end of an ARN stands for: nothing, a number, or an alias.
    pub(super) fn target(&self, qualifier: Option<&str>) -> Option<Target> {
        let Some(qualifier) = qualifier else {
            let revision = self.current.clone();
            return Some(Target {
                revision,
                version: None,
                alias: None,
            });
        };
        let (number, alias) = match qualifier.parse() {
            Ok(number) => (number, None),
            Err(_) => {
                let alias = self.aliases.get(qualifier)?;
                (alias.choose(), Some(alias.arn.clone()))
            }
        };
        let version = self.versions.get(&number)?;
        Some(Target {
            revision: version.revision.clone(),
            version: Some(version.clone()),
            alias,
        })
    }

    /// Gives the current revision a number; the same one again where its last version is of this revision.
    pub(super) fn publish(&mut self, description: Option<Text>, now: Timestamp) -> Version {
        if let Some(last) = self.versions.values().next_back()
            && Arc::ptr_eq(&last.revision, &self.current)
        {
            return last.clone();
        }
        self.published += 1;
        let version = Version {
            number: self.published,
            arn: format!("{}:{}", self.arn, self.published).into(),
            description,
            created: now,
            revision: self.current.clone(),
        };
        self.versions.insert(version.number, version.clone());
        version
    }

    /// The aliases that stand for a version.
    pub(super) fn aliases_of(&self, number: u64) -> Vec<&Text> {
        let refers = |alias: &&Alias| alias.routes.iter().any(|route| route.number == number);
        let aliases = self.aliases.values().filter(refers);
        aliases.map(|alias| &alias.name).collect()
    }
}

impl Alias {
    fn choose(&self) -> u64 {
        let mut drawn = chance::below(100);
        for route in &self.routes {
            if drawn < route.weight {
                return route.number;
            }
            drawn -= route.weight;
        }
        self.routes.last().map_or(0, |route| route.number)
    }
}

/// How many versions and aliases a machine has at most (service quotas).
pub(super) const VERSIONS: usize = 1_000;
/// The same for aliases.
pub(super) const ALIASES: usize = 100;
/// How many tags a resource has at most (service quotas).
pub(super) const TAGS: usize = 50;

/// Adds tags; later ones with the same key count.
pub(super) fn add_tags(tags: &mut Tags, added: Option<&Json>, arn: &str) -> Result<(), Error> {
    let mut all = tags.clone();
    for tag in added.and_then(Json::as_array).unwrap_or_default() {
        let text = |name: &str| tag.get(name).and_then(Json::as_str).unwrap_or_default();
        all.insert(text("key").into(), text("value").into());
    }
    if all.len() > TAGS {
        return Err(Error::new(
            crate::aws::Code::TooManyTags,
            format!("Too many tags: '{arn}'"),
        ));
    }
    *tags = all;
    Ok(())
}
