//! Auditors for the packages of a workspace: each artifact is judged where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use packgate::audit::{Audit, AuditContext, AuditError, Auditor, Options};
use packgate::inventory::Inventory;
use packgate::settings::Settings;
use packgate::stored::Sought;
use packgate::surroundings::Workspace;

use super::against::Against;
use super::targets::Target;

/// All auditors of a run. One is made when the first artifact needs it.
pub(super) struct Gate {
    workspace: Workspace,
    /// Whether the command line says where all artifacts came from.
    is_named: bool,
    options: Options,
    auditors: Mutex<BTreeMap<PathBuf, Arc<Maker>>>,
    first: Mutex<Option<Arc<Auditor>>>,
}

/// An auditor, or why there is none.
type Maker = OnceLock<Result<Arc<Auditor>, String>>;

/// Why an artifact was not audited.
#[derive(Debug)]
pub(super) enum Failure {
    /// It can't be read.
    Unreadable(String),
    /// What it is to be judged by can't be used, or its audit can't be written down.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unreadable(why) | Self::Other(why)) = self;
        formatter.write_str(why)
    }
}

impl From<String> for Failure {
    fn from(why: String) -> Self {
        Self::Other(why)
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Unreadable(error) => Self::Unreadable(error.to_string()),
            error => Self::Other(error.to_string()),
        }
    }
}

impl Gate {
    /// `options` hold for every artifact, wherever it came from.
    pub(super) fn new(workspace: Workspace, is_named: bool, options: Options) -> Self {
        Self { workspace, is_named, options, auditors: Mutex::default(), first: Mutex::default() }
    }

    /// With an auditor to share patterns with, which others may need, too.
    pub(super) fn beside(self, first: Option<Auditor>) -> Self {
        Self { first: Mutex::new(first.map(Arc::new)), ..self }
    }

    /// The settings that an audit went by; `None` where they can't be read any more.
    pub(super) fn settings(&self, audit: &Audit) -> Option<Settings> {
        let folder = audit.folder.as_deref().filter(|_| !self.is_named);
        self.workspace.settings(folder.unwrap_or(self.workspace.folder())).ok()
    }

    /// Audits an artifact, against an earlier release if there is one to compare with.
    pub(super) fn audit(
        &self,
        target: &Target,
        against: Option<&Against>,
        workers: usize,
    ) -> Result<Audit, Failure> {
        let (auditor, mut inventory) = self.stock(target, &target.path, workers)?;
        target.name(&mut inventory);
        let previous = match against {
            Some(against) => against.inventory_if_released(&auditor, &inventory, target.folder.as_deref())?,
            None => None,
        };
        let packed_from = target.folder.as_deref().filter(|_| !self.is_named);
        let beside = AuditContext { folder: packed_from, previous: previous.as_ref(), workers };
        let mut audit = auditor.judge_in(inventory, &beside)?;
        audit.is_twin = target.folder.is_some() && target.publish.is_none();
        Ok(audit)
    }

    /// The facts of an artifact, or of the copy of it at `path`, taken with what is known where it came from; and who
    /// judges it.
    pub(super) fn stock(
        &self,
        target: &Target,
        path: &Path,
        workers: usize,
    ) -> Result<(Arc<Auditor>, Inventory), Failure> {
        if let Some(folder) = target.folder.as_ref().filter(|_| !self.is_named) {
            let auditor = self.auditor(folder)?;
            let inventory = auditor.stock(path, workers)?;
            return Ok((auditor, inventory));
        }
        let likely = self.workspace.likely_home(&target.path);
        let auditor = self.auditor(&likely)?;
        let inventory = auditor.stock(path, workers)?;
        let home = self.workspace.home(&target.path, &inventory);
        if home == likely {
            return Ok((auditor, inventory));
        }
        let auditor = self.auditor(&home)?;
        let inventory = auditor.stock(path, workers)?;
        Ok((auditor, inventory))
    }

    /// Judges an inventory that was written down while `sought` was looked for, as its artifact would be judged.
    pub(super) fn judge(&self, inventory: Inventory, sought: &Sought) -> Result<Audit, Failure> {
        let home = self.workspace.home(Path::new(&inventory.artifact.path), &inventory);
        Ok(self.auditor(&home)?.judge_stored(inventory, sought)?)
    }

    fn auditor(&self, folder: &Path) -> Result<Arc<Auditor>, String> {
        let maker = {
            let mut auditors = self.auditors.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(auditors.entry(folder.to_path_buf()).or_default())
        };
        maker.get_or_init(|| self.make(folder)).clone()
    }

    fn make(&self, folder: &Path) -> Result<Arc<Auditor>, String> {
        let surroundings = self.workspace.surroundings(folder).map_err(|error| error.to_string())?;
        let options = self.options.clone().surroundings(surroundings);
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        match first.clone() {
            Some(first_made) => {
                drop(first);
                Ok(Arc::new(first_made.beside(options)))
            }
            None => Ok(Arc::clone(first.insert(Arc::new(Auditor::new(options))))),
        }
    }
}
