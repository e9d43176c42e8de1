//! The files that an extension contributes by its manifest: grammars, themes, snippets and the like.

use std::collections::HashSet;

use serde_json::{Map, Value};

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
    let contributes = manifest.object.get("contributes").and_then(Value::as_object);
    let mut missing = Vec::new();
    for (field, target) in contributes.into_iter().flat_map(named) {
        let is_file = target.starts_with('.') || !target.contains([':', '%', '$']);
        let Some(path) = paths::join("", target).filter(|_| is_file) else { continue };
        if !has(&path) && !has(&format!("{path}.js")) {
            missing.push(MissingEntryPoint {
                field: format!("contributes.{field}"),
                target: target.to_owned(),
                weight: EntryPointWeight::Part,
                near: None,
                place: None,
                line: manifest.object.line("contributes"),
            });
        }
    }
    missing
}

/// What contributions name, with where they do.
fn named(contributes: &Map<String, Value>) -> Vec<(String, &str)> {
    let items =
        |kind: &str| contributes.get(kind).and_then(Value::as_array).into_iter().flatten().enumerate();
    let mut named = Vec::new();
    for (kind, keys) in &FILES {
        for (number, item) in items(kind) {
            let texts = keys.iter().filter_map(|key| Some((*key, item.get(key)?.as_str()?)));
            named.extend(texts.map(|(key, target)| (format!("{kind}[{number}].{key}"), target)));
        }
    }
    for (number, command) in items("commands") {
        named.extend(icons(command, &format!("commands[{number}]")));
    }
    // lists of views and of their containers, by where they are shown
    for kind in ["viewsContainers", "views"] {
        for (place, list) in contributes.get(kind).and_then(Value::as_object).into_iter().flatten() {
            for (number, view) in list.as_array().into_iter().flatten().enumerate() {
                named.extend(icons(view, &format!("{kind}.{place}[{number}]")));
            }
        }
    }
    named
}

/// The icon of an item: one, or one for light and one for dark themes.
fn icons<'v>(item: &'v Value, field: &str) -> Vec<(String, &'v str)> {
    match item.get("icon") {
        Some(Value::String(target)) => vec![(format!("{field}.icon"), target)],
        Some(Value::Object(themes)) => {
            let texts = themes.iter().filter_map(|(theme, target)| Some((theme, target.as_str()?)));
            texts.map(|(theme, target)| (format!("{field}.icon.{theme}"), target)).collect()
        }
        _ => Vec::new(),
    }
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
            (
                r#"{"commands": [{"icon": "$(add)"}, {"icon": {"light": "out/Debug.js", "dark": "dark.svg"}}], "viewsContainers": {"panel": [{"icon": "view.svg"}]}, "views": {"a": [{"icon": "$(x)"}, {"icon": "syntaxes/a.json"}]}}"#,
                &["dark.svg", "view.svg"],
            ),
        ] {
            let text = format!(r#"{{"contributes": {contributes}}}"#);
            let manifest = npm::Manifest::read("", text.as_bytes(), &mut Vec::new()).unwrap();
            let found: Vec<String> =
                missing(&inventory, &manifest).into_iter().map(|one| one.target).collect();
            assert_eq!(found, expected, "{contributes}");
        }
    }
}
