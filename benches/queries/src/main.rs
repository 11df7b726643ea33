//! JSONata beside others, in one run: `cargo run --release --manifest-path benches/queries/Cargo.toml`, or with the names
//! of some expressions behind `--`.
//!
//! Each figure is the best of several rounds of CPU time of one evaluation: the expression is compiled, and the value
//! stands in the engine's own form. The other engines are `jsonata-core` and, where node finds it (`NODE_PATH`), the
//! reference implementation. `--profile NAME COUNT` evaluates ours alone, for `callgrind`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

use jsonata_core::value::JValue;
use sfn::Json;
use sfn::expr::Dice;
use sfn::expr::jsonata::{Bindings, Dialect, Environment, Expression, Limits, Outcome};
use sfn::value::Timestamp;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of which the best counts, each of at least this much CPU time.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(60);

/// What is evaluated, all but the first on ten thousand items.
const EXPRESSIONS: [(&str, &str); 8] = [
    ("path", "customer.address.city"),
    ("filter", "items[price > 50 and active].id"),
    ("map", "$sum($map(items, function($v) { $v.price * 2 }))"),
    (
        "reduce",
        "$reduce(items, function($sum, $v) { $sum + $v.price }, 0)",
    ),
    (
        "objects",
        "items.{'id': id, 'total': price * quantity, 'name': name}",
    ),
    (
        "sort",
        "$sort(items, function($a, $b) { $a.price > $b.price }).id",
    ),
    (
        "strings",
        "$join(items.($uppercase(name) & '-' & $substring(name, 0, 3)), ',')",
    ),
    ("group", "items{category: $sum(price)}"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, count] = arguments.as_slice()
        && flag == "--profile"
    {
        return profile(name, count.parse().unwrap_or(1));
    }
    let text = document();
    println!("| expression | ours µs | jsonata-core µs | ours / theirs | node µs | ours / node |");
    println!("|---|---|---|---|---|---|");
    for (name, expression) in EXPRESSIONS {
        if arguments.is_empty() || arguments.iter().any(|word| word == name) {
            measure(name, expression, &text);
        }
    }
}

fn measure(name: &str, expression: &str, text: &str) {
    let (ours, theirs) = (ours(expression, text), theirs(expression, text));
    agree(name, &ours(), &theirs());
    let (mine, other) = (
        best(&|| drop(black_box(ours()))),
        best(&|| drop(black_box(theirs()))),
    );
    let node = node(expression, text);
    let told = node.map_or_else(
        || "not there | ".to_owned(),
        |node| format!("{node:.2} | {:.2}", mine / node),
    );
    println!(
        "| {name}: `{}` | {mine:.2} | {other:.2} | {:.2} | {told} |",
        expression.replace('|', "\\|"),
        mine / other
    );
}

/// Figures of engines that answer differently could not be compared. Values are compared, not their spelling.
fn agree(name: &str, ours: &Json, theirs: &JValue) {
    let theirs = theirs.to_json_string().unwrap_or_default();
    assert_eq!(Some(ours), Json::parse(theirs).ok().as_ref(), "{name}");
}

fn ours(expression: &str, text: &str) -> impl Fn() -> Json + use<> {
    let expression = Expression::parse(expression, Dialect::Latest).expect("it is JSONata");
    let input = Json::parse(text).expect("it is JSON");
    move || {
        let environment = Environment {
            now: Timestamp::from_millis(0),
            dice: &Dice::new(0, 0),
        };
        let limits = Limits::generous();
        match expression.evaluate(Some(&input), &Bindings::new(), &limits, &environment) {
            Ok(Outcome::Value(value)) => value,
            other => panic!("{expression:?}: {other:?}"),
        }
    }
}

fn theirs(expression: &str, text: &str) -> impl Fn() -> JValue + use<> {
    let expression = jsonata_core::Expression::compile(expression).expect("it is JSONata");
    let input = JValue::from_json_str(text).expect("it is JSON");
    move || expression.evaluate(&input).expect("it has a value")
}

/// The reference implementation, in a process of its own. `None` where it is not at hand.
fn node(expression: &str, text: &str) -> Option<f64> {
    let script = "
        const jsonata = require('jsonata'), [expression, file] = process.argv.slice(1);
        const input = JSON.parse(require('fs').readFileSync(file)), compiled = jsonata(expression);
        const micros = () => { const { user, system } = process.cpuUsage(); return user + system; };
        (async () => {
            let calls = 1, best = Infinity;
            for (let round = 0; round < 5;) {
                const before = micros();
                for (let call = 0; call < calls; call++) await compiled.evaluate(input);
                const took = micros() - before;
                if (took < 60000) { calls *= 2; continue; }
                best = Math.min(best, took / calls);
                round++;
            }
            console.log(best);
        })();";
    let file = std::env::temp_dir().join(format!("sfn-queries-{}.json", std::process::id()));
    std::fs::write(&file, text).ok()?;
    let output = Command::new("node")
        .args(["-e", script, expression])
        .arg(&file)
        .output();
    std::fs::remove_file(&file).ok()?;
    String::from_utf8(output.ok()?.stdout)
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn profile(name: &str, count: usize) {
    let found = EXPRESSIONS.iter().find(|(each, _)| *each == name);
    let (_, expression) = found.expect("there is such an expression");
    let evaluate = ours(expression, &document());
    for _ in 0..count {
        black_box(evaluate());
    }
}

/// A customer with ten thousand items.
fn document() -> String {
    let mut text = r#"{"customer":{"address":{"city":"Porto"}},"items":["#.to_owned();
    for at in 0..10_000_u32 {
        let comma = if at == 0 { "" } else { "," };
        // Far from sorted, and the same in every run.
        let price = at.wrapping_mul(7_919) % 10_007 % 100;
        let (active, quantity, category) = (at % 3 != 0, at % 7 + 1, at % 12);
        _ = write!(
            text,
            r#"{comma}{{"id":{at},"name":"item number {at}","price":{price},"quantity":{quantity},"active":{active},"category":"c{category}"}}"#
        );
    }
    text + "]}"
}

/// Microseconds of CPU time for one call, in the best of some rounds.
fn best(work: &dyn Fn()) -> f64 {
    let (mut calls, mut best, mut rounds) = (1_u32, f64::INFINITY, 0);
    while rounds < ROUNDS {
        let before = cpu();
        (0..calls).for_each(|_| work());
        let took = cpu().saturating_sub(before);
        if took < ROUND {
            calls = calls.saturating_mul(2);
            continue;
        }
        rounds += 1;
        best = best.min(took.as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}

/// CPU time of this process.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
