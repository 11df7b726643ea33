//! The intrinsic functions of CloudFormation, as far as a template alone tells their values.
//!
//! What only a deployment knows becomes a placeholder: `!Ref Queue` is the text `${Queue}`, `!GetAtt Pay.Arn` is
//! `${Pay.Arn}`. A parameter has its `Default`.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::align::align;
use super::origin::Traced;
use super::substitute::Substitutions;
use crate::asl::{Member, Node, NodeValue};
use crate::value::{Span, Text};

/// What a template tells of values.
pub(super) struct Known<'a> {
    /// The text of the template.
    pub(super) source: &'a str,
    /// The defaults of its parameters.
    pub(super) parameters: BTreeMap<&'a str, Text>,
    /// `Mappings`
    pub(super) mappings: Option<&'a Node>,
    /// What was defined from outside.
    pub(super) defined: &'a Substitutions,
    /// What may still be evaluated, in values and bytes: functions inside functions can come to much more than they say.
    pub(super) budget: Cell<usize>,
}

/// What the functions of a state machine may come to.
pub(super) const BUDGET: usize = 16 * 1024 * 1024;

impl Known<'_> {
    /// Whether so much may still be evaluated; once it may not, nothing may.
    fn spend(&self, amount: usize) -> bool {
        let left = self.budget.get().saturating_sub(amount);
        self.budget.set(left);
        left > 0
    }

    /// A value whose functions are replaced by their values. `None` for `AWS::NoValue`, which removes what it stands for.
    ///
    /// Recursive, as deep as a text may nest.
    pub(super) fn resolved(&self, node: &Node) -> Option<Node> {
        if !self.spend(1) {
            return None;
        }
        let value = match &node.value {
            NodeValue::Array(items) => NodeValue::Array(
                items
                    .iter()
                    .filter_map(|item| self.resolved(item))
                    .collect(),
            ),
            NodeValue::Object(_) if function(node).is_some() => return self.called(node),
            NodeValue::Object(members) => {
                let members = members.iter().filter_map(|member| {
                    let value = self.resolved(&member.value)?;
                    Some(Member {
                        value,
                        ..member.clone()
                    })
                });
                NodeValue::Object(members.collect())
            }
            other => other.clone(),
        };
        Some(Node {
            span: node.span,
            value,
        })
    }

    /// The value of a function that is no text for certain.
    fn called(&self, node: &Node) -> Option<Node> {
        let (name, argument) = function(node)?;
        let chosen = match (name, argument.items()) {
            ("Ref", _) if argument.text().is_some_and(|name| name == "AWS::NoValue") => {
                return None;
            }
            // Which of the two it is depends on the deployment: the first is as good as any.
            ("Fn::If", Some([_, then, _])) => return self.resolved(then),
            ("Fn::Select", Some([index, list])) => self.selected(index, list),
            ("Fn::Split", Some([delimiter, text])) => Some(self.split(delimiter, text, node.span)),
            ("Fn::FindInMap", Some([map, first, second, ..])) => {
                self.mapped(map, first, second).cloned()
            }
            _ => None,
        };
        Some(chosen.unwrap_or_else(|| Node {
            span: node.span,
            value: NodeValue::String(Text::from(self.text(node).text)),
        }))
    }

    /// The text that a value comes to, with its places.
    pub(super) fn text(&self, node: &Node) -> Traced {
        let length = node.text().map_or(0, Text::len);
        if !self.spend(length + 1) {
            return Traced::default();
        }
        if let Some(text) = node.text() {
            return align(self.source, node.span, text);
        }
        match function(node) {
            None if matches!(node.value, NodeValue::Object(_) | NodeValue::Array(_)) => {
                Traced::made(&self.json(node), node.span)
            }
            None => Traced::made(&node.to_json().to_string(), node.span),
            Some((name, argument)) => self.function(name, argument, node.span),
        }
    }

    fn function(&self, name: &str, argument: &Node, span: Span) -> Traced {
        let made = |text: &str| Traced::made(text, span);
        match (name, argument.items()) {
            ("Ref", _) => made(&self.named(argument.text().map_or("", Text::as_str))),
            ("Fn::GetAtt", None) => made(&self.named(argument.text().map_or("", Text::as_str))),
            ("Fn::GetAtt", Some(parts)) => {
                let parts: Vec<_> = parts.iter().map(|part| self.text(part).text).collect();
                made(&self.named(&parts.join(".")))
            }
            ("Fn::Sub", Some([text, values])) => self.sub(text, Some(values)),
            ("Fn::Sub", _) => self.sub(argument, None),
            ("Fn::Join", Some([delimiter, parts])) => self.joined(delimiter, parts, span),
            ("Fn::ToJsonString", _) => made(&self.json(argument)),
            ("Fn::Select" | "Fn::FindInMap" | "Fn::If", Some(_)) => {
                self.chosen(name, argument, span)
            }
            _ => made(&format!("${{{name}}}")),
        }
    }

    /// The text of a function that chooses a value.
    fn chosen(&self, name: &str, argument: &Node, span: Span) -> Traced {
        let unknown = || Traced::made(&format!("${{{name}}}"), span);
        let items = argument.items().unwrap_or_default();
        match (name, items) {
            ("Fn::If", [_, then, _]) => self.text(then),
            ("Fn::Select", [index, list]) => self
                .selected(index, list)
                .map_or_else(unknown, |node| self.text(&node)),
            ("Fn::FindInMap", [map, first, second, ..]) => self
                .mapped(map, first, second)
                .map_or_else(unknown, |node| self.text(node)),
            _ => unknown(),
        }
    }

    fn json(&self, node: &Node) -> String {
        let resolved = self.resolved(node);
        resolved.map_or_else(String::new, |node| node.to_json().to_string())
    }

    /// The value of a name, or the placeholder of it.
    fn named(&self, name: &str) -> String {
        let known = self.defined.get(name).or_else(|| self.parameters.get(name));
        known.map_or_else(|| format!("${{{name}}}"), Text::to_string)
    }

    /// `Fn::Sub`: names between `${` and `}` are replaced, `${!Name}` is the text `${Name}`.
    fn sub(&self, text: &Node, values: Option<&Node>) -> Traced {
        let text = self.text(text);
        let mut out = Traced::default();
        let mut from = 0;
        while let Some(at) = text.text[from..].find("${").map(|at| from + at) {
            let Some(end) = text.text[at..].find('}').map(|end| at + end + 1) else {
                break;
            };
            let name = &text.text[at + 2..end - 1];
            out.push_part(&text, from, at);
            from = end;
            if name.starts_with('!') {
                out.push_part(&text, at, at + 2);
                out.push_part(&text, at + 3, end);
                continue;
            }
            let name = name.trim();
            let value = match values.and_then(|values| values.get(name)) {
                Some(value) => self.text(value).text,
                None => self.named(name),
            };
            if !self.spend(value.len()) {
                break;
            }
            if value == text.text[at..end] {
                out.push_part(&text, at, end);
            } else {
                let place = Span { start: at, end };
                out.push_made(&value, text.span(place));
            }
        }
        out.push_part(&text, from, text.text.len());
        out
    }

    fn joined(&self, delimiter: &Node, parts: &Node, span: Span) -> Traced {
        let Some(parts) = parts.items() else {
            return Traced::made("${Fn::Join}", span);
        };
        let delimiter = self.text(delimiter).text;
        let mut out = Traced::default();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.push_made(&delimiter, part.span);
            }
            let part = self.text(part);
            if !self.spend(part.text.len() + delimiter.len()) {
                break;
            }
            out.push_part(&part, 0, part.text.len());
        }
        out
    }

    fn selected(&self, index: &Node, list: &Node) -> Option<Node> {
        let index: usize = self.text(index).text.parse().ok()?;
        let list = self.resolved(list)?;
        list.items()?.get(index).cloned()
    }

    fn split(&self, delimiter: &Node, text: &Node, span: Span) -> Node {
        let (delimiter, text) = (self.text(delimiter).text, self.text(text).text);
        let parts = if delimiter.is_empty() {
            vec![text.as_str()]
        } else {
            text.split(delimiter.as_str()).collect()
        };
        let parts = parts.into_iter().map(|part| Node {
            span,
            value: NodeValue::String(Text::new(part)),
        });
        Node {
            span,
            value: NodeValue::Array(parts.collect()),
        }
    }

    fn mapped(&self, map: &Node, first: &Node, second: &Node) -> Option<&Node> {
        let [map, first, second] = [map, first, second].map(|key| self.text(key).text);
        self.mappings?.get(&map)?.get(&first)?.get(&second)
    }
}

/// The function that an object calls, and its argument.
fn function(node: &Node) -> Option<(&str, &Node)> {
    match node.members()? {
        [member] if member.name == "Ref" || member.name.starts_with("Fn::") => {
            Some((member.name.as_str(), &member.value))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, read};
    use super::*;

    fn check(text: &str, expected: &str) {
        let node = read(text, Format::Yaml).unwrap();
        let mappings = read("M: {a: {b: found}}", Format::Yaml).unwrap();
        let known = Known {
            source: text,
            parameters: BTreeMap::from([("Stage", Text::new("dev"))]),
            mappings: Some(&mappings),
            defined: &Substitutions::default(),
            budget: Cell::new(BUDGET),
        };
        let resolved = known.resolved(&node).unwrap();
        assert_eq!(resolved.to_json().to_string(), expected, "{text}");
    }

    #[test]
    fn what_the_template_knows_is_filled_in_and_the_rest_is_a_placeholder() {
        check("[!Ref Queue, !Ref Stage]", r#"["${Queue}","dev"]"#);
        check(
            "[!GetAtt Pay.Arn, {Fn::GetAtt: [Pay, Arn]}]",
            r#"["${Pay.Arn}","${Pay.Arn}"]"#,
        );
        check(
            "!Sub 'a-${Stage}-${AWS::Region}-${!Kept}'",
            r#""a-dev-${AWS::Region}-${Kept}""#,
        );
        check(
            "!Sub ['${x}/${Stage}', {x: !Ref Queue}]",
            r#""${Queue}/dev""#,
        );
        check(
            "!Join ['-', [a, !Ref Stage, !Ref Queue]]",
            r#""a-dev-${Queue}""#,
        );
        check("!Select [1, !Split [',', 'a,b']]", r#""b""#);
        check("!FindInMap [M, a, b]", r#""found""#);
        check("!FindInMap [M, a, c]", r#""${Fn::FindInMap}""#);
        check(
            "{a: !If [c, {x: 1}, 2], b: !Ref AWS::NoValue}",
            r#"{"a":{"x":1}}"#,
        );
        check("!ImportValue x", r#""${Fn::ImportValue}""#);
        check("!Sub '${open'", r#""${open""#);
    }
}
