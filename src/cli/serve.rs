//! `sfn-run serve`: the API of the service over HTTP.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

use super::mocks::Mocks;
use super::tasks::{TaskOptions, Tasks};
use super::{Exit, interrupt, terminal};
use crate::aws::Place;
use crate::driver::local::Pace;
use crate::resolver::{Registry, Resolver};
use crate::server::{Answers, Asked, Limits, LogSink, Service, Settings, app, serve};

/// The options of `sfn-run serve`.
#[derive(Args)]
#[command(
    after_help = "Point a client at it:\n  aws stepfunctions list-state-machines --endpoint-url http://127.0.0.1:8083"
)]
pub(super) struct Serve {
    /// The port; 0 is any that is free
    #[arg(long, default_value_t = 8083)]
    port: u16,
    /// The address to listen on. Anything but this machine itself wants --insecure
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Listen where others can reach it, although nobody has to prove who they are
    #[arg(long)]
    insecure: bool,
    /// The region in ARNs
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// The account in ARNs: twelve digits
    #[arg(long, default_value = "123456789012", value_parser = account)]
    account: String,
    /// How time passes for executions: `virtual` jumps over Wait states and the pauses before retries
    #[arg(long, value_enum, default_value_t = Time::Real)]
    time: Time,
    /// Where the logs of executions go that their logging configuration asks for: a file, or - for standard output
    #[arg(long, value_name = "FILE")]
    execution_logs: Option<PathBuf>,
    /// What the server tells of itself on standard error
    #[arg(long, value_enum, default_value_t = Level::Warn)]
    log_level: Level,
    /// In which form it does
    #[arg(long, value_enum, default_value_t = Form::Text)]
    log_format: Form,
    #[command(flatten)]
    tasks: TaskOptions,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Time {
    Real,
    Virtual,
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Form {
    Text,
    Json,
}

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account is twelve digits".to_owned())
    }
}

impl Serve {
    pub(super) fn run(&self) -> Exit {
        if !self.host.is_loopback() && !self.insecure {
            return terminal::refuse(&format!(
                "{} can be reached from outside, and nobody has to prove who they are: say --insecure if that is meant",
                self.host
            ));
        }
        self.log();
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(problem) => return terminal::refuse(&problem),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.listen(settings)),
            Err(error) => terminal::refuse(&format!("no runtime can be made: {error}")),
        }
    }

    async fn listen(&self, settings: Settings) -> Exit {
        let address = SocketAddr::new(self.host, self.port);
        let listener = match tokio::net::TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(error) => return terminal::refuse(&format!("cannot listen on {address}: {error}")),
        };
        // Port 0 has become another.
        let address = listener.local_addr().unwrap_or(address);
        terminal::note(&format!("listening on http://{address}"));
        let app = app(Service::new(settings));
        let end = async {
            let why = interrupt::signal().await;
            terminal::note(why);
        };
        serve(listener, app, Limits::default(), end).await;
        Exit::Success
    }

    fn log(&self) {
        let level = match self.log_level {
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        };
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(std::io::stderr)
            .with_ansi(terminal::has_colour());
        // A program that has a subscriber already keeps it.
        let _ = match self.log_format {
            Form::Text => subscriber.try_init(),
            Form::Json => subscriber.json().flatten_event(true).try_init(),
        };
    }

    fn settings(&self) -> Result<Settings, String> {
        let (tasks, mocks) = self.tasks.for_any_machine()?;
        let place = Place {
            region: self.region.as_str().into(),
            account: self.account.as_str().into(),
            ..Place::default()
        };
        Ok(Settings {
            place,
            pace: match self.time {
                Time::Real => Pace::Real,
                Time::Virtual => Pace::Jumping,
            },
            answers: answers(tasks, mocks),
            execution_logs: self.execution_logs.as_ref().map(sink).transpose()?,
        })
    }
}

/// What was told to answer comes first, then what the service answers itself; mocks before both.
fn answers(tasks: Tasks, mocks: Option<Mocks>) -> Answers {
    Arc::new(move |asked: Asked<'_>| {
        let mut registry: Registry = tasks.registry();
        for (pattern, resolver) in asked.own {
            registry.add(pattern, resolver);
        }
        let registry: Arc<dyn Resolver> = Arc::new(registry);
        match (&mocks, asked.test_case) {
            (Some(mocks), case) => mocks.resolver(asked.machine, case, registry),
            (None, None) => Ok(registry),
            (None, Some(case)) => Err(format!(
                "the test case '{case}' is asked for, and there is no file of mocks: start the server with --mock FILE"
            )),
        }
    })
}

fn sink(path: &PathBuf) -> Result<LogSink, String> {
    if path.as_os_str() == "-" {
        return Ok(Arc::new(|line: &str| {
            // Where nobody reads, nobody misses it.
            let _ = terminal::print(&format!("{line}\n"));
        }));
    }
    let file: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    let file = Mutex::new(file);
    Ok(Arc::new(move |line: &str| {
        let mut file = file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Err(error) = writeln!(file, "{line}") {
            tracing::error!(%error, "the log of an execution could not be written");
        }
    }))
}
