//! The integration tests, in one binary to keep linking cheap.

mod generated;
mod reporters;
