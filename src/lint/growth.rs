//! Payloads that grow with each item, or each time round.

use super::subject::{Finding, Place, Subject, is_terminal};
use super::{Level, Lint};
use crate::asl::Node;
use crate::expr::{Call, Query};
use crate::machine::{Kind, Map, ResultPath, Selection, State};

pub(super) const PAYLOAD_GROWTH: Lint = Lint {
    name: "payload-growth",
    summary: "a payload is copied into every result of a Map, or wrapped once more in each round of a loop",
    level: Level::Warn,
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for place in &subject.places {
        if let Kind::Map(map) = &place.state.kind {
            copies(subject, place, map, findings);
        }
    }
    for group in subject.loops() {
        let places = group.iter().filter_map(|id| subject.place(*id));
        places.for_each(|place| wraps(place, findings));
    }
}

/// A Map that gives its whole input to each iteration, all of which give it back.
fn copies(subject: &Subject<'_>, place: &Place<'_>, map: &Map, findings: &mut Vec<Finding>) {
    let io = &place.state.io;
    let keeps_results = !matches!(io.result_path, ResultPath::Discard)
        && matches!(io.output_path, Selection::Whole)
        && io.result_selector.is_none()
        && io.output.is_none();
    let states = &subject.machine.scope(map.processor).states;
    let mut states = states.iter().map(|id| subject.machine.state(*id));
    if !keeps_results || !states.all(keeps_input) {
        return;
    }
    let selectors = ["ItemSelector", "Parameters"];
    let whole = place.leaves.iter().find(|leaf| {
        let inside = Query::inside(leaf.text).filter(|_| place.is_jsonata());
        let is_whole = inside == Some("$states.input")
            || !place.is_jsonata() && leaf.name.ends_with(".$") && leaf.text == "$";
        is_whole && leaf.template.is_some_and(|name| selectors.contains(&name))
    });
    if let Some(leaf) = whole {
        let message =
            "each iteration gets a copy of the whole input and gives it back among its results";
        let help =
            "select what the iteration needs; the results of all of them must fit into 256 KiB";
        findings.push(Finding::new(&leaf.location, leaf.span, message, help));
    }
}

/// Whether a state's output certainly has its input in it.
fn keeps_input(state: &State) -> bool {
    let io = &state.io;
    let passes = matches!(io.input_path, Selection::Whole)
        && matches!(io.output_path, Selection::Whole)
        && io.output.is_none();
    let puts = matches!(io.result_path, ResultPath::Put(_) | ResultPath::Discard);
    let own = match &state.kind {
        Kind::Pass(pass) => puts || pass.result.is_none() && io.parameters.is_none(),
        Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_) => {
            puts && state.query_language == crate::asl::QueryLanguage::JsonPath
        }
        Kind::Wait(_) | Kind::Choice(_) | Kind::Succeed => true,
        Kind::Fail(_) => false,
    };
    // A catcher may drop it; what ends with a failure gives nothing.
    passes && own && state.catch.is_empty()
        || is_terminal(state) && matches!(state.kind, Kind::Fail(_))
}

/// A member that `States.Array` makes of itself: in each round it is one list deeper.
fn wraps(place: &Place<'_>, findings: &mut Vec<Finding>) {
    if place.is_jsonata() {
        return;
    }
    let assign = place.node.get("Assign").and_then(Node::members);
    for member in assign.unwrap_or_default() {
        let Some(name) = member.name.strip_suffix(".$") else {
            continue;
        };
        let Some(Ok(call)) = member.value.text().map(|text| Call::compile(text)) else {
            continue;
        };
        let itself = format!("${name}");
        let is_wrapped = call.function() == "States.Array"
            && call.paths().iter().any(|path| *path.text() == itself);
        if is_wrapped {
            let location = place.at(&format!("Assign/{}", member.name));
            let message = format!("each round wraps `{itself}` into one more list");
            let help = "`States.Array` makes a list of its arguments and does not join lists; JSONata has `$append`";
            findings.push(Finding::new(location, member.value.span, message, help));
        }
    }
}
