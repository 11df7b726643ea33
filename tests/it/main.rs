//! The only integration test binary: one link, one place to look.

mod cli;
mod conformance;
mod corpus;
mod docs;
mod formats;
mod generator;
#[cfg(unix)]
mod interrupt;
mod jsonata;
mod jsonpath;
mod lints;
mod overlay;
mod pictures;
mod schema;
mod sfn_run;
mod simulation;
mod tasks;
mod tidy;
