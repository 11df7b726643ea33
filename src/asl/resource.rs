//! What a `Resource` means.

use std::fmt;

use crate::value::Text;

/// Who does the work of a Task state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The text of the definition.
    pub text: Text,
    /// What it means.
    pub kind: ResourceKind,
}

/// What a resource means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A Lambda function by its ARN: the function's payload is the task's input and output.
    Lambda,
    /// An activity by its ARN: workers fetch the task.
    Activity,
    /// `arn:aws:states:::service:api`, optimised or `aws-sdk:service`.
    Service {
        /// What a history calls `resourceType`: `sqs`, `aws-sdk:dynamodb`.
        service: Text,
        /// What a history calls `resource`: `sendMessage.waitForTaskToken`.
        api: Text,
        /// When the task is done.
        pattern: Pattern,
    },
    /// Anything else: what the embedding program or a resolver makes of it. It appears in histories as a Lambda function.
    Custom,
}

/// When a service's task is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// When the call returns.
    RequestResponse,
    /// `.sync`: when the job that the call started has ended.
    Sync,
    /// `.sync:2`: the same, the output parsed.
    Sync2,
    /// `.waitForTaskToken`: when somebody answers with the token.
    WaitForTaskToken,
}

impl Resource {
    /// Understands the text of a `Resource` field. Every text means something: what is no ARN we know is `Custom`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.into(),
            kind: classify(text),
        }
    }

    /// When the task is done.
    #[must_use]
    pub fn pattern(&self) -> Pattern {
        match &self.kind {
            ResourceKind::Service { pattern, .. } => *pattern,
            ResourceKind::Lambda | ResourceKind::Activity | ResourceKind::Custom => {
                Pattern::RequestResponse
            }
        }
    }

    /// Whether somebody outside answers with a token.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.kind == ResourceKind::Activity || self.pattern() == Pattern::WaitForTaskToken
    }
}

fn classify(text: &str) -> ResourceKind {
    let parts: Vec<&str> = text.splitn(7, ':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", _] => ResourceKind::Lambda,
        ["arn", _, "states", _, _, "activity", _] => ResourceKind::Activity,
        ["arn", _, "states", "", "", service, api] => service_of(service, api),
        _ => ResourceKind::Custom,
    }
}

fn service_of(service: &str, api: &str) -> ResourceKind {
    let (service, api) = match (service, api.split_once(':')) {
        ("aws-sdk", Some((name, api))) => (format!("aws-sdk:{name}"), api),
        _ => (service.to_owned(), api),
    };
    let pattern = match api.split_once('.') {
        Some((_, "sync")) => Pattern::Sync,
        Some((_, "sync:2")) => Pattern::Sync2,
        Some((_, "waitForTaskToken")) => Pattern::WaitForTaskToken,
        _ => Pattern::RequestResponse,
    };
    ResourceKind::Service {
        service: service.into(),
        api: api.into(),
        pattern,
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_classified() {
        let kind = |text: &str| Resource::parse(text).kind;
        let service = |service: &str, api: &str, pattern| ResourceKind::Service {
            service: service.into(),
            api: api.into(),
            pattern,
        };
        assert_eq!(
            kind("arn:aws:lambda:us-east-1:123456789012:function:echo"),
            ResourceKind::Lambda
        );
        assert_eq!(
            kind("arn:aws:states:us-east-1:123456789012:activity:work"),
            ResourceKind::Activity
        );
        let token = service(
            "sqs",
            "sendMessage.waitForTaskToken",
            Pattern::WaitForTaskToken,
        );
        assert_eq!(
            kind("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            token
        );
        assert_eq!(
            kind("arn:aws-cn:states:::states:startExecution.sync:2"),
            service("states", "startExecution.sync:2", Pattern::Sync2)
        );
        assert_eq!(
            kind("arn:aws:states:::aws-sdk:s3:getObject"),
            service("aws-sdk:s3", "getObject", Pattern::RequestResponse)
        );
        assert_eq!(kind("exec:./charge"), ResourceKind::Custom);
        assert_eq!(kind("arn:aws:states"), ResourceKind::Custom);
    }
}
