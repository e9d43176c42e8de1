//! The integration tests, in one binary to keep linking cheap.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod advice;
mod allowlist;
mod attest;
mod backends;
mod bundlers;
mod carriers;
mod checkouts;
mod cli;
mod clients;
mod commit;
mod completions;
mod crates;
mod dice;
mod diff;
mod documents;
mod entrances;
mod extensions;
#[cfg(unix)]
mod failures;
mod gates;
mod homes;
mod hostile;
mod house;
mod imports;
mod init;
mod installs;
mod internal;
mod judged;
mod keys;
mod loading;
mod lock;
#[cfg(target_os = "linux")]
mod memory;
mod ordinary;
mod own_source;
mod packers;
mod policy;
mod private_members;
#[cfg(target_os = "linux")]
mod publish;
mod random;
mod recipes;
mod releasing;
mod reporters;
mod samples;
mod secrets;
mod sigstore;
mod site;
mod snapshots;
mod source_maps;
mod stray;
mod trees;
mod vsce;
mod workspaces;
