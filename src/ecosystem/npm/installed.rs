//! What npm installs: without the first folder, without links, and with ignore files under one name.

use crate::inventory::{Anomaly, AnomalyKind, Entry, EntryKind, Inventory};
use crate::paths;

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

/// The permissions that npm gives: everybody may read, and run what is a command of the package.
pub(super) fn mode(inventory: &Inventory, entry: &Entry) -> Option<u32> {
    let commands = inventory.package.iter().flat_map(|package| &package.commands);
    let (_, below) = entry.path.split_once('/')?;
    let is_command =
        commands.into_iter().any(|command| paths::join("", &command.starts).as_deref() == Some(below));
    let run = if is_command { 0o111 } else { 0 };
    Some((entry.mode? | 0o644 | run) & !0o022)
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
    use crate::inventory::{Command, Package};

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

    #[test]
    fn commands_may_be_run_and_all_may_be_read() {
        let [name, starts, declared_in] = ["a", "./bin/a.js", "package/package.json"].map(str::to_owned);
        let command = Command { name, starts, declared_in };
        let package = Package { commands: vec![command], ..Package::default() };
        let inventory = Inventory { package: Some(package), ..Inventory::default() };
        let with = |path: &str, mode| {
            super::mode(&inventory, &Entry { path: path.to_owned(), mode: Some(mode), ..Entry::default() })
        };
        // As npm 11.19 writes them.
        for (mode, installed) in
            [(0, 0o644), (0o600, 0o644), (0o444, 0o644), (0o711, 0o755), (0o777, 0o755), (0o4755, 0o4755)]
        {
            assert_eq!(with("package/lib/a.js", mode), Some(installed), "{mode:o}");
        }
        assert_eq!(with("package/bin/a.js", 0o600), Some(0o755));
    }
}
