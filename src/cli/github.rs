//! What checking found as commands of GitHub's workflows, which show it beside the changed lines.

use super::findings::Findings;
use crate::asl::Severity;

/// One command for each diagnostic.
pub(super) fn commands(findings: &[Findings]) -> String {
    let mut out = String::new();
    for found in findings {
        let file = property(&found.definition.source.name);
        for (diagnostic, place) in found.placed() {
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let (line, column) = place.start;
            let title = property(diagnostic.code);
            let mut message = format!("{} at {}", diagnostic.message, diagnostic.location);
            if let Some(help) = &diagnostic.help {
                message.push_str(&format!("\nhelp: {help}"));
            }
            out.push_str(&format!(
                "::{command} file={file},line={line},col={column},title={title}::{}\n",
                data(&message)
            ));
        }
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50%\r\n::x"), "50%25%0D%0A::x");
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
