//! Packing a folder with its own client, into a temporary folder, so that what is audited is what would be
//! published.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ecosystem::{self, Client, Recipe, is_packing};
use crate::scratch;

pub use crate::ecosystem::ClientError;

/// What a client wrote. The files are deleted with this.
#[derive(Debug)]
pub struct Packed {
    /// The artifacts, sorted by name.
    pub artifacts: Vec<PathBuf>,
    /// The commands that made them, for messages: `npm pack`.
    pub commands: Vec<String>,
    _folder: scratch::Folder,
}

/// Why a folder could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Nothing in it says how to pack it.
    #[error(
        "it has no package.json, Cargo.toml, pyproject.toml, setup.py or .gemspec to pack it from; use --as-is to audit the folder as it is"
    )]
    NoManifest,
    /// The folder is being packed by this program already.
    #[error(
        "it is already being packed for an audit, which will judge the result; this run was started by one of its scripts"
    )]
    Again,
    /// The client is missing or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A folder or file could not be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Whether a folder has a manifest that a client packs it from.
pub fn has_manifest(folder: &Path) -> bool {
    !recipes(folder).is_empty()
}

/// Packs a folder with its own clients, for every ecosystem that it has a publishable manifest of; if all of them
/// forbid publishing, for the first. A workspace without a publishable package at its root packs its members.
/// Lifecycle scripts run as they would for publishing. What the clients print is only shown if they fail.
///
/// # Errors
/// There is nothing to pack, a client is missing, or one failed.
pub fn pack(folder: &Path) -> Result<Packed, PackError> {
    let folder = fs::canonicalize(folder)?;
    if is_packing(&folder) {
        return Err(PackError::Again);
    }
    let mut chosen = recipes(&folder);
    match chosen.iter().any(|(_, _, recipe)| !recipe.private) {
        true => chosen.retain(|(_, _, recipe)| !recipe.private),
        false => chosen.truncate(1),
    }
    if chosen.is_empty() {
        return Err(PackError::NoManifest);
    }
    let mut packed = Packed { artifacts: Vec::new(), commands: Vec::new(), _folder: scratch::Folder::new()? };
    for (name, client, recipe) in chosen {
        for (index, source) in recipe.folders.iter().enumerate() {
            let into = packed._folder.path().join(format!("{name}-{index}"));
            fs::create_dir_all(&into)?;
            let command = client.pack(source, &into)?;
            let mut written = artifacts_in(&into, client)?;
            if written.is_empty() {
                return Err(ClientError::NothingWritten { command }.into());
            }
            packed.artifacts.append(&mut written);
            packed.commands.push(command);
        }
    }
    packed.artifacts.sort();
    Ok(packed)
}

/// What there is to pack in a folder, with the ecosystem's name and who packs it.
fn recipes(folder: &Path) -> Vec<(&'static str, &'static dyn Client, Recipe)> {
    let with_client = ecosystem::ECOSYSTEMS.iter().filter_map(|one| Some((one.name, one.client?)));
    with_client.filter_map(|(name, client)| Some((name, client, client.recipe(folder)?))).collect()
}

/// The artifacts that a client left in its folder.
fn artifacts_in(into: &Path, client: &dyn Client) -> std::io::Result<Vec<PathBuf>> {
    let (below, ends) = client.leaves();
    let folder = into.join(below);
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_file() && ends.iter().any(|end| name.ends_with(end)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    fn words(files: &[(&str, &str)]) -> Vec<(&'static str, bool, usize)> {
        let folder = tree(files);
        let recipes = recipes(folder.path());
        recipes.iter().map(|(name, _, recipe)| (*name, recipe.private, recipe.folders.len())).collect()
    }

    #[test]
    fn what_a_folder_is_packed_by() {
        assert_eq!(words(&[("index.html", "")]), []);
        assert_eq!(words(&[("package.json", "{}")]), [("npm", false, 1)]);
        assert_eq!(words(&[("package.json", r#"{"private": true}"#)]), [("npm", true, 1)]);
        assert_eq!(words(&[("package.json", r#"{"engines": {"vscode": "^1"}}"#)]), [("vsix", false, 1)]);
        assert_eq!(
            words(&[("Cargo.toml", "[package]\nname = \"a\"\npublish = false")]),
            [("cargo", true, 1)]
        );
        assert_eq!(words(&[("pyproject.toml", "[tool.ruff]\n")]), []);
        assert_eq!(words(&[("pyproject.toml", "[project]\nname = \"a\"")]), [("python", false, 1)]);
        assert_eq!(words(&[("a.gemspec", "")]), [("gem", false, 1)]);
        let workspace = r#"{"private": true, "workspaces": ["p/*"]}"#;
        let members = [("p/a/package.json", r#"{"name": "a"}"#), ("p/b/package.json", r#"{"name": "b"}"#)];
        assert_eq!(words(&[("package.json", workspace), members[0], members[1]]), [("npm", false, 2)]);
        assert_eq!(
            words(&[
                ("Cargo.toml", "[workspace]\nmembers = [\"x\"]"),
                ("x/Cargo.toml", "[package]\nname = \"x\"")
            ]),
            [("cargo", false, 1)]
        );
    }

    #[test]
    fn a_folder_without_manifest() {
        let folder = tree(&[("index.html", "")]);
        assert!(matches!(pack(folder.path()), Err(PackError::NoManifest)));
    }
}
