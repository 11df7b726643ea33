//! Sorting: order-by clauses, and the merge sort that `$sort` shares with them.

use std::cmp::Ordering;

use super::Evaluator;
use super::compare::order_texts;
use crate::expr::jsonata::ast::Term;
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::{Env, Frame};
use crate::expr::jsonata::item::{Item, Tuple};
use crate::expr::jsonata::number;
use crate::value::Json;

/// What terms evaluate to for one thing that is sorted; each is evaluated when it is first compared.
struct Keys<T> {
    thing: T,
    keys: Vec<Item>,
}

impl Evaluator<'_> {
    /// The items in the order of the terms.
    pub(super) fn sort_items(
        &mut self,
        terms: &[Term],
        items: &[Item],
        position: usize,
        env: &Env,
    ) -> Result<Vec<Item>, Error> {
        let context = |item: &Item| (item.clone(), env.clone());
        self.sort_by(terms, items.to_vec(), position, context)
    }

    /// The tuples in the order of the terms.
    pub(super) fn sort_tuples(
        &mut self,
        terms: &[Term],
        tuples: Vec<Tuple>,
        position: usize,
        env: &Env,
    ) -> Result<Vec<Tuple>, Error> {
        let context = |tuple: &Tuple| {
            let frame = Frame::with(env, tuple.bindings.clone());
            (tuple.item.clone(), frame)
        };
        self.sort_by(terms, tuples, position, context)
    }

    fn sort_by<T: Clone>(
        &mut self,
        terms: &[Term],
        things: Vec<T>,
        position: usize,
        context: impl Fn(&T) -> (Item, Env),
    ) -> Result<Vec<T>, Error> {
        let mut keyed: Vec<Keys<T>> = things
            .into_iter()
            .map(|thing| Keys {
                thing,
                keys: Vec::new(),
            })
            .collect();
        let mut order: Vec<usize> = (0..keyed.len()).collect();
        merge(&mut order, &mut |a, b| {
            self.meter.work(1)?;
            for (at, term) in terms.iter().enumerate() {
                for place in [*a, *b] {
                    let keys = &mut keyed[place];
                    if keys.keys.len() == at {
                        let (item, env) = context(&keys.thing);
                        keys.keys
                            .push(self.evaluate(&term.expression, &item, &env)?);
                    }
                }
                let ordering = compare(&keyed[*a].keys[at], &keyed[*b].keys[at], term.descending)
                    .map_err(|error| error.at(position))?;
                if ordering != Ordering::Equal {
                    return Ok(ordering == Ordering::Greater);
                }
            }
            Ok(false)
        })?;
        self.meter.list(order.len())?;
        Ok(order
            .into_iter()
            .map(|at| keyed[at].thing.clone())
            .collect())
    }
}

/// Compares two keys: what is undefined comes last, in either direction.
fn compare(a: &Item, b: &Item, descending: bool) -> Result<Ordering, Error> {
    let ordering = match (a, b) {
        (Item::Undefined, Item::Undefined) => return Ok(Ordering::Equal),
        (Item::Undefined, _) => return Ok(Ordering::Greater),
        (_, Item::Undefined) => return Ok(Ordering::Less),
        (Item::Json(Json::Number(a)), Item::Json(Json::Number(b))) => number::compare(a, b),
        (Item::Json(Json::String(a)), Item::Json(Json::String(b))) => order_texts(a, b),
        _ => {
            let sortable = |item: &Item| item.as_f64().is_some() || item.as_str().is_some();
            if !sortable(a) || !sortable(b) {
                let message = "The expressions within an order-by clause must evaluate to numeric or string values";
                return Err(Error::new("T2008", message));
            }
            let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else {
                let message =
                    format!("Type mismatch when comparing values {a} and {b} in order-by clause");
                return Err(Error::new("T2007", message));
            };
            a.partial_cmp(&b).unwrap_or(Ordering::Equal)
        }
    };
    Ok(if descending {
        ordering.reverse()
    } else {
        ordering
    })
}

/// Sorts by merging, stably. The function tells whether the first of two must come after the second; it may fail, and
/// need not be consistent.
pub(in crate::expr::jsonata) fn merge<T: Clone>(
    items: &mut Vec<T>,
    after: &mut dyn FnMut(&T, &T) -> Result<bool, Error>,
) -> Result<(), Error> {
    if items.len() <= 1 {
        return Ok(());
    }
    let mut right = items.split_off(items.len() / 2);
    merge(items, after)?;
    merge(&mut right, after)?;
    let left = std::mem::take(items);
    items.reserve(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if after(a, b)? {
            right.next()
        } else {
            left.next()
        };
        items.extend(next);
    }
    items.extend(left);
    items.extend(right);
    Ok(())
}
