//! The tables themselves: one for each kind of object, and one for what a type of state has of its own.

use super::{Field, Kind, Shape};
use crate::asl::{LARGEST, QueryLanguage};

pub(super) const fn field(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        name,
        shape,
        language: None,
        required: false,
        about,
    }
}

pub(super) const fn path(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        language: Some(QueryLanguage::JsonPath),
        ..field(name, shape, about)
    }
}

const fn jsonata(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        language: Some(QueryLanguage::Jsonata),
        ..field(name, shape, about)
    }
}

pub(super) const fn required(field: Field) -> Field {
    Field {
        required: true,
        ..field
    }
}

pub(super) const COMMENT: Field = field("Comment", Shape::Text, "A remark for people.");
pub(super) const LANGUAGE: Field = field(
    "QueryLanguage",
    Shape::Words(&["JSONPath", "JSONata"]),
    "The language of expressions; JSONPath unless it is told.",
);
const START: Field = required(field(
    "StartAt",
    Shape::Text,
    "The name of the state that comes first.",
));
const STATES: Field = required(field("States", Shape::States, "The states by their names."));
pub(super) const ASSIGN: Field = field(
    "Assign",
    Shape::Object,
    "Variables that later states can read, with their values.",
);
const OUTPUT: Field = jsonata(
    "Output",
    Shape::Any,
    "What the state puts out, instead of its result.",
);
const NEXT: Field = field("Next", Shape::Text, "The name of the state that follows.");
const ERRORS: Field = required(field(
    "ErrorEquals",
    Shape::Texts,
    "The names of the errors that this is for; States.ALL for all of them.",
));
const SECONDS: Shape = Shape::Integer(1, LARGEST);

pub(super) const MACHINE: &[Field] = &[
    COMMENT,
    field(
        "Version",
        Shape::Words(&["1.0"]),
        "The version of the language.",
    ),
    LANGUAGE,
    field("TimeoutSeconds", SECONDS, "How long an execution may take."),
    START,
    STATES,
];
pub(super) const BRANCH: &[Field] = &[COMMENT, START, STATES];
pub(super) const PROCESSOR: &[Field] = &[
    COMMENT,
    field(
        "ProcessorConfig",
        Shape::One(Kind::ProcessorConfig),
        "How the items are processed.",
    ),
    START,
    STATES,
];
pub(super) const PROCESSOR_CONFIG: &[Field] = &[
    field(
        "Mode",
        Shape::Words(&["INLINE", "DISTRIBUTED"]),
        "Whether each item is an execution of its own.",
    ),
    field(
        "ExecutionType",
        Shape::Words(&["STANDARD", "EXPRESS"]),
        "The type of the executions of a distributed Map.",
    ),
];
pub(super) const RETRIER: &[Field] = &[
    COMMENT,
    ERRORS,
    field(
        "IntervalSeconds",
        SECONDS,
        "How long to wait before the first retry; one second unless it is told.",
    ),
    field(
        "MaxAttempts",
        Shape::Integer(0, LARGEST),
        "How often to retry at most; three times unless it is told.",
    ),
    field(
        "BackoffRate",
        Shape::Number(1),
        "What the wait is multiplied by after each retry; 2 unless it is told.",
    ),
    field("MaxDelaySeconds", SECONDS, "The longest wait."),
    field(
        "JitterStrategy",
        Shape::Words(&["FULL", "NONE"]),
        "Whether waits are drawn at random.",
    ),
];
pub(super) const CATCHER: &[Field] = &[
    COMMENT,
    ERRORS,
    required(NEXT),
    path(
        "ResultPath",
        Shape::NullableText,
        "Where the error is written into the input.",
    ),
    OUTPUT,
    ASSIGN,
];
pub(super) const RULE: &[Field] = &[
    COMMENT,
    required(NEXT),
    ASSIGN,
    OUTPUT,
    jsonata("Condition", Shape::Any, "What must hold."),
    path(
        "Variable",
        Shape::Text,
        "The path of the value that is compared.",
    ),
];
pub(super) const INNER_RULE: &[Field] = &[
    COMMENT,
    path(
        "Variable",
        Shape::Text,
        "The path of the value that is compared.",
    ),
];

pub(super) const HANDLERS: &[Field] = &[
    field(
        "Retry",
        Shape::Many(Kind::Retrier, 0),
        "Which errors are tried again, and when.",
    ),
    field(
        "Catch",
        Shape::Many(Kind::Catcher, 0),
        "Which errors lead to another state.",
    ),
];
pub(super) const FLOW: &[Field] = &[
    NEXT,
    field(
        "End",
        Shape::Boolean,
        "Whether the branch or the machine ends here.",
    ),
];
pub(super) const INPUT_OUTPUT: &[Field] = &[
    path(
        "InputPath",
        Shape::NullableText,
        "Which part of the input the state works on.",
    ),
    path(
        "OutputPath",
        Shape::NullableText,
        "Which part of the outcome is put out.",
    ),
    OUTPUT,
];
pub(super) const PARAMETERS: Field = path(
    "Parameters",
    Shape::Any,
    "The input that the state works on, made from a template.",
);
pub(super) const ARGUMENTS: Field = jsonata("Arguments", Shape::Any, "What the state works on.");
pub(super) const RESULT_PATH: Field = path(
    "ResultPath",
    Shape::NullableText,
    "Where the result is written into the input.",
);
pub(super) const RESULT_SELECTOR: Field = path(
    "ResultSelector",
    Shape::Object,
    "What is taken of the result.",
);

pub(super) const TASK: &[Field] = &[
    required(field(
        "Resource",
        Shape::Text,
        "The ARN of what does the work.",
    )),
    field(
        "Credentials",
        Shape::Object,
        "The role that the task is done in.",
    ),
    field("TimeoutSeconds", SECONDS, "How long the task may take."),
    path(
        "TimeoutSecondsPath",
        Shape::Text,
        "Where it is told how long the task may take.",
    ),
    field(
        "HeartbeatSeconds",
        SECONDS,
        "How long the task may be silent.",
    ),
    path(
        "HeartbeatSecondsPath",
        Shape::Text,
        "Where it is told how long the task may be silent.",
    ),
];
pub(super) const PASS: &[Field] = &[path("Result", Shape::Any, "The result: this value.")];
pub(super) const WAIT: &[Field] = &[
    field("Seconds", Shape::Integer(0, LARGEST), "How long to wait."),
    path(
        "SecondsPath",
        Shape::Text,
        "Where it is told how long to wait.",
    ),
    field("Timestamp", Shape::Text, "Until when to wait."),
    path(
        "TimestampPath",
        Shape::Text,
        "Where it is told until when to wait.",
    ),
];
pub(super) const FAIL: &[Field] = &[
    field("Error", Shape::Text, "The name of the error."),
    path(
        "ErrorPath",
        Shape::Text,
        "Where the name of the error is told.",
    ),
    field("Cause", Shape::Text, "Why it failed, for people."),
    path("CausePath", Shape::Text, "Where it is told why it failed."),
];
pub(super) const CHOICE: &[Field] = &[
    required(field(
        "Choices",
        Shape::Many(Kind::Rule, 1),
        "The rules: the first that holds tells where to go.",
    )),
    field(
        "Default",
        Shape::Text,
        "The state that follows when no rule holds.",
    ),
];
pub(super) const PARALLEL: &[Field] = &[required(field(
    "Branches",
    Shape::Many(Kind::Branch, 1),
    "The branches, which run at the same time.",
))];
pub(super) const MAP: &[Field] = &[
    path(
        "ItemsPath",
        Shape::Text,
        "Where the items are in the input.",
    ),
    jsonata("Items", Shape::Any, "The items."),
    field(
        "ItemSelector",
        Shape::Any,
        "What each iteration gets, made from a template.",
    ),
    field(
        "ItemProcessor",
        Shape::One(Kind::Processor),
        "The states that each item goes through.",
    ),
    field(
        "Iterator",
        Shape::One(Kind::Processor),
        "The older name of ItemProcessor.",
    ),
    field(
        "MaxConcurrency",
        Shape::Integer(0, LARGEST),
        "How many iterations run at a time; 0 for no limit.",
    ),
    path(
        "MaxConcurrencyPath",
        Shape::Text,
        "Where it is told how many iterations run at a time.",
    ),
    field(
        "ItemReader",
        Shape::Object,
        "Where the items of a distributed Map are read from.",
    ),
    field(
        "ItemBatcher",
        Shape::Object,
        "How items are put together into batches.",
    ),
    field(
        "ResultWriter",
        Shape::Object,
        "Where the results of a distributed Map are written to.",
    ),
    field(
        "Label",
        Shape::Text,
        "What the runs of a distributed Map are called.",
    ),
    field(
        "ToleratedFailureCount",
        Shape::Any,
        "How many items may fail.",
    ),
    path(
        "ToleratedFailureCountPath",
        Shape::Text,
        "Where it is told how many items may fail.",
    ),
    field(
        "ToleratedFailurePercentage",
        Shape::Any,
        "Which share of the items may fail.",
    ),
    path(
        "ToleratedFailurePercentagePath",
        Shape::Text,
        "Where it is told which share of the items may fail.",
    ),
];
