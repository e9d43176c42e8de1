//! Stocktaking: from an artifact on disk to its [`Inventory`]. Unpacking and inspecting overlap; one worker
//! or many, the inventory is the same.

mod again;
mod artifact_digest;
mod batch;
mod budget;
mod buffer;
mod examine;
mod flatten;
mod installed;
mod large;
mod stream;
mod torn;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::ecosystem;
use crate::inspect::Scanner;
use crate::inventory::{Artifact, Inventory, KeptText, Kind, Media, Unexamined};
use crate::project::Project;
use crate::unpack::{self, FileSource, Limits, ReadAt, Spent};
use crate::words::hex;

use artifact_digest::ArtifactDigest;
pub use budget::Budget;
use examine::Examiner;

/// How to take stock.
#[derive(Debug, Clone, Copy)]
pub struct Stocktake<'a> {
    /// What to look out for.
    pub scanner: &'a Scanner,
    /// Bounds of unpacking.
    pub limits: &'a Limits,
    /// The ecosystem, if it is not to be recognised.
    pub kind: Option<Kind>,
    /// Where the artifact came from.
    pub project: Option<&'a Project>,
    /// Bounds the larger entries of all artifacts under way.
    pub budget: &'a Budget,
    /// Threads to use for this artifact, at least 1.
    pub workers: usize,
}

/// Why no stock could be taken at all.
#[derive(Debug, thiserror::Error)]
pub enum StocktakeError {
    /// The artifact can't be opened or read.
    #[error("cannot read {path}: {why}", path = path.display())]
    Unreadable {
        /// As given.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
}

/// Below this size a second thread costs more than it saves.
const WORTH_THREADS: u64 = 128 << 10;

impl Stocktake<'_> {
    /// Takes stock of a file or folder.
    ///
    /// # Errors
    /// When it doesn't exist or can't be opened. What goes wrong later is in the inventory's `unexamined`.
    pub fn of(&self, path: &Path) -> Result<Inventory, StocktakeError> {
        let unreadable = |why| StocktakeError::Unreadable { path: path.to_owned(), why };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return self.of_folder(path).map_err(unreadable);
        }
        if !metadata.is_file() {
            return Err(unreadable(std::io::Error::other("neither a file nor a folder")));
        }
        let source = FileSource::open(path).map_err(unreadable)?;
        let (mut inventory, over_common_limits) = self.with_workers(path, &source);
        if self.workers > 1 && over_common_limits {
            drop(inventory);
            // Which of several workers hits a common limit is chance; one alone always hits it at the same place.
            (inventory, _) = Stocktake { workers: 1, ..*self }.with_workers(path, &source);
        }
        inventory.artifact.path = path.display().to_string();
        ecosystem::identify(&mut inventory, self.kind, self.project);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        again::imports(&mut inventory, &source, &name, self);
        torn::entrances(&mut inventory, self);
        installed::mark(&mut inventory);
        Ok(inventory)
    }

    /// Also says whether a limit was hit that all workers share.
    fn with_workers(&self, path: &Path, source: &FileSource) -> (Inventory, bool) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let spent = Spent::of_artifact(source.size());
        let workers = if source.size() < WORTH_THREADS { 1 } else { self.workers.max(1) };
        let mut prefix = vec![0; 64 << 10];
        let known = source.read_at(&mut prefix, 0).unwrap_or(0);
        prefix.truncate(known);
        let media = unpack::sniff(&prefix, source.size());
        let is_zip = media == Media::Zip;
        let digests = self.scanner.options.digests || ecosystem::needs_digests(&name, is_zip);
        let threads = workers;
        let examiner = Examiner {
            scanner: self.scanner,
            limits: self.limits,
            spent: &spent,
            budget: self.budget,
            digests,
            wide: false,
            threads,
        };
        let (stock, sha256) = if is_zip {
            let (mut stock, sha256) = tree::zip(source, &examiner, workers);
            stock.anomalies.extend(unpack::mismatch(media, &name));
            (stock, sha256)
        } else {
            stream::stream(source, &name, &examiner, workers)
        };
        let mut inventory = stock.flatten();
        inventory.artifact.bytes = source.size();
        inventory.artifact.unpacked_bytes = inventory.top_files().map(|entry| entry.size).sum();
        if spent.kept_too_much(self.limits) {
            // Which ones were kept is chance when several workers look; none is the same for all.
            inventory.manifests.clear();
        }
        if spent.kept_too_many_scripts() {
            // The same; but what is asked of modules doesn't depend on whether they were kept.
            let scripts = std::mem::take(&mut inventory.scripts).into_iter();
            inventory.modules.extend(scripts.map(|(id, text)| (id, KeptText::Plain(text))));
        }
        match sha256 {
            Ok(sha256) => inventory.artifact.sha256 = sha256,
            Err(error) => {
                inventory.unexamined.push(Unexamined::new("", format!("cannot read the file: {error}")))
            }
        }
        if inventory.unexamined.is_empty() && inventory.files().next().is_none() {
            inventory.unexamined.push(Unexamined::new("", "it holds no files"));
        }
        (inventory, spent.is_over(self.limits))
    }

    fn of_folder(&self, path: &Path) -> std::io::Result<Inventory> {
        let spent = Spent::default();
        let threads = self.workers.max(1);
        let examiner = Examiner {
            scanner: self.scanner,
            limits: self.limits,
            spent: &spent,
            budget: self.budget,
            digests: true,
            wide: false,
            threads,
        };
        let mut inventory = tree::folder(path, &examiner, self.workers.max(1))?.flatten();
        let mut digest = Sha256::new();
        for entry in inventory.files().filter(|entry| entry.parent.is_none()) {
            digest.update(entry.path.as_bytes());
            digest.update([0]);
            digest.update(entry.sha256.as_deref().unwrap_or_default().as_bytes());
            digest.update([b'\n']);
        }
        inventory.artifact = Artifact {
            path: path.display().to_string(),
            bytes: inventory.top_files().map(|entry| entry.size).sum(),
            sha256: hex(&digest.finalize()),
            containers: vec!["directory"],
            unpacked_bytes: inventory.top_files().map(|entry| entry.size).sum(),
        };
        if inventory.unexamined.is_empty() && inventory.files().next().is_none() {
            let why =
                "it holds no files; name a packed artifact, or a folder with a package or a build in it";
            inventory.unexamined.push(Unexamined::new("", why));
        }
        ecosystem::identify(&mut inventory, self.kind.or(Some(Kind::Directory)), self.project);
        // A folder is audited as it stands: nobody says that it is a package of its own.
        ecosystem::settle_imports(&mut inventory, &BTreeMap::new());
        installed::mark(&mut inventory);
        Ok(inventory)
    }
}

/// SHA-256 of the artifact, in hex.
fn digest(source: &dyn ReadAt, examiner: &Examiner<'_>) -> std::io::Result<String> {
    ArtifactDigest::new(source, examiner.scanner.timings()).finish()
}
