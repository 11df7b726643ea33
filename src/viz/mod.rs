//! Pictures: a machine, or an execution over its machine, as Graphviz DOT, Mermaid or SVG.
//!
//! A [`Drawing`] is what a picture shows, whatever it is drawn with: states, transitions, branches in boxes. It is made
//! from a [`Machine`](crate::Machine); an [`Overlay`] takes in the history of an execution and is laid over it. The same
//! machine and the same history give the same bytes.
//!
//! ```
//! use sfn::Machine;
//! use sfn::viz::{Drawing, Format, Style};
//!
//! let machine = Machine::parse(r#"{
//!     "StartAt": "Greet",
//!     "States": { "Greet": { "Type": "Pass", "End": true } }
//! }"#).expect("the definition is valid");
//! let svg = Drawing::of(&machine).render(Format::Svg, Style::default());
//! assert!(svg.starts_with("<svg"));
//! ```

mod card;
mod dot;
mod icon;
mod layout;
mod measure;
mod mermaid;
mod model;
mod overlay;
mod palette;
mod run;
mod svg;
mod visit;
mod words;

pub use layout::{Layout, Point, Rect};
pub use model::{Cluster, Drawing, Link, LinkKind, Node, Shape};
pub use overlay::Overlay;
pub use run::{Caption, Ended, Items, Run};

/// What a picture is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Graphviz DOT.
    Dot,
    /// Scalable Vector Graphics, laid out here.
    Svg,
    /// A Mermaid flowchart.
    Mermaid,
}

/// Where a picture's time runs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the top to the bottom.
    #[default]
    Down,
    /// From the left to the right.
    Right,
}

/// How a picture is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Where time runs to.
    pub direction: Direction,
}

impl Drawing {
    /// Writes the picture.
    #[must_use]
    pub fn render(&self, format: Format, style: Style) -> String {
        match format {
            Format::Dot => dot::render(self, style),
            Format::Svg => svg::render(self, style),
            Format::Mermaid => mermaid::render(self, style),
        }
    }
}
