//! What a backslash means, inside and outside of classes.

use super::class::Class;

/// What a backslash and the characters after it stand for.
pub(super) enum Escape {
    /// One character, by its code; a half of a pair is possible.
    Char(u32),
    Class(Class),
}

/// The text of a regular expression, and how far it was read.
pub(super) struct Scanner {
    chars: Vec<char>,
    at: usize,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    /// Reads a text if it is next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let length = text.chars().count();
        let here = self.chars[self.at..].iter().copied().take(length);
        let found = here.eq(text.chars());
        if found {
            self.at += length;
        }
        found
    }

    /// Reads digits of a base, at most so many; `None` when there is none.
    pub(super) fn number(&mut self, base: u32, most: usize) -> Option<u32> {
        let digits = self.chars[self.at..].iter().take(most);
        let digits: Vec<u32> = digits.map_while(|c| c.to_digit(base)).collect();
        self.at += digits.len();
        let value = digits.iter().try_fold(0_u32, |value, digit| {
            value.checked_mul(base)?.checked_add(*digit)
        });
        (!digits.is_empty()).then(|| value.unwrap_or(u32::MAX))
    }

    /// Reads exactly so many hexadecimal digits, or nothing.
    fn hex(&mut self, count: usize) -> Option<u32> {
        let start = self.at;
        let value = self.number(16, count);
        if self.at - start == count {
            return value;
        }
        self.at = start;
        None
    }

    /// Reads `name>`, the end of a named group or reference.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            match self.next()? {
                '>' => return (!name.is_empty()).then_some(name),
                c if c.is_alphabetic() || c == '_' || c == '$' => name.push(c),
                c if c.is_numeric() && !name.is_empty() => name.push(c),
                _ => return None,
            }
        }
    }

    /// Reads what follows a backslash, which means the same inside and outside of classes. `None` at the end.
    pub(super) fn escape(&mut self) -> Option<Escape> {
        let code = match self.next()? {
            'd' => return Some(Escape::Class(Class::digits())),
            'D' => return Some(Escape::Class(Class::digits().inverted())),
            'w' => return Some(Escape::Class(Class::word())),
            'W' => return Some(Escape::Class(Class::word().inverted())),
            's' => return Some(Escape::Class(Class::space())),
            'S' => return Some(Escape::Class(Class::space().inverted())),
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            'c' => self.control(),
            'x' => self.hex(2).unwrap_or_else(|| u32::from('x')),
            'u' => self.unit().unwrap_or_else(|| u32::from('u')),
            digit @ '0'..='7' => self.octal(digit),
            other => u32::from(other),
        };
        Some(Escape::Char(code))
    }

    /// `\cA`, or a backslash when no letter follows the `c`, which then stands for itself.
    fn control(&mut self) -> u32 {
        match self.peek() {
            Some(letter) if letter.is_ascii_alphabetic() => {
                self.at += 1;
                u32::from(letter) % 32
            }
            _ => {
                self.at -= 1;
                u32::from('\\')
            }
        }
    }

    /// Four hexadecimal digits, or twice four that are the halves of one character.
    fn unit(&mut self) -> Option<u32> {
        let first = self.hex(4)?;
        let start = self.at;
        if (0xD800..0xDC00).contains(&first) && self.take("\\u") {
            match self.hex(4) {
                Some(second @ 0xDC00..0xE000) => {
                    return Some(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                }
                _ => self.at = start,
            }
        }
        Some(first)
    }

    /// An octal number up to 377, as old scripts write it.
    fn octal(&mut self, first: char) -> u32 {
        let more = if first <= '3' { 2 } else { 1 };
        let mut value = u32::from(first) - u32::from('0');
        for _ in 0..more {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            self.at += 1;
            value = value * 8 + digit;
        }
        value
    }

    /// Where reading stands, to come back to.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Comes back to a mark.
    pub(super) fn reset(&mut self, mark: usize) {
        self.at = mark;
    }
}
