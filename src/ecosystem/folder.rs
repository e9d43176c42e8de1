//! Projects: the folders that packages are packed from.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inventory::{Inventory, ManifestProblem, Package};
use crate::project::{Project, read_bytes};

use super::format::Fields;

/// What an ecosystem knows of a project's folder.
pub(crate) trait ProjectFolder: Sync {
    /// What the folder's manifest says of its package, except what it would ship; `None` without a manifest of this
    /// ecosystem, and for one that can't be read, which is added to the problems.
    fn package(&self, files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package>;

    /// Whether the folder has a manifest of this ecosystem, in whatever state.
    fn is_here(&self, files: &Files<'_>) -> bool;

    /// Whether [`ProjectFolder::package`] reads a file at the top of the folder.
    fn reads(&self, name: &str) -> bool;

    /// All packages of the workspace whose root the folder is; `None` if it isn't one.
    fn members(&self, folder: &Path) -> Option<Vec<Member>>;

    /// The packages that the folder's manifest depends on, for any purpose.
    fn dependencies(&self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }

    /// The fields of the manifest that matter to whoever installs the package, as [`Format::fields`](super::Format::fields) gives them.
    fn fields(&self, _manifest: &[u8]) -> Option<Fields> {
        None
    }

    /// The manifest that may hold settings, and the paths of the tables in it.
    fn settings(&self) -> Option<SettingsTables>;
}

/// A manifest that may hold settings: its name, and the paths of the tables in it.
pub(crate) type SettingsTables = (&'static str, &'static [&'static [&'static str]]);

/// The files at the top of a folder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Files<'a> {
    /// A project's folder.
    OnDisk(&'a Path),
    /// A folder that was audited as it is: the files that were kept.
    Kept(&'a Inventory),
}

impl Files<'_> {
    /// The bytes of a file; `None` when it is absent or too large.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            Self::OnDisk(folder) => read_bytes(&folder.join(name)),
            Self::Kept(inventory) => {
                Some(inventory.manifests.iter().rfind(|kept| kept.path == name)?.bytes.clone())
            }
        }
    }

    /// The text of a file, without a byte-order mark.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.read(name)?).into_owned();
        Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::OnDisk(folder) => folder.join(name).is_file(),
            Self::Kept(inventory) => inventory.top_files().any(|entry| entry.path == name),
        }
    }

    /// The names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::OnDisk(folder) => fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .filter(|entry| entry.path().is_file())
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect(),
            Self::Kept(inventory) => inventory
                .top_files()
                .filter(|entry| !entry.path.contains('/'))
                .map(|entry| entry.path.clone())
                .collect(),
        };
        names.sort();
        names
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Self::OnDisk(folder) => folder.to_path_buf(),
            Self::Kept(inventory) => PathBuf::from(&inventory.artifact.path),
        }
    }
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name in its manifest.
    pub name: String,
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// Whether its manifest forbids publishing.
    pub private: bool,
    /// Which manifest it has: `package.json` or `Cargo.toml`.
    pub manifest: &'static str,
}

/// What the first manifest in a folder says of its package; `None` without one that can be read.
pub(super) fn package(files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let projects = super::projects();
    projects.into_iter().find(|project| project.is_here(files))?.package(files, problems)
}

/// The package of the project in this folder, going by its manifest: name, version, licence, and whether it may be
/// published. An artifact's manifest gives the same.
pub fn of_project(folder: &Path) -> Option<Package> {
    package(&Files::OnDisk(folder), &mut Vec::new())
}

/// Whether a folder has a manifest of an ecosystem.
pub fn is_project(folder: &Path) -> bool {
    super::projects().into_iter().any(|project| project.is_here(&Files::OnDisk(folder)))
}

/// The names that the manifests of a folder give to packages.
pub fn names(folder: &Path) -> Vec<String> {
    let files = Files::OnDisk(folder);
    let packages = super::projects().into_iter().filter_map(|one| one.package(&files, &mut Vec::new()));
    packages.map(|package| package.name).filter(|name| !name.is_empty()).collect()
}

/// The packages that the manifests of a folder depend on, for any purpose.
pub fn dependencies(folder: &Path) -> Vec<String> {
    super::projects().into_iter().flat_map(|project| project.dependencies(folder)).collect()
}

/// All packages of the workspaces that the project's folder belongs to, sorted by folder.
pub fn members(project: &Project) -> Vec<Member> {
    let mut members = Vec::new();
    for folder in project.upwards() {
        members.extend(members_of(folder));
    }
    if project.vcs_root().is_none() {
        // Nothing says where the repository ends: a folder above counts if it says that this one is its member.
        let above = project.folder.ancestors().skip(1).take(MOST_ABOVE).map(members_of);
        let mut ours = above.filter(|members| members.iter().any(|member| member.folder == project.folder));
        members.extend(ours.next().unwrap_or_default());
    }
    members.sort_by(|a, b| (&a.folder, a.manifest).cmp(&(&b.folder, b.manifest)));
    members.dedup();
    members
}

fn members_of(folder: &Path) -> Vec<Member> {
    super::projects().into_iter().filter_map(|one| one.members(folder)).flatten().collect()
}

/// Most folders above a project in which a workspace is looked for where there is no version control.
const MOST_ABOVE: usize = 8;

/// The folders of the workspace's members that have this manifest, are below a folder and may be published.
pub(super) fn public_members(folder: &Path, manifest: &str) -> Vec<PathBuf> {
    let project = Project::new(folder);
    let members = members(&project).into_iter();
    members
        .filter(|member| {
            member.manifest == manifest && !member.private && member.folder.starts_with(&project.folder)
        })
        .map(|member| member.folder)
        .collect()
}

/// Most folders looked at in the search for members of a workspace.
const MOST_FOLDERS: usize = 20_000;

/// The folders below `root` that match one of the patterns and contain `manifest`. Patterns are globs of folders, in
/// order; `!` excludes.
pub(super) fn matching(
    root: &Path,
    patterns: &[String],
    never: &[&str],
    manifest: &str,
) -> BTreeSet<PathBuf> {
    let compiled: Vec<(bool, globset::GlobMatcher)> = patterns
        .iter()
        .filter_map(|pattern| {
            let (takes, glob) = match pattern.strip_prefix('!') {
                Some(glob) => (false, glob),
                None => (true, pattern.as_str()),
            };
            let glob = glob.trim_start_matches("./").trim_matches('/');
            let glob = globset::GlobBuilder::new(glob).literal_separator(true).build().ok()?;
            Some((takes, glob.compile_matcher()))
        })
        .collect();
    let deepest = patterns.iter().map(|pattern| match pattern.contains("**") {
        true => 12,
        false => pattern.split('/').count(),
    });
    let mut walk = ignore::WalkBuilder::new(root);
    let never: Vec<String> = never.iter().map(|name| (*name).to_owned()).collect();
    walk.standard_filters(false)
        .follow_links(false)
        .max_depth(Some(deepest.max().unwrap_or(0)))
        .filter_entry(move |entry| {
            entry.file_type().is_some_and(|kind| kind.is_dir())
                && entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| !never.iter().any(|n| n == name) && name != ".git")
        });
    let mut found = BTreeSet::new();
    for entry in walk.build().flatten().take(MOST_FOLDERS) {
        let Ok(relative) = entry.path().strip_prefix(root) else { continue };
        let fits =
            compiled.iter().rev().find(|(_, glob)| glob.is_match(relative)).is_some_and(|(takes, _)| *takes);
        if fits && entry.path().join(manifest).is_file() {
            found.insert(entry.path().to_path_buf());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    #[test]
    fn members_of_workspaces() {
        let folder = tree(&[
            (".git/HEAD", ""),
            (
                "package.json",
                r#"{"name": "root", "private": true, "workspaces": ["packages/*", "!packages/old"]}"#,
            ),
            ("packages/a/package.json", r#"{"name": "@acme/a"}"#),
            ("packages/b/package.json", r#"{"name": "@acme/b", "private": true}"#),
            ("packages/old/package.json", r#"{"name": "@acme/old"}"#),
            ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/x\"]\n"),
            ("crates/c/Cargo.toml", "[package]\nname = \"c\"\npublish = false\n"),
            ("crates/x/Cargo.toml", "[package]\nname = \"x\"\n"),
        ]);
        let project = Project::new(folder.path().join("packages/a"));
        let names: Vec<(String, bool)> = members(&project).into_iter().map(|m| (m.name, m.private)).collect();
        let expected = [("root", true), ("c", true), ("@acme/a", false), ("@acme/b", true)];
        assert_eq!(names, expected.map(|(name, private)| (name.to_owned(), private)));
        assert_eq!(project.vcs_root().unwrap(), fs::canonicalize(folder.path()).unwrap());
        assert_eq!(project.nearest("Cargo.toml"), project.vcs_root());
    }

    #[test]
    fn pnpm_names_its_members_in_a_file_of_its_own() {
        let folder = tree(&[
            (".git/HEAD", ""),
            ("pnpm-workspace.yaml", "packages:\n  - 'apps/**'\ncatalog:\n  react: ^19\n"),
            ("apps/x/y/package.json", r#"{"name": "y"}"#),
        ]);
        let members = members(&Project::new(folder.path()));
        assert_eq!(members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["y"]);
    }
}
