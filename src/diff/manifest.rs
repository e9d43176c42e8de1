use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::ecosystem::{self, Fields};
use crate::inventory::Inventory;

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
    let format = ecosystem::format(inventory.kind);
    let own = manifest(inventory).and_then(|(path, bytes)| format.fields(path, bytes));
    // A manifest that isn't read here in full still has what the ecosystem made of it.
    let mut fields = own.unwrap_or_else(|| {
        let mut fields = Fields::default();
        if let Some(package) = &inventory.package {
            let list = |items: &[String]| Value::from(items);
            fields.insert("name", &Value::from(package.name.as_str()));
            fields.insert("license", &Value::from(package.license.as_deref()));
            fields.insert("entry-points", &list(&package.declared.entry_points));
            fields.insert("files", &list(&package.declared.patterns));
        }
        fields
    });
    for file in &inventory.manifests {
        if let Some(name) = format.beside(&file.path) {
            fields.insert(name, &Value::from(String::from_utf8_lossy(&file.bytes).trim()));
        }
    }
    fields.0
}

fn manifest(inventory: &Inventory) -> Option<(&str, &[u8])> {
    let path = &inventory.package.as_ref()?.manifest;
    let file = inventory.manifests.iter().rfind(|file| &file.path == path)?;
    Some((path, file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{EntryId, Kind, ManifestFile, Package};

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
