//! Placeholders that a deployment fills in: `${Name}`, `{{Name}}` and `<Name>`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::{Format, jsonc, scalar};
use crate::asl::{Diagnostic, Node, NodeValue, codes};
use crate::value::{NESTING, Span, Text};

/// How many bytes the values may come to that are filled in.
const FILLED: usize = 16 * 1024 * 1024;

/// What stands for placeholders.
#[derive(Clone, Debug, Default)]
pub struct Substitutions {
    values: BTreeMap<Text, Value>,
}

#[derive(Clone, Debug)]
struct Value {
    text: Text,
    forms: Forms,
}

/// In which forms a name is a placeholder.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Forms {
    /// `${Name}`, as `DefinitionSubstitutions` has it.
    Dollar,
    /// Any of the three.
    All,
}

impl Substitutions {
    /// Lets a value stand for a name, in all forms of placeholders.
    pub fn define(&mut self, name: &str, value: &str) {
        self.insert(name, value, Forms::All);
    }

    /// Lets a value stand for `${name}`, unless the name is defined already.
    pub(super) fn define_dollar(&mut self, name: &str, value: &str) {
        if !self.values.contains_key(name) {
            self.insert(name, value, Forms::Dollar);
        }
    }

    fn insert(&mut self, name: &str, value: &str, forms: Forms) {
        let text = Text::new(value);
        self.values.insert(Text::new(name), Value { text, forms });
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Text> {
        self.values.get(name).map(|value| &value.text)
    }

    /// Fills in the placeholders of a node that was read from that text.
    ///
    /// One that stands alone and without quotes becomes what its value is in the format: a number, a list.
    ///
    /// # Errors
    /// When a value that is no JSON stands without quotes in JSON, or the values come to too much.
    pub fn apply(&self, node: &mut Node, text: &str, format: Format) -> Result<(), Diagnostic> {
        if self.values.is_empty() {
            return Ok(());
        }
        let mut source = Source {
            text,
            format,
            left: FILLED,
        };
        self.fill(node, &mut source, 0)
    }

    fn fill(
        &self,
        node: &mut Node,
        source: &mut Source<'_>,
        depth: usize,
    ) -> Result<(), Diagnostic> {
        match &mut node.value {
            NodeValue::String(string) => {
                if let Some(filled) = self.filled(string, node.span, source)? {
                    node.value = source.value(&filled, node.span, depth)?;
                }
            }
            NodeValue::Array(items) => {
                for item in items {
                    self.fill(item, source, depth + 1)?;
                }
            }
            NodeValue::Object(members) => {
                for member in members {
                    if let Some(filled) = self.filled(&member.name, member.name_span, source)? {
                        member.name = Text::from(filled);
                    }
                    self.fill(&mut member.value, source, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The text with its placeholders filled in; `None` when there is none that is defined.
    fn filled(
        &self,
        text: &str,
        span: Span,
        source: &mut Source<'_>,
    ) -> Result<Option<String>, Diagnostic> {
        let mut out = String::new();
        let mut from = 0;
        for (range, name) in placeholders(text) {
            let value = self
                .values
                .get(name)
                .filter(|value| value.forms == Forms::All || text[range.start..].starts_with("${"));
            if let Some(value) = value {
                source.spend(value.text.len() + range.start - from, span)?;
                out.push_str(&text[from..range.start]);
                out.push_str(&value.text);
                from = range.end;
            }
        }
        Ok((from > 0).then(|| out + &text[from..]))
    }
}

/// What a node was read from, and what may still be filled in.
struct Source<'a> {
    text: &'a str,
    format: Format,
    left: usize,
}

impl Source<'_> {
    fn spend(&mut self, bytes: usize, span: Span) -> Result<(), Diagnostic> {
        let message = "the values of placeholders come to too much";
        let left = self.left.checked_sub(bytes);
        self.left =
            left.ok_or_else(|| Diagnostic::error(codes::INVALID_TEMPLATE, "/", span, message))?;
        Ok(())
    }

    /// What a string becomes whose placeholders were filled in.
    fn value(&self, filled: &str, span: Span, depth: usize) -> Result<NodeValue, Diagnostic> {
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        let alone = placeholders(written).next().map(|(range, _)| range) == Some(0..written.len());
        if !alone {
            return Ok(NodeValue::String(Text::new(filled)));
        }
        if self.format == Format::Yaml {
            return Ok(scalar::plain(filled));
        }
        match Node::from_json(filled.as_bytes()) {
            Ok(mut node) if height(&node) + depth <= NESTING => {
                place(&mut node, span);
                Ok(node.value)
            }
            _ => {
                let message = format!("`{filled}` stands for `{written}`, and is no JSON");
                let diagnostic = Diagnostic::error(codes::INVALID_JSON, "/", span, message);
                Err(diagnostic.help("put the placeholder into double quotes, if it is a text"))
            }
        }
    }
}

/// How deep a node nests.
fn height(node: &Node) -> usize {
    match &node.value {
        NodeValue::Array(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        NodeValue::Object(members) => {
            let heights = members.iter().map(|member| height(&member.value));
            1 + heights.max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// Lets a node and all that is in it stand there.
fn place(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        NodeValue::Array(items) => items.iter_mut().for_each(|item| place(item, span)),
        NodeValue::Object(members) => {
            for member in members {
                member.name_span = span;
                place(&mut member.value, span);
            }
        }
        _ => {}
    }
}

/// The placeholders of a text, with their names.
fn placeholders(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(at) = text[from..].find(['$', '{', '<']) {
            let at = from + at;
            if let Some((length, name)) = placeholder(&text[at..]) {
                from = at + length;
                return Some((at..from, name));
            }
            from = at + 1;
        }
        None
    })
}

/// The placeholder that a text begins with: its length and its name.
fn placeholder(text: &str) -> Option<(usize, &str)> {
    let (open, close) = match text.as_bytes() {
        [b'$', b'{', ..] => ("${", "}"),
        [b'{', b'{', ..] => ("{{", "}}"),
        [b'<', ..] => ("<", ">"),
        _ => return None,
    };
    let inside = &text[open.len()..];
    let of_a_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let blanks = inside.len() - inside.trim_start_matches(' ').len();
    let rest = &inside[blanks..];
    let end = rest.find(|c| !of_a_name(c)).unwrap_or(rest.len());
    let behind = rest[end..].trim_start_matches(' ');
    if end == 0 || !behind.starts_with(close) {
        return None;
    }
    let length = text.len() - behind.len() + close.len();
    Some((length, &rest[..end]))
}

/// JSON whose bare placeholders stand in quotes, byte for byte as long: the first and the last byte make room.
pub(super) fn quoted(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b'"' => jsonc::string_end(bytes, at),
            b'$' | b'{' | b'<' => match placeholder(&json[at..]) {
                Some((length, _)) => {
                    let out = out.get_or_insert_with(|| bytes.to_vec());
                    out[at] = b'"';
                    out[at + length - 1] = b'"';
                    at + length
                }
                None => at + 1,
            },
            _ => at + 1,
        };
    }
    out.map_or(Cow::Borrowed(json), |out| {
        Cow::Owned(String::from_utf8(out).expect("whole characters were replaced"))
    })
}

/// Gives the strings back what [`quoted`] took from them.
pub(super) fn unquote(node: &mut Node, text: &str) {
    let bare = |span: Span| {
        let written = &text[span.start..span.end];
        (!written.starts_with('"')).then(|| Text::new(written))
    };
    match &mut node.value {
        NodeValue::String(string) => {
            if let Some(written) = bare(node.span) {
                *string = written;
            }
        }
        NodeValue::Array(items) => items.iter_mut().for_each(|item| unquote(item, text)),
        NodeValue::Object(members) => {
            for member in members {
                if let Some(written) = bare(member.name_span) {
                    member.name = written;
                }
                unquote(&mut member.value, text);
            }
        }
        _ => {}
    }
}

/// The first placeholder of JSON that stands without quotes and was not filled in: the service takes no such text.
#[must_use]
pub fn bare_placeholder(node: &Node, text: &str) -> Option<Diagnostic> {
    let wrong = |span: Span| {
        let written = text.get(span.start..span.end)?;
        let (range, name) = placeholders(written).next()?;
        (range == (0..written.len())).then(|| {
            let message = format!("the placeholder `{written}` is not defined");
            let help = format!("say --define {name}=VALUE, or --placeholders allow");
            Diagnostic::error(codes::INVALID_JSON, "/", span, message).help(help)
        })
    };
    match &node.value {
        NodeValue::String(_) => wrong(node.span),
        NodeValue::Array(items) => items.iter().find_map(|item| bare_placeholder(item, text)),
        NodeValue::Object(members) => members.iter().find_map(|member| {
            wrong(member.name_span).or_else(|| bare_placeholder(&member.value, text))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn check(text: &str, format: Format, expected: &str) {
        let mut substitutions = Substitutions::default();
        for (name, value) in [("Name", "Ann"), ("N", "7"), ("List", "[1, {\"a\": 2}]")] {
            substitutions.define(name, value);
        }
        let mut node = read(text, format).unwrap();
        substitutions.apply(&mut node, text, format).unwrap();
        assert_eq!(node.to_json().to_string(), expected, "{text}");
    }

    #[test]
    fn placeholders_in_texts_are_filled_in() {
        check(
            r#"["a ${Name} {{N}} <N> ${ N }", "<Nobody> ${Other} $"]"#,
            Format::Json,
            r#"["a Ann 7 7 7","<Nobody> ${Other} $"]"#,
        );
        check(
            r#"{"${Name}": "{{Name}}"}"#,
            Format::Json,
            r#"{"Ann":"Ann"}"#,
        );
        check(r#"["${N}"]"#, Format::Json, r#"["7"]"#);
        check(
            "a: \"${N}\"\nb: '${List}'",
            Format::Yaml,
            r#"{"a":"7","b":"[1, {\"a\": 2}]"}"#,
        );
    }

    #[test]
    fn a_placeholder_without_quotes_becomes_a_value() {
        check(
            r#"{"a": ${N}, "b": {{List}}, "c": <N>, "d": ${Other}}"#,
            Format::Json,
            r#"{"a":7,"b":[1,{"a":2}],"c":7,"d":"${Other}"}"#,
        );
        check("a: ${N}\nb: x${N}", Format::Yaml, r#"{"a":7,"b":"x7"}"#);
    }

    #[test]
    fn a_text_does_not_stand_bare_in_json() {
        let mut substitutions = Substitutions::default();
        substitutions.define("Name", "Ann");
        let text = r#"{"a": ${Name}}"#;
        let mut node = read(text, Format::Json).unwrap();
        let error = substitutions
            .apply(&mut node, text, Format::Json)
            .unwrap_err();
        assert_eq!((error.span.start, error.span.end), (6, 13));
    }
}
