//! npm packages, whichever client packed them.

mod advice;
mod artifact;
mod binding_gyp;
mod braces;
pub(super) mod build_info;
mod bundle;
mod client;
mod deployed;
#[cfg(test)]
mod differential;
mod empty;
mod entry_points;
mod glob;
mod imports;
mod installed;
pub(super) mod libraries;
mod manifest;
mod origin;
mod packlist;
mod project;
mod registry;
mod shell;
mod together;
mod wholeness;

use super::Ecosystem;

// What extensions for Visual Studio Code have in common with npm's packages.
pub(super) use advice::builds::map_options;
pub(super) use advice::{Item, files, narrow};
pub(super) use artifact::{OwnFiles, broken_imports, doubtful_imports, entrances, leading_imports, package};
pub(super) use deployed::named_by_build;
pub(super) use glob::{Glob, split};
pub(super) use imports::Brought;
pub(super) use manifest::{Manifest, fields};
pub(super) use origin::is_rewritten;
pub(super) use project::{at as manifest_at, identity, is_extension};

/// The manifest's name.
pub(super) const MANIFEST: &str = "package.json";

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem {
    name: "npm",
    formats: &[&artifact::Tarball],
    project: Some(&project::NpmProject),
    client: Some(&client::NpmClient),
};
