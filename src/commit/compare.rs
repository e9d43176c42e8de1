//! The files of an artifact, one by one, held against a commit.

use std::path::Path;
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::blob::blob_ids;
use crate::ecosystem::{Origin, Origins, Ships, file_name};
use crate::inventory::{BlobIds, Comparison, Differing, Entry, EntryKind, Inventory, ObjectFormat, Package};

use super::Chosen;
use super::git::Repository;
use super::lookup::{Held, Lookup, top, under};

pub(super) fn compare(
    inventory: &Inventory,
    package: &Package,
    origins: &dyn Origins,
    folder: &Path,
    (repository, lookup): (&Repository, &Lookup),
    chosen: Chosen,
) -> Result<Comparison, String> {
    if lookup.is_empty() {
        return Err(format!("the commit {} holds nothing of the project's folder", short(&chosen.commit)));
    }
    let made = Made::new(&origins.made(folder));
    let mut found = Found::default();
    let packed = origins.packed_folder(inventory, package, folder);
    for (entry, path, held) in held(inventory, package, origins, (lookup, &packed)) {
        if made.has(path) {
            continue;
        }
        match (held, &entry.blob) {
            (Held::Untold, _) | (_, None) => found.comparison.untold.push(entry.id),
            (Held::Nothing, _) if lookup.has_any(makers(path)) => {}
            // A client that rewrites a file may make one where there is none.
            (Held::Nothing, _)
                if kept(inventory, entry).is_some_and(|bytes| origins.rewrites(path, bytes, b"")) => {}
            (Held::Nothing, _) => found.absent.push(entry),
            (Held::File(at, id), Some(ids)) => {
                found.comparison.files += 1;
                if *ids.exact != *id {
                    found.changed.push(Changed { entry, path, at, id, ids });
                }
            }
        }
    }
    let is_source = match origins.ships(inventory, package) {
        Ships::Source => true,
        Ships::Perhaps => found.absent.len() as u64 * MOSTLY <= found.comparison.files,
        Ships::Built => false,
    };
    if is_source {
        found.comparison.absent = found.absent.iter().map(|entry| entry.id).collect();
    }
    weigh(&mut found, inventory, origins, (repository, lookup));
    Ok(Comparison { commit: chosen.commit, because: chosen.because, tag: chosen.tag, ..found.comparison })
}

/// Files that are tracked for each that isn't, if a package may be one of sources.
const MOSTLY: u64 = 4;

/// The beginning of a commit's id.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

#[derive(Default)]
struct Found<'a> {
    comparison: Comparison,
    absent: Vec<&'a Entry>,
    changed: Vec<Changed<'a>>,
}

/// A file with other bytes than the commit's.
struct Changed<'a> {
    entry: &'a Entry,
    /// Its path in the package.
    path: &'a str,
    /// Its path in the repository.
    at: String,
    id: String,
    ids: &'a BlobIds,
}

/// The entries that the client didn't make, with what the commit holds for them.
fn held<'a>(
    inventory: &'a Inventory,
    package: &Package,
    origins: &dyn Origins,
    (lookup, packed): (&Lookup, &str),
) -> Vec<(&'a Entry, &'a str, Held)> {
    let is_own = |entry: &&Entry| entry.kind == EntryKind::File && inventory.is_unpacked(entry);
    let own: Vec<(&Entry, Origin<'_>)> = inventory
        .everything()
        .filter(is_own)
        .map(|entry| (entry, origins.of(inventory, package, entry)))
        .collect();
    let loose: Vec<&str> = own
        .iter()
        .filter_map(|(_, origin)| match origin {
            Origin::Below(path) => Some(*path),
            _ => None,
        })
        .collect();
    let bases = lookup.bases(&loose);
    let found = own.into_iter().filter_map(|(entry, origin)| match origin {
        Origin::Made => None,
        Origin::File(path) => Some((entry, path, lookup.file(&under(packed, path)))),
        Origin::Outside(named) => Some((entry, file_name(&entry.path), lookup.outside(&named))),
        Origin::Below(path) => {
            let base = bases.get(top(path)).map_or("", |base| base.trim_end_matches('/'));
            Some((entry, path, lookup.file(&under(base, path))))
        }
    });
    found.collect()
}

/// Takes out of the changed files those that git or the client changes, and says which differ in line ends alone.
fn weigh(
    found: &mut Found<'_>,
    inventory: &Inventory,
    origins: &dyn Origins,
    (repository, lookup): (&Repository, &Lookup),
) {
    /// Larger files are compared by their ids only.
    const LARGEST: u64 = 16 << 20;
    let name = inventory.package.as_ref().map_or("", |package| file_name(&package.manifest));
    let has_manifest = found.changed.iter().any(|changed| file_name(&changed.at) == name);
    let manifests = if has_manifest { lookup.manifests(name, repository) } else { Arc::default() };
    let small = found.changed.iter().filter(|changed| changed.entry.size <= LARGEST);
    let rest = small.map(|changed| changed.id.as_str()).filter(|id| !manifests.contains_key(*id));
    let blobs = repository.blobs(&rest.collect::<Vec<_>>());
    let blob = |id: &str| manifests.get(id).or_else(|| blobs.get(id)).map(Vec::as_slice).unwrap_or_default();
    found.changed.retain(|changed| {
        let blob = blob(&changed.id);
        let is_rewritten = |bytes| origins.rewrites(changed.path, bytes, blob);
        !is_large_file(blob, changed.entry) && !kept(inventory, changed.entry).is_some_and(is_rewritten)
    });
    let paths: Vec<&str> = found.changed.iter().map(|changed| changed.at.as_str()).collect();
    let attributes = repository.attributes(&paths);
    for changed in std::mem::take(&mut found.changed) {
        let blob = blob(&changed.id);
        let attributes = attributes.get(&changed.at).cloned().unwrap_or_default();
        if attributes.is_expanded && is_expanded(blob) {
            continue;
        }
        let mut forms = attributes.forms(blob, &changed.id).into_iter();
        if forms.any(|form| blob_ids(&form, repository.format).exact == changed.ids.exact) {
            continue;
        }
        let only_line_ends = differs_in_ends(changed.ids, blob, repository.format);
        found.comparison.differing.push(Differing {
            entry: changed.entry.id,
            path: changed.at,
            only_line_ends,
        });
    }
}

/// The bytes of a file, if it is one whose bytes were kept.
fn kept<'a>(inventory: &'a Inventory, entry: &Entry) -> Option<&'a [u8]> {
    let kept = inventory.manifests.iter().find(|kept| kept.entry == entry.id)?;
    Some(kept.bytes.as_slice())
}

fn differs_in_ends(ids: &BlobIds, blob: &[u8], format: ObjectFormat) -> bool {
    let theirs = blob_ids(blob, format);
    let plain = |ids: &BlobIds| ids.unix.clone().unwrap_or_else(|| ids.exact.clone());
    (ids.unix.is_some() || theirs.unix.is_some()) && plain(ids) == plain(&theirs)
}

/// Whether a blob stands for a file that is kept elsewhere, and the entry is that file.
fn is_large_file(blob: &[u8], entry: &Entry) -> bool {
    let Some(words) = blob
        .starts_with(b"version https://git-lfs.github.com/spec/v1\n")
        .then(|| std::str::from_utf8(blob).ok())
        .flatten()
    else {
        return false;
    };
    let id = words.lines().find_map(|line| line.strip_prefix("oid sha256:"));
    id.is_some() && id == entry.sha256.as_deref()
}

/// Whether git itself writes into a file when it makes an archive of a commit, if its attributes say so. What it writes
/// isn't known here.
fn is_expanded(blob: &[u8]) -> bool {
    memchr::memmem::find(blob, b"$Format:").is_some()
}

/// The paths that tools make a file from.
fn makers(path: &str) -> Vec<String> {
    /// End of what is made, end of its source.
    const TABLE: [(&str, &str); 13] = [
        (".c", ".pyx"),
        (".cpp", ".pyx"),
        (".cc", ".pyx"),
        ("_pb2.py", ".proto"),
        ("_pb2.pyi", ".proto"),
        ("_pb2_grpc.py", ".proto"),
        (".mo", ".po"),
        (".rb", ".y"),
        (".rb", ".rl"),
        (".c", ".y"),
        (".c", ".rl"),
        (".js", ".ts"),
        (".d.ts", ".ts"),
    ];
    let made =
        TABLE.iter().filter_map(|(made, source)| Some(format!("{}{source}", path.strip_suffix(made)?)));
    made.collect()
}

/// The files that the project's build writes because its settings say so.
struct Made {
    patterns: Vec<String>,
    globs: Gitignore,
}

impl Made {
    fn new(patterns: &[String]) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            // One that can't be read matches nothing.
            let _ = builder.add_line(None, pattern);
        }
        let globs = builder.build().unwrap_or_else(|_| Gitignore::empty());
        Self { patterns: patterns.to_vec(), globs }
    }

    /// Whether a file of the artifact is one. Tools name them from the project's folder or from that of the package.
    fn has(&self, path: &str) -> bool {
        let ends = |all: &str, end: &str| all.strip_suffix(end).is_some_and(|rest| rest.ends_with('/'));
        self.globs.matched_path_or_any_parents(path, false).is_ignore()
            || self.patterns.iter().any(|pattern| ends(path, pattern) || ends(pattern, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_a_build_writes() {
        let made = Made::new(&["src/demo/_version.py".to_owned(), "*.mo".to_owned()]);
        for path in ["src/demo/_version.py", "demo/_version.py", "demo/locale/de.mo"] {
            assert!(made.has(path), "{path}");
        }
        for path in ["demo/__init__.py", "version.py", "src/demo/_version.pyc"] {
            assert!(!made.has(path), "{path}");
        }
    }

    #[test]
    fn large_files_are_known_by_their_pointers() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 2\n";
        let entry = |sha256: Option<&str>| Entry { sha256: sha256.map(str::to_owned), ..Entry::default() };
        assert!(is_large_file(pointer, &entry(Some("ab"))));
        assert!(!is_large_file(pointer, &entry(Some("cd"))));
        assert!(!is_large_file(pointer, &entry(None)));
        assert!(!is_large_file(b"oid sha256:ab", &entry(Some("ab"))));
    }
}
