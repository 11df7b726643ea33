//! The rules that a diagnostic can name.

macro_rules! codes {
    ($($name:ident = $code:literal: $about:literal,)*) => {
        $(#[doc = $about] pub const $name: &str = $code;)*
        /// Every code with what it means.
        pub const ALL: &[(&str, &str)] = &[$(($code, $about)),*];
    };
}

codes! {
    INVALID_JSON = "invalid-json": "The text is not JSON.",
    WRONG_TYPE = "wrong-type": "A field holds the wrong kind of value.",
    UNKNOWN_FIELD = "unknown-field": "The language has no such field here.",
    DUPLICATE_FIELD = "duplicate-field": "A field is written twice.",
    MISSING_FIELD = "missing-field": "A field must be there.",
    EXCLUSIVE_FIELDS = "exclusive-fields": "Only one of several fields may be there.",
    WRONG_QUERY_LANGUAGE = "wrong-query-language": "A field belongs to the other query language.",
    OUT_OF_RANGE = "out-of-range": "A number is too small or too large.",
    EMPTY = "empty": "A list or an object must not be empty.",
    UNKNOWN_VALUE = "unknown-value": "A field has a fixed set of values, and this is none of them.",
    INVALID_NAME = "invalid-name": "A name is empty or too long.",
    INVALID_VARIABLE = "invalid-variable": "A variable cannot have this name.",
    OUTER_VARIABLE = "outer-variable": "A variable of a scope around cannot be assigned.",
    DUPLICATE_STATE = "duplicate-state": "A state's name must be unique in the whole machine.",
    START_NOT_FOUND = "start-not-found": "`StartAt` names no state of its scope.",
    NEXT_NOT_FOUND = "next-not-found": "A transition names no state of its scope.",
    UNREACHABLE_STATE = "unreachable-state": "Nothing leads to a state.",
    NO_TERMINAL_STATE = "no-terminal-state": "A scope has no state that ends it.",
    ALL_NOT_ALONE = "states-all-not-alone": "`States.ALL` must stand alone, in the last retrier or catcher.",
    ONE_OPERATOR = "one-operator": "A rule has exactly one operator.",
    INVALID_PATH = "invalid-path": "A text is no JSONPath.",
    INVALID_REFERENCE_PATH = "invalid-reference-path": "A text is no Reference Path.",
    INVALID_TEMPLATE = "invalid-template": "A field whose name ends in `.$` holds no path and no intrinsic function.",
    INVALID_PATTERN = "invalid-pattern": "A pattern of `StringMatches` ends in an open escape.",
    INVALID_TIMESTAMP = "invalid-timestamp": "A text is no RFC 3339 timestamp.",
    TOO_DEEP = "too-deep": "States stand too deep inside each other.",
    INVALID_LABEL = "invalid-label": "The label of a distributed Map has a character that it must not have, or too many.",
    DUPLICATE_LABEL = "duplicate-label": "Two distributed Maps have the same label.",
    NEEDS_DISTRIBUTED = "needs-distributed": "A field belongs to a distributed Map, and this one is inline.",
    UNKNOWN_INTEGRATION = "unknown-integration": "The service integrates no such call.",
    NOT_IN_EXPRESS = "not-in-express": "An Express workflow cannot have this.",
    TOO_LARGE = "too-large": "The definition has more bytes than the service takes.",
    MISSING_DOLLAR = "missing-dollar": "A text looks like a path, but the name of its field does not end in `.$`.",
    STATIC_RESULT = "static-result": "The `Result` of a Pass state is what is written, even where it looks like a path.",
    INVALID_MOCK = "invalid-mock": "A file of mocks says something that cannot be answered.",
    INVALID_JSONATA = "INVALID_JSONATA_EXPRESSION": "A text in `{% %}` is no JSONata.",
    UNSUPPORTED_JSONATA = "UNSUPPORTED_JSONATA_EXPRESSION": "A JSONata expression refers to something that is not there.",
    DISTRIBUTED_MAP_UNSUPPORTED = "distributed-map-unsupported": "A distributed Map cannot be run yet.",
}

/// The code that the service has for a rule; names of lints stay as they are (API reference, `ValidateStateMachineDefinitionDiagnostic`).
#[must_use]
pub fn of_service(code: &str) -> &str {
    match code {
        INVALID_JSON => "INVALID_JSON_DESCRIPTION",
        INVALID_NAME => "INVALID_STATE_NAME",
        DUPLICATE_STATE => "DUPLICATE_STATE_NAME",
        START_NOT_FOUND | NEXT_NOT_FOUND | UNREACHABLE_STATE => "MISSING_TRANSITION_TARGET",
        NO_TERMINAL_STATE => "MISSING_END_STATE",
        TOO_DEEP => "TOO_DEEPLY_NESTED",
        INVALID_LABEL => "INVALID_LABEL_NAME",
        DUPLICATE_LABEL => "DUPLICATE_LABEL_NAME",
        MISSING_DOLLAR => "NO_DOLLAR",
        STATIC_RESULT => "PASS_RESULT_IS_STATIC",
        INVALID_JSONATA | UNSUPPORTED_JSONATA => code,
        _ if ALL.iter().any(|(known, _)| *known == code) => "SCHEMA_VALIDATION_FAILED",
        // A lint: its name is its own, or the service's.
        _ => code,
    }
}
