//! The folder that an artifact came from: settings, ignore files and version control are read there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::scratch;

/// Most bytes of a manifest in a project folder.
const MOST_BYTES: u64 = 16 << 20;

/// A project folder on disk. Nothing is read before it is asked for.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder, absolute.
    pub folder: PathBuf,
}

impl Project {
    /// The project in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder: fs::canonicalize(&folder).unwrap_or(folder) }
    }

    /// The root of version control, if there is one.
    pub fn vcs_root(&self) -> Option<&Path> {
        self.folder
            .ancestors()
            .find(|folder| [".git", ".hg", ".svn", ".jj"].iter().any(|name| folder.join(name).exists()))
    }

    /// This folder and those above it, up to the root of version control; only this one if there is none.
    pub fn upwards(&self) -> impl Iterator<Item = &Path> {
        let root = self.vcs_root().unwrap_or(&self.folder);
        self.folder.ancestors().take_while(move |folder| folder.starts_with(root))
    }

    /// The nearest folder with a file of this name, up to the root of version control.
    pub fn nearest(&self, name: &str) -> Option<&Path> {
        self.upwards().find(|folder| folder.join(name).is_file())
    }

    /// When the commit that is checked out was made, in seconds since 1970; `None` where there is no git repository or
    /// no git to ask.
    pub fn commit_time(&self) -> Option<u64> {
        if !self.vcs_root()?.join(".git").exists() {
            return None;
        }
        let mut command = Command::new("git");
        // The bare object: nothing that the repository's settings name is started for it.
        command.args(["-c", "core.fsmonitor=false", "cat-file", "commit", "HEAD"]);
        let output = scratch::output(command.current_dir(&self.folder).stdin(Stdio::null())).ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let committer =
            text.lines().take_while(|line| !line.is_empty()).find(|line| line.starts_with("committer "));
        committer?.rsplit(' ').nth(1)?.parse().ok()
    }

    /// The symbolic links below the folder by their paths from it, but for those in installed packages and version
    /// control.
    pub fn links(&self) -> BTreeSet<String> {
        /// Entries looked at.
        const MOST: usize = 50_000;
        const NEVER: [&str; 5] = ["node_modules", ".git", ".hg", ".svn", ".jj"];
        let (mut links, mut folders, mut seen) = (BTreeSet::new(), vec![PathBuf::new()], 0);
        while let Some(folder) = folders.pop() {
            let Ok(listing) = fs::read_dir(self.folder.join(&folder)) else { continue };
            for entry in listing.flatten() {
                seen += 1;
                let name = entry.file_name();
                let (Ok(kind), Some(text)) = (entry.file_type(), name.to_str()) else { continue };
                if seen > MOST || NEVER.contains(&text) {
                    continue;
                }
                let path = folder.join(text);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_symlink() {
                    links.insert(path.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        links
    }

    /// The files below the folder that git tracks, relative to it; `None` without a git repository or without git.
    pub fn tracked_files(&self) -> Option<BTreeSet<String>> {
        if !self.vcs_root()?.join(".git").exists() {
            return None;
        }
        let mut command = Command::new("git");
        command
            // Nothing that the repository's configuration names may be run.
            .args(["-c", "core.fsmonitor=false", "ls-files", "-z"])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        let output = scratch::output(&mut command).ok()?;
        let paths = output.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        output
            .status
            .success()
            .then(|| paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }
}

/// Reads a text that a project may contain; `None` if it is absent, too large or not UTF-8.
pub(crate) fn read(path: &Path) -> Option<String> {
    String::from_utf8(read_bytes(path)?).ok()
}

/// Reads a file that a project may contain; `None` if it is absent or too large.
pub(crate) fn read_bytes(path: &Path) -> Option<Vec<u8>> {
    let facts = fs::metadata(path).ok()?;
    if !facts.is_file() || facts.len() > MOST_BYTES {
        return None;
    }
    fs::read(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn without_version_control_nothing_above_counts() {
        let folder = tree(&[("package.json", "{}"), ("sub/x", "")]);
        let project = Project::new(folder.path().join("sub"));
        assert_eq!(project.nearest("package.json"), None);
        assert_eq!(project.vcs_root(), None);
    }
}
