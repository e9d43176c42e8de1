//! The integration tests, in one binary to keep linking cheap.

mod cli;
mod generated;
mod reporters;
mod samples;
