//! A folder with a `package.json`, and the workspace that it belongs to.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::MANIFEST;
use super::manifest::Manifest;
use crate::ecosystem::folder::{Files, Patterns, ProjectFolder, SettingsTables, matching, upwards};
use crate::ecosystem::format::Fields;
use crate::inventory::{ManifestProblem, Package};
use crate::project::{Member, Project, read};

/// A project of npm, yarn, pnpm or bun.
pub(super) struct NpmProject;

impl ProjectFolder for NpmProject {
    fn is_here(&self, files: &Files<'_>) -> bool {
        files.has(MANIFEST) && {
            let manifest = parsed(files);
            !manifest.as_ref().is_some_and(|manifest| is_of_extension(manifest) || is_mark(manifest))
        }
    }

    fn reads(&self, name: &str) -> bool {
        name == MANIFEST
    }

    fn package(&self, files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
        identity(files, problems)
    }

    fn members(&self, folder: &Path) -> Option<Vec<Member>> {
        workspaces(folder).map(|patterns| members(folder, &patterns))
    }

    fn dependencies(&self, folder: &Path) -> Vec<String> {
        const KEYS: [&str; 4] =
            ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let manifest = at(folder).unwrap_or_default();
        let lists = KEYS.iter().filter_map(|key| manifest.get(key)?.as_object());
        lists.flat_map(|list| list.keys().cloned()).collect()
    }

    fn fields(&self, manifest: &[u8]) -> Option<Fields> {
        super::manifest::fields(manifest)
    }

    fn settings(&self) -> Option<SettingsTables> {
        Some((MANIFEST, &[&["packgate"]]))
    }
}

/// The kind of package that the folder's manifest makes it.
pub(in crate::ecosystem) fn identity(
    files: &Files<'_>,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Package> {
    let manifest = Manifest::read(MANIFEST, &files.read(MANIFEST)?, problems)?;
    let names = files.names();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    Some(manifest.package(MANIFEST, &paths))
}

/// Whether it is an extension for Visual Studio Code, which npm does not pack.
pub(in crate::ecosystem) fn is_extension(files: &Files<'_>) -> bool {
    parsed(files).as_ref().is_some_and(is_of_extension)
}

fn parsed(files: &Files<'_>) -> Option<Value> {
    files.text(MANIFEST).and_then(|text| serde_json::from_str(&text).ok())
}

fn is_of_extension(manifest: &Value) -> bool {
    manifest.pointer("/engines/vscode").is_some()
}

/// Whether a manifest is there for nothing but to tell Node and bundlers how the files beside it are written, as builds
/// leave one (`.next/package.json`): no client packs that.
fn is_mark(manifest: &Value) -> bool {
    let is_mark = |fields: &serde_json::Map<String, Value>| {
        !fields.is_empty() && fields.keys().all(|key| ["type", "sideEffects"].contains(&key.as_str()))
    };
    manifest.as_object().is_some_and(is_mark)
}

const PNPM_WORKSPACE: &str = "pnpm-workspace.yaml";

/// The `package.json` of a folder; `None` if there is none that can be read.
pub(in crate::ecosystem) fn at(folder: &Path) -> Option<Value> {
    serde_json::from_str(read(&folder.join(MANIFEST))?.trim_start_matches('\u{feff}')).ok()
}

/// The script that yarn runs before it publishes, since its second version.
pub(super) const PREPUBLISH: &str = "prepublish";
/// The one that all others run.
pub(super) const PREPUBLISH_ONLY: &str = "prepublishOnly";

pub(super) fn has_script(manifest: &Value, name: &str) -> bool {
    manifest.get("scripts").is_some_and(|scripts| scripts.get(name).is_some())
}

/// Texts of the ignore files in the folders of npm's workspace above a package, the root's first; nothing for a
/// package that isn't a member, or if a client other than npm packs.
pub(super) fn ignore_files_above(project: &Project) -> Vec<String> {
    // Every member asks, so that none may look at all others, nor read what says at once that it isn't npm's.
    let is_root = |folder: &&Path| {
        let below = project.folder.strip_prefix(folder).unwrap_or(&project.folder);
        let is_installed = below.iter().any(|part| part == "node_modules");
        !is_installed && workspaces(folder).is_some_and(|patterns| Patterns::new(&patterns).take(below))
    };
    let is_of_pnpm = |folder: &&Path| folder.join(PNPM_WORKSPACE).exists();
    let mut above = upwards(project).skip(1);
    let Some(root) = above.find(|folder| is_of_pnpm(folder) || is_root(folder)) else { return Vec::new() };
    let others = [PNPM_WORKSPACE, "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];
    if others.iter().any(|name| root.join(name).exists()) {
        return Vec::new();
    }
    let mut folders: Vec<&Path> =
        project.folder.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).collect();
    folders.reverse();
    let text = |folder: &&Path| [".npmignore", ".gitignore"].iter().find_map(|name| read(&folder.join(name)));
    folders.iter().filter_map(text).collect()
}

/// The patterns of npm's and yarn's `workspaces`, of `pnpm-workspace.yaml`, and of lerna without either.
fn workspaces(folder: &Path) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct PnpmWorkspace {
        #[serde(default)]
        packages: Vec<String>,
    }
    #[derive(serde::Deserialize)]
    struct Lerna {
        #[serde(default = "lerna_default")]
        packages: Vec<String>,
    }
    fn lerna_default() -> Vec<String> {
        vec!["packages/*".to_owned()]
    }
    let strings = |value: &Value| -> Option<Vec<String>> {
        Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let manifest = at(folder);
    let own = manifest
        .as_ref()
        .and_then(|manifest| manifest.get("workspaces"))
        .and_then(|workspaces| strings(workspaces).or_else(|| workspaces.get("packages").and_then(strings)));
    let pnpm = read(&folder.join(PNPM_WORKSPACE))
        .and_then(|text| serde_saphyr::from_str::<PnpmWorkspace>(&text).ok())
        .map(|workspace| workspace.packages);
    let lerna = || {
        let text = read(&folder.join("lerna.json"))?;
        serde_json::from_str::<Lerna>(&text).ok().map(|lerna| lerna.packages)
    };
    own.or(pnpm).or_else(lerna)
}

fn members(root: &Path, patterns: &[String]) -> Vec<Member> {
    let mut folders = matching(root, patterns, &["node_modules"], MANIFEST);
    folders.insert(root.to_path_buf());
    let member = |folder: PathBuf| {
        let manifest = at(&folder)?;
        let version = manifest.get("version").and_then(Value::as_str).unwrap_or_default();
        let private = manifest.get("private").and_then(Value::as_bool).unwrap_or(false);
        let is_unversioned = version.is_empty() && !is_extension(&Files::OnDisk(&folder));
        Some(Member {
            name: manifest.get("name")?.as_str()?.to_owned(),
            version: version.to_owned(),
            private,
            held_back: match private {
                true => Some("package.json says `\"private\": true`"),
                false => is_unversioned.then_some("package.json names no version"),
            },
            folder,
            manifest: MANIFEST,
        })
    };
    folders.into_iter().filter_map(member).collect()
}
