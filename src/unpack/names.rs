//! The names of one container taken together: what is there twice, or collides on some file system.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use unicode_normalization::UnicodeNormalization;

use crate::inventory::AnomalyKind;

use super::RawAnomaly;

/// All names of a container so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// One after the other.
    paths: String,
    seen: Vec<Occurrence>,
    count: usize,
}

#[derive(Debug, Clone, Copy)]
struct Occurrence {
    /// Where its path ends, which begins where the one before ends.
    end: usize,
    ordinal: usize,
    offset: u64,
    folder: bool,
}

#[derive(Debug, Clone, Copy)]
struct Name<'a> {
    path: &'a str,
    seen: Occurrence,
}

/// The names in groups: what would be one on a file system that folds case and normalises are side by side, in
/// the order of the container.
#[derive(Debug)]
pub(super) struct Sorted<'a> {
    all: &'a Names,
    /// Digests of the folded names, whose keys nobody knows beforehand, and places in the list of all.
    names: Vec<(u64, usize)>,
    keys: RandomState,
}

/// A path that several files of a container have, or that is one with another's on some systems.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    pub(super) path: String,
    /// Numbers of the entries, from 0 in the order of the container.
    pub(super) ordinals: Vec<usize>,
    /// Offset of the second one's header.
    pub(super) offset: u64,
    /// Whether the paths differ and are one only where case or Unicode form don't count.
    pub(super) folded: bool,
}

impl Names {
    /// Adds the next entry.
    pub(super) fn add(&mut self, path: &str, folder: bool, offset: u64) {
        self.paths.push_str(path);
        self.seen.push(Occurrence { end: self.paths.len(), ordinal: self.count, offset, folder });
        self.count += 1;
    }

    /// Counts an entry whose name says nothing.
    pub(super) fn pass(&mut self) {
        self.count += 1;
    }

    /// The segments of all of them, each once, a line for each.
    pub(super) fn segments(&self) -> String {
        let mut seen = HashSet::new();
        let mut text = String::new();
        for number in 0..self.seen.len() {
            for segment in self.name(number).path.split('/').filter(|segment| seen.insert(*segment)) {
                text.push_str(segment);
                text.push('\n');
            }
        }
        text
    }

    /// All of them in groups.
    pub(super) fn sorted(&self) -> Sorted<'_> {
        let keys = RandomState::new();
        let digest = |number: usize| {
            let mut digest = keys.build_hasher();
            digest.write(fold(self.name(number).path).as_bytes());
            (digest.finish(), number)
        };
        let mut names: Vec<_> = (0..self.seen.len()).map(digest).collect();
        names.sort_unstable();
        Sorted { all: self, names, keys }
    }

    fn name(&self, number: usize) -> Name<'_> {
        const NONE: Occurrence = Occurrence { end: 0, ordinal: 0, offset: 0, folder: false };
        let seen = |number: usize| self.seen.get(number).copied().unwrap_or(NONE);
        let start = number.checked_sub(1).map_or(0, |before| seen(before).end);
        let seen = seen(number);
        Name { path: self.paths.get(start..seen.end).unwrap_or_default(), seen }
    }
}

impl<'a> Sorted<'a> {
    fn groups(&self) -> impl Iterator<Item = &[(u64, usize)]> {
        self.names.chunk_by(|(a, _), (b, _)| a == b)
    }

    fn names_of(&self, group: &[(u64, usize)]) -> impl Iterator<Item = Name<'a>> {
        group.iter().map(|(_, number)| self.all.name(*number))
    }

    /// The first file with this digest.
    fn file(&self, digest: u64) -> Option<Name<'a>> {
        let from = self.names.partition_point(|(other, _)| *other < digest);
        let same = self.names.get(from..)?.iter().take_while(|(other, _)| *other == digest);
        same.map(|(_, number)| self.all.name(*number)).find(|name| !name.seen.folder)
    }

    /// Names of folders that collide with one of a file, and files that are folders for other entries.
    pub(super) fn anomalies(&self) -> Vec<RawAnomaly> {
        let mut anomalies = Vec::new();
        let is_file = |(_, number): &&(u64, usize)| !self.all.name(*number).seen.folder;
        let files = self.names.iter().filter(is_file).map(|(digest, _)| *digest).collect();
        for group in self.groups() {
            let Some(first) = self.names_of(group).next() else { continue };
            for other in self.names_of(group).skip(1) {
                if other.path != first.path && other.seen.folder != first.seen.folder {
                    anomalies.push(collision(other.seen.offset, other.path));
                } else if other.path == first.path && other.seen.folder != first.seen.folder {
                    anomalies.push(as_folder(other.seen.offset, other.path));
                }
            }
            for file in self.files_above(first.path, &files) {
                let is_inside = |name: &Name<'_>| {
                    name.path.strip_prefix(file.path).is_some_and(|rest| rest.starts_with('/'))
                };
                anomalies.push(match self.names_of(group).find(is_inside) {
                    Some(name) => as_folder(name.seen.offset, file.path),
                    None => collision(first.seen.offset, first.path),
                });
            }
        }
        anomalies.sort_by_key(|anomaly| (anomaly.offset, anomaly.kind));
        anomalies.dedup();
        anomalies
    }

    /// The folders that a path is in, of those that are files. Each byte of the path is looked at once, however
    /// deep it is.
    fn files_above(&self, path: &str, files: &HashSet<u64>) -> Vec<Name<'a>> {
        let path = fold(path);
        let mut digest = self.keys.build_hasher();
        let mut above = Vec::new();
        let mut from = 0;
        for (at, _) in path.match_indices('/') {
            digest.write(path.get(from..at).unwrap_or_default().as_bytes());
            above.extend(files.get(&digest.finish()).and_then(|digest| self.file(*digest)));
            from = at;
        }
        above
    }

    /// Paths that more than one file has, in the order of the container.
    pub(super) fn repeated(&self) -> Vec<Repeated> {
        let mut repeated: Vec<Repeated> = Vec::new();
        for group in self.groups().filter(|group| group.len() > 1) {
            let mut by_path: HashMap<&str, Vec<Occurrence>> = HashMap::new();
            for name in self.names_of(group).filter(|name| !name.seen.folder) {
                by_path.entry(name.path).or_default().push(name.seen);
            }
            for (path, same) in by_path {
                if let [_, second, ..] = same.as_slice() {
                    repeated.push(Repeated {
                        path: path.to_owned(),
                        ordinals: same.iter().map(|seen| seen.ordinal).collect(),
                        offset: second.offset,
                        folded: false,
                    });
                }
            }
            let mut files = self.names_of(group).filter(|name| !name.seen.folder);
            let Some(first) = files.next() else { continue };
            for other in files.filter(|other| other.path != first.path) {
                repeated.push(Repeated {
                    path: other.path.to_owned(),
                    ordinals: vec![first.seen.ordinal, other.seen.ordinal],
                    offset: other.seen.offset,
                    folded: true,
                });
            }
        }
        repeated.sort_by_key(|repeated| repeated.offset);
        repeated
    }
}

impl Repeated {
    /// The anomaly, once it is known whether the bytes are the same.
    pub(super) fn anomaly(self, identical: Option<bool>) -> RawAnomaly {
        if self.folded {
            return match identical {
                Some(true) => RawAnomaly {
                    kind: AnomalyKind::DuplicateIdentical,
                    offset: self.offset,
                    entry: Some(self.path),
                    detail: "the name differs from another only in case or Unicode form, and both have the same bytes".into(),
                },
                _ => collision(self.offset, &self.path),
            };
        }
        let count = self.ordinals.len();
        let (kind, detail) = match identical {
            Some(true) => (
                AnomalyKind::DuplicateIdentical,
                format!("the path is in the archive {count} times, with the same bytes"),
            ),
            Some(false) => (
                AnomalyKind::Duplicate,
                format!(
                    "the path is in the archive {count} times with different bytes: most clients keep the last, some the first, some refuse"
                ),
            ),
            None => (
                AnomalyKind::Duplicate,
                format!(
                    "the path is in the archive {count} times, and the bytes could not be compared: most clients keep the last, some the first, some refuse"
                ),
            ),
        };
        RawAnomaly { kind, offset: self.offset, entry: Some(self.path), detail }
    }
}

fn collision(offset: u64, path: &str) -> RawAnomaly {
    RawAnomaly {
        kind: AnomalyKind::NameCollision,
        offset,
        entry: Some(path.to_owned()),
        detail: "the name, or the folder that it is in, differs from another only in case or Unicode form: on Windows and macOS one file replaces the other".into(),
    }
}

fn as_folder(offset: u64, path: &str) -> RawAnomaly {
    RawAnomaly {
        kind: AnomalyKind::FileAsFolder,
        offset,
        entry: Some(path.to_owned()),
        detail: "the path is a file and a folder: some clients refuse, others keep only the one or the other"
            .into(),
    }
}

/// The name as a file system sees it that ignores case and normalises.
pub(crate) fn fold(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    // Upper case between: it makes "ß", "ẞ" and "ſ" what case folding makes of them.
    let lower = path.nfkc().flat_map(char::to_lowercase);
    lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Names {
        let mut names = Names::default();
        for (number, path) in list.iter().enumerate() {
            names.add(path.trim_end_matches('/'), path.ends_with('/'), number as u64);
        }
        names
    }

    fn kinds(list: &[&str]) -> Vec<AnomalyKind> {
        let names = names(list);
        let sorted = names.sorted();
        let folded = sorted.repeated().into_iter().filter(|repeated| repeated.folded);
        let anomalies =
            sorted.anomalies().into_iter().chain(folded.map(|folded| folded.anomaly(Some(false))));
        anomalies.map(|anomaly| anomaly.kind).collect()
    }

    #[test]
    fn collisions() {
        for pair in [
            ["a/B", "a/b"],
            ["stra\u{df}e", "strasse"],
            ["caf\u{e9}", "cafe\u{301}"],
            ["\u{fb01}x", "fix"],
            ["\u{212a}", "k"],
            ["\u{1e9e}", "ss"],
            ["a/LIB", "a/lib/b.js"],
        ] {
            assert_eq!(kinds(&pair), [AnomalyKind::NameCollision], "{pair:?}");
        }
        for pair in
            [["a/b", "a/c"], ["a/", "A/"], ["a/B/", "a/b/c"], ["a/", "a/"], ["a/", "a/b"], ["ab", "ab/../c"]]
        {
            assert!(!kinds(&pair).contains(&AnomalyKind::NameCollision), "{pair:?}");
        }
    }

    #[test]
    fn a_file_that_is_a_folder() {
        assert_eq!(kinds(&["p/a", "p/a/b/c"]), [AnomalyKind::FileAsFolder]);
        assert_eq!(kinds(&["p/a", "p/a/"]), [AnomalyKind::FileAsFolder]);
        assert_eq!(kinds(&["p/a/", "p/a/b", "p/ab"]), []);
    }

    #[test]
    fn repeated_paths_are_grouped() {
        let names = names(&["p/a", "p/b", "p/a", "P/a", "p/a", "p/c/", "p/c/"]);
        let repeated = names.sorted().repeated();
        let ordinals: Vec<_> =
            repeated.iter().map(|repeated| (repeated.ordinals.as_slice(), repeated.folded)).collect();
        assert_eq!(ordinals, [(&[0, 2, 4][..], false), (&[0, 3], true)]);
    }

    #[test]
    fn names_that_fold_together_do_no_harm_with_the_same_bytes() {
        let names = names(&["p/a", "p/A"]);
        let kind = |identical| {
            let repeated = names.sorted().repeated();
            repeated.into_iter().map(|repeated| repeated.anomaly(identical).kind).collect::<Vec<_>>()
        };
        assert_eq!(kind(Some(true)), [AnomalyKind::DuplicateIdentical]);
        assert_eq!(kind(Some(false)), [AnomalyKind::NameCollision]);
        assert_eq!(kind(None), [AnomalyKind::NameCollision]);
    }
}
