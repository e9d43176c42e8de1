//! A folder audited as it is. No client packs it, so no allowlist applies; a manifest in it still gives name, version
//! and licence.

use crate::ecosystem::folder::{self, Files};
use crate::ecosystem::format::{Advice, Certainty, Fields, Format};
use crate::ecosystem::{formats, projects};
use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::advice::PlainAdvice;

pub(super) struct Directory;

/// What the manifest of an artifact says that was unpacked here: a wheel's, an extension's. What only its own client
/// makes of it, such as where its commands are, doesn't hold for a folder.
fn of_unpacked(inventory: &Inventory) -> Option<Package> {
    let is_of_kind = |format: &&dyn Format| {
        matches!(format.certainty(), Certainty::Own | Certainty::Manifest) && !format.has_one_folder()
    };
    let format = formats().filter(is_of_kind).find(|format| format.recognises(inventory))?;
    let package = format.read(inventory, None, &mut Vec::new())?;
    let Package { name, version, license, manifest, .. } = package;
    Some(Package { name, version, license, manifest, ..Package::default() })
}

impl Format for Directory {
    fn kind(&self) -> Kind {
        Kind::Directory
    }

    fn advice(&self) -> &'static dyn Advice {
        &PlainAdvice
    }

    fn certainty(&self) -> Certainty {
        Certainty::Folder
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.artifact.containers.first() == Some(&"directory")
    }

    fn keeps(&self, path: &str) -> bool {
        !path.contains('/') && projects().into_iter().any(|project| project.reads(path))
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        folder::package(&Files::Kept(inventory), problems).or_else(|| of_unpacked(inventory))
    }

    fn fields(&self, path: &str, manifest: &[u8]) -> Option<Fields> {
        projects().into_iter().find(|project| project.reads(path))?.fields(manifest)
    }
}
