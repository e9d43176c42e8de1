//! A folder with a `Cargo.toml`, and the workspace that it belongs to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::MANIFEST;
use super::manifest::{forbids_publishing, inherited, package, package_table, parse};
use crate::ecosystem::folder::{Files, ProjectFolder, SettingsTables, matching};
use crate::inventory::{ManifestProblem, Package};
use crate::project::{Member, read};

pub(super) struct CargoProject;

impl ProjectFolder for CargoProject {
    /// A workspace's manifest says something about packages only if they can inherit from it.
    fn is_here(&self, files: &Files<'_>) -> bool {
        let table = files.text(MANIFEST).map(|text| toml::from_str::<Table>(&text));
        table.is_some_and(|table| {
            table.map_or(true, |table| package_table(&table).is_some() || shared(&table).is_some())
        })
    }

    fn reads(&self, name: &str) -> bool {
        name == MANIFEST
    }

    fn package(&self, files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
        let bytes = files.read(MANIFEST)?;
        let table = parse(MANIFEST, &bytes, problems)?;
        match (package_table(&table), shared(&table)) {
            (Some(own), _) => {
                let inherits = own.values().any(|value| value.get("workspace").is_some());
                let above = (inherits && !table.contains_key("workspace"))
                    .then(|| workspace_above(&files.folder(), own))
                    .flatten();
                package(MANIFEST, &bytes, &table, Some(above.as_ref().unwrap_or(&table)))
            }
            (None, Some(shared)) => {
                let stand_in = Table::from_iter([("package".to_owned(), Value::Table(shared.clone()))]);
                package(MANIFEST, &bytes, &stand_in, None)
            }
            (None, None) => None,
        }
    }

    fn members(&self, folder: &Path) -> Option<Vec<Member>> {
        workspace(folder).map(|(patterns, excluded)| members(folder, &patterns, &excluded))
    }

    fn dependencies(&self, folder: &Path) -> Vec<String> {
        let manifest = table_at(folder).unwrap_or_default();
        // One that is renamed here has its own name in `package`.
        let name = |(key, value): (&String, &Value)| {
            value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()
        };
        dependency_tables(&manifest).into_iter().flat_map(|list| list.iter().map(name)).collect()
    }

    fn settings(&self) -> Option<SettingsTables> {
        Some((MANIFEST, &[&["package", "metadata", "packgate"], &["workspace", "metadata", "packgate"]]))
    }
}

/// What members of a workspace inherit.
fn shared(table: &Table) -> Option<&Table> {
    table.get("workspace")?.get("package")?.as_table()
}

/// The manifest of the workspace that a member's inherits from: the one that it names, or the nearest above.
fn workspace_above(folder: &Path, package: &Table) -> Option<Table> {
    if let Some(named) = package.get("workspace").and_then(Value::as_str) {
        return table_at(&folder.join(named));
    }
    let folder = std::fs::canonicalize(folder).ok()?;
    let mut above = folder.ancestors().skip(1).filter_map(table_at);
    above.find(|table| table.contains_key("workspace"))
}

/// The manifest of the workspace that the list which decides what a package holds is inherited from, as a path from the
/// package's folder; `None` if it has its own, or none.
pub(super) fn list_of_workspace(folder: &Path) -> Option<String> {
    let table = table_at(folder)?;
    let package = package_table(&table)?;
    // cargo reads no `exclude` beside an `include`.
    let list = package.get("include").or_else(|| package.get("exclude"))?;
    if list.get("workspace").and_then(Value::as_bool) != Some(true) {
        return None;
    }
    if let Some(named) = package.get("workspace").and_then(Value::as_str) {
        return Some(format!("{}/{MANIFEST}", named.trim_end_matches('/')));
    }
    if table.contains_key("workspace") {
        return Some(MANIFEST.to_owned());
    }
    let folder = std::fs::canonicalize(folder).ok()?;
    let is_workspace = |above: &Path| table_at(above).is_some_and(|table| table.contains_key("workspace"));
    let up = folder.ancestors().skip(1).position(is_workspace)? + 1;
    Some(format!("{}{MANIFEST}", "../".repeat(up)))
}

/// The tables that this list stands in, and the file.
pub(super) fn place_of_list(of_workspace: Option<&str>) -> (String, &'static [&'static str]) {
    match of_workspace {
        Some(manifest) => (manifest.to_owned(), &["workspace", "package"]),
        None => (MANIFEST.to_owned(), &["package"]),
    }
}

/// The `Cargo.toml` of a folder; `None` if there is none that can be read.
pub(super) fn table_at(folder: &Path) -> Option<Table> {
    toml::from_str(&read(&folder.join(MANIFEST))?).ok()
}

/// `members` and `exclude` of a `[workspace]`.
fn workspace(folder: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let table = table_at(folder)?;
    let workspace = table.get("workspace")?.as_table()?;
    let strings = |key: &str| -> Vec<String> {
        let items = workspace.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Some((strings("members"), strings("exclude")))
}

fn members(root: &Path, patterns: &[String], excluded: &[String]) -> Vec<Member> {
    let mut all = patterns.to_vec();
    all.extend(excluded.iter().map(|folder| format!("!{folder}")));
    let mut folders = matching(root, &all, &["target"], MANIFEST);
    folders.insert(root.to_path_buf());
    add_dependencies(root, excluded, &mut folders);
    let workspace = table_at(root);
    let member = |folder: PathBuf| {
        let table = table_at(&folder)?;
        let own = package_table(&table)?;
        let private = forbids_publishing(&table, workspace.as_ref());
        let version = inherited(own, "version", workspace.as_ref()).and_then(Value::as_str);
        Some(Member {
            name: own.get("name")?.as_str()?.to_owned(),
            version: version.unwrap_or_default().to_owned(),
            private,
            held_back: private.then_some(match inherited(own, "publish", workspace.as_ref()) {
                Some(Value::Array(_)) => "Cargo.toml says `publish = []`",
                None => "Cargo.toml names no version",
                _ => "Cargo.toml says `publish = false`",
            }),
            folder,
            manifest: MANIFEST,
        })
    };
    folders.into_iter().filter_map(member).collect()
}

/// Adds the packages below the root that members depend on by path: they are members too.
fn add_dependencies(root: &Path, excluded: &[String], folders: &mut BTreeSet<PathBuf>) {
    let shared = table_at(root).unwrap_or_default();
    let shared = shared.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let shared = shared.and_then(Value::as_table);
    let mut next: Vec<PathBuf> = folders.iter().cloned().collect();
    while let Some(folder) = next.pop() {
        let Some(manifest) = table_at(&folder) else { continue };
        for (name, dependency) in dependency_tables(&manifest).into_iter().flatten() {
            let (base, dependency) = match dependency.get("workspace") {
                Some(Value::Boolean(true)) => (root, shared.and_then(|shared| shared.get(name))),
                _ => (folder.as_path(), Some(dependency)),
            };
            let path = dependency.and_then(|dependency| dependency.get("path")).and_then(Value::as_str);
            let Some(found) = path.and_then(|path| std::fs::canonicalize(base.join(path)).ok()) else {
                continue;
            };
            let is_excluded = excluded.iter().any(|one| found.starts_with(root.join(one)));
            let is_member = found.starts_with(root) && !is_excluded && found.join(MANIFEST).is_file();
            if is_member && folders.insert(found.clone()) {
                next.push(found);
            }
        }
    }
}

/// The tables of what a package depends on, those for some platforms included.
fn dependency_tables(manifest: &Table) -> Vec<&Table> {
    let keys = ["dependencies", "dev-dependencies", "build-dependencies"];
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(platforms.filter_map(Value::as_table));
    tables.flat_map(|table| keys.iter().filter_map(|key| table.get(*key)?.as_table())).collect()
}
