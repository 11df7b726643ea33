//! The only integration test binary: one link, one place to look.

mod cli;
mod conformance;
mod corpus;
mod docs;
mod generator;
mod jsonpath;
mod overlay;
mod pictures;
mod simulation;
mod tidy;
