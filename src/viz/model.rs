//! What a picture shows, whatever it is drawn with.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::Overlay;
use super::run::{Caption, Run};
use super::words;
use crate::asl::StateType;
use crate::machine::{Flow, Kind, Machine, ScopeId, State, StateId};

/// Characters of a condition or of error names that are shown; the whole text is in the tooltip.
const LABEL: usize = 40;
/// Lines of one label.
const LINES: usize = 4;
/// Characters of a tooltip's line.
const TOOLTIP: usize = 400;

/// A picture: states and transitions as a graph, in the order of the definition.
///
/// Links connect nodes of one cluster; a cluster comes after the one that its owner is in.
pub struct Drawing {
    /// What the definition says of itself.
    pub title: String,
    /// States, the beginning and the end, and the links between them.
    pub graph: DiGraph<Node, Link>,
    /// The top level first, then the branches and item processors.
    pub clusters: Vec<Cluster>,
    /// How the execution ended that is drawn over the machine.
    pub caption: Option<Caption>,
}

/// The top level, a branch, or an item processor.
pub struct Cluster {
    /// What it is called; empty for the top level.
    pub label: String,
    /// The Parallel or Map state around it.
    pub owner: Option<NodeIndex>,
    /// What is in it: the start first.
    pub nodes: Vec<NodeIndex>,
}

/// A state, the beginning or the end.
pub struct Node {
    /// What it is.
    pub shape: Shape,
    /// The cluster it is in.
    pub cluster: usize,
    /// The name of the state; empty for the beginning and the end.
    pub name: String,
    /// What it does, in few words.
    pub detail: String,
    /// What else is worth a line: its retries.
    pub notes: Vec<String>,
    /// Everything, for whoever asks.
    pub tooltip: String,
    /// What is inside it.
    pub clusters: Vec<usize>,
    /// What came of it in the execution that is drawn over the machine.
    pub run: Option<Run>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Where the machine begins.
    Start,
    /// Where the machine ends well.
    End,
    /// A state.
    State(StateType),
}

/// A transition. Transitions of one kind between the same two states are one link.
pub struct Link {
    /// Why one follows the other.
    pub kind: LinkKind,
    /// When it is taken, shortened to a few lines.
    pub labels: Vec<String>,
    /// When it is taken, in full.
    pub tooltip: String,
    /// How often it was taken in the execution that is drawn over the machine.
    pub taken: Option<u64>,
}

/// Why one state follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// `StartAt`
    Begin,
    /// `Next`
    Next,
    /// A rule of a Choice state, or its `Default`.
    Choice,
    /// A catcher.
    Catch,
    /// `End`
    End,
}

impl Drawing {
    /// A picture of a machine.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        Builder::new(machine).drawing()
    }

    /// A picture of an execution over its machine.
    #[must_use]
    pub fn of_run(machine: &Machine, overlay: &Overlay) -> Self {
        let mut builder = Builder::new(machine);
        builder.lay_over(overlay);
        builder.drawing()
    }
}

struct Builder<'m> {
    machine: &'m Machine,
    graph: DiGraph<Node, Link>,
    clusters: Vec<Cluster>,
    nodes: BTreeMap<StateId, NodeIndex>,
    start: NodeIndex,
    end: Option<NodeIndex>,
    caption: Option<Caption>,
}

impl<'m> Builder<'m> {
    fn new(machine: &'m Machine) -> Self {
        let mut builder = Self {
            machine,
            graph: DiGraph::new(),
            clusters: Vec::new(),
            nodes: BTreeMap::new(),
            start: NodeIndex::end(),
            end: None,
            caption: None,
        };
        builder.start = builder.graph.add_node(Node::dot(Shape::Start));
        for (number, scope) in machine.scopes().iter().enumerate() {
            builder.cluster(number, scope);
        }
        builder.clusters[0].nodes.insert(0, builder.start);
        for scope in machine.scopes() {
            for id in &scope.states {
                builder.links(*id);
            }
        }
        builder
    }

    fn cluster(&mut self, number: usize, scope: &crate::machine::Scope) {
        let owner = scope.owner.map(|owner| self.nodes[&owner]);
        let label = match scope.owner.map(|owner| &self.machine.state(owner).kind) {
            Some(Kind::Parallel(parallel)) => {
                let id = ScopeId(u32::try_from(number).unwrap_or(u32::MAX));
                let index = parallel.branches.iter().position(|branch| *branch == id);
                format!("Branch {}", index.map_or(0, |index| index + 1))
            }
            Some(_) => "For each item".into(),
            None => String::new(),
        };
        if let Some(owner) = owner {
            self.graph[owner].clusters.push(number);
        }
        let first = |id: &&StateId| **id == scope.start;
        let states = scope.states.iter().filter(first);
        let states = states.chain(scope.states.iter().filter(|id| !first(id)));
        let mut nodes = Vec::with_capacity(scope.states.len());
        for id in states {
            let node = Node::of(self.machine.state(*id), number);
            let index = self.graph.add_node(node);
            self.nodes.insert(*id, index);
            nodes.push(index);
        }
        self.clusters.push(Cluster {
            label,
            owner,
            nodes,
        });
    }

    fn links(&mut self, id: StateId) {
        let machine = self.machine;
        let state = machine.state(id);
        let is_top = state.scope == ScopeId::TOP;
        let from = self.nodes[&id];
        if is_top && machine.scope(ScopeId::TOP).start == id {
            self.link(self.start, from, LinkKind::Begin, None);
        }
        if let Kind::Choice(choice) = &state.kind {
            for rule in &choice.rules {
                let label = words::condition(&rule.test);
                self.link(from, self.nodes[&rule.next], LinkKind::Choice, Some(label));
            }
            if let Some(default) = choice.default {
                let label = Some("default".into());
                self.link(from, self.nodes[&default], LinkKind::Choice, label);
            }
        } else if let Flow::Next(next) = state.next {
            self.link(from, self.nodes[&next], LinkKind::Next, None);
        } else if is_top && !matches!(state.kind, Kind::Fail(_)) {
            let end = self.end();
            self.link(from, end, LinkKind::End, None);
        }
        for catcher in &state.catch {
            let label = words::errors(&catcher.errors);
            let to = self.nodes[&catcher.next];
            self.link(from, to, LinkKind::Catch, Some(label));
        }
    }

    /// The end, which is there as soon as something leads to it.
    fn end(&mut self) -> NodeIndex {
        if let Some(end) = self.end {
            return end;
        }
        let end = self.graph.add_node(Node::dot(Shape::End));
        self.clusters[0].nodes.push(end);
        self.end = Some(end);
        end
    }

    fn link(&mut self, from: NodeIndex, to: NodeIndex, kind: LinkKind, label: Option<String>) {
        let found = self
            .graph
            .edges_connecting(from, to)
            .find(|edge| edge.weight().kind == kind)
            .map(|edge| petgraph::visit::EdgeRef::id(&edge));
        let at = found.unwrap_or_else(|| self.graph.add_edge(from, to, Link::new(kind)));
        if let Some(label) = label {
            self.graph[at].labels.push(label);
        }
    }

    fn lay_over(&mut self, overlay: &Overlay) {
        for (id, index) in &self.nodes {
            self.graph[*index].run = Some(overlay.run(*id));
        }
        let states: BTreeMap<NodeIndex, StateId> =
            self.nodes.iter().map(|(id, index)| (*index, *id)).collect();
        for edge in self.graph.edge_indices() {
            let Some((from, to)) = self.graph.edge_endpoints(edge) else {
                continue;
            };
            let (from, to) = (states.get(&from).copied(), states.get(&to).copied());
            let link = &mut self.graph[edge];
            link.taken = Some(overlay.taken(from, to, link.kind));
        }
        self.caption = overlay.caption();
    }

    fn drawing(mut self) -> Drawing {
        for link in self.graph.edge_weights_mut() {
            link.finish();
        }
        for node in self.graph.node_weights_mut() {
            if let Some(run) = node.run.as_ref().filter(|run| run.is_reached()) {
                node.tooltip.push('\n');
                node.tooltip.push_str(&run.told());
            }
        }
        Drawing {
            title: words::line(self.machine.comment().unwrap_or_default()),
            graph: self.graph,
            clusters: self.clusters,
            caption: self.caption,
        }
    }
}

impl Node {
    fn dot(shape: Shape) -> Self {
        Self {
            shape,
            cluster: 0,
            name: String::new(),
            detail: String::new(),
            notes: Vec::new(),
            tooltip: match shape {
                Shape::Start => "Start".into(),
                Shape::End | Shape::State(_) => "End".into(),
            },
            clusters: Vec::new(),
            run: None,
        }
    }

    fn of(state: &State, cluster: usize) -> Self {
        let retries: Vec<_> = state.retry.iter().map(words::retrier).collect();
        let notes = match retries.as_slice() {
            [] => Vec::new(),
            all => vec![format!("retry {}", all.join("; "))],
        };
        Self {
            shape: Shape::State(state.state_type()),
            cluster,
            name: words::line(&state.name),
            detail: words::detail(state),
            notes,
            tooltip: tooltip(state, &retries),
            clusters: Vec::new(),
            run: None,
        }
    }

    /// The state's type; `None` for the beginning and the end.
    #[must_use]
    pub fn state_type(&self) -> Option<StateType> {
        match self.shape {
            Shape::State(state_type) => Some(state_type),
            Shape::Start | Shape::End => None,
        }
    }
}

/// Name, type, comment, and what else is known of a state.
fn tooltip(state: &State, retries: &[String]) -> String {
    let mut lines = vec![format!(
        "{} ({})",
        words::line(&state.name),
        state.state_type()
    )];
    lines.extend(state.comment.as_deref().map(words::line));
    match &state.kind {
        Kind::Task(task) => lines.push(words::line(&task.resource.text)),
        _ => lines.extend(Some(words::detail(state)).filter(|detail| !detail.is_empty())),
    }
    lines.extend(retries.iter().map(|retrier| format!("retry {retrier}")));
    let lines: Vec<_> = lines
        .iter()
        .map(|line| words::shorten(line, TOOLTIP))
        .collect();
    lines.join("\n")
}

impl Link {
    fn new(kind: LinkKind) -> Self {
        Self {
            kind,
            labels: Vec::new(),
            tooltip: String::new(),
            taken: None,
        }
    }

    /// Shortens the labels, once all are known. A link that was taken more than once says how often.
    fn finish(&mut self) {
        let whole: Vec<_> = self
            .labels
            .iter()
            .map(|label| words::shorten(label, TOOLTIP))
            .collect();
        self.tooltip = whole.join("\nor ");
        let hidden = self.labels.len().saturating_sub(LINES);
        if hidden > 0 {
            self.labels.truncate(LINES - 1);
        }
        for label in &mut self.labels {
            *label = words::shorten(label, LABEL);
        }
        if hidden > 0 {
            self.labels.push(format!("… and {} more", hidden + 1));
        }
        if let Some(times @ 2..) = self.taken {
            match self.labels.last_mut() {
                Some(last) => last.push_str(&format!("  ×{times}")),
                None => self.labels.push(format!("×{times}")),
            }
        }
    }

    /// Whether the execution that is drawn over the machine went this way.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.taken.is_some_and(|times| times > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(states: &str) -> Drawing {
        let machine = format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#);
        Drawing::of(&Machine::parse(machine).expect("the machine is valid"))
    }

    /// `from -kind-> to [labels]`, in order.
    fn links(drawing: &Drawing) -> Vec<String> {
        let name = |index: NodeIndex| {
            let node = &drawing.graph[index];
            match node.shape {
                Shape::State(_) => node.name.clone(),
                other => format!("{other:?}"),
            }
        };
        drawing
            .graph
            .edge_indices()
            .map(|edge| {
                let (from, to) = drawing.graph.edge_endpoints(edge).unwrap();
                let link = &drawing.graph[edge];
                let (from, to, labels) = (name(from), name(to), link.labels.join(" | "));
                format!("{from} -{:?}-> {to} [{labels}]", link.kind)
            })
            .collect()
    }

    #[test]
    fn links_are_in_the_order_of_the_definition() {
        let drawing = drawing(
            r#""A":{"Type":"Task","Resource":"r","Catch":[{"ErrorEquals":["Oops","Busy"],"Next":"F"},
                {"ErrorEquals":["States.ALL"],"Next":"F"}],"Next":"C"},
            "C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":3,"Next":"A"}],"Default":"S"},
            "S":{"Type":"Succeed"},"F":{"Type":"Fail"}"#,
        );
        assert_eq!(
            links(&drawing),
            [
                "Start -Begin-> A []",
                "A -Next-> C []",
                "A -Catch-> F [Oops, Busy | any error]",
                "C -Choice-> A [$.n < 3]",
                "C -Choice-> S [default]",
                "S -End-> End []",
            ]
        );
    }

    #[test]
    fn many_rules_to_one_state_are_one_link_of_few_lines() {
        let rules: Vec<_> = (0..30)
            .map(|n| format!(r#"{{"Variable":"$.n","NumericEquals":{n},"Next":"S"}}"#))
            .collect();
        let drawing = drawing(&format!(
            r#""A":{{"Type":"Choice","Choices":[{}]}},"S":{{"Type":"Succeed"}}"#,
            rules.join(",")
        ));
        let link = drawing.graph.edge_weights().nth(1).unwrap();
        assert_eq!(
            link.labels,
            ["$.n = 0", "$.n = 1", "$.n = 2", "… and 27 more"]
        );
        assert_eq!(link.tooltip.lines().count(), 30);
    }

    #[test]
    fn branches_are_clusters_of_their_state() {
        let drawing = drawing(
            r#""A":{"Type":"Parallel","End":true,"Branches":[
                {"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}},
                {"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{
                    "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}}]}"#,
        );
        let labels: Vec<_> = drawing.clusters.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(labels, ["", "Branch 1", "Branch 2", "For each item"]);
        let owner = |at: usize| {
            let owner = drawing.clusters[at].owner.unwrap();
            drawing.graph[owner].name.as_str()
        };
        assert_eq!((owner(1), owner(2), owner(3)), ("A", "A", "M"));
    }
}
