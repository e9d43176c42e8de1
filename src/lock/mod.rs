//! `packgate.lock`: the paths that a package's artifacts may contain, committed beside the manifest and
//! reviewed like code. Plain sorted lines, so that an unchanged release gives an unchanged file and a new
//! path is a one-line diff.
//!
//! ```text
//! packgate-lock 1
//!
//! [npm @acme/cli]
//! README.md
//! dist/assets/*-????????.js
//! dist/cli.js  <= 16 MiB
//! package.json
//! ```

mod compare;
mod error;
mod format;
mod glob;
mod hash_name;
mod pattern;
mod subject;
mod survey;
mod update;

use std::path::{Path, PathBuf};

pub use compare::{Drift, Grown, compare};
pub use error::{LockError, Problem};
pub use format::{parse, write};
pub use pattern::{Line, Pattern, size_class};
pub use subject::{Subject, neutral_path};
pub use survey::{hash_neutral, survey};
pub use update::{Change, Update, update};

use crate::ecosystem::{members, upwards};
use crate::inventory::Inventory;
use crate::project::{Member, Project};

/// Name of the file.
pub const FILE_NAME: &str = "packgate.lock";

/// packgate's own files, which say nothing of a package: they are never drift, and in no new lock.
const OWN_FILES: [&str; 2] = [FILE_NAME, "packgate.toml"];

/// What the artifacts of one or several packages may contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The file that it was read from; empty for one that was never written.
    pub file: PathBuf,
    /// Comments between the first line and the first section.
    pub comments: Vec<String>,
    /// One section per artifact, sorted by [`Subject`].
    pub sections: Vec<Section>,
    /// Comments after the last line.
    pub trailing: Vec<String>,
}

/// What one artifact may contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which artifact.
    pub subject: Subject,
    /// Line number of the heading in the file, from 1; 0 for a section that was never written.
    pub number: usize,
    /// Comments above the heading.
    pub comments: Vec<String>,
    /// Its paths, sorted.
    pub lines: Vec<Line>,
}

/// The section that describes an artifact as it is.
pub fn section_of(inventory: &Inventory) -> Section {
    Section { subject: Subject::of(inventory), number: 0, comments: Vec::new(), lines: survey(inventory) }
}

/// What is at the top of a new lock.
const ABOUT: &str = "\
# The files that releases of this package may contain. `packgate check` holds every release against it.
# Commit it and review a change to it like code; `packgate lock` brings it up to date.";

/// The first lock for artifacts.
pub fn first(inventories: &[Inventory]) -> Lock {
    let empty = Lock { comments: ABOUT.lines().map(str::to_owned).collect(), ..Lock::default() };
    update(&empty, inventories).lock
}

impl Lock {
    /// The section of this artifact.
    pub fn section(&self, subject: &Subject) -> Option<&Section> {
        self.sections.iter().find(|section| &section.subject == subject)
    }

    /// Whether a section is about this package, be it another artifact of it.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section.subject.name == name)
    }
}

/// Reads the lock that is in force for an artifact of a project: the one in the folder itself, which
/// must name the package, or else the nearest one above it, up to the root of the version control, that
/// has a section for the package or for another member of its workspace (a common lock), or else the one of the
/// workspace's member that has the package's name.
///
/// # Errors
/// The lock can't be read, isn't well-formed, or is about another package.
pub fn load(project: &Project, inventory: &Inventory) -> Result<Option<Lock>, LockError> {
    let subject = Subject::of(inventory);
    let own = project.folder.join(FILE_NAME);
    if let Some(lock) = read(&own)? {
        return match lock.sections.first() {
            Some(first) if !lock.knows(&subject.name) => Err(LockError {
                line: Some(first.number),
                problem: Problem::OtherPackage {
                    found: first.subject.to_string(),
                    wanted: subject.to_string(),
                },
                file: own,
            }),
            _ => Ok(Some(lock)),
        };
    }
    for above in upwards(project).skip(1) {
        if let Some(lock) = read(&above.join(FILE_NAME))? {
            let is_in_force = lock.knows(&subject.name) || is_common(&lock, above, project, &subject.name);
            return Ok(is_in_force.then_some(lock));
        }
    }
    if let Some(member) = members(project).iter().find(|member| member.name == subject.name) {
        let lock = read(&member.folder.join(FILE_NAME))?;
        return Ok(lock.filter(|lock| lock.knows(&subject.name)));
    }
    Ok(None)
}

/// Whether a workspace's members share this lock, and the package is one of them.
fn is_common(lock: &Lock, folder: &Path, project: &Project, name: &str) -> bool {
    let members = members(project);
    let is_below = |member: &&Member| member.folder != folder && member.folder.starts_with(folder);
    members.iter().any(|member| member.name == name)
        && members.iter().filter(is_below).any(|member| lock.knows(&member.name))
}

/// Reads a lock file; `None` if there is none.
///
/// # Errors
/// The file can't be read or isn't well-formed.
pub fn read(file: &Path) -> Result<Option<Lock>, LockError> {
    match std::fs::read(file) {
        Ok(bytes) => parse(file, &bytes).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(LockError { file: file.into(), line: None, problem: Problem::Unreadable(error.to_string()) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Kind, Package};

    fn inventory(name: &str) -> Inventory {
        let package = Package {
            name: name.into(),
            version: "1.0.0".into(),
            root: "package".into(),
            ..Package::default()
        };
        Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() }
    }

    #[test]
    fn no_file_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(load(&Project::new(folder.path()), &inventory("acme")).unwrap(), None);
    }

    #[test]
    fn own_folder_must_name_the_package() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "packgate-lock 1\n\n[npm other]\na.js\n").unwrap();
        let error = load(&Project::new(folder.path()), &inventory("acme")).unwrap_err();
        assert_eq!(error.line, Some(3));
        assert!(error.to_string().contains("packgate.lock:3: "), "{error}");
        assert!(error.to_string().contains("npm other"), "{error}");
        assert!(load(&Project::new(folder.path()), &inventory("other")).unwrap().is_some());
    }

    #[test]
    fn a_member_keeps_its_own_lock() {
        let root = tempfile::tempdir().unwrap();
        let member = root.path().join("packages/a");
        std::fs::create_dir_all(&member).unwrap();
        std::fs::write(
            root.path().join("package.json"),
            r#"{"private": true, "workspaces": ["packages/*"]}"#,
        )
        .unwrap();
        std::fs::write(member.join("package.json"), r#"{"name": "a"}"#).unwrap();
        std::fs::write(member.join(FILE_NAME), "packgate-lock 1\n\n[npm a]\na.js\n").unwrap();
        assert!(load(&Project::new(root.path()), &inventory("a")).unwrap().is_some());
        assert_eq!(load(&Project::new(root.path()), &inventory("b")).unwrap(), None);
    }

    #[test]
    fn a_workspace_lock_above_counts_only_if_it_knows_the_package() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        let member = root.path().join("packages/a");
        std::fs::create_dir_all(&member).unwrap();
        std::fs::write(root.path().join(FILE_NAME), "packgate-lock 1\n\n[npm a]\na.js\n\n[npm b]\nb.js\n")
            .unwrap();
        assert_eq!(load(&Project::new(&member), &inventory("a")).unwrap().unwrap().sections.len(), 2);
        assert_eq!(load(&Project::new(&member), &inventory("stranger")).unwrap(), None);
    }

    #[test]
    fn a_common_lock_counts_for_members_that_it_does_not_know() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("package.json", r#"{"name": "root", "workspaces": ["packages/*"]}"#);
        for (folder, name) in [("packages/a", "a"), ("packages/new", "new"), ("examples/b", "b")] {
            write(&format!("{folder}/package.json"), &format!("{{\"name\": {name:?}}}"));
        }
        let is_in_force = |lock: &str, folder: &str, name: &str| {
            write(FILE_NAME, &format!("packgate-lock 1\n\n[npm {lock}]\na.js\n"));
            load(&Project::new(root.path().join(folder)), &inventory(name)).unwrap().is_some()
        };
        assert!(is_in_force("a", "packages/new", "new"));
        assert!(!is_in_force("root", "packages/new", "new"), "the root's own");
        assert!(!is_in_force("a", "examples/b", "b"), "no member");
    }
}
