//! Where the files of an npm tarball come from. npm packs `package.json` as it is; pnpm, yarn and bun rewrite it, and
//! so do tools that choose the version only when they publish.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::MANIFEST;
use crate::ecosystem::locate;
use crate::ecosystem::origin::{Origin, Origins, Ships, below};
use crate::inventory::{Entry, Inventory, Package};

pub(in crate::ecosystem) struct NpmOrigins;

impl Origins for NpmOrigins {
    fn of<'a>(&self, _inventory: &Inventory, package: &Package, entry: &'a Entry) -> Origin<'a> {
        match below(package, &entry.path) {
            // Bundled dependencies are installed, not tracked.
            Some(path) if !path.starts_with("node_modules/") => Origin::File(path),
            _ => Origin::Made,
        }
    }

    /// What a build made looks like source.
    fn ships(&self, inventory: &Inventory, package: &Package) -> Ships {
        let manifest = inventory.everything().rfind(|entry| entry.place == package.manifest);
        let bytes = manifest.and_then(|entry| locate::kept(inventory, entry));
        let manifest = bytes.and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
        let scripts = manifest.as_ref().and_then(|manifest| manifest.get("scripts")?.as_object());
        match scripts.is_some_and(|scripts| scripts.keys().any(|name| builds(name))) {
            true => Ships::Built,
            false => Ships::Perhaps,
        }
    }

    /// `publishConfig.directory`, which pnpm packs, with the manifest that the build writes there. npm packs the project's.
    fn packed_folder(&self, inventory: &Inventory, package: &Package, folder: &Path) -> String {
        let manifest = fs::read(folder.join(MANIFEST)).ok();
        let manifest = manifest.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let directory =
            manifest.as_ref().and_then(|manifest| manifest.get("publishConfig")?.get("directory")?.as_str());
        let directory = directory.unwrap_or_default().trim_start_matches("./").trim_end_matches('/');
        let is_inside = |entry: &Entry| {
            let path = below(package, &entry.path).and_then(|path| path.strip_prefix(directory));
            path.is_some_and(|path| path.starts_with('/'))
        };
        let is_plain = !directory.split('/').any(|part| matches!(part, "" | "." | ".."));
        if is_plain && !inventory.everything().any(is_inside) { directory.to_owned() } else { String::new() }
    }

    fn rewrites(&self, path: &str, shipped: &[u8], tracked: &[u8]) -> bool {
        path == MANIFEST && is_rewritten(shipped, tracked)
    }
}

/// Whether a script of this name makes files: `build`, `build:types`, `prepack`.
fn builds(script: &str) -> bool {
    const WORDS: [&str; 8] =
        ["build", "prepare", "prepack", "prepublish", "prepublishOnly", "compile", "bundle", "dist"];
    script.split([':', '-', '_']).any(|word| WORDS.contains(&word))
}

/// Scripts that run before publishing, which pnpm takes out.
const OF_PUBLISHING: [&str; 6] =
    ["prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"];

/// Whether one manifest is what a client makes of the other.
pub(in crate::ecosystem) fn is_rewritten(shipped: &[u8], tracked: &[u8]) -> bool {
    let object = |bytes: &[u8]| match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    };
    let (Some(shipped), Some(tracked)) = (object(shipped), object(tracked)) else { return false };
    let overrides = tracked.get("publishConfig").and_then(Value::as_object).cloned().unwrap_or_default();
    let keys = shipped.keys().chain(tracked.keys());
    keys.into_iter().all(|key| {
        let (ours, theirs) = (shipped.get(key), tracked.get(key));
        ours == theirs
            || ours.is_some() && ours == overrides.get(key)
            || match key.as_str() {
                // Chosen when publishing, or written by lerna; taken out by pnpm.
                "version" | "gitHead" => true,
                "publishConfig" | "packageManager" | "pnpm" => ours.is_none(),
                "devDependencies" => ours.is_none() || are_resolved(ours, theirs),
                // pnpm writes the short forms out.
                "bin" => {
                    let name = tracked.get("name").and_then(Value::as_str).unwrap_or_default();
                    programs(ours, name) == programs(theirs, name)
                }
                "repository" | "bugs" => address(ours) == address(theirs),
                "scripts" => without_publishing(ours) == without_publishing(theirs),
                "dependencies" | "peerDependencies" | "optionalDependencies" => are_resolved(ours, theirs),
                _ => false,
            }
    })
}

/// Where a package's source or its issues are: the address alone, or an object that has it.
fn address(value: Option<&Value>) -> Option<BTreeMap<&str, &Value>> {
    match value? {
        Value::Object(object) => {
            let is_told = |(key, value): &(&String, &Value)| *key != "type" || *value != "git";
            Some(object.iter().filter(is_told).map(|(key, value)| (key.as_str(), value)).collect())
        }
        other => Some(BTreeMap::from([("url", other)])),
    }
}

/// The programs of a package by name; a path alone is a program of the package's own name.
fn programs(bin: Option<&Value>, name: &str) -> BTreeMap<String, String> {
    let plain = |path: &str| path.trim_start_matches("./").to_owned();
    match bin {
        Some(Value::String(path)) => {
            BTreeMap::from([(name.rsplit('/').next().unwrap_or(name).to_owned(), plain(path))])
        }
        Some(Value::Object(programs)) => programs
            .iter()
            .map(|(name, path)| (name.clone(), path.as_str().map_or_else(|| path.to_string(), plain)))
            .collect(),
        other => other.map(|value| (String::new(), value.to_string())).into_iter().collect(),
    }
}

fn without_publishing(scripts: Option<&Value>) -> Map<String, Value> {
    let mut scripts = scripts.and_then(Value::as_object).cloned().unwrap_or_default();
    scripts.retain(|name, _| !OF_PUBLISHING.contains(&name.as_str()));
    scripts
}

/// Whether dependencies differ only where the project's name a member of the workspace or an entry of a catalog.
fn are_resolved(ours: Option<&Value>, theirs: Option<&Value>) -> bool {
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (ours, theirs) = (object(ours), object(theirs));
    ours.len() == theirs.len()
        && theirs.iter().all(|(name, wanted)| {
            let is_indirect = |wanted: &str| {
                ["workspace:", "catalog:", "link:", "file:", "portal:"]
                    .iter()
                    .any(|start| wanted.starts_with(start))
            };
            ours.get(name).is_some_and(|got| {
                got == wanted || wanted.as_str().is_some_and(is_indirect) && got.is_string()
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_of_a_program_is_written_out() {
        let manifest = |bin: &str| format!(r#"{{"name": "@acme/a", "bin": {bin}}}"#).into_bytes();
        for (shipped, tracked, expected) in [
            (r#"{"a": "lib/a.js"}"#, r#""./lib/a.js""#, true),
            (r#"{"a": "lib/a.js", "b": "b.js"}"#, r#"{"b": "./b.js", "a": "lib/a.js"}"#, true),
            (r#"{"a": "lib/b.js"}"#, r#""lib/a.js""#, false),
            (r#"{"b": "lib/a.js"}"#, r#""lib/a.js""#, false),
            ("null", r#""lib/a.js""#, false),
        ] {
            assert_eq!(is_rewritten(&manifest(shipped), &manifest(tracked)), expected, "{shipped} {tracked}");
        }
    }

    #[test]
    fn the_folder_that_pnpm_packs_in_place_of_the_projects() {
        use crate::inventory::EntryKind;
        let folder = tempfile::tempdir().unwrap();
        let packed = |config: &str, paths: &[&str]| {
            std::fs::write(folder.path().join(MANIFEST), format!(r#"{{"publishConfig": {config}}}"#))
                .unwrap();
            let entry = |path: &&str| Entry {
                path: format!("package/{path}"),
                place: format!("package/{path}"),
                kind: EntryKind::File,
                ..Entry::default()
            };
            let inventory = Inventory {
                entries: paths.iter().map(entry).map(Box::new).collect(),
                ..Inventory::default()
            };
            let package = Package { root: "package".to_owned(), ..Package::default() };
            NpmOrigins.packed_folder(&inventory, &package, folder.path())
        };
        let directory = r#"{"directory": "./dist/"}"#;
        assert_eq!(packed(directory, &["index.js", "package.json"]), "dist");
        // npm doesn't know of it
        assert_eq!(packed(directory, &["dist/index.js", "package.json"]), "");
        assert_eq!(packed(r#"{"directory": "../dist"}"#, &["index.js"]), "");
        assert_eq!(packed(r#"{"access": "public"}"#, &["index.js"]), "");
    }

    #[test]
    fn manifests_that_clients_rewrite() {
        let tracked = r#"{"name": "a", "version": "0.0.0", "main": "src/a.ts", "scripts": {"prepack": "x", "test": "y"},
            "dependencies": {"b": "workspace:^", "c": "1"}, "publishConfig": {"main": "a.js"}}"#;
        let rewritten = |shipped: &str| is_rewritten(shipped.as_bytes(), tracked.as_bytes());
        let pnpm = r#"{"name": "a", "version": "1.0.0", "main": "a.js", "scripts": {"test": "y"}, "dependencies": {"c": "1", "b": "^1.0.0"}}"#;
        assert!(rewritten(pnpm));
        assert!(!rewritten(&pnpm.replace("\"y\"", "\"z\"")));
        assert!(!rewritten(&pnpm.replace("\"c\": \"1\"", "\"c\": \"2\"")));
        assert!(!rewritten(&pnpm.replace("a.js", "b.js")));
        assert!(!rewritten(&pnpm.replace("\"c\": \"1\"", "\"c\": \"1\", \"d\": \"1\"")));
        assert!(!rewritten("{"));
    }

    #[test]
    fn scripts_that_build() {
        assert!(["build", "build:types", "prepack", "ts-compile"].iter().all(|name| builds(name)));
        assert!(!["test", "lint", "rebuilds", "postinstall"].iter().any(|name| builds(name)));
    }
}
