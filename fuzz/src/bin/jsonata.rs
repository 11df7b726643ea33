//! JSONata: no expression may panic, overflow the stack, or cost more than its limits; what has a value has it again.

use sfn::Json;
use sfn::expr::Dice;
use sfn::expr::jsonata::{Bindings, Dialect, Environment, Error, Expression, Limits, Outcome};
use sfn::value::Timestamp;
use sfn_fuzz::{Source, document, rounds};

/// What expressions are made of where they are only words in a row.
const WORDS: [&str; 76] = [
    "a",
    "b",
    "$",
    "$$",
    "$x",
    "%",
    "*",
    "**",
    ".",
    "..",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "{}",
    "[]",
    ",",
    ";",
    ":",
    ":=",
    "?",
    "|",
    "@$v",
    "#$i",
    "^(",
    "<",
    ">",
    "=",
    "!=",
    "<=",
    "~>",
    "&",
    "+",
    "-",
    "/",
    "0",
    "1",
    "-1",
    "2.5",
    "1e308",
    "'s'",
    "\"t\"",
    "``",
    "`a b`",
    "/a+/",
    "/(a|b)*c/i",
    "true",
    "false",
    "null",
    "and",
    "or",
    "in",
    "function($v){",
    "λ($n)<n:n>{",
    "$map(",
    "$sum(",
    "$string(",
    "$f(",
    "$f := ",
    "$sort(",
    "$each(",
    "$merge(",
    "$replace(",
    "$formatNumber(",
    "$fromMillis(",
    "$toMillis(",
    "$range(",
    "$partition(",
    "$eval(",
    "$sift(",
    "$zip(",
    "/*",
    "*/",
    "\u{1F600}",
];

/// What an expression is spoiled with.
const CHARACTERS: [char; 16] = [
    '(', ')', '[', ']', '{', '}', '.', ',', '|', '^', '$', '%', '*', '\'', '/', ' ',
];

/// What stands where nothing nests deeper.
const LEAVES: [&str; 20] = [
    "a",
    "b",
    "$",
    "$$",
    "$x",
    "$f",
    "%",
    "*",
    "**",
    "0",
    "1",
    "2.5",
    "1e308",
    "'s'",
    "'a-b-c'",
    "/(a|b)*c/i",
    "true",
    "null",
    "$v",
    "$sum",
];

const BINARY: [&str; 17] = [
    "+", "-", "*", "/", "%", "&", "=", "!=", "<", ">", "<=", ">=", " and ", " or ", " in ", "~>",
    ".",
];

const FUNCTIONS: [&str; 30] = [
    "abs",
    "append",
    "average",
    "boolean",
    "contains",
    "count",
    "distinct",
    "each",
    "exists",
    "filter",
    "formatNumber",
    "join",
    "keys",
    "length",
    "lookup",
    "lowercase",
    "map",
    "match",
    "merge",
    "number",
    "pad",
    "parse",
    "reduce",
    "replace",
    "reverse",
    "sort",
    "split",
    "spread",
    "string",
    "sum",
];

fn target(source: &mut Source) {
    let text = match source.below(3) {
        0 => (0..source.below(20))
            .map(|_| source.pick(&WORDS))
            .collect::<Vec<_>>()
            .join(" "),
        1 => {
            let text = expression(source, 3);
            source.mutated(&text, &CHARACTERS)
        }
        _ => expression(source, 5),
    };
    let dialect = source.pick(&[Dialect::Aws, Dialect::Latest]);
    let Ok(expression) = Expression::parse(&text, dialect) else {
        return;
    };
    let input = document(source, 4);
    let first = evaluate(&expression, &input);
    // Values that are not numbers are not equal to themselves; their texts are.
    let told = |answer: &Result<Outcome, Error>| format!("{answer:?}");
    assert_eq!(told(&first), told(&evaluate(&expression, &input)), "{text}");
}

fn evaluate(expression: &Expression, input: &Json) -> Result<Outcome, Error> {
    let limits = Limits {
        steps: 100_000,
        ..Limits::aws()
    };
    let environment = Environment {
        now: Timestamp::from_millis(0),
        dice: &Dice::new(0, 0),
    };
    let bindings = Bindings::new().with("x", input.clone());
    expression.evaluate(Some(input), &bindings, &limits, &environment)
}

/// An expression that nests so deep and is right, for the most part.
fn expression(source: &mut Source, depth: usize) -> String {
    if depth == 0 {
        return source.pick(&LEAVES).to_owned();
    }
    let inner = |source: &mut Source| expression(source, depth - 1);
    match source.below(12) {
        0 | 1 => {
            let (left, right) = (inner(source), inner(source));
            format!("({left}{}{right})", source.pick(&BINARY))
        }
        2 => format!("{}[{}]", inner(source), inner(source)),
        3 => format!("[{}, {}]", inner(source), inner(source)),
        4 => format!("[0..{}]", source.below(1 << 24)),
        5 => format!("{{'k': {}, 'l': {}}}", inner(source), inner(source)),
        6 => format!(
            "({} ? {} : {})",
            inner(source),
            inner(source),
            inner(source)
        ),
        7 => format!(
            "(${} := {}; {})",
            source.pick(&["x", "f"]),
            inner(source),
            inner(source)
        ),
        8 => format!("function($v, $w){{{}}}", inner(source)),
        9 => format!("{}^(>{})", inner(source), inner(source)),
        10 => format!(
            "({} ~> |{}|{{'k': {}}}|)",
            inner(source),
            source.pick(&["a", "**", "$"]),
            inner(source)
        ),
        _ => {
            let arguments: Vec<String> = (0..=source.below(2)).map(|_| inner(source)).collect();
            format!("${}({})", source.pick(&FUNCTIONS), arguments.join(", "))
        }
    }
}

fn main() {
    // As small as the stack of a worker of tokio.
    let run = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(|| rounds(target));
    if run.expect("a thread can be had").join().is_err() {
        std::process::exit(1);
    }
}
