//! A value with the places it was read from: what the language is parsed from, whatever the format.

use std::borrow::Cow;

use crate::value::{Builder, Json, Number, Object, ParseError, Scalar, Span, Text, build};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// From its first byte to its last.
    pub span: Span,
    /// What it is.
    pub value: NodeValue,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeValue {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(Text),
    /// A list.
    Array(Vec<Node>),
    /// Members in order. A name that was written twice is here twice.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: Text,
    /// Where the name stands.
    pub name_span: Span,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// Reads JSON text.
    ///
    /// # Errors
    /// When the text is not JSON; the error knows the place.
    pub fn from_json(text: &[u8]) -> Result<Self, ParseError> {
        let mut builder = NodeBuilder::default();
        build(text, &mut builder)?;
        Ok(builder.done.expect("a parsed text has a value"))
    }

    /// The members of an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member]> {
        if let NodeValue::Object(members) = &self.value {
            Some(members)
        } else {
            None
        }
    }

    /// The elements of a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Self]> {
        if let NodeValue::Array(items) = &self.value {
            Some(items)
        } else {
            None
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        if let NodeValue::String(text) = &self.value {
            Some(text)
        } else {
            None
        }
    }

    /// The last member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .rev()
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }

    /// What kind of value it is, with its article.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "a boolean",
            NodeValue::Number(_) => "a number",
            NodeValue::String(_) => "a string",
            NodeValue::Array(_) => "an array",
            NodeValue::Object(_) => "an object",
        }
    }

    /// The value without its places. Recursive, as deep as the text nests.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.value {
            NodeValue::Null => Json::Null,
            NodeValue::Bool(value) => Json::Bool(*value),
            NodeValue::Number(number) => Json::Number(number.clone()),
            NodeValue::String(text) => Json::String(text.clone()),
            NodeValue::Array(items) => items.iter().map(Self::to_json).collect(),
            NodeValue::Object(members) => {
                let members = members
                    .iter()
                    .map(|member| (member.name.clone(), member.value.to_json()));
                Json::Object(members.collect::<Object>())
            }
        }
    }
}

#[derive(Default)]
struct NodeBuilder {
    open: Vec<Open>,
    done: Option<Node>,
}

struct Open {
    span: Span,
    value: NodeValue,
    name: Option<(Text, Span)>,
}

impl NodeBuilder {
    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Open {
                value: NodeValue::Array(items),
                ..
            }) => items.push(node),
            Some(Open {
                value: NodeValue::Object(members),
                name,
                ..
            }) => {
                let (name, name_span) = name.take().unwrap_or_default();
                members.push(Member {
                    name,
                    name_span,
                    value: node,
                });
            }
            _ => self.done = Some(node),
        }
    }
}

impl Builder for NodeBuilder {
    fn begin_object(&mut self, span: Span) {
        self.open.push(Open {
            span,
            value: NodeValue::Object(Vec::new()),
            name: None,
        });
    }

    fn begin_array(&mut self, span: Span) {
        self.open.push(Open {
            span,
            value: NodeValue::Array(Vec::new()),
            name: None,
        });
    }

    fn name(&mut self, name: Cow<'_, str>, span: Span) {
        if let Some(open) = self.open.last_mut() {
            open.name = Some((name.into(), span));
        }
    }

    fn scalar(&mut self, value: Scalar<'_>, span: Span) {
        let value = match value {
            Scalar::Null => NodeValue::Null,
            Scalar::Bool(value) => NodeValue::Bool(value),
            Scalar::Number(number) => NodeValue::Number(number),
            Scalar::String(text) => NodeValue::String(text.into()),
        };
        self.add(Node { span, value });
    }

    fn end(&mut self, span: Span) {
        if let Some(open) = self.open.pop() {
            self.add(Node {
                span: open.span.to(span),
                value: open.value,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_knows_its_place() {
        let text = r#"{"a": [1, "two"], "a": null}"#;
        let node = Node::from_json(text.as_bytes()).unwrap();
        let members = node.members().unwrap();
        assert_eq!(
            members.len(),
            2,
            "a name that is written twice is kept twice"
        );
        let list = &members[0].value;
        assert_eq!(&text[list.span.start..list.span.end], r#"[1, "two"]"#);
        let two = &list.items().unwrap()[1];
        assert_eq!(&text[two.span.start..two.span.end], r#""two""#);
        assert_eq!(
            &text[members[0].name_span.start..members[0].name_span.end],
            r#""a""#
        );
        assert_eq!(node.to_json().to_string(), r#"{"a":null}"#);
    }
}
