//! Files that are to be left out of a package, and the patterns that fit them.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobBuilder;

use crate::inventory::{Entry, EntryKind, Inventory};

/// Files that are to be left out.
#[derive(Debug)]
pub(crate) struct Unwanted<'a> {
    /// Patterns that fit them and no other file of the package, as every list of files understands them:
    /// `**/.claude/**`, `**/.env`, `lib/a.txt`.
    pub patterns: Vec<String>,
    /// The files, by their paths from the package's folder.
    pub paths: BTreeSet<&'a str>,
    /// All files of the package, likewise.
    pub all: BTreeSet<&'a str>,
}

impl<'a> Unwanted<'a> {
    /// `None` where the client doesn't unpack a file of these: it stands in an archive that ships as one.
    pub(super) fn of(inventory: &'a Inventory, entries: &[&'a Entry], usual: Option<&str>) -> Option<Self> {
        let below = |entry: &'a Entry| below(inventory, entry);
        if entries.is_empty() || !entries.iter().all(|entry| inventory.is_unpacked(entry)) {
            return None;
        }
        let paths: BTreeSet<&str> = entries.iter().map(|entry| below(entry)).collect();
        let is_file =
            |entry: &&Entry| inventory.is_unpacked(entry) && !matches!(entry.kind, EntryKind::Directory);
        let all: BTreeSet<&str> = inventory.everything().filter(is_file).map(below).collect();
        let usual = usual.filter(|pattern| {
            matcher(pattern)
                .is_some_and(|glob| all.iter().all(|path| glob.is_match(path) == paths.contains(path)))
        });
        let patterns = match usual {
            Some(pattern) => vec![pattern.to_owned()],
            None => {
                folded(&paths, &all).into_iter().map(|(path, is_folder)| exact(path, is_folder)).collect()
            }
        };
        Some(Self { patterns, paths, all })
    }

    /// The files of the package that stay.
    pub(crate) fn rest(&self) -> BTreeSet<&'a str> {
        self.all.difference(&self.paths).copied().collect()
    }
}

/// A file's path from the package's folder.
pub(super) fn below<'a>(inventory: &Inventory, entry: &'a Entry) -> &'a str {
    let root = inventory.package.as_ref().map_or("", |package| package.root.as_str());
    entry.path.strip_prefix(root).unwrap_or(&entry.path).trim_start_matches('/')
}

fn matcher(pattern: &str) -> Option<globset::GlobMatcher> {
    Some(GlobBuilder::new(pattern).literal_separator(true).build().ok()?.compile_matcher())
}

/// A pattern for one path alone.
pub(crate) fn exact(path: &str, is_folder: bool) -> String {
    let plain = path.replace(['[', ']', '{', '}', '(', ')', '*', '!', '\\', '#'], "?");
    if is_folder { format!("{plain}/**") } else { plain }
}

/// Some of these files, with the largest folders that hold nothing else in place of the files in them.
pub(crate) fn folded<'a>(some: &BTreeSet<&'a str>, all: &BTreeSet<&'a str>) -> Vec<(&'a str, bool)> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for path in all.difference(some) {
        for folder in folders(path) {
            *left.entry(folder).or_default() += 1;
        }
    }
    let mut folded = Vec::new();
    for path in some {
        match folders(path).find(|folder| !left.contains_key(folder)) {
            Some(folder) => folded.push((folder, true)),
            None => folded.push((*path, false)),
        }
    }
    folded.dedup();
    folded
}

/// The folders that a path lies in, outermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end))
}

/// An item's files in finer items, without those that are unwanted: for clients that know no item which takes away.
/// Hidden files and source maps are left out with them; a list names what is meant to ship.
pub(crate) fn narrowed(unwanted: &Unwanted<'_>, covers: impl Fn(&str) -> bool) -> Vec<String> {
    let is_plain =
        |path: &&str| !path.ends_with(".map") && !path.split('/').any(|segment| segment.starts_with('.'));
    let covered: BTreeSet<&str> =
        unwanted.rest().into_iter().filter(|path| covers(path)).filter(is_plain).collect();
    let finer = folded(&covered, &unwanted.all);
    finer.into_iter().map(|(path, _)| exact(path, false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'a>(paths: &[&'a str]) -> BTreeSet<&'a str> {
        paths.iter().copied().collect()
    }

    #[test]
    fn files_are_folded_into_folders_of_their_own() {
        let all = set(&["a/b/1", "a/b/2", "a/c/1", "d/1", "e"]);
        assert_eq!(folded(&set(&["a/b/1", "a/b/2"]), &all), [("a/b", true)]);
        assert_eq!(folded(&set(&["a/b/1", "a/b/2", "a/c/1"]), &all), [("a", true)]);
        assert_eq!(folded(&set(&["a/b/1", "e"]), &all), [("a/b/1", false), ("e", false)]);
    }
}
