//! Places of a recording that are not compared: a small JSONPath (`$..events[8].previousEventId`).

use crate::value::Text;

/// One step of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(Text),
    Index(usize),
}

/// Which values are not compared.
#[derive(Clone, Debug)]
pub(super) struct Ignore(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    /// `..`: at any depth below.
    deep: bool,
    want: Want,
}

#[derive(Clone, Debug)]
enum Want {
    This(Step),
    Any,
}

impl Ignore {
    /// Reads a path; `None` when it has forms that recordings do not use, such as filters.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let mut rest = path.strip_prefix('$')?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (deep, after) = match (rest.strip_prefix(".."), rest.strip_prefix('.')) {
                (Some(after), _) => (true, after),
                (None, Some(after)) => (false, after),
                (None, None) => (false, rest),
            };
            let (want, after) = if after.starts_with('[') {
                bracket(after)?
            } else {
                name(after)?
            };
            parts.push(Part { deep, want });
            rest = after;
        }
        Some(Self(parts))
    }

    /// Whether the value at that place is not compared.
    pub(super) fn covers(&self, place: &[Step]) -> bool {
        covers(&self.0, place)
    }
}

/// Recursion ends with the path's parts, which a person wrote.
fn covers(parts: &[Part], place: &[Step]) -> bool {
    let Some((part, parts)) = parts.split_first() else {
        return place.is_empty();
    };
    let reach = if part.deep {
        place.len()
    } else {
        place.len().min(1)
    };
    (0..reach).any(|at| part.want.fits(&place[at]) && covers(parts, &place[at + 1..]))
}

impl Want {
    fn fits(&self, step: &Step) -> bool {
        match self {
            Self::Any => true,
            Self::This(wanted) => wanted == step,
        }
    }
}

fn name(text: &str) -> Option<(Want, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let name = name.trim_matches(['"', '\'']);
    let want = if name == "*" {
        Want::Any
    } else {
        Want::This(Step::Member(name.into()))
    };
    (!name.is_empty()).then_some((want, rest))
}

fn bracket(text: &str) -> Option<(Want, &str)> {
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    let want = match inside.parse() {
        Ok(index) => Want::This(Step::Index(index)),
        Err(_) if inside == "*" => Want::Any,
        Err(_) => Want::This(Step::Member(
            inside
                .strip_prefix(['"', '\''])?
                .strip_suffix(['"', '\''])?
                .into(),
        )),
    };
    Some((want, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, place: &[&str], expected: bool) {
        let step = |step: &&str| {
            step.parse()
                .map_or_else(|_| Step::Member((*step).into()), Step::Index)
        };
        let place: Vec<Step> = place.iter().map(step).collect();
        assert_eq!(
            Ignore::parse(path).unwrap().covers(&place),
            expected,
            "{path}"
        );
    }

    #[test]
    fn a_path_covers_the_places_it_leads_to() {
        check("$..cause", &["events", "3", "details", "cause"], true);
        check(
            "$..cause",
            &["events", "3", "details", "cause", "more"],
            false,
        );
        check(
            "$..events[8].previousEventId",
            &["events", "8", "previousEventId"],
            true,
        );
        check(
            "$..events[8].previousEventId",
            &["events", "9", "previousEventId"],
            false,
        );
        check(
            "$..events..details.input",
            &["events", "1", "details", "input"],
            true,
        );
        check("$.events[*].id", &["events", "1", "id"], true);
        check("$.id", &["events", "1", "id"], false);
        check(
            "$..Headers.Content-Length",
            &["output", "Headers", "Content-Length"],
            true,
        );
        check("$..['a.b']", &["x", "a.b"], true);
    }

    #[test]
    fn what_it_does_not_know_it_does_not_read() {
        for path in ["events", "$..[?(@.id)]", "$.", "$[0"] {
            assert!(Ignore::parse(path).is_none(), "{path}");
        }
    }
}
