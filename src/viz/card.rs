//! What is written on a node, line by line, and how much room that takes.

use super::measure;
use super::{Node, Shape};

/// The size of a state's name.
pub(super) const NAME: f64 = 13.0;
/// The size of what stands below it, and of labels.
pub(super) const SMALL: f64 = 11.0;
/// The size of a state's icon, which is a square.
pub(super) const ICON: f64 = 28.0;
/// Between a card's edge and what is on it.
pub(super) const PAD: f64 = 11.0;
/// Where the text begins.
pub(super) const TEXT: f64 = PAD + ICON + 10.0;

/// The widest text.
const WIDEST: f64 = 250.0;
/// The narrowest card: states of one column look alike.
const NARROWEST: f64 = 150.0;
const NAME_LINE: f64 = 17.0;
const SMALL_LINE: f64 = 15.0;
const LABEL_LINE: f64 = 14.0;
const DOT: f64 = 16.0;

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The state's name.
    Name,
    /// Its type and what it does.
    Detail,
    /// Its retries.
    Note,
    /// What came of it.
    Run,
    /// What went wrong.
    Error,
}

/// A line of text: where its baseline begins.
pub(super) struct Line {
    pub(super) role: Role,
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A node's text, and the room that it takes.
pub(super) struct Card {
    pub(super) lines: Vec<Line>,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Card {
    pub(super) fn of(node: &Node) -> Self {
        let Shape::State(state_type) = node.shape else {
            return Self {
                lines: Vec::new(),
                width: DOT,
                height: DOT,
            };
        };
        let mut texts = vec![(Role::Name, node.name.clone())];
        let detail = match node.detail.as_str() {
            "" => state_type.to_string(),
            detail => format!("{state_type} · {detail}"),
        };
        texts.push((Role::Detail, detail));
        texts.extend(node.notes.iter().map(|note| (Role::Note, note.clone())));
        if let Some(run) = &node.run {
            texts.push((Role::Run, run.line()));
            texts.extend(run.items.map(|items| (Role::Run, items.line())));
            texts.extend(run.error.clone().map(|error| (Role::Error, error)));
        }
        Self::written(texts)
    }

    fn written(texts: Vec<(Role, String)>) -> Self {
        // Two lines stand in the middle beside the icon; with more, the icon stays beside the first two.
        let mut y = PAD - 2.0;
        let mut widest: f64 = 0.0;
        let mut lines = Vec::with_capacity(texts.len());
        for (role, text) in texts {
            let (size, step) = match role {
                Role::Name => (NAME, NAME_LINE),
                Role::Detail | Role::Note | Role::Run | Role::Error => (SMALL, SMALL_LINE),
            };
            // Names are bold, which is wider.
            let weight = if role == Role::Name { 1.06 } else { 1.0 };
            let text = measure::fit(&text, size * weight, WIDEST);
            widest = widest.max(measure::width(&text, size * weight));
            lines.push(Line {
                role,
                text,
                x: TEXT,
                y: y + step - 4.0,
            });
            y += step;
        }
        Self {
            lines,
            width: (TEXT + widest + PAD + 2.0).ceil().max(NARROWEST),
            height: (y + PAD - 2.0).max(ICON + 2.0 * PAD),
        }
    }
}

/// The room that a link's label takes.
pub(super) fn label_size(labels: &[String]) -> Option<(f64, f64)> {
    let widths = labels.iter().map(|label| measure::width(label, SMALL));
    let widest = widths.reduce(f64::max)?;
    let height = labels.len() as f64 * LABEL_LINE + 4.0;
    Some(((widest + 10.0).ceil(), height))
}

/// Where the baseline of a label's line is, from the label's top.
pub(super) fn label_baseline(line: usize) -> f64 {
    (line + 1) as f64 * LABEL_LINE - 1.5
}
