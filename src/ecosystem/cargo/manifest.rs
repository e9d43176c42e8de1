//! `Cargo.toml`: what it says of the package by itself.

use toml::{Table, Value};

use crate::ecosystem::format::Fields;
use crate::ecosystem::locate;
use crate::inventory::{ManifestProblem, Package};

/// Reads a manifest; one that can't be read is a problem.
pub(super) fn parse(place: &str, bytes: &[u8], problems: &mut Vec<ManifestProblem>) -> Option<Table> {
    let text = String::from_utf8_lossy(bytes);
    match toml::from_str(&text) {
        Ok(table) => Some(table),
        Err(error) => {
            let error: toml::de::Error = error;
            let line = error.span().map(|span| locate::line_at(&text, span.start));
            problems.push(locate::unreadable(place, line, error.message()));
            None
        }
    }
}

/// What a manifest says of its package; `None` if it has none. `workspace` is the manifest that keys with `workspace
/// = true` refer to; cargo writes an artifact's manifest without those.
pub(super) fn package(
    place: &str,
    bytes: &[u8],
    table: &Table,
    workspace: Option<&Table>,
) -> Option<Package> {
    let package = package_table(table)?;
    let text_of = |key: &str| inherited(package, key, workspace).and_then(Value::as_str);
    let license_file = || text_of("license-file").map(|file| format!("SEE LICENSE IN {}", packed(file)));
    let private = forbids_publishing(table, workspace);
    let text = String::from_utf8_lossy(bytes);
    Some(Package {
        name: text_of("name").unwrap_or_default().to_owned(),
        version: text_of("version").unwrap_or_default().to_owned(),
        // Crates wrote a slash for OR before expressions were required.
        license: text_of("license")
            .map(|license| license.split('/').map(str::trim).collect::<Vec<_>>().join(" OR "))
            .or_else(license_file),
        private,
        private_line: line_of(&text, "publish").filter(|_| private),
        manifest: place.to_owned(),
        ..Package::default()
    })
}

/// Where cargo puts a file: one from outside the crate's folder goes to its top.
fn packed(path: &str) -> &str {
    match path.starts_with("../") {
        true => path.rsplit('/').next().unwrap_or(path),
        false => path,
    }
}

/// The value of a key, or of the workspace's where it refers to that.
pub(super) fn inherited<'a>(
    package: &'a Table,
    key: &str,
    workspace: Option<&'a Table>,
) -> Option<&'a Value> {
    let own = package.get(key)?;
    match own.get("workspace") {
        Some(Value::Boolean(true)) => workspace?.get("workspace")?.get("package")?.get(key),
        _ => Some(own),
    }
}

/// `[package]`, formerly `[project]`.
pub(super) fn package_table(table: &Table) -> Option<&Table> {
    table.get("package").or_else(|| table.get("project")).and_then(Value::as_table)
}

/// `publish = false` or `publish = []`, or neither where there is no version: cargo publishes none of these.
pub(super) fn forbids_publishing(table: &Table, workspace: Option<&Table>) -> bool {
    let Some(package) = package_table(table) else { return false };
    match inherited(package, "publish", workspace) {
        Some(Value::Boolean(publish)) => !publish,
        Some(Value::Array(registries)) => registries.is_empty(),
        Some(_) => false,
        None => !package.contains_key("version"),
    }
}

/// The line of a key at the beginning of a line.
pub(super) fn line_of(text: &str, key: &str) -> Option<u64> {
    let is_key =
        |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
    text.lines().zip(1..).find(|(line, _)| is_key(line.trim_start())).map(|(_, number)| number)
}

/// Tables that matter to whoever builds with the crate.
const COMPARED: [&str; 7] =
    ["dependencies", "build-dependencies", "features", "lib", "bin", "target", "workspace"];

/// Fields of `[package]` likewise.
const COMPARED_IN_PACKAGE: [&str; 11] = [
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

/// The fields of a manifest that matter to whoever builds with the crate.
pub(super) fn fields(bytes: &[u8]) -> Option<Fields> {
    let table: Table = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    let manifest = serde_json::to_value(table).ok()?;
    let nothing = serde_json::Value::Null;
    let mut fields = Fields::default();
    for name in COMPARED {
        fields.insert(name, manifest.get(name).unwrap_or(&nothing));
    }
    for name in COMPARED_IN_PACKAGE {
        let value = manifest.pointer(&format!("/package/{name}")).unwrap_or(&nothing);
        fields.insert(&format!("package.{name}"), value);
    }
    Some(fields)
}
