//! cargo packs, and leaves a release in its own cache when asked about it.

use std::path::{Path, PathBuf};

use super::MANIFEST;
use super::manifest::package_table;
use super::project::{CargoProject, table_at};
use crate::ecosystem::client::{Client, ClientError, Fetched, Recipe, Run, Wish};
use crate::ecosystem::folder::{Files, ProjectFolder as _, public_members};
use crate::scratch;

pub(super) struct Cargo;

impl Client for Cargo {
    fn recipe(&self, folder: &Path) -> Option<Recipe> {
        if package_table(&table_at(folder)?).is_some() {
            let package = CargoProject.package(&Files::OnDisk(folder), &mut Vec::new());
            return Some(Recipe::one(MANIFEST, package.is_some_and(|package| package.private), folder));
        }
        let members = public_members(folder, MANIFEST);
        (!members.is_empty()).then_some(Recipe { manifest: MANIFEST, private: false, folders: members })
    }

    fn pack(&self, folder: &Path, into: &Path) -> Result<String, ClientError> {
        Run::of("cargo", "Cargo.toml is there", folder)?.with(
            &["package", "--no-verify", "--allow-dirty", "--target-dir"],
            &[into.as_os_str().to_owned()],
        )
    }

    fn leaves(&self) -> (&'static str, &'static [&'static str]) {
        ("package", &[".crate"])
    }

    fn publishes_by(&self) -> &'static str {
        "cargo publish"
    }
}

/// cargo has no command to download a crate, but `cargo info` puts it into cargo's own cache.
pub(super) fn fetch(wish: &Wish<'_>) -> Result<Fetched, ClientError> {
    // In an empty folder: in a workspace that has the package, cargo would show the local one.
    let elsewhere = scratch::Folder::new()?;
    let run = Run::of("cargo", "it fetches the earlier release", elsewhere.path())?;
    let specifier = wish.release.after(wish.name, "@");
    let command = format!("cargo info {specifier}");
    let shown = run.output(&["info", &specifier, "--color", "never", "--quiet"])?;
    let version = shown.lines().find_map(|line| line.strip_prefix("version: "));
    let version = version.and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let file = format!("{}-{version}.crate", wish.name);
    let found = home().and_then(|home| newest_in_cache(&home, &file));
    match found {
        Some(path) => Ok(Fetched::in_cache(path, command)),
        None => Err(ClientError::NothingWritten { command }),
    }
}

/// The file of this name in the caches of all registries that a home of cargo has.
pub(super) fn newest_in_cache(home: &Path, file: &str) -> Option<PathBuf> {
    let registries = std::fs::read_dir(home.join("registry").join("cache")).ok()?.flatten();
    let mut found: Vec<PathBuf> =
        registries.map(|registry| registry.path().join(file)).filter(|path| path.is_file()).collect();
    found.sort_by_key(|path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
    found.pop()
}

/// cargo's home.
pub(super) fn home() -> Option<PathBuf> {
    let home = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    home("CARGO_HOME")
        .or_else(|| home(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(|home| home.join(".cargo")))
}
