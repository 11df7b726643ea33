//! Signatures of functions: `<s-nn?:s>` says what arguments a function takes.
//!
//! A signature is a pattern over the kinds of the arguments, one letter each, matched as a regular expression would match.

use super::error::Error;
use super::item::Item;

/// A parsed signature.
#[derive(Clone, Debug, Default)]
pub(super) struct Signature {
    parameters: Vec<Parameter>,
}

/// One parameter: which kinds of arguments it takes, and how many.
#[derive(Clone, Debug)]
struct Parameter {
    kinds: u16,
    /// Whether it is an array, and anything else is wrapped into one.
    array: bool,
    /// The kind of the array's items, where it is told.
    items: Option<u8>,
    /// Whether a missing argument is taken from the context.
    context: bool,
    optional: bool,
    repeated: bool,
}

/// The letters of kinds, each the index of a bit.
const LETTERS: &[u8] = b"snblaofm";
const MISSING: u8 = b'm';

fn bit(letter: u8) -> u16 {
    let at = LETTERS.iter().position(|each| *each == letter);
    at.map_or(0, |at| 1 << at)
}

fn bits(letters: &str) -> u16 {
    letters.bytes().fold(0, |all, letter| all | bit(letter))
}

/// The letter of an argument's kind.
fn letter(item: &Item) -> u8 {
    match item.kind() {
        None => MISSING,
        Some("null") => b'l',
        Some(kind) => kind.as_bytes()[0],
    }
}

impl Signature {
    /// Parses a signature, from its first `<` on. An error's position counts from there.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut at = 1;
        while at < bytes.len() && bytes[at] != b':' {
            let last = parameters.last_mut();
            match (bytes[at], last) {
                (b'-', Some(last)) => last.context = true,
                (b'?', Some(last)) => last.optional = true,
                (b'+', Some(last)) => last.repeated = true,
                (b'<', last) => {
                    let end = closing(bytes, at, b'<', b'>');
                    subtype(last, &bytes[at + 1..end], at)?;
                    at = end;
                }
                (b'(', _) => {
                    let end = closing(bytes, at, b'(', b')');
                    parameters.push(choice(&text[at + 1..end], at)?);
                    at = end;
                }
                (symbol, _) => parameters.extend(Parameter::of(symbol)),
            }
            at += 1;
        }
        Ok(Self { parameters })
    }

    /// Fits arguments to the parameters: fills in the context and wraps what must be an array.
    pub(super) fn fit(&self, arguments: Vec<Item>, context: &Item) -> Result<Vec<Item>, Error> {
        if self.fits_as_is(&arguments) {
            return Ok(arguments);
        }
        let letters: Vec<u8> = arguments.iter().map(letter).collect();
        let mut counts = Vec::with_capacity(self.parameters.len());
        if !assign(&self.parameters, &letters, &mut counts) {
            return Err(self.mismatch(&letters));
        }
        let mut arguments = arguments;
        let mut next = 0;
        let mut take = |next: &mut usize| {
            *next += 1;
            arguments
                .get_mut(*next - 1)
                .map(std::mem::take)
                .unwrap_or_default()
        };
        let mut matched = 0;
        let mut fitted = Vec::with_capacity(self.parameters.len());
        for (parameter, count) in self.parameters.iter().zip(counts) {
            if count == 0 {
                if !parameter.context {
                    // An optional parameter that matches nothing takes the argument that is next, as in the reference.
                    fitted.push(take(&mut next));
                } else if parameter.kinds & bit(letter(context)) != 0 {
                    fitted.push(context.clone());
                } else {
                    return Err(incompatible(next + 1));
                }
            }
            let group = &letters[matched..matched + count];
            matched += count;
            for _ in 0..count {
                let argument = take(&mut next);
                fitted.push(parameter.take(argument, group, next)?);
            }
        }
        Ok(fitted)
    }

    /// Whether each argument fits the parameter in its place: nearly all calls that are right.
    fn fits_as_is(&self, arguments: &[Item]) -> bool {
        self.parameters.len() == arguments.len()
            && self
                .parameters
                .iter()
                .zip(arguments)
                .all(|(each, item)| !each.array && each.kinds & bit(letter(item)) != 0)
    }

    /// Finds the first argument that does not fit, as the reference does: the longest run of parameters that match
    /// tells how many arguments are right.
    fn mismatch(&self, letters: &[u8]) -> Error {
        let mut good = 0;
        for end in 1..=self.parameters.len() {
            let Some(matched) = longest_prefix(&self.parameters[..end], letters) else {
                break;
            };
            good = matched;
        }
        let message = format!(
            "Argument {} of function {{{{token}}}} does not match function signature",
            good + 1
        );
        Error::new("T0410", message)
    }
}

impl Parameter {
    fn of(symbol: u8) -> Option<Self> {
        let (kinds, array) = match symbol {
            b's' | b'n' | b'b' | b'l' | b'o' => (bit(symbol) | bit(MISSING), false),
            b'a' => (bits("asnblfom"), true),
            b'f' => (bit(b'f'), false),
            b'j' => (bits("asnblom"), false),
            b'x' => (bits("asnblfom"), false),
            _ => return None,
        };
        Some(Self {
            kinds,
            array,
            items: None,
            context: false,
            optional: false,
            repeated: false,
        })
    }

    /// How many arguments it takes.
    fn range(&self) -> (usize, usize) {
        let least = usize::from(!self.optional && !self.context);
        let most = if self.repeated { usize::MAX } else { 1 };
        (least, most)
    }

    /// Takes one argument of the group that this parameter matches.
    fn take(&self, argument: Item, group: &[u8], index: usize) -> Result<Item, Error> {
        let letter = letter(&argument);
        if !self.array || letter == MISSING {
            return Ok(argument);
        }
        if let Some(items) = self.items {
            let right = if letter == b'a' {
                argument.all_items(|item| self::letter(item) == items)
            } else {
                group == [items]
            };
            if !right {
                return Err(wrong_items(items, index));
            }
        }
        if letter == b'a' {
            Ok(argument)
        } else {
            Ok(Item::array(vec![argument]))
        }
    }
}

/// The place of the bracket that closes the one at `from`; the last byte when there is none.
fn closing(bytes: &[u8], from: usize, open: u8, close: u8) -> usize {
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    bytes.len() - 1
}

fn subtype(parameter: Option<&mut Parameter>, inner: &[u8], at: usize) -> Result<(), Error> {
    match parameter {
        Some(parameter) if parameter.array => parameter.items = inner.first().copied(),
        Some(parameter) if parameter.kinds == bit(b'f') => {}
        _ => {
            let message = "Type parameters can only be applied to functions and arrays";
            return Err(Error::new("S0401", message).at(at));
        }
    }
    Ok(())
}

fn choice(inner: &str, at: usize) -> Result<Parameter, Error> {
    if inner.contains('<') {
        let message = "Choice groups containing parameterized types are not supported";
        return Err(Error::new("S0402", message).at(at));
    }
    Ok(Parameter {
        kinds: bits(inner) | bit(MISSING),
        array: false,
        items: None,
        context: false,
        optional: false,
        repeated: false,
    })
}

/// How many arguments at the front a parameter can take.
fn run(parameter: &Parameter, letters: &[u8]) -> usize {
    let (_, most) = parameter.range();
    let fitting = letters
        .iter()
        .take(most)
        .take_while(|letter| parameter.kinds & bit(**letter) != 0);
    fitting.count()
}

/// Divides all arguments among the parameters, each taking as many as it can.
fn assign(parameters: &[Parameter], letters: &[u8], counts: &mut Vec<usize>) -> bool {
    let Some((first, rest)) = parameters.split_first() else {
        return letters.is_empty();
    };
    let (least, _) = first.range();
    let mut count = run(first, letters);
    loop {
        if count < least {
            return false;
        }
        counts.push(count);
        if assign(rest, &letters[count..], counts) {
            return true;
        }
        counts.pop();
        if count == 0 {
            return false;
        }
        count -= 1;
    }
}

/// How many arguments at the front these parameters match together; `None` when they do not.
fn longest_prefix(parameters: &[Parameter], letters: &[u8]) -> Option<usize> {
    let Some((first, rest)) = parameters.split_first() else {
        return Some(0);
    };
    let (least, _) = first.range();
    (least..=run(first, letters))
        .rev()
        .find_map(|count| longest_prefix(rest, &letters[count..]).map(|more| count + more))
}

#[cold]
fn incompatible(index: usize) -> Error {
    let message = format!(
        "Context value is not a compatible type with argument {index} of function {{{{token}}}}"
    );
    Error::new("T0411", message)
}

#[cold]
fn wrong_items(items: u8, index: usize) -> Error {
    let name = match items {
        b'a' => "arrays",
        b'b' => "booleans",
        b'f' => "functions",
        b'n' => "numbers",
        b'o' => "objects",
        b's' => "strings",
        _ => "values",
    };
    let message =
        format!("Argument {index} of function {{{{token}}}} must be an array of \"{name}\"");
    Error::new("T0412", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(signature: &str, arguments: &[&str], expected: Result<&str, &str>) {
        let signature = Signature::parse(signature).expect("the signature is right");
        let arguments = arguments.iter().map(|text| match *text {
            "" => Item::Undefined,
            text => Item::Json(crate::value::Json::parse(text).expect("JSON")),
        });
        let context = Item::Json("context".into());
        let fitted = signature.fit(arguments.collect(), &context);
        let found = fitted.map(|items| Item::array(items).to_string());
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
            (found, _) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn what_is_missing_comes_from_the_context() {
        check("<s-n:s>", &["\"a\"", "1"], Ok("[\"a\",1]"));
        check("<s-n:s>", &["1"], Ok("[\"context\",1]"));
        check(
            "<n-:n>",
            &[],
            Err(
                "T0411: Context value is not a compatible type with argument 1 of function {{token}}",
            ),
        );
    }

    #[test]
    fn a_single_value_becomes_an_array() {
        check("<a<n>:n>", &["1"], Ok("[[1]]"));
        check(
            "<a<n>:n>",
            &["[1,\"a\"]"],
            Err("T0412: Argument 1 of function {{token}} must be an array of \"numbers\""),
        );
    }

    #[test]
    fn the_first_argument_that_does_not_fit_is_told() {
        let expected = "T0410: Argument 2 of function {{token}} does not match function signature";
        check("<nn:n>", &["1", "\"a\""], Err(expected));
        check("<n:n>", &["1", "2"], Err(expected));
        check("<a+>", &["1", "[2]", "3"], Ok("[[1],[2],[3]]"));
    }
}
