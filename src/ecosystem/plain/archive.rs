//! Archives that no ecosystem claims.

use crate::ecosystem::file_name;
use crate::ecosystem::format::{Certainty, Format};
use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

/// A zip archive.
pub(super) struct Zip;

/// A tar archive, or whatever else holds entries.
pub(super) struct Tar;

impl Format for Zip {
    fn kind(&self) -> Kind {
        Kind::Zip
    }

    /// The second format of conda is a zip of two archives and a note.
    fn unpacks(&self, inventory: &Inventory, path: &str) -> bool {
        let has = |fits: fn(&str) -> bool| inventory.top_files().any(|entry| fits(&entry.path));
        let is_conda = has(|path| path == "metadata.json") && has(|path| path.starts_with("pkg-"));
        is_conda && (path.starts_with("pkg-") || path.starts_with("info-"))
    }

    fn certainty(&self) -> Certainty {
        Certainty::Rest
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        let containers = &inventory.artifact.containers;
        let is_named_so = || file_name(&inventory.artifact.path).to_ascii_lowercase().ends_with(".zip");
        containers.contains(&"zip") || (containers.is_empty() && is_named_so())
    }

    fn keeps(&self, _path: &str) -> bool {
        false
    }

    fn read(&self, _: &Inventory, _: Option<&Project>, _: &mut Vec<ManifestProblem>) -> Option<Package> {
        None
    }
}

impl Format for Tar {
    fn kind(&self) -> Kind {
        Kind::Tar
    }

    /// A Debian package is an archive of two.
    fn unpacks(&self, inventory: &Inventory, path: &str) -> bool {
        inventory.artifact.containers == ["ar"]
            && (path.starts_with("data.tar") || path.starts_with("control.tar"))
    }

    fn certainty(&self) -> Certainty {
        Certainty::Rest
    }

    fn recognises(&self, _: &Inventory) -> bool {
        true
    }

    fn keeps(&self, _path: &str) -> bool {
        false
    }

    fn read(&self, _: &Inventory, _: Option<&Project>, _: &mut Vec<ManifestProblem>) -> Option<Package> {
        None
    }
}
