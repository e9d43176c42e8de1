//! The files that an extension contributes by its manifest: grammars, themes, snippets and the like.

use std::collections::HashSet;

use serde_json::Value;

use crate::ecosystem::npm;
use crate::inventory::{EntryPointWeight, Inventory, MissingEntryPoint};
use crate::paths;

use super::FOLDER;

/// Contributions with the keys under which their items name files.
const FILES: [(&str, &[&str]); 8] = [
    ("languages", &["configuration"]),
    ("grammars", &["path"]),
    ("themes", &["path"]),
    ("iconThemes", &["path"]),
    ("productIconThemes", &["path"]),
    ("snippets", &["path"]),
    ("debuggers", &["program"]),
    ("jsonValidation", &["url"]),
];

/// Those that are not there.
pub(super) fn missing(inventory: &Inventory, manifest: &npm::Manifest) -> Vec<MissingEntryPoint> {
    let own = npm::OwnFiles::of(inventory, FOLDER);
    let paths: HashSet<String> = own.paths.iter().map(|path| path.to_ascii_lowercase()).collect();
    let has = |path: &str| paths.contains(&path.to_ascii_lowercase());
    let contributes = manifest.object.get("contributes");
    let mut missing = Vec::new();
    for (kind, keys) in &FILES {
        let items =
            contributes.and_then(|all| all.get(*kind)).and_then(Value::as_array).into_iter().flatten();
        for (number, item) in items.enumerate() {
            for key in *keys {
                let named = item.get(key).and_then(Value::as_str);
                let is_file = |target: &&str| target.starts_with('.') || !target.contains([':', '%', '$']);
                let Some(target) = named.filter(is_file) else { continue };
                let Some(path) = paths::join("", target) else { continue };
                if !has(&path) && !has(&format!("{path}.js")) {
                    missing.push(MissingEntryPoint {
                        field: format!("contributes.{kind}[{number}].{key}"),
                        target: target.to_owned(),
                        weight: EntryPointWeight::Part,
                        near: None,
                        line: manifest.object.line("contributes"),
                    });
                }
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn files_that_are_contributed() {
        let files = [
            ("extension/package.json", ""),
            ("extension/syntaxes/a.json", ""),
            ("extension/out/Debug.js", ""),
        ];
        let inventory = inventory("a.vsix", "zip", &files);
        for (contributes, expected) in [
            (
                r#"{"grammars": [{"path": "./syntaxes/a.json"}, {"path": "syntaxes/b.json"}]}"#,
                &["syntaxes/b.json"][..],
            ),
            (r#"{"debuggers": [{"program": "./out/debug"}, {"type": "x"}]}"#, &[]),
            (
                r#"{"jsonValidation": [{"url": "https://example.org/a.json"}, {"url": "./gone.json"}]}"#,
                &["./gone.json"],
            ),
            (r#"{"commands": [{"path": "./gone"}], "themes": "x"}"#, &[]),
        ] {
            let text = format!(r#"{{"contributes": {contributes}}}"#);
            let manifest = npm::Manifest::read("", text.as_bytes(), &mut Vec::new()).unwrap();
            let found: Vec<String> =
                missing(&inventory, &manifest).into_iter().map(|one| one.target).collect();
            assert_eq!(found, expected, "{contributes}");
        }
    }
}
