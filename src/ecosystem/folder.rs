//! Projects: the folders that packages are packed from.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::inventory::{Inventory, Kind, ManifestProblem, Package};
use crate::project::{Around, Manifests, Member, Project, read_bytes};

use super::client::recipes;
use super::format::Fields;
use super::{ECOSYSTEMS, Ecosystem};

/// What an ecosystem knows of a project's folder.
pub(crate) trait ProjectFolder: Sync {
    /// What the folder's manifest says of its package, except what it would ship; `None` without a manifest of this
    /// ecosystem, and for one that can't be read, which is added to the problems.
    fn package(&self, files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package>;

    /// Whether the folder has a manifest of this ecosystem, in whatever state.
    fn is_here(&self, files: &Files<'_>) -> bool;

    /// What is wrong with the folder's manifest, if it can't be read.
    fn broken(&self, files: &Files<'_>) -> Option<String> {
        let mut problems = Vec::new();
        if self.is_here(files) {
            self.package(files, &mut problems);
        }
        let problem = problems.into_iter().find(|problem| problem.kind.blinds())?;
        let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
        Some(format!("{}{line}: {}", problem.place, problem.detail))
    }

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
                .filter(is_file)
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

/// Whether an entry of a folder is a file, or a link to one. Only for links the system has to be asked again.
pub(super) fn is_file(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_symlink() && entry.path().is_file())
}

/// What the first manifest in a folder says of its package; `None` without one that can be read.
pub(super) fn package(files: &Files<'_>, problems: &mut Vec<ManifestProblem>) -> Option<Package> {
    let projects = super::projects();
    projects.into_iter().find(|project| project.is_here(files))?.package(files, problems)
}

/// The package of the project in this folder, going by its manifest: name, version, licence, and whether it may be
/// published. An artifact's manifest gives the same. Of several manifests it is the first that something is published
/// from.
pub fn of_project(folder: &Path) -> Option<Package> {
    let files = Files::OnDisk(folder);
    let published = recipes(folder).into_iter().find(|(_, _, recipe)| !recipe.private);
    let is_it = |one: &&Ecosystem| published.as_ref().is_some_and(|(name, ..)| *name == one.name);
    let project = ECOSYSTEMS.iter().find(is_it).and_then(|one| one.project);
    project
        .and_then(|project| project.package(&files, &mut Vec::new()))
        .or_else(|| package(&files, &mut Vec::new()))
}

/// Folders that builds of web apps leave what is deployed in.
const DEPLOYED: [&str; 8] =
    ["dist", "build", "out", ".next", ".output/public", "_site", "public/build", "www"];

/// The only folder of the usual ones in a project that a build has left what is deployed in.
pub(super) fn usual_deploy_folder(folder: &Path) -> Option<&'static str> {
    let mut there = DEPLOYED.into_iter().filter(|name| folder.join(name).is_dir());
    there.next().filter(|_| there.next().is_none())
}

/// What is wrong with the manifests of a folder, if one can't be read.
pub fn broken_manifest(folder: &Path) -> Option<String> {
    super::projects().into_iter().find_map(|project| project.broken(&Files::OnDisk(folder)))
}

/// Whether a project's folder has a manifest of an ecosystem.
pub fn is_project(project: &Project) -> bool {
    manifests(project).is_known
}

/// Whether it has one of an ecosystem that packgate doesn't know.
pub fn is_foreign_project(project: &Project) -> bool {
    manifests(project).is_foreign
}

/// The names that the manifests of a project's folder give to packages.
pub fn names(project: &Project) -> Vec<String> {
    manifests(project).names.clone()
}

/// What is published in place of a project's folder, by a build that packgate doesn't run.
#[derive(Debug, PartialEq, Eq)]
pub struct Built {
    /// The command that builds it.
    pub command: &'static str,
    /// What that makes, as a rule: `target/*.jar`.
    pub artifacts: &'static str,
}

const MAVEN: Built = Built { command: "mvn package", artifacts: "target/*.jar" };
const GRADLE: Built = Built { command: "./gradlew assemble", artifacts: "build/libs/*.jar" };
const DOTNET: Built = Built { command: "dotnet pack -o packed", artifacts: "packed/*.nupkg" };

/// Ends of the manifests' names in ecosystems whose projects packgate doesn't know, and what is built from them, where it
/// isn't the folder that is published.
const FOREIGN: [(&str, Option<Built>); 11] = [
    ("pom.xml", Some(MAVEN)),
    ("build.gradle", Some(GRADLE)),
    ("build.gradle.kts", Some(GRADLE)),
    (".csproj", Some(DOTNET)),
    (".fsproj", Some(DOTNET)),
    (".vbproj", Some(DOTNET)),
    (".sln", Some(DOTNET)),
    ("go.mod", None),
    ("composer.json", None),
    ("pubspec.yaml", None),
    ("Package.swift", None),
];

/// The manifest in a folder that something is built from which is published in its place.
pub fn built(folder: &Path) -> Option<(String, &'static Built)> {
    let names = Files::OnDisk(folder).names();
    FOREIGN.iter().find_map(|(end, built)| {
        let name = names.iter().find(|name| name.ends_with(end))?;
        Some((name.clone(), built.as_ref()?))
    })
}

fn manifests(project: &Project) -> Arc<Manifests> {
    project.manifests(|| {
        let files = Files::OnDisk(&project.folder);
        let here: Vec<_> = super::projects().into_iter().filter(|one| one.is_here(&files)).collect();
        let packages = here.iter().filter_map(|one| one.package(&files, &mut Vec::new()));
        let is_foreign = |name: &String| FOREIGN.iter().any(|(end, _)| name.ends_with(end));
        Manifests {
            names: packages.map(|package| package.name).filter(|name| !name.is_empty()).collect(),
            dependencies: here.iter().flat_map(|one| one.dependencies(&project.folder)).collect(),
            is_known: !here.is_empty(),
            is_foreign: files.names().iter().any(is_foreign),
        }
    })
}

/// Whether two names are one for a registry: letter case and the sort of dash don't matter.
pub fn is_same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// Whether a file can be an artifact of the package of this name, as clients call what they pack: the name, then a
/// version.
pub fn is_named_after(file: &str, name: &str) -> bool {
    let rest = plain(file);
    let stem = plain(name.trim_start_matches('@')).replace('/', "-");
    let rest = rest.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// Whether packages of this kind have this manifest.
pub fn is_manifest_of(kind: Kind, manifest: &str) -> bool {
    let mut ecosystems = super::ECOSYSTEMS.iter();
    let ecosystem = ecosystems.find(|one| one.formats.iter().any(|format| format.kind() == kind));
    ecosystem.and_then(|one| one.project).is_some_and(|project| project.reads(manifest))
}

/// Whether a file of this name is a manifest that something is packed by.
pub fn is_manifest(name: &str) -> bool {
    super::projects().into_iter().any(|project| project.reads(name))
}

/// A member's name as those write it that depend on it: build tools of Python write hyphens. No text imports a crate: its
/// name in quotes is a word, or a package of another ecosystem.
pub fn written_names(member: &Member) -> Vec<String> {
    if is_manifest_of(Kind::Crate, member.manifest) {
        return Vec::new();
    }
    let mut names = vec![member.name.clone()];
    if is_manifest_of(Kind::Wheel, member.manifest) {
        names.push(member.name.replace(['_', '.'], "-"));
    }
    names
}

/// The packages that the manifests of a folder depend on, for any purpose.
pub fn dependencies(project: &Project) -> Vec<String> {
    manifests(project).dependencies.clone()
}

/// All packages of the workspaces that the project's folder belongs to, sorted by folder.
pub fn members(project: &Project) -> &[Member] {
    &around(project).members
}

/// The packages of the workspaces whose root this folder is, sorted by folder; a package is there once for each manifest
/// that it has.
pub fn members_of(folder: &Path) -> Vec<Member> {
    let mut members: Vec<Member> =
        super::projects().into_iter().filter_map(|one| one.members(folder)).flatten().collect();
    members.sort_by(|a, b| (&a.folder, a.manifest).cmp(&(&b.folder, b.manifest)));
    members.dedup_by(|a, b| a.folder == b.folder);
    members
}

/// Whether a folder is the root of a workspace that has members.
pub fn is_workspace(folder: &Path) -> bool {
    std::fs::canonicalize(folder)
        .is_ok_and(|folder| members_of(&folder).iter().any(|one| one.folder != folder))
}

/// Whether packages of the project's workspaces lie below a folder.
pub fn has_members_below(project: &Project, folder: &Path) -> bool {
    members(project).iter().any(|one| one.folder != folder && one.folder.starts_with(folder))
}

/// The project's folder and those above it that have a say on it: up to the root of version control, or, where there
/// is none, up to the root of the outermost workspace that it is a member of.
pub fn upwards(project: &Project) -> impl Iterator<Item = &Path> {
    let outermost = &around(project).outermost;
    project.folder.ancestors().take_while(move |folder| folder.starts_with(outermost))
}

/// The last of [`upwards`].
pub fn outermost(project: &Project) -> &Path {
    &around(project).outermost
}

/// The project of a member of this one's workspace.
pub fn member(project: &Project, folder: &Path) -> Project {
    let is_root = |folder: &Path| super::projects().iter().any(|one| one.members(folder).is_some());
    // A workspace inside the workspace is no business of those beside it.
    let is_apart =
        |one: &Path, other: &Path| one.ancestors().take_while(|above| !other.starts_with(above)).any(is_root);
    let is_below = folder.starts_with(outermost(project));
    match is_below && !is_apart(folder, &project.folder) && !is_apart(&project.folder, folder) {
        true => project.beside(folder),
        false => Project::new(folder),
    }
}

fn around(project: &Project) -> &Around {
    project.around(|| {
        let vcs_root = project.vcs_root();
        let mut outermost = vcs_root.unwrap_or(&project.folder);
        let mut members = Vec::new();
        for folder in project.folder.ancestors() {
            let is_inside = folder.starts_with(outermost);
            if !is_inside && vcs_root.is_some() {
                break;
            }
            let found: Vec<Member> =
                super::projects().into_iter().filter_map(|one| one.members(folder)).flatten().collect();
            if is_inside {
                members.extend(found);
            } else if found.iter().any(|member| member.folder == project.folder) {
                outermost = folder;
                members.extend(found);
            }
        }
        members.sort_by(|a, b| (&a.folder, a.manifest).cmp(&(&b.folder, b.manifest)));
        members.dedup();
        Around { outermost: outermost.to_path_buf(), members }
    })
}

/// Most folders looked at in the search for members of a workspace.
const MOST_FOLDERS: usize = 20_000;

/// Globs of folders, in order; `!` excludes.
pub(super) struct Patterns(Vec<(bool, globset::GlobMatcher)>);

impl Patterns {
    pub(super) fn new(patterns: &[String]) -> Self {
        let compiled = |pattern: &String| {
            let (takes, glob) = match pattern.strip_prefix('!') {
                Some(glob) => (false, glob),
                None => (true, pattern.as_str()),
            };
            let glob = glob.trim_start_matches("./").trim_matches('/');
            // What clients look for is the manifest, so that `dist/**` fits `dist` itself.
            let above = glob.strip_suffix("/**");
            let fits = |glob: &str| {
                let glob = globset::GlobBuilder::new(glob).literal_separator(true).build().ok()?;
                Some((takes, glob.compile_matcher()))
            };
            Some([Some(glob), above].into_iter().flatten().filter_map(fits).collect::<Vec<_>>())
        };
        Self(patterns.iter().filter_map(compiled).flatten().collect())
    }

    /// Whether a folder is taken: the last pattern that fits it decides.
    pub(super) fn take(&self, folder: &Path) -> bool {
        self.0.iter().rev().find(|(_, glob)| glob.is_match(folder)).is_some_and(|(takes, _)| *takes)
    }
}

/// The folders below `root` that the patterns take and that contain `manifest`.
pub(super) fn matching(
    root: &Path,
    patterns: &[String],
    never: &[&str],
    manifest: &str,
) -> BTreeSet<PathBuf> {
    let compiled = Patterns::new(patterns);
    let taking = patterns.iter().filter(|pattern| !pattern.starts_with('!'));
    let deepest = taking.map(|pattern| match pattern.contains("**") {
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
        if compiled.take(relative) && entry.path().join(manifest).is_file() {
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
        let names: Vec<(String, bool)> =
            members(&project).iter().map(|m| (m.name.clone(), m.private)).collect();
        let expected = [("root", true), ("c", true), ("@acme/a", false), ("@acme/b", true)];
        assert_eq!(names, expected.map(|(name, private)| (name.to_owned(), private)));
        assert_eq!(project.vcs_root().unwrap(), fs::canonicalize(folder.path()).unwrap());
        assert_eq!(upwards(&project).last(), project.vcs_root());
    }

    #[test]
    fn pnpm_names_its_members_in_a_file_of_its_own() {
        let folder = tree(&[
            (".git/HEAD", ""),
            ("pnpm-workspace.yaml", "packages:\n  - 'apps/**'\ncatalog:\n  react: ^19\n"),
            ("apps/x/y/package.json", r#"{"name": "y"}"#),
        ]);
        let project = Project::new(folder.path());
        assert_eq!(members(&project).iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn a_pattern_for_all_below_a_folder_fits_the_folder() {
        let taken = |patterns: &[&str], folder: &str| {
            let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            Patterns::new(&patterns).take(Path::new(folder))
        };
        let patterns = ["packages/**", "!**/dist/**"];
        for (folder, expected) in [
            ("packages", true),
            ("packages/a", true),
            ("packages/a/b", true),
            ("packages/a/dist", false),
            ("packages/a/dist/b", false),
            ("packages/a/distant", true),
            ("other", false),
        ] {
            assert_eq!(taken(&patterns, folder), expected, "{folder}");
        }
        assert!(!taken(&["packages/*"], "packages"));
    }

    #[test]
    fn without_version_control_a_workspace_reaches_up_to_its_root() {
        let folder = tree(&[
            ("package.json", r#"{"name": "root", "workspaces": ["packages/*"]}"#),
            ("packages/a/package.json", r#"{"name": "a"}"#),
            ("packages/a/lib/x.js", ""),
            ("other/package.json", r#"{"name": "other"}"#),
        ]);
        let root = fs::canonicalize(folder.path()).unwrap();
        let reach = |below: &str| {
            let project = Project::new(root.join(below));
            (outermost(&project).to_path_buf(), members(&project).len())
        };
        assert_eq!(reach("packages/a"), (root.clone(), 2));
        assert_eq!(reach("other"), (root.join("other"), 0));
        assert_eq!(reach("packages/a/lib"), (root.join("packages/a/lib"), 0));
    }

    #[test]
    fn members_share_what_is_known_of_their_workspace() {
        let folder = tree(&[
            (".git/HEAD", ""),
            ("package.json", r#"{"name": "root", "workspaces": ["packages/*"]}"#),
            ("packages/a/package.json", r#"{"name": "a"}"#),
            ("packages/b/package.json", r#"{"name": "b", "workspaces": ["inner"]}"#),
            ("packages/b/inner/package.json", r#"{"name": "c"}"#),
        ]);
        let root = Project::new(folder.path());
        for (below, known) in [("packages/a", 3), ("packages/b", 4)] {
            let path = root.folder.join(below);
            let alone = Project::new(&path);
            assert_eq!(members(&member(&root, &path)), members(&alone), "{below}");
            assert_eq!(members(&alone).len(), known, "{below}");
        }
    }
}
