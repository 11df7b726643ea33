//! From text to tokens.
//!
//! A slash begins a regular expression where a value may begin, and divides elsewhere: the parser tells which.

use std::sync::Arc;

use super::Dialect;
use super::error::Error;
use super::number;
use super::regex::Regex;
use crate::value::{Json, Text};

/// What a token is.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// The end of the text.
    End,
    /// A field name, quoted or not.
    Name(Text),
    /// A variable, without its `$`.
    Variable(Text),
    /// A string, a number, `true`, `false` or `null`.
    Literal(Json),
    /// Punctuation, or one of the words `and`, `or`, `in`.
    Operator(&'static str),
    /// A regular expression.
    Regex(Arc<Regex>),
}

impl Token {
    /// Whether this is that operator.
    pub(super) fn is(&self, operator: &str) -> bool {
        matches!(self, Self::Operator(found) if *found == operator)
    }

    /// The token as text, as the reference puts it into errors.
    pub(super) fn text(&self) -> Text {
        match self {
            Self::End => "(end)".into(),
            Self::Name(name) | Self::Variable(name) => name.clone(),
            Self::Literal(Json::String(text)) => text.clone(),
            Self::Literal(value) => value.to_string().into(),
            Self::Operator(operator) => (*operator).into(),
            Self::Regex(_) => "{}".into(),
        }
    }

    /// The token as JSON, as it stands in a message.
    pub(super) fn rendered(&self) -> String {
        match self {
            Self::Literal(value) => value.to_string(),
            Self::Regex(_) => "{}".into(),
            Self::End | Self::Name(_) | Self::Variable(_) | Self::Operator(_) => {
                Json::String(self.text()).to_string()
            }
        }
    }
}

/// Operators of two characters come first: the longest match counts.
const PAIRS: &[&str] = &["..", ":=", "!=", ">=", "<=", "**", "~>"];
const LATEST_PAIRS: &[&str] = &["?:", "??"];
const SINGLES: &[&str] = &[
    ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":", "?", "+", "-", "*", "/", "%", "|",
    "=", "<", ">", "^", "&", "!", "~",
];

/// Reads tokens one after the other.
pub(super) struct Lexer<'a> {
    text: &'a str,
    dialect: Dialect,
    /// Just after the last token: the position the reference gives a token.
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            at: 0,
        }
    }

    /// The next token. After a value a slash divides.
    pub(super) fn next(&mut self, place: Place) -> Result<Token, Error> {
        self.skip()?;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Token::End);
        };
        if first == '/' && place == Place::Value {
            self.at += 1;
            return self.regex();
        }
        if let Some(operator) = self.operator() {
            self.at += operator.len();
            return Ok(Token::Operator(operator));
        }
        match first {
            '"' | '\'' => self.string(first),
            '`' => self.quoted_name(),
            '0'..='9' => self.number(),
            _ => Ok(self.word()),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), Error> {
        loop {
            let trimmed = self.rest().trim_start_matches(is_space);
            self.at = self.text.len() - trimmed.len();
            if !trimmed.starts_with("/*") {
                return Ok(());
            }
            let Some(end) = trimmed.find("*/") else {
                return Err(Error::new("S0106", "Comment has no closing tag").at(self.at));
            };
            self.at += end + 2;
        }
    }

    fn operator(&self) -> Option<&'static str> {
        let rest = self.rest();
        let latest: &[&str] = match self.dialect {
            Dialect::Aws => &[],
            Dialect::Latest => LATEST_PAIRS,
        };
        let operators = PAIRS.iter().chain(latest).chain(SINGLES);
        operators.copied().find(|each| rest.starts_with(each))
    }

    fn number(&mut self) -> Result<Token, Error> {
        let length = number_length(self.rest().as_bytes());
        let text = &self.rest()[..length];
        let Some(value) = number::literal(text) else {
            let message = format!("Number out of range: \"{text}\"");
            return Err(Error::new("S0102", message).at(self.at).about(text));
        };
        self.at += length;
        Ok(Token::Literal(value))
    }

    fn quoted_name(&mut self) -> Result<Token, Error> {
        let rest = &self.rest()[1..];
        let Some(end) = rest.find('`') else {
            self.at = self.text.len();
            let message = "Quoted property name must be terminated with a backquote (`)";
            return Err(Error::new("S0105", message).at(self.at));
        };
        self.at += end + 2;
        Ok(Token::Name(rest[..end].into()))
    }

    fn word(&mut self) -> Token {
        let rest = self.rest();
        let end = rest.find(ends_word).unwrap_or(rest.len());
        self.at += end;
        let word = &rest[..end];
        if let Some(variable) = word.strip_prefix('$') {
            return Token::Variable(variable.into());
        }
        match word {
            "and" => Token::Operator("and"),
            "or" => Token::Operator("or"),
            "in" => Token::Operator("in"),
            "true" => Token::Literal(Json::Bool(true)),
            "false" => Token::Literal(Json::Bool(false)),
            "null" => Token::Literal(Json::Null),
            _ => Token::Name(word.into()),
        }
    }

    fn string(&mut self, quote: char) -> Result<Token, Error> {
        self.at += 1;
        let rest = self.rest();
        let plain = rest.find([quote, '\\']).unwrap_or(rest.len());
        if rest[plain..].starts_with(quote) {
            self.at += plain + 1;
            return Ok(Token::Literal(Json::from(&rest[..plain])));
        }
        self.escaped_string(quote)
    }

    fn escaped_string(&mut self, quote: char) -> Result<Token, Error> {
        let mut units: Vec<u16> = Vec::new();
        let mut buffer = [0; 2];
        while let Some(found) = self.rest().chars().next() {
            self.at += found.len_utf8();
            if found == quote {
                // Halves of surrogate pairs, which no UTF-8 text can hold, become the replacement character.
                return Ok(Token::Literal(Json::from(String::from_utf16_lossy(&units))));
            }
            if found == '\\' {
                units.push(self.escape()?);
            } else {
                units.extend_from_slice(found.encode_utf16(&mut buffer));
            }
        }
        let message = "String literal must be terminated by a matching quote";
        Err(Error::new("S0101", message).at(self.at))
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<u16, Error> {
        let rest = self.rest();
        let found = rest.chars().next().unwrap_or(' ');
        let unit = match found {
            '"' | '\\' | '/' => found as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => return self.unicode(),
            _ => {
                let token = found.to_string();
                let message = format!("Unsupported escape sequence: \\\"{token}\"");
                return Err(Error::new("S0103", message).at(self.at).about(&token));
            }
        };
        self.at += 1;
        Ok(unit)
    }

    fn unicode(&mut self) -> Result<u16, Error> {
        let digits = self.text.get(self.at + 1..self.at + 5);
        let unit = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let Some(unit) = unit else {
            let message = "The escape sequence \\u must be followed by 4 hex digits";
            return Err(Error::new("S0104", message).at(self.at));
        };
        self.at += 5;
        Ok(unit)
    }

    fn regex(&mut self) -> Result<Token, Error> {
        let Some(length) = regex_length(self.rest().as_bytes()) else {
            self.at = self.text.len();
            return Err(Error::new("S0302", "No terminating / in regular expression").at(self.at));
        };
        if length == 0 {
            return Err(
                Error::new("S0301", "Empty regular expressions are not allowed").at(self.at),
            );
        }
        let start = self.at;
        let pattern = &self.rest()[..length];
        self.at += length + 1;
        let rest = self.rest();
        let flags = &rest[..rest.find(|c| c != 'i' && c != 'm').unwrap_or(rest.len())];
        self.at += flags.len();
        let regex = Regex::new(pattern, flags).map_err(|error| error.at(start))?;
        Ok(Token::Regex(Arc::new(regex)))
    }
}

/// What may stand at a place of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A value may begin.
    Value,
    /// A value has ended.
    Operator,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}')
}

fn ends_word(c: char) -> bool {
    is_space(c) || SINGLES.iter().any(|each| each.starts_with(c))
}

/// How many bytes belong to a number by JSON's grammar, without a sign.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut end = if bytes.first() == Some(&b'0') {
        1
    } else {
        digits(0)
    };
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// Where the slash stands that closes a regular expression: not escaped, and outside all brackets.
fn regex_length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in bytes.iter().enumerate() {
        let escapes = bytes[..at]
            .iter()
            .rev()
            .take_while(|b| **b == b'\\')
            .count();
        match byte {
            b'/' if depth == 0 && escapes % 2 == 0 => return Some(at),
            b'(' | b'[' | b'{' if escapes == 0 => depth += 1,
            b')' | b']' | b'}' if escapes == 0 => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut lexer = Lexer::new(text, Dialect::Latest);
        let mut found = Vec::new();
        let mut place = Place::Value;
        loop {
            let token = lexer.next(place).expect("the text has tokens");
            place = match token {
                Token::End => break,
                Token::Operator(")") => Place::Operator,
                Token::Operator(_) => Place::Value,
                Token::Name(_) | Token::Variable(_) | Token::Literal(_) | Token::Regex(_) => {
                    Place::Operator
                }
            };
            found.push(token.text().to_string());
        }
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_longest_operator_counts() {
        check("a..b:=c~>d", &["a", "..", "b", ":=", "c", "~>", "d"]);
        check("a??b?:c", &["a", "??", "b", "?:", "c"]);
        check("1..5", &["1", "..", "5"]);
        check("1.5e+3.x", &["1500", ".", "x"]);
    }

    #[test]
    fn a_slash_divides_after_a_value() {
        check("a/b/c", &["a", "/", "b", "/", "c"]);
        check("(a)/2", &["(", "a", ")", "/", "2"]);
        check("~>/[/]\\/x/i", &["~>", "{}"]);
    }

    #[test]
    fn strings_names_and_comments() {
        check("\"\\uD834\\uDF06\" 'it\\n'", &["𝌆", "it\n"]);
        check("/* a */`b c`/* d */.$e", &["b c", ".", "e"]);
    }
}
