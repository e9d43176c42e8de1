//! What changed between two artifacts: files, the manifest's fields that matter, and what a stranger could
//! recover. A pure comparison of two inventories; paths are compared below the package's root, with the
//! version neutralised.

mod files;
mod manifest;

pub use files::{Alike, FileChange, Files, Renamed, Sized};
pub use manifest::{FieldChange, fields};

use crate::inventory::{Inventory, Kind};
use crate::recoverable::Exposure;

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The earlier artifact.
    pub old: Release,
    /// The later artifact.
    pub new: Release,
    /// Its files.
    pub files: Files,
    /// Fields of the manifest, sorted by name.
    pub manifest: Vec<FieldChange>,
}

/// One of the two artifacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// The path as given.
    pub path: String,
    /// Ecosystem.
    pub kind: Kind,
    /// The package's name; empty without a manifest.
    pub name: String,
    /// The package's version; empty without a manifest.
    pub version: String,
    /// SHA-256 of the file in hex.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Size of its files together in bytes, those of nested archives left out.
    pub unpacked_bytes: u64,
    /// Number of its files, those of nested archives left out.
    pub files: u64,
    /// What a stranger could recover from it.
    pub exposure: Exposure,
    /// Whether every part of it was examined.
    pub complete: bool,
}

impl Diff {
    /// Compares two inventories. Their entries need digests for renamed files to be recognised.
    pub fn of(old: &Inventory, new: &Inventory) -> Self {
        Self {
            old: Release::of(old),
            new: Release::of(new),
            files: Files::compare(old, new),
            manifest: manifest::compare(old, new),
        }
    }

    /// Whether nothing changed but the version.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.manifest.is_empty() && self.old.exposure == self.new.exposure
    }
}

impl Release {
    fn of(inventory: &Inventory) -> Self {
        let package = inventory.package.as_ref();
        Self {
            path: inventory.artifact.path.clone(),
            kind: inventory.kind,
            name: package.map(|package| package.name.clone()).unwrap_or_default(),
            version: package.map(|package| package.version.clone()).unwrap_or_default(),
            sha256: inventory.artifact.sha256.clone(),
            bytes: inventory.artifact.bytes,
            unpacked_bytes: inventory.top_files().map(|entry| entry.size).fold(0, u64::saturating_add),
            files: inventory.top_files().count() as u64,
            exposure: Exposure::of(inventory),
            complete: inventory.is_complete(),
        }
    }
}
