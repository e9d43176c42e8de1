use std::collections::{BTreeMap, HashMap};

use crate::inventory::{Entry, Inventory};
use crate::lock::{hash_neutral, neutral_path};

/// Files that differ, each list sorted by path. Paths are relative to the package's root, with the version
/// as `{version}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Only in the new artifact.
    pub added: Vec<Sized>,
    /// Only in the old artifact.
    pub removed: Vec<Sized>,
    /// In both, with other bytes or another mode.
    pub changed: Vec<FileChange>,
    /// In both under different names.
    pub renamed: Vec<Renamed>,
    /// In both, the same.
    pub unchanged: u64,
}

/// A file and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sized {
    /// Path relative to the root.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Path relative to the root.
    pub path: String,
    /// Bytes before.
    pub before: u64,
    /// Bytes now.
    pub after: u64,
    /// Permission bits before and now, if they changed.
    pub mode: Option<(u32, u32)>,
}

/// A file that got another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Path before.
    pub from: String,
    /// Path now.
    pub to: String,
    /// Bytes before.
    pub before: u64,
    /// Bytes now.
    pub after: u64,
    /// How that is known.
    pub alike: Alike,
}

/// How a renamed file was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    /// The same bytes.
    Same,
    /// The names differ in a hash of the content only.
    HashName,
    /// The same name in another folder, and nearly the same size.
    Similar,
}

impl Files {
    /// Compares the files of the artifacts' own containers.
    pub(super) fn compare(old: &Inventory, new: &Inventory) -> Self {
        let (mut gone, mut come) = (by_path(old), by_path(new));
        let mut files = Self::default();
        let common: Vec<String> = gone.keys().filter(|path| come.contains_key(*path)).cloned().collect();
        for path in common {
            let (Some(before), Some(after)) = (gone.remove(&path), come.remove(&path)) else { continue };
            let mode = before.mode.zip(after.mode).filter(|(before, after)| before != after);
            if mode.is_none() && same(before, after) {
                files.unchanged += 1;
            } else {
                files.changed.push(FileChange { path, before: before.size, after: after.size, mode });
            }
        }
        files.pair(&mut gone, &mut come, Alike::Same, |entry, _| digest(entry));
        files.pair(&mut gone, &mut come, Alike::HashName, |_, path| hash_neutral(path));
        files.pair(&mut gone, &mut come, Alike::Similar, |entry, _| Some(entry.file_name().to_owned()));
        files.renamed.sort_by(|a, b| a.to.cmp(&b.to));
        let sized = |(path, entry): (String, &Entry)| Sized { path, bytes: entry.size };
        files.added = come.into_iter().map(sized).collect();
        files.removed = gone.into_iter().map(sized).collect();
        files
    }

    /// Whether all files are the same.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty() && self.renamed.is_empty()
    }

    /// Pairs files that are gone with files that came when they have the same key, in the order of their
    /// sizes, and takes them off both lists.
    fn pair(
        &mut self,
        gone: &mut BTreeMap<String, &Entry>,
        come: &mut BTreeMap<String, &Entry>,
        alike: Alike,
        key: impl Fn(&Entry, &str) -> Option<String>,
    ) {
        let candidates = Groups::of(gone, &key);
        for (key, mut to) in Groups::of(come, &key).groups {
            let Some(mut from) = candidates.groups.get(&key).cloned() else { continue };
            // Equal names stay together; the rest goes by size.
            let order = |(path, size): &(String, u64)| {
                (*size, path.rsplit('/').next().map(str::to_owned), path.clone())
            };
            from.sort_by_key(order);
            to.sort_by_key(order);
            for ((from, before), (to, after)) in from.into_iter().zip(to) {
                if alike == Alike::Similar && before.abs_diff(after) > before / 5 {
                    continue;
                }
                gone.remove(&from);
                come.remove(&to);
                self.renamed.push(Renamed { from, to, before, after, alike });
            }
        }
    }
}

/// Paths and sizes by a key that renamed files have in common.
struct Groups {
    groups: HashMap<String, Vec<(String, u64)>>,
}

impl Groups {
    fn of(files: &BTreeMap<String, &Entry>, key: impl Fn(&Entry, &str) -> Option<String>) -> Self {
        let mut groups: HashMap<String, Vec<(String, u64)>> = HashMap::new();
        for (path, entry) in files {
            if let Some(key) = key(entry, path) {
                groups.entry(key).or_default().push((path.clone(), entry.size));
            }
        }
        Self { groups }
    }
}

/// The files of the artifact's own container; of duplicates, the last, which is what extraction leaves.
fn by_path(inventory: &Inventory) -> BTreeMap<String, &Entry> {
    inventory.top_files().map(|entry| (neutral_path(inventory, &entry.path), entry)).collect()
}

/// What tells the content apart; `None` for empty files, which are all alike, and where nothing was kept.
fn digest(entry: &Entry) -> Option<String> {
    if entry.size == 0 {
        return None;
    }
    entry.sha256.clone().or_else(|| entry.text.as_ref().map(|text| format!("{:x}", text.digest.0)))
}

fn same(before: &Entry, after: &Entry) -> bool {
    if before.size != after.size || before.kind != after.kind {
        return false;
    }
    match (&before.sha256, &after.sha256) {
        (Some(before), Some(after)) => before == after,
        _ => before.text.map(|text| text.digest) == after.text.map(|text| text.digest),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::inventory::testing;

    /// An npm package of these paths, contents by digest, and sizes.
    pub(in super::super) fn npm(version: &str, files: &[(&str, &str, u64)]) -> Inventory {
        let sizes: Vec<_> = files.iter().map(|(path, _, size)| (*path, *size)).collect();
        let mut inventory = testing::npm(version, &sizes);
        for (entry, (_, digest, _)) in inventory.entries.iter_mut().zip(files) {
            entry.sha256 = Some((*digest).to_owned());
            entry.mode = Some(0o644);
        }
        inventory
    }

    /// `+added`, `-removed`, `~changed`, `from>to`.
    fn shown(old: &[(&str, &str, u64)], new: &[(&str, &str, u64)]) -> Vec<String> {
        let files = Files::compare(&npm("1.0.0", old), &npm("1.1.0", new));
        let added = files.added.iter().map(|file| format!("+{}", file.path));
        let removed = files.removed.iter().map(|file| format!("-{}", file.path));
        let changed = files.changed.iter().map(|file| format!("~{}", file.path));
        let renamed = files.renamed.iter().map(|file| format!("{}>{} {:?}", file.from, file.to, file.alike));
        added.chain(removed).chain(changed).chain(renamed).collect()
    }

    #[test]
    fn comparisons() {
        let none: [&str; 0] = [];
        assert_eq!(shown(&[("a.js", "x", 1)], &[("a.js", "x", 1)]), none);
        assert_eq!(shown(&[("a.js", "x", 1)], &[("a.js", "y", 1)]), ["~a.js"]);
        assert_eq!(shown(&[("a.js", "x", 1)], &[("a.js", "x", 1), ("a.js.map", "y", 9)]), ["+a.js.map"]);
        assert_eq!(shown(&[("a.js", "x", 1), ("b.js", "y", 9)], &[("a.js", "x", 1)]), ["-b.js"]);
        assert_eq!(shown(&[("a.js", "x", 1)], &[("lib/b.js", "x", 1)]), ["a.js>lib/b.js Same"]);
        assert_eq!(shown(&[("a-1.0.0.js", "x", 1)], &[("a-1.1.0.js", "x", 1)]), none);
        assert_eq!(shown(&[("a-1.0.0.js", "x", 1)], &[("a-1.1.0.js", "y", 1)]), ["~a-{version}.js"]);
        assert_eq!(
            shown(&[("d/i-BkYR3Qdz.js", "x", 100)], &[("d/i-x1Y2z3W4.js", "y", 900)]),
            ["d/i-BkYR3Qdz.js>d/i-x1Y2z3W4.js HashName"]
        );
        assert_eq!(
            shown(&[("lib/a.js", "x", 100)], &[("dist/a.js", "y", 110)]),
            ["lib/a.js>dist/a.js Similar"]
        );
        assert_eq!(shown(&[("lib/a.js", "x", 100)], &[("dist/a.js", "y", 200)]), ["+dist/a.js", "-lib/a.js"]);
        assert_eq!(shown(&[("a", "e", 0)], &[("b", "e", 0)]), ["+b", "-a"]);
    }

    #[test]
    fn same_bytes_go_to_the_same_name() {
        assert_eq!(
            shown(&[("a/x.js", "s", 1), ("a/y.js", "s", 1)], &[("b/y.js", "s", 1), ("b/x.js", "s", 1)]),
            ["a/x.js>b/x.js Same", "a/y.js>b/y.js Same"]
        );
    }

    #[test]
    fn modes_count() {
        let (old, mut new) = (npm("1.0.0", &[("a", "x", 1)]), npm("1.0.0", &[("a", "x", 1)]));
        new.entries[0].mode = Some(0o755);
        assert_eq!(Files::compare(&old, &new).changed[0].mode, Some((0o644, 0o755)));
    }
}
