//! Every quota of the service, named.
//!
//! Source: "Service quotas" of the AWS Step Functions developer guide, unless said otherwise. Which of them hold is
//! decided in `profile.rs`.

use std::time::Duration;

/// Bytes of a payload as UTF-8 JSON text: a state's input or output, a task's result.
pub const PAYLOAD: usize = 262_144;

/// Events of one history. The last of them is the failure that the limit causes.
pub const HISTORY_EVENTS: u64 = 25_000;

/// Iterations of an inline Map that run at once, whatever `MaxConcurrency` says.
pub const INLINE_MAP_CONCURRENCY: u32 = 40;

/// Seconds of a timeout or a heartbeat (States Language, § Timeouts and Heartbeats).
pub const SECONDS: u32 = 99_999_999;

/// Bytes of all variables of an execution together. One variable, and what one `Assign` sets, is a payload.
pub const VARIABLES: usize = 10_485_760;

/// Characters of a failure's name (API reference, `SendTaskFailure`).
pub const ERROR: usize = 256;

/// Characters of a failure's cause (API reference, `SendTaskFailure`); what resolvers make of an answer keeps to as many
/// bytes.
pub const CAUSE: usize = 32_768;

/// Bytes of a definition.
pub const DEFINITION: usize = 1_048_576;

/// How long an Express execution may run.
pub const EXPRESS_DURATION: Duration = Duration::from_secs(300);

/// How far in the future a Wait state may end: the seconds of 31 bits, 24,855 days and a little (observed on AWS).
pub const WAIT: Duration = Duration::from_secs(2_147_483_647);

/// How deep containers may nest in a state's output. Not a quota of the service, but of its JSON parser, which refuses
/// deeper texts.
pub const NESTING: usize = crate::value::NESTING;

/// How many transitions one `advance` makes before it answers "call me again now". Not a quota of the service: it keeps
/// a machine that never parks from holding a thread for ever.
pub const TRANSITIONS_PER_ADVANCE: u32 = 10_000;

/// Payloads of at least this many bytes are stored once, apart from the frames that refer to them.
pub const INLINE_PAYLOAD: usize = 8_192;
