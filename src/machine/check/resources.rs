//! What tasks may ask for: of the service, and of a type of workflow.

use super::{inner_scopes, join};
use crate::asl::{
    Definition, Diagnostic, MachineType, Pattern, Resource, ResourceKind, Resources, Rules, State,
    StateKind, States, Task, codes,
};

/// Checks the resources of all tasks.
pub(crate) fn resources(definition: &Definition, rules: Rules, found: &mut Vec<Diagnostic>) {
    scope(&definition.states, rules, found);
}

fn scope(states: &States, rules: Rules, found: &mut Vec<Diagnostic>) {
    for state in &states.states {
        if let StateKind::Task(task) = &state.kind {
            found.extend(unknown(state, task, rules.resources));
            found.extend(not_in_express(state, task, rules.machine_type));
        }
        for inner in inner_scopes(state) {
            scope(inner, rules, found);
        }
    }
}

fn unknown(state: &State, task: &Task, allowed: Resources) -> Option<Diagnostic> {
    let text = &task.resource.value;
    let resource = Resource::parse(text);
    let is_own = allowed == Resources::Any && resource.kind == ResourceKind::Custom;
    if text.is_empty() || is_own || is_known(&resource) {
        return None;
    }
    let message = format!("`{text}` is no resource of the service");
    let location = join(&state.location, "Resource");
    let span = task.resource.span;
    let diagnostic = Diagnostic::error(codes::UNKNOWN_INTEGRATION, location, span, message);
    Some(diagnostic.told(format!(
        "The resource provided {text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."
    )))
}

/// Express workflows have no jobs, no callbacks and no activities (AWS developer guide, "Choosing workflow type").
fn not_in_express(state: &State, task: &Task, machine_type: MachineType) -> Option<Diagnostic> {
    if machine_type == MachineType::Standard {
        return None;
    }
    let resource = Resource::parse(&task.resource.value);
    // The service writes a space behind one of them.
    let (what, told) = match (&resource.kind, resource.pattern()) {
        (ResourceKind::Activity, _) => ("an activity", "Activity ARN"),
        (_, Pattern::Sync | Pattern::Sync2) => ("`.sync`", "'.sync' service integration"),
        (_, Pattern::WaitForTaskToken) => (
            "`.waitForTaskToken`",
            "'.waitForTaskToken' service integration ",
        ),
        (_, Pattern::RequestResponse) => return None,
    };
    let message = format!("an Express workflow cannot have {what}");
    let location = join(&state.location, "Resource");
    let span = task.resource.span;
    let diagnostic = Diagnostic::error(codes::NOT_IN_EXPRESS, location, span, message);
    let told = format!("Express state machine does not support {told}");
    Some(diagnostic.told(told).help("make it a Standard workflow"))
}

fn is_known(resource: &Resource) -> bool {
    let text = resource.text.as_str();
    match &resource.kind {
        ResourceKind::Activity => true,
        ResourceKind::Lambda => is_function(text),
        ResourceKind::Custom => false,
        ResourceKind::Service {
            service,
            api,
            pattern,
        } => {
            let call = api.split_once('.').map_or(api.as_str(), |(call, _)| call);
            let suffix = api.get(call.len()..).unwrap_or_default();
            match service.strip_prefix("aws-sdk:") {
                Some(name) => {
                    is_sdk_call(name, call) && ["", ".waitForTaskToken"].contains(&suffix)
                }
                None => is_integration(service, call, *pattern) && is_pattern(suffix),
            }
        }
    }
}

/// Whether the name of a function, and its version or alias, are made of the characters that they may have.
fn is_function(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_$".contains(c))
    };
    let name = text.splitn(7, ':').nth(6).unwrap_or_default();
    name.split(':').count() <= 2 && name.split(':').all(is_word)
}

fn is_pattern(suffix: &str) -> bool {
    ["", ".sync", ".sync:2", ".waitForTaskToken"].contains(&suffix)
}

/// The shape of a call of an SDK: which exist is known to the service alone, and changes every week.
fn is_sdk_call(service: &str, call: &str) -> bool {
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_alphanumeric())
    };
    is_word(service) && is_word(call) && !service.chars().any(|c| c.is_ascii_uppercase())
}

/// How a call may be waited for, beside asking and going on.
#[derive(Clone, Copy, PartialEq)]
enum Waits {
    No,
    Job,
    Token,
    JobOrToken,
    /// Jobs in both forms, and tokens.
    All,
}

/// The integrations that the service optimises (AWS developer guide, "Integrating services").
const INTEGRATIONS: &[(&str, &[(&str, Waits)])] = &[
    ("apigateway", &[("invoke", Waits::Token)]),
    (
        "athena",
        &[
            ("startQueryExecution", Waits::Job),
            ("stopQueryExecution", Waits::No),
            ("getQueryExecution", Waits::No),
            ("getQueryResults", Waits::No),
        ],
    ),
    ("batch", &[("submitJob", Waits::Job)]),
    (
        "bedrock",
        &[
            ("invokeModel", Waits::Token),
            ("createModelCustomizationJob", Waits::Job),
        ],
    ),
    (
        "codebuild",
        &[
            ("startBuild", Waits::Job),
            ("stopBuild", Waits::No),
            ("batchDeleteBuilds", Waits::No),
            ("batchGetReports", Waits::No),
            ("startBuildBatch", Waits::Job),
            ("stopBuildBatch", Waits::No),
            ("retryBuildBatch", Waits::Job),
            ("deleteBuildBatch", Waits::No),
        ],
    ),
    ("databrew", &[("startJobRun", Waits::Job)]),
    (
        "dynamodb",
        &[
            ("getItem", Waits::No),
            ("putItem", Waits::No),
            ("deleteItem", Waits::No),
            ("updateItem", Waits::No),
        ],
    ),
    ("ecs", &[("runTask", Waits::JobOrToken)]),
    (
        "eks",
        &[
            ("createCluster", Waits::Job),
            ("deleteCluster", Waits::Job),
            ("createFargateProfile", Waits::Job),
            ("deleteFargateProfile", Waits::Job),
            ("createNodegroup", Waits::Job),
            ("deleteNodegroup", Waits::Job),
            ("runJob", Waits::JobOrToken),
            ("call", Waits::Token),
        ],
    ),
    (
        "elasticmapreduce",
        &[
            ("createCluster", Waits::Job),
            ("setClusterTerminationProtection", Waits::No),
            ("terminateCluster", Waits::Job),
            ("addStep", Waits::Job),
            ("cancelStep", Waits::No),
            ("modifyInstanceFleetByName", Waits::No),
            ("modifyInstanceGroupByName", Waits::No),
        ],
    ),
    (
        "emr-containers",
        &[
            ("createVirtualCluster", Waits::No),
            ("deleteVirtualCluster", Waits::Job),
            ("startJobRun", Waits::Job),
        ],
    ),
    (
        "emr-serverless",
        &[
            ("createApplication", Waits::Job),
            ("startApplication", Waits::Job),
            ("stopApplication", Waits::Job),
            ("deleteApplication", Waits::Job),
            ("startJobRun", Waits::Job),
            ("cancelJobRun", Waits::Job),
        ],
    ),
    ("events", &[("putEvents", Waits::Token)]),
    ("glue", &[("startJobRun", Waits::Job)]),
    ("http", &[("invoke", Waits::No)]),
    ("lambda", &[("invoke", Waits::Token)]),
    ("mediaconvert", &[("createJob", Waits::Job)]),
    (
        "sagemaker",
        &[
            ("createEndpoint", Waits::No),
            ("createEndpointConfig", Waits::No),
            ("createHyperParameterTuningJob", Waits::Job),
            ("createLabelingJob", Waits::Job),
            ("createModel", Waits::No),
            ("createProcessingJob", Waits::Job),
            ("createTrainingJob", Waits::Job),
            ("createTransformJob", Waits::Job),
            ("updateEndpoint", Waits::No),
        ],
    ),
    ("sns", &[("publish", Waits::Token)]),
    ("sqs", &[("sendMessage", Waits::Token)]),
    ("states", &[("startExecution", Waits::All)]),
];

fn is_integration(service: &str, call: &str, pattern: Pattern) -> bool {
    let calls = INTEGRATIONS.iter().find(|(name, _)| *name == service);
    let waits = calls.and_then(|(_, calls)| calls.iter().find(|(name, _)| *name == call));
    waits.is_some_and(|(_, waits)| match pattern {
        Pattern::RequestResponse => true,
        Pattern::Sync => [Waits::Job, Waits::JobOrToken, Waits::All].contains(waits),
        Pattern::Sync2 => *waits == Waits::All,
        Pattern::WaitForTaskToken => [Waits::Token, Waits::JobOrToken, Waits::All].contains(waits),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(api: &str, expected: bool) {
        let text = format!("arn:aws:states:::{api}");
        assert_eq!(is_known(&Resource::parse(&text)), expected, "{text}");
    }

    #[test]
    fn an_integration_has_calls_and_ways_to_wait() {
        check("sqs:sendMessage.waitForTaskToken", true);
        check("states:startExecution.sync:2", true);
        check("dynamodb:getItem", true);
        check("dynamodb:query", false);
        check("dynamodb:getItem.sync", false);
        check("glue:startJobRun.sync:2", false);
        check("lambda:invoke.later", false);
    }

    #[test]
    fn a_call_of_an_sdk_is_known_by_its_shape() {
        check("aws-sdk:dynamodb:query", true);
        check("aws-sdk:sfn:startExecution.waitForTaskToken", true);
        check("aws-sdk:dynamodb:Query", false);
        check("aws-sdk:ecs:runTask.sync", false);
        check("aws-sdk:dynamodb", false);
    }
}
