//! Where an artifact came from, and what it is held against there: the settings, the workspace and the project's own
//! text. The same whether somebody stands at the root of the workspace or in the package's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::ecosystem;
use crate::fingerprint::{Index, OwnSource, OwnTexts};
use crate::internal::{self, InternalError};
use crate::inventory::{Inventory, Kind};
use crate::own::{self, OwnError};
use crate::project::{Member, Project};
use crate::settings::{Settings, SettingsErrors};

/// What an artifact is held against besides its own bytes.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Where it came from.
    pub project: Project,
    /// The settings in force there.
    pub settings: Settings,
    /// Fingerprints of internal code.
    pub internal_code: Option<Arc<Index>>,
    /// The project's own source text.
    pub own_source: Option<Arc<OwnSource>>,
}

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum SurroundingsError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsErrors),
    /// What is internal can't be looked for.
    #[error(transparent)]
    Internal(#[from] InternalError),
    /// The project's own text can't be looked for.
    #[error(transparent)]
    Own(#[from] OwnError),
}

/// A project and the workspace that it belongs to.
#[derive(Debug)]
pub struct Workspace {
    project: Project,
    policy: Option<String>,
    indexes: Mutex<BTreeMap<Sources, Option<Arc<Index>>>>,
    texts: OwnTexts,
}

/// What an index of internal code is made from: roots, files of fingerprints, and the folders of private packages.
type Sources = (Vec<PathBuf>, Vec<PathBuf>, Vec<PathBuf>);

impl Workspace {
    /// The project in a folder; `policy` is what `--policy` asks for.
    pub fn new(folder: &Path, policy: Option<&str>) -> Self {
        Self {
            project: Project::new(folder),
            policy: policy.map(str::to_owned),
            indexes: Mutex::default(),
            texts: OwnTexts::default(),
        }
    }

    /// The project's folder.
    pub fn folder(&self) -> &Path {
        &self.project.folder
    }

    /// All packages of the workspace, sorted by folder.
    pub fn members(&self) -> &[Member] {
        ecosystem::members(&self.project)
    }

    /// The settings in a folder of the workspace.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn settings(&self, folder: &Path) -> Result<Settings, SettingsErrors> {
        Settings::of(&ecosystem::member(&self.project, folder), self.policy.as_deref())
    }

    /// The surroundings of what comes from a folder of the workspace.
    ///
    /// # Errors
    /// The settings are wrong, or name something that can't be used.
    pub fn surroundings(&self, folder: &Path) -> Result<Surroundings, SurroundingsError> {
        let project = ecosystem::member(&self.project, folder);
        let settings = Settings::of(&project, self.policy.as_deref())?;
        let internal_code = self.internal_code(&settings, &project)?;
        let own_source = own::source_with(&settings, Some(&project), &self.texts)?.map(Arc::new);
        Ok(Surroundings { project, settings, internal_code, own_source })
    }

    /// The folders of what is published from here: of the packages in and below the project's folder, or that one itself.
    pub fn published(&self) -> impl Iterator<Item = &Path> {
        let members = self.members().iter().filter(|member| !member.private);
        let below = members.map(|member| member.folder.as_path()).filter(|at| at.starts_with(self.folder()));
        let mut below = below.peekable();
        let alone = below.peek().is_none().then_some(self.folder());
        alone.into_iter().chain(below)
    }

    /// Fingerprints of internal code; made once for all projects that have the same.
    fn internal_code(
        &self,
        settings: &Settings,
        project: &Project,
    ) -> Result<Option<Arc<Index>>, InternalError> {
        let sources = (
            settings.internal.roots.clone(),
            settings.internal.fingerprints.clone(),
            internal::private_folders(project),
        );
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = indexes.get(&sources) {
            return Ok(known.clone());
        }
        let index = internal::code(settings, Some(project))?.map(Arc::new);
        indexes.insert(sources, index.clone());
        Ok(index)
    }

    /// The folder that an artifact came from: that of the member that has its name, or that it lies in if it has none;
    /// the project's own otherwise.
    pub fn home(&self, path: &Path, inventory: &Inventory) -> PathBuf {
        let name = inventory.package.as_ref().map_or("", |package| package.name.as_str());
        match name.is_empty() {
            true => self.around(path),
            false => self.named(name, inventory.kind).unwrap_or_else(|| self.project.folder.clone()),
        }
    }

    /// The same as far as an artifact's file name tells, which may be anything.
    pub fn likely_home(&self, path: &Path) -> PathBuf {
        if path.is_dir() {
            return self.around(path);
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let members = self.members().iter().filter(|member| ecosystem::is_named_after(&file, &member.name));
        let longest = members.max_by_key(|member| member.name.len());
        longest.map_or_else(|| self.project.folder.clone(), |member| member.folder.clone())
    }

    /// The member of this name, of the artifact's ecosystem if there are several.
    pub fn named(&self, name: &str, kind: Kind) -> Option<PathBuf> {
        let has_name = |folder: &Path| {
            let names = ecosystem::names(&self.project.beside(folder));
            names.iter().any(|own| ecosystem::is_same_name(own, name))
        };
        if has_name(&self.project.folder) {
            return Some(self.project.folder.clone());
        }
        let is_so_named = |member: &&Member| ecosystem::is_same_name(&member.name, name);
        let of_kind = |member: &&Member| ecosystem::is_manifest_of(kind, member.manifest);
        let members = self.members();
        let by_name = || members.iter().find(is_so_named);
        let by_manifest = || members.iter().find(|member| has_name(&member.folder));
        let both = members.iter().find(|member| is_so_named(member) && of_kind(member));
        both.or_else(by_name).or_else(by_manifest).map(|member| member.folder.clone())
    }

    /// The innermost member that a path lies in.
    fn around(&self, path: &Path) -> PathBuf {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let around = self.members().iter().filter(|member| path.starts_with(&member.folder));
        let innermost = around.max_by_key(|member| member.folder.components().count());
        let inside = innermost.filter(|member| member.folder.starts_with(&self.project.folder));
        inside.map_or_else(|| self.project.folder.clone(), |member| member.folder.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;

    #[test]
    fn an_artifact_belongs_to_the_member_of_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in [
            ("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#),
            ("packages/ui/package.json", r#"{"name": "@acme/ui"}"#),
            ("packages/ui/dist/index.html", ""),
            ("packages/ui-kit/package.json", r#"{"name": "@acme/ui-kit"}"#),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }
        let root = std::fs::canonicalize(folder.path()).expect("the folder");
        let home = |from: &str, file: &str, name: &str| {
            let workspace = Workspace::new(&root.join(from), None);
            let package = Some(Package { name: name.to_owned(), ..Package::default() });
            let inventory = Inventory { package, kind: Kind::Npm, ..Inventory::default() };
            let relative = |path: PathBuf| {
                path.strip_prefix(&root).expect("a folder of the workspace").display().to_string()
            };
            let path = root.join(file);
            (relative(workspace.likely_home(&path)), relative(workspace.home(&path, &inventory)))
        };
        let both = |folder: &str| (folder.to_owned(), folder.to_owned());
        for from in ["", "packages/ui", "packages/ui-kit"] {
            assert_eq!(
                home(from, "acme-ui-kit-1.0.0.tgz", "@acme/ui-kit"),
                both("packages/ui-kit"),
                "{from}"
            );
            assert_eq!(home(from, "acme-ui-1.0.0.tgz", "@acme/ui"), both("packages/ui"), "{from}");
            assert_eq!(
                home(from, "x.tgz", "@acme/ui"),
                (from.to_owned(), "packages/ui".to_owned()),
                "{from}"
            );
            assert_eq!(home(from, "x.tgz", "other"), both(from), "{from}");
        }
        assert_eq!(home("", "packages/ui/dist", ""), both("packages/ui"));
        assert_eq!(home("packages/ui-kit", "packages/ui/dist", ""), both("packages/ui-kit"));
    }

    #[test]
    fn what_is_published_is_all_but_what_is_private() {
        let folder = crate::scratch::testing::tree(&[
            ("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#),
            ("packages/a/package.json", r#"{"name": "a"}"#),
            ("packages/b/package.json", r#"{"name": "b"}"#),
            ("packages/c/package.json", r#"{"name": "c", "private": true}"#),
            ("elsewhere/package.json", r#"{"name": "e"}"#),
        ]);
        let published = |at: &str| {
            let workspace = Workspace::new(&folder.path().join(at), None);
            let folders = workspace.published().map(Path::to_path_buf);
            let names = folders.map(|folder| folder.file_name().expect("a name").to_os_string());
            names.collect::<Vec<_>>()
        };
        assert_eq!(published(""), ["a", "b"]);
        assert_eq!(published("packages/b"), ["b"]);
        assert_eq!(published("packages/c"), ["c"], "or nothing would be");
        let alone = crate::scratch::testing::tree(&[("package.json", r#"{"name": "a"}"#)]);
        let workspace = Workspace::new(alone.path(), None);
        assert_eq!(workspace.published().collect::<Vec<_>>(), [workspace.folder()]);
    }
}
