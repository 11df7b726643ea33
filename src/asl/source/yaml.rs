//! YAML to nodes: anchors and aliases are followed, merge keys merged, short tags of CloudFormation written out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, Tag};

use super::{INVALID_YAML, scalar};
use crate::asl::{Diagnostic, Member, Node, NodeValue};
use crate::value::{NESTING, Span, Text};

/// What the aliases of a text may weigh: far above what a definition of the service's largest size holds.
const ALIASED: usize = 500_000;

/// Reads one document of YAML.
pub(super) fn read(text: &str) -> Result<Node, Diagnostic> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        text,
        places: Places::of(body, text.len() - body.len()),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        aliased: 0,
        done: None,
    };
    let mut parser = Parser::new_from_str(body);
    while let Some(event) = parser.next_event() {
        let (event, marks) = event.map_err(|error| reader.refused(&error))?;
        reader.take(event, &marks)?;
    }
    let end = Span {
        start: text.len(),
        end: text.len(),
    };
    reader.done.ok_or_else(|| wrong(end, "the text is empty"))
}

fn wrong(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(INVALID_YAML, "/", span, message)
}

/// From the parser's characters to bytes.
struct Places {
    /// Where each character begins; empty where every character is a byte.
    starts: Vec<usize>,
    /// The bytes in front of what is parsed.
    before: usize,
    length: usize,
}

impl Places {
    fn of(text: &str, before: usize) -> Self {
        let starts = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).collect()
        };
        Self {
            starts,
            before,
            length: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        let at = match self.starts.as_slice() {
            [] => character.min(self.length),
            starts => starts.get(character).copied().unwrap_or(self.length),
        };
        self.before + at
    }

    fn span(&self, marks: &Marks) -> Span {
        let start = self.byte(marks.start.index());
        Span {
            start,
            end: self.byte(marks.end.index()).max(start),
        }
    }
}

/// A sequence or mapping that has not ended.
struct Open {
    span: Span,
    anchor: usize,
    /// The name of the intrinsic function that a short tag stands for.
    function: Option<Text>,
    value: NodeValue,
    key: Option<Key>,
    /// Which members came through a merge key: what is written out wins over them.
    merged: Option<Range<usize>>,
    /// How deep the deepest of its parts nests.
    inner: usize,
}

/// What stands in front of a value in a mapping.
enum Key {
    Name(Text, Span),
    Merge,
}

/// What an anchor names.
struct Anchored {
    node: Node,
    depth: usize,
}

struct Reader<'a> {
    text: &'a str,
    places: Places,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    aliased: usize,
    done: Option<Node>,
}

impl Reader<'_> {
    fn refused(&self, error: &ScanError) -> Diagnostic {
        let start = self.places.byte(error.marker().index());
        let span = Span {
            start,
            end: start + 1,
        };
        wrong(span, format!("no YAML: {}", error.info()))
    }

    fn take(&mut self, event: Event<'_>, marks: &Marks) -> Result<(), Diagnostic> {
        let span = self.places.span(marks);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref();
                let span = if anchor != 0 || tag.is_some() {
                    self.without_properties(span)
                } else {
                    span
                };
                let plain = style == ScalarStyle::Plain && tag.is_none();
                if self.wants_name() {
                    return self.name(&text, span, plain);
                }
                let value = value(&text, plain, tag, span)?;
                let node = wrapped(Node { span, value }, function(tag, span)?);
                self.add(node, anchor, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(NodeValue::Array(Vec::new()), anchor, tag.as_deref(), span)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(NodeValue::Object(Vec::new()), anchor, tag.as_deref(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::DocumentStart(_) if self.done.is_some() => Err(wrong(
                span,
                "a second document begins here: a definition is one",
            )),
            _ => Ok(()),
        }
    }

    /// A scalar's place includes its tag and anchor, which are not its text.
    fn without_properties(&self, span: Span) -> Span {
        let written = &self.text[span.start..span.end];
        let mut rest = written;
        while rest.starts_with(['!', '&']) {
            let behind = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest[behind..].trim_start();
        }
        Span {
            start: span.start + written.len() - rest.len(),
            end: span.end,
        }
    }

    /// Whether the next scalar is the name of a member.
    fn wants_name(&self) -> bool {
        let open = self.open.last();
        open.is_some_and(|open| matches!(open.value, NodeValue::Object(_)) && open.key.is_none())
    }

    fn name(&mut self, text: &str, span: Span, plain: bool) -> Result<(), Diagnostic> {
        let open = self.open.last_mut().expect("a name was wanted");
        open.key = Some(match text {
            "<<" if plain && open.merged.is_some() => {
                return Err(wrong(span, "`<<` is written twice"));
            }
            "<<" if plain => Key::Merge,
            _ => Key::Name(Text::new(text), span),
        });
        Ok(())
    }

    fn begin(
        &mut self,
        value: NodeValue,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Diagnostic> {
        if self.wants_name() {
            return Err(wrong(span, "the name of a member must be a text"));
        }
        if self.open.len() == NESTING {
            return Err(too_deep(span));
        }
        self.open.push(Open {
            span,
            anchor,
            function: function(tag, span)?,
            value,
            key: None,
            merged: None,
            inner: 0,
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Diagnostic> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        open.drop_overwritten();
        // A block ends where the next thing begins, which is too far: it ends where its last part does.
        let last = match &open.value {
            NodeValue::Array(items) => items.last().map(|item| item.span.end),
            NodeValue::Object(members) => members.iter().map(|member| member.value.span.end).max(),
            _ => None,
        };
        let end = if span.end > span.start {
            span.end
        } else {
            last.unwrap_or(open.span.end)
        };
        let node = Node {
            span: Span {
                start: open.span.start,
                end: end.max(open.span.start),
            },
            value: open.value,
        };
        let depth = open.inner + 1 + usize::from(open.function.is_some());
        self.add(wrapped(node, open.function), open.anchor, depth)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(wrong(span, "an alias cannot stand inside what it names"));
        };
        if self.wants_name() {
            let Some(name) = anchored.node.text().cloned() else {
                return Err(wrong(span, "the name of a member must be a text"));
            };
            return self.name(&name, span, false);
        }
        self.aliased += weight(&anchored.node);
        if self.aliased > ALIASED {
            let message = format!("the aliases of the text come to more than {ALIASED} values");
            return Err(wrong(span, message));
        }
        let (node, depth) = (anchored.node.clone(), anchored.depth);
        self.add(node, 0, depth)
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node, anchor: usize, depth: usize) -> Result<(), Diagnostic> {
        if self.open.len() + depth > NESTING {
            return Err(too_deep(node.span));
        }
        if anchor != 0 {
            self.aliased += weight(&node);
            let node = node.clone();
            self.anchors.insert(anchor, Anchored { node, depth });
        }
        let Some(open) = self.open.last_mut() else {
            self.done = Some(node);
            return Ok(());
        };
        open.inner = open.inner.max(depth);
        match (&mut open.value, open.key.take()) {
            (NodeValue::Object(_), Some(Key::Merge)) => return open.merge(node),
            (NodeValue::Object(members), Some(Key::Name(name, name_span))) => {
                members.push(Member {
                    name,
                    name_span,
                    value: node,
                });
            }
            (NodeValue::Array(items), _) => items.push(node),
            _ => {}
        }
        Ok(())
    }
}

impl Open {
    /// Takes over the members of a mapping, or of several: of one name the first wins.
    fn merge(&mut self, node: Node) -> Result<(), Diagnostic> {
        let NodeValue::Object(members) = &mut self.value else {
            return Ok(());
        };
        let (start, span) = (members.len(), node.span);
        let maps = match node.value {
            NodeValue::Array(items) => items,
            _ => vec![node],
        };
        let mut known = BTreeSet::new();
        for map in maps {
            let NodeValue::Object(more) = map.value else {
                return Err(wrong(span, "`<<` merges a mapping, or a list of them"));
            };
            let new = more
                .into_iter()
                .filter(|member| known.insert(member.name.clone()));
            members.extend(new.collect::<Vec<_>>());
        }
        self.merged = Some(start..members.len());
        Ok(())
    }

    /// Forgets what was merged and is written out, too.
    fn drop_overwritten(&mut self) {
        let (NodeValue::Object(members), Some(merged)) = (&mut self.value, self.merged.take())
        else {
            return;
        };
        let mut before = std::mem::take(members);
        let after = before.split_off(merged.end);
        let between = before.split_off(merged.start);
        let written: BTreeSet<Text> = before
            .iter()
            .chain(&after)
            .map(|each| each.name.clone())
            .collect();
        members.extend(before);
        members.extend(
            between
                .into_iter()
                .filter(|each| !written.contains(&each.name)),
        );
        members.extend(after);
    }
}

fn too_deep(span: Span) -> Diagnostic {
    wrong(span, format!("nested deeper than {NESTING} levels"))
}

/// How many values a node holds, where a long text counts as several. Recursive, as deep as a text may nest.
fn weight(node: &Node) -> usize {
    let of_text = |text: &Text| text.len() / 32;
    match &node.value {
        NodeValue::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        NodeValue::Object(members) => {
            let members = members.iter();
            1 + members
                .map(|member| of_text(&member.name) + weight(&member.value))
                .sum::<usize>()
        }
        NodeValue::String(text) => 1 + of_text(text),
        _ => 1,
    }
}

/// The value of a scalar.
fn value(text: &str, plain: bool, tag: Option<&Tag>, span: Span) -> Result<NodeValue, Diagnostic> {
    let string = || NodeValue::String(Text::new(text));
    let Some(tag) = tag.filter(|tag| tag.is_yaml_core_schema()) else {
        return Ok(if plain { scalar::plain(text) } else { string() });
    };
    let found = match tag.suffix.as_str() {
        "str" => return Ok(string()),
        _ => scalar::plain(text),
    };
    let fits = matches!(
        (tag.suffix.as_str(), &found),
        ("int" | "float", NodeValue::Number(_))
            | ("bool", NodeValue::Bool(_))
            | ("null", NodeValue::Null)
    );
    if fits {
        return Ok(found);
    }
    Err(wrong(span, format!("`{text}` is no `!!{}`", tag.suffix)))
}

/// The intrinsic function that a tag such as `!Sub` is short for.
fn function(tag: Option<&Tag>, span: Span) -> Result<Option<Text>, Diagnostic> {
    let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) else {
        return Ok(None);
    };
    if tag.handle != "!" && !tag.handle.is_empty() {
        return Err(wrong(span, format!("unknown tag `{tag}`")));
    }
    Ok(match tag.suffix.as_str() {
        // `!` alone: a text, whatever it looks like.
        "" => None,
        name @ ("Ref" | "Condition") => Some(Text::new(name)),
        name => Some(Text::from(format!("Fn::{name}"))),
    })
}

/// `!Sub text` is short for `Fn::Sub: text`.
fn wrapped(node: Node, function: Option<Text>) -> Node {
    let Some(name) = function else { return node };
    let span = node.span;
    let member = Member {
        name,
        name_span: span,
        value: node,
    };
    Node {
        span,
        value: NodeValue::Object(vec![member]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).unwrap().to_json().to_string(), expected);
    }

    fn refused(text: &str, expected: &str) {
        let error = read(text).unwrap_err();
        assert!(error.message.contains(expected), "{}", error.message);
    }

    #[test]
    fn what_json_can_say_is_read() {
        check(
            "a: 1\nb: [x, 'y', \"z\\n\"]\nc: {d: ~}",
            r#"{"a":1,"b":["x","y","z\n"],"c":{"d":null}}"#,
        );
        check(
            "a: |\n  one\n  two\nb: !!str 7",
            r#"{"a":"one\ntwo\n","b":"7"}"#,
        );
        check("\u{feff}1: true", r#"{"1":true}"#);
    }

    #[test]
    fn aliases_are_followed_and_merged() {
        check(
            "a: &x {p: 1, q: 2}\nb: *x",
            r#"{"a":{"p":1,"q":2},"b":{"p":1,"q":2}}"#,
        );
        check(
            "a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}",
            r#"{"a":{"p":1,"q":2},"b":{"q":3,"p":1}}"#,
        );
        check(
            "a: &x {p: 1}\nb: {<<: [*x, {p: 2, r: 3}], p: 4}",
            r#"{"a":{"p":1},"b":{"r":3,"p":4}}"#,
        );
        check("a: {\"<<\": 1}", r#"{"a":{"<<":1}}"#);
    }

    #[test]
    fn short_tags_are_written_out() {
        check(
            "a: !Ref X\nb: !Sub [x, {y: 1}]",
            r#"{"a":{"Ref":"X"},"b":{"Fn::Sub":["x",{"y":1}]}}"#,
        );
    }

    #[test]
    fn what_json_has_no_word_for_is_refused() {
        refused("", "the text is empty");
        refused("a: 1\n---\nb: 2", "a second document");
        refused("? [1]\n: 2", "the name of a member must be a text");
        refused("a: &x [*x]", "");
        refused("a: !!int x", "`x` is no `!!int`");
        refused("a: [1", "no YAML");
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let before = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        refused(&text, "the aliases of the text come to more than");
    }

    #[test]
    fn nesting_is_bounded() {
        let block: String = (0..1_200)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        refused(&block, "nested deeper than");
        assert!(read(&"[".repeat(100_000)).is_err());
        let aliases: String = (1..600)
            .map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1))
            .collect();
        assert!(read(&format!("a0: &a0 1\n{aliases}")).is_ok());
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "é: ü\r\nlist:\r\n  - one\r\n  - two: 2\r\n\r\n# end\r\nlast: {a: [1]}\r\n";
        let node = read(text).unwrap();
        let at = |node: &Node| &text[node.span.start..node.span.end];
        assert_eq!(at(node.get("é").unwrap()), "ü");
        let list = node.get("list").unwrap();
        assert_eq!(at(list), "- one\r\n  - two: 2");
        assert_eq!(at(list.items().unwrap()[1].get("two").unwrap()), "2");
        assert_eq!(at(node.get("last").unwrap()), "{a: [1]}");
        let name = node.members().unwrap()[1].name_span;
        assert_eq!(&text[name.start..name.end], "list");
    }
}
