//! Files of an artifact that its build has copied from elsewhere in the project: a bundler takes all of `public` along.
//! Only files that look like credentials or by-products are asked about.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inventory::{BuildCopy, Entry, Inventory, Kind};
use crate::project::Project;

use super::unwanted::below;

/// Folders that build tools copy as they are.
const COPIED_WHOLE: [&str; 4] = ["public", "static", "assets", "src"];
/// What people and tools leave behind, by the ends of names; a bundler writes none of these.
const LEFT_BEHIND: [&str; 33] = [
    "7z", "autosave", "backup", "bak", "bz2", "csv", "db", "dump", "eml", "gz", "har", "jks", "kdbx", "key",
    "log", "mbox", "old", "orig", "p12", "patch", "pem", "pfx", "rar", "rej", "save", "sql", "sqlite", "swo",
    "swp", "tar", "tgz", "tmp", "zip",
];
/// More files than this are not looked for.
const MOST: usize = 40;
/// Folders that are looked into for a file.
const MOST_FOLDERS: usize = 20_000;

/// Where a build has these files from, in artifacts that are packed of what builds leave in a folder: the project's own,
/// or one below it.
pub(super) fn copies(inventory: &Inventory, project: &Project, below_it: Option<PathBuf>) -> Vec<BuildCopy> {
    if !matches!(inventory.kind, Kind::Npm | Kind::Vsix | Kind::Directory) {
        return Vec::new();
    }
    let is_asked_about = |entry: &&Entry| {
        inventory.is_unpacked(entry) && (!entry.secrets.is_empty() || is_left_behind(below(inventory, entry)))
    };
    let asked: Vec<&Entry> = inventory.files().filter(is_asked_about).take(MOST).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let source = Source::of(project, inventory.making.is_generated && below_it.is_none());
    let packed = match inventory.kind {
        _ if below_it.is_some() => below_it.unwrap_or_default(),
        Kind::Directory => fs::canonicalize(&inventory.artifact.path).unwrap_or_default(),
        _ => project.folder.clone(),
    };
    let copy = |entry: &Entry| {
        let own = packed.join(below(inventory, entry));
        let from = source.twin(&own, below(inventory, entry), entry.size)?;
        let shown = from.strip_prefix(&project.folder).or_else(|_| from.strip_prefix(&source.root)).ok()?;
        Some(BuildCopy { place: entry.place.clone(), from: shown.to_string_lossy().replace('\\', "/") })
    };
    asked.into_iter().filter_map(copy).collect()
}

/// Whether a path is one that no bundler writes.
fn is_left_behind(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_backup = name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    let is_hidden = |segment: &str| segment.starts_with('.') && segment != "." && segment != "..";
    is_backup || path.split('/').any(is_hidden) || LEFT_BEHIND.contains(&extension)
}

/// The folders of a project that hold what people write.
struct Source {
    root: PathBuf,
    folders: BTreeSet<PathBuf>,
    /// Those that are copied with all that is below them.
    whole: Vec<PathBuf>,
}

impl Source {
    fn of(project: &Project, is_generated: bool) -> Self {
        let root = project.vcs_root().unwrap_or(&project.folder).to_path_buf();
        let tracked = project.beside(&root).tracked_files().unwrap_or_default();
        let of_tracked = tracked.iter().filter_map(|path| Some(root.join(Path::new(path).parent()?)));
        let home = if is_generated { &root } else { &project.folder };
        let whole: Vec<PathBuf> = COPIED_WHOLE.iter().map(|name| home.join(name)).collect();
        Self { folders: of_tracked.take(MOST_FOLDERS).chain(whole.iter().cloned()).collect(), whole, root }
    }

    /// The file of the same name and text, if this one is in a folder that only builds write to.
    /// `path` is where it lies in the artifact.
    fn twin(&self, own: &Path, path: &str, size: u64) -> Option<PathBuf> {
        let name = own.file_name()?;
        if self.folders.contains(own.parent()?) {
            return None;
        }
        let is_as_long =
            |path: &Path| fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == size);
        let text = is_as_long(own).then(|| fs::read(own).ok()).flatten()?;
        let in_build = path.split_once('/').map_or("", |(_, rest)| rest);
        let at_same_path = |folder: &PathBuf| [path, in_build].map(|path| folder.join(path));
        let twins = self.whole.iter().flat_map(at_same_path);
        let twins = twins.chain(self.folders.iter().map(|folder| folder.join(name)));
        twins.filter(|path| is_as_long(path)).find(|path| fs::read(path).is_ok_and(|other| other == text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;

    #[test]
    fn what_a_build_takes_along() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (path, text) in [
            ("public/.env", "A=1\n"),
            ("dist/.env", "A=1\n"),
            ("public/.other", "A=1\n"),
            ("dist/.other", "A=2\n"),
            ("src/.here", "A=1\n"),
            ("static/.here", "A=1\n"),
            ("dist/.alone", "A=1\n"),
            ("public/index.html~", "A=1\n"),
            ("dist/index.html~", "A=1\n"),
            ("public/build.log", "A=1\n"),
            ("dist/build.log", "A=1\n"),
            ("public/.agent/rules/all.json", "A=1\n"),
            ("dist/.agent/rules/all.json", "A=1\n"),
            ("public/deploy", "A=1\n"),
            ("dist/deploy", "A=1\n"),
            ("public/logo.svg", "A=1\n"),
            ("dist/logo.svg", "A=1\n"),
        ] {
            write(path, text);
        }
        let entry =
            |path: &str| Entry { path: path.to_owned(), place: path.to_owned(), size: 4, ..Entry::default() };
        let paths = [
            "dist/.env",
            "dist/.other",
            "src/.here",
            "dist/.alone",
            "dist/index.html~",
            "dist/build.log",
            "dist/.agent/rules/all.json",
            "dist/logo.svg",
        ];
        let inventory =
            Inventory { kind: Kind::Npm, entries: numbered(paths.map(entry)), ..Inventory::default() };
        let found = copies(&inventory, &Project::new(folder.path()), None);
        let found: Vec<_> = found.iter().map(|copy| (copy.place.as_str(), copy.from.as_str())).collect();
        let expected = [
            ("dist/.env", "public/.env"),
            ("dist/index.html~", "public/index.html~"),
            ("dist/build.log", "public/build.log"),
            ("dist/.agent/rules/all.json", "public/.agent/rules/all.json"),
        ];
        assert_eq!(found, expected);
    }
}
