//! Where the files of a crate come from. Source: the Cargo book, chapter "cargo package".

use toml::Table;

use super::{LOCK, MANIFEST, ORIGINAL, VCS_INFO};
use crate::ecosystem::origin::{Origin, Origins, Ships, below};
use crate::ecosystem::readme::is_readme;
use crate::inventory::{Entry, Inventory, Package};
use crate::paths;

pub(super) struct CrateOrigins;

impl Origins for CrateOrigins {
    /// `Cargo.toml` is a normal form of the project's, which is there under another name.
    fn of<'a>(&self, inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a> {
        match below(package, &entry.path) {
            None | Some(MANIFEST | LOCK | VCS_INFO) => Origin::Made,
            Some(ORIGINAL) => Origin::File(MANIFEST),
            Some(path) => copied(inventory, package, path).map_or(Origin::File(path), Origin::Outside),
        }
    }

    fn ships(&self, _inventory: &Inventory, _package: &Package) -> Ships {
        Ships::Source
    }
}

/// Where cargo copied a file from to the top of the crate, as it does for a readme or licence that the manifest names
/// outside its folder.
fn copied(inventory: &Inventory, package: &Package, path: &str) -> Option<String> {
    if path.contains('/') || !paths::is_licence(path) && !is_readme(path) {
        return None;
    }
    let original = inventory.manifests.iter().find(|kept| {
        let entry = inventory.entry(kept.entry);
        entry.and_then(|entry| below(package, &entry.path)) == Some(ORIGINAL)
    })?;
    let table: Table = String::from_utf8_lossy(&original.bytes).parse().ok()?;
    let named = |key: &str| table.get("package")?.get(key)?.as_str().map(str::to_owned);
    let is_it = |named: &String| named.starts_with("../") && named.rsplit('/').next() == Some(path);
    ["readme", "license-file"].into_iter().filter_map(named).find(is_it)
}
