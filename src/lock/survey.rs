use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::inventory::{Entry, EntryKind, Inventory};

use super::hash_name::{Certainty, Style, Token, in_file_name, in_folder_name};
use super::subject::{relative, with_version};
use super::{Line, OWN_FILES, Pattern, size_class};
use crate::ecosystem::without_interpreter;

/// A line for a lock and the paths that it was made from.
#[derive(Debug, Clone)]
pub(super) struct Surveyed {
    pub line: Line,
    /// Relative to the package's root, as they are in the artifact.
    pub paths: Vec<String>,
}

/// The lines that describe an artifact, sorted.
pub fn survey(inventory: &Inventory) -> Vec<Line> {
    survey_with_paths(inventory).into_iter().map(|surveyed| surveyed.line).collect()
}

/// A path whose hashes are `?`; `None` for one without.
pub fn hash_neutral(path: &str) -> Option<String> {
    let (folder, name) = split(path);
    let mut tokens = in_file_name(name);
    tokens.retain(|token| token.certainty >= Certainty::Likely);
    let folders: Vec<String> =
        folder.split('/').map(|segment| mask(segment, &in_folder_name(segment))).collect();
    let shown = format!("{}{}", folders.join("/"), mask(name, &tokens));
    (shown != path).then_some(shown)
}

/// What a lock is about: everything in the artifact's own container except folders and packgate's own files.
pub(super) fn locked(inventory: &Inventory) -> impl Iterator<Item = &Entry> {
    let is_unlocked = |kind: &EntryKind| matches!(kind, EntryKind::Directory | EntryKind::Blob { .. });
    let is_own = |entry: &Entry| OWN_FILES.contains(&relative(inventory, &entry.path).as_str());
    inventory
        .everything()
        .filter(move |entry| entry.parent.is_none() && !is_unlocked(&entry.kind) && !is_own(entry))
}

pub(super) fn survey_with_paths(inventory: &Inventory) -> Vec<Surveyed> {
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for entry in locked(inventory) {
        let size = sizes.entry(relative(inventory, &entry.path)).or_default();
        *size = entry.size.max(*size);
    }
    let versions = VersionShapes::of(sizes.keys());
    let styles = Styles::of(sizes.keys());
    let mut hashed: BTreeMap<HashedName, Vec<(String, u64)>> = BTreeMap::new();
    let mut lines: BTreeMap<Pattern, (Vec<String>, u64)> = BTreeMap::new();
    for (path, size) in sizes {
        if !super::pattern::is_plain(&path) {
            add(&mut lines, Pattern::of_path(&path), path, size);
            continue;
        }
        let shown = if versions.several(&path) {
            without_interpreter(&path)
        } else {
            without_interpreter(&with_version(inventory, &path))
        };
        match HashedName::of(&shown, &styles) {
            Some(name) => hashed.entry(name).or_default().push((path, size)),
            None => add(&mut lines, Pattern::Glob(shown), path, size),
        }
    }
    for (name, files) in by_group(hashed) {
        for (path, size) in files {
            add(&mut lines, Pattern::Glob(name.clone()), path, size);
        }
    }
    let mut all: Vec<_> = lines
        .into_iter()
        .map(|(pattern, (paths, size))| Surveyed {
            line: Line { limit: size_class(size), ..Line::new(pattern) },
            paths,
        })
        .collect();
    all.sort_by(|a, b| a.line.pattern.text().cmp(b.line.pattern.text()));
    all.dedup_by(|later, earlier| {
        let same = later.line.pattern.text() == earlier.line.pattern.text();
        if same {
            earlier.paths.append(&mut later.paths);
            earlier.line.limit = earlier.line.limit.max(later.line.limit);
        }
        same
    });
    all
}

fn add(lines: &mut BTreeMap<Pattern, (Vec<String>, u64)>, pattern: Pattern, path: String, size: u64) {
    let (paths, largest) = lines.entry(pattern).or_default();
    paths.push(path);
    *largest = size.max(*largest);
}

/// A path with hashes in it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct HashedName {
    /// Folder with hashes as `?`, with its `/`.
    folder: String,
    /// What is in the file's name from the first hash on, its separator included, hashes as `?`.
    tail: String,
    /// What is before the first hash.
    stem: String,
}

impl HashedName {
    fn of(path: &str, styles: &Styles) -> Option<Self> {
        let (folder, name) = split(path);
        let shown_folder: Vec<String> =
            folder.split('/').map(|segment| mask(segment, &in_folder_name(segment))).collect();
        let shown_folder = shown_folder.join("/");
        let mut tokens = in_file_name(name);
        tokens.retain(|token| styles.vouch(folder, token));
        let Some(first) = tokens.first() else {
            let tail = name.to_owned();
            return (shown_folder != folder).then_some(Self {
                folder: shown_folder,
                tail,
                stem: String::new(),
            });
        };
        let cut = first.range.start.saturating_sub(usize::from(first.style.separator.is_some()));
        let masked = mask(name, &tokens);
        let (stem, tail) = masked.split_at_checked(cut)?;
        Some(Self { folder: shown_folder, tail: tail.to_owned(), stem: stem.to_owned() })
    }
}

/// A bundler names its chunks as it likes: where several names of a folder differ only before the hash,
/// or the name is a number, `*` stands for it.
fn by_group(hashed: BTreeMap<HashedName, Vec<(String, u64)>>) -> Vec<(String, Vec<(String, u64)>)> {
    let mut stems: HashMap<(String, String), usize> = HashMap::new();
    for name in hashed.keys().filter(|name| !name.stem.is_empty()) {
        *stems.entry((name.folder.clone(), name.tail.clone())).or_default() += 1;
    }
    let mut groups = Vec::new();
    for (name, files) in hashed {
        let several = stems.get(&(name.folder.clone(), name.tail.clone())).is_some_and(|count| *count > 1);
        let number = !name.stem.is_empty() && name.stem.bytes().all(|byte| byte.is_ascii_digit());
        let stem = if !name.stem.is_empty() && (several || number) { "*" } else { &name.stem };
        groups.push((format!("{}{stem}{}", name.folder, name.tail), files));
    }
    groups
}

fn mask(name: &str, tokens: &[Token]) -> String {
    let mut out = String::with_capacity(name.len());
    let mut done = 0;
    for token in tokens {
        out.push_str(name.get(done..token.range.start).unwrap_or_default());
        out.extend(std::iter::repeat_n('?', token.range.len()));
        done = token.range.end;
    }
    out.push_str(name.get(done..).unwrap_or_default());
    out
}

/// Folder with its `/`, and name.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |slash| slash + 1))
}

/// The styles of the certain hashes of each folder, which vouch for doubtful ones.
struct Styles {
    of_folders: HashSet<(String, Style)>,
}

/// Folders in which bundlers put what they name by hash.
const BUNDLER_FOLDERS: [&str; 8] =
    ["assets", "chunks", "immutable", "_astro", "_nuxt", "_next", "_app", "static"];

impl Styles {
    fn of<'a>(paths: impl Iterator<Item = &'a String>) -> Self {
        let mut of_folders = HashSet::new();
        for path in paths {
            let (folder, name) = split(path);
            for token in in_file_name(name).into_iter().filter(|token| token.certainty == Certainty::Certain)
            {
                of_folders.insert((folder.to_owned(), token.style));
            }
        }
        Self { of_folders }
    }

    fn vouch(&self, folder: &str, token: &Token) -> bool {
        let company = || self.of_folders.contains(&(folder.to_owned(), token.style));
        let bundler = || folder.split('/').any(|segment| BUNDLER_FOLDERS.contains(&segment));
        match token.certainty {
            Certainty::Certain => true,
            Certainty::Likely => company() || (token.style.separator.is_some() && bundler()),
            Certainty::Faint => company(),
        }
    }
}

/// Paths that differ only in a version are data about versions, not named after the package's own.
struct VersionShapes {
    counts: HashMap<String, usize>,
}

impl VersionShapes {
    fn of<'a>(paths: impl Iterator<Item = &'a String>) -> Self {
        let mut seen = BTreeSet::new();
        let mut counts = HashMap::new();
        for path in paths {
            if let Some(shape) = Self::shape(path)
                && seen.insert(path)
            {
                *counts.entry(shape).or_default() += 1;
            }
        }
        Self { counts }
    }

    fn shape(path: &str) -> Option<String> {
        static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]+(\.[0-9]+)+").ok());
        let shape = VERSION.as_ref()?.replace_all(path, "{}");
        (shape != path).then(|| shape.into_owned())
    }

    fn several(&self, path: &str) -> bool {
        Self::shape(path).and_then(|shape| self.counts.get(&shape)).is_some_and(|count| *count > 1)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::inventory::testing::npm;

    fn texts(version: &str, paths: &[&str]) -> Vec<String> {
        let files: Vec<_> = paths.iter().map(|path| (*path, 10)).collect();
        survey(&npm(version, &files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn plain_paths_are_sorted() {
        assert_eq!(texts("1.0.0", &["b.js", "a.js", "a/b.js", "A.md"]), ["A.md", "a.js", "a/b.js", "b.js"]);
    }

    #[test]
    fn bundles_become_globs() {
        assert_eq!(
            texts(
                "1.0.0",
                &[
                    "dist/assets/index-BkYR3Qdz.js",
                    "dist/assets/vendor-x1Y2z3W4.js",
                    "dist/assets/index-DhdfA1_3.css",
                    "dist/assets/Home-Brokenly.js",
                    "dist/index.html",
                ]
            ),
            [
                "dist/assets/*-????????.js",
                "dist/assets/Home-Brokenly.js",
                "dist/assets/index-????????.css",
                "dist/index.html"
            ]
        );
        assert_eq!(
            texts("1.0.0", &["static/117-0f1e2d3c4b5a6978.js", "static/e4af272ccee01ff0-s.p.woff2"]),
            ["static/*-????????????????.js", "static/????????????????-s.p.woff2"]
        );
        assert_eq!(
            texts("1.0.0", &["_next/static/Xk3vQ9_bT1mZr-8LcYw2P/_buildManifest.js"]),
            ["_next/static/?????????????????????/_buildManifest.js"]
        );
    }

    #[test]
    fn doubtful_hashes_need_company() {
        assert_eq!(texts("1.0.0", &["d/page-HtmlJsxx.js"]), ["d/page-HtmlJsxx.js"]);
        assert_eq!(texts("1.0.0", &["assets/page-HtmlJsxx.js"]), ["assets/page-????????.js"]);
        assert_eq!(texts("1.0.0", &["d/page-HtmlJsxx.js", "d/main-BkYR3Qdz.js"]), ["d/*-????????.js"]);
    }

    #[test]
    fn versions_are_neutral_unless_they_are_data() {
        assert_eq!(texts("1.2.3", &["lib-1.2.3.js"]), ["lib-{version}.js"]);
        assert_eq!(
            texts("1.2.3", &["migrations/1.2.3.sql", "migrations/1.2.2.sql"]),
            ["migrations/1.2.2.sql", "migrations/1.2.3.sql"]
        );
    }

    #[test]
    fn odd_names_are_quoted() {
        assert_eq!(
            texts("1.0.0", &["what?.js", "a\u{202e}b", "  x"]),
            ["\"  x\"", "\"a\\u202eb\"", "\"what?.js\""]
        );
    }

    #[test]
    fn large_files_have_a_class() {
        let lines = survey(&npm("1.0.0", &[("a.node", 5 << 20), ("b.js", 10)]));
        assert_eq!(lines.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a.node  <= 8 MiB", "b.js"]);
    }
}
