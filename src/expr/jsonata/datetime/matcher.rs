//! The regular expression that a text must match to be read by a picture.

use super::super::error::Error;
use super::super::integer_picture::{Case, IntegerPicture, Numbering, unknown};
use super::super::regex::Regex;
use super::super::words::{self, Kind};
use super::format::names;
use super::picture::{Component, Part, Presentation, Specifier};

/// A name, known or not.
const NAME: &str = "[a-zA-Z]+";

/// Makes the expression: one group for each component, in either case of letters.
pub(super) fn matcher(parts: &[Part]) -> Result<Regex, Error> {
    let mut pattern = String::from("^");
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => push_escaped(&mut pattern, literal),
            Part::Component(component) => {
                let form = form(component, parts.get(index + 1))?;
                pattern.push_str(&format!("({form})"));
            }
        }
    }
    pattern.push('$');
    Regex::new(&pattern, "i")
}

fn is_digits(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Component(component)) if component.presentation.is_digits())
}

fn push_escaped(pattern: &mut String, literal: &str) {
    for c in literal.chars() {
        if c.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
}

fn form(component: &Component, next: Option<&Part>) -> Result<String, Error> {
    let picture = match (component.specifier, &component.presentation) {
        (Specifier::Zone, _) => return Ok(zone(component)),
        (Specifier::ZoneName, _) => return Ok(format!("GMT{}", zone(component))),
        (Specifier::Calendar | Specifier::Era, _) => return Err(component.nameless()),
        (Specifier::HalfDay, _) => return Ok(NAME.to_owned()),
        (_, Presentation::Name(_)) => return names(component).map(|_| NAME.to_owned()),
        (_, Presentation::Number(picture)) => picture,
    };
    Ok(match &picture.numbering {
        Numbering::Letters(Case::Upper) => "[A-Z]+".to_owned(),
        Numbering::Letters(_) => "[a-z]+".to_owned(),
        Numbering::Roman(_) => "[MDCLXVI]+".to_owned(),
        Numbering::Words(_) => in_words(),
        Numbering::Digits(_) => in_digits(component, picture, next),
        Numbering::Unknown(primary) => return Err(unknown(primary)),
    })
}

fn in_words() -> String {
    let words: Vec<&str> = words::vocabulary().collect();
    format!("(?:{}|and|[-, ])+", words.join("|"))
}

/// Digits have the width of the picture in years, months and days, and wherever other digits follow at once.
fn in_digits(component: &Component, picture: &IntegerPicture, next: Option<&Part>) -> String {
    let (mandatory, optional) = picture
        .digits()
        .map_or((0, 0), |digits| (digits.mandatory, digits.optional));
    let shown = Some(mandatory + optional).filter(|shown| *shown >= 2);
    let digits = if component.specifier.is_date() {
        match component.most.or(shown) {
            Some(most) => format!("[0-9]{{{},{most}}}", most.saturating_sub(optional)),
            None => "[0-9]+".to_owned(),
        }
    } else if mandatory >= 2 && is_digits(next) {
        format!("[0-9]{{{mandatory}}}")
    } else {
        "[0-9]+".to_owned()
    };
    match picture.kind {
        Kind::Cardinal => digits,
        Kind::Ordinal => digits + "(?:th|st|nd|rd)",
    }
}

fn zone(component: &Component) -> String {
    let mut form = String::from("[-+][0-9]+");
    if let Some(separator) = component.zone_separator() {
        push_escaped(&mut form, &separator.to_string());
        form.push_str("[0-9]+");
    }
    form
}
