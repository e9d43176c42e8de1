//! Where the files of a crate come from. Source: the Cargo book, chapter "cargo package".

use super::{LOCK, MANIFEST, ORIGINAL, VCS_INFO};
use crate::ecosystem::origin::{Origin, Origins, Ships, below};
use crate::inventory::{Entry, Inventory, Package};

pub(super) struct CrateOrigins;

impl Origins for CrateOrigins {
    /// `Cargo.toml` is a normal form of the project's, which is there under another name.
    fn of<'a>(&self, _inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a> {
        match below(package, &entry.path) {
            None | Some(MANIFEST | LOCK | VCS_INFO) => Origin::Made,
            Some(ORIGINAL) => Origin::File(MANIFEST),
            Some(path) => Origin::File(path),
        }
    }

    fn ships(&self, _inventory: &Inventory, _package: &Package) -> Ships {
        Ships::Source
    }
}
