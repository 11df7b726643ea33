//! Where links leave and reach a node.

use std::collections::BTreeMap;

use super::grid::Strand;

/// Between the places where links leave or reach a node.
const PORT: f64 = 14.0;
/// From the edge of a node to the outermost of these.
const CORNER: f64 = 12.0;

/// An edge of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// Where links leave.
    Below,
    /// Where links arrive.
    Above,
}

/// Links that leave or reach a node together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bundle {
    /// The normal way on.
    Main,
    /// Loops, or links to catchers: by their first place, so that they stay apart.
    Aside(Strand, usize),
}

/// Places for bundles on an edge of a node: what goes the normal way in the middle.
pub(super) fn spread(
    centre: f64,
    width: f64,
    bundles: BTreeMap<Bundle, f64>,
) -> Vec<(Bundle, f64)> {
    let mut sorted: Vec<_> = bundles.into_iter().collect();
    // The normal way stands where it is between those that turn left and those that turn right.
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let main = sorted
        .iter()
        .position(|(bundle, _)| *bundle == Bundle::Main);
    let left = main.map(|main| {
        let (bundle, _) = sorted.remove(main);
        let left = sorted.iter().filter(|(_, across)| *across < centre).count();
        sorted.insert(left, (bundle, centre));
        left as f64
    });
    let last = sorted.len() as f64 - 1.0;
    let middle = left.unwrap_or(last / 2.0);
    let reach = middle.max(last - middle);
    let room = (width / 2.0 - CORNER).max(0.0);
    let step = if reach > 0.0 {
        PORT.min(room / reach)
    } else {
        0.0
    };
    let places = sorted.into_iter().zip(0..);
    places
        .map(|((bundle, _), at)| (bundle, (centre + (f64::from(at) - middle) * step).round()))
        .collect()
}
