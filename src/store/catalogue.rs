//! What a store keeps besides executions: small records that the API is made of.

use super::Revision;
use crate::value::Text;

/// What a record of the catalogue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A state machine as it is now.
    StateMachine,
    /// A state machine as it was made or changed once.
    Revision,
    /// A revision that was published.
    Version,
    /// A name for one version or two.
    Alias,
    /// The tags of a resource.
    Tags,
    /// An activity.
    Activity,
    /// What was answered to a request that may be repeated.
    Idempotency,
    /// A map run.
    MapRun,
    /// The text of a definition, by its hash: what running executions are read back with.
    Definition,
}

impl Kind {
    /// How files name it. A name is never given another meaning.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StateMachine => "state-machine",
            Self::Revision => "revision",
            Self::Version => "version",
            Self::Alias => "alias",
            Self::Tags => "tags",
            Self::Activity => "activity",
            Self::Idempotency => "idempotency",
            Self::MapRun => "map-run",
            Self::Definition => "definition",
        }
    }
}

/// A record, and how often it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name among those of its kind.
    pub key: Text,
    /// How often it was written.
    pub revision: Revision,
    /// What it says: JSON, which the store does not read.
    pub value: String,
}

/// What must be so for a record to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Anything,
    /// It is not there.
    Nothing,
    /// It has this revision.
    Revision(Revision),
}

/// A change of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// What the record is.
    pub kind: Kind,
    /// Its name among those of its kind.
    pub key: Text,
    /// What must be so before.
    pub expected: Expected,
    /// What it is to say; `None` takes it away.
    pub value: Option<String>,
}

impl Write {
    /// Writes a record that is not there yet.
    pub fn create(kind: Kind, key: impl Into<Text>, value: impl Into<String>) -> Self {
        Self {
            kind,
            key: key.into(),
            expected: Expected::Nothing,
            value: Some(value.into()),
        }
    }

    /// Writes a record, whatever stands there.
    pub fn put(kind: Kind, key: impl Into<Text>, value: impl Into<String>) -> Self {
        Self {
            expected: Expected::Anything,
            ..Self::create(kind, key, value)
        }
    }

    /// Writes a record over the one that was read.
    pub fn replace(kind: Kind, item: &Item, value: impl Into<String>) -> Self {
        Self {
            expected: Expected::Revision(item.revision),
            ..Self::create(kind, item.key.clone(), value)
        }
    }

    /// Takes a record away, if it is there.
    pub fn delete(kind: Kind, key: impl Into<Text>) -> Self {
        Self {
            kind,
            key: key.into(),
            expected: Expected::Anything,
            value: None,
        }
    }
}

/// Which records are wanted, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// What they are.
    pub kind: Kind,
    /// How their keys begin.
    pub prefix: Text,
    /// Only those after this key.
    pub after: Option<Text>,
    /// How many at most.
    pub limit: usize,
}
