//! The only integration test binary: one link, one place to look.

mod cli;
mod conformance;
mod corpus;
mod docs;
mod durable;
mod formats;
mod generator;
#[cfg(unix)]
mod interrupt;
mod jsonata;
mod jsonpath;
#[cfg(unix)]
mod kill;
mod lints;
mod mortality;
mod overlay;
mod pictures;
mod schema;
mod sfn_run;
mod simulation;
mod snapshots;
mod store;
mod tasks;
mod tidy;
