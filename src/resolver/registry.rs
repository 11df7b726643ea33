//! Which resolver does which task.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Answer, Call, Ends, Function, Literal, LiteralError, Pattern, Resolver, Updates, lambda,
};
use crate::engine::{Failure, TaskRequest, errors};
use crate::value::Json;

/// Resolvers, each behind a pattern over resources. The first whose pattern fits does the work.
///
/// A pattern fits a task of the Lambda service (`arn:aws:states:::lambda:invoke`) also by the function that it calls, its
/// `FunctionName`. What is behind such a pattern is that function: it gets the `Payload`, and what it answers becomes the
/// `Payload` of what the service would answer. So one resolver serves a function however it is called.
///
/// A task that nothing resolves fails with `States.Runtime`, which no retrier and no catcher takes: it is the set-up that
/// is wrong, not the work.
#[derive(Clone, Default)]
pub struct Registry {
    entries: Vec<(Pattern, Arc<dyn Resolver>)>,
}

impl Registry {
    /// A registry in which nothing is resolved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a resolver behind a pattern (see [`Pattern`]).
    #[must_use]
    pub fn with(mut self, pattern: &str, resolver: impl Resolver + 'static) -> Self {
        self.add(pattern, Arc::new(resolver));
        self
    }

    /// Adds a resolver behind a pattern.
    pub fn add(&mut self, pattern: &str, resolver: Arc<dyn Resolver>) {
        self.entries.push((Pattern::new(pattern), resolver));
    }

    /// Adds a function. It runs where the driver runs, so it should not block for long.
    #[must_use]
    pub fn function(
        self,
        pattern: &str,
        function: impl Fn(Json) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.with(pattern, Function::new(function))
    }

    /// Adds an async function.
    #[must_use]
    pub fn async_function<F>(
        self,
        pattern: &str,
        function: impl Fn(Json) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        self.with(pattern, Function::later(function))
    }

    /// Adds a function over types of your own. An input that is not of the type fails the task with `Input.Invalid`.
    #[must_use]
    pub fn typed<I, O>(
        self,
        pattern: &str,
        function: impl Fn(I) -> Result<O, Failure> + Send + Sync + 'static,
    ) -> Self
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        self.with(pattern, Function::typed(function))
    }

    /// Adds an async function over types of your own. An input that is not of the type fails the task with
    /// `Input.Invalid`.
    #[must_use]
    pub fn async_typed<I, O, F>(
        self,
        pattern: &str,
        function: impl Fn(I) -> F + Send + Sync + 'static,
    ) -> Self
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
        F: Future<Output = Result<O, Failure>> + Send + 'static,
    {
        self.with(pattern, Function::typed_later(function))
    }

    /// Adds a fixed answer: `json:VALUE`, `fail:ERROR[:CAUSE]`, or `echo`.
    ///
    /// # Errors
    /// When the answer is none of these.
    pub fn literal(self, pattern: &str, answer: &str) -> Result<Self, LiteralError> {
        Ok(self.with(pattern, answer.parse::<Literal>()?))
    }

    /// The resolver of a request, and whether it is the function behind a call of the Lambda service.
    fn find(&self, request: &TaskRequest) -> Option<(&dyn Resolver, Asked)> {
        let function = lambda::function(request);
        let function = function.as_ref();
        self.entries.iter().find_map(|(pattern, resolver)| {
            let asked = if pattern.matches(&request.resource) {
                Asked::Resource
            } else if function.is_some_and(|function| pattern.matches(function)) {
                Asked::Function
            } else {
                return None;
            };
            Some((resolver.as_ref(), asked))
        })
    }
}

/// What a resolver stands for.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// What `Resource` names.
    Resource,
    /// The function that a call of the Lambda service names.
    Function,
}

/// A registry resolves by whichever of its resolvers fits, and fails clearly when none does.
impl Resolver for Registry {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        match self.find(request) {
            Some((resolver, Asked::Resource)) => resolver.call(request, updates),
            Some((resolver, Asked::Function)) => {
                lambda::invoked(request, resolver.call(&lambda::payload(request), updates))
            }
            None => Call::Done(Err(unresolved(request))),
        }
    }

    fn attach(&self, request: &Arc<TaskRequest>, submitted: &Json, updates: &Updates) -> Call {
        match self.find(request) {
            Some((resolver, _)) => resolver.attach(request, submitted, updates),
            None => Call::Done(Err(unresolved(request))),
        }
    }

    fn cancel(&self, request: &TaskRequest) {
        if let Some((resolver, _)) = self.find(request) {
            resolver.cancel(request);
        }
    }

    fn ends(&self, request: &TaskRequest) -> Ends {
        self.find(request)
            .map_or(Ends::Call, |(resolver, _)| resolver.ends(request))
    }
}

fn unresolved(request: &TaskRequest) -> Failure {
    let (resource, state) = (&request.resource, &request.state_name);
    let function = lambda::function(request);
    let named = function.as_ref().unwrap_or(resource);
    let name = named.text.rsplit([':', '/']).next().unwrap_or_default();
    let cause = format!(
        "nothing resolves the resource '{resource}' of state '{state}': give it an answer with --task \
         '{name}=exec:COMMAND' or --task '{name}=json:VALUE', or in a program with Registry::function(\"{name}\", ...)"
    );
    Failure::new(errors::RUNTIME, cause)
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.entries.iter().map(|(pattern, _)| pattern))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::*;

    #[test]
    fn the_first_pattern_that_fits_decides() {
        let registry = Registry::new()
            .function("Double", |input| {
                Ok(Json::from(input.as_i64().unwrap_or(0) * 2))
            })
            .function("*", Ok);
        assert_eq!(
            answer(
                &registry,
                "arn:aws:lambda:us-east-1:1:function:Double",
                4.into()
            ),
            Ok(8.into())
        );
        assert_eq!(
            answer(
                &registry,
                "arn:aws:lambda:us-east-1:1:function:Other",
                4.into()
            ),
            Ok(4.into())
        );
    }

    #[test]
    fn what_nothing_resolves_says_how_to_resolve_it() {
        let failure = answer(
            &Registry::new(),
            "arn:aws:lambda:us-east-1:1:function:pay",
            Json::Null,
        )
        .unwrap_err();
        assert_eq!(failure.error(), errors::RUNTIME);
        for part in [
            "of state 'T'",
            "--task 'pay=exec:COMMAND'",
            "Registry::function",
        ] {
            assert!(failure.cause().contains(part), "{failure}");
        }
    }
}
