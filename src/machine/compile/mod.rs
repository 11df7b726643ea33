//! From a definition to a machine: names become indices, texts become expressions.

mod choice;
mod expressions;
mod number;
mod queries;

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::DiGraph;
use sha2::{Digest as _, Sha256};

use self::expressions::Expressions;
use self::number::number;
use self::queries::Sees;
use super::check;
use super::state::{
    Amount, Catcher, Fail, Flow, Io, Items, Jitter, Kind, Map, Parallel, Pass, Retrier, State,
    Task, TextField, Until, Wait,
};
use super::{Edge, Machine, Options, Scope, ScopeId, StateId};
use crate::asl::{
    self, Definition, Diagnostic, JitterStrategy, Node, Placeholders, Resource, Rules, Severity,
    StateKind, States, Transition, codes,
};
use crate::value::Text;

impl Machine {
    /// Parses, checks and compiles a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once. Warnings are among them, but are never the only ones.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, Vec<Diagnostic>> {
        Self::parse_with_warnings(text).map(|(machine, _)| machine)
    }

    /// The same, with what looks wrong in a definition that can be used.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn parse_with_warnings(
        text: impl AsRef<[u8]>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::parse_with(text, Options::default())
    }

    /// The same, compiled as these options say.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn parse_with(
        text: impl AsRef<[u8]>,
        options: Options,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::from_read(asl::parse(text.as_ref()), options)
    }

    /// The same for a definition that was read from a text of any format.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_node(
        node: &Node,
        options: Options,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::from_read(asl::read(node), options)
    }

    fn from_read(
        (definition, mut diagnostics): (Option<Definition>, Vec<Diagnostic>),
        options: Options,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Some(definition) = definition else {
            return Err(diagnostics);
        };
        let machine = compile(&definition, options, &mut diagnostics);
        in_reading_order(&mut diagnostics);
        match machine {
            Some(machine) => Ok((machine, diagnostics)),
            None => Err(diagnostics),
        }
    }

    /// Everything that is wrong or looks wrong in a definition that is held to these rules, in the order of the text; and
    /// the machine, where it can be run.
    ///
    /// What the language allows is not complained of, even where it cannot be run yet.
    #[must_use]
    pub fn check(node: &Node, rules: Rules, options: Options) -> (Option<Self>, Vec<Diagnostic>) {
        let mut machine = None;
        let (definition, mut diagnostics) = asl::read(node);
        if let Some(definition) = &definition {
            machine = compile(definition, options, &mut diagnostics);
            check::resources(definition, rules, &mut diagnostics);
            check::suspicions(definition, &mut diagnostics);
        }
        diagnostics.retain(|each| each.code != codes::DISTRIBUTED_MAP_UNSUPPORTED);
        if rules.placeholders == Placeholders::Allow {
            asl::excuse(node, &mut diagnostics);
        }
        in_reading_order(&mut diagnostics);
        (machine, diagnostics)
    }

    /// Compiles a definition that was parsed without errors.
    ///
    /// # Errors
    /// What is wrong with its names and expressions, at once.
    pub fn compile(definition: &Definition, options: Options) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let machine = compile(definition, options, &mut diagnostics);
        in_reading_order(&mut diagnostics);
        machine.ok_or(diagnostics)
    }
}

/// As a person reads the text: from its beginning to its end.
fn in_reading_order(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
}

/// Compiles, and adds what is wrong. `None` when a name or an expression is.
fn compile(
    definition: &Definition,
    options: Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Machine> {
    let mut names = Names::new();
    number(&definition.states, &mut names, &mut 0);
    check::check(definition, &names, diagnostics);
    let mut compiler = Compiler {
        graph: DiGraph::new(),
        scopes: Vec::new(),
        names,
        expressions: Expressions::new(diagnostics, options.jsonpath),
        edges: Vec::new(),
    };
    compiler.scope(&definition.states, None);
    let Compiler {
        graph,
        scopes,
        names,
        edges,
        ..
    } = compiler;
    if diagnostics
        .iter()
        .any(|each| each.severity == Severity::Error)
    {
        return None;
    }
    let mut machine = Machine {
        graph,
        scopes,
        names,
        timeout: definition.timeout_seconds,
        comment: definition.comment.clone(),
        hash: hash(definition),
        definition: definition.json.clone(),
    };
    for (from, to, edge) in edges {
        machine.graph.add_edge(from.0, to.0, edge);
    }
    Some(machine)
}

fn hash(definition: &Definition) -> Text {
    let digest = Sha256::digest(definition.json.to_string());
    digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .into()
}

/// What every state is called, and where it stands: names are given before states are compiled, so that a transition can
/// name a state that comes later.
pub(super) type Names = BTreeMap<Text, StateId>;

struct Compiler<'a> {
    graph: DiGraph<State, Edge>,
    scopes: Vec<Scope>,
    names: Names,
    expressions: Expressions<'a>,
    edges: Vec<(StateId, StateId, Edge)>,
}

impl Compiler<'_> {
    /// Compiles the states of a scope, and then what they hold. Recursion is as deep as scopes nest, which the nesting
    /// of a text bounds.
    fn scope(&mut self, states: &States, owner: Option<StateId>) -> ScopeId {
        let id =
            ScopeId(u32::try_from(self.scopes.len()).expect("a text has fewer scopes than bytes"));
        let found = |name: &Text| self.names.get(name).copied();
        let start = states
            .start_at
            .as_ref()
            .and_then(|start| found(&start.value))
            .unwrap_or(StateId::nowhere());
        let members = states
            .states
            .iter()
            .filter_map(|state| found(&state.name.value))
            .collect();
        self.scopes.push(Scope {
            start,
            states: members,
            owner,
        });
        for state in &states.states {
            self.state(state, id);
        }
        id
    }

    fn state(&mut self, state: &asl::State, scope: ScopeId) {
        self.expressions.turn_to(state);
        let io = self.io(state);
        let retry = state.retry.iter().map(retrier).collect();
        let catch = state
            .catch
            .iter()
            .map(|catcher| self.catcher(catcher))
            .collect();
        let next = match &state.next {
            Some(Transition::Next(name)) => Flow::Next(self.target(&name.value)),
            Some(Transition::End) | None => Flow::End,
        };
        let placeholder = State {
            name: state.name.value.clone(),
            location: state.location.as_str().into(),
            scope,
            query_language: state.query_language,
            comment: state.comment.clone(),
            io,
            retry,
            catch,
            next,
            kind: Kind::Succeed,
        };
        // The state takes its place before the states inside it take theirs: indices follow the text.
        let id = StateId(self.graph.add_node(placeholder));
        let kind = self.kind(state, id);
        self.graph[id.0].kind = kind;
        self.note_edges(id);
    }

    /// A transition to a state that is not there has been complained about before.
    fn target(&self, name: &Text) -> StateId {
        self.names.get(name).copied().unwrap_or(StateId::nowhere())
    }

    fn note_edges(&mut self, id: StateId) {
        let state = &self.graph[id.0];
        let mut edges = Vec::new();
        if let Flow::Next(next) = state.next {
            edges.push((id, next, Edge::Next));
        }
        if let Kind::Choice(choice) = &state.kind {
            edges.extend(
                choice
                    .rules
                    .iter()
                    .zip(0..)
                    .map(|(rule, at)| (id, rule.next, Edge::Rule(at))),
            );
            edges.extend(choice.default.map(|default| (id, default, Edge::Default)));
        }
        edges.extend(
            state
                .catch
                .iter()
                .zip(0..)
                .map(|(catcher, at)| (id, catcher.next, Edge::Catch(at))),
        );
        self.edges.extend(edges);
    }

    fn io(&mut self, state: &asl::State) -> Io {
        let at = |field: &str| format!("{}/{field}", state.location);
        let io = &state.io;
        let is_map = matches!(state.kind, StateKind::Map(_));
        let sees = sees(&state.kind);
        let expressions = &mut self.expressions;
        Io {
            input_path: expressions.selection(&io.input_path, || at("InputPath")),
            // The legacy parameters of a Map are its item selector.
            parameters: match (&io.parameters, &io.arguments) {
                (Some(node), _) if !is_map => {
                    expressions.template(node, &at("Parameters"), Sees::Input)
                }
                (_, Some(node)) => expressions.template(node, &at("Arguments"), Sees::Input),
                (_, None) => None,
            },
            result_selector: io
                .result_selector
                .as_ref()
                .and_then(|node| expressions.template(node, &at("ResultSelector"), sees)),
            result_path: expressions.result_path(&io.result_path, || at("ResultPath")),
            output_path: expressions.selection(&io.output_path, || at("OutputPath")),
            assign: io
                .assign
                .as_ref()
                .and_then(|node| expressions.assign(node, &at("Assign"), sees)),
            output: io
                .output
                .as_ref()
                .and_then(|node| expressions.template(node, &at("Output"), sees)),
        }
    }

    fn catcher(&mut self, catcher: &asl::Catcher) -> Catcher {
        let at = |field: &str| format!("{}/{field}", catcher.location);
        Catcher {
            errors: catcher.error_equals.clone(),
            next: catcher
                .next
                .as_ref()
                .map_or(StateId::nowhere(), |next| self.target(&next.value)),
            result_path: self
                .expressions
                .result_path(&catcher.result_path, || at("ResultPath")),
            assign: catcher.assign.as_ref().and_then(|node| {
                self.expressions
                    .assign(node, &at("Assign"), Sees::ErrorOutput)
            }),
            output: catcher.output.as_ref().and_then(|node| {
                self.expressions
                    .template(node, &at("Output"), Sees::ErrorOutput)
            }),
        }
    }

    fn kind(&mut self, state: &asl::State, id: StateId) -> Kind {
        let at = |field: &str| format!("{}/{field}", state.location);
        match &state.kind {
            StateKind::Pass(pass) => Kind::Pass(Pass {
                result: pass.result.as_ref().map(asl::Node::to_json),
            }),
            StateKind::Succeed => Kind::Succeed,
            StateKind::Task(task) => Kind::Task(self.task(task, &at)),
            StateKind::Wait(wait) => Kind::Wait(self.wait(wait, &at)),
            StateKind::Fail(fail) => Kind::Fail(Fail {
                error: self.text_field(fail.error.as_ref(), "Error", &at),
                cause: self.text_field(fail.cause.as_ref(), "Cause", &at),
            }),
            StateKind::Choice(choice) => {
                Kind::Choice(choice::compile(choice, &self.names, &mut self.expressions))
            }
            StateKind::Parallel(parallel) => {
                let branches = parallel
                    .branches
                    .iter()
                    .map(|branch| self.scope(branch, Some(id)))
                    .collect();
                Kind::Parallel(Parallel { branches })
            }
            StateKind::Map(map) => self.map(state, map, id, &at),
        }
    }

    fn task(&mut self, task: &asl::Task, at: &dyn Fn(&str) -> String) -> Task {
        Task {
            resource: Arc::new(Resource::parse(&task.resource.value)),
            credentials: task.credentials.as_ref().and_then(|node| {
                self.expressions
                    .template(node, &at("Credentials"), Sees::Input)
            }),
            timeout: task.timeout.as_ref().map(|amount| self.amount(amount, at)),
            heartbeat: task
                .heartbeat
                .as_ref()
                .map(|amount| self.amount(amount, at)),
        }
    }

    fn amount(&mut self, amount: &asl::Amount, at: &dyn Fn(&str) -> String) -> Amount {
        match amount {
            asl::Amount::Literal(number) => Amount::Literal(number.value),
            asl::Amount::Path(field, text) => self
                .expressions
                .input_reference(text, at(field))
                .map_or(Amount::Literal(0), Amount::Path),
            asl::Amount::Expression(field, text) => self
                .expressions
                .required_query(text, &at(field), "an integer", Sees::Input)
                .map_or(Amount::Literal(0), Amount::Query),
        }
    }

    fn wait(&mut self, wait: &asl::Wait, at: &dyn Fn(&str) -> String) -> Wait {
        let until = match &wait.until {
            asl::Until::Seconds(seconds) => Until::Seconds(*seconds),
            asl::Until::Timestamp(moment) => Until::Timestamp(*moment),
            asl::Until::SecondsPath(text) => self
                .expressions
                .reference(text, at("SecondsPath"))
                .map_or(Until::Seconds(0), Until::SecondsPath),
            asl::Until::TimestampPath(text) => self
                .expressions
                .reference(text, at("TimestampPath"))
                .map_or(Until::Seconds(0), Until::TimestampPath),
            asl::Until::SecondsQuery(text) => self
                .expressions
                .required_query(text, &at("Seconds"), "an integer", Sees::Input)
                .map_or(Until::Seconds(0), Until::SecondsQuery),
            asl::Until::TimestampQuery(text) => self
                .expressions
                .required_query(text, &at("Timestamp"), "a timestamp", Sees::Input)
                .map_or(Until::Seconds(0), Until::TimestampQuery),
        };
        Wait { until }
    }

    fn text_field(
        &mut self,
        field: Option<&asl::TextField>,
        name: &str,
        at: &dyn Fn(&str) -> String,
    ) -> Option<TextField> {
        match field? {
            asl::TextField::Literal(text) => self.expressions.literal_or_query(text, &at(name)),
            asl::TextField::Path(field, text) => self.expressions.text_field(text, at(field)),
        }
    }

    fn map(
        &mut self,
        state: &asl::State,
        map: &asl::Map,
        id: StateId,
        at: &dyn Fn(&str) -> String,
    ) -> Kind {
        if map.distributed {
            let message = format!(
                "state `{}` is a distributed Map, which cannot be run yet",
                state.name.value
            );
            let diagnostic = Diagnostic::error(
                codes::DISTRIBUTED_MAP_UNSUPPORTED,
                &state.location,
                state.name.span,
                message,
            );
            self.expressions
                .report(diagnostic.help("an inline Map runs the same states for each item"));
        }
        let (selector, name) = match (&map.item_selector, &state.io.parameters) {
            (Some(selector), _) => (Some(selector), "ItemSelector"),
            (None, legacy) => (legacy.as_ref(), "Parameters"),
        };
        let items = match &map.items {
            Some(node) => self.expressions.items(node, &at("Items")),
            None => Items::Path(
                self.expressions
                    .reference_selection(&map.items_path, || at("ItemsPath")),
            ),
        };
        Kind::Map(Map {
            items,
            selector: selector
                .and_then(|node| self.expressions.template(node, &at(name), Sees::Input)),
            max_concurrency: map
                .max_concurrency
                .as_ref()
                .map_or(Amount::Literal(0), |amount| self.amount(amount, at)),
            processor: self.scope(&map.processor, Some(id)),
        })
    }
}

/// Only what does work has a result.
fn sees(kind: &StateKind) -> Sees {
    match kind {
        StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_) => Sees::Result,
        StateKind::Pass(_)
        | StateKind::Wait(_)
        | StateKind::Choice(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => Sees::Input,
    }
}

fn retrier(retrier: &asl::Retrier) -> Retrier {
    Retrier {
        errors: retrier.error_equals.clone(),
        interval: retrier.interval_seconds,
        max_attempts: retrier.max_attempts,
        backoff_rate: retrier.backoff_rate,
        max_delay: retrier.max_delay_seconds,
        jitter: match retrier.jitter_strategy {
            JitterStrategy::None => Jitter::None,
            JitterStrategy::Full => Jitter::Full,
        },
    }
}
