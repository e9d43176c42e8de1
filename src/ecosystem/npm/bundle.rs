//! `bundleDependencies`: packages that ship inside, with whatever they depend on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::inventory::{EntryId, Inventory};

use super::super::json::Object;
use super::super::locate;
use super::manifest::Manifest;

/// Whether a path is the manifest of a package below a `node_modules` folder.
pub(super) fn is_manifest(path: &str) -> bool {
    path.ends_with("/package.json")
        && package_folder(path).is_some_and(|folder| path.len() == folder.len() + "/package.json".len())
}

/// The folder of the innermost package that a path belongs to: `node_modules/a/node_modules/@b/c`.
fn package_folder(path: &str) -> Option<&str> {
    let after = match path.rfind("/node_modules/") {
        Some(at) => at + "/node_modules/".len(),
        None => path.strip_prefix("node_modules/").map(|_| "node_modules/".len())?,
    };
    let rest = path.get(after..)?;
    let mut ends = rest.match_indices('/').map(|(at, _)| at);
    let end = if rest.starts_with('@') { ends.nth(1)? } else { ends.next()? };
    path.get(..after + end)
}

/// The folders of bundled packages, from the package's own folder.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    folders: BTreeSet<String>,
}

impl Bundle {
    pub(super) fn of(inventory: &Inventory, manifest: &Manifest, ids: &[EntryId], paths: &[&str]) -> Self {
        let names = bundled_names(&manifest.object);
        if names.is_empty() {
            return Self::default();
        }
        let there: BTreeSet<&str> = paths.iter().filter_map(|path| package_folder(path)).collect();
        let manifests: BTreeMap<&str, EntryId> = paths
            .iter()
            .zip(ids)
            .filter(|(path, _)| is_manifest(path))
            .map(|(path, id)| (*path, *id))
            .collect();
        let mut bundle = Self::default();
        let mut todo: Vec<(String, String)> = names.into_iter().map(|name| (String::new(), name)).collect();
        while let Some((from, name)) = todo.pop() {
            let Some(folder) = resolve(&from, &name, &there) else { continue };
            if !bundle.folders.insert(folder.clone()) {
                continue;
            }
            let own =
                manifests.get(format!("{folder}/package.json").as_str()).and_then(|id| inventory.entry(*id));
            let Some(Ok(own)) = own.and_then(|entry| locate::kept(inventory, entry)).map(Object::read) else {
                continue;
            };
            for key in ["dependencies", "optionalDependencies"] {
                let names = own.get(key).and_then(Value::as_object).into_iter().flatten();
                todo.extend(names.map(|(name, _)| (folder.clone(), name.clone())));
            }
        }
        bundle
    }

    /// Whether a file belongs to a bundled package.
    pub(super) fn holds(&self, path: &str) -> bool {
        // The lock file that npm leaves in node_modules is no package's.
        package_folder(path).is_some_and(|folder| self.folders.contains(folder))
    }
}

/// Where Node finds a package by its name, looking from a folder upwards.
fn resolve(from: &str, name: &str, there: &BTreeSet<&str>) -> Option<String> {
    let mut at = from;
    loop {
        let folder =
            if at.is_empty() { format!("node_modules/{name}") } else { format!("{at}/node_modules/{name}") };
        if there.contains(folder.as_str()) {
            return Some(folder);
        }
        if at.is_empty() {
            return None;
        }
        at = match at.rfind("/node_modules/") {
            Some(end) => at.get(..end).unwrap_or_default(),
            None => "",
        };
    }
}

fn bundled_names(manifest: &Object) -> Vec<String> {
    let bundled = manifest.get("bundleDependencies").or_else(|| manifest.get("bundledDependencies"));
    let keys = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    match bundled {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Bool(true)) => manifest.get("dependencies").map(keys).unwrap_or_default(),
        Some(map @ Value::Object(_)) => keys(map),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::inventory;
    use super::*;

    #[test]
    fn what_bundled_packages_depend_on_is_bundled() {
        let files = [
            ("package/package.json", r#"{"bundleDependencies": ["a"]}"#),
            ("package/node_modules/a/package.json", r#"{"dependencies": {"@x/b": "1", "c": "1"}}"#),
            ("package/node_modules/@x/b/package.json", "{}"),
            ("package/node_modules/@x/b/lib/b.js", ""),
            ("package/node_modules/a/node_modules/c/c.js", ""),
            ("package/node_modules/c/c.js", ""),
            ("package/node_modules/evil/e.js", ""),
        ];
        let inventory = inventory("a.tgz", "gzip", &files);
        let manifest = Manifest::from_object(Object::read(files[0].1.as_bytes()).unwrap());
        let ids: Vec<EntryId> = inventory.entries.iter().map(|entry| entry.id).collect();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.strip_prefix("package/").unwrap()).collect();
        let bundle = Bundle::of(&inventory, &manifest, &ids, &paths);
        let held: Vec<&str> = paths.iter().copied().filter(|path| bundle.holds(path)).collect();
        assert_eq!(held, &paths[1..5]);
    }
}
