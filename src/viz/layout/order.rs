//! The order on each layer: where few links cross.

use super::grid::Grid;

/// How often all layers are put in order.
const ROUNDS: usize = 12;
/// Places of a picture up to which neighbours are tried the other way round.
const SMALL: usize = 3_000;

/// Puts the places of each layer in an order in which few links cross.
pub(super) fn order(grid: &mut Grid) {
    let mut best = grid.layers.clone();
    let mut fewest = crossings(grid);
    for round in 0..ROUNDS {
        if fewest == 0 {
            break;
        }
        match round % 2 {
            0 => sweep(grid, Side::Above),
            _ => sweep(grid, Side::Below),
        }
        if grid.slots.len() <= SMALL {
            swap_neighbours(grid);
        }
        let found = crossings(grid);
        if found < fewest {
            fewest = found;
            best.clone_from(&grid.layers);
        }
    }
    grid.layers = best;
    for layer in &grid.layers {
        for (position, slot) in layer.iter().enumerate() {
            grid.slots[*slot].position = position;
        }
    }
}

/// The position of each place on its layer.
fn positions(grid: &Grid) -> Vec<usize> {
    let mut positions = vec![0; grid.slots.len()];
    for layer in &grid.layers {
        for (position, slot) in layer.iter().enumerate() {
            positions[*slot] = position;
        }
    }
    positions
}

/// On which side of a layer the neighbours are that it is ordered by.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Above,
    Below,
}

/// Orders each layer by where its neighbours on one side stand.
fn sweep(grid: &mut Grid, side: Side) {
    let mut positions = positions(grid);
    let count = grid.layers.len();
    for step in 0..count {
        let at = match side {
            Side::Above => step,
            Side::Below => count - 1 - step,
        };
        let mut layer = std::mem::take(&mut grid.layers[at]);
        let mut keys: Vec<(f64, usize)> = Vec::with_capacity(layer.len());
        for slot in &layer {
            keys.push((key(grid, &positions, *slot, side), *slot));
        }
        keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (position, (_, slot)) in keys.iter().enumerate() {
            layer[position] = *slot;
            positions[*slot] = position;
        }
        grid.layers[at] = layer;
    }
}

/// Where a place wants to be: in the middle of its neighbours, or where it is.
fn key(grid: &Grid, positions: &[usize], slot: usize, side: Side) -> f64 {
    let place = &grid.slots[slot];
    let neighbours = match side {
        Side::Above => &place.up,
        Side::Below => &place.down,
    };
    let middle = |neighbours: &[(usize, f64)]| {
        let (sum, weight) = neighbours.iter().fold((0.0, 0.0), |(sum, all), (at, w)| {
            (sum + positions[*at] as f64 * w, all + w)
        });
        (weight > 0.0).then(|| sum / weight)
    };
    // A loop turns beside its node.
    let beside = place.beside.map(|node| positions[node] as f64 + 0.5);
    middle(neighbours)
        .or(beside)
        .unwrap_or(positions[slot] as f64)
}

/// Changes neighbours round while that makes fewer links cross.
fn swap_neighbours(grid: &mut Grid) {
    let mut positions = positions(grid);
    for at in 0..grid.layers.len() {
        for right in 1..grid.layers[at].len() {
            let (a, b) = (grid.layers[at][right - 1], grid.layers[at][right]);
            let crossed = |first: usize, second: usize| {
                let (first, second) = (&grid.slots[first], &grid.slots[second]);
                pair(&first.up, &second.up, &positions)
                    + pair(&first.down, &second.down, &positions)
            };
            if crossed(b, a) < crossed(a, b) {
                grid.layers[at].swap(right - 1, right);
                positions[a] = right;
                positions[b] = right - 1;
            }
        }
    }
}

/// How many links of two neighbours cross.
fn pair(left: &[(usize, f64)], right: &[(usize, f64)], positions: &[usize]) -> usize {
    let mut count = 0;
    for (a, _) in left {
        for (b, _) in right {
            count += usize::from(positions[*a] > positions[*b]);
        }
    }
    count
}

/// How many links cross in the whole picture.
fn crossings(grid: &Grid) -> usize {
    let positions = positions(grid);
    let mut total = 0;
    for (at, layer) in grid.layers.iter().enumerate() {
        let width = grid.layers.get(at + 1).map_or(0, Vec::len);
        let mut seen = Counter::new(width);
        let mut so_far = 0;
        for slot in layer {
            let mut ends: Vec<_> = grid.slots[*slot]
                .down
                .iter()
                .map(|(below, _)| positions[*below])
                .collect();
            ends.sort_unstable();
            for end in &ends {
                total += so_far - seen.up_to(*end);
            }
            for end in ends {
                seen.add(end);
                so_far += 1;
            }
        }
    }
    total
}

/// Counts numbers, and tells how many are not above another (a Fenwick tree).
struct Counter(Vec<usize>);

impl Counter {
    fn new(size: usize) -> Self {
        Self(vec![0; size + 1])
    }

    fn add(&mut self, number: usize) {
        let mut at = number + 1;
        while let Some(count) = self.0.get_mut(at) {
            *count += 1;
            at += at & at.wrapping_neg();
        }
    }

    fn up_to(&self, number: usize) -> usize {
        let mut at = number + 1;
        let mut sum = 0;
        while at > 0 {
            sum += self.0[at];
            at &= at - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Extent, Flow, FlowLink, Strand};
    use super::*;

    fn grid(nodes: usize, links: &[(usize, usize)]) -> Grid {
        let links = links.iter().map(|(from, to)| FlowLink {
            from: *from,
            to: *to,
            label: None,
            strand: Strand::Main,
        });
        Grid::of(&Flow {
            nodes: vec![Extent::default(); nodes],
            links: links.collect(),
        })
    }

    #[test]
    fn links_that_need_not_cross_do_not() {
        // 0 leads to 1 and 2, which lead to 4 and 3: the order of the text would cross.
        let mut grid = grid(5, &[(0, 1), (0, 2), (1, 4), (2, 3), (1, 3)]);
        order(&mut grid);
        assert_eq!(crossings(&grid), 0);
    }

    #[test]
    fn crossings_are_counted() {
        let mut grid = grid(6, &[(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 5)]);
        assert_eq!(crossings(&grid), 1);
        order(&mut grid);
        assert_eq!(crossings(&grid), 1);
    }
}
