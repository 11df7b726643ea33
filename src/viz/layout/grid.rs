//! The places on the layers: nodes on the even ones, labels and bends of links on those between.

use std::collections::BTreeMap;
use std::ops::Range;

use super::ranks::{Heading, Ranks, ranks};

/// Across and along the direction of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Extent {
    pub(super) across: f64,
    pub(super) along: f64,
}

/// What is to be laid out: nodes, of which the first is the beginning, and links between them.
pub(super) struct Flow {
    pub(super) nodes: Vec<Extent>,
    pub(super) links: Vec<FlowLink>,
}

/// A link.
pub(super) struct FlowLink {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The size of its label.
    pub(super) label: Option<Extent>,
    pub(super) strand: Strand,
}

/// Links that may run together: they lead to the same node, and look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strand {
    Main,
    Choice,
    Catch,
}

impl Strand {
    /// With what it runs together towards a node: the rules of Choice states look like the normal way on.
    pub(super) const fn shared(self) -> Self {
        match self {
            Self::Main | Self::Choice => Self::Main,
            Self::Catch => Self::Catch,
        }
    }
}

/// How many places links may take on the layers; a link that finds no room runs beside the whole picture.
const ROOM: usize = 60_000;

/// A place on a layer.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) layer: usize,
    /// Where it stands on its layer, once that is in order.
    pub(super) position: usize,
    pub(super) extent: Extent,
    pub(super) is_node: bool,
    /// What it is connected with on the layer above, and how much that wants to be straight.
    pub(super) up: Vec<(usize, f64)>,
    /// The same on the layer below.
    pub(super) down: Vec<(usize, f64)>,
    /// The node of the same layer that it is connected with: a loop turns there.
    pub(super) beside: Option<usize>,
}

/// A step on the way of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A place on a layer; the first of them are the nodes.
    Slot(usize),
    /// A lane beside the picture.
    Lane(usize),
}

/// Layers of places, and the ways of links through them.
pub(super) struct Grid {
    pub(super) slots: Vec<Slot>,
    /// The places on each layer, in their order.
    pub(super) layers: Vec<Vec<usize>>,
    /// The way of each link.
    pub(super) ways: Vec<Vec<Step>>,
    /// The place of each link's label.
    pub(super) labels: Vec<Option<usize>>,
    pub(super) lanes: usize,
}

impl Grid {
    pub(super) fn of(flow: &Flow) -> Self {
        let pairs: Vec<_> = flow.links.iter().map(|link| (link.from, link.to)).collect();
        let ranks = ranks(flow.nodes.len(), &pairs);
        let deepest = ranks.layer.iter().max().copied().unwrap_or(0);
        let slots = flow.nodes.iter().zip(&ranks.layer);
        let slots = slots.map(|(extent, rank)| Slot::node(2 * rank, *extent));
        let mut builder = Builder {
            grid: Self {
                slots: slots.collect(),
                layers: vec![Vec::new(); 2 * deepest + 1],
                ways: Vec::with_capacity(flow.links.len()),
                labels: vec![None; flow.links.len()],
                lanes: 0,
            },
            trunks: BTreeMap::new(),
        };
        for (number, link) in flow.links.iter().enumerate() {
            builder.add(number, link, ranks.heading[number]);
        }
        builder.grid.fill(flow, &ranks);
        builder.grid
    }

    /// Puts everything on its layer in a first order: as a walk along the links comes by.
    fn fill(&mut self, flow: &Flow, ranks: &Ranks) {
        let mut of_node: Vec<Vec<usize>> = vec![Vec::new(); flow.nodes.len()];
        for (number, link) in flow.links.iter().enumerate() {
            of_node[link.from].push(number);
        }
        let mut is_placed = vec![false; self.slots.len()];
        let mut place = |layers: &mut Vec<Vec<usize>>, slots: &[Slot], slot: usize| {
            if !std::mem::replace(&mut is_placed[slot], true) {
                layers[slots[slot].layer].push(slot);
            }
        };
        for node in &ranks.reached {
            place(&mut self.layers, &self.slots, *node);
            for number in &of_node[*node] {
                for step in &self.ways[*number] {
                    if let Step::Slot(slot) = step {
                        place(&mut self.layers, &self.slots, *slot);
                    }
                }
            }
        }
    }
}

impl Slot {
    fn node(layer: usize, extent: Extent) -> Self {
        Self {
            is_node: true,
            ..Self::bend(layer, extent)
        }
    }

    fn bend(layer: usize, extent: Extent) -> Self {
        Self {
            layer,
            position: 0,
            extent,
            is_node: false,
            up: Vec::new(),
            down: Vec::new(),
            beside: None,
        }
    }

    fn is_label(&self) -> bool {
        !self.is_node && self.extent.across > 0.0
    }
}

struct Builder {
    grid: Grid,
    /// The bends that links to one node share, by node, strand, heading, and layer.
    trunks: BTreeMap<(usize, Strand, Heading, usize), usize>,
}

impl Builder {
    fn add(&mut self, number: usize, link: &FlowLink, heading: Heading) {
        let mut way = vec![Step::Slot(link.from)];
        let mut rest = match heading {
            Heading::On => self.on(number, link, &mut way),
            Heading::Back => self.back(number, link, &mut way),
        };
        if self.grid.slots.len() + rest.len() > ROOM {
            way.push(Step::Lane(self.grid.lanes));
            self.grid.lanes += 1;
        } else {
            let layers = std::iter::from_fn(|| match heading {
                Heading::On => rest.next(),
                Heading::Back => rest.next_back(),
            });
            way.extend(layers.map(|layer| Step::Slot(self.trunk(link, heading, layer))));
        }
        if let (Heading::Back, Some(Step::Slot(last))) = (heading, way.last()) {
            self.grid.slots[*last].beside.get_or_insert(link.to);
        }
        way.push(Step::Slot(link.to));
        self.connect(&way, link.strand);
        self.grid.ways.push(way);
    }

    /// By its label straight down. Answers the layers that are still between it and its target.
    fn on(&mut self, number: usize, link: &FlowLink, way: &mut Vec<Step>) -> Range<usize> {
        let above = self.grid.slots[link.from].layer;
        let below = self.grid.slots[link.to].layer;
        let mut first = above + 1;
        if link.label.is_some() {
            way.push(Step::Slot(self.own(number, link, first)));
            first += 1;
        }
        first..below
    }

    /// It turns below its source, goes up beside it, and turns again above its target. Answers the layers on the way.
    fn back(&mut self, number: usize, link: &FlowLink, way: &mut Vec<Step>) -> Range<usize> {
        let below = self.grid.slots[link.from].layer;
        let above = self.grid.slots[link.to].layer;
        let own = self.own(number, link, below);
        self.grid.slots[own].beside = Some(link.from);
        way.push(Step::Slot(own));
        above..below
    }

    /// A place of the link alone, for its label if it has one.
    fn own(&mut self, number: usize, link: &FlowLink, layer: usize) -> usize {
        let slot = self.slot(layer, link.label.unwrap_or_default());
        if link.label.is_some() {
            self.grid.labels[number] = Some(slot);
        }
        slot
    }

    /// A place that the link shares with others of its kind to the same node.
    fn trunk(&mut self, link: &FlowLink, heading: Heading, layer: usize) -> usize {
        let key = (link.to, link.strand.shared(), heading, layer);
        if let Some(slot) = self.trunks.get(&key) {
            return *slot;
        }
        let slot = self.slot(layer, Extent::default());
        self.trunks.insert(key, slot);
        slot
    }

    fn slot(&mut self, layer: usize, extent: Extent) -> usize {
        self.grid.slots.push(Slot::bend(layer, extent));
        self.grid.slots.len() - 1
    }

    fn connect(&mut self, way: &[Step], strand: Strand) {
        for pair in way.windows(2) {
            let [Step::Slot(a), Step::Slot(b)] = *pair else {
                continue;
            };
            let slots = &mut self.grid.slots;
            let (above, below) = match slots[a].layer.cmp(&slots[b].layer) {
                std::cmp::Ordering::Less => (a, b),
                std::cmp::Ordering::Greater => (b, a),
                std::cmp::Ordering::Equal => continue,
            };
            if slots[above].down.iter().any(|(slot, _)| *slot == below) {
                continue;
            }
            let weight = match (slots[above].is_node, slots[below].is_node, strand) {
                (false, false, _) if slots[above].is_label() || slots[below].is_label() => 2.0,
                (false, false, _) => 4.0,
                (_, _, Strand::Main) => 3.0,
                (false, _, Strand::Choice) => 2.5,
                (false, _, Strand::Catch) => 2.0,
                (_, _, Strand::Choice) => 1.5,
                (_, _, Strand::Catch) => 1.0,
            };
            slots[above].down.push((below, weight));
            slots[below].up.push((above, weight));
        }
    }
}
