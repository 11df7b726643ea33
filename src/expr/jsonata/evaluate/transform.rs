//! `|pattern|update,delete|`: a copy of a value with some of its objects changed.
//!
//! The copy is deep, so that each object of it is an allocation of its own and can be told from all others. Objects
//! that the pattern finds are changed beside the copy, and put into it at the end.

use std::collections::HashMap;

use super::Evaluator;
use crate::expr::jsonata::ast::{Binding, Node, Transform};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::Env;
use crate::expr::jsonata::item::Item;
use crate::expr::jsonata::limits::Meter;
use crate::expr::jsonata::text;
use crate::value::{Json, Object};

/// How deep a value may nest that is transformed.
const DEEPEST: usize = 2_000;

/// The objects that were changed, by their place in memory, which the copy keeps alive.
#[derive(Default)]
struct Changes {
    objects: HashMap<usize, Object>,
}

impl Evaluator<'_> {
    #[inline(never)]
    pub(super) fn transform(
        &mut self,
        transform: &Transform,
        env: &Env,
        value: &Item,
    ) -> Result<Item, Error> {
        if value.is_undefined() {
            return Ok(Item::Undefined);
        }
        let clone = self.variable(transform.clone, Binding::Local, env);
        if !clone.is_function() {
            let message = "The transform expression clones the input object using the $clone() function.  This has been overridden in the current scope by a non-function.";
            return Err(Error::new("T2013", message).at(transform.position));
        }
        let value = text::to_json(value, &mut self.meter)?;
        let copy = self.copy(&value, 0)?;
        self.meter.call()?;
        let found = self.evaluate(&transform.pattern, &Item::Json(copy.clone()), env)?;
        let mut changes = Changes::default();
        if !found.is_undefined() {
            for item in found.iter() {
                self.change(transform, &item, &mut changes, env)?;
            }
        }
        self.meter.ended();
        Ok(Item::Json(changes.applied(&copy, 0, &mut self.meter)?))
    }

    /// Changes one object that the pattern found.
    fn change(
        &mut self,
        transform: &Transform,
        found: &Item,
        changes: &mut Changes,
        env: &Env,
    ) -> Result<(), Error> {
        let found = text::to_json(found, &mut self.meter)?;
        let current = Item::Json(changes.applied(&found, 0, &mut self.meter)?);
        let update = self.evaluate(&transform.update, &current, env)?;
        if !update.is_undefined() && !update.is_object() {
            let message = format!(
                "The insert/update clause of the transform expression must evaluate to an object: {update}"
            );
            return Err(Error::new("T2011", message).at(transform.update.position));
        }
        for (name, value) in update.members() {
            // A copy, so that what is changed later is not changed here as well, nor contains itself.
            let value = text::to_json(&value, &mut self.meter)?;
            let value = self.copy(&value, 0)?;
            changes.change(&found, |object| {
                object.insert(name.clone(), value);
            });
        }
        match &transform.delete {
            Some(delete) => self.delete(delete, &found, changes, env),
            None => Ok(()),
        }
    }

    fn delete(
        &mut self,
        delete: &Node,
        found: &Json,
        changes: &mut Changes,
        env: &Env,
    ) -> Result<(), Error> {
        let current = Item::Json(changes.applied(found, 0, &mut self.meter)?);
        let names = self.evaluate(delete, &current, env)?;
        if names.is_undefined() {
            return Ok(());
        }
        if !names.all_items(|item| item.as_str().is_some()) {
            let message = format!(
                "The delete clause of the transform expression must evaluate to a string or array of strings: {names}"
            );
            return Err(Error::new("T2012", message).at(delete.position));
        }
        for name in names.iter() {
            changes.change(found, |object| {
                object.remove(name.as_str().unwrap_or_default());
            });
        }
        Ok(())
    }

    /// A deep copy.
    fn copy(&mut self, value: &Json, depth: usize) -> Result<Json, Error> {
        if depth > DEEPEST {
            return Err(text::too_deep());
        }
        match value {
            Json::Array(items) => {
                self.meter.work(items.len())?;
                self.meter.list(items.len())?;
                let copies = items.iter().map(|item| self.copy(item, depth + 1));
                Ok(Json::from(copies.collect::<Result<Vec<_>, _>>()?))
            }
            Json::Object(object) => {
                self.meter.work(object.len())?;
                self.meter.list(object.len())?;
                let copies = object
                    .values()
                    .iter()
                    .map(|item| self.copy(item, depth + 1));
                let copies = copies.collect::<Result<Vec<_>, _>>()?;
                Ok(Json::Object(Object::of(object.shape().clone(), copies)))
            }
            scalar => Ok(scalar.clone()),
        }
    }
}

impl Changes {
    /// Changes an object, if it is one. What is inside it stays what it was, so that it can be told and changed later.
    fn change(&mut self, found: &Json, change: impl FnOnce(&mut Object)) {
        if let Json::Object(object) = found {
            let changed = self.objects.entry(place(object));
            change(changed.or_insert_with(|| object.clone()));
        }
    }

    /// A value with all changes made so far.
    fn applied(&self, value: &Json, depth: usize, meter: &mut Meter) -> Result<Json, Error> {
        meter.work(1)?;
        if self.objects.is_empty() {
            return Ok(value.clone());
        }
        if depth > DEEPEST {
            return Err(text::too_deep());
        }
        match value {
            Json::Array(items) => {
                let all = items
                    .iter()
                    .map(|item| self.applied(item, depth + 1, meter));
                Ok(Json::from(all.collect::<Result<Vec<_>, _>>()?))
            }
            Json::Object(object) => {
                let object = self.objects.get(&place(object)).unwrap_or(object);
                let all = object.values().iter();
                let all = all.map(|item| self.applied(item, depth + 1, meter));
                let all = all.collect::<Result<Vec<_>, _>>()?;
                Ok(Json::Object(Object::of(object.shape().clone(), all)))
            }
            scalar => Ok(scalar.clone()),
        }
    }
}

/// Where an object is in memory: its shape is a part of its own allocation.
fn place(object: &Object) -> usize {
    std::ptr::from_ref(object.shape()).addr()
}
