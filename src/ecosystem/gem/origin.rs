//! Where the files of a gem come from.

use super::DATA;
use super::names::platform;
use crate::ecosystem::origin::{Origin, Origins, Ships};
use crate::inventory::{Entry, Inventory, Package};

pub(super) struct GemOrigins;

impl Origins for GemOrigins {
    fn of<'a>(&self, inventory: &Inventory, _package: &Package, entry: &'a Entry) -> Origin<'a> {
        let archive = entry.parent.and_then(|parent| inventory.entry(parent));
        match archive.is_some_and(|archive| archive.path == DATA && archive.parent.is_none()) {
            true => Origin::File(&entry.path),
            false => Origin::Made,
        }
    }

    /// A gem for one platform has compiled files.
    fn ships(&self, inventory: &Inventory, package: &Package) -> Ships {
        let file = crate::ecosystem::file_name(&inventory.artifact.path);
        match platform(file, &package.version).as_str() {
            "" | "ruby" => Ships::Source,
            _ => Ships::Built,
        }
    }
}
