//! The only integration test binary: one link, one place to look.

mod cli;
mod conformance;
mod corpus;
mod docs;
mod generator;
mod jsonata;
mod jsonpath;
mod simulation;
mod tidy;
