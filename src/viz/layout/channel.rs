//! The channels between layers: links that run together are nets, and nets run on tracks.

use std::collections::BTreeMap;

/// Between two nets on one track.
const LINE_GAP: f64 = 12.0;

/// From which side something touches a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Above,
    Below,
}

/// Where something touches a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pin {
    pub(super) across: f64,
    pub(super) end: End,
}

/// Who a net belongs to: the place where its links part or join.
pub(super) type Owner = (usize, usize);

/// Links that run together in a channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    pub(super) pins: Vec<Pin>,
    pub(super) track: Option<usize>,
}

impl Net {
    fn span(&self) -> (f64, f64) {
        let across = self.pins.iter().map(|pin| pin.across);
        across.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
            (low.min(at), high.max(at))
        })
    }

    fn is_straight(&self) -> bool {
        let (low, high) = self.span();
        high - low < 0.5
    }
}

/// The space above a layer; the last one is below all layers.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    pub(super) nets: BTreeMap<Owner, Net>,
    pub(super) tracks: usize,
}

impl Channel {
    /// Puts nets on tracks: those that overlap on different ones, in an order in which few links cross.
    pub(super) fn assign_tracks(&mut self) {
        let mut nets: Vec<&mut Net> = self.nets.values_mut().collect();
        nets.retain(|net| !net.is_straight());
        nets.sort_by(|a, b| a.span().0.total_cmp(&b.span().0));
        let mut ordered: Vec<&mut Net> = Vec::with_capacity(nets.len());
        for net in nets {
            let at = best_place(&ordered, net);
            ordered.insert(at, net);
        }
        for at in 0..ordered.len() {
            let (before, rest) = ordered.split_at_mut(at);
            let overlapping = before.iter().filter(|other| overlap(other, rest[0]));
            let track = overlapping
                .filter_map(|other| other.track)
                .max()
                .map_or(0, |track| track + 1);
            rest[0].track = Some(track);
            self.tracks = self.tracks.max(track + 1);
        }
    }
}

/// Where in the order a net crosses the fewest others.
fn best_place(ordered: &[&mut Net], net: &Net) -> usize {
    let below: Vec<_> = ordered.iter().map(|other| cost(other, net)).collect();
    let above: Vec<_> = ordered.iter().map(|other| cost(net, other)).collect();
    let mut total: usize = above.iter().sum();
    let mut best = (total, 0);
    for at in 0..ordered.len() {
        total = total - above[at] + below[at];
        if total <= best.0 {
            best = (total, at + 1);
        }
    }
    best.1
}

/// What it costs when one net runs above another: crossings, and worse, lines that lie on each other.
fn cost(above: &Net, below: &Net) -> usize {
    let crossed = |net: &Net, end: End, other: &Net| -> usize {
        let (low, high) = other.span();
        let pins = net.pins.iter().filter(|pin| pin.end == end);
        pins.map(|pin| {
            let meets = |at: &Pin| at.end != end && (at.across - pin.across).abs() < 3.0;
            let meets = other.pins.iter().any(meets);
            let crosses = low < pin.across && pin.across < high;
            usize::from(crosses) + 12 * usize::from(meets)
        })
        .sum()
    };
    crossed(below, End::Above, above) + crossed(above, End::Below, below)
}

fn overlap(a: &Net, b: &Net) -> bool {
    let ((low, high), (other_low, other_high)) = (a.span(), b.span());
    low < other_high + LINE_GAP && other_low < high + LINE_GAP
}
