//! Reading the members of an object: each is asked for by name, and what nobody asked for is unknown.

use std::ops::RangeInclusive;

use super::codes;
use super::diagnostic::{Diagnostic, nearest};
use super::node::{Member, Node, NodeValue};
use crate::value::{Number, Span, Text};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// Reads one object.
pub(super) struct Reader<'a> {
    members: &'a [Member],
    location: String,
    /// What is being read, with its article: `a Pass state`.
    what: &'static str,
    span: Span,
    /// The names that were asked for.
    known: Vec<&'static str>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader over a node; `None`, and a diagnostic, when it is no object.
    pub(super) fn open(
        node: &'a Node,
        location: String,
        what: &'static str,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let Some(members) = node.members() else {
            let message = format!("expected an object, found {}", node.kind());
            diagnostics.push(not_an_object(location, node.span, message));
            return None;
        };
        let mut reader = Self {
            members,
            location,
            what,
            span: node.span,
            known: Vec::new(),
            diagnostics,
        };
        reader.refuse_duplicates();
        Some(reader)
    }

    fn refuse_duplicates(&mut self) {
        let mut names: Vec<(&Text, usize)> = self
            .members
            .iter()
            .map(|member| &member.name)
            .zip(0..)
            .collect();
        names.sort_unstable();
        let mut again: Vec<usize> = names
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .map(|pair| pair[1].1)
            .collect();
        again.sort_unstable();
        for at in again {
            let Member {
                name, name_span, ..
            } = &self.members[at];
            let message = format!("`{name}` is written twice");
            let diagnostic =
                Diagnostic::error(codes::DUPLICATE_FIELD, self.at(name), *name_span, message);
            self.report(diagnostic.told(format!("Duplicate field '{name}'")));
        }
    }

    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// The location of a member.
    pub(super) fn at(&self, name: &str) -> String {
        if self.location == "/" {
            format!("/{name}")
        } else {
            format!("{}/{name}", self.location)
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// Where the name of a member stands.
    pub(super) fn name_span(&self, name: &str) -> Span {
        self.members
            .iter()
            .rev()
            .find(|member| member.name == name)
            .map_or(self.span, |member| member.name_span)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        self.diagnostics
    }

    /// A member that nobody has asked for so far.
    pub(super) fn unasked(&self) -> Option<&'a str> {
        let names = self.members.iter().map(|member| member.name.as_str());
        names.into_iter().find(|name| !self.known.contains(name))
    }

    /// Whether a member is there. Does not count as asking for it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    /// The member, whatever it holds.
    pub(super) fn any(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        self.members
            .iter()
            .rev()
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }

    /// The member, unless it is missing.
    pub(super) fn required(&mut self, name: &'static str) -> Option<&'a Node> {
        let found = self.any(name);
        if found.is_none() {
            let message = format!("{} must have a `{name}`", self.what);
            let (location, span) = (self.location.clone(), self.opening());
            let diagnostic = Diagnostic::error(codes::MISSING_FIELD, location, span, message);
            self.report(diagnostic.told_missing(name));
        }
        found
    }

    /// The bracket that opens the object: where to point when something is missing in it.
    fn opening(&self) -> Span {
        Span {
            start: self.span.start,
            end: self.span.start + 1,
        }
    }

    fn wrong_type(&mut self, name: &str, node: &Node, wanted: &str) {
        let message = format!("`{name}` must be {wanted}, found {}", node.kind());
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, self.at(name), node.span, message);
        self.report(diagnostic.told(expected_type(wanted)));
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<Spanned<Text>> {
        let node = self.any(name)?;
        self.as_text(name, node)
    }

    pub(super) fn required_text(&mut self, name: &'static str) -> Option<Spanned<Text>> {
        let node = self.required(name)?;
        self.as_text(name, node)
    }

    fn as_text(&mut self, name: &str, node: &Node) -> Option<Spanned<Text>> {
        match node.text() {
            Some(text) => Some(Spanned {
                value: text.clone(),
                span: node.span,
            }),
            None => {
                self.wrong_type(name, node, "a string");
                None
            }
        }
    }

    /// A text that may be `null`.
    pub(super) fn nullable_text(&mut self, name: &'static str) -> Option<Option<Spanned<Text>>> {
        let node = self.any(name)?;
        if node.value == NodeValue::Null {
            return Some(None);
        }
        self.as_text(name, node).map(Some)
    }

    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let node = self.any(name)?;
        if let NodeValue::Bool(value) = node.value {
            return Some(value);
        }
        self.wrong_type(name, node, "a boolean");
        None
    }

    /// A whole number within a range.
    pub(super) fn integer(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<Spanned<u32>> {
        let node = self.any(name)?;
        self.as_integer(name, node, range)
    }

    pub(super) fn as_integer(
        &mut self,
        name: &str,
        node: &Node,
        range: RangeInclusive<u32>,
    ) -> Option<Spanned<u32>> {
        let NodeValue::Number(number) = &node.value else {
            self.wrong_type(name, node, "an integer");
            return None;
        };
        match number.as_i64().or_else(|| whole(number)) {
            None => self.wrong_type(name, node, "an integer"),
            Some(value) => match u32::try_from(value) {
                Ok(value) if range.contains(&value) => {
                    return Some(Spanned {
                        value,
                        span: node.span,
                    });
                }
                _ => {
                    let message = format!(
                        "`{name}` must be between {} and {}, found {number}",
                        range.start(),
                        range.end()
                    );
                    let code = codes::OUT_OF_RANGE;
                    let diagnostic = Diagnostic::error(code, self.at(name), node.span, message);
                    self.report(diagnostic.told(format!(
                        "Value must be between {} and {}",
                        range.start(),
                        range.end()
                    )));
                }
            },
        }
        None
    }

    /// A number.
    pub(super) fn number(&mut self, name: &'static str) -> Option<Spanned<f64>> {
        let node = self.any(name)?;
        if let NodeValue::Number(number) = &node.value {
            return Some(Spanned {
                value: number.as_f64(),
                span: node.span,
            });
        }
        self.wrong_type(name, node, "a number");
        None
    }

    /// A list with at least one element.
    pub(super) fn filled_list(&mut self, name: &'static str, node: &'a Node) -> Option<&'a [Node]> {
        let items = self.list(name, node)?;
        if items.is_empty() {
            let location = self.at(name);
            let message = format!("`{name}` must not be empty");
            let diagnostic = Diagnostic::error(codes::EMPTY, location, node.span, message);
            self.report(diagnostic.told("Value cannot be empty"));
        }
        Some(items)
    }

    pub(super) fn list(&mut self, name: &str, node: &'a Node) -> Option<&'a [Node]> {
        let items = node.items();
        if items.is_none() {
            self.wrong_type(name, node, "an array");
        }
        items
    }

    /// An object, to be read by somebody else.
    pub(super) fn object(&mut self, name: &'static str) -> Option<&'a Node> {
        let node = self.any(name)?;
        if node.members().is_none() {
            self.wrong_type(name, node, "an object");
            return None;
        }
        Some(node)
    }

    /// One of a fixed set of words.
    pub(super) fn word(
        &mut self,
        name: &'static str,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let text = self.text(name)?;
        if let Some(word) = words.iter().find(|word| **word == text.value) {
            return Some(word);
        }
        let message = format!("`{name}` must be {}, found `{}`", one_of(words), text.value);
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_VALUE, self.at(name), text.span, message)
                .told(one_of_these(name, words));
        if let Some(near) = nearest(&text.value, words.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.report(diagnostic);
        None
    }

    /// Complains when more than one of these members is there.
    pub(super) fn exclusive(&mut self, names: &[&'static str]) {
        let mut there = names.iter().filter(|name| self.has(name));
        if let (Some(first), Some(second)) = (there.next(), there.next()) {
            let message = format!("`{first}` and `{second}` cannot both be there");
            let (location, span) = (self.location.clone(), self.name_span(second));
            let diagnostic = Diagnostic::error(codes::EXCLUSIVE_FIELDS, location, span, message);
            self.report(diagnostic.told(format!(
                "Only one of these fields is allowed: [{}]",
                names.join(", ")
            )));
        }
    }

    /// Members of the other query language: they get a diagnostic of their own.
    pub(super) fn foreign(&mut self, names: &[&'static str], language: &str) {
        let own = if language == "JSONata" {
            "JSONPath"
        } else {
            "JSONata"
        };
        for name in names {
            self.known.push(name);
            if self.has(name) {
                let message =
                    format!("`{name}` belongs to {language}, which this state does not use");
                let help = format!(
                    "set `\"QueryLanguage\": \"{language}\"` on the state, or remove the field"
                );
                let (location, span) = (self.location.clone(), self.name_span(name));
                self.report(
                    Diagnostic::error(codes::WRONG_QUERY_LANGUAGE, location, span, message)
                        .told(format!(
                            "The QueryLanguage is set to '{own}', but field '{name}' is only supported for the '{language}' QueryLanguage"
                        ))
                        .help(help),
                );
            }
        }
    }

    /// Everything has been asked for: the rest is unknown.
    pub(super) fn finish(self) {
        for Member {
            name, name_span, ..
        } in self.members
        {
            if self.known.iter().any(|known| known == name) {
                continue;
            }
            let message = format!("{} has no field `{name}`", self.what);
            let mut diagnostic = Diagnostic::error(
                codes::UNKNOWN_FIELD,
                self.location.clone(),
                *name_span,
                message,
            )
            .told(format!("Field '{name}' is not supported"));
            if let Some(near) = nearest(name, self.known.iter().copied()) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            self.diagnostics.push(diagnostic);
        }
    }
}

/// The service names no place where the whole definition is no object.
pub(super) fn not_an_object(location: String, span: Span, message: String) -> Diagnostic {
    let is_whole = location == "/";
    let diagnostic = Diagnostic::error(codes::WRONG_TYPE, location, span, message);
    if is_whole {
        diagnostic.told_at(None, "Definition must be a valid JSON object")
    } else {
        diagnostic.told(expected_type("an object"))
    }
}

/// What the service says of a value of another type than `wanted`, which has its article.
pub(super) fn expected_type(wanted: &str) -> String {
    let name = match wanted {
        "a path" => "String",
        _ => wanted.split_once(' ').map_or(wanted, |(_, name)| name),
    };
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    format!("Expected value of type {name}")
}

/// What the service says of a field with a fixed set of values.
pub(super) fn one_of_these(name: &str, words: &[&str]) -> String {
    format!(
        "The field '{name}' should have one of these values: [{}]",
        words.join(", ")
    )
}

/// `2.0` is a whole number too.
fn whole(number: &Number) -> Option<i64> {
    let value = number.as_f64();
    (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64)
}

/// `A`, `B` or `C`, in backticks.
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
