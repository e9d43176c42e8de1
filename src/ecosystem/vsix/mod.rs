//! Extensions for Visual Studio Code and its kin.

mod advice;
mod artifact;
mod client;
mod content_types;
mod contributes;
mod files;
mod ignore;
mod origin;
mod project;
mod registry;

use super::Ecosystem;

/// The folder of the extension in its archive.
const FOLDER: &str = "extension";

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "vsix",
    formats: &[&artifact::Extension],
    project: Some(&project::ExtensionProject),
    client: Some(&client::Vsce),
};

/// vsce never packs it, so that an artifact doesn't tell whether there was one.
const IGNORE_FILE: &str = ".vscodeignore";
