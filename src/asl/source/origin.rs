//! A text made of pieces of another one, which remembers where they come from.

use crate::asl::{Node, NodeValue};
use crate::value::Span;

/// A text and its places in the text that it was taken from.
///
/// Pieces are in order and cover the text.
#[derive(Clone, Debug, Default)]
pub(super) struct Traced {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it begins in the text.
    at: usize,
    origin: Origin,
}

#[derive(Clone, Copy, Debug)]
enum Origin {
    /// Byte for byte what stands from there on.
    Copied(usize),
    /// Something that was made of all this.
    Made(Span),
}

impl Traced {
    /// A text that was made of what stands there.
    pub(super) fn made(text: &str, span: Span) -> Self {
        let mut traced = Self::default();
        traced.push_made(text, span);
        traced
    }

    /// Adds what stands from that byte on.
    pub(super) fn push_copied(&mut self, text: &str, from: usize) {
        self.push(text, Origin::Copied(from));
    }

    /// Adds a text that was made of what stands there.
    pub(super) fn push_made(&mut self, text: &str, span: Span) {
        self.push(text, Origin::Made(span));
    }

    fn push(&mut self, text: &str, origin: Origin) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        self.pieces.push(Piece { at, origin });
        self.text.push_str(text);
    }

    /// Adds a part of another text.
    pub(super) fn push_part(&mut self, other: &Self, start: usize, end: usize) {
        let mut from = start;
        while from < end {
            let piece = other.piece(from);
            let next = other.pieces.get(piece + 1).map_or(end, |next| next.at);
            let to = next.min(end);
            let origin = match other.pieces[piece].origin {
                Origin::Copied(at) => Origin::Copied(at + from - other.pieces[piece].at),
                made @ Origin::Made(_) => made,
            };
            self.push(&other.text[from..to], origin);
            from = to;
        }
    }

    /// Where a place of the text comes from.
    pub(super) fn span(&self, span: Span) -> Span {
        if self.pieces.is_empty() {
            return Span::default();
        }
        let start = match self.located(span.start) {
            (Origin::Copied(at), inside) => at + inside,
            (Origin::Made(whole), _) => whole.start,
        };
        let end = match self.located(span.end.max(span.start + 1) - 1) {
            (Origin::Copied(at), inside) => at + inside + 1,
            (Origin::Made(whole), _) => whole.end,
        };
        Span {
            start,
            end: end.max(start),
        }
    }

    /// Moves all places of a node that was read from this text.
    pub(super) fn relocate(&self, node: &mut Node) {
        node.span = self.span(node.span);
        match &mut node.value {
            NodeValue::Array(items) => items.iter_mut().for_each(|item| self.relocate(item)),
            NodeValue::Object(members) => {
                for member in members {
                    member.name_span = self.span(member.name_span);
                    self.relocate(&mut member.value);
                }
            }
            _ => {}
        }
    }

    /// The piece that a byte belongs to; the last one for what stands behind the text.
    fn piece(&self, at: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= at)
            .saturating_sub(1)
    }

    fn located(&self, at: usize) -> (Origin, usize) {
        let piece = self.pieces[self.piece(at)];
        (piece.origin, at - piece.at)
    }
}
