//! Rust crates. Source: the Cargo book, chapters "The Manifest Format" and "cargo package".

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::Project;

use super::Ecosystem;
use super::locate::{self, Fit, Located};

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { kind: Kind::Crate, suffixes: &[".crate"], keeps, recognises, read };

fn keeps(path: &str) -> bool {
    let below = path.split_once('/').map_or(path, |(_, rest)| rest);
    below.eq_ignore_ascii_case("Cargo.toml") || below == "Cargo.toml.orig" || below == ".cargo_vcs_info.json"
}

fn recognises(inventory: &Inventory) -> bool {
    let has =
        |name: &str| inventory.top_files().any(|entry| Fit::below_root(&entry.path, name) == Fit::Exact);
    has("Cargo.toml") && (has("Cargo.toml.orig") || has(".cargo_vcs_info.json") || !has("package.json"))
}

fn read(inventory: &Inventory, _: Option<&Project>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let found =
        locate::manifest(inventory, "Cargo.toml", |path| Fit::below_root(path, "Cargo.toml"), problems)?;
    package(found, locate::folder(&found.entry.path), problems)
}

/// What a manifest says of its package.
pub(super) fn package(
    found: Located<'_>,
    root: &str,
    problems: &mut Vec<ManifestProblem>,
) -> Option<Package> {
    let text = String::from_utf8_lossy(found.bytes);
    let table: toml::Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map(|span| locate::line_at(&text, span.start));
            problems.push(locate::unreadable(found.entry, line, error.message()));
            return None;
        }
    };
    let Some(package) = table.get("package").or_else(|| table.get("project")).and_then(toml::Value::as_table)
    else {
        problems.push(locate::unreadable(found.entry, None, "it has no [package]"));
        return None;
    };
    let text_of = |key: &str| package.get(key).and_then(toml::Value::as_str);
    let private = match package.get("publish") {
        Some(toml::Value::Boolean(publish)) => !publish,
        Some(toml::Value::Array(registries)) => registries.is_empty(),
        _ => false,
    };
    let license_file = || text_of("license-file").map(|file| format!("SEE LICENSE IN {file}"));
    Some(Package {
        name: text_of("name").unwrap_or_default().to_owned(),
        version: text_of("version").unwrap_or_default().to_owned(),
        // Slashes are what crates wrote for OR before expressions were asked for.
        license: text_of("license")
            .map(|license| license.replace('/', " OR ").replace("  ", " "))
            .or_else(license_file),
        private,
        manifest: found.entry.place.clone(),
        root: root.to_owned(),
        ..Package::default()
    })
}
