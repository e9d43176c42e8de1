//! Which file of the repository a finding is about, since CI shows findings at files that it knows.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::ecosystem;
use crate::outcome::Audit;
use crate::project::Project;
use crate::rules::Place;

use super::Look;

/// The repository that the packages of a run are in.
pub(crate) struct Repository {
    /// The project folder, if there is one.
    project: Option<PathBuf>,
    /// The folder that paths are told from: the top of the checkout, or the project's folder.
    root: PathBuf,
    /// The files that it holds; `None` where git can't be asked.
    tracked: Option<BTreeSet<String>>,
}

/// A file of the repository, as a path from its root with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepositoryFile {
    /// The path.
    pub path: String,
    /// The line of the finding, if the file is the entry itself.
    pub line: Option<u64>,
    /// The column, likewise.
    pub column: Option<u64>,
}

impl Repository {
    pub(crate) fn of(look: &Look) -> Self {
        let project = look.project.as_ref().and_then(|folder| folder.canonicalize().ok());
        let top = project.as_deref().and_then(top);
        let tracked = top.as_deref().and_then(|top| Project::new(top).tracked_files());
        let root = top.or_else(|| project.clone()).unwrap_or_default();
        Self { project, root, tracked }
    }

    /// The file in which to fix this: the entry itself if the project has it, otherwise the manifest.
    pub(crate) fn file(&self, audit: &Audit, place: &Place) -> RepositoryFile {
        match self.entry(audit, &place.path) {
            Some(path) => RepositoryFile { path, line: place.line, column: place.column },
            None => self.manifest(audit),
        }
    }

    /// The manifest, for findings about the artifact as a whole.
    pub(crate) fn manifest(&self, audit: &Audit) -> RepositoryFile {
        let names = ecosystem::format(audit.kind()).written_in();
        let found = names.iter().find_map(|name| self.held(audit, name));
        let path = match (found, names.first()) {
            (Some(path), _) => path,
            (None, Some(name)) => self.told(audit, name).unwrap_or_else(|| (*name).to_owned()),
            (None, None) => self.artifact(audit),
        };
        RepositoryFile { path, line: None, column: None }
    }

    /// The artifact's own path, relative to the project if it is in there.
    pub(crate) fn artifact(&self, audit: &Audit) -> String {
        let path = Path::new(&audit.inventory.artifact.path);
        let inside = path
            .canonicalize()
            .ok()
            .filter(|full| self.project.as_ref().is_some_and(|project| full.starts_with(project)));
        match inside.and_then(|full| plain(full.strip_prefix(&self.root).ok()?)) {
            Some(path) => path,
            None => super::phrases::file_name(&audit.inventory.artifact.path).to_string(),
        }
    }

    /// The entry's path in the repository, if the project has a file there.
    fn entry(&self, audit: &Audit, place: &str) -> Option<String> {
        let outer = place.split('!').next().filter(|path| !path.is_empty())?;
        let root = audit.inventory.package.as_ref().map(|package| package.root.as_str());
        let stripped = root.filter(|root| !root.is_empty()).and_then(|root| outer.strip_prefix(root));
        let stripped = stripped.and_then(|rest| rest.strip_prefix('/'));
        let first = outer.split_once('/').map(|(_, rest)| rest);
        [stripped, Some(outer), first].into_iter().flatten().find_map(|path| self.held(audit, path))
    }

    /// The path in the repository of what stands at a path from the package's folder.
    fn told(&self, audit: &Audit, path: &str) -> Option<String> {
        let inside = audit.folder.as_ref().filter(|folder| folder.starts_with(&self.root));
        let folder = inside.or(self.project.as_ref())?;
        plain(folder.join(plain(Path::new(path))?).strip_prefix(&self.root).ok()?)
    }

    /// The same, if the repository has a file there. What a build wrote is on this machine alone.
    fn held(&self, audit: &Audit, path: &str) -> Option<String> {
        let told = self.told(audit, path)?;
        let is_held = match &self.tracked {
            Some(tracked) => tracked.contains(&told),
            None => self.root.join(&told).is_file(),
        };
        is_held.then_some(told)
    }
}

/// The path with `/`, if it doesn't lead outside its start.
fn plain(path: &Path) -> Option<String> {
    let segments = path.components().map(|component| match component {
        Component::Normal(segment) => segment.to_str(),
        _ => None,
    });
    let segments = segments.collect::<Option<Vec<_>>>()?;
    (!segments.is_empty()).then(|| segments.join("/"))
}

/// The top of the checkout that a folder is in.
fn top(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// The path as a relative URI reference (RFC 3986).
pub(crate) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Inventory, Kind, Package};
    use crate::policy::{Policy, Verdict};
    use crate::settings::Level;

    fn audit() -> Audit {
        let package = Package { root: "package".into(), ..Package::default() };
        let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
        Audit::new(inventory, Policy::default(), Verdict::Pass)
    }

    #[test]
    fn the_entry_where_the_project_has_it_else_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("pkgs/core");
        std::fs::create_dir_all(folder.path().join(".git")).unwrap();
        std::fs::create_dir_all(project.join("src")).unwrap();
        std::fs::write(project.join("src/a.js"), "").unwrap();
        std::fs::write(project.join("package.json"), "{}").unwrap();
        std::fs::write(folder.path().join("pkgs/outside.js"), "").unwrap();
        let look = Look {
            width: None,
            hyperlinks: false,
            colour: false,
            unicode: true,
            quiet: false,
            fail_on: Level::Error,
            project: Some(project),
            is_fix: false,
            left_out: Vec::new(),
            not_packed: Vec::new(),
        };
        let repository = Repository::of(&look);
        let file = |path: &str| {
            let place = Place { path: path.into(), line: Some(3), column: Some(4), ..Place::default() };
            let file = repository.file(&audit(), &place);
            (file.path, file.line)
        };
        assert_eq!(file("package/src/a.js"), ("pkgs/core/src/a.js".into(), Some(3)));
        assert_eq!(file("package/src/a.js!inner"), ("pkgs/core/src/a.js".into(), Some(3)));
        for elsewhere in ["package/dist/b.js", "package/../outside.js", "/etc/passwd", "package/src", ""] {
            assert_eq!(file(elsewhere), ("pkgs/core/package.json".into(), None), "{elsewhere}");
        }
    }

    #[test]
    fn members_of_a_workspace_have_their_own_places() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let member = root.join("packages/ui");
        std::fs::create_dir_all(member.join("dist")).unwrap();
        for path in ["package.json", "packages/ui/package.json", "packages/ui/dist/a.js"] {
            std::fs::write(root.join(path), "{}").unwrap();
        }
        let tracked = ["package.json", "packages/ui/package.json"].map(str::to_owned);
        let repository =
            Repository { project: Some(root.clone()), root, tracked: Some(tracked.into_iter().collect()) };
        let audit = Audit { folder: Some(member), ..audit() };
        let at = |path: &str| repository.file(&audit, &Place { path: path.into(), ..Place::default() }).path;
        assert_eq!(at("package/package.json"), "packages/ui/package.json");
        assert_eq!(
            at("package/dist/a.js"),
            "packages/ui/package.json",
            "what is built is on no other machine"
        );
        let elsewhere = Audit { folder: Some("/elsewhere".into()), ..audit };
        assert_eq!(repository.manifest(&elsewhere).path, "package.json");
    }

    #[test]
    fn uris_are_encoded() {
        assert_eq!(uri("a b/ü\u{202e}%.js"), "a%20b/%C3%BC%E2%80%AE%25.js");
    }
}
