//! Packages of conda: a packed tar, or a zip of two of them that its clients unpack into one folder.

use serde::Deserialize;

use crate::inventory::{Anomaly, AnomalyKind, Entry, Inventory, Package};

/// The manifest, in either format.
const INDEX: &str = "info/index.json";

/// What is read of it.
#[derive(Deserialize)]
struct Index {
    name: String,
    version: String,
    license: Option<String>,
}

/// Whether a file may be the manifest, by its path in its own archive.
pub(super) fn is_manifest(path: &str) -> bool {
    path == INDEX
}

/// The name, version and licence of a package in either format.
pub(super) fn read(inventory: &Inventory) -> Option<Package> {
    let is_own = |entry: &Entry| match entry.parent.and_then(|parent| inventory.entry(parent)) {
        Some(part) => is_conda(inventory) && is_part_of_conda(part),
        None => is_conda_tar(inventory),
    };
    let manifest = inventory.manifests.iter().filter(|kept| kept.path == INDEX).find_map(|kept| {
        let entry = inventory.entry(kept.entry).filter(|entry| is_own(entry))?;
        Some((entry, kept))
    });
    let (entry, kept) = manifest?;
    let index: Index = serde_json::from_slice(&kept.bytes).ok()?;
    Some(Package {
        name: index.name,
        version: index.version,
        license: index.license,
        manifest: entry.place.clone(),
        ..Package::default()
    })
}

/// The two parts of a package of conda; clients go by their names alone.
const PARTS: [&str; 2] = ["pkg-", "info-"];

/// Whether an entry of a package of conda is an archive that its clients unpack.
pub(super) fn is_part_of_conda(entry: &Entry) -> bool {
    entry.parent.is_none() && is_named(entry) && entry.path.ends_with(".tar.zst")
}

/// Whether it is a package of conda's second format.
pub(super) fn is_conda(inventory: &Inventory) -> bool {
    PARTS
        .iter()
        .all(|part| inventory.top_files().any(|entry| is_named(entry) && entry.path.starts_with(part)))
}

fn is_named(entry: &Entry) -> bool {
    PARTS.iter().any(|part| entry.path.starts_with(part)) && entry.path.contains(".tar.")
}

/// Parts that only some of conda's clients unpack.
pub(super) fn odd_parts_of_conda(inventory: &Inventory) -> Vec<Anomaly> {
    if !is_conda(inventory) {
        return Vec::new();
    }
    let mut odd = Vec::new();
    for part in PARTS {
        let parts = inventory.top_files().filter(|entry| entry.path.starts_with(part) && is_named(entry));
        let mut is_there = false;
        for entry in parts {
            let detail = if !entry.path.ends_with(".tar.zst") {
                "it isn't called .tar.zst: rattler leaves such a part of the package out, conda refuses the package"
            } else if is_there {
                "it is a second part of its kind: rattler unpacks it as well, conda only the one named like the package"
            } else {
                is_there = true;
                continue;
            };
            odd.push(Anomaly::of(AnomalyKind::ForeignScheme, entry, detail.into()));
        }
    }
    odd
}

/// Whether it is a package of conda's first format.
pub(super) fn is_conda_tar(inventory: &Inventory) -> bool {
    inventory.artifact.containers == ["bzip2", "tar"]
        && inventory.top_files().any(|entry| entry.path == "info/index.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    fn of(container: &'static str, paths: &[&str]) -> Inventory {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, "")).collect();
        inventory("a", container, &files)
    }

    #[test]
    fn conda_has_two_parts() {
        let odd = |paths: &[&str]| odd_parts_of_conda(&of("zip", paths)).len();
        let (info, package) = ("info-acme-1-0.tar.zst", "pkg-acme-1-0.tar.zst");
        assert_eq!(odd(&["metadata.json", package, info]), 0);
        assert_eq!(odd(&[package, info, "pkg-other-1-0.tar.zst"]), 1);
        assert_eq!(odd(&["pkg-acme-1-0.tar.bz2", info]), 1);
        assert_eq!(odd(&["pkg-acme-1-0.tar.bz2", "b.txt"]), 0);
    }

    #[test]
    fn the_licence_is_in_the_index() {
        const TEXT: &str = r#"{"name": "acme", "version": "1.0", "license": "BSD-3-Clause", "build": "0"}"#;
        let mut tar = inventory("acme-1.0-0.tar.bz2", "tar", &[(INDEX, TEXT)]);
        tar.artifact.containers = vec!["bzip2", "tar"];
        let package = read(&tar).unwrap();
        assert_eq!((package.name.as_str(), package.version.as_str()), ("acme", "1.0"));
        assert_eq!(package.license.as_deref(), Some("BSD-3-Clause"));

        let files = [("info-acme-1.0-0.tar.zst", ""), ("pkg-acme-1.0-0.tar.zst", ""), (INDEX, TEXT)];
        let mut zip = inventory("acme-1.0-0.conda", "zip", &files);
        assert_eq!(read(&zip), None, "it lies beside the parts");
        zip.entries[2].parent = Some(zip.entries[0].id);
        assert_eq!(read(&zip).unwrap().license.as_deref(), Some("BSD-3-Clause"));
    }
}
