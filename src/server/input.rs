//! A request that the model allows.

use crate::aws::{Arn, ArnKind, Error};
use crate::engine::limits;
use crate::value::{Json, Text};

/// A request after [`model::check`](crate::aws::model::check): members have their types, and those that are required are
/// there.
pub(super) struct Input(Json);

impl Input {
    pub(super) fn new(checked: Json) -> Self {
        Self(checked)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Json::as_str)
    }

    /// A text that the model requires.
    pub(super) fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn owned(&self, name: &str) -> Option<Text> {
        self.text(name).map(Text::from)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Json::as_bool)
    }

    pub(super) fn whole(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Json::as_i64)
    }

    /// An ARN of one of these kinds.
    pub(super) fn arn(&self, name: &str, kinds: &[ArnKind]) -> Result<Arn<'_>, Error> {
        arn(self.required(name), kinds)
    }

    /// A name without the characters that the service does not take.
    pub(super) fn name(&self) -> Result<Option<Text>, Error> {
        match self.text("name") {
            Some(name) if is_name(name) => Ok(Some(name.into())),
            Some(name) => Err(Error::invalid_name(name)),
            None => Ok(None),
        }
    }
}

/// Takes an ARN apart that must be of one of these kinds.
pub(super) fn arn<'a>(text: &'a str, kinds: &[ArnKind]) -> Result<Arn<'a>, Error> {
    let arn = Arn::parse(text).map_err(|problem| Error::invalid_arn(&problem))?;
    if kinds.contains(&arn.kind) {
        return Ok(arn);
    }
    let kind = arn.kind.word();
    Err(Error::invalid_arn(&format!(
        "Resource type not valid in this context: {kind}"
    )))
}

/// "White space, brackets, wildcard characters, special characters, control characters" are not allowed (API reference,
/// `CreateStateMachine`, `name`).
fn is_name(name: &str) -> bool {
    !name.chars().any(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{fffe}' | '\u{ffff}')
            || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c)
    })
}

/// Whether a payload is longer than the service takes.
pub(super) fn is_too_long(payload: &str) -> bool {
    payload.len() > limits::PAYLOAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_special_characters() {
        for name in ["a", "a.b-c_d", "état", "a'b(c)"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["a b", "a/b", "a\u{7f}", "\u{0}a", "a:b", "a#b", "a;b"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn an_arn_must_be_of_the_kind_that_is_asked_for() {
        let text = "arn:aws:states:us-east-1:123456789012:activity:a";
        assert!(arn(text, &[ArnKind::Activity]).is_ok());
        let refused = arn(text, &[ArnKind::StateMachine]).unwrap_err();
        assert_eq!(
            refused.message,
            "Invalid Arn: 'Resource type not valid in this context: activity'"
        );
    }
}
