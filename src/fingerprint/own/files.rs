//! Which files hold source text of one's own, by their names.

use std::path::{Path, PathBuf};

use crate::fingerprint::walk;

use super::language::Language;

/// Folders that are there to be shown.
const SHOWN: [&str; 8] = ["docs", "doc", "website", "examples", "example", "demo", "demos", "playground"];

/// Whether a path below a project names source text, and no folder of other people's code, of what was made from one's
/// own, or of what is there to be shown.
pub fn is_own(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let is_foreign = |folder: &str| walk::is_never(folder) || is_shown(folder);
    Language::of(path).is_some() && !folders.split('/').any(is_foreign)
}

/// Whether a folder of this name is there to be shown: examples, documentation.
pub fn is_shown(folder: &str) -> bool {
    SHOWN.contains(&folder)
}

/// Such files below a folder that ignore files don't name, sorted.
pub fn untracked(root: &Path) -> Vec<PathBuf> {
    let relative =
        |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let mut files = walk::named(root, |name| Language::of(name).is_some());
    files.retain(|path| is_own(&relative(path)));
    files
}
