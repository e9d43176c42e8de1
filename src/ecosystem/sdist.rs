//! Python source distributions. Source: PyPA specification "Source distribution format".

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, python};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Sdist, suffixes: &[], keeps, recognises, read };

fn keeps(path: &str) -> bool {
    let below = path.split_once('/').map_or("", |(_, rest)| rest);
    below.eq_ignore_ascii_case("PKG-INFO")
        || below == "pyproject.toml"
        || below.ends_with(".egg-info/SOURCES.txt")
}

fn recognises(inventory: &Inventory) -> bool {
    let mut has_python = false;
    for entry in inventory.top_files() {
        match entry.path.split_once('/') {
            Some((_, "PKG-INFO")) => return true,
            Some((_, "setup.py" | "pyproject.toml" | "pkg-info" | "Pkg-Info")) => has_python = true,
            Some((_, "package.json" | "Cargo.toml")) => return false,
            _ => {}
        }
    }
    has_python && inventory.artifact.path.ends_with(".tar.gz")
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let found = locate::manifest(inventory, "PKG-INFO", |path| Fit::below_root(path, "PKG-INFO"), problems)?;
    let fields = python::fields(found.bytes);
    let package = python::package(&fields, &found.entry.place, locate::folder(&found.entry.path));
    if package.name.is_empty() || package.version.is_empty() {
        problems.push(locate::unreadable(found.entry, None, "it has no Name or no Version"));
    }
    Some(package)
}
