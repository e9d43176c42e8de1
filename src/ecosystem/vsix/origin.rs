//! Where the files of an extension come from. vsce rewrites the links of the readme and change log, and gives them and
//! the licence names of its own.

use crate::ecosystem::npm;
use crate::ecosystem::origin::{Origin, Origins, Ships, below};
use crate::inventory::{Entry, Inventory, Package};

pub(super) struct VsixOrigins;

impl Origins for VsixOrigins {
    fn of<'a>(&self, _inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a> {
        const RENAMED: [&str; 4] = ["readme", "changelog", "license", "support"];
        let is_renamed = |path: &str| {
            let name = path.split('.').next().unwrap_or(path).to_ascii_lowercase();
            RENAMED.contains(&name.as_str())
        };
        match below(package, &entry.path) {
            Some(path) if !is_renamed(path) && !path.starts_with("node_modules/") => Origin::File(path),
            _ => Origin::Made,
        }
    }

    fn ships(&self, _inventory: &Inventory, _package: &Package) -> Ships {
        Ships::Built
    }

    fn rewrites(&self, path: &str, shipped: &[u8], tracked: &[u8]) -> bool {
        path == "package.json" && npm::is_rewritten(shipped, tracked)
    }
}
