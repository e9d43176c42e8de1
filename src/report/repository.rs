//! Which file of the repository a finding is about, since CI shows findings at files that it knows.

use std::path::{Component, Path, PathBuf};

use crate::ecosystem;
use crate::outcome::Audit;
use crate::rules::Place;

use super::Look;

/// The project's place in its repository.
pub(crate) struct Repository {
    /// The project folder, if there is one.
    project: Option<PathBuf>,
    /// The project's path from the repository's root, ending in `/` if not empty.
    prefix: String,
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
        let prefix = project.as_deref().map(prefix).unwrap_or_default();
        Self { project, prefix }
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
        let found = names.iter().find(|name| self.has(name)).or(names.first());
        let path = match found {
            Some(name) => format!("{}{name}", self.prefix),
            None => self.artifact(audit),
        };
        RepositoryFile { path, line: None, column: None }
    }

    /// The artifact's own path, relative to the project if it is in there.
    pub(crate) fn artifact(&self, audit: &Audit) -> String {
        let path = Path::new(&audit.inventory.artifact.path);
        let below = self.project.as_ref().zip(path.canonicalize().ok());
        let below = below.and_then(|(project, full)| plain(full.strip_prefix(project).ok()?));
        match below {
            Some(below) => format!("{}{below}", self.prefix),
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
        let path = [stripped, Some(outer), first].into_iter().flatten().find_map(|path| {
            let path = plain(Path::new(path))?;
            self.has(&path).then_some(path)
        })?;
        Some(format!("{}{path}", self.prefix))
    }

    fn has(&self, path: &str) -> bool {
        self.project.as_ref().is_some_and(|project| project.join(path).is_file())
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

/// The path of a folder from the root of its repository.
fn prefix(folder: &Path) -> String {
    let root = folder.ancestors().find(|folder| folder.join(".git").exists());
    match root.and_then(|root| plain(folder.strip_prefix(root).ok()?)) {
        Some(path) => format!("{path}/"),
        None => String::new(),
    }
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
    fn uris_are_encoded() {
        assert_eq!(uri("a b/ü\u{202e}%.js"), "a%20b/%C3%BC%E2%80%AE%25.js");
    }
}
