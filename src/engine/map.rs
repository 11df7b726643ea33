//! The Map state, inline: the same states for each item.

use super::context::{Extra, ItemView};
use super::core::{Branch, Core, Step};
use super::frame::{Frame, Item, Items, Joining, Phase, Slot};
use super::history::Details;
use super::limits;
use super::parallel::{joined, variables_inside};
use super::unwind::{Evaluation, Raise};
use crate::asl::QueryLanguage;
use crate::expr::{Expected, Fault, FaultKind};
use crate::machine::{self, Map, Selection, State};
use crate::value::{Json, Text};

/// Finds the items and lets the first iterations begin.
pub(super) fn enter(core: &mut Core<'_>, slot: Slot, state: &State, map: &Map) -> Step {
    match plan(core, slot, state, map) {
        Ok(joining) => begin(core, slot, state, map, joining),
        Err(raise) => Step::Raise(raise),
    }
}

/// What is to be done: which items, and how many at once.
fn plan(core: &Core<'_>, slot: Slot, state: &State, map: &Map) -> Result<Joining, Raise> {
    let input = core.selected_input(slot, state)?;
    let concurrency = core.amount(
        slot,
        state,
        &map.max_concurrency,
        &input,
        "MaxConcurrencyPath",
    )?;
    let concurrency = match concurrency {
        0 => limits::INLINE_MAP_CONCURRENCY,
        wanted => wanted.min(limits::INLINE_MAP_CONCURRENCY),
    };
    let items = items(core, slot, state, map, &input)?;
    let items = iterable(state, &items).ok_or_else(|| {
        let message = format!("Map state input must be an array but was: {items}");
        match state.query_language {
            QueryLanguage::JsonPath => core.runtime(slot, state, &message),
            QueryLanguage::Jsonata => {
                let evaluation = Evaluation {
                    location: None,
                    previous: core.before(slot),
                };
                core.query_failure(slot, state, &message, evaluation)
            }
        }
    })?;
    let is_gathered = matches!(&state.io.input_path, Selection::Path(path) if !path.is_definite());
    Ok(Joining {
        live: 0,
        next: 0,
        total: items.len(),
        concurrency,
        items,
        selected: is_gathered.then_some(input),
    })
}

fn items(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    map: &Map,
    input: &Json,
) -> Result<Json, Raise> {
    let path = match &map.items {
        machine::Items::Path(Selection::Path(path)) => path,
        machine::Items::Path(selection) => return core.select(slot, state, selection, input),
        machine::Items::Template(template) => {
            return core.fill(slot, state, template, input, Extra::default());
        }
        machine::Items::Query(query) => {
            let found = core.evaluate(slot, state, input, Extra::default(), |scope| {
                query.eval_as(Expected::Array, scope)
            });
            return found.map_err(|fault| core.fault(slot, state, &fault));
        }
    };
    core.evaluate(slot, state, input, Extra::default(), |scope| {
        path.find(scope)
    })
    .map_err(|_| {
        // Several independent reports of the service have this error; none is a recording.
        let step = path.text().rsplit(['.', '$']).next().unwrap_or_default();
        let message = format!("Unable to apply step \"{step}\" to input {input}");
        core.fault(slot, state, &Fault::new(FaultKind::Reference, message))
    })
}

/// The members of an object are items in JSONPath only (observed on AWS, conformance `jsonata/items-of-an-object`).
fn iterable(state: &State, value: &Json) -> Option<Items> {
    match (state.query_language, value) {
        (QueryLanguage::Jsonata, Json::Object(_)) => None,
        _ => Items::of(value),
    }
}

fn begin(core: &mut Core<'_>, slot: Slot, state: &State, map: &Map, joining: Joining) -> Step {
    let (total, first) = (joining.total, joining.total.min(joining.concurrency));
    let begun = core.record(slot, || Details::MapStateStarted { length: total });
    core.expect_results(slot, total);
    if total == 0 {
        return joined(core, slot, state, Details::MapStateSucceeded);
    }
    core.set_phase(slot, Phase::Joining(joining));
    for _ in 0..first {
        if let Err(raise) = begin_next(core, slot, state, map, begun) {
            return Step::Raise(raise);
        }
    }
    Step::Stay
}

/// Lets the next iteration begin. The event that tells so points at the last one of the iteration whose place it takes.
fn begin_next(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    map: &Map,
    previous: u64,
) -> Result<(), Raise> {
    let Phase::Joining(joining) = &core.frame_ref(slot).phase else {
        return Ok(());
    };
    let index = joining.next;
    let Some(item) = joining.items.get(index) else {
        return Ok(());
    };
    let input = input(core, slot, state, map, joining, &item)?;
    let begun = core.push(previous, || Details::MapIterationStarted {
        name: state.name.clone(),
        index,
    });
    let start = core.machine.scope(map.processor).start;
    let variables = variables_inside(core, slot);
    core.start(Branch {
        parent: Some(slot),
        index,
        item: Some(Box::new(item)),
        at: start,
        input,
        variables,
        chain: begun,
    });
    if let Phase::Joining(joining) = &mut core.frame_mut(slot).phase {
        joining.next += 1;
        joining.live += 1;
    }
    Ok(())
}

/// What an iteration is given: what `ItemSelector` makes of its item, or the item itself.
fn input(
    core: &Core<'_>,
    slot: Slot,
    state: &State,
    map: &Map,
    joining: &Joining,
    item: &Item,
) -> Result<Json, Raise> {
    let Some(selector) = &map.selector else {
        return Ok(item.input());
    };
    // A path that gathers would gather the same for each item.
    let selected = match &joining.selected {
        Some(selected) => selected.clone(),
        None => core.selected_input(slot, state)?,
    };
    let view = ItemView {
        index: joining.next,
        value: &item.value,
        key: item.key.as_ref(),
    };
    let extra = Extra {
        item: Some(view),
        ..Extra::default()
    };
    core.fill(slot, state, selector, &selected, extra)
}

/// One iteration has ended: the next begins, or the state ends.
pub(super) fn iteration_done(
    core: &mut Core<'_>,
    slot: Slot,
    state: &State,
    map: &Map,
    iteration: &Frame,
    output: Json,
) {
    let index = iteration.index;
    let told = || Details::MapIterationSucceeded {
        name: state.name.clone(),
        index,
    };
    core.record_leaf(slot, iteration.chain, told);
    core.join(slot, index, output);
    if let Err(raise) = begin_next(core, slot, state, map, iteration.chain) {
        return core.apply(slot, Step::Raise(raise));
    }
    let is_done = |joining: &Joining| joining.live == 0 && joining.next == joining.total;
    if core.frame_ref(slot).phase.joining().is_some_and(is_done) {
        let step = joined(core, slot, state, Details::MapStateSucceeded);
        core.apply(slot, step);
    }
}

impl Items {
    /// The elements of an array, the members of an object; nothing else can be iterated over.
    pub(super) fn of(value: &Json) -> Option<Self> {
        match value {
            Json::Array(array) => Some(Self::Array(array.clone())),
            Json::Object(object) => Some(Self::Object(object.clone())),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u32 {
        let length = match self {
            Self::None => 0,
            Self::Array(array) => array.len(),
            Self::Object(object) => object.len(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    fn get(&self, index: u32) -> Option<Item> {
        let index = index as usize;
        match self {
            Self::None => None,
            Self::Array(array) => Some(Item {
                value: array.get(index)?.clone(),
                key: None,
            }),
            Self::Object(object) => {
                let key: &Text = object.shape().names().get(index)?;
                Some(Item {
                    value: object.values()[index].clone(),
                    key: Some(key.clone()),
                })
            }
        }
    }
}

impl Item {
    /// What an iteration gets when nothing selects its input. The members of an object come as pairs.
    fn input(&self) -> Json {
        match &self.key {
            None => self.value.clone(),
            Some(key) => Json::from([
                ("Key", Json::from(key.clone())),
                ("Value", self.value.clone()),
            ]),
        }
    }
}
