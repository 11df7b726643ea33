//! Taking the steps of a path.

use std::cell::Cell;

use super::elements::indices;
use super::error::Miss;
use super::place::Place;
use super::trail::{Rest, Trail, since_root};
use super::{Path, PathError, Step};
use crate::value::{Json, Object};

/// Evaluates a definite path: no list, no allocation. `None` is an index beyond the end.
pub(super) fn definite(path: &Path, document: &Json) -> Result<Option<Json>, PathError> {
    match names(&path.0.steps, document) {
        Some(value) => Ok(Some(value.clone())),
        None => definite_from(path, Place::node(document), document),
    }
}

/// The same from a place inside a document.
pub(super) fn definite_from(
    path: &Path,
    place: Place<'_>,
    document: &Json,
) -> Result<Option<Json>, PathError> {
    let is_from_end = |step: &Step| matches!(step, Step::FromEnd(_));
    match step_by_step(path, place, document) {
        // Where it misses behind an element counted from the end, the message tells which one that was.
        Err(_) if path.0.steps.iter().any(is_from_end) => {
            let mut found = Vec::new();
            let walk = Walk::new(&path.0.steps, document);
            walk.take(0, place, &Trail::Start, &mut found)?;
            Ok(found.pop())
        }
        outcome => outcome,
    }
}

/// By far the commonest path: names that are all there, and lead to something.
pub(super) fn names<'a>(steps: &[Step], document: &'a Json) -> Option<&'a Json> {
    let mut value = document;
    for step in steps {
        let (Step::Name(name), Json::Object(object)) = (step, value) else {
            return None;
        };
        value = object.get(name)?;
    }
    (!value.is_null()).then_some(value)
}

fn step_by_step(
    path: &Path,
    mut place: Place<'_>,
    document: &Json,
) -> Result<Option<Json>, PathError> {
    let steps = &path.0.steps;
    for (at, step) in steps.iter().enumerate() {
        place = match step {
            Step::Name(name) => {
                let Some(Json::Object(object)) = place.value else {
                    return Err(PathError::miss(path, at, Miss::NoObject));
                };
                match object.get(name) {
                    Some(value) => Place::unwrapped(value),
                    None if at + 1 == steps.len() => {
                        return Err(PathError::miss(path, at, Miss::Last));
                    }
                    None => return Err(PathError::miss(path, at, Miss::Earlier)),
                }
            }
            Step::Index(index) => Place::element(array(path, at, place)?, *index),
            Step::FromEnd(offset) => {
                let items = array(path, at, place)?;
                Place::element(items, items.len() as i64 + offset)
            }
            Step::Root => place,
            _ => {
                let walk = Walk::new(steps, document);
                let mut found = Vec::new();
                let trail = Trail::Steps(since_root(&steps[..at]));
                walk.take(at, place, &trail, &mut found)?;
                return Ok(found.pop());
            }
        };
    }
    Ok(match place {
        Place {
            value: None,
            node: true,
        } => None,
        place => Some(place.json()),
    })
}

fn array<'a>(path: &Path, at: usize, place: Place<'a>) -> Result<&'a [Json], PathError> {
    match place.value {
        Some(Json::Array(items)) => Ok(items),
        None => Err(PathError::miss(path, at, Miss::Null)),
        Some(_) => Err(no_array(&path.0.steps[at..], place)),
    }
}

fn no_array(rest: &[Step], place: Place<'_>) -> PathError {
    PathError::invalid(format!(
        "Filter: {} can only be applied to arrays. Current context is: {place}",
        Rest(rest)
    ))
}

/// Steps that one evaluation may take. A path of many scans takes more than any document has values.
const STEPS: u32 = 10_000_000;

/// Evaluates a path that gives a list.
pub(super) fn indefinite(path: &Path, document: &Json) -> Result<Json, PathError> {
    let mut found = Vec::new();
    let walk = Walk::new(&path.0.steps, document);
    walk.take(0, Place::node(document), &Trail::Start, &mut found)?;
    Ok(Json::from(found))
}

struct Walk<'p> {
    steps: &'p [Step],
    /// What `$` in a filter means.
    document: &'p Json,
    /// How many steps may still be taken.
    left: Cell<u32>,
}

impl<'p> Walk<'p> {
    fn new(steps: &'p [Step], document: &'p Json) -> Self {
        Self {
            steps,
            document,
            left: Cell::new(STEPS),
        }
    }

    fn spend(&self) -> Result<(), PathError> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(PathError::invalid(format!(
                "the path takes more than {STEPS} steps"
            ))),
        }
    }
}

impl Walk<'_> {
    /// Takes a step and those after it. Recursion is as deep as the path is long.
    fn take(
        &self,
        at: usize,
        place: Place<'_>,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        self.spend()?;
        let Some(step) = self.steps.get(at) else {
            found.push(place.json());
            return Ok(());
        };
        match step {
            Step::Root => self.take(at + 1, place, &Trail::Start, found),
            Step::Name(name) => match place.value {
                Some(Json::Object(object)) => self.member(at, object, name, trail, found),
                _ => Err(self.no_object(at, trail)),
            },
            Step::Names(names) => match place.value {
                Some(Json::Object(object)) => self.members(at, object, names, trail, found),
                _ => Err(self.no_object(at, trail)),
            },
            Step::Wildcard => self.wildcard(at, place, trail, found),
            Step::Filter(filter) => self.filter(at, filter, place, trail, found),
            Step::Scan => self.scan(at + 1, place, trail, found),
            Step::Index(_)
            | Step::Indices(_)
            | Step::From(_)
            | Step::To(_)
            | Step::Between(..)
            | Step::FromEnd(_) => self.elements(at, step, place, trail, found),
        }
    }

    fn no_object(&self, at: usize, trail: &Trail<'_>) -> PathError {
        PathError::not_found(format!(
            "Property {} not found in path {trail}",
            self.steps[at]
        ))
    }

    fn is_last(&self, at: usize) -> bool {
        at + 1 == self.steps.len()
    }

    fn member(
        &self,
        at: usize,
        object: &Object,
        name: &str,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        let here = Trail::Name(trail, name);
        match object.get(name) {
            Some(value) => self.take(at + 1, Place::unwrapped(value), &here, found),
            None if self.is_last(at) => {
                Err(PathError::not_found(format!("No results for path: {here}")))
            }
            // From the step before on, the path may lead anywhere: then nothing is no error.
            None if !self.steps[at.saturating_sub(1)..]
                .iter()
                .all(Step::is_definite) =>
            {
                Ok(())
            }
            None => Err(PathError::not_found(format!(
                "Missing property in path {here}"
            ))),
        }
    }

    fn members(
        &self,
        at: usize,
        object: &Object,
        names: &[crate::value::Text],
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        if !self.is_last(at) {
            let message = format!(
                "Multi properties can only be used as path leafs: {trail}{}",
                self.steps[at]
            );
            return Err(PathError::invalid(message));
        }
        let there = names
            .iter()
            .filter_map(|name| Some((name.clone(), object.get(name)?.clone())));
        found.push(Json::Object(there.collect()));
        Ok(())
    }

    fn wildcard(
        &self,
        at: usize,
        place: Place<'_>,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        match place.value {
            Some(Json::Object(object)) => {
                for (name, _) in object.iter() {
                    self.member(at, object, name, trail, found)?;
                }
            }
            Some(Json::Array(items)) if self.are_names(at + 1) => {
                self.names_of_each(at + 1, items, found)?;
            }
            Some(Json::Array(items)) => {
                for index in 0..items.len() as i64 {
                    match self.take(
                        at + 1,
                        Place::element(items, index),
                        &Trail::Index(trail, index),
                        found,
                    ) {
                        Err(error) if !error.is_missing() => return Err(error),
                        // Elements that lead nowhere are passed over.
                        Ok(()) | Err(_) => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether from there on all steps are names.
    fn are_names(&self, at: usize) -> bool {
        self.steps[at..]
            .iter()
            .all(|step| matches!(step, Step::Name(_)))
    }

    /// Takes names from each item, and passes over items that lack one: what a wildcard does, without a trail.
    fn names_of_each(
        &self,
        at: usize,
        items: &[Json],
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        let steps = &self.steps[at..];
        found.reserve(items.len());
        for item in items {
            self.spend()?;
            let value = steps.iter().try_fold(item, |value, step| match step {
                Step::Name(name) => value.get(name),
                _ => None,
            });
            found.extend(value.cloned());
        }
        Ok(())
    }

    fn elements(
        &self,
        at: usize,
        step: &Step,
        place: Place<'_>,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        let items: &[Json] = match place.value {
            Some(Json::Array(items)) => items,
            None => return Err(PathError::not_found(format!("The path {trail} is null"))),
            Some(_) => return Err(no_array(&self.steps[at..], place)),
        };
        for index in indices(step, items.len() as i64) {
            self.take(
                at + 1,
                Place::element(items, index),
                &Trail::Index(trail, index),
                found,
            )?;
        }
        Ok(())
    }

    fn filter(
        &self,
        at: usize,
        filter: &super::Filter,
        place: Place<'_>,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        match place.value {
            Some(value @ Json::Object(_)) => {
                if filter.accepts(value, self.document)? {
                    self.take(at + 1, place, trail, found)?;
                }
            }
            Some(Json::Array(items)) => {
                for (index, item) in (0..).zip(items) {
                    if filter.accepts(item, self.document)? {
                        self.take(
                            at + 1,
                            Place::element(items, index),
                            &Trail::Index(trail, index),
                            found,
                        )?;
                    }
                }
            }
            _ => {
                let rest = Rest(&self.steps[at..]);
                let message = format!(
                    "Filter: {rest} can not be applied to primitives. Current context is: {place}"
                );
                return Err(PathError::invalid(message));
            }
        }
        Ok(())
    }

    /// Takes a step wherever in the document it can be taken: containers first, then what is inside them. Recursion is as
    /// deep as the document nests, which every payload's limit bounds.
    fn scan(
        &self,
        at: usize,
        place: Place<'_>,
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        self.spend()?;
        match place.value {
            Some(value @ Json::Object(object)) => {
                if self.fits(at, value)? {
                    self.take(at, place, trail, found)?;
                }
                for (name, value) in object.iter() {
                    self.scan(
                        at,
                        Place::unwrapped(value),
                        &Trail::Name(trail, name),
                        found,
                    )?;
                }
            }
            Some(value @ Json::Array(items)) => {
                if self.fits(at, value)? {
                    self.scan_array(at, place, items, trail, found)?;
                }
                for index in 0..items.len() as i64 {
                    self.scan(
                        at,
                        Place::element(items, index),
                        &Trail::Index(trail, index),
                        found,
                    )?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A quirk that AWS has too: when more steps follow, they are taken from all elements.
    fn scan_array(
        &self,
        at: usize,
        place: Place<'_>,
        items: &[Json],
        trail: &Trail<'_>,
        found: &mut Vec<Json>,
    ) -> Result<(), PathError> {
        if self.is_last(at) {
            return self.take(at, place, trail, found);
        }
        for (index, item) in (0..).zip(items) {
            self.take(
                at + 1,
                Place::unwrapped(item),
                &Trail::Index(trail, index),
                found,
            )?;
        }
        Ok(())
    }

    /// Whether a step can be taken from there.
    fn fits(&self, at: usize, value: &Json) -> Result<bool, PathError> {
        Ok(match self.steps.get(at) {
            Some(Step::Name(name)) => value.get(name).is_some(),
            Some(Step::Names(names)) => value
                .as_object()
                .is_some_and(|object| names.iter().all(|name| object.contains(name))),
            Some(Step::Wildcard) => true,
            Some(Step::Filter(filter)) => filter.accepts(value, self.document)?,
            Some(Step::Scan | Step::Root) | None => false,
            Some(
                Step::Index(_)
                | Step::Indices(_)
                | Step::From(_)
                | Step::To(_)
                | Step::Between(..)
                | Step::FromEnd(_),
            ) => value.as_array().is_some(),
        })
    }
}
