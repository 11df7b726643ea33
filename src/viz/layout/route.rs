//! The ways of links: straight through the layers, at right angles in the channels between them.

use std::collections::BTreeMap;

use super::channel::{Channel, End, Owner, Pin};
use super::grid::{Flow, Grid, Step, Strand};
use super::ports::{Bundle, Side, spread};
use super::{Point, order, place};

/// From a layer to the first track of the channel below it.
const ABOVE: f64 = 11.0;
/// From the last track of a channel to the layer below it; an arrow's head has room there.
const BELOW: f64 = 15.0;
/// The height of a channel in which nothing turns.
const STRAIGHT: f64 = 18.0;
/// Between the tracks of a channel.
const TRACK: f64 = 9.0;
/// Between the lanes beside the picture.
const LANE: f64 = 10.0;

/// A laid-out flow, in terms of its direction: across and along.
pub(super) struct Routed {
    pub(super) across: f64,
    pub(super) along: f64,
    /// The centre of each node.
    pub(super) nodes: Vec<Point>,
    /// The corners of each link.
    pub(super) links: Vec<Vec<Point>>,
    /// The centre of each label.
    pub(super) labels: Vec<Option<Point>>,
}

/// Lays out nodes and links.
pub(super) fn lay_out(flow: &Flow) -> Routed {
    let mut grid = Grid::of(flow);
    order::order(&mut grid);
    let across = place::place(&grid);
    let edges = grid.slots.iter().zip(&across);
    let reach = edges
        .map(|(slot, across)| across + slot.extent.across / 2.0)
        .fold(0.0, f64::max);
    let mut router = Router {
        flow,
        grid: &grid,
        across,
        ports: BTreeMap::new(),
        channels: vec![Channel::default(); grid.layers.len() + 1],
        nets: BTreeMap::new(),
        reach,
    };
    router.open_ports();
    router.collect_nets();
    for channel in &mut router.channels {
        channel.assign_tracks();
    }
    router.finish()
}

struct Router<'g> {
    flow: &'g Flow,
    grid: &'g Grid,
    across: Vec<f64>,
    /// Where the links of a node leave or reach it: by node, side, and what runs together.
    ports: BTreeMap<(usize, Side, Bundle), f64>,
    channels: Vec<Channel>,
    /// The net of two places that a link connects through a channel.
    nets: BTreeMap<(usize, Owner, Owner), Owner>,
    /// How far the places reach, without lanes.
    reach: f64,
}

impl Router<'_> {
    /// The bundle of a link where it leaves its source.
    fn leaving(&self, number: usize) -> Bundle {
        let link = &self.flow.links[number];
        match (link.strand, self.grid.ways[number][1]) {
            (_, Step::Lane(lane)) => Bundle::Aside(link.strand, usize::MAX - lane),
            (Strand::Catch, Step::Slot(first)) => Bundle::Aside(link.strand, first),
            (_, Step::Slot(first)) if self.grid.slots[first].beside.is_some() => {
                Bundle::Aside(link.strand, first)
            }
            _ => Bundle::Main,
        }
    }

    /// The bundle of a link where it reaches its target: all catchers together, loops apart.
    fn arriving(&self, number: usize) -> Bundle {
        let strand = self.flow.links[number].strand.shared();
        let way = &self.grid.ways[number];
        match (strand, way[way.len() - 2]) {
            (strand, Step::Lane(lane)) => Bundle::Aside(strand, usize::MAX - lane),
            (strand, Step::Slot(last)) if self.grid.slots[last].beside.is_some() => {
                Bundle::Aside(strand, last)
            }
            (Strand::Catch, _) => Bundle::Aside(Strand::Catch, 0),
            _ => Bundle::Main,
        }
    }

    /// Gives each bundle its place on the node's edge: the normal way in the middle, others towards where they go.
    fn open_ports(&mut self) {
        let mut wanted: BTreeMap<(usize, Side), BTreeMap<Bundle, f64>> = BTreeMap::new();
        for (number, link) in self.flow.links.iter().enumerate() {
            let way = &self.grid.ways[number];
            let ends = [
                (link.from, Side::Below, self.leaving(number), way[1]),
                (
                    link.to,
                    Side::Above,
                    self.arriving(number),
                    way[way.len() - 2],
                ),
            ];
            for (node, side, bundle, next) in ends {
                let towards = match next {
                    Step::Slot(slot) => self.across[slot],
                    Step::Lane(_) => f64::INFINITY,
                };
                wanted
                    .entry((node, side))
                    .or_default()
                    .insert(bundle, towards);
            }
        }
        for ((node, side), bundles) in wanted {
            let places = spread(self.across[node], self.flow.nodes[node].across, bundles);
            for (bundle, across) in places {
                self.ports.insert((node, side, bundle), across);
            }
        }
    }

    /// Where a step of a link touches the channel that it leaves or enters.
    fn touch(&self, number: usize, step: usize) -> (f64, Owner) {
        let way = &self.grid.ways[number];
        let port = |node: usize, side: Side, bundle: Bundle| {
            let across = self.ports[&(node, side, bundle)];
            // Ports of a node are told apart by their place.
            (across, (node, 1 + across.round().max(0.0) as usize))
        };
        match way[step] {
            Step::Slot(node) if step == 0 => port(node, Side::Below, self.leaving(number)),
            Step::Slot(node) if step + 1 == way.len() => {
                port(node, Side::Above, self.arriving(number))
            }
            Step::Slot(slot) => (self.across[slot], (slot, 0)),
            Step::Lane(lane) => (self.lane(lane), (usize::MAX, lane)),
        }
    }

    fn lane(&self, lane: usize) -> f64 {
        self.reach + LANE * (lane + 1) as f64
    }

    /// The channel between two steps of a link, and from which side each of them touches it.
    fn crossing(&self, number: usize, step: usize) -> (usize, End, End) {
        let way = &self.grid.ways[number];
        let layer = |at: Step| match at {
            Step::Slot(slot) => Some(self.grid.slots[slot].layer),
            Step::Lane(_) => None,
        };
        match (layer(way[step]), layer(way[step + 1])) {
            // Into a lane below the last place, out of it above the next one.
            (Some(from), None) => (from + 1, End::Above, End::Below),
            (None, Some(to)) => (to, End::Below, End::Below),
            (Some(from), Some(to)) if from < to => (to, End::Above, End::Below),
            (Some(from), Some(to)) if from > to => (from, End::Below, End::Above),
            // A loop turns: below its source, above its target.
            (Some(at), _) if step == 0 => (at + 1, End::Above, End::Above),
            (at, _) => (at.unwrap_or(0), End::Below, End::Below),
        }
    }

    fn collect_nets(&mut self) {
        let mut pairs: BTreeMap<(usize, Owner, Owner), [Pin; 2]> = BTreeMap::new();
        for number in 0..self.flow.links.len() {
            for step in 0..self.grid.ways[number].len() - 1 {
                let (channel, first_end, second_end) = self.crossing(number, step);
                let (first, owner) = self.touch(number, step);
                let (second, other) = self.touch(number, step + 1);
                let pins = [
                    Pin {
                        across: first,
                        end: first_end,
                    },
                    Pin {
                        across: second,
                        end: second_end,
                    },
                ];
                pairs.insert((channel, owner, other), pins);
            }
        }
        let mut parting: BTreeMap<(usize, Owner), usize> = BTreeMap::new();
        for (channel, owner, _) in pairs.keys() {
            *parting.entry((*channel, *owner)).or_default() += 1;
        }
        for ((channel, first, second), pins) in pairs {
            // Links part from one place, or else they join at one.
            let owner = match parting[&(channel, first)] {
                1 => second,
                _ => first,
            };
            self.nets.insert((channel, first, second), owner);
            let net = self.channels[channel].nets.entry(owner).or_default();
            net.pins.extend(pins);
        }
    }

    fn track_of(&self, channel: usize, first: Owner, second: Owner) -> Option<usize> {
        let owner = self.nets.get(&(channel, first, second))?;
        self.channels[channel].nets.get(owner)?.track
    }

    fn finish(self) -> Routed {
        let (tops, bottoms, tracks) = self.lines();
        let centre = |slot: usize| {
            let layer = self.grid.slots[slot].layer;
            (self.across[slot], (tops[layer] + bottoms[layer]) / 2.0)
        };
        let mut links = Vec::with_capacity(self.flow.links.len());
        for (number, link) in self.flow.links.iter().enumerate() {
            let way = &self.grid.ways[number];
            let (from, to) = (centre(link.from), centre(link.to));
            let half = |node: usize| self.flow.nodes[node].along / 2.0;
            let mut points = vec![(self.touch(number, 0).0, from.1 + half(link.from))];
            for step in 0..way.len() - 1 {
                let (channel, ..) = self.crossing(number, step);
                let (first, owner) = self.touch(number, step);
                let (second, other) = self.touch(number, step + 1);
                if let Some(track) = self.track_of(channel, owner, other) {
                    let along = tracks[channel] + track as f64 * TRACK;
                    points.extend([(first, along), (second, along)]);
                }
            }
            let last = self.touch(number, way.len() - 1).0;
            points.push((last, to.1 - half(link.to)));
            links.push(corners(&points));
        }
        let lanes = self.grid.lanes;
        let across = match lanes {
            0 => self.reach,
            count => self.lane(count - 1),
        };
        let furthest = links.iter().flatten().map(|point: &Point| point.0);
        Routed {
            across: furthest.fold(across, f64::max),
            along: tracks.last().copied().unwrap_or_default(),
            nodes: (0..self.flow.nodes.len()).map(centre).collect(),
            labels: self
                .grid
                .labels
                .iter()
                .map(|slot| slot.map(centre))
                .collect(),
            links,
        }
    }

    /// Where each layer begins and ends, and where the first track of each channel is; the last of these is the end.
    fn lines(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (mut tops, mut bottoms, mut tracks) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0.0;
        for (number, layer) in self.grid.layers.iter().enumerate() {
            let channel = self.channels[number].tracks;
            match (number, channel) {
                // Nothing is above the first layer, unless a loop turns there.
                (0, 0) => tracks.push(at),
                (_, 0) => {
                    tracks.push(at);
                    at += STRAIGHT;
                }
                _ => {
                    at += if number > 0 { ABOVE } else { 2.0 };
                    tracks.push(at);
                    at += TRACK * (channel - 1) as f64 + BELOW;
                }
            }
            let extents = layer.iter().map(|slot| self.grid.slots[*slot].extent.along);
            let highest = extents.fold(0.0, f64::max);
            tops.push(at);
            at += highest;
            bottoms.push(at);
        }
        let last = self.channels.last().map_or(0, |channel| channel.tracks);
        if last > 0 {
            at += ABOVE;
            tracks.push(at);
            at += TRACK * (last - 1) as f64 + 2.0;
        } else {
            tracks.push(at);
        }
        tracks.push(at);
        (tops, bottoms, tracks)
    }
}

/// The corners of a way: without points that repeat the one before, or lie on a straight line.
fn corners(points: &[Point]) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., before, last] = corners.as_slice() {
            let same_column = before.0 == last.0 && last.0 == point.0;
            let same_row = before.1 == last.1 && last.1 == point.1;
            if same_column || same_row {
                corners.pop();
            } else {
                break;
            }
        }
        if corners.last() != Some(point) {
            corners.push(*point);
        }
    }
    corners
}
