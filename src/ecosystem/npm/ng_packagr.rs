//! Angular libraries: ng-packagr writes the folder that is published, with a manifest made of the project's own.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::MANIFEST;
use crate::paths::join;
use crate::project::{Project, read};

/// ng-packagr's settings for a library, beside its manifest.
const SETTINGS: &str = "ng-package.json";
/// Angular's settings for a workspace, which name its projects.
const WORKSPACE: &str = "angular.json";

/// The folder that ng-packagr writes the library in `folder` to, as seen from there.
pub(in crate::ecosystem) fn destination(folder: &Path) -> Option<String> {
    let settings: Value = serde_json::from_str(&read(&folder.join(SETTINGS))?).ok()?;
    Some(settings.get("dest").and_then(Value::as_str).unwrap_or("dist").to_owned())
}

/// The folders that the libraries of an Angular workspace are published from, as far as they are built, in the order of
/// their names.
pub(in crate::ecosystem) fn published_from(workspace: &Path) -> Vec<String> {
    let built = libraries(workspace).into_iter().map(|(_, written)| written);
    let mut built: Vec<String> =
        built.filter(|written| workspace.join(written).join(MANIFEST).is_file()).collect();
    built.sort();
    built
}

/// The manifest that ng-packagr took the fields of this folder's from, `files` among them, as a path from the folder.
pub(in crate::ecosystem) fn generated_from(project: &Project) -> Option<String> {
    let (above, library) = library_of(project)?;
    let levels = project.folder.strip_prefix(above).ok()?.components().count();
    Some(format!("{}{}", "../".repeat(levels), join(&library, MANIFEST)?))
}

/// The folder of the library that ng-packagr wrote this folder from.
pub(in crate::ecosystem) fn written_from(project: &Project) -> Option<PathBuf> {
    library_of(project).map(|(above, library)| above.join(library))
}

/// The library that was written to this folder, and the folder above both that it is seen from.
fn library_of(project: &Project) -> Option<(&Path, String)> {
    let root = project.vcs_root()?;
    let above = project.folder.ancestors().skip(1).take_while(|above| above.starts_with(root));
    above.into_iter().find_map(|above| {
        let here = project.folder.strip_prefix(above).ok()?;
        let library = libraries(above).into_iter().find(|(_, written)| Path::new(written) == here);
        library.map(|(library, _)| (above, library))
    })
}

/// The folders of the libraries in this one: its own, and those that Angular's settings name; and where each is written
/// to. Both as seen from here.
fn libraries(folder: &Path) -> Vec<(String, String)> {
    let settings = read(&folder.join(WORKSPACE)).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let projects = settings.as_ref().and_then(|settings| settings.get("projects")?.as_object());
    let roots = projects.into_iter().flat_map(|projects| projects.values());
    let roots = roots.filter_map(|project| project.get("root")?.as_str());
    let library = |root: &str| {
        let root = join("", root)?;
        let written =
            join(&root, &destination(&folder.join(&root))?).filter(|written| !written.is_empty())?;
        Some((root, written))
    };
    let mut libraries: Vec<_> = roots.chain([""]).filter_map(library).collect();
    libraries.sort();
    libraries.dedup();
    libraries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn whose_fields_ng_packagr_takes_over() {
        let angular = r#"{"projects": {"ui": {"root": "projects/ui"}, "shop": {"root": ""}}}"#;
        for (files, at, expected) in [
            (&[("ng-package.json", r#"{"dest": "./out/ui"}"#)][..], "out/ui", Some("../../package.json")),
            (&[("ng-package.json", r#"{"dest": "./out/ui"}"#)], "out", None),
            (&[("ng-package.json", "{}")], "out/ui", None),
            (&[("ng-package.json", "{}")], "dist", Some("../package.json")),
            (
                &[("angular.json", angular), ("projects/ui/ng-package.json", r#"{"dest": "../../dist/ui"}"#)],
                "dist/ui",
                Some("../../projects/ui/package.json"),
            ),
            (
                &[("angular.json", angular), ("projects/ui/ng-package.json", "{}")],
                "projects/ui/dist",
                Some("../package.json"),
            ),
            (&[("angular.json", angular)], "dist/ui", None),
        ] {
            let folder = tree(&[files, &[(".git/HEAD", ""), (&format!("{at}/package.json"), "{}")]].concat());
            let project = Project::new(folder.path().join(at));
            assert_eq!(generated_from(&project).as_deref(), expected, "{files:?}");
        }
    }

    #[test]
    fn a_workspace_is_published_from_what_is_built() {
        let folder = tree(&[
            (
                "angular.json",
                r#"{"projects": {"b": {"root": "libs/b"}, "a": {"root": "libs/a"}, "new": {"root": "libs/new"}, "app": {}}}"#,
            ),
            ("libs/a/ng-package.json", r#"{"dest": "../../dist/a"}"#),
            ("libs/b/ng-package.json", r#"{"dest": "../../dist/b"}"#),
            ("libs/new/ng-package.json", r#"{"dest": "../../dist/new"}"#),
            ("dist/a/package.json", "{}"),
            ("dist/b/package.json", "{}"),
        ]);
        assert_eq!(published_from(folder.path()), ["dist/a", "dist/b"]);
    }
}
