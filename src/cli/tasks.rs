//! Answers of tasks as the command line writes them: `PATTERN=exec:CMD|json:VALUE|fail:ERROR[:CAUSE]|echo`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::resolver::{Command, Literal, Registry, Resolver, Sequence};
use crate::value::Json;

/// Makes a registry of `--task` options, which come first, and of `--tasks` files.
pub(super) fn registry(tasks: &[String], files: &[String]) -> Result<Registry, String> {
    let mut registry = Registry::new();
    for task in tasks {
        let (pattern, answer) = split(task)?;
        registry.add(
            pattern,
            resolver(answer, None).map_err(|problem| format!("--task '{task}': {problem}"))?,
        );
    }
    for file in files {
        add_file(&mut registry, file)?;
    }
    Ok(registry)
}

/// Both sides may contain `=`: the answer begins where the first form that is known does.
fn split(task: &str) -> Result<(&str, &str), String> {
    let parts = |at: usize| (&task[..at], &task[at + 1..]);
    let is_answer = |text: &str| text == "echo" || FORMS.iter().any(|form| text.starts_with(form));
    let places = || {
        task.match_indices('=')
            .map(|(at, _)| parts(at))
            .filter(|(pattern, _)| !pattern.is_empty())
    };
    places().find(|(_, answer)| is_answer(answer)).or_else(|| places().next()).ok_or_else(|| {
        format!("--task '{task}': write PATTERN=ANSWER, such as 'ChargeCard=json:{{\"ok\":true}}' or 'Charge*=exec:./charge.sh'")
    })
}

/// How answers begin, `echo` apart.
const FORMS: [&str; 3] = ["exec:", "json:", "fail:"];

/// An answer. Programs run in that folder, or in the current one.
fn resolver(answer: &str, folder: Option<&Path>) -> Result<Arc<dyn Resolver>, String> {
    if let Some(line) = answer.strip_prefix("exec:") {
        let command = Command::parse(line).map_err(|error| format!("`exec:{line}`: {error}"))?;
        return Ok(match folder {
            Some(folder) => Arc::new(command.in_folder(folder)),
            None => Arc::new(command),
        });
    }
    answer
        .parse::<Literal>()
        .map(|literal| Arc::new(literal) as Arc<dyn Resolver>)
        .map_err(|error| error.to_string())
}

/// Programs of a file run in its folder, so that a folder of examples can be run from anywhere.
fn add_file(registry: &mut Registry, file: &str) -> Result<(), String> {
    let text = fs::read(file).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let json = Json::parse(text)
        .map_err(|error| format!("{file}:{}:{}: {}", error.line, error.column, error.message))?;
    let Json::Object(answers) = &json else {
        return Err(format!(
            "{file}: an object of PATTERN: ANSWER is wanted, found {}",
            json.kind()
        ));
    };
    let folder = Path::new(file)
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    for (pattern, answer) in answers.iter() {
        let resolver = of_file(answer, folder)
            .map_err(|problem| format!("{file}: \"{pattern}\": {problem}"))?;
        registry.add(pattern, resolver);
    }
    Ok(())
}

/// An answer, or a list of answers to successive attempts.
fn of_file(answer: &Json, folder: Option<&Path>) -> Result<Arc<dyn Resolver>, String> {
    let text = |answer: &Json| match answer.as_str() {
        Some(text) => resolver(text, folder),
        None => Err(format!(
            "an answer is a string, such as \"json:{{}}\", not {}",
            answer.kind()
        )),
    };
    let Some(list) = answer.as_array() else {
        return text(answer);
    };
    let resolvers = list.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    match Sequence::new(resolvers) {
        Some(sequence) => Ok(Arc::new(sequence)),
        None => Err("a list of answers must not be empty".into()),
    }
}
