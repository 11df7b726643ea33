//! `sfn-run eval`: an expression on its own, for those who are writing one.

use clap::{Args, ValueEnum};

use super::{Exit, input, start, terminal};
use crate::driver::local::wall;
use crate::expr::jsonata::{Bindings, Dialect, Environment, Expression, Limits, Outcome, States};
use crate::expr::{Call, Context, Dice, Path, Scope, Sight, Variables, path};
use crate::value::Json;

/// The options of `sfn-run eval`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Eval {
    /// The expression: JSONata, with or without {% %}
    expression: String,
    /// What it is evaluated on: a file, `-` for standard input, or JSON itself. In JSONata it is `$states.input` and `$`
    #[arg(allow_negative_numbers = true)]
    input: Option<String>,
    /// The expression is a JSONPath
    #[arg(long, conflicts_with = "intrinsic")]
    jsonpath: bool,
    /// The expression is an intrinsic function
    #[arg(long)]
    intrinsic: bool,
    /// A variable; VALUE is JSON, or else a string. May be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
    /// aws is the service's: JSONata 2.0.6 with six functions more and no $eval, or Jayway's JSONPath. latest is JSONata
    /// with `??` and `?:`, rfc9535 the JSONPath of the standard
    #[arg(long, value_enum, default_value_t)]
    dialect: Kind,
    /// What random numbers and UUIDs are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

const EXAMPLES: &str = "\
Examples:
  sfn-run eval '$sum(items.(price * quantity))' order.json
  sfn-run eval '{% $states.input.total > $limit %}' '{\"total\": 7}' --var limit=5
  sfn-run eval --jsonpath '$.items[?(@.price > 10)].name' order.json
  sfn-run eval --jsonpath '$.items[?@.price > 10]' order.json --dialect rfc9535
  sfn-run eval --intrinsic \"States.Format('{} of {}', $.a, $.b)\" '{\"a\": 1, \"b\": 2}'

Exit codes:
  0 a value, on standard output as JSON, or nothing   1 the expression failed   2 usage";

#[derive(Clone, Copy, Default, ValueEnum)]
enum Kind {
    #[default]
    Aws,
    Latest,
    #[value(name = "rfc9535")]
    Rfc9535,
}

/// What came of an expression.
enum Found {
    Value(Json),
    /// Nothing, and how that is called.
    Nothing(&'static str),
}

/// Why an expression has no value: a text, and where in the expression, in characters.
struct Problem {
    message: String,
    at: Option<usize>,
}

impl Eval {
    pub(super) fn run(&self) -> Exit {
        self.evaluated()
            .unwrap_or_else(|problem| terminal::refuse(&problem))
    }

    fn evaluated(&self) -> Result<Exit, String> {
        self.check_dialect()?;
        let variables = start::variables(&self.var)?;
        let input = self
            .input
            .as_deref()
            .map(input::execution_input)
            .transpose()?;
        let input = input.map(|input| input.json);
        let found = if self.jsonpath || self.intrinsic {
            self.in_scope(&input.unwrap_or_else(Json::object), &variables)
        } else {
            self.jsonata(input.as_ref(), &variables)
        };
        match found {
            Ok(Found::Value(value)) => {
                terminal::print(&format!("{value}\n"))?;
                Ok(Exit::Success)
            }
            Ok(Found::Nothing(what)) => {
                terminal::note(what);
                Ok(Exit::Success)
            }
            Err(problem) => {
                terminal::complain(&self.shown(&problem));
                Ok(Exit::Failed)
            }
        }
    }

    /// A dialect must be one of the language.
    fn check_dialect(&self) -> Result<(), String> {
        match (self.dialect, self.jsonpath, self.intrinsic) {
            (Kind::Latest, true, _) | (Kind::Latest, _, true) => {
                Err("`latest` is a dialect of JSONata".into())
            }
            (Kind::Rfc9535, false, _) => {
                Err("`rfc9535` is a dialect of JSONPath: give --jsonpath, too".into())
            }
            _ => Ok(()),
        }
    }

    fn jsonata(&self, input: Option<&Json>, variables: &Variables) -> Result<Found, Problem> {
        let dialect = match self.dialect {
            Kind::Latest => Dialect::Latest,
            Kind::Aws | Kind::Rfc9535 => Dialect::Aws,
        };
        let problem = |error: crate::expr::jsonata::Error| Problem {
            message: format!("{}: {}", error.code, error.message),
            at: error.position,
        };
        let expression = Expression::parse(self.text(), dialect).map_err(problem)?;
        let states = States {
            input: input.cloned(),
            ..States::default()
        };
        let bindings = Bindings::new()
            .with_states(states)
            .with_variables(variables);
        let environment = Environment {
            now: wall(),
            dice: &Dice::new(self.seed, 0),
        };
        let outcome = expression.evaluate(input, &bindings, &Limits::aws(), &environment);
        Ok(match outcome.map_err(problem)? {
            Outcome::Value(value) => Found::Value(value),
            Outcome::Undefined => Found::Nothing("the expression gives nothing (undefined)"),
            Outcome::Function => {
                Found::Nothing("the expression gives a function, which has no JSON")
            }
        })
    }

    /// The expression without `{% %}`.
    fn text(&self) -> &str {
        let inside = self.expression.strip_prefix("{%");
        inside
            .and_then(|rest| rest.strip_suffix("%}"))
            .unwrap_or(&self.expression)
    }

    fn in_scope(&self, input: &Json, variables: &Variables) -> Result<Found, Problem> {
        let problem = |message: String| Problem { message, at: None };
        let make = Json::object;
        let scope = Scope {
            input,
            context: &Context::new(&make),
            variables,
            dice: &Dice::new(self.seed, 0),
            sight: Sight::default(),
        };
        let value = if self.jsonpath {
            let dialect = match self.dialect {
                Kind::Rfc9535 => path::Dialect::Rfc9535,
                Kind::Aws | Kind::Latest => path::Dialect::Aws,
            };
            let path = Path::compile_in(&self.expression, dialect)
                .map_err(|error| problem(error.to_string()))?;
            path.find(&scope)
                .map_err(|error| problem(error.to_string()))
        } else {
            let call =
                Call::compile(&self.expression).map_err(|error| problem(error.to_string()))?;
            call.eval(&scope).map_err(|fault| problem(fault.message))
        };
        value.map(Found::Value)
    }

    /// The problem, and the place under the expression where that has one line.
    fn shown(&self, problem: &Problem) -> String {
        let text = self.text();
        match problem.at {
            Some(at) if !text.contains('\n') => {
                // The place is that behind the token at fault, in UTF-16 units.
                let units = at.saturating_sub(1);
                let mut seen = 0;
                let before = text.chars().take_while(|c| {
                    seen += c.len_utf16();
                    seen <= units
                });
                let blank = " ".repeat(before.count());
                format!("{}\n  {text}\n  {blank}^", problem.message)
            }
            Some(at) => format!("{} at {at}", problem.message),
            None => problem.message.clone(),
        }
    }
}
