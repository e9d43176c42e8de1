//! What a client has written while it still packs others: so much can be looked at before it ends.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::assign::Names;
use crate::project::Member;

/// Shared by who packs and who watches.
#[derive(Debug, Default)]
pub struct Watch {
    over: AtomicBool,
    written: Mutex<Option<Written>>,
}

/// The folder that a client writes to.
#[derive(Debug)]
struct Written {
    into: PathBuf,
    ends: &'static [&'static str],
    names: Names,
    /// The members' folders, as the names count them.
    folders: Vec<PathBuf>,
    seen: BTreeSet<PathBuf>,
}

/// What there is to see.
#[derive(Debug, PartialEq, Eq)]
pub enum Sight {
    /// An artifact that wasn't there the last time. The client may still be writing it.
    Artifact {
        /// Where it is.
        path: PathBuf,
        /// The folder of the package that it is of.
        folder: PathBuf,
    },
    /// Nothing new.
    Nothing,
    /// All is packed.
    Over,
}

impl Watch {
    /// What there is to see now.
    pub fn look(&self) -> Sight {
        if self.is_over() {
            return Sight::Over;
        }
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.as_mut().and_then(Written::next).unwrap_or(Sight::Nothing)
    }

    /// Whether all is packed.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// While this is kept, something is being packed: whoever watches ends with it, also where packing panics.
    pub fn until_packed(&self) -> Underway<'_> {
        Underway(self)
    }

    /// Watches the folder that a client writes members' artifacts to.
    pub(super) fn begin(&self, into: PathBuf, ends: &'static [&'static str], members: &[&Member]) {
        let folders = members.iter().map(|member| member.folder.clone()).collect();
        let written = Written { into, ends, names: Names::of(members), folders, seen: BTreeSet::new() };
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
    }
}

/// Says that all is packed when it goes.
#[derive(Debug)]
pub struct Underway<'a>(&'a Watch);

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

impl Written {
    fn next(&mut self) -> Option<Sight> {
        let paths = fs::read_dir(&self.into).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut new = paths.filter(|path| is_artifact(path, self.ends) && !self.seen.contains(path));
        let path = new.next()?;
        self.seen.insert(path.clone());
        let folder = self.folders.get(self.names.owner(&path)?)?.clone();
        Some(Sight::Artifact { path, folder })
    }
}

/// Whether a file's name is that of an artifact: one that isn't whole yet may have another one.
pub(super) fn is_artifact(path: &Path, ends: &[&str]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_artifact_is_seen_once_until_all_is_packed() {
        let into = tempfile::tempdir().expect("a folder");
        let member = |name: &str| Member {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            folder: PathBuf::from(format!("/w/{name}")),
            private: false,
            held_back: None,
            manifest: "package.json",
        };
        let (a, b) = (member("a"), member("b"));
        let watch = Watch::default();
        assert_eq!(watch.look(), Sight::Nothing, "nothing is being packed");
        watch.begin(into.path().to_path_buf(), &[".tgz"], &[&a, &b]);
        assert_eq!(watch.look(), Sight::Nothing);
        let write = |name: &str| fs::write(into.path().join(name), "").expect("a file");
        write(".tmpWXkM0Y");
        assert_eq!(watch.look(), Sight::Nothing, "another name");
        for (name, member) in [("b-1.0.0.tgz", &b), ("a-1.0.0.tgz", &a)] {
            write(name);
            let path = into.path().join(name);
            assert_eq!(watch.look(), Sight::Artifact { path, folder: member.folder.clone() });
            assert_eq!(watch.look(), Sight::Nothing);
        }
        write("else-1.0.0.tgz");
        assert_eq!(watch.look(), Sight::Nothing, "nobody's");
        drop(watch.until_packed());
        assert_eq!(watch.look(), Sight::Over);
    }
}
