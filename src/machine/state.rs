//! What a compiled state is.

use std::sync::Arc;

use super::{ScopeId, StateId};
use crate::asl::{QueryLanguage, Resource, StateType};
use crate::expr::{Call, Path, Query, ReferencePath, Template};
use crate::value::{Json, Moment, Text};

/// A compiled state.
pub struct State {
    /// Its name, unique in the machine.
    pub name: Text,
    /// Where it stands in the definition: `/States/A` or `/States/M/ItemProcessor/States/B`.
    pub location: Text,
    /// The scope it belongs to.
    pub scope: ScopeId,
    /// The language of its expressions.
    pub query_language: QueryLanguage,
    /// `Comment`
    pub comment: Option<Text>,
    /// What becomes of its input and output.
    pub io: Io,
    /// `Retry`, in order. Only Task, Parallel and Map have any.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order. Only Task, Parallel and Map have any.
    pub catch: Vec<Catcher>,
    /// Where it goes. Choice states decide by their rules, Succeed and Fail states end: theirs is `End`.
    pub next: Flow,
    /// What it does.
    pub kind: Kind,
}

impl State {
    /// The type as the definition spells it.
    #[must_use]
    pub fn state_type(&self) -> StateType {
        match &self.kind {
            Kind::Task(_) => StateType::Task,
            Kind::Parallel(_) => StateType::Parallel,
            Kind::Map(_) => StateType::Map,
            Kind::Pass(_) => StateType::Pass,
            Kind::Wait(_) => StateType::Wait,
            Kind::Choice(_) => StateType::Choice,
            Kind::Succeed => StateType::Succeed,
            Kind::Fail(_) => StateType::Fail,
        }
    }
}

/// What a state does, one variant for each `Type`.
pub enum Kind {
    /// Work done outside.
    Task(Task),
    /// Several branches at once.
    Parallel(Parallel),
    /// The same states for each item.
    Map(Map),
    /// Input to output.
    Pass(Pass),
    /// Nothing until a moment.
    Wait(Wait),
    /// A decision.
    Choice(Choice),
    /// The end, with success.
    Succeed,
    /// The end, with an error.
    Fail(Fail),
}

/// Where a state goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `Next`
    Next(StateId),
    /// `End`
    End,
}

/// The fields that shape a state's input and output. A field that a state does not have is at its default.
#[derive(Default)]
pub struct Io {
    /// `InputPath`
    pub input_path: Selection,
    /// `Parameters` (a Map's own is its item selector and stands in [`Map::selector`]); in JSONata, `Arguments`.
    pub parameters: Option<Template>,
    /// `ResultSelector`
    pub result_selector: Option<Template>,
    /// `ResultPath`
    pub result_path: ResultPath,
    /// `OutputPath`
    pub output_path: Selection,
    /// `Assign`
    pub assign: Option<Assign>,
    /// `Output`: JSONata's answer to the three before.
    pub output: Option<Template>,
}

/// `InputPath` and `OutputPath`.
#[derive(Default)]
pub enum Selection {
    /// `$`: everything.
    #[default]
    Whole,
    /// `null`: an empty object.
    Nothing,
    /// A path.
    Path(Path),
}

/// `ResultPath`
#[derive(Default)]
pub enum ResultPath {
    /// `$`: the result takes the input's place.
    #[default]
    Replace,
    /// `null`: the result is dropped.
    Discard,
    /// The result is put into the input.
    Put(ReferencePath),
}

/// `Assign`: variables and the templates of their values, all evaluated before any is assigned.
pub struct Assign(pub Template);

/// One entry of `Retry`.
pub struct Retrier {
    /// `ErrorEquals`
    pub errors: Vec<Text>,
    /// `IntervalSeconds`: seconds before the first retry.
    pub interval: u32,
    /// `MaxAttempts`: how many retries.
    pub max_attempts: u32,
    /// `BackoffRate`: by how much the interval grows with each retry.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`: what no interval exceeds.
    pub max_delay: Option<u32>,
    /// `JitterStrategy`
    pub jitter: Jitter,
}

/// `JitterStrategy`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jitter {
    /// The interval as it is.
    #[default]
    None,
    /// Anything between nothing and the interval.
    Full,
}

/// One entry of `Catch`.
pub struct Catcher {
    /// `ErrorEquals`
    pub errors: Vec<Text>,
    /// `Next`
    pub next: StateId,
    /// `ResultPath`: where the error output goes in the state's input.
    pub result_path: ResultPath,
    /// `Assign`
    pub assign: Option<Assign>,
    /// `Output`: what takes the place of the error output, in JSONata.
    pub output: Option<Template>,
}

/// A whole number that is written down, read from the input, or computed.
pub enum Amount {
    /// `TimeoutSeconds` and its kin.
    Literal(u32),
    /// `TimeoutSecondsPath` and its kin.
    Path(Path),
    /// `TimeoutSeconds` and its kin in JSONata.
    Query(Query),
}

/// A text that is written down or computed: `Error` and `Cause` of a Fail state.
pub enum TextField {
    /// `Error`
    Literal(Text),
    /// `ErrorPath`
    Path(Path),
    /// `ErrorPath` with an intrinsic function.
    Call(Call),
    /// `Error` in JSONata.
    Query(Query),
}

/// A Task state.
pub struct Task {
    /// `Resource`
    pub resource: Arc<Resource>,
    /// `Credentials`
    pub credentials: Option<Template>,
    /// `TimeoutSeconds`, `TimeoutSecondsPath`
    pub timeout: Option<Amount>,
    /// `HeartbeatSeconds`, `HeartbeatSecondsPath`
    pub heartbeat: Option<Amount>,
}

/// A Parallel state.
pub struct Parallel {
    /// `Branches`
    pub branches: Vec<ScopeId>,
}

/// A Map state of the inline kind.
pub struct Map {
    /// What to iterate over.
    pub items: Items,
    /// `ItemSelector`, or the legacy `Parameters`.
    pub selector: Option<Template>,
    /// `ItemProcessor`, or the legacy `Iterator`.
    pub processor: ScopeId,
    /// `MaxConcurrency`, `MaxConcurrencyPath`; 0 means as many as the service's limit allows.
    pub max_concurrency: Amount,
}

/// Where the items of a Map come from.
pub enum Items {
    /// `ItemsPath`, into the effective input.
    Path(Selection),
    /// `Items`, in JSONata.
    Query(Query),
    /// `Items` with an array that holds expressions, or none.
    Template(Template),
}

/// A Pass state.
pub struct Pass {
    /// `Result`
    pub result: Option<Json>,
}

/// A Wait state.
pub struct Wait {
    /// Until when.
    pub until: Until,
}

/// How a Wait state's moment is told.
pub enum Until {
    /// `Seconds`
    Seconds(u32),
    /// `SecondsPath`
    SecondsPath(Path),
    /// `Timestamp`
    Timestamp(Moment),
    /// `TimestampPath`
    TimestampPath(Path),
    /// `Seconds` in JSONata.
    SecondsQuery(Query),
    /// `Timestamp` in JSONata.
    TimestampQuery(Query),
}

/// A Choice state.
pub struct Choice {
    /// `Choices`, in order.
    pub rules: Vec<Rule>,
    /// `Default`
    pub default: Option<StateId>,
}

/// One entry of `Choices`.
pub struct Rule {
    /// What must hold.
    pub test: Test,
    /// `Next`
    pub next: StateId,
    /// `Assign`
    pub assign: Option<Assign>,
    /// `Output`, in JSONata.
    pub output: Option<Template>,
}

/// A condition.
pub enum Test {
    /// `And`
    And(Vec<Test>),
    /// `Or`
    Or(Vec<Test>),
    /// `Not`
    Not(Box<Test>),
    /// `IsPresent`
    IsPresent(Path, bool),
    /// `IsNull`
    IsNull(Path, bool),
    /// `IsNumeric`
    IsNumeric(Path, bool),
    /// `IsString`
    IsString(Path, bool),
    /// `IsBoolean`
    IsBoolean(Path, bool),
    /// `IsTimestamp`
    IsTimestamp(Path, bool),
    /// `StringMatches`
    StringMatches(Path, Pattern),
    /// `Condition`, in JSONata.
    Query(Query),
    /// `Condition` with a boolean.
    Constant(bool),
    /// The other operators: what kind of value both sides must be, and how they must compare.
    Compare {
        /// `Variable`
        variable: Path,
        /// What kind of value both sides must be.
        operand: Operand,
        /// How they must compare.
        relation: Relation,
        /// The right-hand side.
        comparand: Comparand,
    },
}

/// The right-hand side of a comparison.
pub enum Comparand {
    /// `NumericEquals` and its kin.
    Literal(Json),
    /// `NumericEqualsPath` and its kin.
    Path(Path),
}

/// What kind of value an operator compares; other kinds make it false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `String…`
    String,
    /// `Numeric…`
    Numeric,
    /// `Boolean…`
    Boolean,
    /// `Timestamp…`
    Timestamp,
}

/// How two values must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `…Equals`
    Equals,
    /// `…LessThan`
    LessThan,
    /// `…GreaterThan`
    GreaterThan,
    /// `…LessThanEquals`
    LessThanEquals,
    /// `…GreaterThanEquals`
    GreaterThanEquals,
}

/// The pattern of `StringMatches`, its escapes resolved: literal runs with "anything" between them.
pub struct Pattern {
    /// The runs of literal text; one more than there are stars.
    pub runs: Vec<Text>,
}

/// A Fail state.
pub struct Fail {
    /// `Error`, `ErrorPath`
    pub error: Option<TextField>,
    /// `Cause`, `CausePath`
    pub cause: Option<TextField>,
}
