//! Folders that a build writes and that are published in a project's place, and what they are written from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::join;
use crate::project::Project;

use super::folder::{names, of_project};
use super::npm::libraries;

/// The folders in a project that are published in its place: those that ng-packagr or Nx write its libraries to, or, if it is
/// private, the one where a build has written a manifest of the same name without the mark.
pub fn published_from(project: &Project) -> Vec<String> {
    let written = libraries::published_from(&project.folder);
    if !written.is_empty() || !of_project(&project.folder).is_some_and(|package| package.private) {
        return written;
    }
    let names = names(project);
    let is_published = |name: &String| {
        let package = of_project(&project.folder.join(name));
        package.is_some_and(|package| !package.private && names.contains(&package.name))
    };
    let mut folders = fs::read_dir(&project.folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(is_published);
    folders.next().filter(|_| folders.next().is_none()).into_iter().collect()
}

/// The folder outside of a project that is published in its place, as a path from it.
pub fn published_outside(folder: &Path) -> Option<String> {
    let (_, written) = libraries::destination(folder)?;
    join("", &written).is_none().then_some(written)
}

/// The folder that a build writes this one from, with a manifest made of that one's.
pub fn written_from(project: &Project) -> Option<PathBuf> {
    libraries::written_from(project).or_else(|| below_its_source(project))
}

/// Whether a build writes a project's manifest: version control, which would keep one that somebody wrote, has nothing of
/// the folder.
pub(super) fn is_generated(project: &Project) -> bool {
    below_its_source(project).is_some() && project.tracked_files().is_none_or(|files| files.is_empty())
}

/// The folder further up with a manifest of the same name, if this is one of those that builds write.
fn below_its_source(project: &Project) -> Option<PathBuf> {
    const WRITTEN: [&str; 7] = ["dist", "build", "out", "lib", "npm", "pkg", "package"];
    let root = project.vcs_root()?;
    let below = project.folder.strip_prefix(root).unwrap_or(Path::new(""));
    if !below.iter().any(|part| WRITTEN.iter().any(|name| part == *name)) {
        return None;
    }
    let is_the_same =
        |folder: &&Path| of_project(folder).is_some_and(|own| names(project).contains(&own.name));
    let mut above = project.folder.ancestors().skip(1).take(below.iter().count());
    above.find(is_the_same).map(Path::to_path_buf)
}
