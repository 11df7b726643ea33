//! From text to steps, character by character as Jayway 2.0.0 reads them.

use super::filter::Filter;
use super::{Inner, Path, Root, Step};
use crate::value::Text;
use std::sync::Arc;

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PathSyntaxError(pub(super) String);

fn wrong<T>(message: impl Into<String>) -> Result<T, PathSyntaxError> {
    Err(PathSyntaxError(message.into()))
}

/// Compiles a path of a state machine, which must say where it begins.
pub(super) fn compile(text: &str) -> Result<Path, PathSyntaxError> {
    let (root, steps) = rooted(text)?;
    build(text, root, &format!("${steps}"))
}

/// Where a path of a state machine begins, and what follows.
pub(super) fn rooted(text: &str) -> Result<(Root, &str), PathSyntaxError> {
    let Some(rest) = text.strip_prefix('$') else {
        return wrong("it must begin with `$`");
    };
    Ok(match rest.strip_prefix('$') {
        Some(rest) => (Root::Context, rest),
        None => {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            match &rest[..end] {
                "" => (Root::Input, rest),
                name if name.starts_with(|c: char| c.is_numeric()) => {
                    return wrong(format!(
                        "`${name}` is no variable: its name begins with a digit"
                    ));
                }
                name => (Root::Variable(name.into()), &rest[end..]),
            }
        }
    })
}

/// Compiles in the raw dialect, where a path may leave its `$` out or begin with `@`.
pub(super) fn raw(text: &str) -> Result<Path, PathSyntaxError> {
    if text.is_empty() {
        return wrong("json can not be null or empty");
    }
    let trimmed = text.trim_matches(|c: char| c <= ' ');
    if trimmed.starts_with(['$', '@']) {
        return build(text, Root::Input, trimmed);
    }
    build(text, Root::Input, &format!("$.{trimmed}"))
}

fn build(text: &str, root: Root, path: &str) -> Result<Path, PathSyntaxError> {
    let path = path.trim_matches(|c: char| c <= ' ');
    if path.ends_with("..") {
        return wrong("A path can not end with a scan.");
    }
    let characters: Vec<char> = path.chars().collect();
    if characters
        .get(1)
        .is_some_and(|second| !matches!(second, '.' | '['))
    {
        return wrong(format!("Invalid path {path}"));
    }
    let steps = steps(&characters)?;
    let definite = steps.iter().all(Step::is_definite);
    Ok(Path(Arc::new(Inner {
        text: text.into(),
        root,
        steps: steps.into(),
        definite,
        #[cfg(feature = "rfc9535")]
        query: None,
    })))
}

fn steps(path: &[char]) -> Result<Vec<Step>, PathSyntaxError> {
    let mut steps = Vec::new();
    let mut at = 1;
    while let Some(character) = path.get(at) {
        match character {
            ' ' => return wrong("Space not allowed in path"),
            '$' => {
                steps.push(Step::Root);
                at += 1;
            }
            '[' => {
                let end = closing(path, at);
                steps.push(bracket(&path[at..end])?);
                at = end;
            }
            '.' if path.get(at + 1) == Some(&'.') => {
                steps.push(Step::Scan);
                at += 2;
            }
            '.' => {
                let end = name_end(path, at + 1);
                match &path[at + 1..end] {
                    [] if end == path.len() => return wrong(out_of_range(end)),
                    [] => {}
                    ['*'] => steps.push(Step::Wildcard),
                    name => steps.push(name_step(name)?),
                }
                at = end;
            }
            '*' => {
                steps.push(Step::Wildcard);
                at += 1;
            }
            _ => {
                let end = name_end(path, at);
                steps.push(name_step(&path[at..end])?);
                at = end;
            }
        }
    }
    Ok(steps)
}

fn out_of_range(at: usize) -> String {
    format!("String index out of range: {at}")
}

fn name_step(name: &[char]) -> Result<Step, PathSyntaxError> {
    // A name is rewritten as `['name']` and read again, where a quote or a bracket in it means something else.
    let quoted: Vec<char> = "['"
        .chars()
        .chain(name.iter().copied())
        .chain("']".chars())
        .collect();
    names(&quoted)
}

fn name_end(path: &[char], from: usize) -> usize {
    let length = path[from..]
        .iter()
        .take_while(|c| !matches!(c, '.' | '[' | ' '))
        .count();
    from + length
}

/// Where a bracket closes, brackets inside it counted, quotes not looked at.
fn closing(path: &[char], from: usize) -> usize {
    let mut depth = 0;
    for (at, character) in path.iter().enumerate().skip(from) {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    path.len()
}

/// What a bracket means follows from the first character that means something.
fn bracket(text: &[char]) -> Result<Step, PathSyntaxError> {
    if text == ['[', '*', ']'] {
        return Ok(Step::Wildcard);
    }
    for (at, character) in text.iter().enumerate().skip(1) {
        match character {
            '?' => {
                return Filter::compile(&text.iter().collect::<String>())
                    .map(Step::Filter)
                    .map_err(PathSyntaxError);
            }
            '\'' => return names(text),
            '0'..='9' | ':' | '-' | '@' => return array(text, at),
            _ => {}
        }
    }
    wrong(format!(
        "Could not analyze path component: {}",
        text.iter().collect::<String>()
    ))
}

/// Every quoted run up to the first closing bracket. There are no escapes.
fn names(text: &[char]) -> Result<Step, PathSyntaxError> {
    let Some(end) = text.iter().position(|c| *c == ']') else {
        return wrong(out_of_range(text.len()));
    };
    let mut names: Vec<Text> = Vec::new();
    let mut open: Option<String> = None;
    for character in &text[1..end] {
        match (character, &mut open) {
            ('\'', Some(_)) => names.extend(open.take().map(Text::from)),
            ('\'', None) => open = Some(String::new()),
            (character, Some(name)) => name.push(*character),
            (_, None) => {}
        }
    }
    match <[Text; 1]>::try_from(names) {
        Ok([name]) => Ok(Step::Name(name)),
        Err(names) => Ok(Step::Names(names.into())),
    }
}

/// Indices and slices.
fn array(text: &[char], at: usize) -> Result<Step, PathSyntaxError> {
    if text[at] == '@' {
        from_end(text, at)
    } else {
        Array::read(text, at)
    }
}

/// `@.length-n`, `@.size()-n`
fn from_end(text: &[char], at: usize) -> Result<Step, PathSyntaxError> {
    let run =
        |from: usize, stop: char, skipped: &[char]| -> Result<(String, usize), PathSyntaxError> {
            let Some(length) = text[from.min(text.len())..].iter().position(|c| *c == stop) else {
                return wrong(out_of_range(text.len()));
            };
            let run = text[from..from + length]
                .iter()
                .filter(|c| !skipped.contains(c))
                .collect();
            Ok((run, from + length))
        };
    let (function, minus) = run(at + 2, '-', &[' ', '(', ')'])?;
    if function != "size" && function != "length" {
        return wrong(format!(
            "Invalid function: @.{function}. Supported functions are: [(@.length - n)] and [(@.size() - n)]"
        ));
    }
    let (offset, _) = run(minus, ')', &[' '])?;
    number(&offset).map(Step::FromEnd)
}

/// Numbers are Java's `int`.
fn number(text: &str) -> Result<i64, PathSyntaxError> {
    match text.parse::<i32>() {
        Ok(number) if !text.starts_with('+') => Ok(i64::from(number)),
        _ => wrong(format!("For input string: \"{text}\"")),
    }
}

/// What has been read of a bracket with numbers.
#[derive(Default)]
struct Array {
    numbers: Vec<i64>,
    buffer: String,
    to: bool,
    from: bool,
    sequence: bool,
}

impl Array {
    fn read(text: &[char], mut at: usize) -> Result<Step, PathSyntaxError> {
        let mut array = Self::default();
        while let Some(character) = text.get(at) {
            match character {
                ' ' => {}
                '0'..='9' | '-' => array.buffer.push(*character),
                ',' => {
                    array.flush()?;
                    array.sequence = true;
                }
                ':' => at = array.colon(text, at)?,
                _ => break,
            }
            if text.get(at) == Some(&']') {
                break;
            }
            at += 1;
        }
        if at >= text.len() {
            return wrong(out_of_range(text.len()));
        }
        if !array.buffer.is_empty() {
            array.flush()?;
        }
        Ok(array.step())
    }

    fn flush(&mut self) -> Result<(), PathSyntaxError> {
        self.numbers
            .push(number(&std::mem::take(&mut self.buffer))?);
        Ok(())
    }

    /// Reads what stands behind a colon; answers where.
    fn colon(&mut self, text: &[char], at: usize) -> Result<usize, PathSyntaxError> {
        let begins = self.buffer.is_empty();
        if begins {
            self.to = true;
        } else {
            self.flush()?;
        }
        let run = text[at + 1..]
            .iter()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
        let run: Vec<char> = run.copied().collect();
        self.buffer = run.iter().filter(|c| **c != ' ').collect();
        if begins || !self.buffer.is_empty() {
            self.flush()?;
        } else {
            self.from = true;
        }
        Ok(at + 1 + run.len())
    }

    fn step(self) -> Step {
        match (self.numbers.as_slice(), self.sequence, self.from, self.to) {
            ([index], _, false, false) => Step::Index(*index),
            (numbers, true, ..) => Step::Indices(numbers.into()),
            ([from, ..], _, true, _) => Step::From(*from),
            ([to, ..], _, _, true) => Step::To(*to),
            ([from, to, ..], ..) => Step::Between(*from, *to),
            ([], ..) => Step::Indices(Box::default()),
        }
    }
}
