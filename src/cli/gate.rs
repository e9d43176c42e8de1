//! Auditors for the packages of a workspace: each artifact is judged where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use packgate::audit::{Audit, AuditContext, AuditError, Auditor, Options};
use packgate::inventory::Inventory;
use packgate::pack::{Sight, Watch};
use packgate::publish::digest;
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
    options: OnceLock<Options>,
    auditors: Mutex<BTreeMap<PathBuf, Arc<Maker>>>,
    first: Mutex<Option<Arc<Auditor>>>,
    /// Facts of artifacts that were read while a client still packed others.
    early: Mutex<BTreeMap<PathBuf, Inventory>>,
}

/// Most bytes of an artifact that is read early: whoever waits for the client waits for that as well.
const MOST_EARLY: u64 = 1 << 20;
/// How long to wait for another artifact.
const PAUSE: Duration = Duration::from_millis(1);

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
        let gate = Self::of(workspace, is_named);
        gate.go_by(|| options);
        gate
    }

    /// One whose options aren't known yet.
    pub(super) fn of(workspace: Workspace, is_named: bool) -> Self {
        Self {
            workspace,
            is_named,
            options: OnceLock::new(),
            auditors: Mutex::default(),
            first: Mutex::default(),
            early: Mutex::default(),
        }
    }

    /// Sets the options, if they aren't known yet.
    pub(super) fn go_by(&self, options: impl FnOnce() -> Options) {
        self.options.get_or_init(options);
    }

    /// The workspace whose packages are audited.
    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Makes the auditors of what is published, while a client still packs that. What goes wrong is told when somebody asks
    /// for them.
    pub(super) fn prepare(&self, watch: &Watch) {
        for folder in self.workspace.published().take_while(|_| !watch.is_over()) {
            let _ = self.auditor(folder);
        }
    }

    /// Takes stock of what a client has written, while it still packs others. What goes wrong is told when somebody asks
    /// for that.
    pub(super) fn stock_ahead(&self, watch: &Watch) {
        loop {
            match watch.look() {
                Sight::Artifact { path, folder } => self.stock_early(&path, &folder),
                Sight::Nothing => std::thread::sleep(PAUSE),
                Sight::Over => return,
            }
        }
    }

    /// Keeps the facts of an artifact if it was whole: the same before and behind that.
    fn stock_early(&self, path: &Path, folder: &Path) {
        let is_small = std::fs::metadata(path).is_ok_and(|facts| facts.len() <= MOST_EARLY);
        let (true, Ok(before), Ok(auditor)) = (is_small, digest(path), self.auditor(folder)) else { return };
        if let Ok(inventory) = auditor.stock(path, 1)
            && inventory.artifact.sha256 == before
        {
            self.early.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf(), inventory);
        }
    }

    /// What was taken stock of early, if that is what is there now.
    fn early(&self, path: &Path) -> Option<Inventory> {
        let early = self.early.lock().unwrap_or_else(PoisonError::into_inner).remove(path)?;
        digest(path).is_ok_and(|now| now == early.artifact.sha256).then_some(early)
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
            let inventory = match self.early(path) {
                Some(early) => early,
                None => auditor.stock(path, workers)?,
            };
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
        let options = self.options.get().cloned().unwrap_or_default().surroundings(surroundings);
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
