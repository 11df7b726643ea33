//! What answers tasks: `--mock`, then `--task`, then the project's file, then resources that are URLs themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::input::Source;
#[cfg(feature = "server")]
use super::mocks::Mocks;
use super::project::{self, Project};
use super::{gaps, render, terminal};
use crate::engine::{Failure, TaskRequest};
use crate::machine::Machine;
use crate::resolver::{
    Call, Command, Http, Literal, Mock, MockFile, Registry, Resolver, Sequence, Updates,
};

/// The options that say what answers tasks.
#[derive(Args)]
#[command(next_help_heading = "Tasks")]
pub(super) struct TaskOptions {
    /// What tasks answer whose resource fits PATTERN: exec:COMMAND, http://URL, json:VALUE, fail:ERROR[:CAUSE], or echo.
    /// PATTERN fits the whole resource or what stands after any `:` or `/` of it, as the name at its end; `*` is any run
    /// of characters; the first that fits counts
    #[arg(long, value_name = "PATTERN=ANSWER")]
    task: Vec<String>,
    /// Answers from a file of mocks in the form of Step Functions Local (MockConfigFile.json)
    #[arg(long, value_name = "FILE")]
    mock: Option<PathBuf>,
    /// Which test case of the file of mocks: NAME, or MACHINE#NAME where it knows several machines
    #[arg(long, value_name = "NAME")]
    test_case: Option<String>,
    /// The project's answers, instead of those of the sfn.toml nearest to the definition
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not look for an sfn.toml
    #[arg(long)]
    no_config: bool,
}

/// An answer to tasks.
pub(super) enum Answer {
    /// The same each time.
    Always(Arc<dyn Resolver>),
    /// One after the other; the last one stays.
    InTurn(Vec<Arc<dyn Resolver>>),
}

impl Answer {
    pub(super) fn always(resolver: impl Resolver + 'static) -> Self {
        Self::Always(Arc::new(resolver))
    }

    fn resolver(&self) -> Arc<dyn Resolver> {
        match self {
            Self::Always(resolver) => resolver.clone(),
            Self::InTurn(turns) => {
                let sequence = Sequence::new(turns.clone());
                Arc::new(sequence.expect("a list of answers is not empty"))
            }
        }
    }
}

/// What answers the tasks of a machine.
pub(super) struct Tasks {
    answers: Vec<(String, Answer)>,
    mock: Option<TestCase>,
}

/// A test case of a file of mocks.
pub(super) struct TestCase {
    file: MockFile,
    machine: String,
    pub(super) name: String,
}

impl TaskOptions {
    fn answers(&self) -> Result<Vec<(String, Answer)>, String> {
        let mut answers = Vec::new();
        for task in &self.task {
            let (pattern, answer) = split(task)?;
            let resolver =
                resolver(answer, None).map_err(|problem| format!("--task '{task}': {problem}"))?;
            answers.push((pattern.to_owned(), Answer::Always(resolver)));
        }
        Ok(answers)
    }

    /// The project that a definition belongs to.
    fn project(&self, definition: &str) -> Result<Option<Project>, String> {
        match &self.config {
            Some(file) => Ok(Some(Project::read(file)?)),
            None if self.no_config => Ok(None),
            None => Project::around(definition),
        }
    }

    /// Reads what the options and the project say. The machine is called that in a file of mocks that knows several.
    pub(super) fn tasks(
        &self,
        definition: &str,
        machine: &Machine,
        quiet: bool,
    ) -> Result<Tasks, String> {
        let mut answers = self.answers()?;
        let project = self.project(definition)?;
        let mut mock_file = self.mock.clone();
        if let Some(project) = project {
            let used =
                !project.tasks.is_empty() || (project.mock.is_some() && self.test_case.is_some());
            // What a file answers that nobody named is worth a word.
            if used && self.config.is_none() && !quiet {
                terminal::note(&format!(
                    "tasks are answered as {} says",
                    shown(&project.path)
                ));
            }
            answers.extend(project.tasks);
            // The project's mocks are for those who ask for one of its test cases.
            mock_file = mock_file.or(project.mock.filter(|_| self.test_case.is_some()));
        }
        let mock = match (mock_file, &self.test_case) {
            (Some(file), case) => Some(test_case(&file, case.as_deref(), definition)?),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(format!(
                    "--test-case wants a file of mocks: say --mock FILE, or mock = \"FILE\" in {}",
                    project::NAME
                ));
            }
        };
        let tasks = Tasks { answers, mock };
        if !quiet {
            gaps::tell(machine, &tasks, self.task.len());
        }
        Ok(tasks)
    }
}

#[cfg(feature = "server")]
impl TaskOptions {
    /// The same for a server: its machines come later, and each execution says which test case it wants. The project is that
    /// of the current folder; a file of mocks can also be named by `SFN_MOCK_CONFIG`, as for Step Functions Local.
    pub(super) fn for_any_machine(&self) -> Result<(Tasks, Option<Mocks>), String> {
        let mut answers = self.answers()?;
        let mut file = self.mock.clone();
        file = file.or_else(|| std::env::var_os("SFN_MOCK_CONFIG").map(PathBuf::from));
        if let Some(project) = self.project(project::NAME)? {
            answers.extend(project.tasks);
            file = file.or(project.mock);
        }
        let case = self.test_case.as_deref();
        let mocks = file.map(|file| Mocks::new(&file, case)).transpose()?;
        let mock = None;
        Ok((Tasks { answers, mock }, mocks))
    }
}

impl Tasks {
    /// The patterns that are answered, those of `--task` first.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.answers.iter().map(|(pattern, _)| pattern.as_str())
    }

    /// The test case that answers before all others.
    pub(super) fn test_case(&self) -> Option<&TestCase> {
        self.mock.as_ref()
    }

    /// What answers one execution, mocks apart: lists of answers count its attempts from the beginning.
    pub(super) fn registry(&self) -> Registry {
        let mut registry = Registry::new();
        for (pattern, answer) in &self.answers {
            registry.add(pattern, answer.resolver());
        }
        for urls in ["http://*", "https://*"] {
            registry.add(urls, Arc::new(post_to_resource));
        }
        registry
    }

    /// A resolver for one execution: lists of answers and mocks count its attempts from the beginning.
    pub(super) fn resolver(&self) -> Arc<dyn Resolver> {
        let registry = self.registry();
        match &self.mock {
            None => Arc::new(registry),
            Some(case) => Arc::new(case.mock().otherwise(Arc::new(registry))),
        }
    }
}

impl TestCase {
    pub(super) fn mock(&self) -> Mock {
        let mock = self.file.mock(&self.machine, &self.name);
        mock.expect("the test case was there when it was looked up")
    }
}

/// A resource that is a URL itself.
fn post_to_resource(request: &Arc<TaskRequest>, updates: &Updates) -> Call {
    match Http::new(&request.resource.text) {
        Ok(http) => http.call(request, updates),
        Err(error) => Call::Done(Err(Failure::new("States.Http.Socket", error.to_string()))),
    }
}

/// Reads a file of mocks; what is wrong with it is told at once.
pub(super) fn mock_file(path: &Path) -> Result<MockFile, String> {
    let name = shown(path);
    let text = fs::read(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
    MockFile::parse(&text).map_err(|diagnostics| {
        let source = Source {
            name: name.clone(),
            text,
        };
        render::diagnostics(&source, &diagnostics);
        format!("{name} is no file of mocks")
    })
}

fn test_case(path: &Path, case: Option<&str>, definition: &str) -> Result<TestCase, String> {
    let name = shown(path);
    let file = mock_file(path)?;
    let (machine, case) = match case.and_then(|case| case.split_once('#')) {
        Some((machine, case)) => (Some(machine), Some(case)),
        None => (None, case),
    };
    let machine = match machine {
        Some(machine) => machine.to_owned(),
        None => machine_of(&file, definition).map_err(|problem| format!("{name}: {problem}"))?,
    };
    let case = match case {
        Some(case) => case.to_owned(),
        None => only_case(&file, &machine).map_err(|problem| format!("{name}: {problem}"))?,
    };
    file.mock(&machine, &case)
        .map_err(|error| format!("{name}: {error}"))?;
    Ok(TestCase {
        file,
        machine,
        name: case,
    })
}

/// The machine that the definition's file is called after, or the only one.
fn machine_of(file: &MockFile, definition: &str) -> Result<String, String> {
    let stem = super::run::stem(definition);
    let machines: Vec<_> = file.machines().collect();
    match machines.as_slice() {
        names if names.contains(&stem) => Ok(stem.to_owned()),
        [only] => Ok((*only).to_owned()),
        [] => Err("the file knows no machine".to_owned()),
        several => Err(format!(
            "which machine is it? Say --test-case MACHINE#NAME with one of {}",
            several.join(", ")
        )),
    }
}

fn only_case(file: &MockFile, machine: &str) -> Result<String, String> {
    let cases: Vec<_> = file.test_cases(machine).collect();
    match cases.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(format!("`{machine}` has no test case")),
        several => Err(format!(
            "which test case is it? Say --test-case with one of {}",
            several.join(", ")
        )),
    }
}

/// A path as the reader would write it: below the current folder, without it.
fn shown(path: &Path) -> String {
    let below = std::env::current_dir()
        .ok()
        .and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(path).display().to_string()
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
const FORMS: [&str; 5] = ["exec:", "json:", "fail:", "http://", "https://"];

/// An answer as a text. Programs run in that folder, or in the current one.
pub(super) fn resolver(answer: &str, folder: Option<&Path>) -> Result<Arc<dyn Resolver>, String> {
    if let Some(line) = answer.strip_prefix("exec:") {
        let command = Command::parse(line).map_err(|error| format!("`exec:{line}`: {error}"))?;
        return Ok(match folder {
            Some(folder) => Arc::new(command.in_folder(folder)),
            None => Arc::new(command),
        });
    }
    if answer.starts_with("http://") || answer.starts_with("https://") {
        let http = Http::new(answer).map_err(|error| error.to_string())?;
        return Ok(Arc::new(http));
    }
    let literal = answer
        .parse::<Literal>()
        .map_err(|error| error.to_string())?;
    Ok(Arc::new(literal))
}
