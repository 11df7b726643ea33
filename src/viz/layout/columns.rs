//! Columns: chains of places that stand one below the other, so that links are straight.

use super::grid::Grid;
use super::place::apart;

/// How far from straight a link may be to be made so although it is not the most important one of its ends.
const NEARLY: f64 = 16.0;

/// Every place is in one column, if only in its own. Columns do not cross.
pub(super) struct Columns {
    pub(super) members: Vec<Vec<usize>>,
    /// The column of each place.
    of: Vec<usize>,
}

impl Columns {
    /// Chooses the links that are to be straight.
    pub(super) fn of(grid: &Grid, across: &[f64]) -> Self {
        let count = grid.slots.len();
        let mut next: Vec<Option<usize>> = vec![None; count];
        let mut has_above = vec![false; count];
        for layer in &grid.layers {
            let mut candidates = candidates(grid, layer, across);
            candidates.sort_by(|a, b| b.2.total_cmp(&a.2));
            let mut accepted: Vec<(usize, usize)> = Vec::new();
            for (above, below, _) in candidates {
                let here = (grid.slots[above].position, grid.slots[below].position);
                let crosses = |other: &(usize, usize)| (other.0 < here.0) != (other.1 < here.1);
                let is_free = next[above].is_none() && !has_above[below];
                if is_free && !accepted.iter().any(crosses) {
                    accepted.push(here);
                    next[above] = Some(below);
                    has_above[below] = true;
                }
            }
        }
        let mut columns = Self {
            members: Vec::new(),
            of: vec![0; count],
        };
        for slot in grid.layers.iter().flatten() {
            if !has_above[*slot] {
                let chain = std::iter::successors(Some(*slot), |at| next[*at]);
                let column: Vec<_> = chain.collect();
                for member in &column {
                    columns.of[*member] = columns.members.len();
                }
                columns.members.push(column);
            }
        }
        columns
    }

    /// The columns in an order in which each comes after those to its left. There is one because columns do not cross.
    pub(super) fn leftmost_first(&self, grid: &Grid) -> Vec<usize> {
        let count = self.members.len();
        let mut waiting = vec![0_usize; count];
        for at in 0..count {
            for (_, right, _) in self.beside(grid, at) {
                waiting[right] += 1;
            }
        }
        let mut order: Vec<_> = (0..count).filter(|at| waiting[*at] == 0).collect();
        let mut done = 0;
        while let Some(at) = order.get(done).copied() {
            done += 1;
            for (_, right, _) in self.beside(grid, at) {
                waiting[right] -= 1;
                if waiting[right] == 0 {
                    order.push(right);
                }
            }
        }
        debug_assert_eq!(order.len(), count, "columns cross");
        order
    }

    /// What stands immediately to the right of a column: both columns, and how far apart they must be.
    pub(super) fn beside<'c>(
        &'c self,
        grid: &'c Grid,
        column: usize,
    ) -> impl Iterator<Item = (usize, usize, f64)> + 'c {
        self.members[column].iter().filter_map(move |slot| {
            let place = &grid.slots[*slot];
            let right = *grid.layers[place.layer].get(place.position + 1)?;
            let distance = apart(place, &grid.slots[right]);
            Some((column, self.of[right], distance))
        })
    }
}

/// The links below a layer that are to be straight: those that are the most important one of both their ends, and those
/// that nearly are.
fn candidates(grid: &Grid, layer: &[usize], across: &[f64]) -> Vec<(usize, usize, f64)> {
    let slots = &grid.slots;
    let is_only = |neighbours: &[(usize, f64)], weight: f64| {
        neighbours.iter().filter(|(_, w)| *w >= weight).count() == 1
    };
    let mut found = Vec::new();
    for above in layer {
        for (below, weight) in &slots[*above].down {
            let (down, up) = (&slots[*above].down, &slots[*below].up);
            let is_alone = down.len() == 1 && up.len() == 1;
            let is_main = *weight > 1.5 && is_only(down, *weight) && is_only(up, *weight);
            let is_nearly = (across[*above] - across[*below]).abs() <= NEARLY;
            if is_alone || is_main || is_nearly {
                found.push((*above, *below, *weight));
            }
        }
    }
    found
}
