//! Finding in a commit what an entry of an artifact comes from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::paths;

use super::git::Repository;
use super::tree::{Object, Tree};

/// What a commit holds for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// A file: path and blob.
    File(String, String),
    /// Nothing.
    Nothing,
    /// The commit doesn't tell: a submodule that isn't checked out, a link that leads out of the repository.
    Untold,
}

/// All that a commit holds, and where it leads to other places.
#[derive(Debug)]
pub(super) struct Contents {
    tree: Tree,
    /// Links, by path, with what they lead to.
    links: BTreeMap<String, Option<String>>,
    /// Submodules that aren't checked out.
    closed: BTreeSet<String>,
    /// The blobs of files that every package has, by their names.
    manifests: Mutex<HashMap<String, Arc<Blobs>>>,
}

/// Bytes, by the ids of blobs.
type Blobs = HashMap<String, Vec<u8>>;

/// A commit's files as seen from one folder.
pub(super) struct Lookup {
    contents: Arc<Contents>,
    /// The package's folder from the top, empty for the top itself.
    folder: String,
}

impl Contents {
    pub(super) fn new(mut tree: Tree, repository: &Repository) -> Self {
        let mut closed = BTreeSet::new();
        let mut links = BTreeMap::new();
        let mut ids = BTreeMap::new();
        let crossings: Vec<(String, Object)> =
            tree.crossings().map(|(path, object)| (path.to_owned(), object.clone())).collect();
        for (path, object) in crossings {
            match object {
                Object::Submodule(commit) => {
                    let inner = repository.submodule(&path).and_then(|inner| inner.tree(&commit));
                    match inner {
                        Some(inner) => tree.graft(&path, inner),
                        None => drop(closed.insert(path)),
                    }
                }
                Object::Link(id) => drop(ids.insert(path, id)),
                Object::File(_) => {}
            }
        }
        let wanted: Vec<&str> = ids.values().map(String::as_str).collect();
        let blobs = repository.blobs(&wanted);
        for (path, id) in &ids {
            let target = blobs.get(id).and_then(|bytes| std::str::from_utf8(bytes).ok());
            let leads_to = target.and_then(|target| joined(parent(path), target));
            links.insert(path.clone(), leads_to);
        }
        Self { tree, links, closed, manifests: Mutex::default() }
    }

    /// The blobs of all files of this name. Clients rewrite manifests, and a workspace has one for each package: git is
    /// asked for all of them at once.
    fn manifests(&self, name: &str, repository: &Repository) -> Arc<Blobs> {
        /// There may be no end of them among tests.
        const MOST: usize = 2_000;
        let mut known = self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let ids = self.tree.named(name);
            Arc::new(if ids.len() > MOST { Blobs::new() } else { repository.blobs(&ids) })
        };
        Arc::clone(known.entry(name.to_owned()).or_insert_with(read))
    }
}

impl Lookup {
    pub(super) fn new(contents: Arc<Contents>, folder: &str) -> Self {
        Self { contents, folder: folder.to_owned() }
    }

    /// The blobs of all manifests of this name in the commit, by their ids.
    pub(super) fn manifests(&self, name: &str, repository: &Repository) -> Arc<Blobs> {
        self.contents.manifests(name, repository)
    }

    /// A file of the package's folder, or, where that has none, of a folder above it: clients take the readme and the
    /// licence from there.
    pub(super) fn file(&self, path: &str) -> Held {
        let mut folder = Some(self.folder.as_str());
        while let Some(here) = folder {
            match self.at(&under(here, path)) {
                Held::Nothing => {}
                held => return held,
            }
            folder = (!here.is_empty()).then(|| parent(here));
        }
        Held::Nothing
    }

    /// A file by a path from the package's folder that leads out of it.
    pub(super) fn outside(&self, path: &str) -> Held {
        joined(&self.folder, path).map_or(Held::Untold, |path| self.at(&path))
    }

    /// For each first segment the folder that most of these paths are below.
    pub(super) fn bases(&self, paths: &[&str]) -> HashMap<String, String> {
        let mut by_top: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in paths {
            by_top.entry(top(path)).or_default().push(path);
        }
        let mut bases = HashMap::new();
        for (name, paths) in by_top {
            /// So many tell it.
            const SAMPLE: usize = 32;
            let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
            for path in paths.iter().take(SAMPLE) {
                for folder in self.contents.tree.folders_with(&self.folder, path) {
                    *votes.entry(folder).or_default() += 1;
                }
            }
            // The most votes; among equals the folder next to the top.
            let best = votes.into_iter().min_by_key(|(folder, votes)| (usize::MAX - votes, folder.len()));
            if let Some((folder, _)) = best {
                bases.insert(name.to_owned(), folder.to_owned());
            }
        }
        bases
    }

    /// What a path from the top leads to.
    fn at(&self, path: &str) -> Held {
        /// More links after one another are a circle.
        const MOST_LINKS: usize = 16;
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            if let Some(Object::File(id)) = self.contents.tree.at(&path) {
                return Held::File(path, id.clone());
            }
            let mut prefixes = (path.match_indices('/').map(|(end, _)| end)).chain([path.len()]);
            let crossing = prefixes.find_map(|end| {
                let (begin, rest) = path.split_at_checked(end)?;
                if self.contents.closed.contains(begin) {
                    return Some(None);
                }
                Some(self.contents.links.get(begin)?.as_ref().map(|target| format!("{target}{rest}")))
            });
            match crossing {
                None => return Held::Nothing,
                Some(None) => return Held::Untold,
                Some(Some(next)) => path = next.trim_start_matches('/').to_owned(),
            }
        }
        Held::Untold
    }

    /// Whether the package's folder, or one above, holds a file of one of these names.
    pub(super) fn has_any(&self, paths: impl IntoIterator<Item = String>) -> bool {
        paths.into_iter().any(|path| self.file(&path) != Held::Nothing)
    }

    /// How many files the package's folder holds.
    pub(super) fn is_empty(&self) -> bool {
        self.contents.tree.below(&self.folder).next().is_none()
    }
}

/// The first segment of a path.
pub(super) fn top(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// A path below a folder.
pub(super) fn under(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// Where a link in a folder leads; `None` if out of the repository.
fn joined(folder: &str, target: &str) -> Option<String> {
    (!target.starts_with('/')).then(|| paths::join(folder, target))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_links_lead() {
        assert_eq!(joined("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(joined("", "x").as_deref(), Some("x"));
        assert_eq!(joined("a", "../.."), None);
        assert_eq!(joined("a", "/etc/passwd"), None);
    }
}
