use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use packgate::attest::{AttestError, Statement, name_for};
use packgate::audit::Audit;

use super::complain;
use super::file::save;

/// The folder that statements about what passed are written to.
pub(crate) struct Attestations {
    folder: PathBuf,
    written: Mutex<BTreeSet<String>>,
}

impl Attestations {
    /// Makes the folder, so that one that can't be written fails at once.
    pub(crate) fn into(folder: &Path) -> Result<Self, String> {
        fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        Ok(Self { folder: folder.to_path_buf(), written: Mutex::default() })
    }

    /// Writes the statement about the artifact at `path`, if that passed; if not, an earlier one of that name goes,
    /// which somebody could sign by mistake.
    pub(crate) fn write(&self, audit: &Audit, path: &Path) -> Result<(), String> {
        let name = &audit.inventory.artifact.path;
        let statement = match Statement::new(audit, path) {
            Ok(statement) => statement,
            Err(AttestError::DidNotPass) => return self.withdraw(&name_for(audit)),
            Err(error) => return Err(format!("{name}: nothing can be stated of it: {error}")),
        };
        let file = statement.file_name();
        if !self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone()) {
            return Err(format!("{name}: {file} is about another artifact of this run with that name"));
        }
        save(&self.folder.join(file), &statement.json())
    }

    fn withdraw(&self, file: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.contains(file) || !path.exists() {
            return Ok(());
        }
        fs::remove_file(&path).map_err(|error| {
            format!("{} is of an earlier run and can't be removed: {error}", path.display())
        })?;
        complain(&format_args!("{} was removed: what it was about has not passed", path.display()));
        Ok(())
    }
}
