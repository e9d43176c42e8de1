//! A folder with the `package.json` of an extension.

use std::path::Path;

use serde_json::Value;

use crate::ecosystem::folder::{Files, ProjectFolder, SettingsTables};
use crate::ecosystem::format::Fields;
use crate::ecosystem::npm;
use crate::inventory::{ManifestProblem, Package};
use crate::project::Member;

pub(super) struct ExtensionProject;

impl ProjectFolder for ExtensionProject {
    fn is_here(&self, files: &Files<'_>) -> bool {
        npm::is_extension(files)
    }

    fn reads(&self, name: &str) -> bool {
        name == npm::MANIFEST
    }

    fn package(&self, files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
        let package = npm::identity(files, problems).map(as_published)?;
        let manifest = files.text(npm::MANIFEST).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let publisher = manifest.as_ref().and_then(|manifest| manifest.get("publisher")?.as_str());
        Some(Package { name: full_name(publisher.unwrap_or_default(), &package.name), ..package })
    }

    /// Workspaces are npm's.
    fn members(&self, _folder: &Path) -> Option<Vec<Member>> {
        None
    }

    fn fields(&self, manifest: &[u8]) -> Option<Fields> {
        npm::fields(manifest)
    }

    /// They are in npm's manifest.
    fn settings(&self) -> Option<SettingsTables> {
        None
    }
}

/// What the galleries call an extension.
pub(super) fn full_name(publisher: &str, name: &str) -> String {
    if publisher.is_empty() { name.to_owned() } else { format!("{publisher}.{name}") }
}

/// Without what only npm goes by: vsce publishes what is private to npm, and the editor runs no install scripts.
pub(super) fn as_published(package: Package) -> Package {
    Package {
        private: false,
        private_line: None,
        commands: Vec::new(),
        install_scripts: Vec::new(),
        ..package
    }
}
