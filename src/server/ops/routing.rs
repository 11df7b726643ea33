//! What the operations on aliases share.

use crate::aws::{Arn, ArnKind, Error};
use crate::server::book::Book;
use crate::server::input::{self, Input};
use crate::server::machines::{Alias, Route, StateMachine};
use crate::value::Json;

/// The ARN of an alias that a request names.
pub(super) fn arn(input: &Input) -> Result<Arn<'_>, Error> {
    input.arn("stateMachineAliasArn", &[ArnKind::StateMachine])
}

/// The alias that a request names.
pub(super) fn alias<'b>(book: &'b mut Book, input: &Input) -> Result<&'b mut Alias, Error> {
    let arn = arn(input)?;
    let missing = || Error::no_resource(input.required("stateMachineAliasArn"));
    let machine = book.machine(&arn).ok_or_else(missing)?;
    let alias = arn.rest.and_then(|name| machine.aliases.get_mut(name));
    alias.ok_or_else(missing)
}

/// The routes of a request, and the machine whose versions they lead to.
pub(super) fn read<'b>(
    book: &'b mut Book,
    input: &Input,
) -> Result<(&'b mut StateMachine, Vec<Route>), Error> {
    let routes = input.get("routingConfiguration").and_then(Json::as_array);
    let routes: Vec<_> = routes
        .unwrap_or_default()
        .iter()
        .map(|route| {
            let version = route.get("stateMachineVersionArn").and_then(Json::as_str);
            let weight = route.get("weight").and_then(Json::as_i64);
            (version.unwrap_or_default(), weight.unwrap_or_default())
        })
        .collect();
    let first = numbers(&routes)?;
    check_weights(&routes)?;
    let missing = |text: &str| Error::no_resource(text);
    let (text, _) = routes.first().copied().unwrap_or_default();
    let arn = input::arn(text, &[ArnKind::StateMachine])?;
    let machine = book.machine(&arn).ok_or_else(|| missing(text))?;
    let mut read = Vec::new();
    for ((text, weight), number) in routes.iter().zip(first) {
        let version = machine
            .versions
            .get(&number)
            .filter(|version| version.arn == *text);
        let version = version.ok_or_else(|| missing(text))?.arn.clone();
        read.push(Route {
            version,
            number,
            weight: u32::try_from(*weight).unwrap_or_default(),
        });
    }
    Ok((machine, read))
}

/// The numbers of the versions, which must be versions, and different ones.
fn numbers(routes: &[(&str, i64)]) -> Result<Vec<u64>, Error> {
    let arns = || {
        let arns: Vec<_> = routes.iter().map(|(version, _)| *version).collect();
        arns.join(", ")
    };
    let mut numbers = Vec::new();
    for (text, _) in routes {
        let arn = input::arn(text, &[ArnKind::StateMachine])?;
        let Some(number) = arn.rest.and_then(|rest| rest.parse().ok()) else {
            return Err(Error::validation(format!(
                "Routing configuration must contain state machine version ARNs. Received: [{}]",
                arns()
            )));
        };
        if numbers.contains(&number) {
            return Err(Error::validation(format!(
                "Routing configuration must contain distinct state machine version ARNs. Received: [{}]",
                arns()
            )));
        }
        numbers.push(number);
    }
    Ok(numbers)
}

fn check_weights(routes: &[(&str, i64)]) -> Result<(), Error> {
    let weights: Vec<_> = routes.iter().map(|(_, weight)| *weight).collect();
    if weights.iter().sum::<i64>() == 100 {
        return Ok(());
    }
    Err(Error::validation(format!(
        "Sum of routing configuration weights must equal 100. Received: {weights:?}"
    )))
}
