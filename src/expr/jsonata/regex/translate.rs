//! From JavaScript's syntax to that of `fancy-regex`.
//!
//! The meaning is ECMAScript's with Annex B: no flag `u`, so that unknown escapes stand for themselves and a brace that begins
//! no quantifier is a character.

use std::fmt::Write as _;

use super::Flags;
use super::class::Class;
use super::escape::{Escape, Scanner};

/// Translates a pattern, or says as V8 does why it is none.
pub(super) fn translate(pattern: &str, flags: Flags) -> Result<String, &'static str> {
    let (groups, names) = groups(pattern)?;
    let mut translator = Translator {
        text: Scanner::new(pattern),
        out: String::with_capacity(pattern.len() * 2),
        flags,
        closed: vec![false; groups + 1],
        names,
        opened: 0,
        open: Vec::new(),
        last: Last::Nothing,
    };
    while let Some(c) = translator.text.next() {
        translator.term(c)?;
    }
    if translator.open.is_empty() {
        Ok(translator.out)
    } else {
        Err("Unterminated group")
    }
}

/// The numbers of groups by their names.
type Names = Vec<(String, usize)>;

struct Translator {
    text: Scanner,
    out: String,
    flags: Flags,
    /// Which groups are complete: only those can be referred to. All others match what is empty.
    closed: Vec<bool>,
    names: Names,
    /// How many capturing groups were opened.
    opened: usize,
    open: Vec<Open>,
    last: Last,
}

/// A group that is not closed yet.
struct Open {
    /// Where it begins in what was written.
    start: usize,
    kind: Kind,
    /// Whether something in it can match a character.
    consumes: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Capturing(usize),
    Plain,
    Ahead,
    Behind,
}

/// What a quantifier would repeat.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Nothing,
    Atom,
    /// What matches a place and no character. It begins there in what was written.
    Assertion(usize),
    Behind,
}

/// Counts the capturing groups, and finds their names, which references may use before.
fn groups(pattern: &str) -> Result<(usize, Names), &'static str> {
    let mut text = Scanner::new(pattern);
    let (mut count, mut names, mut in_class) = (0, Names::new(), false);
    while let Some(c) = text.next() {
        match c {
            '\\' => drop(text.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => match group_name(&mut text)? {
                Group::Other => {}
                Group::Unnamed => count += 1,
                Group::Named(name) if names.iter().any(|(other, _)| *other == name) => {
                    return Err("Duplicate capture group name");
                }
                Group::Named(name) => {
                    count += 1;
                    names.push((name, count));
                }
            },
            _ => {}
        }
    }
    Ok((count, names))
}

/// Whether a group captures, and under what name.
enum Group {
    Unnamed,
    Named(String),
    Other,
}

fn group_name(text: &mut Scanner) -> Result<Group, &'static str> {
    if !text.take("?") {
        return Ok(Group::Unnamed);
    }
    if !text.take("<") || matches!(text.peek(), Some('=' | '!')) {
        return Ok(Group::Other);
    }
    text.name()
        .map(Group::Named)
        .ok_or("Invalid capture group name")
}

impl Translator {
    fn term(&mut self, c: char) -> Result<(), &'static str> {
        match c {
            '|' => {
                self.out.push('|');
                self.last = Last::Nothing;
            }
            '^' => self.line_start(),
            '$' => self.line_end(),
            '(' => return self.open(),
            ')' => return self.close(),
            '.' => self.class(Class::line_ends().inverted()),
            '[' => {
                let class = self.bracketed()?;
                self.class(class);
            }
            '\\' => return self.escape(),
            '*' => return self.repeat(0, None),
            '+' => return self.repeat(1, None),
            '?' => return self.repeat(0, Some(1)),
            '{' => match self.braces()? {
                Some((least, most)) => return self.repeat(least, most),
                None => self.literal(u32::from('{')),
            },
            other => self.literal(u32::from(other)),
        }
        Ok(())
    }

    fn line_start(&mut self) {
        if self.flags.multiline {
            self.out.push_str("(?<!");
            Class::line_ends().inverted().write(&mut self.out);
            self.out.push(')');
        } else {
            self.out.push('^');
        }
        self.last = Last::Nothing;
    }

    fn line_end(&mut self) {
        if self.flags.multiline {
            self.out.push_str("(?!");
            Class::line_ends().inverted().write(&mut self.out);
            self.out.push(')');
        } else {
            self.out.push_str("\\z");
        }
        self.last = Last::Nothing;
    }

    fn open(&mut self) -> Result<(), &'static str> {
        let (kind, text) = if !self.text.take("?") {
            (self.next_group(), "(")
        } else if self.text.take(":") {
            (Kind::Plain, "(?:")
        } else if self.text.take("=") {
            (Kind::Ahead, "(?=")
        } else if self.text.take("!") {
            (Kind::Ahead, "(?!")
        } else if self.text.take("<=") {
            (Kind::Behind, "(?<=")
        } else if self.text.take("<!") {
            (Kind::Behind, "(?<!")
        } else if self.text.take("<") {
            self.text.name().ok_or("Invalid capture group name")?;
            (self.next_group(), "(")
        } else {
            return Err("Invalid group");
        };
        let start = self.out.len();
        self.out.push_str(text);
        self.open.push(Open {
            start,
            kind,
            consumes: false,
        });
        self.last = Last::Nothing;
        Ok(())
    }

    /// Something that matches characters was written.
    fn atom(&mut self) -> Last {
        if let Some(group) = self.open.last_mut() {
            group.consumes = true;
        }
        Last::Atom
    }

    fn next_group(&mut self) -> Kind {
        self.opened += 1;
        Kind::Capturing(self.opened)
    }

    fn close(&mut self) -> Result<(), &'static str> {
        let Open {
            start,
            kind,
            consumes,
        } = self.open.pop().ok_or("Unmatched ')'")?;
        self.out.push(')');
        self.last = match kind {
            Kind::Behind => Last::Behind,
            Kind::Ahead => Last::Assertion(start),
            Kind::Capturing(_) | Kind::Plain if !consumes => Last::Assertion(start),
            Kind::Capturing(_) | Kind::Plain => self.atom(),
        };
        if let Kind::Capturing(group) = kind
            && let Some(closed) = self.closed.get_mut(group)
        {
            *closed = true;
        }
        Ok(())
    }

    fn repeat(&mut self, least: u32, most: Option<u32>) -> Result<(), &'static str> {
        let last = std::mem::replace(&mut self.last, Last::Nothing);
        let is_lazy = self.text.take("?");
        match last {
            Last::Nothing => return Err("Nothing to repeat"),
            Last::Behind => return Err("Invalid quantifier"),
            // Another round finds the same, and one that need not be is not taken when it matches what is empty.
            Last::Assertion(start) if least == 0 => {
                self.out.insert_str(start, "(?:(?!)");
                self.out.push_str("|)");
            }
            Last::Assertion(_) => {}
            Last::Atom => {
                let _ = match most {
                    Some(most) => write!(self.out, "{{{least},{most}}}"),
                    None => write!(self.out, "{{{least},}}"),
                };
                self.out.push_str(if is_lazy { "?" } else { "" });
            }
        }
        Ok(())
    }

    /// Reads the rest of `{2}`, `{2,}` or `{2,3}`; `None`, and nothing read, when it is no quantifier.
    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        let start = self.text.mark();
        let Some(least) = self.text.number(10, usize::MAX) else {
            return Ok(None);
        };
        let most = if self.text.take(",") {
            self.text.number(10, usize::MAX)
        } else {
            Some(least)
        };
        if !self.text.take("}") {
            self.text.reset(start);
            return Ok(None);
        }
        match most {
            Some(most) if most < least => Err("numbers out of order in {} quantifier"),
            most => Ok(Some((least, most))),
        }
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        match self.text.peek() {
            None => return Err("\\ at end of pattern"),
            Some('b') => self.boundary("(?:(?<=W)(?!W)|(?<!W)(?=W))"),
            Some('B') => self.boundary("(?:(?<=W)(?=W)|(?<!W)(?!W))"),
            Some('k') if !self.names.is_empty() => return self.named_reference(),
            Some('1'..='9') => self.number(),
            Some(_) => self.character_escape(),
        }
        Ok(())
    }

    /// A place between a word and something else, or not: words are made of ASCII characters only.
    fn boundary(&mut self, form: &str) {
        self.text.next();
        self.out.push_str(&form.replace('W', "[0-9A-Za-z_]"));
        self.last = Last::Nothing;
    }

    fn named_reference(&mut self) -> Result<(), &'static str> {
        self.text.next();
        let name = self.text.take("<").then(|| self.text.name()).flatten();
        let name = name.ok_or("Invalid named reference")?;
        let group = self.names.iter().find(|(other, _)| *other == name);
        let (_, group) = group.ok_or("Invalid named capture referenced")?;
        self.reference(*group);
        Ok(())
    }

    /// `\1` refers to a group if there are so many, and is an octal number otherwise.
    fn number(&mut self) {
        let start = self.text.mark();
        let number = self.text.number(10, usize::MAX).unwrap_or_default() as usize;
        if number < self.closed.len() {
            self.reference(number);
        } else {
            self.text.reset(start);
            self.character_escape();
        }
    }

    /// A group that took no part matches what is empty, and so does one that is not complete.
    fn reference(&mut self, group: usize) {
        if self.closed.get(group) != Some(&true) {
            self.last = Last::Assertion(self.out.len());
            self.out.push_str("(?:)");
            return;
        }
        let flags = if self.flags.ignore_case { "i" } else { "" };
        let _ = write!(self.out, "(?:(?({group})(?{flags}:\\{group})|))");
        self.last = self.atom();
    }

    fn character_escape(&mut self) {
        match self.text.escape() {
            Some(Escape::Char(code)) => self.literal(code),
            Some(Escape::Class(class)) => self.class(class),
            None => {}
        }
    }

    fn literal(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(c) if self.flags.ignore_case && (c.is_alphabetic() || !c.is_ascii()) => {
                self.class(Class::of(code).in_any_case());
            }
            Some(c) => {
                self.last = self.atom();
                if c.is_alphanumeric() {
                    self.out.push(c);
                } else {
                    let _ = write!(self.out, "\\x{{{code:X}}}");
                }
            }
            // Half of a pair, which no text contains.
            None => self.class(Class::of(code)),
        }
    }

    fn class(&mut self, class: Class) {
        self.last = self.atom();
        class.write(&mut self.out);
    }

    /// Reads the rest of a class, `[` being read.
    fn bracketed(&mut self) -> Result<Class, &'static str> {
        let negative = self.text.take("^");
        let mut class = Class::default();
        while !self.text.take("]") {
            let first = self.member()?;
            if !self.text.take("-") {
                add(&mut class, &first);
                continue;
            }
            if self.text.peek() == Some(']') {
                add(&mut class, &first);
                class.add(0x2D, 0x2D);
                continue;
            }
            match (first, self.member()?) {
                (Escape::Char(first), Escape::Char(last)) if first > last => {
                    return Err("Range out of order in character class");
                }
                (Escape::Char(first), Escape::Char(last)) => class.add(first, last),
                (first, last) => {
                    add(&mut class, &first);
                    add(&mut class, &last);
                    class.add(0x2D, 0x2D);
                }
            }
        }
        let class = if self.flags.ignore_case {
            class.in_any_case()
        } else {
            class
        };
        Ok(if negative { class.inverted() } else { class })
    }

    fn member(&mut self) -> Result<Escape, &'static str> {
        const OPEN: &str = "Unterminated character class";
        match self.text.next().ok_or(OPEN)? {
            '\\' if self.text.take("b") => Ok(Escape::Char(0x08)),
            '\\' => self.text.escape().ok_or(OPEN),
            c => Ok(Escape::Char(u32::from(c))),
        }
    }
}

fn add(class: &mut Class, member: &Escape) {
    match member {
        Escape::Char(code) => class.add(*code, *code),
        Escape::Class(other) => class.add_all(other),
    }
}
