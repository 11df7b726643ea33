//! Functions over texts, and the one that makes identifiers.

use super::{Answer, Complaint, text_of};
use crate::expr::Dice;
use crate::value::Json;

/// Puts arguments where `{}` stands. `\{`, `\}` and `\\` are the characters themselves; any other backslash, which only a
/// template from the input can have, is a backslash.
pub(super) fn format(arguments: &[Json], _: &Dice) -> Answer {
    let template = text_of(&arguments[0])?;
    let mut values = arguments[1..].iter();
    let mut out = String::new();
    let mut characters = template.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.clone().next() {
                Some(escaped @ ('{' | '}' | '\\')) => {
                    characters.next();
                    out.push(escaped);
                }
                _ => out.push('\\'),
            },
            '{' if characters.next() == Some('}') => {
                write(values.next().ok_or(Complaint::Arguments)?, &mut out)
            }
            '{' => return unmatched("'}' not found for '{'"),
            '}' => return unmatched("'{' not found for '}'"),
            _ => out.push(character),
        }
    }
    match values.next() {
        Some(_) => Err(Complaint::Arguments),
        None => Ok(Json::from(out)),
    }
}

fn unmatched(what: &str) -> Answer {
    Err(Complaint::Told(format!(
        "Invalid template in States.Format: matching {what}."
    )))
}

/// A value as Java prints it: `{a=1, b=[x, y]}`. Recursive, as deep as the value nests.
fn write(value: &Json, out: &mut String) {
    match value {
        Json::String(text) => out.push_str(text),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            out.push('{');
            for (at, (name, value)) in object.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(name);
                out.push('=');
                write(value, out);
            }
            out.push('}');
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => out.push_str(&value.to_string()),
    }
}

/// Splits at every character of the second text; nothing empty is left.
pub(super) fn split(arguments: &[Json], _: &Dice) -> Answer {
    let (text, separators) = (text_of(&arguments[0])?, text_of(&arguments[1])?);
    let parts = text.split(|character| separators.contains(character));
    Ok(parts
        .filter(|part| !part.is_empty())
        .map(Json::from)
        .collect())
}

pub(super) fn uuid(_: &[Json], dice: &Dice) -> Answer {
    Ok(Json::from(dice.uuid()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn call(function: fn(&[Json], &Dice) -> Answer, arguments: &str) -> Option<String> {
        let arguments = Json::parse(arguments).unwrap();
        function(arguments.as_array().unwrap(), &Dice::new(0, 0))
            .ok()
            .map(|value| value.to_string())
    }

    #[test]
    fn values_are_printed_as_java_prints_them() {
        let check = |arguments: &str, expected: &str| {
            assert_eq!(call(format, arguments).as_deref(), Some(expected))
        };
        check(r#"["{} and {}", "a", null]"#, r#""a and null""#);
        check(
            r#"["{}", {"a":1,"b":["x",true]}]"#,
            r#""{a=1, b=[x, true]}""#,
        );
        check(r#"["\\{\\}\\\\ {}", 1.5]"#, r#""{}\\ 1.5""#);
        check(r#"["C:\\temp {}\\", 1]"#, r#""C:\\temp 1\\""#);
    }

    #[test]
    fn braces_must_match_and_so_must_the_arguments() {
        for arguments in [
            r#"["{", 1]"#,
            r#"["}"]"#,
            r#"["{{}}", 1]"#,
            r#"["{}"]"#,
            r#"["x", 1]"#,
            "[1]",
        ] {
            assert_eq!(call(format, arguments), None, "{arguments}");
        }
    }

    #[test]
    fn every_character_of_the_separator_separates() {
        assert_eq!(
            call(split, r#"["This.is+a,test", ".+,"]"#).as_deref(),
            Some(r#"["This","is","a","test"]"#)
        );
        assert_eq!(call(split, r#"[",,,", ","]"#).as_deref(), Some("[]"));
    }

    proptest! {
        #[test]
        fn no_part_has_a_separator(text in "[a-c,; ]{0,30}") {
            let parts = split(&[Json::from(text), Json::from(",;")], &Dice::new(0, 0)).ok().unwrap();
            for part in parts.as_array().unwrap() {
                let part = part.as_str().unwrap();
                prop_assert!(!part.is_empty() && !part.contains([',', ';']));
            }
        }

        #[test]
        fn every_place_takes_its_argument(pieces in prop::collection::vec("[a-z \\\\]{0,5}x", 1..6)) {
            let template = pieces.join("{}");
            let mut arguments = vec![Json::from(template)];
            arguments.extend((1..pieces.len()).map(Json::from));
            let formatted = format(&arguments, &Dice::new(0, 0)).ok().unwrap();
            let mut expected = String::new();
            for (at, piece) in pieces.iter().enumerate() {
                expected += &piece.replace("\\\\", "\\");
                if at + 1 < pieces.len() {
                    expected += &(at + 1).to_string();
                }
            }
            prop_assert_eq!(formatted.as_str().unwrap(), expected);
            arguments.push(Json::Null);
            prop_assert!(format(&arguments, &Dice::new(0, 0)).is_err());
        }

        #[test]
        fn a_text_that_is_split_and_joined_has_lost_its_delimiters_only(text in "[a-c,; ]{0,30}") {
            let parts = split(&[Json::from(text.as_str()), Json::from(",;")], &Dice::new(0, 0)).ok().unwrap();
            let joined: String = parts.as_array().unwrap().iter().filter_map(Json::as_str).collect();
            prop_assert_eq!(joined, text.replace([',', ';'], ""));
        }

        #[test]
        fn identifiers_are_of_version_4_and_differ(seed in any::<u64>()) {
            let dice = Dice::new(seed, 0);
            let draw = || uuid(&[], &dice).ok().unwrap().as_str().unwrap().to_owned();
            let (first, second) = (draw(), draw());
            prop_assert_ne!(&first, &second);
            let lengths: Vec<usize> = first.split('-').map(str::len).collect();
            prop_assert_eq!(lengths, [8, 4, 4, 4, 12]);
            prop_assert_eq!(first.as_bytes()[14], b'4');
            prop_assert!(b"89ab".contains(&first.as_bytes()[19]));
        }

        #[test]
        fn a_text_is_formatted_as_it_is(text in ".{0,30}") {
            let formatted = format(&[Json::from("<{}>"), Json::from(text.as_str())], &Dice::new(0, 0)).ok().unwrap();
            prop_assert_eq!(formatted.as_str().unwrap(), std::format!("<{text}>"));
        }
    }
}
