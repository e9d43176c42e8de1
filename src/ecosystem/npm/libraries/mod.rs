//! Libraries that a tool publishes from another folder, which it writes with a manifest made of the library's own.

mod ng_packagr;
mod nx;
mod releasers;

use std::path::{Path, PathBuf};

use super::MANIFEST;
use crate::paths::join;
use crate::project::Project;

/// A library, and the folder that it is published from. Both as paths from the same folder.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    folder: String,
    written: String,
}

/// Those that settings in one folder name.
struct Libraries(Vec<Library>);

/// The tool that publishes `folder` from elsewhere, and where it writes that, as seen from `folder`.
pub(in crate::ecosystem) fn destination(folder: &Path) -> Option<(&'static str, String)> {
    let by_ng_packagr = ng_packagr::destination(folder).map(|written| ("ng-packagr", written));
    let by_nx = || nx::destination(folder).map(|written| ("Nx", written));
    by_ng_packagr.or_else(by_nx).or_else(|| releasers::destination(folder))
}

/// The folders that the libraries in a folder are published from, as far as they are built, in the order of their names.
pub(in crate::ecosystem) fn published_from(folder: &Path) -> Vec<String> {
    let built = all(folder).into_iter().map(|library| library.written);
    let mut built: Vec<String> =
        built.filter(|written| folder.join(written).join(MANIFEST).is_file()).collect();
    built.sort();
    built
}

/// The manifest that the fields of this folder's are taken from, `files` among them, as a path from the folder.
pub(in crate::ecosystem) fn generated_from(project: &Project) -> Option<String> {
    let (above, library) = written_here(project)?;
    let levels = project.folder.strip_prefix(above).ok()?.components().count();
    Some(format!("{}{}", "../".repeat(levels), join(&library, MANIFEST)?))
}

/// The folder of the library that this folder is written from.
pub(in crate::ecosystem) fn written_from(project: &Project) -> Option<PathBuf> {
    written_here(project).map(|(above, library)| above.join(library))
}

/// The library that was written to this folder, and the folder above both that it is seen from.
fn written_here(project: &Project) -> Option<(&Path, String)> {
    let root = project.vcs_root()?;
    let above = project.folder.ancestors().skip(1).take_while(|above| above.starts_with(root));
    above.into_iter().find_map(|above| {
        let here = project.folder.strip_prefix(above).ok()?;
        let libraries = project.found(above, || Libraries(all(above)));
        let library = libraries.0.iter().find(|library| Path::new(&library.written) == here)?;
        Some((above, library.folder.clone()))
    })
}

/// The libraries that settings in this folder name.
fn all(folder: &Path) -> Vec<Library> {
    let mut libraries = ng_packagr::libraries(folder);
    libraries.append(&mut nx::libraries(folder));
    libraries.extend(releasers::library(folder));
    libraries.sort();
    libraries.dedup();
    libraries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    const ANGULAR: &str = r#"{"projects": {"ui": {"root": "projects/ui"}, "shop": {"root": ""}}}"#;
    const NX: &str =
        r#"{"targets": {"build": {"executor": "@nx/js:tsc", "options": {"outputPath": "dist/libs/ui"}}}}"#;

    #[test]
    fn whose_fields_a_manifest_has() {
        for (files, at, expected) in [
            (&[("ng-package.json", r#"{"dest": "./out/ui"}"#)][..], "out/ui", Some("../../package.json")),
            (&[("ng-package.json", r#"{"dest": "./out/ui"}"#)], "out", None),
            (&[("ng-package.json", "{}")], "out/ui", None),
            (&[("ng-package.json", "{}")], "dist", Some("../package.json")),
            (
                &[("angular.json", ANGULAR), ("projects/ui/ng-package.json", r#"{"dest": "../../dist/ui"}"#)],
                "dist/ui",
                Some("../../projects/ui/package.json"),
            ),
            (
                &[("angular.json", ANGULAR), ("projects/ui/ng-package.json", "{}")],
                "projects/ui/dist",
                Some("../package.json"),
            ),
            (&[("angular.json", ANGULAR)], "dist/ui", None),
            (
                &[("nx.json", "{}"), ("libs/ui/project.json", NX), ("libs/ui/package.json", "{}")],
                "dist/libs/ui",
                Some("../../../libs/ui/package.json"),
            ),
            (&[("libs/ui/project.json", NX), ("libs/ui/package.json", "{}")], "dist/libs/ui", None),
        ] {
            let folder = tree(&[files, &[(".git/HEAD", ""), (&format!("{at}/package.json"), "{}")]].concat());
            let project = Project::new(folder.path().join(at));
            assert_eq!(generated_from(&project).as_deref(), expected, "{files:?}");
        }
    }

    #[test]
    fn what_is_built_is_published() {
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
