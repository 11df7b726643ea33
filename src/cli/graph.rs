//! `sfn-run graph` and `--graph`: pictures of machines, and of executions over them.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, ValueEnum};

use super::definition::DefinitionOptions;
use super::{Exit, render, terminal};
use crate::engine::HistoryEvent;
use crate::machine::Machine;
use crate::viz::{Direction, Drawing, Format, Overlay, Style};

const EXAMPLES: &str = "\
Examples:
  sfn-run graph machine.json -o machine.svg
  sfn-run graph machine.json -o machine.mmd
  sfn-run graph machine.json --direction right | dot -Tpng > machine.png
  sfn-run machine.json input.json --graph run.svg       # an execution over its machine";

/// The options of `sfn-run graph`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Graph {
    /// The definition: a file of JSON, JSON with comments or YAML, or a template; `-` is standard input
    machine: String,
    /// Where the picture goes; the file's ending tells the format: .svg, .dot, .gv, .mmd or .mermaid. Without it, to
    /// standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// What the picture is written in; dot if no file's ending tells
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Where time runs to
    #[arg(long, value_enum, default_value_t)]
    direction: Towards,
    #[command(flatten)]
    definition: DefinitionOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Dot,
    Svg,
    Mermaid,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Towards {
    #[default]
    Down,
    Right,
}

impl Graph {
    pub(super) fn run(&self) -> Exit {
        match self.draw() {
            Ok(()) => Exit::Success,
            Err(problem) => terminal::refuse(&problem),
        }
    }

    fn draw(&self) -> Result<(), String> {
        let format = match (self.format, &self.output) {
            (Some(Form::Dot), _) | (None, None) => Format::Dot,
            (Some(Form::Svg), _) => Format::Svg,
            (Some(Form::Mermaid), _) => Format::Mermaid,
            (None, Some(file)) => format_of(file)?,
        };
        let direction = match self.direction {
            Towards::Down => Direction::Down,
            Towards::Right => Direction::Right,
        };
        let definition = self.definition.one(&self.machine)?;
        let (machine, warnings) = render::compiled(&definition)?;
        render::diagnostics(&definition.source, &warnings);
        let picture = Drawing::of(&machine).render(format, Style { direction });
        match &self.output {
            Some(file) => write(file, &picture),
            None => terminal::print(&picture),
        }
    }
}

/// Draws an execution over its machine, from its events as they come.
#[derive(Clone)]
pub(super) struct Tracer {
    machine: Arc<Machine>,
    overlay: Arc<Mutex<Overlay>>,
    file: String,
    format: Format,
}

impl Tracer {
    /// Draws into that file. That it cannot be a picture is told before anything runs.
    pub(super) fn new(machine: &Arc<Machine>, file: &str) -> Result<Self, String> {
        let format = format_of(file)?;
        // A file that cannot be written is told of now: what runs cannot be run again.
        write(file, "")?;
        Ok(Self {
            machine: machine.clone(),
            overlay: Arc::default(),
            file: file.to_owned(),
            format,
        })
    }

    pub(super) fn take(&self, event: &HistoryEvent) {
        let mut overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        overlay.take(&self.machine, event);
    }

    /// Says that this was all.
    pub(super) fn finish(&self) -> Result<(), String> {
        let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        let drawing = Drawing::of_run(&self.machine, &overlay);
        write(&self.file, &drawing.render(self.format, Style::default()))
    }
}

/// The format that a file's ending tells.
fn format_of(file: &str) -> Result<Format, String> {
    let ending = Path::new(file)
        .extension()
        .and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("dot" | "gv") => Ok(Format::Dot),
        Some("mmd" | "mermaid") => Ok(Format::Mermaid),
        other => {
            let found = other.map_or_else(
                || "has no ending".to_owned(),
                |ending| format!("ends in .{ending}"),
            );
            let help = match other {
                Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "pdf") => {
                    "; write .svg, or make a .dot into one with Graphviz: dot -Tpng machine.dot"
                }
                _ => "; a picture is written as .svg, .dot (or .gv) or .mmd (or .mermaid)",
            };
            Err(format!(
                "{file}: cannot tell the format, the name {found}{help}"
            ))
        }
    }
}

fn write(file: &str, picture: &str) -> Result<(), String> {
    fs::write(file, picture).map_err(|error| format!("{file} cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_ending_tells_the_format() {
        assert_eq!(format_of("a/b.c/machine.SVG"), Ok(Format::Svg));
        assert_eq!(format_of("machine.gv"), Ok(Format::Dot));
        assert_eq!(format_of("machine.mmd"), Ok(Format::Mermaid));
        let told = |file: &str| format_of(file).unwrap_err();
        assert!(told("machine.png").contains("dot -Tpng"));
        assert!(told("machine.txt").contains("ends in .txt"));
        assert!(told("machine").contains("has no ending"));
    }
}
