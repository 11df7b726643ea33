//! Steps that bind: `@$v`, `#$i`, and those whose context some `%` asks for.

use super::Evaluator;
use crate::expr::jsonata::ast::{Kind, Node, Stage, Step};
use crate::expr::jsonata::error::Error;
use crate::expr::jsonata::frame::{Env, Frame};
use crate::expr::jsonata::item::{Item, Tuple};
use crate::expr::jsonata::names::Symbol;
use crate::expr::jsonata::number;
use crate::value::Json;

impl Evaluator<'_> {
    /// One step over all items and what they have bound so far.
    #[inline(never)]
    pub(super) fn tuple_step(
        &mut self,
        step: &Node,
        items: &[Item],
        tuples: Option<Vec<Tuple>>,
        env: &Env,
    ) -> Result<Vec<Tuple>, Error> {
        let index = step.step.as_ref().and_then(|step| step.index);
        let results = match (&step.kind, tuples) {
            (Kind::Sort(terms), Some(tuples)) => {
                self.sort_tuples(terms, tuples, step.position, env)?
            }
            (Kind::Sort(terms), None) => {
                let sorted = self.sort_items(terms, items, step.position, env)?;
                let numbered = sorted.into_iter().enumerate();
                numbered
                    .map(|(at, item)| Tuple {
                        item,
                        bindings: index
                            .map(|name| (name, number::count(at)))
                            .into_iter()
                            .collect(),
                    })
                    .collect()
            }
            (_, tuples) => {
                let tuples = tuples.unwrap_or_else(|| {
                    let items = items.iter().cloned();
                    items
                        .map(|item| Tuple {
                            item,
                            bindings: Vec::new(),
                        })
                        .collect()
                });
                self.bind_step(step, &tuples, env)?
            }
        };
        self.tuple_stages(step.stages(), results, env)
    }

    fn bind_step(&mut self, node: &Node, tuples: &[Tuple], env: &Env) -> Result<Vec<Tuple>, Error> {
        let plain = Step::default();
        let step = node.step.as_deref().unwrap_or(&plain);
        let mut results = Vec::new();
        for tuple in tuples {
            let env = Frame::with(env, tuple.bindings.clone());
            match self.evaluate(node, &tuple.item, &env)? {
                Item::Undefined => {}
                Item::Stream(inner) => {
                    for inner in inner.iter() {
                        let mut joined = tuple.clone();
                        joined.item = inner.item.clone();
                        for (symbol, item) in &inner.bindings {
                            bind(&mut joined.bindings, *symbol, item.clone());
                        }
                        results.push(joined);
                    }
                }
                found => {
                    for (at, item) in found.into_items().into_iter().enumerate() {
                        results.push(bound(step, tuple, item, at));
                    }
                }
            }
            self.meter.work(results.len() / 64)?;
            self.meter.list(tuple.bindings.len())?;
        }
        self.meter.list(results.len())?;
        Ok(results)
    }

    fn tuple_stages(
        &mut self,
        stages: &[Stage],
        mut tuples: Vec<Tuple>,
        env: &Env,
    ) -> Result<Vec<Tuple>, Error> {
        for stage in stages {
            match stage {
                Stage::Filter(predicate) => {
                    let literal = match &predicate.kind {
                        Kind::Literal(Json::Number(number)) => Some(number.as_f64()),
                        _ => None,
                    };
                    tuples = self.filter_tuples(predicate, literal, &tuples, env)?;
                }
                Stage::Index(symbol) => {
                    for (at, tuple) in tuples.iter_mut().enumerate() {
                        bind(&mut tuple.bindings, *symbol, number::count(at));
                    }
                }
            }
        }
        Ok(tuples)
    }
}

/// A result of a step with all that is bound for it.
fn bound(step: &Step, tuple: &Tuple, item: Item, at: usize) -> Tuple {
    let mut bindings = tuple.bindings.clone();
    if let Some(index) = step.index {
        bind(&mut bindings, index, number::count(at));
    }
    if let Some(ancestor) = step.ancestor {
        bind(&mut bindings, ancestor, tuple.item.clone());
    }
    // With a focus the context stays where it was, and the result is bound instead.
    let item = match step.focus {
        Some(focus) => {
            bind(&mut bindings, focus, item);
            tuple.item.clone()
        }
        None => item,
    };
    Tuple { item, bindings }
}

fn bind(bindings: &mut Vec<(Symbol, Item)>, symbol: Symbol, item: Item) {
    match bindings.iter_mut().find(|(each, _)| *each == symbol) {
        Some((_, bound)) => *bound = item,
        None => bindings.push((symbol, item)),
    }
}
