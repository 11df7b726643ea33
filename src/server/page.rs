//! Pages of lists, and the tokens that lead from one to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Answer;
use super::input::Input;
use crate::aws::Error;
use crate::value::{Json, Object};

/// How many there are on a page when the request does not say ("the default is 100", API reference).
const DEFAULT: usize = 100;

/// A list with its items cut to a page: `{name: [...], nextToken}`.
///
/// A token says which list it is of and where to go on, and carries the size of the pages: a request with a token alone
/// gets everything that is left up to the default.
pub(super) fn page<T>(list: &str, items: &[T], input: &Input, show: impl Fn(&T) -> Json) -> Answer {
    let from = match input.text("nextToken") {
        Some(token) => position(list, token).ok_or_else(Error::invalid_token)?,
        None => 0,
    };
    let wanted = input.whole("maxResults").unwrap_or(0);
    let size = match usize::try_from(wanted) {
        Ok(0) | Err(_) => DEFAULT,
        Ok(size) => size,
    };
    let total = items.len();
    let end = from.saturating_add(size).min(total);
    let shown: Json = items.iter().skip(from).take(size).map(show).collect();
    let mut page = Object::from_iter([(list, shown)]);
    if end < total {
        page.insert("nextToken", token(list, end).into());
    }
    Ok(page.into())
}

fn token(list: &str, position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{position}"))
}

fn position(list: &str, token: &str) -> Option<usize> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    plain.strip_prefix(list)?.strip_prefix(':')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &str, expected: &str) {
        let items: Vec<Json> = (0..5).map(Json::from).collect();
        let input = Input::new(Json::parse(request).unwrap());
        let page = page("items", &items, &input, Json::clone).unwrap();
        assert_eq!(page.to_string(), expected);
    }

    #[test]
    fn a_token_leads_to_the_next_page() {
        let next = token("items", 2);
        check(
            r#"{"maxResults":2}"#,
            &format!(r#"{{"items":[0,1],"nextToken":"{next}"}}"#),
        );
        check(
            &format!(r#"{{"nextToken":"{next}"}}"#),
            r#"{"items":[2,3,4]}"#,
        );
        check(r#"{"maxResults":0}"#, r#"{"items":[0,1,2,3,4]}"#);
    }

    #[test]
    fn a_token_of_another_list_is_none() {
        for wrong in ["x", &token("others", 2)] {
            let input = Input::new(Json::from([("nextToken", Json::from(wrong))]));
            assert_eq!(
                page("items", &[], &input, Json::clone),
                Err(Error::invalid_token())
            );
        }
    }
}
