//! JSONata against the public test-suite, the reference implementation's answers, and hostile input.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sfn::Json;
use sfn::conformance::{Failed, Options, run};
use sfn::expr::Dice;
use sfn::expr::jsonata::{Bindings, Dialect, Environment, Error, Expression, Limits, Outcome};
use sfn::value::Timestamp;

use crate::corpus;

/// Cases of the suite that are not met.
const SUITE_DIFFERENCES: &[(&str, &str)] = &[
    (
        "jsonata-suite#405 ",
        "half a surrogate pair, which no Rust string can hold",
    ),
    (
        "jsonata-suite#408 ",
        "half a surrogate pair, which no Rust string can hold",
    ),
];

/// Random expressions that are answered differently.
const FUZZ_DIFFERENCES: &[(&str, &str)] = &[
    (
        "jsonata-fuzz#1255 ",
        "of two errors in one array, the reference tells the one that its promises reach first",
    ),
    (
        "jsonata-fuzz#1998 ",
        "of two errors in one array, the reference tells the one that its promises reach first",
    ),
    (
        "jsonata-fuzz#3628 ",
        "the reference had changed its input in an earlier case",
    ),
    (
        "jsonata-fuzz#4153 ",
        "the reference had changed its input in an earlier case",
    ),
    (
        "jsonata-fuzz#4208 ",
        "the reference had changed its input in an earlier case",
    ),
];

fn evaluate(
    text: &str,
    dialect: Dialect,
    input: Option<&Json>,
    bindings: Option<&Json>,
    limits: &Limits,
) -> Result<Outcome, Error> {
    let expression = Expression::parse(text, dialect)?;
    let bindings = match bindings.and_then(Json::as_object) {
        Some(members) => Bindings::new().with_members(members),
        None => Bindings::new(),
    };
    let environment = Environment {
        now: Timestamp::from_millis(1_700_000_000_000),
        dice: &Dice::new(1, 0),
    };
    expression.evaluate(input, &bindings, limits, &environment)
}

/// Runs a table: the cases that differ must be those that are known to.
fn check_table(name: &str, known: &[(&str, &str)], at_least: usize) {
    let Some(table) = corpus::path(name) else {
        return;
    };
    let report = run(&[table], &Options::default(), |_, _| {}).expect("the table can be read");
    let is_known = |failed: &&Failed| known.iter().any(|(id, _)| failed.id.starts_with(id));
    let unknown: Vec<String> = report
        .failures()
        .iter()
        .filter(|failed| !is_known(failed))
        .map(|failed| format!("{}: {}", failed.id, failed.reason))
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    assert_eq!(
        report.failures().len(),
        known.len(),
        "strike out what now agrees"
    );
    assert!(report.total().passed >= at_least, "the table is too short");
}

#[test]
fn the_public_suite_agrees() {
    check_table("jsonata-suite.jsonl", SUITE_DIFFERENCES, 1_684);
}

#[test]
fn random_expressions_agree_with_the_reference() {
    check_table("jsonata-fuzz.jsonl", FUZZ_DIFFERENCES, 1_265);
}

fn aws(text: &str) -> String {
    match evaluate(text, Dialect::Aws, None, None, &Limits::aws()) {
        Ok(Outcome::Value(value)) => value.to_string(),
        Ok(other) => format!("{other:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_functions_of_the_service() {
    for (text, expected) in [
        ("$partition([0,1,2,3], 3)", "[[0,1,2],[3]]"),
        ("$partition([0], 5)", "[[0]]"),
        ("$partition([1,2,3], 2.6)", "[[1,2],[3]]"),
        ("$partition([1,2])", "[[1,2]]"),
        ("$partition([1,2], 0)", "Undefined"),
        (
            "$partition([1,2], -1)",
            "D3137: Second argument must be zero or greater",
        ),
        (
            "$partition([1,2], null)",
            "T0410: Argument 2 of function \"partition\" does not match function signature",
        ),
        ("$range(1, 9, 2)", "[1,3,5,7,9]"),
        ("$range(9, 1, -4)", "[9,5,1]"),
        ("$range(1, 9, 9)", "1"),
        ("$range(1.9, 3.9, 1.9)", "[1,2,3]"),
        ("$range(1, 9, 0.5)", "Undefined"),
        ("$range(1, 9)", "Undefined"),
        ("$count($range(1, 1001, 1))", "1001"),
        ("$hash('', 'MD5')", "\"d41d8cd98f00b204e9800998ecf8427e\""),
        (
            "$hash(1, 'MD5')",
            "T0410: Argument 1 of function \"hash\" does not match function signature",
        ),
        ("$random(42)", "0.7275636800328681"),
        ("$random(42) = $random(42)", "true"),
        (
            "$uuid(1)",
            "T0410: Argument 1 of function \"uuid\" does not match function signature",
        ),
        ("$parse('-0')", "0"),
        ("$parse(' {\"a\": [1.1]} ')", "{\"a\":[1.1]}"),
        (
            "$parse(1)",
            "T0410: Argument 1 of function \"parse\" does not match function signature",
        ),
        ("$eval('1')", "T1006: Attempted to invoke a non-function"),
        (
            "$randomSeeded(1)",
            "T1006: Attempted to invoke a non-function",
        ),
        ("[1/0, -1/0, 0/0]", "[\"Infinity\",\"-Infinity\",\"NaN\"]"),
        ("9007199254740993 + 1", "9007199254740994"),
        (
            "$string(1e20) & ' ' & 1e21",
            "\"100000000000000000000 1e+21\"",
        ),
        ("$exists(null)", "true"),
        (
            "a ?? 1",
            "S0211: The symbol \"?\" cannot be used as a unary operator",
        ),
    ] {
        assert_eq!(aws(text), expected, "{text}");
    }
    assert!(aws("$parse('')").starts_with("D3137: Invalid JSON"));
    assert!(aws("$parse('{\"a\":1,\"a\":2}')").starts_with("D3137: Invalid JSON"));
    assert!(aws("$hash('', 'md5')").starts_with("D3137: "));
}

#[test]
fn errors_have_the_texts_of_the_reference() {
    for (text, expected) in [
        (
            "1 < 'a'",
            "T2009: The values 1 and \"a\" either side of operator \"<\" must be of the same data type",
        ),
        (
            "$sqrt(-1)",
            "D3060: The sqrt function cannot be applied to a negative number: -1",
        ),
        (
            "sum(1)",
            "T1005: Attempted to invoke a non-function. Did you mean $sum?",
        ),
        (
            "$sum(['a'])",
            "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\"",
        ),
        (
            "$power(10, 1000)",
            "D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=10, exponent=1000",
        ),
        (
            "{1: 2}",
            "T1003: Key in object structure must evaluate to a string; got: 1",
        ),
        ("-'a'", "D1002: Cannot negate a non-numeric value: \"a\""),
        (
            "%",
            "S0217: The object representing the 'parent' cannot be derived from this expression",
        ),
    ] {
        assert_eq!(aws(text), expected);
    }
}

#[test]
fn hostile_expressions_end_in_an_error_of_the_right_kind() {
    on_a_small_stack(hostile_expressions);
}

fn hostile_expressions() {
    let doubled = |what: &str| {
        format!("($f := function($s,$n){{$n=0?$s:$f({{'a':[$s],'b':[$s]}},$n-1)}}; {what})")
    };
    for text in [
        "(".repeat(100_000),
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "-".repeat(100_000),
        format!("1{}", "+1".repeat(100_000)),
        format!("a{}", "[0]".repeat(100_000)),
        "($f := function($x){1 + $f($x)}; $f(1))".into(),
        "($f := function($n){$map([$n], $f)}; $f(1))".into(),
        "($f := function($x){$f($x)}; $f(1))".into(),
        "($f := function($s){$f($s & $s)}; $f('ab'))".into(),
        "($f := function($s){$f($append($s,$s))}; $f([1,2]))".into(),
        "[1..10000000]".into(),
        "$range(1, 1e18, 1)".into(),
        "$pad('a', 1e300)".into(),
        "[1..3000]@$a.[1..3000]@$b.[1..3000]@$c[$a=$b]".into(),
        "$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /(a|aa)+\\1b/)".into(),
        doubled("$string($f(1,60))"),
        doubled("$f(1,60) & ''"),
        doubled("$f(1,60) = $f(1,60)"),
        doubled("$count($f(1,60).**)"),
        doubled("$f(1,60) ~> |x|{}|"),
    ] {
        let mut limits = Limits::aws();
        limits.steps = 1_000_000;
        let short: String = text.chars().take(60).collect();
        let answer = evaluate(&text, Dialect::Aws, None, None, &limits);
        let error = answer.expect_err(&short);
        assert_eq!(error.code, "U1001", "{short}: {error}");
    }
}

/// As small as the stack of a worker of tokio.
const STACK: usize = 2 << 20;

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let thread = thread.spawn(work).expect("a thread can be had");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Nesting of every kind that the grammar has, each so deep that only a bound can end it.
#[test]
fn texts_that_nest_without_end_are_refused() {
    on_a_small_stack(|| {
        let around = |open: &str, inside: &str, close: &str| {
            format!("{}{inside}{}", open.repeat(100_000), close.repeat(100_000))
        };
        for text in [
            around("(", "1", ")"),
            around("[", "1", "]"),
            around("{'a':", "1", "}"),
            around("a[", "1", "]"),
            around("$f(", "1", ")"),
            around("$f(?,", "1", ")"),
            around("function($x){", "1", "}"),
            around("x ~> |", "a", "|{}|"),
            around("a{'b':", "1", "}"),
            around("a^(", "b", ")"),
            around("1 ? ", "1", " : 1"),
            around("1 ? 1 : ", "1", ""),
            around("$x := ", "1", ""),
            around("a.", "b", ""),
            around("%.", "a", ""),
            around("-", "1", ""),
            around("1 & ", "1", ""),
            around("$f ~> ", "$f", ""),
            around("1 in ", "1", ""),
            around("a@$b.", "c", ""),
            around("a#$b.", "c", ""),
            around("/(", "a", ")/"),
            around("λ($x)<a<", "n", ">>{1}"),
            around("/*", "1", "*/"),
        ] {
            let short: String = text.chars().take(40).collect();
            if let Ok(expression) = Expression::parse(&text, Dialect::Latest) {
                // A long chain is no nesting for everything: what is read can be evaluated, printed and dropped.
                let environment = Environment {
                    now: Timestamp::from_millis(0),
                    dice: &Dice::new(0, 0),
                };
                let limits = Limits::aws();
                let none = Bindings::new();
                let answer = expression.evaluate(None, &none, &limits, &environment);
                assert!(format!("{answer:?}").len() < 1_000, "{short}");
            }
        }
    });
}

/// What expressions are made of.
const WORDS: [&str; 64] = [
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
    "~>",
    "&",
    "+",
    "-",
    "/",
    "0",
    "1",
    "2.5",
    "1e308",
    "'s'",
    "`a b`",
    "/a+/",
    "/(a|b)*c/i",
    "true",
    "null",
    "and",
    "in",
    "function($v){",
    "λ($n)<n:n>{",
    "$map(",
    "$sum(",
    "$string(",
    "$f(",
    "$f :=",
    "$sort(",
    "$each(",
    "$merge(",
    "$replace(",
    "$formatNumber(",
    "$fromMillis(",
    "$range(",
    "$eval(",
    "$sift(",
    "$zip(",
    "/*",
    "\u{1F600}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_in_any_order_end_in_a_value_or_an_error(words in vec(select(&WORDS[..]), 1..16)) {
        let limits = Limits { steps: 20_000, ..Limits::aws() };
        let input = Json::parse(r#"{"a":[{"b":1},{"b":"x"}],"b":{"a":null}}"#).expect("JSON");
        let text = words.join(" ");
        let once = || evaluate(&text, Dialect::Latest, Some(&input), None, &limits);
        prop_assert_eq!(format!("{:?}", once()), format!("{:?}", once()));
    }
}

#[test]
fn recursion_of_any_kind_ends_before_the_stack_does() {
    on_a_small_stack(endless_recursion);
}

fn endless_recursion() {
    for body in [
        "1 + $f($n - 1)",
        "$map([$n - 1], $f)",
        "1 + $reduce([$n - 1, 1], $f)",
        "1 + (1)[$f($n - 1) = 0]",
        "[1, 2]^($f($n - 1))",
        "[1]@$x.($f($n - 1))",
        "[1]{\"a\": $f($n - 1)}",
        "{\"a\": 1} ~> |$|{\"a\": $f($n - 1)}|",
        "$replace(\"a\", /a/, function($m){$f($n - 1)})",
        "\"a\" & $eval(\"$f($n - 1)\")",
        "\"a\" & ($n - 1 ~> $f ~> $string)",
        "[[[[$f($n - 1)]]]]",
        "{\"a\": {\"b\": {\"c\": $f($n - 1)}}}",
        "(((($f($n - 1); 1); 1); 1); 1)",
        "$n < 2 and $n < 2 and $n < 2 and $f($n - 1)",
        "$sort([2, 1], function($a, $b){$f($n - 1)})",
        "$string(?)($f($n - 1))",
    ] {
        let text = format!("($f := function($n, $m){{{body}}}; $f(1, 1))");
        let answer = evaluate(&text, Dialect::Latest, None, None, &Limits::generous());
        let error = answer.expect_err(body);
        assert!(
            error.message.starts_with("Stack overflow error"),
            "{body}: {error}"
        );
    }
}

#[test]
fn values_may_nest_as_deep_as_they_can_be_read() {
    let text = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let deep = Json::parse(&text).expect("it nests as deep as it may");
    for expression in [
        "$string($)",
        "$ = $$",
        "$count(**)",
        "$ ~> |x|{}|",
        "a",
        "*",
        "$boolean($)",
    ] {
        let answer = evaluate(expression, Dialect::Aws, Some(&deep), None, &Limits::aws());
        assert!(answer.is_ok(), "{expression}: {answer:?}");
    }
}

#[test]
fn references_are_known_without_evaluation() {
    let check = |text: &str, variables: &[&str], fields: &[&str], roots: usize| {
        let expression = Expression::parse(text, Dialect::Aws).expect("it can be parsed");
        let references = expression.references();
        let paths: Vec<String> = references
            .variables
            .iter()
            .map(|each| {
                [std::slice::from_ref(&each.name), &each.fields[..]]
                    .concat()
                    .join(".")
            })
            .collect();
        let names: Vec<&str> = references
            .fields
            .iter()
            .map(|each| each.name.as_str())
            .collect();
        assert_eq!(paths, variables, "{text}");
        assert_eq!(names, fields, "{text}");
        assert_eq!(references.root.len(), roots, "{text}");
    };
    check("$states.input.a.b + $x", &["states.input.a.b", "x"], &[], 0);
    check("phone & $$.a", &[], &["phone"], 1);
    check(
        "$states.input.items[price > 10].(name & $.b)",
        &["states.input.items"],
        &[],
        0,
    );
    check("($y := 1; function($v){$v + $y + $z})", &["z"], &[], 0);
    check(
        "$map($states.result, function($v){$v.id})",
        &["states.result"],
        &[],
        0,
    );
    check("$sum([1,2]) + $count(a)", &[], &["a"], 0);
    check("[1,2].(a)", &[], &[], 0);
}
