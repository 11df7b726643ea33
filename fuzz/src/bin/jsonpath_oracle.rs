//! Our JSONPath against the engine that AWS behaves like: `jsonpath_oracle [PAIRS] [SEED]`. See the README for what it needs.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::process::{Command, Stdio};

use sfn::Json;
use sfn::expr::Path;
use sfn::expr::path::PathErrorKind;
use sfn_fuzz::{Source, document, path};

/// How many differences are printed.
const SHOWN: usize = 60;

const JARS: [&str; 7] = [
    "json-path",
    "json-smart",
    "accessors-smart",
    "slf4j-api",
    "jackson-core",
    "jackson-databind",
    "jackson-annotations",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let pairs: u64 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle");
    let questions = std::env::temp_dir().join(format!("sfn-oracle-{}.jsonl", std::process::id()));
    write_questions(&questions, pairs, seed)?;
    let jars = std::env::var("ORACLE_JARS").unwrap_or_else(|_| "/usr/share/java".to_owned());
    let jars: Vec<_> = JARS.iter().map(|jar| format!("{jars}/{jar}.jar")).collect();
    let mut java = Command::new("java")
        .args(["-cp", &jars.join(":"), &format!("{root}/Oracle.java")])
        .stdin(File::open(&questions)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let answers = BufReader::new(java.stdout.take().ok_or("java has no output")?);
    let asked = BufReader::new(File::open(&questions)?);
    let (mut compared, mut differ) = (0_u64, 0_usize);
    for (question, answer) in asked.lines().zip(answers.lines()) {
        let (question, answer) = (Json::parse(question?)?, Json::parse(answer?)?);
        compared += 1;
        if let Some(difference) = difference(&question, &answer)
            && !is_known(&question)
        {
            differ += 1;
            if differ <= SHOWN {
                println!("{question}\n  {difference}");
            }
        }
    }
    java.wait()?;
    std::fs::remove_file(&questions)?;
    println!("{compared} pairs compared from seed {seed}, {differ} differ");
    if compared < pairs || differ > 0 {
        return Err("they do not agree".into());
    }
    Ok(())
}

fn write_questions(file: &std::path::Path, pairs: u64, seed: u64) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(file)?);
    for pair in 0..pairs {
        let mut source = Source::new(seed.wrapping_add(pair));
        let document = document(&mut source, 4);
        let question = Json::from([("path", path(&mut source).into()), ("document", document)]);
        writeln!(file, "{question}")?;
    }
    Ok(file.flush()?)
}

/// Texts that no state machine can have, or that nobody means as a path; the README says why.
fn is_known(question: &Json) -> bool {
    let text = question
        .get("path")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let count = |character| text.matches(character).count();
    let bare_filter = |rest: &str| !rest.trim_start().starts_with('(');
    !text.starts_with('$')
        || count('[') != count(']')
        || nests(text)
        || text.split('?').skip(1).any(bare_filter)
        || ["&&&", "|||"].iter().any(|run| text.contains(run))
}

/// Whether a bracket that is no filter stands inside another.
fn nests(text: &str) -> bool {
    let mut depth = 0;
    let is_deep = text.chars().any(|character| {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        depth > 1
    });
    is_deep && !text.contains('?')
}

/// What we say that the oracle does not.
fn difference(question: &Json, answer: &Json) -> Option<String> {
    let text = question.get("path").and_then(Json::as_str)?;
    let document = question.get("document")?;
    let error = |name: &str| answer.get("error")?.get(name)?.as_str();
    let told = |ours: String| Some(format!("ours {ours}; theirs {answer}"));
    let path = match Path::compile_raw(text) {
        Ok(path) => path,
        Err(_) if error("phase") == Some("compile") => return None,
        Err(problem) => return told(format!("is refused: {problem}")),
    };
    if answer.get("definite").and_then(Json::as_bool) != Some(path.is_definite()) {
        return told(format!("compiles, definite is {}", path.is_definite()));
    }
    match path.find_in(document) {
        Ok(found) if answer.get("result") == Some(&found) => None,
        Ok(found) => told(found.to_string()),
        Err(ours)
            if error("class") == Some(class(ours.kind()))
                && error("message") == Some(&ours.to_string()) =>
        {
            None
        }
        Err(ours) => told(format!("{ours:?}")),
    }
}

fn class(kind: PathErrorKind) -> &'static str {
    match kind {
        PathErrorKind::NotFound => "PathNotFoundException",
        PathErrorKind::Invalid => "InvalidPathException",
        PathErrorKind::NumberFormat => "NumberFormatException",
        PathErrorKind::ClassCast => "ClassCastException",
        PathErrorKind::NoPredicate => "NullPointerException",
        PathErrorKind::UnknownVariable => "",
    }
}
