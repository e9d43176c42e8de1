//! Python packages: wheels, source distributions, and the projects that both are built from.

mod advice;
mod client;
mod licence;
mod metadata;
mod names;
mod origin;
mod project;
mod pyproject_build;
mod registry;
mod sdist;
mod sdist_build;
mod wheel;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "python",
    formats: &[&wheel::Wheel, &sdist::Sdist],
    project: Some(&project::PythonProject),
    client: Some(&client::BuildFrontend),
};

pub(super) use names::{neutral as without_interpreter, version as version_in_names};

/// Where a project says what it publishes, likeliest first.
const MANIFESTS: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];
