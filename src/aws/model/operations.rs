//! The members of every request: what the API's model says of them.

use super::{Member, Shape};

const ANY: usize = usize::MAX;

const fn must(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        required: true,
        shape,
    }
}

const fn may(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        required: false,
        shape,
    }
}

const ARN: Shape = Shape::Text(1, 256);
const LONG_ARN: Shape = Shape::Text(1, 2_000);
const NAME: Shape = Shape::Text(1, 80);
const ALIAS_NAME: Shape = Shape::Pattern(
    1,
    80,
    r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$",
    is_alias_name,
);
const DEFINITION: Shape = Shape::Text(1, 1_048_576);
const TYPE: Shape = Shape::OneOf(&["STANDARD", "EXPRESS"]);
const DESCRIPTION: Shape = Shape::Text(0, 256);
const INCLUDED_DATA: Shape = Shape::OneOf(&["ALL_DATA", "METADATA_ONLY"]);
const PAGE_SIZE: Shape = Shape::Whole(0, 1_000);
const PAGE_TOKEN: Shape = Shape::Text(1, 1_024);
const LONG_PAGE_TOKEN: Shape = Shape::Text(1, 3_096);
const REVISION: Shape = Shape::Text(0, ANY);
const CLIENT_TOKEN: Shape = Shape::Pattern(1, 64, "[!-~]+", |text| {
    text.chars().all(|c| c.is_ascii_graphic())
});
const TASK_TOKEN: Shape = Shape::Text(1, 2_048);
const ERROR: Shape = Shape::Text(0, 256);
const CAUSE: Shape = Shape::Text(0, 32_768);
// Inputs and outputs are counted in bytes, and have errors of their own.
const DATA: Shape = Shape::Text(0, ANY);
const TRACE_HEADER: Shape = Shape::Pattern(0, 256, r"\p{ASCII}*", |text| text.is_ascii());
const COUNT: Shape = Shape::Whole(0, i64::MAX);
const PERCENTAGE: Shape = Shape::Decimal(0.0, 100.0);
const SEVERITY: Shape = Shape::OneOf(&["ERROR", "WARNING"]);
const INSPECTION: Shape = Shape::OneOf(&["INFO", "DEBUG", "TRACE"]);
// In the order in which the service lists them.
const STATUS: Shape = Shape::OneOf(&[
    "SUCCEEDED",
    "TIMED_OUT",
    "PENDING_REDRIVE",
    "ABORTED",
    "FAILED",
    "RUNNING",
]);
const REDRIVE_FILTER: Shape = Shape::OneOf(&["REDRIVEN", "NOT_REDRIVEN"]);

const LOGGING: Shape = Shape::Record(
    "LoggingConfiguration",
    &[
        may("level", Shape::OneOf(&["ALL", "ERROR", "FATAL", "OFF"])),
        may("includeExecutionData", Shape::Flag),
        may("destinations", Shape::List(0, ANY, &DESTINATION)),
    ],
);
const DESTINATION: Shape = Shape::Record(
    "LogDestination",
    &[may(
        "cloudWatchLogsLogGroup",
        Shape::Record("CloudWatchLogsLogGroup", &[may("logGroupArn", ARN)]),
    )],
);
const TRACING: Shape = Shape::Record("TracingConfiguration", &[may("enabled", Shape::Flag)]);
const ENCRYPTION: Shape = Shape::Record(
    "EncryptionConfiguration",
    &[
        may("kmsKeyId", Shape::Text(1, 2_048)),
        may("kmsDataKeyReusePeriodSeconds", Shape::Whole(60, 900)),
        must(
            "type",
            Shape::OneOf(&["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]),
        ),
    ],
);
const ROUTING: Shape = Shape::List(1, 2, &ROUTE);
const ROUTE: Shape = Shape::Record(
    "RoutingConfigurationListItem",
    &[
        must("stateMachineVersionArn", ARN),
        must("weight", Shape::Whole(0, 100)),
    ],
);
const TAGS: Shape = Shape::List(0, ANY, &TAG);
const TAG: Shape = Shape::Record(
    "Tag",
    &[
        may("key", Shape::Text(1, 128)),
        may("value", Shape::Text(0, 256)),
    ],
);
const TAG_KEYS: Shape = Shape::List(0, ANY, &Shape::Text(1, 128));
const MOCK: Shape = Shape::Record(
    "MockInput",
    &[
        may("result", DATA),
        may(
            "errorOutput",
            Shape::Record(
                "MockErrorOutput",
                &[may("error", ERROR), may("cause", CAUSE)],
            ),
        ),
        may(
            "fieldValidationMode",
            Shape::OneOf(&["STRICT", "PRESENT", "NONE"]),
        ),
    ],
);
const STATE_CONFIGURATION: Shape = Shape::Record(
    "TestStateConfiguration",
    &[
        may("retrierRetryCount", COUNT),
        may("errorCausedByState", NAME),
        may("mapIterationFailureCount", COUNT),
        may("mapItemReaderData", DATA),
    ],
);

fn is_alias_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.chars().all(fits) && name.chars().any(|c| !c.is_ascii_digit()) && !name.is_empty()
}

/// The members of an operation's request; `None` for an operation that is not one of the service.
#[must_use]
pub fn members(operation: &str) -> Option<&'static [Member]> {
    OPERATIONS
        .iter()
        .find(|(name, _)| *name == operation)
        .map(|(_, members)| *members)
}

/// Every operation of the service.
pub fn names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|(name, _)| *name)
}

const OPERATIONS: [(&str, &[Member]); 37] = [
    (
        "CreateActivity",
        &[
            must("name", NAME),
            may("tags", TAGS),
            may("encryptionConfiguration", ENCRYPTION),
        ],
    ),
    (
        "CreateStateMachine",
        &[
            must("name", NAME),
            must("definition", DEFINITION),
            must("roleArn", ARN),
            may("type", TYPE),
            may("loggingConfiguration", LOGGING),
            may("tags", TAGS),
            may("tracingConfiguration", TRACING),
            may("publish", Shape::Flag),
            may("versionDescription", DESCRIPTION),
            may("encryptionConfiguration", ENCRYPTION),
        ],
    ),
    (
        "CreateStateMachineAlias",
        &[
            may("description", DESCRIPTION),
            must("name", ALIAS_NAME),
            must("routingConfiguration", ROUTING),
        ],
    ),
    ("DeleteActivity", &[must("activityArn", ARN)]),
    ("DeleteStateMachine", &[must("stateMachineArn", ARN)]),
    (
        "DeleteStateMachineAlias",
        &[must("stateMachineAliasArn", ARN)],
    ),
    (
        "DeleteStateMachineVersion",
        &[must("stateMachineVersionArn", LONG_ARN)],
    ),
    ("DescribeActivity", &[must("activityArn", ARN)]),
    (
        "DescribeExecution",
        &[
            must("executionArn", ARN),
            may("includedData", INCLUDED_DATA),
        ],
    ),
    ("DescribeMapRun", &[must("mapRunArn", LONG_ARN)]),
    (
        "DescribeStateMachine",
        &[
            must("stateMachineArn", ARN),
            may("includedData", INCLUDED_DATA),
        ],
    ),
    (
        "DescribeStateMachineAlias",
        &[must("stateMachineAliasArn", ARN)],
    ),
    (
        "DescribeStateMachineForExecution",
        &[
            must("executionArn", ARN),
            may("includedData", INCLUDED_DATA),
        ],
    ),
    (
        "GetActivityTask",
        &[must("activityArn", ARN), may("workerName", NAME)],
    ),
    (
        "GetExecutionHistory",
        &[
            must("executionArn", ARN),
            may("maxResults", PAGE_SIZE),
            may("reverseOrder", Shape::Flag),
            may("nextToken", PAGE_TOKEN),
            may("includeExecutionData", Shape::Flag),
        ],
    ),
    (
        "ListActivities",
        &[may("maxResults", PAGE_SIZE), may("nextToken", PAGE_TOKEN)],
    ),
    (
        "ListExecutions",
        &[
            may("stateMachineArn", ARN),
            may("statusFilter", STATUS),
            may("maxResults", PAGE_SIZE),
            may("nextToken", LONG_PAGE_TOKEN),
            may("mapRunArn", LONG_ARN),
            may("redriveFilter", REDRIVE_FILTER),
        ],
    ),
    (
        "ListMapRuns",
        &[
            must("executionArn", ARN),
            may("maxResults", PAGE_SIZE),
            may("nextToken", LONG_PAGE_TOKEN),
        ],
    ),
    (
        "ListStateMachineAliases",
        &[
            must("stateMachineArn", ARN),
            may("nextToken", PAGE_TOKEN),
            may("maxResults", PAGE_SIZE),
        ],
    ),
    (
        "ListStateMachineVersions",
        &[
            must("stateMachineArn", ARN),
            may("nextToken", PAGE_TOKEN),
            may("maxResults", PAGE_SIZE),
        ],
    ),
    (
        "ListStateMachines",
        &[may("maxResults", PAGE_SIZE), may("nextToken", PAGE_TOKEN)],
    ),
    ("ListTagsForResource", &[must("resourceArn", ARN)]),
    (
        "PublishStateMachineVersion",
        &[
            must("stateMachineArn", ARN),
            may("revisionId", REVISION),
            may("description", DESCRIPTION),
        ],
    ),
    (
        "RedriveExecution",
        &[must("executionArn", ARN), may("clientToken", CLIENT_TOKEN)],
    ),
    (
        "SendTaskFailure",
        &[
            must("taskToken", TASK_TOKEN),
            may("error", ERROR),
            may("cause", CAUSE),
        ],
    ),
    ("SendTaskHeartbeat", &[must("taskToken", TASK_TOKEN)]),
    (
        "SendTaskSuccess",
        &[must("taskToken", TASK_TOKEN), must("output", DATA)],
    ),
    (
        "StartExecution",
        &[
            must("stateMachineArn", ARN),
            may("name", NAME),
            may("input", DATA),
            may("traceHeader", TRACE_HEADER),
        ],
    ),
    (
        "StartSyncExecution",
        &[
            must("stateMachineArn", ARN),
            may("name", NAME),
            may("input", DATA),
            may("traceHeader", TRACE_HEADER),
            may("includedData", INCLUDED_DATA),
        ],
    ),
    (
        "StopExecution",
        &[
            must("executionArn", ARN),
            may("error", ERROR),
            may("cause", CAUSE),
        ],
    ),
    (
        "TagResource",
        &[must("resourceArn", ARN), must("tags", TAGS)],
    ),
    (
        "TestState",
        &[
            must("definition", DEFINITION),
            may("roleArn", ARN),
            may("input", DATA),
            may("inspectionLevel", INSPECTION),
            may("revealSecrets", Shape::Flag),
            may("variables", DATA),
            may("stateName", NAME),
            may("mock", MOCK),
            may("context", DATA),
            may("stateConfiguration", STATE_CONFIGURATION),
        ],
    ),
    (
        "UntagResource",
        &[must("resourceArn", ARN), must("tagKeys", TAG_KEYS)],
    ),
    (
        "UpdateMapRun",
        &[
            must("mapRunArn", LONG_ARN),
            may("maxConcurrency", COUNT),
            may("toleratedFailurePercentage", PERCENTAGE),
            may("toleratedFailureCount", COUNT),
        ],
    ),
    (
        "UpdateStateMachine",
        &[
            must("stateMachineArn", ARN),
            may("definition", DEFINITION),
            may("roleArn", ARN),
            may("loggingConfiguration", LOGGING),
            may("tracingConfiguration", TRACING),
            may("publish", Shape::Flag),
            may("versionDescription", DESCRIPTION),
            may("encryptionConfiguration", ENCRYPTION),
        ],
    ),
    (
        "UpdateStateMachineAlias",
        &[
            must("stateMachineAliasArn", ARN),
            may("description", DESCRIPTION),
            may("routingConfiguration", ROUTING),
        ],
    ),
    (
        "ValidateStateMachineDefinition",
        &[
            must("definition", DEFINITION),
            may("type", TYPE),
            may("severity", SEVERITY),
            may("maxResults", Shape::Whole(0, 100)),
        ],
    ),
];
