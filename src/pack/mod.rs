//! Packing folders with their own clients, into a temporary folder, so that what is audited is what would be
//! published. At the root of a workspace that is every member that is published.

mod assign;
mod choose;
mod order;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};

use crate::ecosystem::{self, Built, Client, Edit, is_packing, recipes};
use crate::project::{Member, Project};
use crate::scratch;

pub use crate::ecosystem::ClientError;
pub use choose::Choice;
pub use order::in_order;
pub use watch::{Sight, Watch};

/// What clients wrote. The files live as long as this.
#[derive(Debug)]
pub struct Packed {
    /// The artifacts: packages that others depend on before those, and a package's own by name.
    pub artifacts: Vec<Artifact>,
    /// The commands that made them, for messages: `npm pack`.
    pub commands: Vec<String>,
    /// Whether these are all packages of a workspace that are published.
    pub is_whole_workspace: bool,
    /// Members of the workspace that are not published.
    pub left_out: Vec<LeftOut>,
    /// Members that could not be packed.
    pub failed: Vec<(String, PackError)>,
    _folder: scratch::Folder,
}

/// A file that a client wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// The folder of the package that it is of.
    pub folder: PathBuf,
    /// The ecosystem whose client wrote it.
    ecosystem: &'static str,
}

impl Artifact {
    /// The command that publishes it, from where it was put: `npm publish FILE`.
    pub fn publish_command(&self, file: &str) -> String {
        clients()
            .find(|(name, _)| *name == self.ecosystem)
            .map_or_else(String::new, |(_, client)| client.publishes(&self.folder, file))
    }
}

/// A member of a workspace that is not packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

impl LeftOut {
    /// A package that another one of the same folder has in it.
    fn part(manifest: &str) -> Self {
        let why = "built for programs in other languages alone, so a part of the package beside it";
        Self { name: manifest.to_owned(), why: why.to_owned() }
    }
}

/// Why a folder could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Nothing in it says how to pack it.
    #[error(
        "it has no package.json, Cargo.toml, pyproject.toml, setup.py or .gemspec to pack it from; use --as-is to audit the folder as it is"
    )]
    NoManifest,
    /// What is published is built by something that this program doesn't run.
    #[error(
        "packgate doesn't build what {manifest} is for: run `{}` and name what that makes, as in `packgate check {}`; use --as-is to audit the folder as it is", .built.command, .built.artifacts
    )]
    NotBuilt {
        /// The manifest.
        manifest: String,
        /// What it is built by.
        built: &'static Built,
    },
    /// A workspace of which nothing is published.
    #[error(
        "nothing in this workspace is published: every package in it is private; name a folder that is deployed, as in `packgate check dist`"
    )]
    NothingPublished,
    /// There is no such member.
    #[error("{0}")]
    NoMember(String),
    /// The folder is being packed by this program already.
    #[error(
        "it is already being packed for an audit, which will judge the result; this run was started by one of its scripts"
    )]
    Again,
    /// The client is missing or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A folder or file could not be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl PackError {
    /// The folder and the changes to lists in it by which the client would pack it.
    pub fn way_out(&self) -> Option<(&Path, &[Edit])> {
        match self {
            Self::Client(ClientError::Refused { folder, edits, .. }) => Some((folder, edits)),
            _ => None,
        }
    }
}

/// Whether a folder has a manifest from which something is made that is published in its place, or members of a
/// workspace that have.
pub fn has_manifest(folder: &Path) -> bool {
    !recipes(folder).is_empty() || ecosystem::is_workspace(folder) || ecosystem::built(folder).is_some()
}

/// Packs a folder with its own clients: every ecosystem that it has a publishable manifest of; if all of them forbid
/// publishing, the first. At the root of a workspace, all members that are published and that `choice` wants.
///
/// Lifecycle scripts run as they would for publishing. What the clients print is only shown when they fail.
///
/// # Errors
/// There is nothing to pack, a client is missing, or one failed. Members of a workspace that can't be packed keep no
/// other from it, and are in [`Packed::failed`].
pub fn pack(folder: &Path, choice: &Choice) -> Result<Packed, PackError> {
    pack_watched(folder, choice, &Watch::default())
}

/// The same, where somebody watches.
///
/// # Errors
/// As [`pack`].
pub fn pack_watched(folder: &Path, choice: &Choice, watch: &Watch) -> Result<Packed, PackError> {
    let folder = fs::canonicalize(folder)?;
    if is_packing(&folder) {
        return Err(PackError::Again);
    }
    let project = Project::new(&folder);
    let mut packed = Packed {
        artifacts: Vec::new(),
        commands: Vec::new(),
        is_whole_workspace: false,
        left_out: Vec::new(),
        failed: Vec::new(),
        _folder: scratch::Folder::new()?,
    };
    let is_publishing = || recipes(&folder).iter().any(|(_, client, _)| client.is_publishing(&folder));
    let members = if is_publishing() { Vec::new() } else { members_with_root(&folder) };
    let members = choice.of(&project, &members, &mut packed.left_out)?;
    match members.is_empty() && !choice.is_narrow() {
        true => packed.alone(&folder)?,
        false => {
            packed.members(&folder, &members, watch);
            packed.is_whole_workspace = !choice.is_narrow() && packed.failed.is_empty();
        }
    }
    Ok(packed)
}

/// The packages of the workspaces whose root the folder is. What else is published from the root is one of them, though
/// its manifest may know of no workspace: a Python package beside an unnamed `package.json` that lists some.
fn members_with_root(folder: &Path) -> Vec<Member> {
    let mut members = ecosystem::members_of(folder);
    if members.is_empty() || members.iter().any(|member| member.folder == folder) {
        return members;
    }
    if let Some((_, _, recipe)) = recipes(folder).iter().find(|(_, _, recipe)| !recipe.private) {
        members.insert(
            0,
            Member {
                name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                version: String::new(),
                folder: folder.to_path_buf(),
                private: false,
                held_back: None,
                manifest: recipe.manifest,
            },
        );
    }
    members
}

/// Whether packing the package of a folder may run programs of it, so that its files may be others afterwards.
pub fn runs_programs(folder: &Path) -> bool {
    recipes(folder).iter().any(|(_, client, _)| client.runs_programs(folder))
}

impl Packed {
    /// Packs the package of a folder.
    fn alone(&mut self, folder: &Path) -> Result<(), PackError> {
        let mut chosen = recipes(folder);
        match chosen.iter().any(|(_, _, recipe)| !recipe.private) {
            true => {
                let parts = chosen.extract_if(.., |(_, _, recipe)| recipe.private);
                let parts = parts.filter(|(_, _, recipe)| recipe.is_part);
                self.left_out.extend(parts.map(|(_, _, recipe)| LeftOut::part(recipe.manifest)));
            }
            false => chosen.truncate(1),
        }
        if chosen.is_empty() {
            return Err(match (self.left_out.is_empty(), ecosystem::built(folder)) {
                (true, Some((manifest, built))) => PackError::NotBuilt { manifest, built },
                (true, None) => PackError::NoManifest,
                (false, _) => PackError::NothingPublished,
            });
        }
        for (ecosystem, client, _) in chosen {
            match self.one(folder, ecosystem, client) {
                // There is something to look at all the same.
                Err(error @ PackError::Client(ClientError::Withheld { .. })) => {
                    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    self.failed.push((name, error));
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Packs a folder with one client.
    fn one(&mut self, folder: &Path, ecosystem: &'static str, client: &dyn Client) -> Result<(), PackError> {
        let into = self.folder()?;
        let packed = client.pack(folder, &into);
        let written = artifacts_in(&into, client)?;
        if matches!(packed, Err(ClientError::Withheld { .. })) {
            self.add(written.clone(), folder, ecosystem);
        }
        let command = packed?;
        if written.is_empty() {
            return Err(ClientError::NothingWritten { command }.into());
        }
        self.add(written, folder, ecosystem);
        self.commands.push(command);
        Ok(())
    }

    fn add(&mut self, written: Vec<PathBuf>, folder: &Path, ecosystem: &'static str) {
        let artifact = |path| Artifact { path, folder: folder.to_path_buf(), ecosystem };
        self.artifacts.extend(written.into_iter().map(artifact));
    }

    /// An empty folder for one run of a client.
    fn folder(&self) -> std::io::Result<PathBuf> {
        let into = self._folder.path().join(fs::read_dir(self._folder.path())?.count().to_string());
        fs::create_dir(&into)?;
        Ok(into)
    }

    /// Packs members of the workspace whose root `root` is.
    fn members(&mut self, root: &Path, members: &[Member], watch: &Watch) {
        let recipes: Vec<_> = members.iter().map(|member| (member, recipes(&member.folder))).collect();
        for (ecosystem, client) in clients() {
            let own = recipes.iter().filter(|(_, recipes)| {
                recipes.iter().any(|(name, _, recipe)| *name == ecosystem && !recipe.private)
            });
            let own: Vec<&Member> = own.map(|(member, _)| *member).collect();
            let mut rest = own.clone();
            let names = assign::Names::of(&own);
            if own.len() > 1 && names.are_distinct() {
                let written = self.at_once(root, (&own, &names), (ecosystem, client), watch);
                rest.retain(|member| !written.contains(&member.folder));
            }
            for member in rest {
                if let Err(error) = self.one(&member.folder, ecosystem, client) {
                    self.failed.push((member.name.clone(), error));
                }
            }
        }
        let place = |folder: &Path| members.iter().position(|member| member.folder == folder);
        self.artifacts.sort_by_key(|artifact| (place(&artifact.folder), artifact.path.clone()));
    }

    /// Packs members in one go, if the client can; returns the folders of those of which it wrote something. What goes
    /// wrong here is told when they are packed one by one.
    fn at_once(
        &mut self,
        root: &Path,
        (members, names): (&[&Member], &assign::Names),
        (ecosystem, client): (&'static str, &dyn Client),
        watch: &Watch,
    ) -> Vec<PathBuf> {
        let Ok(into) = self.folder() else { return Vec::new() };
        let (below, ends) = client.leaves();
        watch.begin(into.join(below), ends, members);
        let Some(Ok(command)) = client.pack_all(root, members, &into) else { return Vec::new() };
        let written = artifacts_in(&into, client).unwrap_or_default();
        let mut owned: Vec<Vec<PathBuf>> = vec![Vec::new(); members.len()];
        for path in written {
            if let Some(own) = names.owner(&path).and_then(|owner| owned.get_mut(owner)) {
                own.push(path);
            }
        }
        let mut folders = Vec::new();
        for (member, own) in members.iter().zip(owned).filter(|(_, own)| !own.is_empty()) {
            self.add(own, &member.folder, ecosystem);
            folders.push(member.folder.clone());
        }
        self.commands.push(command);
        folders
    }
}

/// All clients, with their ecosystems' names.
fn clients() -> impl Iterator<Item = (&'static str, &'static dyn Client)> {
    ecosystem::ECOSYSTEMS.iter().filter_map(|one| Some((one.name, one.client?)))
}

/// The artifacts that a client left in its folder.
fn artifacts_in(into: &Path, client: &dyn Client) -> std::io::Result<Vec<PathBuf>> {
    let (below, ends) = client.leaves();
    let folder = into.join(below);
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() && watch::is_artifact(&path, ends) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn words(files: &[(&str, &str)]) -> Vec<(&'static str, bool)> {
        let folder = tree(files);
        recipes(folder.path()).iter().map(|(name, _, recipe)| (*name, recipe.private)).collect()
    }

    #[test]
    fn what_a_folder_is_packed_by() {
        assert_eq!(words(&[("index.html", "")]), []);
        assert_eq!(words(&[("package.json", "{}")]), [("npm", false)]);
        assert_eq!(words(&[("package.json", r#"{"private": true}"#)]), [("npm", true)]);
        assert_eq!(words(&[("package.json", r#"{"type": "commonjs"}"#)]), []);
        assert_eq!(words(&[("package.json", r#"{"engines": {"vscode": "^1"}}"#)]), [("vsix", false)]);
        assert_eq!(words(&[("Cargo.toml", "[package]\nname = \"a\"\npublish = false")]), [("cargo", true)]);
        let unversioned = ("Cargo.toml", "[package]\nname = \"a\"");
        assert_eq!(words(&[unversioned]), [("cargo", true)]);
        let versioned = ("Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true");
        assert_eq!(words(&[versioned]), [("cargo", false)]);
        assert_eq!(words(&[("pyproject.toml", "[tool.ruff]\n")]), []);
        let setuptools = ("pyproject.toml", "[build-system]\nbuild-backend = \"setuptools.build_meta\"\n");
        assert_eq!(words(&[setuptools]), []);
        assert_eq!(words(&[setuptools, ("setup.cfg", "")]), [("python", false)]);
        assert_eq!(
            words(&[("pyproject.toml", "[build-system]\nbuild-backend = \"mesonpy\"\n")]),
            [("python", false)]
        );
        assert_eq!(words(&[("pyproject.toml", "[project]\nname = \"a\"")]), [("python", false)]);
        assert_eq!(words(&[("a.gemspec", "")]), [("gem", false)]);
        assert_eq!(words(&[("Cargo.toml", "[workspace]\nmembers = [\"x\"]")]), []);
    }

    #[test]
    fn a_library_for_another_language_is_a_part_of_that_one_s_package() {
        let crate_of = |types: &str, rest: &str| {
            (
                "Cargo.toml",
                format!(
                    "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[lib]\ncrate-type = [{types}]\n{rest}"
                ),
            )
        };
        let beside = |(name, text): (&'static str, String), manifest: (&'static str, &str)| {
            words(&[(name, text.as_str()), manifest, ("src/lib.rs", "")])
        };
        let npm = ("package.json", "{}");
        assert_eq!(beside(crate_of("\"cdylib\"", ""), npm), [("npm", false), ("cargo", true)]);
        assert_eq!(beside(crate_of("\"cdylib\", \"rlib\"", ""), npm), [("npm", false), ("cargo", false)]);
        assert_eq!(
            beside(crate_of("\"cdylib\"", "[[bin]]\nname = \"a\""), npm),
            [("npm", false), ("cargo", false)]
        );
        let python = ("pyproject.toml", "[project]\nname = \"a\"");
        assert_eq!(beside(crate_of("\"cdylib\"", ""), python), [("cargo", true), ("python", false)]);
        let private = ("package.json", r#"{"private": true}"#);
        assert_eq!(beside(crate_of("\"cdylib\"", ""), private), [("npm", true), ("cargo", false)]);
        assert_eq!(beside(crate_of("\"staticlib\"", ""), ("README.md", "")), [("cargo", false)]);
    }

    #[test]
    fn what_others_build_is_not_taken_for_what_is_published() {
        for manifest in ["pom.xml", "build.gradle.kts", "Acme.Core.csproj"] {
            let folder = tree(&[(manifest, ""), ("src/secret.txt", "")]);
            assert!(has_manifest(folder.path()), "{manifest}");
            let error = pack(folder.path(), &Choice::default()).unwrap_err();
            assert!(error.to_string().contains(manifest), "{error}");
        }
        assert!(!has_manifest(tree(&[("composer.json", "{}")]).path()), "the folder is what is published");
    }

    #[test]
    fn a_folder_without_manifest() {
        let folder = tree(&[("index.html", "")]);
        assert!(matches!(pack(folder.path(), &Choice::default()), Err(PackError::NoManifest)));
    }

    #[test]
    fn what_is_published_from_the_root_of_a_workspace_is_one_of_its_packages() {
        let manifests = |root: &str, also: &[(&str, &str)]| -> Vec<&'static str> {
            let mut files = vec![("package.json", root), ("web/a/package.json", r#"{"name": "a"}"#)];
            files.extend(also);
            let folder = tree(&files);
            let folder = fs::canonicalize(folder.path()).unwrap();
            members_with_root(&folder).iter().map(|member| member.manifest).collect()
        };
        let workspace = r#"{"private": true, "workspaces": ["web/*"]}"#;
        let python = ("pyproject.toml", "[project]\nname = \"hay\"");
        assert_eq!(manifests(workspace, &[]), ["package.json"]);
        assert_eq!(manifests(workspace, &[python]), ["pyproject.toml", "package.json"]);
        assert_eq!(manifests(workspace, &[("a.gemspec", "")]), ["a .gemspec", "package.json"]);
        let private = ("Cargo.toml", "[package]\nname = \"a\"\npublish = false");
        assert_eq!(manifests(workspace, &[private]), ["package.json"]);
        let named = r#"{"name": "root", "private": true, "workspaces": ["web/*"]}"#;
        assert_eq!(
            manifests(named, &[python]),
            ["package.json", "package.json"],
            "of all manifests of a folder"
        );
    }

    #[test]
    fn scripts_of_packing_are_programs() {
        let runs = |files: &[(&str, &str)]| runs_programs(tree(files).path());
        assert!(!runs(&[("package.json", r#"{"name": "a", "scripts": {"build": "x", "test": "y"}}"#)]));
        assert!(runs(&[("package.json", r#"{"name": "a", "scripts": {"prepack": "x"}}"#)]));
        assert!(runs(&[("pyproject.toml", "[project]\nname = \"a\"")]));
    }
}
