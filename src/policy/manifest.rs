//! The licence in a project's own manifest, for `auto` where there is no artifact yet.

use std::path::Path;

use crate::inventory::Package;
use crate::settings::node::{self, Node, Value};
use crate::settings::read::read;

/// What the first manifest in the folder says of licence and publishing; `None` without a readable manifest.
pub fn of_project(folder: &Path) -> Option<Package> {
    ["package.json", "Cargo.toml", "pyproject.toml"].iter().find_map(|name| {
        let text = read(&folder.join(name), name).ok()?;
        let (license, private) = match *name {
            "package.json" => package_json(&text)?,
            "Cargo.toml" => cargo_toml(&node::toml(&text).ok()?)?,
            _ => pyproject_toml(&node::toml(&text).ok()?)?,
        };
        Some(Package { license, private, manifest: (*name).to_owned(), ..Package::default() })
    })
}

fn package_json(text: &str) -> Option<(Option<String>, bool)> {
    let value: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let one =
        |value: &serde_json::Value| value.as_str().or_else(|| value.get("type")?.as_str()).map(str::to_owned);
    let many = || {
        let all: Vec<String> = value.get("licenses")?.as_array()?.iter().filter_map(one).collect();
        (!all.is_empty()).then(|| all.join(" OR "))
    };
    let license = value.get("license").and_then(one).or_else(many);
    let private = value.get("private").and_then(serde_json::Value::as_bool).unwrap_or(false);
    Some((license, private))
}

fn cargo_toml(root: &Node) -> Option<(Option<String>, bool)> {
    let package = root.get("package").or_else(|| root.get("workspace")?.get("package"))?;
    let license =
        text(package, "license").or_else(|| text(root.get("workspace")?.get("package")?, "license"));
    let private = package.get("publish").is_some_and(|publish| publish.value == Value::Bool(false));
    Some((license, private))
}

fn pyproject_toml(root: &Node) -> Option<(Option<String>, bool)> {
    let project = root.get("project")?;
    let license = text(project, "license").or_else(|| text(project.get("license")?, "text"));
    let classifiers = || match &project.get("classifiers")?.value {
        Value::List(all) => {
            let licences = all.iter().filter_map(|node| match &node.value {
                Value::Text(text) if text.starts_with("License ::") => Some(text.as_str()),
                _ => None,
            });
            let all: Vec<&str> = licences.collect();
            (!all.is_empty()).then(|| all.join("\n"))
        }
        _ => None,
    };
    Some((license.or_else(classifiers), false))
}

fn text(table: &Node, name: &str) -> Option<String> {
    match &table.get(name)?.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests() {
        for (name, text, expected) in [
            ("package.json", r#"{"license":"MIT"}"#, Some((Some("MIT"), false))),
            ("package.json", r#"{"license":{"type":"MIT"},"private":true}"#, Some((Some("MIT"), true))),
            ("package.json", r#"{"licenses":[{"type":"MIT"},"ISC"]}"#, Some((Some("MIT OR ISC"), false))),
            ("package.json", "{}", Some((None, false))),
            ("package.json", "nonsense", None),
            ("Cargo.toml", "[package]\nlicense = 'MIT'\npublish = false", Some((Some("MIT"), true))),
            (
                "Cargo.toml",
                "[package]\nlicense.workspace = true\npublish = ['x']\n[workspace.package]\nlicense = 'MIT'",
                Some((Some("MIT"), false)),
            ),
            ("Cargo.toml", "[workspace]", None),
            ("pyproject.toml", "[project]\nlicense = 'MIT'", Some((Some("MIT"), false))),
            ("pyproject.toml", "[project]\nlicense = { text = 'BSD' }", Some((Some("BSD"), false))),
            (
                "pyproject.toml",
                "[project]\nclassifiers = ['License :: OSI Approved :: MIT License', 'Topic :: X']",
                Some((Some("License :: OSI Approved :: MIT License"), false)),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
            let found = of_project(folder.path());
            let found = found.as_ref().map(|package| (package.license.as_deref(), package.private));
            assert_eq!(found, expected, "{text}");
        }
    }
}
