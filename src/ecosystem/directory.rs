//! A folder audited as it stands. Nothing packs it, so no allowlist applies; a manifest in it still gives
//! name, version and licence.

use crate::inventory::{Declared, Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::locate::{self, Fit};
use super::{Ecosystem, cargo, npm};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Directory, suffixes: &[], keeps, recognises: |_| false, read };

fn keeps(path: &str) -> bool {
    path == "package.json" || path == "Cargo.toml"
}

fn read(
    inventory: &Inventory,
    project: Option<&Project>,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Package> {
    let mut ignored = Vec::new();
    let mut found = |name: &str| locate::optional(inventory, |path| Fit::of(path, name), &mut ignored);
    let package = if let Some(found) = found("package.json") {
        let manifest = npm::Manifest::read(found, problems)?;
        npm::package(inventory, &manifest, found, "", project)
    } else {
        let found = found("Cargo.toml")?;
        // A workspace's manifest has no package: that is no problem of the folder.
        cargo::package_of(found, &mut ignored)?
    };
    Some(Package { declared: Declared::default(), mismatches: Vec::new(), ..package })
}
