//! What npm installs: without the first folder, without links, and with ignore files under one name.

use crate::inventory::{Anomaly, AnomalyKind, Entry, EntryKind, Inventory};

const GIT: &str = ".gitignore";
const NPM: &str = ".npmignore";

/// Where npm writes an entry, relative to the package's folder in `node_modules`.
pub(super) fn path(entry: &Entry) -> Option<String> {
    let (_, below) = entry.path.split_once('/').filter(|_| entry.kind == EntryKind::File)?;
    Some(match below.strip_suffix(GIT) {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}{NPM}"),
        _ => below.to_owned(),
    })
}

/// Files that npm renames.
pub(super) fn renamed(inventory: &Inventory) -> Vec<Anomaly> {
    inventory
        .top_files()
        .filter(|entry| entry.file_name() == GIT && entry.installed.is_some())
        .map(|entry| {
            let detail = "npm installs the file as `.npmignore`, or leaves it out if there is one already: pnpm, yarn and bun keep its name";
            Anomaly::of(AnomalyKind::Renamed, entry, detail.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_goes_and_ignore_files_have_one_name() {
        let lands = |path: &str| super::path(&Entry { path: path.to_owned(), ..Entry::default() });
        for (path, installed) in [
            ("package/lib/a.js", Some("lib/a.js")),
            ("other/a.js", Some("a.js")),
            ("package/.gitignore", Some(".npmignore")),
            ("package/lib/.gitignore", Some("lib/.npmignore")),
            ("package/a.gitignore", Some("a.gitignore")),
            ("a.js", None),
        ] {
            assert_eq!(lands(path).as_deref(), installed, "{path}");
        }
        let kind = EntryKind::Symlink { target: "a.js".to_owned() };
        let link = Entry { path: "package/b.js".to_owned(), kind, ..Entry::default() };
        assert_eq!(super::path(&link), None);
    }
}
