//! Functions of the program that embeds the engine.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Answer, Call, Resolver, Updates};
use crate::engine::{Failure, TaskRequest};
use crate::value::Json;

/// A function as a resolver.
pub struct Function(Inner);

type Inner = Box<dyn Fn(&Arc<TaskRequest>) -> Call + Send + Sync>;

impl Function {
    /// A function that answers at once.
    pub fn new(function: impl Fn(Json) -> Result<Json, Failure> + Send + Sync + 'static) -> Self {
        Self(Box::new(move |request| {
            Call::Done(function(request.input.clone()))
        }))
    }

    /// A function that answers later.
    pub fn later<F>(function: impl Fn(Json) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Json, Failure>> + Send + 'static,
    {
        Self(Box::new(move |request| {
            Call::later(function(request.input.clone()))
        }))
    }

    /// A function over types of its own. An input that is not of the type fails the task with `Input.Invalid`, an output
    /// that cannot be written with `Output.Invalid`.
    pub fn typed<I, O>(function: impl Fn(I) -> Result<O, Failure> + Send + Sync + 'static) -> Self
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        Self::new(move |input| to_json(&function(from_json(input)?)?))
    }

    /// The same, for a function that answers later.
    pub fn typed_later<I, O, F>(function: impl Fn(I) -> F + Send + Sync + 'static) -> Self
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
        F: Future<Output = Result<O, Failure>> + Send + 'static,
    {
        Self(Box::new(move |request| {
            match from_json(request.input.clone()) {
                Ok(input) => {
                    let work = function(input);
                    Call::later(async move { to_json(&work.await?) })
                }
                Err(failure) => Call::Done(Err(failure)),
            }
        }))
    }

    /// A function that sees the whole request: the token to answer with, the state, the attempt.
    pub fn of_request(
        function: impl Fn(&Arc<TaskRequest>) -> Call + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(function))
    }
}

impl Resolver for Function {
    fn call(&self, request: &Arc<TaskRequest>, _updates: &Updates) -> Call {
        (self.0)(request)
    }
}

fn from_json<I: DeserializeOwned>(input: Json) -> Result<I, Failure> {
    serde_json::from_value(input.into())
        .map_err(|error| Failure::new("Input.Invalid", error.to_string()))
}

fn to_json(output: &impl Serialize) -> Answer {
    let output = serde_json::to_value(output);
    output
        .map(Json::from)
        .map_err(|error| Failure::new("Output.Invalid", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::*;

    #[test]
    fn typed_functions_check_their_input() {
        let add = Function::typed(|(a, b): (i64, i64)| Ok(a + b));
        assert_eq!(
            answer(&add, "add", Json::parse("[1,2]").unwrap()),
            Ok(3.into())
        );
        assert_eq!(
            answer(&add, "add", "x".into()).unwrap_err().error(),
            "Input.Invalid"
        );
    }
}
