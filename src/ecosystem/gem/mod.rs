//! Ruby gems.

mod advice;
mod artifact;
mod client;
mod keep_out;
mod names;
mod origin;
mod project;
mod registry;
mod specification;
mod wholeness;

use super::Ecosystem;

/// The archive of the gem's own files.
const DATA: &str = "data.tar.gz";

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "gem",
    formats: &[&artifact::Gem],
    project: Some(&project::GemProject),
    client: Some(&client::RubyGems),
};
