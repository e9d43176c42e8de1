//! Archives that no ecosystem claims.

use crate::ecosystem::file_name;
use crate::ecosystem::format::{Advice, Certainty, Format};
use crate::inventory::{Anomaly, Entry, EntryKind, Inventory, Kind, ManifestProblem, Package, ReadBy};
use crate::project::Project;

use super::advice::PlainAdvice;
use super::{conda, deb};

/// A zip archive.
pub(super) struct Zip;

/// A tar archive, or anything else with entries.
pub(super) struct Tar;

impl Format for Zip {
    fn kind(&self) -> Kind {
        Kind::Zip
    }

    /// conda unpacks both archives of its format into one folder.
    fn installs(&self, inventory: &Inventory, entry: &Entry) -> Option<String> {
        let is_in_part = entry.parent.is_some() && inventory.is_unpacked(entry);
        (is_in_part && entry.kind == EntryKind::File).then(|| entry.path.clone())
    }

    fn unpacks<'a>(&'a self, inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        let is_conda = conda::is_conda(inventory);
        Box::new(move |entry| is_conda && conda::is_part_of_conda(entry))
    }

    fn odd_landings(&self, inventory: &Inventory) -> Vec<Anomaly> {
        conda::odd_parts_of_conda(inventory)
    }

    fn advice(&self) -> &'static dyn Advice {
        &PlainAdvice
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

    fn keeps_within(&self, path: &str) -> bool {
        conda::is_manifest(path)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _: Option<&Project>,
        _: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        conda::read(inventory)
    }
}

impl Format for Tar {
    fn kind(&self) -> Kind {
        Kind::Tar
    }

    /// conda and dpkg unpack the names as they are.
    fn installs(&self, inventory: &Inventory, entry: &Entry) -> Option<String> {
        let is_written = match self.read_by(inventory) {
            ReadBy::Conda => entry.parent.is_none(),
            ReadBy::Dpkg => entry.parent.and_then(|id| inventory.entry(id)).is_some_and(deb::is_data_of_deb),
            ReadBy::Kind(_) => false,
        };
        (is_written && entry.kind == EntryKind::File).then(|| entry.path.clone())
    }

    /// A Debian package is an archive of two.
    fn unpacks<'a>(&'a self, inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        let is_ar = inventory.artifact.containers == ["ar"];
        Box::new(move |entry| {
            is_ar
                && (deb::is_data_of_deb(entry)
                    || entry.parent.is_none() && entry.path.starts_with("control.tar"))
        })
    }

    fn read_by(&self, inventory: &Inventory) -> ReadBy {
        if deb::is_deb(inventory) {
            ReadBy::Dpkg
        } else if conda::is_conda_tar(inventory) {
            ReadBy::Conda
        } else {
            ReadBy::Kind(self.kind())
        }
    }

    fn odd_landings(&self, inventory: &Inventory) -> Vec<Anomaly> {
        deb::odd_member_of_deb(inventory).into_iter().collect()
    }

    fn advice(&self) -> &'static dyn Advice {
        &PlainAdvice
    }

    fn certainty(&self) -> Certainty {
        Certainty::Rest
    }

    fn recognises(&self, _: &Inventory) -> bool {
        true
    }

    fn keeps(&self, path: &str) -> bool {
        path == deb::VERSION || conda::is_manifest(path)
    }

    fn read(
        &self,
        inventory: &Inventory,
        _: Option<&Project>,
        _: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        conda::read(inventory)
    }
}
