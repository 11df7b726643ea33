//! Where a step of a path has led, and how that is printed.

use std::fmt;

use crate::value::Json;

/// Where a step has led.
///
/// Jayway over Jackson tells a `null` of a document from "nothing here", which is Java's own `null`: a member that is
/// `null`, or an index beyond the end. It also prints texts differently: with quotes as long as they are nodes of the
/// document, without when a name has led to them.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) value: Option<&'a Json>,
    pub(super) node: bool,
}

impl<'a> Place<'a> {
    pub(super) fn node(value: &'a Json) -> Self {
        Self {
            value: Some(value),
            node: true,
        }
    }

    /// As it is printed and told from a `null` once Jackson's wrapping is off: reached by a name, a filter or a scan.
    pub(super) fn unwrapped(value: &'a Json) -> Self {
        Self {
            value: Some(value).filter(|value| !value.is_null()),
            node: false,
        }
    }

    pub(super) fn element(items: &'a [Json], index: i64) -> Self {
        let value = usize::try_from(index)
            .ok()
            .and_then(|index| items.get(index));
        Self { value, node: true }
    }

    pub(super) fn json(self) -> Json {
        self.value.cloned().unwrap_or_default()
    }
}

/// As Jayway prints what it stands at.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            None => f.write_str("null"),
            Some(Json::String(text)) if !self.node => f.write_str(text),
            Some(value) => value.fmt(f),
        }
    }
}
