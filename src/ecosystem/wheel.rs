//! Python wheels. Source: PyPA specification "Binary distribution format".

use crate::inventory::{Inventory, Kind, ManifestProblem, Mismatch, Package};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, python};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Wheel, suffixes: &[".whl"], keeps, recognises, read };

const KEPT: [&str; 5] = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"];

fn keeps(path: &str) -> bool {
    in_dist_info(path).is_some_and(|(_, name)| KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)))
}

/// The `.dist-info` folder at the top and the rest of a path in it.
fn in_dist_info(path: &str) -> Option<(&str, &str)> {
    path.split_once('/').filter(|(folder, _)| folder.to_ascii_lowercase().ends_with(".dist-info"))
}

fn recognises(inventory: &Inventory) -> bool {
    inventory.top_files().any(|entry| in_dist_info(&entry.path).is_some_and(|(_, name)| name == "WHEEL"))
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let own = |path: &str, name: &str| in_dist_info(path).map_or(Fit::No, |(_, rest)| Fit::of(rest, name));
    let metadata =
        locate::manifest(inventory, "*.dist-info/METADATA", |path| own(path, "METADATA"), problems)?;
    let fields = python::fields(metadata.bytes);
    let mut package = python::package(&fields, &metadata.entry.place, "");
    if package.name.is_empty() || package.version.is_empty() {
        problems.push(locate::unreadable(metadata.entry, None, "it has no Name or no Version"));
    }
    package.mismatches = mismatches(inventory, &package);
    Some(package)
}

/// The file name and the `.dist-info` folder repeat name and version.
fn mismatches(inventory: &Inventory, package: &Package) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut compare = |elsewhere: &str, name: &str, version: &str| {
        if python::normal_name(name) != python::normal_name(&package.name) {
            found.push(mismatch("name", &package.name, elsewhere, name));
        }
        if !python::same_version(version, &package.version) {
            found.push(mismatch("version", &package.version, elsewhere, version));
        }
    };
    let folder = locate::folder(&package.manifest);
    if let Some((name, version)) = folder.strip_suffix(".dist-info").and_then(|stem| stem.split_once('-')) {
        compare(folder, name, version);
    }
    let file = super::file_name(&inventory.artifact.path);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        if let (Some(name), Some(version)) = (parts.next(), parts.next()) {
            compare("the file name", name, version);
        }
    }
    found
}

fn mismatch(what: &'static str, manifest: &str, elsewhere: &str, other: &str) -> Mismatch {
    Mismatch { what, manifest: manifest.to_owned(), elsewhere: elsewhere.to_owned(), other: other.to_owned() }
}
