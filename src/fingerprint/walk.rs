//! The files of an internal root that are worth a fingerprint.

use std::path::{Path, PathBuf};

use super::lexicon;

/// Folders of other people's code, and of what is made from one's own.
const NEVER: [&str; 17] = [
    "node_modules",
    "bower_components",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "3rdparty",
    "external",
    "externals",
    "dist",
    "build",
    "out",
    "target",
    ".git",
    ".hg",
    "__pycache__",
    "coverage",
];
/// Larger files are data or generated.
const LARGEST: u64 = 2 << 20;
/// Lines longer than this on average are no source text.
const LONGEST_LINES: usize = 400;

/// Whether a folder of this name holds nothing of one's own.
pub(super) fn is_never(name: &str) -> bool {
    NEVER.contains(&name)
}

/// The program texts below a folder, sorted by path; ignore files are respected.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    named(root, lexicon::is_code)
}

/// The files below a folder whose names are wanted, sorted by path; ignore files are respected.
pub(super) fn named(root: &Path, is_wanted: fn(&str) -> bool) -> Vec<PathBuf> {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.hidden(true).follow_links(false).require_git(false).filter_entry(|entry| {
        let is_root = entry.depth() == 0;
        let name = entry.file_name().to_str().unwrap_or_default();
        is_root || !is_never(name) || !entry.file_type().is_some_and(|kind| kind.is_dir())
    });
    let is_worth_it = |entry: &ignore::DirEntry| {
        entry.file_type().is_some_and(|kind| kind.is_file())
            && entry.file_name().to_str().is_some_and(is_wanted)
            && entry.metadata().is_ok_and(|facts| facts.len() <= LARGEST)
    };
    let mut files: Vec<PathBuf> =
        walk.build().flatten().filter(is_worth_it).map(ignore::DirEntry::into_path).collect();
    files.sort();
    files
}

/// Whether a build wrote a file, even if it is tracked: a source map lies beside it.
pub(super) fn is_built(path: &Path) -> bool {
    let mut map = path.as_os_str().to_owned();
    map.push(".map");
    Path::new(&map).is_file()
}

/// Whether a text is written by people, rather than minified.
pub(super) fn is_written(text: &[u8]) -> bool {
    let lines = memchr::memchr_iter(b'\n', text).count() + 1;
    text.len() / lines <= LONGEST_LINES && !text.contains(&0)
}
