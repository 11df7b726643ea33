//! How the steps of a path, taken and still to be taken, are printed in messages: as Jayway prints them.

use std::fmt;

use super::Step;

/// A `$` in the middle of a path begins what is printed of it anew.
pub(super) fn since_root(steps: &[Step]) -> &[Step] {
    let root = steps.iter().rposition(|step| matches!(step, Step::Root));
    root.map_or(steps, |root| &steps[root + 1..])
}

/// The steps that are still to be taken, as Jayway prints them.
pub(super) struct Rest<'a>(pub(super) &'a [Step]);

impl fmt::Display for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| step.fmt(f))
    }
}

/// The way that was taken. It is printed only where it led nowhere.
pub(super) enum Trail<'t> {
    Start,
    Steps(&'t [Step]),
    Name(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, i64),
}

/// As Jayway prints it.
impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut way = vec![self];
        while let Some(Self::Name(before, _) | Self::Index(before, _)) = way.last() {
            way.push(before);
        }
        f.write_str("$")?;
        for part in way.iter().rev() {
            match part {
                Self::Start => {}
                Self::Steps(steps) => Rest(steps).fmt(f)?,
                Self::Name(_, name) => write!(f, "['{name}']")?,
                Self::Index(_, index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
