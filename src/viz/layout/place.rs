//! The places on each layer: apart from each other, near what they are connected with, and links straight.

use super::columns::Columns;
use super::grid::{Grid, Slot};

/// Between two nodes.
const NODES: f64 = 30.0;
/// Between a node and a link that passes it.
const PASSING: f64 = 20.0;
/// Between two links, or labels.
const LINKS: f64 = 14.0;
/// Steps of work that the search for good places may take.
const EFFORT: usize = 150_000;

/// Finds the place of everything across the direction: its centre.
pub(super) fn place(grid: &Grid) -> Vec<f64> {
    let mut placer = Placer {
        grid,
        across: vec![0.0; grid.slots.len()],
    };
    placer.pack();
    let rounds = (EFFORT / grid.slots.len().max(1)).clamp(3, 40);
    for _ in 0..rounds {
        placer.sweep(Side::Up);
        placer.sweep(Side::Down);
    }
    for _ in 0..rounds / 2 {
        placer.sweep(Side::Both);
    }
    // The second time, links are found that the first time has made nearly straight.
    for _ in 0..2 {
        let columns = Columns::of(grid, &placer.across);
        placer.erect(&columns);
        for _ in 0..rounds / 2 + 1 {
            placer.straighten(&columns.members);
        }
    }
    placer.normalised()
}

/// How far the centres of two neighbours must be apart.
pub(super) fn apart(left: &Slot, right: &Slot) -> f64 {
    let gap = match (left.is_node, right.is_node) {
        (true, true) => NODES,
        (false, false) => LINKS,
        _ => PASSING,
    };
    (left.extent.across + right.extent.across) / 2.0 + gap
}

/// Which neighbours count.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Up,
    Down,
    Both,
}

struct Placer<'g> {
    grid: &'g Grid,
    across: Vec<f64>,
}

impl Placer<'_> {
    /// One beside the other, each layer around the same middle.
    fn pack(&mut self) {
        for layer in &self.grid.layers {
            let mut at = 0.0;
            for (position, slot) in layer.iter().enumerate() {
                if position > 0 {
                    let before = layer[position - 1];
                    at += apart(&self.grid.slots[before], &self.grid.slots[*slot]);
                }
                self.across[*slot] = at;
            }
            for slot in layer {
                self.across[*slot] -= at / 2.0;
            }
        }
    }

    fn sweep(&mut self, side: Side) {
        let count = self.grid.layers.len();
        for step in 0..count {
            let at = if side == Side::Down {
                count - 1 - step
            } else {
                step
            };
            self.settle(&self.grid.layers[at], side);
        }
    }

    /// Where the neighbours of a place want it to be, and how much.
    fn wish(&self, slot: usize, side: Side) -> (f64, f64) {
        let place = &self.grid.slots[slot];
        // What nobody wants anywhere stays, but gives way.
        let (mut sum, mut weight) = (self.across[slot] * 0.05, 0.05);
        let mut add = |neighbours: &[(usize, f64)]| {
            for (at, how_much) in neighbours {
                sum += self.across[*at] * how_much;
                weight += how_much;
            }
        };
        if side != Side::Down {
            add(&place.up);
        }
        if side != Side::Up {
            add(&place.down);
        }
        if let Some(node) = place.beside {
            let (left, right) = if self.grid.slots[node].position < place.position {
                (node, slot)
            } else {
                (slot, node)
            };
            let distance = apart(&self.grid.slots[left], &self.grid.slots[right]);
            let distance = if left == node { distance } else { -distance };
            sum += self.across[node] + distance;
            weight += 1.0;
        }
        (sum / weight, weight)
    }

    /// Moves the places of a layer as near as possible to where they want to be, without changing their order: pools
    /// of those that push each other share their wishes (isotonic regression).
    fn settle(&mut self, layer: &[usize], side: Side) {
        let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(layer.len());
        let mut offsets = Vec::with_capacity(layer.len());
        let mut offset = 0.0;
        for (position, slot) in layer.iter().enumerate() {
            if position > 0 {
                let before = layer[position - 1];
                offset += apart(&self.grid.slots[before], &self.grid.slots[*slot]);
            }
            offsets.push(offset);
            let (wish, weight) = self.wish(*slot, side);
            let mut pool = ((wish - offset) * weight, weight, 1);
            while let Some(before) = pools.pop() {
                if before.0 / before.1 <= pool.0 / pool.1 {
                    pools.push(before);
                    break;
                }
                pool = (before.0 + pool.0, before.1 + pool.1, before.2 + pool.2);
            }
            pools.push(pool);
        }
        let mut slots = layer.iter().zip(offsets);
        for (sum, weight, count) in pools {
            for (slot, offset) in slots.by_ref().take(count) {
                self.across[*slot] = sum / weight + offset;
            }
        }
    }

    /// Stands each column upright: as near as possible to where its places are, in the same order. Pushing everything
    /// that stands too near to the right and pushing it to the left both do; so does the middle between them.
    fn erect(&mut self, columns: &Columns) {
        let around = |column: &Vec<usize>| {
            let sum: f64 = column.iter().map(|slot| self.across[*slot]).sum();
            sum / column.len() as f64
        };
        let wished: Vec<f64> = columns.members.iter().map(around).collect();
        let order = columns.leftmost_first(self.grid);
        let (mut right, mut left) = (wished.clone(), wished);
        for (a, b, distance) in order.iter().flat_map(|at| columns.beside(self.grid, *at)) {
            right[b] = right[b].max(right[a] + distance);
        }
        for at in order.iter().rev() {
            for (a, b, distance) in columns.beside(self.grid, *at) {
                left[a] = left[a].min(left[b] - distance);
            }
        }
        for (number, column) in columns.members.iter().enumerate() {
            for slot in column {
                self.across[*slot] = (left[number] + right[number]) / 2.0;
            }
        }
    }

    /// Moves each column to where it wants to be, as far as what is beside it lets it.
    fn straighten(&mut self, columns: &[Vec<usize>]) {
        for column in columns.iter().chain(columns.iter().rev()) {
            let (mut sum, mut weight) = (0.0, 0.0);
            let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
            for slot in column {
                let (wish, how_much) = self.wish(*slot, Side::Both);
                sum += wish * how_much;
                weight += how_much;
                let (low, high) = self.room(*slot);
                least = least.max(low);
                most = most.min(high);
            }
            if least <= most {
                let wish = (sum / weight).clamp(least, most);
                for slot in column {
                    self.across[*slot] = wish;
                }
            }
        }
    }

    /// Between what a place can be moved without moving others.
    fn room(&self, slot: usize) -> (f64, f64) {
        let place = &self.grid.slots[slot];
        let layer = &self.grid.layers[place.layer];
        let position = place.position;
        let low = position.checked_sub(1).map_or(f64::NEG_INFINITY, |left| {
            let left = layer[left];
            self.across[left] + apart(&self.grid.slots[left], place)
        });
        let high = layer.get(position + 1).map_or(f64::INFINITY, |right| {
            self.across[*right] - apart(place, &self.grid.slots[*right])
        });
        (low, high)
    }

    /// Counted from the outermost edge, on whole pixels: lines are sharp.
    fn normalised(mut self) -> Vec<f64> {
        let edges = self.grid.slots.iter().zip(&self.across);
        let least = edges
            .map(|(slot, across)| across - slot.extent.across / 2.0)
            .fold(f64::INFINITY, f64::min);
        for across in &mut self.across {
            *across = (*across - least).round();
        }
        self.across
    }
}
