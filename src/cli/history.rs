//! `--history`: what happened, as the service's JSON in a file or as a table for people.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::terminal;
use crate::asl::StateType;
use crate::aws;
use crate::engine::{Details, Failure, HistoryEvent};
use crate::machine::{Kind, Machine};
use crate::value::{Text, Timestamp};

const HEADER: &str =
    "   ID       TIME  TYPE                                STATE                 DETAILS\n";

/// Characters of a detail that are shown.
const DETAIL: usize = 100;
/// Events that the table remembers to know the places of those that follow them.
const REMEMBERED: usize = 100_000;

/// Takes down events as they come, so that a history of any length needs no memory.
#[derive(Clone)]
pub(super) struct Recorder(Arc<Mutex<Target>>);

enum Target {
    Table(Table),
    Json(JsonFile),
}

impl Recorder {
    /// Shows a table on standard error.
    pub(super) fn table(machine: &Arc<Machine>) -> Self {
        Self::of(Target::Table(Table {
            machine: machine.clone(),
            began: None,
            places: BTreeMap::new(),
        }))
    }

    /// Writes the output of `GetExecutionHistory` to a file.
    pub(super) fn json(path: &str) -> Result<Self, String> {
        let file = File::create(path).map_err(|error| cannot_write(path, &error))?;
        let file = JsonFile {
            path: path.to_owned(),
            file: BufWriter::new(file),
            events: 0,
            failed: None,
        };
        Ok(Self::of(Target::Json(file)))
    }

    fn of(target: Target) -> Self {
        Self(Arc::new(Mutex::new(target)))
    }

    pub(super) fn take(&self, event: &HistoryEvent) {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Target::Table(table) => terminal::tell(&table.row(event)),
            Target::Json(file) => file.take(event),
        }
    }

    /// Says that this was all.
    pub(super) fn finish(&self) -> Result<(), String> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Target::Table(_) => Ok(()),
            Target::Json(file) => file
                .finish()
                .map_err(|error| cannot_write(&file.path, &error)),
        }
    }
}

fn cannot_write(path: &str, error: &io::Error) -> String {
    format!("{path} cannot be written: {error}")
}

struct JsonFile {
    path: String,
    file: BufWriter<File>,
    events: u64,
    /// Why it cannot be written: told at the end, since the execution goes on.
    failed: Option<io::Error>,
}

impl JsonFile {
    fn take(&mut self, event: &HistoryEvent) {
        if self.failed.is_none() {
            self.failed = self.write(event).err();
        }
    }

    fn write(&mut self, event: &HistoryEvent) -> io::Result<()> {
        let options = aws::history::Options {
            time: aws::history::TimeFormat::Iso,
            ..Default::default()
        };
        let before = if self.events == 0 {
            "{\"events\": [\n"
        } else {
            ",\n"
        };
        self.events += 1;
        write!(
            self.file,
            "{before}{}",
            aws::history::event(event, &options)
        )
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let end = if self.events == 0 {
            "{\"events\": []}\n"
        } else {
            "\n]}\n"
        };
        self.file.write_all(end.as_bytes())?;
        self.file.flush()
    }
}

/// Where an event happened.
#[derive(Clone)]
struct Place {
    state: Option<Text>,
    depth: usize,
    /// Whether the event is about the state as a whole, or about something inside it.
    about: About,
}

#[derive(Clone, Copy, PartialEq)]
enum About {
    /// It tells of the beginning of a Map or Parallel state, or of its iterations.
    Container,
    Anything,
}

struct Table {
    machine: Arc<Machine>,
    began: Option<Timestamp>,
    places: BTreeMap<u64, Place>,
}

impl Table {
    /// One line: number, time since the beginning, type indented by branch, state, detail.
    fn row(&mut self, event: &HistoryEvent) -> String {
        let header = if self.began.is_none() { HEADER } else { "" };
        let began = *self.began.get_or_insert(event.at);
        let place = self.place(event);
        let kind = format!(
            "{:indent$}{}",
            "",
            aws::history::type_name(&event.details),
            indent = 2 * place.depth
        );
        let state = place.state.as_deref().unwrap_or_default();
        let (id, offset) = (event.id, offset(event.at.since(began)));
        let row = format!(
            "{header}{id:>5}  {offset:>9}  {kind:<34}  {state:<20}  {}",
            detail(&event.details)
        );
        self.places.insert(id, place);
        if self.places.len() > REMEMBERED {
            self.places.pop_first();
        }
        row.trim_end().to_owned()
    }

    fn place(&self, event: &HistoryEvent) -> Place {
        let before = self.places.get(&event.previous);
        let state = match named(&event.details) {
            Named::State(name) => Some(name.clone()),
            Named::Container => before.and_then(|before| self.container_of(before)),
            Named::Beside => {
                let depth = before.map_or(0, |before| before.depth);
                return Place {
                    state: None,
                    depth,
                    about: About::Anything,
                };
            }
            Named::Nothing => None,
        };
        let depth = state.as_ref().map_or(0, |state| self.depth(state))
            + usize::from(is_iteration(&event.details));
        Place {
            state,
            depth,
            about: about(&event.details),
        }
    }

    /// The Map or Parallel state that the next event is about when it names none.
    fn container_of(&self, before: &Place) -> Option<Text> {
        let state = before.state.as_ref()?;
        if before.about == About::Container {
            return Some(state.clone());
        }
        let scope = self.machine.state(self.machine.find(state)?).scope;
        let owner = self.machine.scope(scope).owner?;
        Some(self.machine.state(owner).name.clone())
    }

    /// How deep a state stands: one step for a branch, two for an item processor and its iteration.
    fn depth(&self, name: &str) -> usize {
        let mut depth = 0;
        let mut at = self.machine.find(name);
        while let Some(owner) =
            at.and_then(|id| self.machine.scope(self.machine.state(id).scope).owner)
        {
            depth += if matches!(self.machine.state(owner).kind, Kind::Map(_)) {
                2
            } else {
                1
            };
            at = Some(owner);
        }
        depth
    }
}

/// What an event says of the state it belongs to.
enum Named<'a> {
    /// Its name.
    State(&'a Text),
    /// Nothing, but it is the Map or Parallel state around the event before.
    Container,
    /// Nothing, and it can be any state beside the one before.
    Beside,
    /// It belongs to no state.
    Nothing,
}

fn named(details: &Details) -> Named<'_> {
    match details {
        Details::ExecutionStarted { .. }
        | Details::ExecutionSucceeded { .. }
        | Details::ExecutionFailed(_)
        | Details::ExecutionAborted(_)
        | Details::ExecutionTimedOut(_)
        | Details::ExecutionRedriven { .. } => Named::Nothing,
        Details::StateEntered { name, .. } | Details::StateExited { name, .. } => {
            Named::State(name)
        }
        Details::EvaluationFailed { state, .. } => Named::State(state),
        Details::StateAborted { .. } => Named::Beside,
        Details::TaskScheduled(request)
        | Details::TaskScheduleFailed(request, _)
        | Details::TaskStarted { request, .. }
        | Details::TaskSubmitFailed(request, _)
        | Details::TaskSubmitted { request, .. }
        | Details::TaskSucceeded { request, .. }
        | Details::TaskFailed(request, _)
        | Details::TaskTimedOut(request, _) => Named::State(&request.state_name),
        Details::ParallelStateStarted
        | Details::ParallelStateSucceeded
        | Details::ParallelStateFailed
        | Details::MapStateStarted { .. }
        | Details::MapStateSucceeded
        | Details::MapStateFailed => Named::Container,
        Details::MapIterationStarted { name, .. }
        | Details::MapIterationSucceeded { name, .. }
        | Details::MapIterationFailed { name, .. }
        | Details::MapIterationAborted { name, .. } => Named::State(name),
    }
}

fn is_iteration(details: &Details) -> bool {
    matches!(
        details,
        Details::MapIterationStarted { .. }
            | Details::MapIterationSucceeded { .. }
            | Details::MapIterationFailed { .. }
            | Details::MapIterationAborted { .. }
    )
}

fn about(details: &Details) -> About {
    let entered = matches!(
        details,
        Details::StateEntered {
            state_type: StateType::Map | StateType::Parallel,
            ..
        }
    );
    let started = matches!(
        details,
        Details::ParallelStateStarted | Details::MapStateStarted { .. }
    );
    if entered || started || is_iteration(details) {
        About::Container
    } else {
        About::Anything
    }
}

/// What is worth knowing, in one line.
fn detail(details: &Details) -> String {
    match details {
        Details::ExecutionStarted { input, .. } | Details::StateEntered { input, .. } => {
            brief(input)
        }
        Details::ExecutionSucceeded { output }
        | Details::StateExited { output, .. }
        | Details::TaskSubmitted { output, .. }
        | Details::TaskSucceeded { output, .. } => brief(output),
        Details::ExecutionFailed(failure)
        | Details::ExecutionAborted(failure)
        | Details::ExecutionTimedOut(failure)
        | Details::TaskScheduleFailed(_, failure)
        | Details::TaskSubmitFailed(_, failure)
        | Details::TaskFailed(_, failure)
        | Details::TaskTimedOut(_, failure) => told(failure),
        Details::EvaluationFailed { failure, .. } => told(failure),
        Details::ExecutionRedriven { redrive_count } => format!("redrive {redrive_count}"),
        Details::TaskScheduled(request) => brief(&request.resource),
        Details::TaskStarted { worker, .. } => worker
            .as_ref()
            .map_or_else(String::new, |worker| format!("by {worker}")),
        Details::MapStateStarted { length } => format!("{length} items"),
        Details::MapIterationStarted { index, .. }
        | Details::MapIterationSucceeded { index, .. }
        | Details::MapIterationFailed { index, .. }
        | Details::MapIterationAborted { index, .. } => format!("item {index}"),
        Details::StateAborted { .. }
        | Details::ParallelStateStarted
        | Details::ParallelStateSucceeded
        | Details::ParallelStateFailed
        | Details::MapStateSucceeded
        | Details::MapStateFailed => String::new(),
    }
}

fn told(failure: &Failure) -> String {
    if *failure == Failure::default() {
        String::new()
    } else {
        brief(failure)
    }
}

/// The beginning of a text, on one line.
fn brief(value: &dyn fmt::Display) -> String {
    let mut line = Line {
        text: String::new(),
        room: DETAIL,
    };
    if write!(line, "{value}").is_err() {
        line.text.push('…');
    }
    line.text
}

/// Takes so many characters and no more: a large value is not written out only to be cut.
struct Line {
    text: String,
    room: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.room = self.room.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(if character.is_control() {
                ' '
            } else {
                character
            });
        }
        Ok(())
    }
}

/// `+1.250s`, `+2m05s`, `+3d04h`
fn offset(elapsed: Duration) -> String {
    let (seconds, millis) = (elapsed.as_secs(), elapsed.subsec_millis());
    match seconds {
        0..60 => format!("+{seconds}.{millis:03}s"),
        60..3_600 => format!("+{}m{:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("+{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("+{}d{:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::virtual_time::VirtualTime;
    use crate::value::Json;

    #[test]
    fn offsets_are_short() {
        let told = |millis| offset(Duration::from_millis(millis));
        assert_eq!(told(1_250), "+1.250s");
        assert_eq!(told(125_000), "+2m05s");
        assert_eq!(told(3_600_000), "+1h00m");
        assert_eq!(told(90_000_000), "+1d01h");
    }

    #[test]
    fn details_are_one_short_line() {
        assert_eq!(brief(&"a\nb"), "a b");
        assert_eq!(
            brief(&Json::from("x".repeat(1_000))).chars().count(),
            DETAIL + 1
        );
        assert_eq!(told(&Failure::default()), "");
    }

    #[test]
    fn the_table_is_indented_by_branch() {
        let machine = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemsPath":"$.items","ItemProcessor":{
                "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}}]}}}"#;
        let machine = Arc::new(Machine::parse(machine).unwrap());
        let history = VirtualTime::new(&machine)
            .report(Json::parse(r#"{"items":[1]}"#).unwrap())
            .history;
        let mut table = Table {
            machine,
            began: None,
            places: BTreeMap::new(),
        };
        let rows: Vec<_> = history.iter().map(|event| table.row(event)).collect();
        let shape = |row: &String| {
            let kind = row.lines().last().unwrap().get(18..).unwrap();
            let words: Vec<_> = kind.split_whitespace().take(2).collect();
            format!(
                "{}{}",
                " ".repeat(kind.len() - kind.trim_start().len()),
                words.join(" ")
            )
        };
        let shapes: Vec<_> = rows.iter().map(shape).collect();
        assert_eq!(
            shapes[1..shapes.len() - 1],
            [
                "ParallelStateEntered P",
                "ParallelStateStarted P",
                "  MapStateEntered M",
                "  MapStateStarted M",
                "    MapIterationStarted M",
                "      PassStateEntered I",
                "      PassStateExited I",
                "    MapIterationSucceeded M",
                "  MapStateSucceeded M",
                "  MapStateExited M",
                "ParallelStateSucceeded P",
                "ParallelStateExited P",
            ],
            "{}",
            rows.join("\n")
        );
        assert!(rows[0].starts_with("   ID "));
    }
}
