//! Where everything in a picture stands.
//!
//! Each cluster is laid out in layers (Sugiyama's method): loops are turned round, states stand on layers, long links
//! and labels get places of their own on the layers between, the order in each layer is chosen to cross few links, and
//! the places to keep links straight. Links run at right angles in the channels between layers, so that they cross
//! neither boxes nor labels. Clusters are laid out from the inside out: a Parallel or Map state is a box of the size of
//! what it holds.

mod channel;
mod columns;
mod grid;
mod order;
mod place;
mod ports;
mod ranks;
mod route;

use std::collections::BTreeMap;

use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use self::grid::{Extent, Flow, FlowLink, Strand};
use super::card::{self, Card};
use super::{Direction, Drawing, LinkKind};

/// Around the whole picture.
const MARGIN: f64 = 20.0;
/// Between a container's edge and the clusters in it, and between those.
const GUTTER: f64 = 14.0;
/// Between a cluster's edge and what is in it.
const PADDING: f64 = 16.0;
/// The line that names a cluster.
const HEADING: f64 = 18.0;
/// How much wider than high the clusters of a container may stand before they continue on another row.
const ASPECT: f64 = 3.0;

/// A point: how far to the right, and how far down.
pub type Point = (f64, f64);

/// A rectangle: its corner, its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// Where everything stands. Boxes of one cluster do not overlap, and lie inside it.
pub struct Layout {
    /// How wide the picture is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// The boxes of the nodes, by their number in the drawing's graph.
    pub nodes: Vec<Rect>,
    /// The boxes of the clusters, in the drawing's order.
    pub clusters: Vec<Rect>,
    /// The corners of the links, by their number in the drawing's graph: from one node's edge to another's.
    pub links: Vec<Vec<Point>>,
    /// The boxes of the links' labels.
    pub labels: Vec<Option<Rect>>,
}

impl Layout {
    /// Lays a drawing out.
    #[must_use]
    pub fn of(drawing: &Drawing, direction: Direction) -> Self {
        let cards: Vec<_> = drawing.graph.node_weights().map(Card::of).collect();
        Self::with_cards(drawing, &cards, direction)
    }

    pub(super) fn with_cards(drawing: &Drawing, cards: &[Card], direction: Direction) -> Self {
        let mut planner = Planner::new(drawing, cards, direction);
        // Clusters inside a state come after it: its size is known before it is laid out itself.
        for cluster in (0..drawing.clusters.len()).rev() {
            planner.plan(cluster);
        }
        planner.settle()
    }
}

/// A link by its number.
struct Drawn {
    number: usize,
    points: Vec<Point>,
    label: Option<Rect>,
}

/// A cluster that is laid out by itself: places count from its corner.
#[derive(Default)]
struct Plan {
    width: f64,
    height: f64,
    nodes: Vec<(NodeIndex, Rect)>,
    links: Vec<Drawn>,
}

struct Planner<'d> {
    drawing: &'d Drawing,
    cards: &'d [Card],
    direction: Direction,
    plans: Vec<Plan>,
    /// The place of each cluster in the state around it.
    offsets: Vec<(f64, f64)>,
}

impl<'d> Planner<'d> {
    fn new(drawing: &'d Drawing, cards: &'d [Card], direction: Direction) -> Self {
        let count = drawing.clusters.len();
        Self {
            drawing,
            cards,
            direction,
            plans: std::iter::repeat_with(Plan::default).take(count).collect(),
            offsets: vec![(0.0, 0.0); count],
        }
    }

    fn plan(&mut self, cluster: usize) {
        let drawing = self.drawing;
        let nodes = &drawing.clusters[cluster].nodes;
        let sizes: Vec<_> = nodes.iter().map(|node| self.size(*node)).collect();
        let (flow, edges) = self.flow(nodes, &sizes);
        let routed = route::lay_out(&flow);
        let (pad, heading) = match drawing.clusters[cluster].owner {
            None => (0.0, 0.0),
            Some(_) => (PADDING, HEADING),
        };
        let (width, height) = self.turn((routed.across, routed.along));
        let label = super::measure::width(&drawing.clusters[cluster].label, card::SMALL);
        let inner = width.max(label);
        let (left, top) = ((inner - width) / 2.0 + pad, pad + heading);
        let at = |point: Point| {
            let (x, y) = self.turn(point);
            (x + left, y + top)
        };
        let boxes = nodes.iter().zip(&routed.nodes).zip(&sizes);
        let boxes = boxes.map(|((node, centre), size)| (*node, Rect::around(at(*centre), *size)));
        let links = edges.iter().zip(&routed.links).zip(&routed.labels);
        let links = links.map(|((edge, points), label)| {
            let size = card::label_size(&drawing.graph[*edge].labels);
            let label = label.zip(size);
            Drawn {
                number: edge.index(),
                points: points.iter().map(|point| at(*point)).collect(),
                label: label.map(|(centre, size)| Rect::around(at(centre), size)),
            }
        });
        self.plans[cluster] = Plan {
            width: inner + 2.0 * pad,
            height: height + 2.0 * pad + heading,
            nodes: boxes.collect(),
            links: links.collect(),
        };
    }

    /// What is in a cluster, in terms of its direction.
    fn flow(&self, nodes: &[NodeIndex], sizes: &[(f64, f64)]) -> (Flow, Vec<EdgeIndex>) {
        let graph = &self.drawing.graph;
        let number: BTreeMap<_, _> = nodes.iter().copied().zip(0..).collect();
        let extent = |size: (f64, f64)| {
            let (across, along) = self.turn(size);
            Extent { across, along }
        };
        let mut edges = Vec::new();
        let mut links = Vec::new();
        for node in nodes {
            let mut outgoing: Vec<_> = graph.edges(*node).map(|edge| edge.id()).collect();
            outgoing.sort_unstable();
            for id in outgoing {
                let Some((from, to)) = graph.edge_endpoints(id) else {
                    continue;
                };
                edges.push(id);
                links.push(FlowLink {
                    from: number[&from],
                    to: number[&to],
                    label: card::label_size(&graph[id].labels).map(extent),
                    strand: match graph[id].kind {
                        LinkKind::Begin | LinkKind::Next | LinkKind::End => Strand::Main,
                        LinkKind::Choice => Strand::Choice,
                        LinkKind::Catch => Strand::Catch,
                    },
                });
            }
        }
        let nodes = sizes.iter().map(|size| extent(*size)).collect();
        (Flow { nodes, links }, edges)
    }

    /// From across and along the direction to x and y, and back.
    fn turn(&self, (first, second): Point) -> Point {
        match self.direction {
            Direction::Down => (first, second),
            Direction::Right => (second, first),
        }
    }

    /// The size of a node. The clusters inside it are laid out already, and get their places in it.
    fn size(&mut self, node: NodeIndex) -> (f64, f64) {
        let card = &self.cards[node.index()];
        let clusters = &self.drawing.graph[node].clusters;
        if clusters.is_empty() {
            return (card.width, card.height);
        }
        let rows = self.rows(clusters);
        let mut y = card.height;
        let mut widest = card.width;
        for row in rows {
            let mut x = GUTTER;
            let mut highest: f64 = 0.0;
            for cluster in row {
                self.offsets[cluster] = (x, y);
                x += self.plans[cluster].width + GUTTER;
                highest = highest.max(self.plans[cluster].height);
            }
            widest = widest.max(x);
            y += highest + GUTTER;
        }
        (widest, y)
    }

    /// Beside each other or below each other, so that branches run beside each other; many of them in several rows.
    fn rows(&self, clusters: &[usize]) -> Vec<Vec<usize>> {
        let total: f64 = clusters
            .iter()
            .map(|at| self.plans[*at].width + GUTTER)
            .sum();
        let area: f64 = clusters
            .iter()
            .map(|at| (self.plans[*at].width + GUTTER) * (self.plans[*at].height + GUTTER))
            .sum();
        let most = match self.direction {
            Direction::Down => (area * ASPECT).sqrt(),
            Direction::Right => (area / ASPECT).sqrt(),
        };
        let most = match (self.direction, clusters.len()) {
            (Direction::Down, 0..=4) => total,
            (Direction::Right, 0..=4) => 0.0,
            _ => most,
        };
        let (mut rows, mut room) = (1, most + 0.5);
        for (number, at) in clusters.iter().enumerate() {
            let width = self.plans[*at].width + GUTTER;
            if width > room && number > 0 {
                (rows, room) = (rows + 1, most + 0.5);
            }
            room -= width;
        }
        // As many in each row.
        let each = clusters.len().div_ceil(rows);
        clusters
            .chunks(each.max(1))
            .map(<[usize]>::to_vec)
            .collect()
    }

    /// Gives everything its place in the picture, from the outside in.
    fn settle(self) -> Layout {
        let graph = &self.drawing.graph;
        let mut layout = Layout {
            width: self.plans[0].width + 2.0 * MARGIN,
            height: self.plans[0].height + 2.0 * MARGIN,
            nodes: vec![Rect::default(); graph.node_count()],
            clusters: Vec::with_capacity(self.plans.len()),
            links: vec![Vec::new(); graph.edge_count()],
            labels: vec![None; graph.edge_count()],
        };
        for (number, plan) in self.plans.into_iter().enumerate() {
            let (x, y) = match self.drawing.clusters[number].owner {
                None => (MARGIN, MARGIN),
                Some(owner) => {
                    let around = layout.nodes[owner.index()];
                    let (dx, dy) = self.offsets[number];
                    (around.x + dx, around.y + dy)
                }
            };
            layout.clusters.push(Rect {
                x,
                y,
                width: plan.width,
                height: plan.height,
            });
            for (node, rect) in plan.nodes {
                layout.nodes[node.index()] = rect.moved(x, y);
            }
            for link in plan.links {
                let points = link.points.iter();
                layout.links[link.number] = points.map(|(px, py)| (px + x, py + y)).collect();
                layout.labels[link.number] = link.label.map(|label| label.moved(x, y));
            }
        }
        layout
    }
}

impl Rect {
    fn around(centre: Point, size: (f64, f64)) -> Self {
        Self {
            x: centre.0 - size.0 / 2.0,
            y: centre.1 - size.1 / 2.0,
            width: size.0,
            height: size.1,
        }
    }

    fn moved(self, x: f64, y: f64) -> Self {
        Self {
            x: self.x + x,
            y: self.y + y,
            ..self
        }
    }
}
