//! Scalable Vector Graphics: one file with everything in it, without scripts and without fonts.

use std::fmt::{self, Write as _};

use petgraph::graph::NodeIndex;

use super::card::{self, Card, Role};
use super::layout::{Layout, Rect};
use super::model::{Drawing, Link, LinkKind, Node, Shape};
use super::{Ended, Style, icon, palette};

/// How round corners of boxes are, and of links.
const CORNER: f64 = 8.0;
/// An arrow's head: how long, and half of how wide.
const HEAD: (f64, f64) = (8.0, 4.0);
/// The line above the picture that tells how the execution ended.
const CAPTION: f64 = 34.0;
/// The widest text on that line.
const TOLD: f64 = 900.0;

pub(super) fn render(drawing: &Drawing, style: Style) -> String {
    let cards: Vec<_> = drawing.graph.node_weights().map(Card::of).collect();
    let layout = Layout::with_cards(drawing, &cards, style.direction);
    let mut picture = Picture {
        drawing,
        cards: &cards,
        layout: &layout,
        out: String::with_capacity(1_000 * cards.len() + 8_000),
    };
    picture.write().expect("writing to a string does not fail");
    picture.out
}

/// A text as XML has it. What XML cannot have is left out.
struct Xml<'t>(&'t str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\n' => f.write_str("&#10;")?,
                '\u{fffe}' | '\u{ffff}' => {}
                other if other.is_control() => {}
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A length without needless digits.
struct Px(f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        // There is no negative zero in a picture.
        write!(f, "{}", tenths + 0.0)
    }
}

struct Picture<'d> {
    drawing: &'d Drawing,
    cards: &'d [Card],
    layout: &'d Layout,
    out: String,
}

impl Picture<'_> {
    fn write(&mut self) -> fmt::Result {
        let caption = self.drawing.caption.as_ref();
        let above = if caption.is_some() { CAPTION } else { 0.0 };
        let told = caption.map(super::Caption::line).unwrap_or_default();
        let width = self
            .layout
            .width
            .max(super::measure::width(&told, card::NAME).min(TOLD) + 60.0)
            .ceil();
        let height = (self.layout.height + above).ceil();
        writeln!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">",
            Px(width),
            Px(height)
        )?;
        if !self.drawing.title.is_empty() {
            writeln!(self.out, "<desc>{}</desc>", Xml(&self.drawing.title))?;
        }
        write!(self.out, "<style>\n{}</style>\n", palette::style_sheet())?;
        writeln!(
            self.out,
            "<rect class=\"page\" width=\"{}\" height=\"{}\" rx=\"{CORNER}\"/>",
            Px(width),
            Px(height)
        )?;
        self.caption(&told)?;
        let class = if caption.is_some() { "run" } else { "machine" };
        let shift = ((width - self.layout.width) / 2.0).floor();
        writeln!(
            self.out,
            "<g class=\"{class}\" transform=\"translate({} {})\">",
            Px(shift),
            Px(above)
        )?;
        for number in 0..self.drawing.clusters.len() {
            self.cluster(number)?;
        }
        self.out.push_str("</g>\n</svg>\n");
        Ok(())
    }

    fn caption(&mut self, told: &str) -> fmt::Result {
        let Some(caption) = &self.drawing.caption else {
            return Ok(());
        };
        let told = super::measure::fit(told, card::NAME, TOLD);
        write!(self.out, "<g class=\"{}\">", palette::class(caption.ended))?;
        self.badge(caption.ended, 29.0, 27.0)?;
        writeln!(
            self.out,
            "<text class=\"name\" x=\"46\" y=\"31.5\">{}</text></g>",
            Xml(&told)
        )
    }

    /// What is in a cluster: its box, links below their labels, and nodes. The clusters inside come after it.
    fn cluster(&mut self, number: usize) -> fmt::Result {
        let cluster = &self.drawing.clusters[number];
        if cluster.owner.is_some() {
            let rect = self.layout.clusters[number];
            self.rect("cluster", rect)?;
            writeln!(
                self.out,
                "<text x=\"{}\" y=\"{}\">{}</text>",
                Px(rect.x + 12.0),
                Px(rect.y + 17.0),
                Xml(&cluster.label)
            )?;
        }
        let graph = &self.drawing.graph;
        let mut edges: Vec<_> = cluster
            .nodes
            .iter()
            .flat_map(|node| graph.edges(*node))
            .map(|edge| petgraph::visit::EdgeRef::id(&edge))
            .collect();
        edges.sort_unstable();
        // What was taken lies above what was not.
        edges.sort_by_key(|edge| graph[*edge].is_taken());
        for edge in &edges {
            self.link(&graph[*edge], &self.layout.links[edge.index()])?;
        }
        for node in &cluster.nodes {
            self.node(*node)?;
        }
        for edge in &edges {
            if let Some(rect) = self.layout.labels[edge.index()] {
                self.label(&graph[*edge], rect)?;
            }
        }
        Ok(())
    }

    fn rect(&mut self, class: &str, rect: Rect) -> fmt::Result {
        writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{CORNER}\"/>",
            Px(rect.x),
            Px(rect.y),
            Px(rect.width),
            Px(rect.height)
        )
    }

    fn link(&mut self, link: &Link, points: &[(f64, f64)]) -> fmt::Result {
        let [.., before, tip] = points else {
            return Ok(());
        };
        let taken = if link.is_taken() { " taken" } else { "" };
        let class = format!("{:?}{taken}", link.kind);
        let (dx, dy) = direction(*before, *tip);
        let neck = (tip.0 - dx * (HEAD.0 - 1.0), tip.1 - dy * (HEAD.0 - 1.0));
        let mut line = points.to_vec();
        if let Some(last) = line.last_mut() {
            *last = neck;
        }
        // Dashes count from the target: links that run together have theirs at the same places.
        if link.kind == LinkKind::Catch {
            line.reverse();
        }
        write!(self.out, "<path class=\"link {class}\" d=\"")?;
        self.rounded(&line)?;
        self.out.push_str("\"/>");
        let wing = |side: f64| {
            let (x, y) = (tip.0 - dx * HEAD.0, tip.1 - dy * HEAD.0);
            (x - dy * HEAD.1 * side, y + dx * HEAD.1 * side)
        };
        let (left, right) = (wing(1.0), wing(-1.0));
        writeln!(
            self.out,
            "<path class=\"head {class}\" d=\"M{} {}L{} {}L{} {}z\"/>",
            Px(tip.0),
            Px(tip.1),
            Px(left.0),
            Px(left.1),
            Px(right.0),
            Px(right.1)
        )
    }

    /// A line with round corners.
    fn rounded(&mut self, points: &[(f64, f64)]) -> fmt::Result {
        let Some(first) = points.first() else {
            return Ok(());
        };
        write!(self.out, "M{} {}", Px(first.0), Px(first.1))?;
        for three in points.windows(3) {
            let [before, corner, after] = [three[0], three[1], three[2]];
            let radius = [length(before, corner), length(corner, after)]
                .into_iter()
                .fold(2.0 * CORNER, f64::min)
                / 2.0;
            let (ix, iy) = direction(before, corner);
            let (ox, oy) = direction(corner, after);
            write!(
                self.out,
                "L{} {}Q{} {} {} {}",
                Px(corner.0 - ix * radius),
                Px(corner.1 - iy * radius),
                Px(corner.0),
                Px(corner.1),
                Px(corner.0 + ox * radius),
                Px(corner.1 + oy * radius)
            )?;
        }
        match points.last() {
            Some(last) => write!(self.out, "L{} {}", Px(last.0), Px(last.1)),
            None => Ok(()),
        }
    }

    fn label(&mut self, link: &Link, rect: Rect) -> fmt::Result {
        write!(self.out, "<g class=\"{:?}{}\">", link.kind, {
            if link.is_taken() { " taken" } else { "" }
        })?;
        if !link.tooltip.is_empty() {
            write!(self.out, "<title>{}</title>", Xml(&link.tooltip))?;
        }
        self.rect(&format!("pill {:?}", link.kind), rect)?;
        for (number, label) in link.labels.iter().enumerate() {
            write!(
                self.out,
                "<text class=\"label\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">{}</text>",
                Px(rect.x + rect.width / 2.0),
                Px(rect.y + card::label_baseline(number)),
                Xml(label)
            )?;
        }
        self.out.push_str("</g>\n");
        Ok(())
    }

    fn node(&mut self, index: NodeIndex) -> fmt::Result {
        let node = &self.drawing.graph[index];
        let rect = self.layout.nodes[index.index()];
        match node.shape {
            Shape::Start | Shape::End => self.dot(node, rect),
            Shape::State(state_type) => {
                let ended = node.run.as_ref().map(super::Run::status);
                let class = ended.map(palette::class).unwrap_or_default();
                writeln!(
                    self.out,
                    "<g class=\"{state_type} {class}\"><title>{}</title>",
                    Xml(&node.tooltip)
                )?;
                self.rect("card", rect)?;
                self.tile(state_type, rect)?;
                self.text(&self.cards[index.index()], rect)?;
                if let Some(ended) = ended {
                    self.badge(ended, rect.x + rect.width - 3.0, rect.y + 3.0)?;
                }
                self.out.push_str("</g>\n");
                Ok(())
            }
        }
    }

    fn dot(&mut self, node: &Node, rect: Rect) -> fmt::Result {
        let (x, y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
        let inner = if node.shape == Shape::Start { 7.0 } else { 4.0 };
        write!(self.out, "<g><title>{}</title>", Xml(&node.tooltip))?;
        write!(
            self.out,
            "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"{inner}\"/>",
            Px(x),
            Px(y)
        )?;
        if node.shape == Shape::End {
            write!(
                self.out,
                "<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"7.2\"/>",
                Px(x),
                Px(y)
            )?;
        }
        self.out.push_str("</g>\n");
        Ok(())
    }

    /// The sign of a state's type.
    fn tile(&mut self, state_type: crate::asl::StateType, rect: Rect) -> fmt::Result {
        let (x, y) = (rect.x + card::PAD, rect.y + card::PAD);
        writeln!(
            self.out,
            "<rect class=\"tile\" x=\"{}\" y=\"{}\" width=\"{size}\" height=\"{size}\" rx=\"6\"/>\
             <path class=\"icon\" transform=\"translate({} {})\" d=\"{}\"/>",
            Px(x),
            Px(y),
            Px(x + 6.0),
            Px(y + 6.0),
            icon::of_type(state_type),
            size = card::ICON
        )
    }

    fn text(&mut self, card: &Card, rect: Rect) -> fmt::Result {
        for line in &card.lines {
            let class = match line.role {
                Role::Name => " class=\"name\"",
                Role::Run => " class=\"halt\"",
                Role::Error => " class=\"error\"",
                Role::Detail | Role::Note => "",
            };
            writeln!(
                self.out,
                "<text{class} x=\"{}\" y=\"{}\">{}</text>",
                Px(rect.x + line.x),
                Px(rect.y + line.y),
                Xml(&line.text)
            )?;
        }
        Ok(())
    }

    /// The sign of an ending, around a centre.
    fn badge(&mut self, ended: Ended, x: f64, y: f64) -> fmt::Result {
        let sign = icon::of_ending(ended);
        if sign.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "<circle class=\"badge\" cx=\"{}\" cy=\"{}\" r=\"9\"/>\
             <path class=\"sign\" transform=\"translate({} {}) scale(.85)\" d=\"{sign}\"/>",
            Px(x),
            Px(y),
            Px(x - 6.8),
            Px(y - 6.8)
        )
    }
}

fn length(a: (f64, f64), b: (f64, f64)) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

/// From one point towards another.
fn direction(from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    let length = length(from, to).max(f64::EPSILON);
    ((to.0 - from.0) / length, (to.1 - from.1) / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Machine;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(
            Xml("<a> & \"b\"\n\u{0}\u{ffff}c").to_string(),
            "&lt;a&gt; &amp; &quot;b&quot;&#10;c"
        );
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!(Px(12.0).to_string(), "12");
        assert_eq!(Px(12.345).to_string(), "12.3");
        assert_eq!(Px(-0.01).to_string(), "0");
    }

    #[test]
    fn the_same_machine_gives_the_same_picture() {
        let machine =
            r#"{"StartAt":"<&\">","States":{"<&\">":{"Type":"Pass","Comment":"why","End":true}}}"#;
        let draw = || {
            let drawing = Drawing::of(&Machine::parse(machine).expect("it is valid"));
            render(&drawing, Style::default())
        };
        assert_eq!(draw(), draw());
        assert!(draw().contains("&lt;&amp;&quot;&gt; (Pass)&#10;why"));
    }
}
