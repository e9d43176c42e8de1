//! The folder that an artifact came from: settings, ignore files and version control are read there.

mod git_index;

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::scratch;

/// Most bytes of a manifest in a project folder.
const MOST_BYTES: u64 = 16 << 20;

/// A project folder on disk. Nothing is read before it is asked for, and what a workspace has in common is read once.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder, absolute.
    pub folder: PathBuf,
    common: Arc<Common>,
}

/// What the projects of a workspace have in common.
#[derive(Debug, Default)]
struct Common {
    around: OnceLock<Around>,
    /// How far above a folder the root of version control is.
    roots: Mutex<BTreeMap<PathBuf, Option<usize>>>,
    tracked: Mutex<BTreeMap<PathBuf, Arc<Option<BTreeSet<String>>>>>,
    found: Mutex<BTreeMap<(TypeId, PathBuf), Found>>,
}

/// What was looked up in a folder, whatever that is.
type Found = Arc<dyn Any + Send + Sync>;

/// What the manifests at the top of a folder say of it.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    /// The names that they give to packages.
    pub names: Vec<String>,
    /// The packages that they depend on, for any purpose.
    pub dependencies: Vec<String>,
    /// Whether there is one of an ecosystem.
    pub is_known: bool,
    /// Whether there is one of an ecosystem that packgate doesn't know.
    pub is_foreign: bool,
}

/// What a project belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// The outermost folder that has a say on it.
    pub outermost: PathBuf,
    /// All packages of its workspaces, sorted by folder.
    pub members: Vec<Member>,
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name in its manifest.
    pub name: String,
    /// Version in its manifest, as far as that tells.
    pub version: String,
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// Whether its manifest forbids publishing.
    pub private: bool,
    /// Why it is not published, if it isn't.
    pub held_back: Option<&'static str>,
    /// Which manifest it has: `package.json` or `Cargo.toml`.
    pub manifest: &'static str,
}

impl Project {
    /// The project in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder: fs::canonicalize(&folder).unwrap_or(folder), common: Arc::default() }
    }

    /// The project in another folder of the same workspace.
    pub(crate) fn beside(&self, folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), common: Arc::clone(&self.common) }
    }

    /// What it belongs to; looked up once.
    pub(crate) fn around(&self, look: impl FnOnce() -> Around) -> &Around {
        self.common.around.get_or_init(look)
    }

    /// What the manifests of its folder say; looked up once, since every artifact asks.
    pub(crate) fn manifests(&self, look: impl FnOnce() -> Manifests) -> Arc<Manifests> {
        self.found(&self.folder, look)
    }

    /// What there is of a kind in a folder of the workspace, or above it; looked up once, since every artifact asks.
    pub(crate) fn found<T: Any + Send + Sync>(&self, folder: &Path, look: impl FnOnce() -> T) -> Arc<T> {
        let place = (TypeId::of::<T>(), folder.to_path_buf());
        let known = || self.common.found.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = known().get(&place).cloned().and_then(|found| found.downcast().ok());
        earlier.unwrap_or_else(|| {
            let found = Arc::new(look());
            known().insert(place, Arc::clone(&found) as Found);
            found
        })
    }

    /// The root of version control, if there is one; looked up once, since every artifact asks.
    pub fn vcs_root(&self) -> Option<&Path> {
        let is_root =
            |folder: &Path| [".git", ".hg", ".svn", ".jj"].iter().any(|name| folder.join(name).exists());
        let mut known = self.common.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let above =
            *known.entry(self.folder.clone()).or_insert_with(|| self.folder.ancestors().position(is_root));
        self.folder.ancestors().nth(above?)
    }

    /// When the commit that is checked out was made, in seconds since 1970; `None` where there is no git repository or
    /// no git to ask.
    pub fn commit_time(&self) -> Option<u64> {
        if !self.vcs_root()?.join(".git").exists() {
            return None;
        }
        let output = scratch::output(git(&self.folder).args(["cat-file", "commit", "HEAD"])).ok()?;
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

    /// The files below the folder that git tracks, by their paths from it; `None` where there is no git
    /// repository or no git to ask.
    pub fn tracked_files(&self) -> Option<BTreeSet<String>> {
        let root = self.vcs_root()?;
        let all = {
            let mut known = self.common.tracked.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(root.to_path_buf()).or_insert_with(|| Arc::new(tracked(root))))
        };
        let below = self.folder.strip_prefix(root).ok()?;
        let below: String = below.iter().map(|part| format!("{}/", part.to_string_lossy())).collect();
        let from = all.as_ref().as_ref()?.range(below.clone()..);
        let mine = from.map_while(|path| path.strip_prefix(&below));
        Some(mine.map(str::to_owned).collect())
    }
}

impl Project {
    /// The files of the repository that differ from a revision, absolute: those that git tracks, and new ones that it
    /// doesn't ignore.
    ///
    /// # Errors
    /// There is no git repository, no git to ask, or no such revision; in words.
    pub fn changed_since(&self, revision: &str) -> Result<Vec<PathBuf>, String> {
        let root = self.vcs_root().filter(|root| root.join(".git").exists());
        let root = root.ok_or("--since: this is no git repository")?;
        changed_in(root, revision).map_err(|why| format!("--since {revision}: {why}"))
    }
}

/// The files of a repository, and of the submodules that are checked out in it, that differ from a revision.
fn changed_in(root: &Path, revision: &str) -> Result<Vec<PathBuf>, String> {
    let list = |options: &[String], arguments: &[&str]| {
        let output = scratch::output(git(root).args(options).args(arguments))
            .map_err(|error| format!("git: {error}"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(text.lines().next().unwrap_or_default().to_owned());
        }
        let items = output.stdout.split(|byte| *byte == 0).filter(|item| !item.is_empty());
        Ok(items.map(|item| String::from_utf8_lossy(item).into_owned()).collect::<Vec<_>>())
    };
    // Whether a submodule's own files differ git would find out by a command in there.
    let differ = ["--name-only", "-z", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"];
    let differ = [&["diff"][..], &differ, &["--end-of-options", revision, "--"]].concat();
    let settings = list(&[], &["config", "--null", "--name-only", "--list"])?;
    let mut paths = list(&no_filters(&settings)?, &differ)?;
    paths.extend(list(&[], &["ls-files", "--others", "--exclude-standard", "-z"])?);
    let mut files: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    for line in list(&[], &["ls-files", "--stage", "-z"])? {
        let Some((facts, path)) = line.split_once('\t') else { continue };
        if let Some(inner) = submodule(root, path).filter(|_| facts.starts_with("160000 ")) {
            files.extend(changed_in(&inner, "HEAD")?);
        }
    }
    Ok(files)
}

/// Options by which git runs no filter, of all that its settings name.
fn no_filters(settings: &[String]) -> Result<Vec<String>, String> {
    let filters = settings.iter().filter_map(|name| Some(name.strip_prefix("filter.")?.rsplit_once('.')?.0));
    let mut options = Vec::new();
    for filter in filters.collect::<BTreeSet<_>>() {
        // An option's name ends there.
        if filter.contains('=') {
            return Err(format!("git's settings name a filter that can't be turned off: {filter}"));
        }
        for setting in ["clean=", "smudge=", "process=", "required=false"] {
            options.extend(["-c".to_owned(), format!("filter.{filter}.{setting}")]);
        }
    }
    Ok(options)
}

/// The folder of a submodule; `None` if it isn't checked out.
pub(crate) fn submodule(root: &Path, path: &str) -> Option<PathBuf> {
    let folder = root.join(path);
    // The path may lead out of the repository by a link in the checkout.
    let is_inside = folder.canonicalize().is_ok_and(|real| real != root && real.starts_with(root));
    (is_inside && folder.join(".git").exists()).then_some(folder)
}

/// git, to be asked about the repository that a folder is in: it starts nothing that the repository's settings name,
/// fetches nothing and takes no lock.
pub(crate) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        .current_dir(folder)
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        // For a git that doesn't know that variable yet: fetching is by no protocol.
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null());
    // Set where a hook started packgate; they would name another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

/// The files that git tracks in a checkout, by their paths from there; `None` where git can't be asked.
pub(crate) fn tracked(root: &Path) -> Option<BTreeSet<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    if let Some(paths) = git_index::paths(root) {
        return Some(paths);
    }
    let output = scratch::output(git(root).args(["ls-files", "-z"])).ok()?;
    let paths = output.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    output.status.success().then(|| paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
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
