//! Variables of environment files that a build has written into what it makes: bundlers hand those with a certain prefix
//! to every browser.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::inventory::{BuildVariable, Entry, Inventory, Kind};
use crate::project::{Project, read};
use crate::words;

/// The prefixes by which bundlers know what browsers may have.
const PUBLIC: [&str; 11] = [
    "VITE_",
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "EXPO_PUBLIC_",
    "STORYBOOK_",
    "PUBLIC_",
    "RSPACK_PUBLIC_",
    "NX_PUBLIC_",
];
/// More files than this are not read.
const MOST_FILES: usize = 40;
/// Folders that are looked into, and no more than one below the project's.
const MOST_FOLDERS: usize = 60;

/// The variables whose values are the credentials of an artifact's programs.
pub(super) fn variables(inventory: &Inventory, project: &Project) -> Vec<BuildVariable> {
    if !matches!(inventory.kind, Kind::Npm | Kind::Vsix | Kind::Directory) {
        return Vec::new();
    }
    let is_built = |entry: &&Entry| {
        let ends = [".js", ".mjs", ".cjs", ".html", ".map", ".json"];
        !entry.secrets.is_empty() && ends.iter().any(|end| entry.path.ends_with(end))
    };
    let secrets = inventory.files().filter(is_built).flat_map(|entry| &entry.secrets);
    let digests: BTreeSet<&str> = secrets.map(|secret| secret.digest.as_str()).collect();
    if digests.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for file in files(&project.folder) {
        let Some(text) = read(&project.folder.join(&file)) else { continue };
        let file = file.to_string_lossy().replace('\\', "/");
        for (line, number) in text.lines().zip(1..) {
            let Some((name, value)) = variable(line) else { continue };
            let digest = digest(value);
            if digests.contains(digest.as_str()) {
                found.push(BuildVariable { digest, name: name.to_owned(), file: file.clone(), line: number });
            }
        }
    }
    found
}

/// The environment files of a project, as paths from its folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let names = |of: &Path| {
        let entries = fs::read_dir(of).into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = entries.map(|entry| PathBuf::from(entry.file_name())).collect();
        names.sort();
        names
    };
    let is_env = |name: &Path| {
        let name = name.to_string_lossy();
        name == ".env" || name.starts_with(".env.")
    };
    let is_visible = |name: &&PathBuf| {
        let text = name.to_string_lossy();
        !text.starts_with('.') && text != "node_modules" && folder.join(name).is_dir()
    };
    let here = names(folder);
    let below = here.iter().filter(is_visible).take(MOST_FOLDERS);
    let below = below.flat_map(|name| names(&folder.join(name)).into_iter().map(move |one| name.join(one)));
    let all = here.iter().cloned().chain(below);
    all.filter(|path| path.file_name().is_some_and(|name| is_env(Path::new(name)))).take(MOST_FILES).collect()
}

/// The name and the value of a line with a prefix that bundlers know.
fn variable(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    let value = value.trim();
    let quoted = ['"', '\'', '`'].iter().find_map(|quote| value.strip_prefix(*quote)?.split(*quote).next());
    let value = quoted.unwrap_or_else(|| value.split(" #").next().unwrap_or(value).trim_end());
    PUBLIC.iter().any(|prefix| name.starts_with(prefix)).then_some((name, value))
}

/// The digest by which a credential is known that is too long to be found by trying.
fn digest(value: &str) -> String {
    Sha256::digest(value).first_chunk::<8>().map(|begin| words::hex(begin)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{At, Secret};

    #[test]
    fn what_a_bundler_hands_to_browsers() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("env")).unwrap();
        let texts = [
            (".env", "VITE_API=https://api.test\nSERVER_KEY=server-key-of-twenty-letters\n"),
            ("env/.env.production", "# ours\nexport VITE_KEY=\"key-of-more-than-twenty-letters\" # old\n"),
        ];
        texts.iter().for_each(|(path, text)| fs::write(folder.path().join(path), text).unwrap());
        let entry = |path: &str, value: &str| Entry {
            path: path.to_owned(),
            place: path.to_owned(),
            secrets: [Secret {
                rule: "secret-stripe-key",
                at: At { offset: 0, line: None, column: None, inside: None },
                redacted: String::new(),
                digest: digest(value),
            }]
            .into(),
            ..Entry::default()
        };
        let entries = numbered([
            entry("assets/a.js", "key-of-more-than-twenty-letters"),
            // A server reads it, and no prefix hands it out.
            entry("assets/b.js", "server-key-of-twenty-letters"),
        ]);
        let inventory = Inventory { kind: Kind::Directory, entries, ..Inventory::default() };
        let found = variables(&inventory, &Project::new(folder.path()));
        let found: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.file.as_str(), one.line)).collect();
        assert_eq!(found, [("VITE_KEY", "env/.env.production", 2)]);
    }
}
