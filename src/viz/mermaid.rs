//! Mermaid flowcharts, as GitHub and others render them.

use std::fmt::{self, Write as _};

use petgraph::graph::NodeIndex;

use super::model::{Drawing, Link, LinkKind, Node, Shape};
use super::{Direction, Ended, Style, palette, words};
use crate::asl::StateType;

/// Characters of a line; a tooltip would need a script.
const LINE: usize = 48;

pub(super) fn render(drawing: &Drawing, style: Style) -> String {
    let mut chart = Chart {
        drawing,
        out: String::new(),
    };
    chart
        .write(style)
        .expect("writing to a string does not fail");
    chart.out
}

/// A text in a label: whatever Mermaid, Markdown or HTML could take for theirs is told by its number.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, character) in self.0.chars().enumerate() {
            match character {
                '\n' => f.write_str("<br/>")?,
                // "1." and "-" at the beginning would make a list.
                '-' | '+' if at == 0 => write!(f, "#{};", u32::from(character))?,
                // "$$" would begin a formula.
                '$' if self.0.contains("$$") => f.write_str("#36;")?,
                ' ' | ',' | ':' | '/' | '(' | ')' | '$' | '-' | '+' | '=' | '%' | '\'' => {
                    f.write_char(character)?;
                }
                '.' if !self.0.starts_with(|c: char| c.is_ascii_digit()) => f.write_char('.')?,
                other if other.is_control() => f.write_char(' ')?,
                other if other.is_ascii_punctuation() => write!(f, "#{};", u32::from(other))?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

struct Chart<'d> {
    drawing: &'d Drawing,
    out: String,
}

impl Chart<'_> {
    fn write(&mut self, style: Style) -> fmt::Result {
        let direction = match style.direction {
            Direction::Down => "TB",
            Direction::Right => "LR",
        };
        writeln!(self.out, "flowchart {direction}")?;
        if let Some(caption) = &self.drawing.caption {
            let line = words::shorten(&caption.line(), 2 * LINE);
            writeln!(self.out, "  run[\"{}\"]", Escaped(&line))?;
            writeln!(self.out, "  class run {}", palette::class(caption.ended))?;
        }
        self.clusters(direction)?;
        let mut styles = String::new();
        for (number, edge) in self.drawing.graph.edge_indices().enumerate() {
            if let Some((from, to)) = self.drawing.graph.edge_endpoints(edge) {
                let link = &self.drawing.graph[edge];
                self.link(from, to, link)?;
                if link.kind == LinkKind::Catch {
                    writeln!(styles, "  linkStyle {number} stroke:#b84a00")?;
                }
            }
        }
        self.out.push_str(&styles);
        self.classes()
    }

    /// Nodes, each in the cluster it is in. Clusters nest as deep as the definition does: no recursion.
    fn clusters(&mut self, direction: &str) -> fmt::Result {
        let mut open = vec![(0, 0, 0)];
        while let Some((cluster, node, inner)) = open.pop() {
            let indent = "  ".repeat(open.len() + 1);
            let Some(index) = self.drawing.clusters[cluster].nodes.get(node).copied() else {
                if !open.is_empty() {
                    writeln!(self.out, "{}end", "  ".repeat(open.len()))?;
                }
                continue;
            };
            let weight = &self.drawing.graph[index];
            if inner == 0 {
                self.node(&indent, index, weight)?;
            }
            let Some(next) = weight.clusters.get(inner) else {
                if inner > 0 {
                    writeln!(self.out, "{indent}end")?;
                }
                open.push((cluster, node + 1, 0));
                continue;
            };
            open.push((cluster, node, inner + 1));
            writeln!(
                self.out,
                "{indent}subgraph c{next}[\"{}\"]\n{indent}  direction {direction}",
                Escaped(&self.drawing.clusters[*next].label)
            )?;
            open.push((*next, 0, 0));
        }
        Ok(())
    }

    fn node(&mut self, indent: &str, index: NodeIndex, node: &Node) -> fmt::Result {
        let id = index.index();
        let state_type = match node.shape {
            Shape::Start => return writeln!(self.out, "{indent}n{id}(( )):::dot"),
            Shape::End => return writeln!(self.out, "{indent}n{id}((( ))):::dot"),
            Shape::State(state_type) => state_type,
        };
        let label = label(node, state_type);
        let label = Escaped(&label);
        let class = node.run.as_ref().map_or_else(
            || state_type.to_string(),
            |run| palette::class(run.status()).to_owned(),
        );
        if !node.clusters.is_empty() {
            return writeln!(
                self.out,
                "{indent}subgraph n{id}[\"{label}\"]\n{indent}class n{id} {class}"
            );
        }
        let (open, close) = match state_type {
            StateType::Choice => ("{", "}"),
            StateType::Succeed => ("([", "])"),
            StateType::Fail => ("[[", "]]"),
            StateType::Wait => ("(", ")"),
            StateType::Task | StateType::Pass | StateType::Parallel | StateType::Map => ("[", "]"),
        };
        writeln!(self.out, "{indent}n{id}{open}\"{label}\"{close}:::{class}")
    }

    fn link(&mut self, from: NodeIndex, to: NodeIndex, link: &Link) -> fmt::Result {
        let arrow = match (link.kind, link.is_taken()) {
            (LinkKind::Catch, _) => "-.->",
            (_, true) => "==>",
            (_, false) => "-->",
        };
        let labels: Vec<_> = match (link.kind, link.is_taken()) {
            // A dashed line cannot be thick too: words tell that it was taken.
            (LinkKind::Catch, true) => link
                .labels
                .iter()
                .map(|label| format!("✓ {label}"))
                .collect(),
            _ => link.labels.clone(),
        };
        write!(self.out, "  n{} {arrow}", from.index())?;
        if !labels.is_empty() {
            write!(self.out, "|\"{}\"|", Escaped(&labels.join("\n")))?;
        }
        writeln!(self.out, " n{}", to.index())
    }

    /// The classes that are used, in colours that need no dark page.
    fn classes(&mut self) -> fmt::Result {
        let mut rule = |name: &str, hue: palette::Hue, more: &str| {
            writeln!(
                self.out,
                "  classDef {name} fill:{},stroke:{},color:#1f2328{more}",
                hue.tint.light, hue.strong.light
            )
        };
        if self.drawing.caption.is_some() {
            for ended in Ended::ALL {
                let more = match ended {
                    Ended::NotReached => ",stroke-dasharray:4 3",
                    _ => ",stroke-width:2px",
                };
                rule(palette::class(ended), palette::of_ending(ended), more)?;
            }
        } else {
            for state_type in StateType::ALL {
                rule(state_type.as_str(), palette::of_type(state_type), "")?;
            }
        }
        writeln!(
            self.out,
            "  classDef dot fill:#57606a,stroke:#57606a,color:#57606a"
        )
    }
}

/// What is written on a node.
fn label(node: &Node, state_type: StateType) -> String {
    let mut lines = vec![node.name.clone()];
    lines.push(match node.detail.as_str() {
        "" => state_type.to_string(),
        detail => format!("{state_type} · {detail}"),
    });
    lines.extend(node.notes.iter().cloned());
    if let Some(run) = &node.run {
        lines.push(format!("{} {}", run.status().sign(), run.line()));
        lines.extend(run.items.map(|items| items.line()));
        lines.extend(run.error.clone());
    }
    let lines: Vec<_> = lines
        .iter()
        .map(|line| words::shorten(line, LINE))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_nothing_that_could_be_taken_for_syntax() {
        assert_eq!(
            Escaped("a \"b\" <c>\n`d`_e").to_string(),
            "a #34;b#34; #60;c#62;<br/>#96;d#96;#95;e"
        );
        assert_eq!(Escaped("1. first").to_string(), "1#46; first");
        assert_eq!(Escaped("$.total > 100").to_string(), "$.total #62; 100");
        assert_eq!(Escaped("$$.Map").to_string(), "#36;#36;.Map");
        assert_eq!(Escaped("状態").to_string(), "状態");
    }
}
