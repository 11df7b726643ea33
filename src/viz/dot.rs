//! Graphviz DOT: branches and item processors are clusters.
//!
//! A Parallel or Map state is a cluster that holds its own card, from which its branches begin, and a point where they
//! meet again; links go to the one and come from the other.

use std::fmt::{self, Write as _};

use petgraph::graph::NodeIndex;

use super::model::{Drawing, Link, LinkKind, Node, Shape};
use super::{Direction, Ended, Style, palette};
use crate::asl::StateType;

pub(super) fn render(drawing: &Drawing, style: Style) -> String {
    let mut graph = Graph {
        drawing,
        out: String::new(),
    };
    graph
        .write(style)
        .expect("writing to a string does not fail");
    graph.out
}

/// A text in quotes. A backslash would begin an escape of DOT's own.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                other if other.is_control() => f.write_char(' ')?,
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}

struct Graph<'d> {
    drawing: &'d Drawing,
    out: String,
}

impl Graph<'_> {
    fn write(&mut self, style: Style) -> fmt::Result {
        let direction = match style.direction {
            Direction::Down => "TB",
            Direction::Right => "LR",
        };
        let caption = self.drawing.caption.as_ref().map(super::Caption::line);
        let label = caption.unwrap_or_else(|| self.drawing.title.clone());
        write!(
            self.out,
            "digraph machine {{\n  rankdir={direction};\n  compound=true;\n  \
             fontname=\"Helvetica,Arial,sans-serif\";\n  label={};\n  labelloc=t;\n  \
             node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=11];\n  \
             edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, color=\"#6e7781\"];\n",
            Quoted(&label)
        )?;
        self.clusters()?;
        for edge in self.drawing.graph.edge_indices() {
            if let Some((from, to)) = self.drawing.graph.edge_endpoints(edge) {
                self.link(from, to, &self.drawing.graph[edge])?;
            }
        }
        self.out.push_str("}\n");
        Ok(())
    }

    /// Nodes, each in the cluster it is in. Clusters nest as deep as the definition does: no recursion.
    fn clusters(&mut self) -> fmt::Result {
        let mut open = vec![(0, 0, 0)];
        while let Some((cluster, node, inner)) = open.pop() {
            let indent = "  ".repeat(open.len() + 1);
            let Some(index) = self.drawing.clusters[cluster].nodes.get(node).copied() else {
                if !open.is_empty() {
                    let indent = "  ".repeat(open.len());
                    writeln!(self.out, "{indent}}}")?;
                }
                continue;
            };
            let weight = &self.drawing.graph[index];
            if inner == 0 {
                self.node(&indent, index, weight)?;
            }
            let Some(next) = weight.clusters.get(inner) else {
                if inner > 0 {
                    writeln!(self.out, "{indent}}}")?;
                }
                open.push((cluster, node + 1, 0));
                continue;
            };
            open.push((cluster, node, inner + 1));
            writeln!(
                self.out,
                "{indent}subgraph cluster_{next} {{\n{indent}  label={}; style=\"rounded,dashed\"; color=\"#8b949e\";",
                Quoted(&self.drawing.clusters[*next].label)
            )?;
            open.push((*next, 0, 0));
        }
        Ok(())
    }

    /// A node; of a state that holds others, also the beginning of its cluster.
    fn node(&mut self, indent: &str, index: NodeIndex, node: &Node) -> fmt::Result {
        let id = index.index();
        let state_type = match node.shape {
            Shape::Start => {
                return writeln!(
                    self.out,
                    "{indent}n{id} [shape=circle, label=\"\", width=0.2, fillcolor=\"#1f2328\", tooltip=\"Start\"];"
                );
            }
            Shape::End => {
                return writeln!(
                    self.out,
                    "{indent}n{id} [shape=doublecircle, label=\"\", width=0.14, fillcolor=\"#1f2328\", tooltip=\"End\"];"
                );
            }
            Shape::State(state_type) => state_type,
        };
        if !node.clusters.is_empty() {
            writeln!(
                self.out,
                "{indent}subgraph cluster_n{id} {{\n{indent}label=\"\"; style=rounded; color=\"#8b949e\";\n\
                 {indent}n{id}_out [shape=point, width=0.05, label=\"\"];"
            )?;
        }
        let (fill, line, pattern) = colours(node, state_type);
        writeln!(
            self.out,
            "{indent}n{id} [label={}, fillcolor=\"{fill}\", color=\"{line}\"{}{pattern}, tooltip={}];",
            Quoted(&label(node, state_type)),
            shape(state_type),
            Quoted(&node.tooltip)
        )?;
        for cluster in &node.clusters {
            self.inside(indent, id, *cluster)?;
        }
        Ok(())
    }

    /// From the state's card to the first state of a cluster, and from the last ones to where branches meet.
    fn inside(&mut self, indent: &str, id: usize, cluster: usize) -> fmt::Result {
        let nodes = &self.drawing.clusters[cluster].nodes;
        let Some(first) = nodes.first() else {
            return Ok(());
        };
        writeln!(
            self.out,
            "{indent}n{id} -> n{} [style=dotted, arrowhead=none];",
            first.index()
        )?;
        let graph = &self.drawing.graph;
        for last in nodes {
            let node = &graph[*last];
            let goes_on = graph
                .edges(*last)
                .any(|edge| edge.weight().kind != LinkKind::Catch);
            if !goes_on && node.state_type() != Some(StateType::Fail) {
                let exit = exit(*last, node);
                writeln!(
                    self.out,
                    "{indent}{exit} -> n{id}_out [style=dotted, arrowhead=none];"
                )?;
            }
        }
        Ok(())
    }

    fn link(&mut self, from: NodeIndex, to: NodeIndex, link: &Link) -> fmt::Result {
        let graph = &self.drawing.graph;
        let (source, target) = (&graph[from], &graph[to]);
        // A state that leads to itself leaves and enters by its card.
        let tail = if from == to {
            format!("n{}", from.index())
        } else {
            exit(from, source)
        };
        write!(self.out, "  {tail} -> n{} [", to.index())?;
        let mut attributes = Vec::new();
        if !link.labels.is_empty() {
            attributes.push(format!("label={}", Quoted(&link.labels.join("\n"))));
            attributes.push(format!("tooltip={}", Quoted(&link.tooltip)));
        }
        let mut styles = Vec::new();
        if link.kind == LinkKind::Catch {
            styles.push("dashed");
            attributes.push("color=\"#b84a00\"".into());
        }
        if link.is_taken() {
            styles.push("bold");
            attributes.push("penwidth=2.4".into());
        }
        if !styles.is_empty() {
            attributes.push(format!("style=\"{}\"", styles.join(",")));
        }
        if !source.clusters.is_empty() && from != to {
            attributes.push(format!("ltail=cluster_n{}", from.index()));
        }
        if !target.clusters.is_empty() && from != to {
            attributes.push(format!("lhead=cluster_n{}", to.index()));
        }
        writeln!(self.out, "{}];", attributes.join(", "))
    }
}

/// Where links leave a node.
fn exit(index: NodeIndex, node: &Node) -> String {
    if node.clusters.is_empty() {
        format!("n{}", index.index())
    } else {
        format!("n{}_out", index.index())
    }
}

/// What is written on a node.
fn label(node: &Node, state_type: StateType) -> String {
    let mut lines = vec![super::words::shorten(&node.name, 48)];
    lines.push(match node.detail.as_str() {
        "" => state_type.to_string(),
        detail => format!("{state_type} · {}", super::words::shorten(detail, 48)),
    });
    let notes = node.notes.iter();
    lines.extend(notes.map(|note| super::words::shorten(note, 48)));
    if let Some(run) = &node.run {
        lines.push(format!("{} {}", run.status().sign(), run.line()));
        lines.extend(run.items.map(|items| items.line()));
        let error = run.error.as_deref();
        lines.extend(error.map(|error| super::words::shorten(error, 60)));
    }
    lines.join("\n")
}

const fn shape(state_type: StateType) -> &'static str {
    match state_type {
        StateType::Choice => ", shape=diamond, style=filled",
        StateType::Succeed | StateType::Fail => ", shape=box, peripheries=2",
        StateType::Task
        | StateType::Wait
        | StateType::Pass
        | StateType::Parallel
        | StateType::Map => "",
    }
}

fn colours(node: &Node, state_type: StateType) -> (&'static str, &'static str, &'static str) {
    let Some(run) = &node.run else {
        let hue = palette::of_type(state_type);
        return (hue.tint.light, hue.strong.light, "");
    };
    let ended = run.status();
    let hue = palette::of_ending(ended);
    match ended {
        Ended::NotReached => ("#ffffff", hue.strong.light, ", style=\"rounded,dashed\""),
        _ => (hue.tint.light, hue.strong.light, ", penwidth=1.8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(Quoted("a\"b\\N\nc\td").to_string(), r#""a\"b\\N\nc d""#);
    }
}
