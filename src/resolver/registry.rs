//! Which resolver does which task.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Answer, Call, Ends, Function, Literal, LiteralError, Pattern, Resolver, Updates};
use crate::asl::Resource;
use crate::engine::{Failure, TaskRequest};
use crate::value::Json;

/// The error of a task whose resource nothing resolves. Retriers and catchers can name it; `States.TaskFailed` and
/// `States.ALL` match it too.
pub const UNRESOLVED: &str = "Resource.Unresolved";

/// Resolvers, each behind a pattern over resources. The first whose pattern fits does the work.
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

    /// The resolver of a resource.
    #[must_use]
    pub fn find(&self, resource: &Resource) -> Option<&dyn Resolver> {
        let (_, resolver) = self
            .entries
            .iter()
            .find(|(pattern, _)| pattern.matches(resource))?;
        Some(resolver.as_ref())
    }
}

/// A registry resolves by whichever of its resolvers fits, and fails clearly when none does.
impl Resolver for Registry {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        match self.find(&request.resource) {
            Some(resolver) => resolver.call(request, updates),
            None => Call::Done(Err(unresolved(request))),
        }
    }

    fn attach(&self, request: &Arc<TaskRequest>, submitted: &Json, updates: &Updates) -> Call {
        match self.find(&request.resource) {
            Some(resolver) => resolver.attach(request, submitted, updates),
            None => Call::Done(Err(unresolved(request))),
        }
    }

    fn cancel(&self, request: &TaskRequest) {
        if let Some(resolver) = self.find(&request.resource) {
            resolver.cancel(request);
        }
    }

    fn ends(&self, request: &TaskRequest) -> Ends {
        self.find(&request.resource)
            .map_or(Ends::Call, |resolver| resolver.ends(request))
    }
}

fn unresolved(request: &TaskRequest) -> Failure {
    let (resource, state) = (&request.resource, &request.state_name);
    let name = resource.text.rsplit([':', '/']).next().unwrap_or_default();
    let cause = format!(
        "nothing resolves the resource '{resource}' of state '{state}': give it an answer with --task \
         '{name}=exec:COMMAND' or --task '{name}=json:VALUE', or in a program with Registry::function(\"{name}\", ...)"
    );
    Failure::new(UNRESOLVED, cause)
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
        assert_eq!(failure.error(), UNRESOLVED);
        for part in [
            "of state 'T'",
            "--task 'pay=exec:COMMAND'",
            "Registry::function",
        ] {
            assert!(failure.cause().contains(part), "{failure}");
        }
    }
}
