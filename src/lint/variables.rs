//! Variables that have no value where they are read.

use std::collections::BTreeSet;

use super::reaching::Reaching;
use super::reads::Source;
use super::subject::{Finding, Subject};
use super::{Level, Lint};

pub(super) const VARIABLE_NEVER_ASSIGNED: Lint = Lint {
    name: "variable-never-assigned",
    summary: "a variable is read that no state before can have assigned",
    level: Level::Warn,
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let reaching = Reaching::new(subject);
    for place in &subject.places {
        let mut told = BTreeSet::new();
        for read in &place.reads {
            let Source::Variable(name) = &read.source else {
                continue;
            };
            if reaching.is_known(name, place.id) || !told.insert((name, &read.location)) {
                continue;
            }
            let (message, help) = if reaching.is_assigned_somewhere(name) {
                (
                    format!("`${name}` has no value here: no state that comes before assigns it"),
                    "what a branch or an iteration assigns is gone when it ends; a state's own `Assign` counts from the next state on",
                )
            } else {
                (
                    format!("`${name}` has no value here: no state assigns it"),
                    "give it one with `Assign` in a state before",
                )
            };
            findings.push(Finding::new(&read.location, read.span, message, help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::names;

    /// Whether a machine with these states, `A` first, is spoken of.
    fn check(states: &str, expected: bool) {
        let text = format!(r#"{{"StartAt": "A", "States": {{{states}}}}}"#);
        let found = names(&text).contains(&"variable-never-assigned");
        assert_eq!(found, expected, "{text}");
    }

    const READ: &str = r#""Type": "Pass", "Parameters": {"v.$": "$x"}"#;

    #[test]
    fn an_assignment_counts_from_the_next_state_on() {
        check(
            &format!(r#""A": {{{READ}, "End": true, "Assign": {{"x": 1}}}}"#),
            true,
        );
        let assigning = r#""A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}"#;
        check(
            &format!(r#"{assigning}, "B": {{{READ}, "End": true}}"#),
            false,
        );
    }

    #[test]
    fn an_assignment_in_a_loop_counts_the_second_time_round() {
        let choice = r#""B": {"Type": "Choice", "Default": "C", "Choices": [
            {"Variable": "$.go", "BooleanEquals": true, "Next": "A"}]}, "C": {"Type": "Succeed"}"#;
        check(
            &format!(r#""A": {{{READ}, "Next": "B", "Assign": {{"x": 1}}}}, {choice}"#),
            false,
        );
    }

    #[test]
    fn what_a_branch_assigns_is_gone_after_it_and_what_is_around_is_seen_in_it() {
        let inner = r#""Branches": [{"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true"#;
        check(
            &format!(
                r#""A": {{"Type": "Parallel", {inner}, "Assign": {{"x": 1}}}}}}}}], "Next": "B"}}, "B": {{{READ}, "End": true}}"#
            ),
            true,
        );
        check(
            &format!(
                r#""A": {{"Type": "Pass", "Assign": {{"x": 1}}, "Next": "B"}}, "B": {{"Type": "Parallel", {inner}, "Parameters": {{"v.$": "$x"}}}}}}}}], "End": true}}"#
            ),
            false,
        );
    }

    #[test]
    fn what_an_expression_binds_itself_is_no_variable() {
        let state = |output: &str| {
            format!(
                r#""A": {{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {output} %}}", "End": true}}"#
            )
        };
        check(&state("($x := 1; $x + $count([1]))"), false);
        check(&state("$x + 1"), true);
    }
}
