//! Ruby gems.

mod advice;
mod artifact;
mod client;
mod names;
mod origin;
mod project;
mod registry;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "gem",
    formats: &[&artifact::Gem],
    project: Some(&project::GemProject),
    client: Some(&client::RubyGems),
};
