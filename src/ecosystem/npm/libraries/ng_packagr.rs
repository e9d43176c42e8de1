//! Angular libraries: ng-packagr writes the folder that is published, with a manifest made of the project's own.

use std::path::Path;

use serde_json::Value;

use super::Library;
use crate::paths::join;
use crate::project::read;

/// ng-packagr's settings for a library, beside its manifest.
const SETTINGS: &str = "ng-package.json";
/// Angular's settings for a workspace, which name its projects.
const WORKSPACE: &str = "angular.json";

/// The folder that ng-packagr writes the library in `folder` to, as seen from there.
pub(super) fn destination(folder: &Path) -> Option<String> {
    let settings: Value = serde_json::from_str(&read(&folder.join(SETTINGS))?).ok()?;
    Some(settings.get("dest").and_then(Value::as_str).unwrap_or("dist").to_owned())
}

/// The libraries in a folder: its own, and those that Angular's settings name.
pub(super) fn libraries(folder: &Path) -> Vec<Library> {
    let settings = read(&folder.join(WORKSPACE)).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let projects = settings.as_ref().and_then(|settings| settings.get("projects")?.as_object());
    let roots = projects.into_iter().flat_map(|projects| projects.values());
    let roots = roots.filter_map(|project| project.get("root")?.as_str());
    roots.chain([""]).filter_map(|root| library(folder, root)).collect()
}

/// The library in the folder `root`, as seen from `above`.
pub(super) fn library(above: &Path, root: &str) -> Option<Library> {
    let folder = join("", root)?;
    let written = join(&folder, &destination(&above.join(&folder))?)?;
    (!written.is_empty()).then_some(Library { folder, written })
}
