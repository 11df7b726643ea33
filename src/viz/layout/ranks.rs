//! Which layer each node stands on: below all that lead to it, loops apart.

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heading {
    /// To a layer below.
    On,
    /// Back to where it came from.
    Back,
}

/// The layers of a graph.
pub(super) struct Ranks {
    /// The layer of each node.
    pub(super) layer: Vec<usize>,
    /// Where each link leads.
    pub(super) heading: Vec<Heading>,
    /// The nodes as they are first reached, following the first link first.
    pub(super) reached: Vec<usize>,
}

/// Finds the layers of a graph of so many nodes, whose first node is the beginning.
pub(super) fn ranks(nodes: usize, links: &[(usize, usize)]) -> Ranks {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (number, (from, _)) in links.iter().enumerate() {
        outgoing[*from].push(number);
    }
    let mut walk = Walk {
        seen: vec![Seen::Never; nodes],
        heading: vec![Heading::On; links.len()],
        reached: Vec::with_capacity(nodes),
        left: Vec::with_capacity(nodes),
    };
    for node in 0..nodes {
        walk.from(node, &outgoing, links);
    }
    let mut layer = vec![0; nodes];
    for node in walk.left.iter().rev() {
        for number in &outgoing[*node] {
            let (from, to) = links[*number];
            if walk.heading[*number] == Heading::On {
                layer[to] = layer[to].max(layer[from] + 1);
            }
        }
    }
    Ranks {
        layer,
        heading: walk.heading,
        reached: walk.reached,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Never,
    /// It is on the way from the beginning to where the walk is.
    OnTheWay,
    Left,
}

struct Walk {
    seen: Vec<Seen>,
    heading: Vec<Heading>,
    reached: Vec<usize>,
    /// The nodes as they are left: after all that they lead to.
    left: Vec<usize>,
}

impl Walk {
    /// Goes to everything that a node leads to. A machine may be a chain of thousands of states: no recursion.
    fn from(&mut self, start: usize, outgoing: &[Vec<usize>], links: &[(usize, usize)]) {
        let mut way = Vec::new();
        self.reach(start, &mut way);
        while let Some((node, next)) = way.last_mut() {
            let node = *node;
            let Some(number) = outgoing[node].get(*next).copied() else {
                self.seen[node] = Seen::Left;
                self.left.push(node);
                way.pop();
                continue;
            };
            *next += 1;
            let to = links[number].1;
            if self.seen[to] == Seen::OnTheWay {
                self.heading[number] = Heading::Back;
            }
            self.reach(to, &mut way);
        }
    }

    fn reach(&mut self, node: usize, way: &mut Vec<(usize, usize)>) {
        if self.seen[node] == Seen::Never {
            self.seen[node] = Seen::OnTheWay;
            self.reached.push(node);
            way.push((node, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(nodes: usize, links: &[(usize, usize)], layers: &[usize], back: &[usize]) {
        let ranks = ranks(nodes, links);
        let is_back = |at: &usize| ranks.heading[*at] == Heading::Back;
        let found: Vec<_> = (0..links.len()).filter(is_back).collect();
        assert_eq!((ranks.layer.as_slice(), found.as_slice()), (layers, back));
    }

    #[test]
    fn a_node_stands_below_all_that_lead_to_it() {
        check(4, &[(0, 1), (1, 2), (0, 2), (2, 3)], &[0, 1, 2, 3], &[]);
    }

    #[test]
    fn a_loop_is_turned_round_where_it_leads_back() {
        check(3, &[(0, 1), (1, 2), (2, 1), (1, 1)], &[0, 1, 2], &[2, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let links: Vec<_> = (0..200_000).map(|at| (at, at + 1)).collect();
        assert_eq!(ranks(200_001, &links).layer[200_000], 200_000);
    }
}
