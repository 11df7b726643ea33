//! Who answers the tasks of executions: what the server was told to ask, its own activities and state machines, and
//! whatever else.

use std::sync::{Arc, Weak};

use super::Service;
use super::executions::Entry;
use super::integration::Integration;
use crate::aws::Error;
use crate::engine::{Failure, TaskRequest};
use crate::resolver::{Call, Registry, Resolver, Updates};

/// Makes the resolver of an execution, or tells why there can be none: a test case that nobody knows.
pub type Answers = Arc<dyn Fn(Asked<'_>) -> Result<Arc<dyn Resolver>, String> + Send + Sync>;

/// For which execution a resolver is wanted, and what the service answers itself.
pub struct Asked<'a> {
    /// The name of the state machine.
    pub machine: &'a str,
    /// The test case of the file of mocks, if one was asked for.
    pub test_case: Option<&'a str>,
    /// What answers activities and calls of Step Functions, where nothing else was told to.
    pub own: Vec<(&'static str, Arc<dyn Resolver>)>,
}

/// Answers with what the service can answer itself.
pub(super) fn nothing() -> Answers {
    Arc::new(|asked: Asked<'_>| {
        let mut registry = Registry::new();
        for (pattern, resolver) in asked.own {
            registry.add(pattern, resolver);
        }
        Ok(Arc::new(registry))
    })
}

/// The resolver of an execution.
pub(super) fn resolver(service: &Arc<Service>, entry: &Entry) -> Result<Arc<dyn Resolver>, Error> {
    let activities: Arc<dyn Resolver> = Arc::new(Activities(Arc::downgrade(service)));
    let integration: Arc<dyn Resolver> = Arc::new(Integration::new(service));
    (service.answers)(Asked {
        machine: &entry.machine_name,
        test_case: entry.test_case.as_deref(),
        own: vec![
            ("arn:*:states:*:*:activity:*", activities),
            ("states:startExecution*", integration.clone()),
            ("aws-sdk:sfn:*", integration),
        ],
    })
    .map_err(Error::validation)
}

/// Puts tasks into the queues of activities.
struct Activities(Weak<Service>);

impl Activities {
    fn find(&self, request: &TaskRequest) -> Option<Arc<super::activities::Activity>> {
        let service = self.0.upgrade()?;
        let book = service.book();
        book.activities.get(&request.resource.text).cloned()
    }
}

impl Resolver for Activities {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        match self.find(request) {
            Some(activity) => {
                activity.offer(request.clone(), updates.clone());
                Call::Accepted
            }
            None => {
                let cause = format!("The activity {} does not exist.", request.resource);
                Call::Refused(Failure::new(crate::engine::errors::RUNTIME, cause))
            }
        }
    }

    fn cancel(&self, request: &TaskRequest) {
        if let Some(activity) = self.find(request) {
            activity.withdraw(request);
        }
    }
}
