//! Where in its project an entry of an artifact comes from.

use std::path::Path;

use crate::inventory::{Entry, Inventory, Package};

/// How a format's entries come from the files of a project.
pub(crate) trait Origins: Sync {
    /// Where an entry comes from.
    fn of<'a>(&self, inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a>;

    /// Whether its files are the project's as they are.
    fn ships(&self, inventory: &Inventory, package: &Package) -> Ships;

    /// Paths from the project's folder that its build writes because the manifest says so, as patterns of an ignore file.
    fn made(&self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }

    /// The folder in the project's that a client packs in its place because the manifest says so; `""` for the project's own.
    fn packed_folder(&self, _inventory: &Inventory, _package: &Package, _folder: &Path) -> String {
        String::new()
    }

    /// Whether a file that differs is what the client makes of the project's: a manifest in a normal form.
    fn rewrites(&self, _path: &str, _shipped: &[u8], _tracked: &[u8]) -> bool {
        false
    }
}

/// Where an entry comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    /// The client makes it.
    Made,
    /// From this path in the project's folder, or in one above it.
    File(&'a str),
    /// From this path as the manifest writes it, which leads out of the project's folder.
    Outside(String),
    /// From this path in some folder of the project that the artifact doesn't name: `src`, `lib`, `python`.
    Below(&'a str),
}

/// Whether an artifact's files are the project's as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ships {
    /// All of them.
    Source,
    /// They may be.
    Perhaps,
    /// A build makes them.
    Built,
}

/// The part of a path below the package's root.
pub(super) fn below<'a>(package: &Package, path: &'a str) -> Option<&'a str> {
    match package.root.as_str() {
        "" => Some(path),
        root => path.strip_prefix(root)?.strip_prefix('/'),
    }
}
