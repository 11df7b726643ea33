//! Who does the work of tasks: resolvers, and a registry that chooses one by the text of `Resource`.
//!
//! ```
//! use sfn::resolver::Registry;
//! use sfn::{Failure, Json};
//!
//! let registry = Registry::new()
//!     .function("ChargeCard", |order: Json| match order.get("amount") {
//!         Some(amount) => Ok(amount.clone()),
//!         None => Err(Failure::new("CardError", "there is nothing to charge")),
//!     })
//!     .literal("arn:aws:lambda:*", "json:{\"ok\":true}").expect("the answer is well-formed");
//! ```

#[cfg(feature = "local")]
mod command;
mod function;
#[cfg(feature = "http")]
mod http;
mod lambda;
mod literal;
mod mock;
mod pattern;
mod registry;
mod sequence;
mod updates;

#[cfg(feature = "local")]
pub use command::{Command, CommandSyntaxError};
pub use function::Function;
#[cfg(feature = "http")]
pub use http::{Http, HttpError};
pub use literal::{Literal, LiteralError};
pub use mock::{Mock, MockError, MockFile, Mocked, Responses};
pub use pattern::Pattern;
pub use registry::Registry;
pub use sequence::Sequence;
pub(crate) use updates::Sink;
pub use updates::Updates;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Failure, TaskRequest, errors};
use crate::value::Json;

/// What work comes to.
pub type Answer = Result<Json, Failure>;

/// Work that goes on. Dropping it is how it is cancelled.
pub type Pending = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What became of a call.
pub enum Call {
    /// It is done. Costs no allocation, no task and no channel.
    Done(Answer),
    /// It will be done after that time, by the driver's clock: how simulations take their time.
    After(Duration, Answer),
    /// It goes on.
    Later(Pending),
    /// Somebody else has it now, and answers with the task's token, or never.
    Accepted,
    /// It cannot even be asked for: an activity that is not there. The whole execution fails with this.
    Refused(Failure),
}

impl Call {
    /// Promises the answer of a future.
    pub fn later(future: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self::Later(Box::pin(future))
    }
}

/// Whose answer the answer of a call is, for a task that waits for its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The call's alone: the bearer of the token has the last word.
    Call,
    /// The whole task's: it stands for what the bearer of the token would say.
    Task,
}

/// Does the work of tasks.
///
/// Every closure `Fn(&Arc<TaskRequest>, &Updates) -> Call` is one.
pub trait Resolver: Send + Sync {
    /// Does the work, or begins it. Must not block: what takes time is [`Call::Later`].
    ///
    /// For a `.sync` resource the answer is that of the whole job; [`Updates::submitted`] tells of its acceptance.
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call;

    /// Watches a job that an earlier process started, for drivers that come back from a crash.
    fn attach(&self, request: &Arc<TaskRequest>, _submitted: &Json, _updates: &Updates) -> Call {
        let cause = format!(
            "the resolver of `{}` cannot watch a job that was started before",
            request.resource
        );
        Call::Done(Err(Failure::new(errors::TASK_FAILED, cause)))
    }

    /// Learns that nobody waits for this task any more. Its [`Call::Later`] is dropped besides.
    fn cancel(&self, _request: &TaskRequest) {}

    /// Whose answer its answers are, for a task that waits for its token.
    fn ends(&self, _request: &TaskRequest) -> Ends {
        Ends::Call
    }
}

impl<F> Resolver for F
where
    F: Fn(&Arc<TaskRequest>, &Updates) -> Call + Send + Sync,
{
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        self(request, updates)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! Requests and answers for the tests of resolvers.

    use super::*;
    use crate::engine::{Effects, Event, EventKind, Execution, Start};
    use crate::machine::Machine;
    use crate::value::Timestamp;

    /// A request for a resource, made by a real execution.
    pub(crate) fn request(resource: &str, input: Json) -> Arc<TaskRequest> {
        let definition = format!(
            r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}","End":true}}}}}}"#
        );
        let machine = Machine::parse(definition).expect("the definition is valid");
        let mut effects = Effects::default();
        let begun = EventKind::Begun(Box::new(Start::new(input)));
        Execution::new().advance(
            &machine,
            Event {
                at: Timestamp::from_millis(0),
                kind: begun,
            },
            &mut effects,
        );
        match effects.commands.pop() {
            Some(crate::engine::Command::Invoke(request)) => request,
            other => panic!("a task is asked for, not {other:?}"),
        }
    }

    /// The answer of a resolver that has it at hand.
    pub(crate) fn answer(resolver: &dyn Resolver, resource: &str, input: Json) -> Answer {
        let request = request(resource, input);
        match resolver.call(&request, &Updates::ignored(request.ticket)) {
            Call::Done(answer) => answer,
            Call::After(..) | Call::Later(_) | Call::Accepted | Call::Refused(_) => {
                panic!("the answer is at hand")
            }
        }
    }
}
