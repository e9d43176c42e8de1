//! A folder audited as it is. No client packs it, so no allowlist applies; a manifest in it still gives name, version
//! and licence.

use crate::ecosystem::folder::{self, Files};
use crate::ecosystem::format::{Advice, Certainty, Fields, Format};
use crate::ecosystem::projects;
use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::advice::PlainAdvice;

pub(super) struct Directory;

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
        folder::package(&Files::Kept(inventory), problems)
    }

    fn fields(&self, path: &str, manifest: &[u8]) -> Option<Fields> {
        projects().into_iter().find(|project| project.reads(path))?.fields(manifest)
    }
}
