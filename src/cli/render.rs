//! Diagnostics as rustc prints them: the place, the line, a caret, a mend.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::definition::Definition;
use super::input::Source;
use super::terminal;
use crate::asl::{Diagnostic, Severity, line_column};
use crate::machine::Machine;

/// How many diagnostics are shown; the rest is counted.
const SHOWN: usize = 50;

/// How much of a line is shown around its mistake, in bytes: a definition may be one line of a megabyte.
const WINDOW: usize = 160;

/// Prints diagnostics to standard error. Answers how many of them are errors.
pub(super) fn diagnostics(source: &Source, diagnostics: &[Diagnostic]) -> usize {
    let text = String::from_utf8_lossy(&source.text);
    for diagnostic in diagnostics.iter().take(SHOWN) {
        terminal::tell(&one(
            &source.name,
            &text,
            diagnostic,
            terminal::has_colour(),
        ));
    }
    if diagnostics.len() > SHOWN {
        terminal::tell(&format!("... and {} more", diagnostics.len() - SHOWN));
    }
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count()
}

/// Compiles a definition; answers what looks wrong, too. Tells everything that is wrong when it cannot.
pub(super) fn compiled(definition: &Definition) -> Result<(Machine, Vec<Diagnostic>), String> {
    definition.compiled().map_err(|errors| {
        diagnostics(&definition.source, &errors);
        format!("{} is no valid definition", definition.title)
    })
}

/// One diagnostic as text.
fn one(name: &str, text: &str, diagnostic: &Diagnostic, colour: bool) -> String {
    let (line, column) = line_column(text, diagnostic.span.start);
    let (excerpt, start) = excerpt(text, diagnostic.span.start);
    let from = diagnostic
        .span
        .start
        .saturating_sub(start)
        .min(excerpt.len());
    let to = diagnostic
        .span
        .end
        .saturating_sub(start)
        .clamp(from, excerpt.len());
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let marked = AnnotationKind::Primary.span(boundary(excerpt, from)..boundary(excerpt, to));
    let snippet = Snippet::source(excerpt)
        .line_start(line)
        .path(name)
        .annotation(marked);
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code);
    let report = [title.element(snippet)];
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut shown = with_place(
        &renderer.render(&report),
        name,
        (line, column),
        &diagnostic.location,
    );
    if let Some(help) = &diagnostic.help {
        shown.push_str(&format!("\nhelp: {help}"));
    }
    shown.push('\n');
    shown
}

/// The line that a byte stands in, or the part of it around that byte; and where it begins.
fn excerpt(text: &str, at: usize) -> (&str, usize) {
    let at = boundary(text, at.min(text.len()));
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[at..]
        .find(['\r', '\n'])
        .map_or(text.len(), |newline| at + newline);
    let start = boundary(text, line_start.max(at.saturating_sub(WINDOW)));
    let end = boundary(text, line_end.min(at + WINDOW));
    (&text[start..end], start)
}

/// The nearest place at or before a byte where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The library shows where in the excerpt the mark is; people want to know where in the file, and in the machine.
fn with_place(shown: &str, name: &str, (line, column): (usize, usize), location: &str) -> String {
    let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
    let arrow = lines
        .iter_mut()
        .find_map(|line| line.find("--> ").map(|at| (line, at)));
    if let Some((line_shown, at)) = arrow {
        line_shown.truncate(at);
        line_shown.push_str(&format!("--> {name}:{line}:{column}  {location}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;

    #[test]
    fn a_mistake_is_shown_with_its_place_and_its_mend() {
        let text = "{\n  \"StartAt\": \"Validate\",\n  \"States\": {\n    \"Validate\": { \"Type\": \"Pass\", \"Next\": \"Chrage\" },\n    \"Charge\": { \"Type\": \"Succeed\" }\n  }\n}\n";
        let diagnostics = Machine::parse(text).err().expect("it is wrong");
        let shown = one("machine.json", text, &diagnostics[0], false);
        let expected = "error[next-not-found]: state `Chrage` does not exist\n --> machine.json:4:43  /States/Validate/Next\n  |\n4 |     \"Validate\": { \"Type\": \"Pass\", \"Next\": \"Chrage\" },\n  |                                           ^^^^^^^^\nhelp: did you mean `Charge`?\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn one_long_line_is_shown_in_part() {
        let text = format!("{{\"Comment\":\"{}\",\"StartAt\":1}}", "x".repeat(500_000));
        let diagnostics = Machine::parse(&text).err().expect("it is wrong");
        assert!(one("m.json", &text, &diagnostics[0], false).len() < 2_000);
    }
}
