//! `sfn.toml`: what answers the tasks of a project, so that nobody has to say it each time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Deserialize;
use toml::{Table, Value};

use super::tasks::{self, Answer};
use crate::engine::{Failure, TaskRequest, errors};
use crate::lint::{Level, Levels};
use crate::resolver::{Call, Http, Resolver, Updates};
use crate::value::{Json, Object};

/// What the file is called.
pub(super) const NAME: &str = "sfn.toml";

/// A project's answers.
pub(super) struct Project {
    /// The file.
    pub(super) path: PathBuf,
    /// Patterns and answers, in the order of the file.
    pub(super) tasks: Vec<(String, Answer)>,
    /// The file of mocks, if one is named.
    pub(super) mock: Option<PathBuf>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `PATTERN = ANSWER`
    #[serde(default)]
    tasks: Table,
    /// The file that `--mock` names otherwise.
    mock: Option<String>,
    /// Which lints are heard.
    #[serde(default)]
    lint: Lints,
}

/// Names of lints, or `all`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Lints {
    allow: Vec<String>,
    warn: Vec<String>,
    deny: Vec<String>,
}

/// What the project of a definition says about lints.
pub(super) fn lints(definition: &str) -> Result<Levels, String> {
    let mut levels = Levels::default();
    let Some(path) = file_around(definition) else {
        return Ok(levels);
    };
    let said = parsed(&path)?.lint;
    let said = [
        (said.allow, Level::Allow),
        (said.warn, Level::Warn),
        (said.deny, Level::Deny),
    ];
    levels
        .say(&said)
        .map_err(|unknown| format!("{}: lint: {unknown}", path.display()))?;
    Ok(levels)
}

/// The nearest file of that name in the folder of a definition and those around it.
fn file_around(definition: &str) -> Option<PathBuf> {
    let folder = match Path::new(definition).parent() {
        Some(folder) if definition != "-" => folder,
        _ => Path::new(""),
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    // A definition that is not there is told of by whoever reads it.
    let folder = folder.canonicalize().ok()?;
    let files = folder.ancestors().map(|folder| folder.join(NAME));
    files.into_iter().find(|file| file.is_file())
}

fn parsed(path: &Path) -> Result<File, String> {
    let shown = path.display();
    let text =
        fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("{shown}: {}", error.to_string().trim_end()))
}

impl Project {
    /// The project of a definition: the nearest file of that name in its folder and those around it.
    pub(super) fn around(definition: &str) -> Result<Option<Self>, String> {
        let found = file_around(definition);
        found.map(|file| Self::read(&file)).transpose()
    }

    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let file = parsed(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut tasks = Vec::new();
        for (pattern, answer) in file.tasks {
            let answer = of_value(&answer, folder)
                .map_err(|problem| format!("{shown}: tasks.\"{pattern}\": {problem}"))?;
            tasks.push((pattern, answer));
        }
        Ok(Self {
            tasks,
            mock: file.mock.map(|mock| folder.join(mock)),
            path: path.to_owned(),
        })
    }
}

/// An answer, or a list of answers to successive attempts.
fn of_value(value: &Value, folder: &Path) -> Result<Answer, String> {
    match value {
        Value::Array(list) if list.is_empty() => Err("a list of answers must not be empty".into()),
        Value::Array(list) => {
            let turns = list.iter().map(|value| match of_value(value, folder)? {
                Answer::Always(resolver) => Ok(resolver),
                Answer::InTurn(_) => Err("a list of answers holds no other list".to_owned()),
            });
            Ok(Answer::InTurn(turns.collect::<Result<_, _>>()?))
        }
        Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => {
            Server::new(text).checked().map(Answer::Always)
        }
        Value::String(text) => tasks::resolver(text, Some(folder)).map(Answer::Always),
        Value::Table(table) => of_table(table, folder),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            Err(format!(
                "an answer is a string such as \"json:{{}}\", a table such as {{ http = \"URL\" }}, or a list of them, not {}",
                value.type_str()
            ))
        }
    }
}

/// An answer with particulars: `{ http = "URL", headers = { … }, timeout = SECONDS }`, `{ json = VALUE }`, or
/// `{ fail = "ERROR", cause = "TEXT" }`.
fn of_table(table: &Table, folder: &Path) -> Result<Answer, String> {
    let known: &[&str] = match table
        .keys()
        .map(String::as_str)
        .find(|key| FORMS.contains(key))
    {
        Some("http") => &["http", "headers", "timeout"],
        Some("exec") => &["exec"],
        Some("json") => &["json"],
        Some("fail") => &["fail", "cause"],
        _ => {
            return Err("a table that answers has one of `http`, `exec`, `json` and `fail`; a pattern with a dot wants quotes".into());
        }
    };
    if let Some(unknown) = table.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!(
            "`{unknown}` is not known here, but {} may be",
            known.join(", ")
        ));
    }
    let text = |key: &str| match table.get(key) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(format!("`{key}` is a string")),
    };
    match known[0] {
        "http" => http(table, text("http")?).map(Answer::Always),
        "exec" => {
            tasks::resolver(&format!("exec:{}", text("exec")?), Some(folder)).map(Answer::Always)
        }
        "json" => Ok(Answer::always(crate::resolver::Literal::Json(json(
            &table["json"],
        )?))),
        _ => {
            let cause = table.get("cause").map(|_| text("cause")).transpose()?;
            Ok(Answer::always(crate::resolver::Literal::Fail(
                crate::engine::Failure {
                    error: Some(text("fail")?.into()),
                    cause: cause.map(Into::into),
                },
            )))
        }
    }
}

const FORMS: [&str; 4] = ["http", "exec", "json", "fail"];

/// A server as the file tells of it. What the environment says is looked up when a task calls: a run that does without the
/// server needs none of its secrets.
struct Server {
    url: String,
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    made: OnceLock<Result<Http, String>>,
}

impl Server {
    fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            headers: Vec::new(),
            timeout: None,
            made: OnceLock::new(),
        }
    }

    /// Tells at once what is wrong whatever the environment says.
    fn checked(self) -> Result<Arc<dyn Resolver>, String> {
        let has_variables = |text: &String| text.contains("${");
        if !has_variables(&self.url) && !self.headers.iter().any(|(_, value)| has_variables(value))
        {
            self.made.get_or_init(|| self.make()).clone()?;
        }
        Ok(Arc::new(self))
    }

    fn make(&self) -> Result<Http, String> {
        let mut http =
            Http::new(&with_environment(&self.url)?).map_err(|error| error.to_string())?;
        for (name, value) in &self.headers {
            let value = with_environment(value)?;
            http = http
                .header(name, &value)
                .map_err(|error| error.to_string())?;
        }
        Ok(match self.timeout {
            Some(timeout) => http.timeout(timeout),
            None => http,
        })
    }
}

impl Resolver for Server {
    fn call(&self, request: &Arc<TaskRequest>, updates: &Updates) -> Call {
        match self.made.get_or_init(|| self.make()) {
            Ok(http) => http.call(request, updates),
            // The set-up is wrong, not the work: nothing should catch that.
            Err(problem) => Call::Done(Err(Failure::new(
                errors::RUNTIME,
                format!("{NAME}: {problem}"),
            ))),
        }
    }
}

fn http(table: &Table, url: &str) -> Result<Arc<dyn Resolver>, String> {
    let mut server = Server::new(url);
    if let Some(value) = table.get("timeout") {
        let seconds = value
            .as_float()
            .or_else(|| value.as_integer().map(|seconds| seconds as f64));
        let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let timeout = timeout.filter(|timeout| !timeout.is_zero());
        server.timeout = Some(timeout.ok_or("`timeout` is a number of seconds above 0")?);
    }
    if let Some(headers) = table.get("headers") {
        let headers = headers
            .as_table()
            .ok_or("`headers` is a table of strings")?;
        for (name, value) in headers {
            let value = value
                .as_str()
                .ok_or_else(|| format!("the header `{name}` is a string"))?;
            server.headers.push((name.clone(), value.to_owned()));
        }
    }
    server.checked()
}

/// The text with `${NAME}` replaced by what the environment says, so that a secret need not be written down.
fn with_environment(text: &str) -> Result<String, String> {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}').ok_or("`${` is never closed")?;
        let value = std::env::var(name).map_err(|_| {
            format!("the environment variable {name} is not set: say {name}=… before the command")
        })?;
        done.push_str(before);
        done.push_str(&value);
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

/// The value as JSON. A moment is its text.
fn json(value: &Value) -> Result<Json, String> {
    Ok(match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) if number.is_finite() => Json::from(*number),
        Value::Float(number) => return Err(format!("{number} is no JSON")),
        Value::Boolean(truth) => Json::from(*truth),
        Value::Datetime(moment) => Json::from(moment.to_string()),
        Value::Array(items) => Json::from(items.iter().map(json).collect::<Result<Vec<_>, _>>()?),
        Value::Table(table) => {
            let mut object = Object::new();
            for (name, value) in table {
                object.insert(name.as_str(), json(value)?);
            }
            Json::Object(object)
        }
    })
}
