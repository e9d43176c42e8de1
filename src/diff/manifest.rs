use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::inventory::{Inventory, Kind};

/// A field of the manifest that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its path: `scripts.postinstall`, `dependencies.left-pad`.
    pub field: String,
    /// Value before; `None` if it wasn't there.
    pub before: Option<String>,
    /// Value now; `None` if it is gone.
    pub after: Option<String>,
}

/// Fields of `package.json` that decide what a package does to whoever installs it.
const NPM: [&str; 24] = [
    "name",
    "private",
    "license",
    "type",
    "main",
    "module",
    "browser",
    "types",
    "typings",
    "exports",
    "imports",
    "bin",
    "files",
    "directories",
    "engines",
    "os",
    "cpu",
    "libc",
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "gypfile",
];
/// Fields of a Visual Studio Code extension besides.
const VSIX: [&str; 4] = ["publisher", "activationEvents", "extensionDependencies", "extensionPack"];
/// Scripts that run on the machine of whoever installs the package.
const LIFECYCLE: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];
/// Tables of `Cargo.toml`.
const CARGO: [&str; 7] =
    ["dependencies", "build-dependencies", "features", "lib", "bin", "target", "workspace"];
/// Fields of its `[package]`.
const CARGO_PACKAGE: [&str; 11] = [
    "name",
    "license",
    "license-file",
    "build",
    "links",
    "include",
    "exclude",
    "publish",
    "edition",
    "rust-version",
    "default-run",
];
/// Fields of a wheel's `METADATA` and an sdist's `PKG-INFO`.
const PYTHON: [&str; 8] = [
    "name",
    "license",
    "license-expression",
    "requires-dist",
    "requires-python",
    "provides-extra",
    "requires-external",
    "dynamic",
];

/// The fields that differ, sorted by name.
pub(super) fn compare(old: &Inventory, new: &Inventory) -> Vec<FieldChange> {
    let (before, after) = (fields(old), fields(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

/// The manifest's fields that matter to whoever installs the package, flattened.
pub fn fields(inventory: &Inventory) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let own = match (inventory.kind, manifest(inventory)) {
        (Kind::Npm | Kind::Vsix | Kind::Directory, Some(bytes)) => npm(bytes, &mut fields),
        (Kind::Crate, Some(bytes)) => cargo(bytes, &mut fields),
        (Kind::Wheel | Kind::Sdist, Some(bytes)) => python(bytes, &mut fields),
        _ => None,
    };
    // A manifest that isn't read here in full still has what the ecosystem made of it.
    if own.is_none()
        && let Some(package) = &inventory.package
    {
        let list = |items: &[String]| Value::from(items);
        insert(&mut fields, "name", &Value::from(package.name.as_str()));
        insert(&mut fields, "license", &Value::from(package.license.as_deref()));
        insert(&mut fields, "entry-points", &list(&package.declared.entry_points));
        insert(&mut fields, "files", &list(&package.declared.patterns));
    }
    for file in &inventory.manifests {
        if file.path.ends_with(".dist-info/entry_points.txt") {
            let text = String::from_utf8_lossy(&file.bytes);
            insert(&mut fields, "entry_points.txt", &Value::from(text.trim()));
        }
    }
    fields
}

fn manifest(inventory: &Inventory) -> Option<&[u8]> {
    let path = &inventory.package.as_ref()?.manifest;
    let file = inventory.manifests.iter().rfind(|file| &file.path == path)?;
    Some(file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes))
}

fn npm(bytes: &[u8], fields: &mut BTreeMap<String, String>) -> Option<()> {
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    for name in NPM.into_iter().chain(VSIX) {
        insert(fields, name, manifest.get(name).unwrap_or(&Value::Null));
    }
    for name in LIFECYCLE {
        insert(
            fields,
            &format!("scripts.{name}"),
            manifest.pointer(&format!("/scripts/{name}")).unwrap_or(&Value::Null),
        );
    }
    Some(())
}

fn cargo(bytes: &[u8], fields: &mut BTreeMap<String, String>) -> Option<()> {
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    let manifest = serde_json::to_value(table).ok()?;
    for name in CARGO {
        insert(fields, name, manifest.get(name).unwrap_or(&Value::Null));
    }
    for name in CARGO_PACKAGE {
        let value = manifest.pointer(&format!("/package/{name}")).unwrap_or(&Value::Null);
        insert(fields, &format!("package.{name}"), value);
    }
    Some(())
}

/// Headers of an e-mail-like text up to the first empty line; those that repeat, sorted.
fn python(bytes: &[u8], fields: &mut BTreeMap<String, String>) -> Option<()> {
    let text = String::from_utf8_lossy(bytes);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": ") {
            found.entry(name.to_ascii_lowercase()).or_default().push(value.trim().to_owned());
        }
    }
    for (name, mut values) in found {
        if PYTHON.contains(&name.as_str()) {
            values.sort();
            insert(fields, &name, &Value::from(values));
        }
    }
    Some(())
}

/// Adds a value under its name: objects field by field, lists of texts as one, the rest as JSON.
fn insert(fields: &mut BTreeMap<String, String>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(inner) => {
            for (key, value) in inner {
                insert(fields, &format!("{name}.{key}"), value);
            }
        }
        Value::String(text) => {
            fields.insert(name.to_owned(), text.clone());
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            fields.insert(name.to_owned(), texts.join(", "));
        }
        other => {
            fields.insert(name.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, ManifestFile, Package};

    fn inventory(kind: Kind, text: &str) -> Inventory {
        Inventory {
            kind,
            package: Some(Package { manifest: "m".into(), ..Package::default() }),
            manifests: vec![ManifestFile { entry: EntryId(0), path: "m".into(), bytes: text.into() }],
            ..Inventory::default()
        }
    }

    fn shown(kind: Kind, old: &str, new: &str) -> Vec<String> {
        compare(&inventory(kind, old), &inventory(kind, new))
            .into_iter()
            .map(|change| {
                format!(
                    "{}: {} -> {}",
                    change.field,
                    change.before.as_deref().unwrap_or("none"),
                    change.after.as_deref().unwrap_or("none")
                )
            })
            .collect()
    }

    #[test]
    fn npm_fields() {
        let old = r#"{"name": "a", "version": "1.0.0", "main": "a.js", "dependencies": {"x": "1", "y": "1"}, "files": ["dist"], "scripts": {"test": "t"}}"#;
        let new = r#"{"name": "a", "version": "1.0.1", "main": "b.js", "dependencies": {"y": "2", "z": "1"}, "scripts": {"test": "u", "postinstall": "node p.js"}}"#;
        assert_eq!(
            shown(Kind::Npm, old, new),
            [
                "dependencies.x: 1 -> none",
                "dependencies.y: 1 -> 2",
                "dependencies.z: none -> 1",
                "files: dist -> none",
                "main: a.js -> b.js",
                "scripts.postinstall: none -> node p.js",
            ]
        );
    }

    #[test]
    fn cargo_fields() {
        let old = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies.serde]\nversion = \"1\"\n";
        let new = "[package]\nname = \"a\"\nversion = \"1.1.0\"\nbuild = \"build.rs\"\n[dependencies.serde]\nversion = \"2\"\n[dev-dependencies.x]\nversion = \"1\"\n";
        assert_eq!(
            shown(Kind::Crate, old, new),
            ["dependencies.serde.version: 1 -> 2", "package.build: none -> build.rs"]
        );
    }

    #[test]
    fn python_fields() {
        let old = "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b\n\nRequires-Dist: not this\n";
        let new = "Metadata-Version: 2.1\nName: a\nVersion: 2\nRequires-Dist: c\nRequires-Dist: b\n\n";
        assert_eq!(shown(Kind::Wheel, old, new), ["requires-dist: b -> b, c"]);
    }

    #[test]
    fn what_is_no_manifest_has_no_fields() {
        assert_eq!(shown(Kind::Npm, "{", "[]"), Vec::<String>::new());
    }
}
