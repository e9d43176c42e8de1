//! What git was asked already: the packages of a workspace have a repository and a commit in common.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::project::Project;

use super::git::Repository;
use super::lookup::Contents;

/// The repositories and commits of a run.
#[derive(Debug, Default)]
pub(super) struct Asked {
    repositories: Mutex<HashMap<PathBuf, Found>>,
    contents: Mutex<HashMap<Place, Option<Arc<Contents>>>>,
}

/// A folder of a repository, and a commit.
type Place = (PathBuf, String);

/// A repository, or why there is none that can be asked.
type Found = Result<Arc<Repository>, String>;

impl Asked {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// Why there is none that can be asked.
    pub(super) fn repository(&self, folder: &Path) -> Found {
        let project = Project::new(folder);
        let root = project.vcs_root().filter(|root| root.join(".git").exists());
        let root = root.ok_or("the project is in no git repository")?.to_owned();
        let mut known = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(root).or_insert_with_key(|root| Repository::at(root).map(Arc::new)).clone()
    }

    /// All that a commit holds; `None` if git can't list it.
    pub(super) fn contents(&self, repository: &Repository, commit: &str) -> Option<Arc<Contents>> {
        let read = || Some(Arc::new(Contents::new(repository.tree(commit)?, repository)));
        let mut known = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry((repository.root.clone(), commit.to_owned())).or_insert_with(read).clone()
    }
}
