//! Rust crates.

mod advice;
mod artifact;
mod client;
mod login;
mod manifest;
mod modules;
mod origin;
mod profile;
mod project;
mod registry;

use super::Ecosystem;

pub(super) use profile::debug_option;

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "cargo",
    formats: &[&artifact::Crate],
    project: Some(&project::CargoProject),
    client: Some(&client::Cargo),
};

/// The manifest's name.
const MANIFEST: &str = "Cargo.toml";
/// The manifest as the project has it, of which cargo makes the other one.
const ORIGINAL: &str = "Cargo.toml.orig";
/// What cargo says of the checkout.
const VCS_INFO: &str = ".cargo_vcs_info.json";
const LOCK: &str = "Cargo.lock";
