//! The integration tests, in one binary to keep linking cheap.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cli;
mod clients;
mod generated;

mod hostile;
mod policy;
mod reporters;
mod samples;
