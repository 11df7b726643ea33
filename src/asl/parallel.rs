//! The Parallel state.

use super::reader::Reader;
use super::{Around, States, states};

/// What a Parallel state has of its own.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `Branches`
    pub branches: Vec<States>,
}

/// The states of a branch inherit the machine's language, not that of the Parallel state around them (observed on AWS).
pub(super) fn read(reader: &mut Reader<'_>, around: Around) -> Option<Parallel> {
    let node = reader.required("Branches")?;
    let items = reader.filled_list("Branches", node)?;
    let at = reader.at("Branches");
    let mut branches = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let Some(mut branch) = Reader::open(
            item,
            format!("{at}[{index}]"),
            "a branch",
            reader.diagnostics(),
        ) else {
            continue;
        };
        branch.any("Comment");
        branches.push(states(&mut branch, around));
        branch.finish();
    }
    Some(Parallel { branches })
}
