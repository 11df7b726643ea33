//! `MockConfigFile.json`: test cases of machines, and the responses that they name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Mock;
use super::responses::{Mocked, Responses, Script};
use crate::asl::{Diagnostic, Member, Node, NodeValue, codes, nearest};
use crate::engine::Failure;
use crate::value::{Span, Text};

/// A file of mocks, as Step Functions Local reads it (AWS Step Functions Developer Guide, § Using mocked service
/// integrations for testing).
///
/// Two members go beyond it: `AfterSeconds` beside `Return` or `Throw`, and `Iterations` beside the numbers of calls
/// (see [`Responses`]).
#[derive(Clone, Debug, Default)]
pub struct MockFile {
    machines: BTreeMap<Text, BTreeMap<Text, TestCase>>,
}

/// Which mock answers which state.
type TestCase = BTreeMap<Text, (Text, Arc<Responses>)>;

/// A machine or a test case that a file of mocks does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MockError {
    /// `StateMachines` has no member of that name.
    #[error("the file has no machine `{machine}`, but {}", list(.known))]
    UnknownMachine {
        /// The name.
        machine: String,
        /// The names that it has.
        known: Vec<Text>,
    },
    /// `TestCases` of the machine has no member of that name.
    #[error("the machine `{machine}` has no test case `{case}`, but {}", list(.known))]
    UnknownCase {
        /// The name of the machine.
        machine: String,
        /// The name.
        case: String,
        /// The names that it has.
        known: Vec<Text>,
    },
}

fn list(names: &[Text]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "none at all".to_owned(),
        names => names.join(", "),
    }
}

impl MockFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn parse(text: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        let root = Node::from_json(text).map_err(|error| {
            let span = Span {
                start: error.offset,
                end: error.offset + 1,
            };
            vec![Diagnostic::error(
                codes::INVALID_JSON,
                "/",
                span,
                error.message,
            )]
        })?;
        let mut reader = Reader::default();
        let file = reader.file(&root);
        if reader.wrong.is_empty() {
            Ok(file)
        } else {
            // In the order in which they stand in the file.
            reader.wrong.sort_by_key(|diagnostic| diagnostic.span.start);
            Err(reader.wrong)
        }
    }

    /// The names of the machines that have test cases.
    pub fn machines(&self) -> impl Iterator<Item = &str> {
        self.machines.keys().map(Text::as_str)
    }

    /// The names of the test cases of a machine; none for a machine that is not there.
    pub fn test_cases(&self, machine: &str) -> impl Iterator<Item = &str> {
        let cases = self.machines.get(machine);
        cases
            .into_iter()
            .flat_map(|cases| cases.keys().map(Text::as_str))
    }

    /// The answers of a test case, for one execution.
    ///
    /// # Errors
    /// When there is no such machine, or no such test case of it.
    pub fn mock(&self, machine: &str, case: &str) -> Result<Mock, MockError> {
        let cases = self
            .machines
            .get(machine)
            .ok_or_else(|| MockError::UnknownMachine {
                machine: machine.to_owned(),
                known: self.machines.keys().cloned().collect(),
            })?;
        let states = cases.get(case).ok_or_else(|| MockError::UnknownCase {
            machine: machine.to_owned(),
            case: case.to_owned(),
            known: cases.keys().cloned().collect(),
        })?;
        Ok(Mock::new(states.clone()))
    }
}

/// The place of a member.
fn below(at: &str, name: &str) -> String {
    format!("{at}/{name}")
}

/// Reads a file and collects what is wrong with it.
#[derive(Default)]
struct Reader {
    wrong: Vec<Diagnostic>,
}

impl Reader {
    fn file(&mut self, root: &Node) -> MockFile {
        self.only(root, "", &["StateMachines", "MockedResponses"]);
        let mut responses = BTreeMap::new();
        for (name, node, at) in self.members_of(root, "", "MockedResponses") {
            responses.insert(name.clone(), Arc::new(self.responses(node, &at)));
        }
        let mut machines = BTreeMap::new();
        for (name, node, at) in self.members_of(root, "", "StateMachines") {
            self.only(node, &at, &["TestCases"]);
            let mut cases = BTreeMap::new();
            for (case, states, at) in self.members_of(node, &at, "TestCases") {
                cases.insert(case.clone(), self.test_case(states, &at, &responses));
            }
            machines.insert(name.clone(), cases);
        }
        MockFile { machines }
    }

    fn test_case(
        &mut self,
        states: &Node,
        at: &str,
        responses: &BTreeMap<Text, Arc<Responses>>,
    ) -> TestCase {
        let mut case = TestCase::new();
        for member in self.members(states, at) {
            let at = below(at, &member.name);
            let Some(name) = member.value.text() else {
                self.wrong_kind(&member.value, &at, "the name of a mocked response");
                continue;
            };
            let Some(found) = responses.get(name) else {
                self.unknown_response(&member.value, &at, name, responses);
                continue;
            };
            case.insert(member.name.clone(), (name.clone(), found.clone()));
        }
        case
    }

    fn unknown_response(
        &mut self,
        node: &Node,
        at: &str,
        name: &str,
        responses: &BTreeMap<Text, Arc<Responses>>,
    ) {
        let message = format!("`MockedResponses` has no `{name}`");
        let known = nearest(name, responses.keys().map(Text::as_str));
        let help = match known {
            Some(known) => format!("`{known}` is there"),
            None => format!("add \"{name}\": {{\"0\": {{\"Return\": {{}}}}}} to `MockedResponses`"),
        };
        self.tell(Diagnostic::error(codes::INVALID_MOCK, at, node.span, message).help(help));
    }

    fn responses(&mut self, node: &Node, at: &str) -> Responses {
        let mut responses = Responses::default();
        let members = self.members(node, at);
        let (own, calls): (Vec<_>, Vec<_>) = members
            .iter()
            .partition(|member| member.name == "Iterations");
        responses.calls = self.script(&calls, at);
        for iterations in own {
            let at = below(at, "Iterations");
            let members: Vec<_> = self.members(&iterations.value, &at).iter().collect();
            for (first, last, member) in self.ranges(&members, &at, "an iteration") {
                let at = below(&at, &member.name);
                let calls: Vec<_> = self.members(&member.value, &at).iter().collect();
                let script = self.script(&calls, &at);
                responses.iterations.push((first, last, script));
            }
        }
        responses
    }

    fn script(&mut self, calls: &[&Member], at: &str) -> Script {
        let mut ranges = Vec::new();
        for (first, last, member) in self.ranges(calls, at, "a call") {
            if let Some(mocked) = self.mocked(&member.value, &below(at, &member.name)) {
                ranges.push((first, last, mocked));
            }
        }
        Script { ranges }
    }

    /// The ranges that members are named by, in order. Each number may have one.
    fn ranges<'n>(
        &mut self,
        members: &[&'n Member],
        at: &str,
        what: &str,
    ) -> Vec<(u32, u32, &'n Member)> {
        let mut ranges: Vec<_> = members
            .iter()
            .filter_map(|member| {
                let (first, last) = self.range(member, &below(at, &member.name), what)?;
                Some((first, last, *member))
            })
            .collect();
        ranges.sort_by_key(|(first, ..)| *first);
        let mut end = None;
        ranges.retain(|(first, last, member)| {
            let is_free = end.is_none_or(|end| *first > end);
            if is_free {
                end = Some(*last);
            } else {
                let message = format!("{what} with the number {first} has two responses");
                let at = below(at, &member.name);
                let diagnostic =
                    Diagnostic::error(codes::INVALID_MOCK, at, member.name_span, message);
                self.tell(diagnostic.help("let each have one: \"0\", \"1-2\", \"3\""));
            }
            is_free
        });
        ranges
    }

    /// `"3"` or `"1-2"`.
    fn range(&mut self, member: &Member, at: &str, what: &str) -> Option<(u32, u32)> {
        let name = member.name.as_str();
        let (first, last) = name.split_once('-').unwrap_or((name, name));
        let number = |text: &str| {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse().ok()).flatten()
        };
        let range = number(first).zip(number(last));
        let range = range.filter(|(first, last): &(u32, u32)| first <= last);
        if range.is_none() {
            let message = format!("`{name}` is no number of {what}");
            let help = "numbers count from \"0\"; \"1-2\" is the second and the third";
            self.tell(
                Diagnostic::error(codes::INVALID_MOCK, at, member.name_span, message).help(help),
            );
        }
        range
    }

    fn mocked(&mut self, node: &Node, at: &str) -> Option<Mocked> {
        self.only(node, at, &["Return", "Throw", "AfterSeconds"]);
        let delay = self.delay(node, at)?;
        let answer = match (node.get("Return"), node.get("Throw")) {
            (Some(value), None) => Ok(value.to_json()),
            (None, Some(thrown)) => Err(self.thrown(thrown, &below(at, "Throw"))?),
            (Some(_), Some(_)) | (None, None) => {
                let message = "a response has one of `Return` and `Throw`";
                let help = "write {\"Return\": VALUE} or {\"Throw\": {\"Error\": \"NAME\", \"Cause\": \"TEXT\"}}";
                let diagnostic = Diagnostic::error(codes::INVALID_MOCK, at, node.span, message);
                self.tell(diagnostic.help(help));
                return None;
            }
        };
        Some(Mocked { delay, answer })
    }

    fn delay(&mut self, node: &Node, at: &str) -> Option<Duration> {
        let Some(delay) = node.get("AfterSeconds") else {
            return Some(Duration::ZERO);
        };
        let seconds = match &delay.value {
            NodeValue::Number(number) => Duration::try_from_secs_f64(number.as_f64()).ok(),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::String(_)
            | NodeValue::Array(_)
            | NodeValue::Object(_) => None,
        };
        if seconds.is_none() {
            let wanted = "a number of seconds, from 0 to some billions,";
            self.wrong_kind(delay, &below(at, "AfterSeconds"), wanted);
        }
        seconds
    }

    fn thrown(&mut self, node: &Node, at: &str) -> Option<Failure> {
        self.only(node, at, &["Error", "Cause"]);
        let error = self.thrown_text(node, at, "Error");
        let cause = self.thrown_text(node, at, "Cause");
        Some(Failure {
            error: error?,
            cause: cause?,
        })
    }

    fn thrown_text(&mut self, node: &Node, at: &str, name: &str) -> Option<Option<Arc<str>>> {
        let Some(member) = node.get(name) else {
            return Some(None);
        };
        let text = member.text().map(|text| Some(Arc::from(text.as_str())));
        if text.is_none() {
            self.wrong_kind(member, &below(at, name), "a string");
        }
        text
    }

    /// The members of a member, each with its place.
    fn members_of<'n>(
        &mut self,
        node: &'n Node,
        at: &str,
        name: &str,
    ) -> Vec<(&'n Text, &'n Node, String)> {
        let at = below(at, name);
        let Some(member) = node.get(name) else {
            if node.members().is_some() {
                let message = format!("`{name}` is missing");
                self.tell(Diagnostic::error(
                    codes::MISSING_FIELD,
                    at,
                    node.span,
                    message,
                ));
            }
            return Vec::new();
        };
        let members = self.members(member, &at).iter();
        members
            .map(|member| (&member.name, &member.value, below(&at, &member.name)))
            .collect()
    }

    fn members<'n>(&mut self, node: &'n Node, at: &str) -> &'n [Member] {
        let members = node.members();
        if members.is_none() {
            self.wrong_kind(node, at, "an object");
        }
        members.unwrap_or_default()
    }

    fn only(&mut self, node: &Node, at: &str, names: &[&str]) {
        for member in self.members(node, at) {
            if !names.contains(&member.name.as_str()) {
                let message = format!("`{}` is not known here", member.name);
                let at = below(at, &member.name);
                let known: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                self.tell(
                    Diagnostic::error(codes::UNKNOWN_FIELD, at, member.name_span, message)
                        .help(format!("known are {}", known.join(", "))),
                );
            }
        }
    }

    fn wrong_kind(&mut self, node: &Node, at: &str, wanted: &str) {
        let at = if at.is_empty() { "/" } else { at };
        let message = format!("{wanted} is wanted, found {}", node.kind());
        self.tell(Diagnostic::error(codes::WRONG_TYPE, at, node.span, message));
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        self.wrong.push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let wrong = MockFile::parse(text.as_bytes()).expect_err("something is wrong");
        let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(wrong, expected, "{text}");
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place() {
        check(
            "[]",
            &["error[wrong-type]: an object is wanted, found an array at /"],
        );
        check(
            r#"{"StateMachines":{"M":{"TestCases":{"C":{"T":"Good","U":7}}}},"MockedResponses":{"God":{}}}"#,
            &[
                "error[invalid-mock]: `MockedResponses` has no `Good` at /StateMachines/M/TestCases/C/T",
                "error[wrong-type]: the name of a mocked response is wanted, found a number at /StateMachines/M/TestCases/C/U",
            ],
        );
        check(
            r#"{"StateMachines":{},"MockedResponses":{"R":{"0":{},"x":{"Return":1},"2-1":{"Return":1},"3":{"Throw":{"Error":5}}}}}"#,
            &[
                "error[invalid-mock]: a response has one of `Return` and `Throw` at /MockedResponses/R/0",
                "error[invalid-mock]: `x` is no number of a call at /MockedResponses/R/x",
                "error[invalid-mock]: `2-1` is no number of a call at /MockedResponses/R/2-1",
                "error[wrong-type]: a string is wanted, found a number at /MockedResponses/R/3/Throw/Error",
            ],
        );
        check(
            r#"{"StateMachines":{},"MockedResponses":{"R":{"0-2":{"Return":1},"1":{"Return":1,"AfterSeconds":-1}}}}"#,
            &[
                "error[invalid-mock]: a call with the number 1 has two responses at /MockedResponses/R/1",
            ],
        );
    }

    #[test]
    fn iterations_are_told_apart_too() {
        check(
            r#"{"StateMachines":{},"MockedResponses":{"R":{"Iterations":{"0-3":{},"2":{},"+1":{}}}}}"#,
            &[
                "error[invalid-mock]: an iteration with the number 2 has two responses at /MockedResponses/R/Iterations/2",
                "error[invalid-mock]: `+1` is no number of an iteration at /MockedResponses/R/Iterations/+1",
            ],
        );
    }

    #[test]
    fn a_case_that_is_not_there_is_told_beside_those_that_are() {
        let text = br#"{"StateMachines":{"M":{"TestCases":{"C":{}}}},"MockedResponses":{}}"#;
        let file = MockFile::parse(text).expect("the file is well-formed");
        let told = |machine, case| {
            file.mock(machine, case)
                .err()
                .map(|error| error.to_string())
        };
        assert_eq!(
            told("N", "C").as_deref(),
            Some("the file has no machine `N`, but `M`")
        );
        assert_eq!(
            told("M", "D").as_deref(),
            Some("the machine `M` has no test case `D`, but `C`")
        );
    }

    #[test]
    fn iterations_can_have_answers_of_their_own() {
        let text =
            br#"{"StateMachines":{"M":{"TestCases":{"C":{"T":"R"}}}},"MockedResponses":{"R":{
            "0-9":{"Return":0},"Iterations":{"2-3":{"0":{"Return":1,"AfterSeconds":1.5}}}}}}"#;
        let file = MockFile::parse(text).expect("the file is well-formed");
        let (_, responses) = &file.machines["M"]["C"]["T"];
        let said = |iteration, call| {
            let (script, alone) = responses.script(iteration);
            (alone, script.get(call).cloned())
        };
        let answer = |value: i64, delay| Mocked {
            delay,
            answer: Ok(value.into()),
        };
        assert_eq!(said(None, 9), (false, Some(answer(0, Duration::ZERO))));
        assert_eq!(said(Some(1), 10), (false, None));
        let later = answer(1, Duration::from_millis(1500));
        assert_eq!(said(Some(3), 0), (true, Some(later)));
        assert_eq!(said(Some(3), 1), (true, None));
    }
}
