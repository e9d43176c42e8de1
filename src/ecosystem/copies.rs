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
/// More files than this are not looked for.
const MOST: usize = 20;
/// Folders that are looked into for a file.
const MOST_FOLDERS: usize = 20_000;

/// Where a build has these files from, in artifacts that are packed of what builds leave in a folder.
pub(super) fn copies(inventory: &Inventory, project: &Project) -> Vec<BuildCopy> {
    if !matches!(inventory.kind, Kind::Npm | Kind::Vsix | Kind::Directory) {
        return Vec::new();
    }
    let is_asked_about = |entry: &&Entry| {
        inventory.is_unpacked(entry) && (!entry.secrets.is_empty() || entry.file_name().starts_with('.'))
    };
    let asked: Vec<&Entry> = inventory.files().filter(is_asked_about).take(MOST).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let source = Source::of(project, inventory.making.is_generated);
    let packed = match inventory.kind {
        Kind::Directory => fs::canonicalize(&inventory.artifact.path).unwrap_or_default(),
        _ => project.folder.clone(),
    };
    let copy = |entry: &Entry| {
        let own = packed.join(below(inventory, entry));
        let from = source.twin(&own, entry.size)?;
        let shown = from.strip_prefix(&project.folder).or_else(|_| from.strip_prefix(&source.root)).ok()?;
        Some(BuildCopy { place: entry.place.clone(), from: shown.to_string_lossy().replace('\\', "/") })
    };
    asked.into_iter().filter_map(copy).collect()
}

/// The folders of a project that hold what people write.
struct Source {
    root: PathBuf,
    folders: BTreeSet<PathBuf>,
}

impl Source {
    fn of(project: &Project, is_generated: bool) -> Self {
        let root = project.vcs_root().unwrap_or(&project.folder).to_path_buf();
        let tracked = project.beside(&root).tracked_files().unwrap_or_default();
        let of_tracked = tracked.iter().filter_map(|path| Some(root.join(Path::new(path).parent()?)));
        let home = if is_generated { &root } else { &project.folder };
        let usual = COPIED_WHOLE.iter().map(|name| home.join(name));
        Self { folders: of_tracked.take(MOST_FOLDERS).chain(usual).collect(), root }
    }

    /// The file of the same name and text, if this one is in a folder that only builds write to.
    fn twin(&self, own: &Path, size: u64) -> Option<PathBuf> {
        let name = own.file_name()?;
        if self.folders.contains(own.parent()?) {
            return None;
        }
        let is_as_long =
            |path: &Path| fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == size);
        let text = is_as_long(own).then(|| fs::read(own).ok()).flatten()?;
        let twins = self.folders.iter().map(|folder| folder.join(name));
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
        ] {
            write(path, text);
        }
        let entry =
            |path: &str| Entry { path: path.to_owned(), place: path.to_owned(), size: 4, ..Entry::default() };
        let paths = ["dist/.env", "dist/.other", "src/.here", "dist/.alone"];
        let inventory =
            Inventory { kind: Kind::Npm, entries: numbered(paths.map(entry)), ..Inventory::default() };
        let found = copies(&inventory, &Project::new(folder.path()));
        let found: Vec<_> = found.iter().map(|copy| (copy.place.as_str(), copy.from.as_str())).collect();
        assert_eq!(found, [("dist/.env", "public/.env")]);
    }
}
