//! npm packages, whichever client packed them.

mod braces;
#[cfg(test)]
mod differential;
mod glob;
mod manifest;
mod packlist;

use crate::inventory::{Declared, Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit, Located};

pub(super) use manifest::Manifest;

pub(super) const ECOSYSTEM: Ecosystem = Ecosystem { kind: Kind::Npm, suffixes: &[], keeps, recognises, read };

fn keeps(path: &str) -> bool {
    Fit::below_root(path, "package.json") != Fit::No || path.eq_ignore_ascii_case("package.json")
}

/// A `package.json` in a folder at the top, or at least the folder that all of npm's tarballs have.
fn recognises(inventory: &Inventory) -> bool {
    if inventory.artifact.containers.first() == Some(&"zip") {
        return false;
    }
    let is_tgz = inventory.artifact.path.ends_with(".tgz");
    inventory.top_files().any(|entry| {
        Fit::below_root(&entry.path, "package.json") != Fit::No
            || is_tgz && entry.path.starts_with("package/")
    })
}

fn read(
    inventory: &Inventory,
    project: Option<&Project>,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Package> {
    let at_top = inventory.artifact.containers.first() == Some(&"directory");
    let fit = |path: &str| match at_top {
        true => Fit::of(path, "package.json"),
        false => Fit::below_root(path, "package.json"),
    };
    let found = locate::manifest(inventory, "package.json", fit, problems)?;
    let manifest = Manifest::read(found, problems)?;
    Some(package(inventory, &manifest, found, locate::folder(&found.entry.path), project))
}

/// What a `package.json` says of its package, held against the entries.
pub(super) fn package(
    _: &Inventory,
    manifest: &Manifest,
    found: Located<'_>,
    root: &str,
    _: Option<&Project>,
) -> Package {
    Package {
        name: manifest.text("name").unwrap_or_default().to_owned(),
        version: manifest.text("version").unwrap_or_default().to_owned(),
        license: manifest.license(),
        private: manifest.is_private(),
        private_line: manifest.object.line("private").filter(|_| manifest.is_private()),
        manifest: found.entry.place.clone(),
        root: root.to_owned(),
        declared: Declared {
            has_allowlist: Some(manifest.files.is_some()),
            allowlist_name: "\"files\" in package.json",
            patterns: manifest.files.clone().unwrap_or_default(),
            line: manifest.object.line("files"),
            ..Declared::default()
        },
        ..Package::default()
    }
}
