//! A comparison as JSON, version 1. Within version 1 fields are only ever added. `docs/diff.schema.json` is
//! generated from these types.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Serialize;

use crate::diff::{Alike, Diff, Release};
use crate::report::inventory::wire::Exposure;
use crate::report::wire::{Kind, Tool};

/// The value of `schema`.
pub const SCHEMA: &str = "packgate/diff/v1";

/// What `packgate diff --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(title = "packgate diff, version 1"))]
#[non_exhaustive]
pub struct Report<'a> {
    /// Always `packgate/diff/v1`.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The program that made it.
    pub tool: Tool,
    /// The earlier artifact.
    pub old: Side<'a>,
    /// The later artifact.
    pub new: Side<'a>,
    /// Files that only the new one has. Paths here and below are relative to the package's root, with the
    /// version as `{version}`.
    pub added: Vec<File<'a>>,
    /// Files that only the old one has.
    pub removed: Vec<File<'a>>,
    /// Files with other bytes or another mode.
    pub changed: Vec<Changed<'a>>,
    /// Files with another name.
    pub renamed: Vec<Renamed<'a>>,
    /// Number of files that are the same.
    pub unchanged: u64,
    /// Fields of the manifest that differ.
    pub manifest: Vec<Field<'a>>,
}

/// One of the two artifacts.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Side<'a> {
    /// The path as given.
    pub path: &'a str,
    /// The kind of artifact.
    pub kind: Kind,
    /// The package's name; empty without a manifest.
    pub name: &'a str,
    /// The package's version; empty without a manifest.
    pub version: &'a str,
    /// SHA-256 of the file in hex.
    pub sha256: &'a str,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Size of all its files in bytes, not counting those in nested archives.
    pub unpacked_bytes: u64,
    /// Number of its files, not counting those in nested archives.
    pub files: u64,
    /// What a stranger could recover from it.
    pub exposure: Exposure,
    /// Whether every part of it was examined.
    pub complete: bool,
}

/// A file that was added or removed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct File<'a> {
    /// Path relative to the root.
    pub path: &'a str,
    /// Size in bytes.
    pub bytes: u64,
}

/// A file that changed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Changed<'a> {
    /// Path relative to the root.
    pub path: &'a str,
    /// Size before in bytes.
    pub before_bytes: u64,
    /// Size now in bytes.
    pub after_bytes: u64,
    /// Permission bits before, if they changed.
    pub before_mode: Option<u32>,
    /// Permission bits now, if they changed.
    pub after_mode: Option<u32>,
}

/// A file with another name.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Renamed<'a> {
    /// Path before.
    pub from: &'a str,
    /// Path now.
    pub to: &'a str,
    /// Size before in bytes.
    pub before_bytes: u64,
    /// Size now in bytes.
    pub after_bytes: u64,
    /// How that was recognised.
    pub alike: Likeness,
}

/// How a renamed file was recognised.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// The same bytes.
    SameBytes,
    /// The names differ in a hash of the content only.
    HashName,
    /// The same name in another folder, and nearly the same size.
    Similar,
}

/// A field of the manifest that differs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Field<'a> {
    /// Its path: `scripts.postinstall`.
    pub field: &'a str,
    /// Value before; `null` if it wasn't there.
    pub before: Option<&'a str>,
    /// Value now; `null` if it is gone.
    pub after: Option<&'a str>,
}

impl<'a> Report<'a> {
    /// The report on a comparison.
    pub fn new(diff: &'a Diff) -> Self {
        let file = |file: &'a crate::diff::Sized| File { path: &file.path, bytes: file.bytes };
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            old: Side::new(&diff.old),
            new: Side::new(&diff.new),
            added: diff.files.added.iter().map(file).collect(),
            removed: diff.files.removed.iter().map(file).collect(),
            changed: diff
                .files
                .changed
                .iter()
                .map(|change| Changed {
                    path: &change.path,
                    before_bytes: change.before,
                    after_bytes: change.after,
                    before_mode: change.mode.map(|(before, _)| before),
                    after_mode: change.mode.map(|(_, after)| after),
                })
                .collect(),
            renamed: diff
                .files
                .renamed
                .iter()
                .map(|rename| Renamed {
                    from: &rename.from,
                    to: &rename.to,
                    before_bytes: rename.before,
                    after_bytes: rename.after,
                    alike: match rename.alike {
                        Alike::Same => Likeness::SameBytes,
                        Alike::HashName => Likeness::HashName,
                        Alike::Similar => Likeness::Similar,
                    },
                })
                .collect(),
            unchanged: diff.files.unchanged,
            manifest: diff
                .manifest
                .iter()
                .map(|change| Field {
                    field: &change.field,
                    before: change.before.as_deref(),
                    after: change.after.as_deref(),
                })
                .collect(),
        }
    }
}

impl<'a> Side<'a> {
    fn new(release: &'a Release) -> Self {
        Self {
            path: &release.path,
            kind: release.kind.into(),
            name: &release.name,
            version: &release.version,
            sha256: &release.sha256,
            bytes: release.bytes,
            unpacked_bytes: release.unpacked_bytes,
            files: release.files,
            exposure: Exposure::new(release.exposure),
            complete: release.complete,
        }
    }
}
