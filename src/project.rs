//! The folder that an artifact came from: settings, ignore files, version control and workspace are read there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::scratch;

/// Most bytes of a manifest in a project folder.
const MOST_BYTES: u64 = 16 << 20;
/// Most folders looked at when the members of a workspace are searched.
const MOST_FOLDERS: usize = 20_000;

/// A project folder on disk. Nothing is read before it is asked for.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder, absolute.
    pub folder: PathBuf,
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

impl Project {
    /// The project in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { folder: fs::canonicalize(&folder).unwrap_or(folder) }
    }

    /// The folder that version control begins in, if any.
    pub fn vcs_root(&self) -> Option<&Path> {
        self.folder
            .ancestors()
            .find(|folder| [".git", ".hg", ".svn", ".jj"].iter().any(|name| folder.join(name).exists()))
    }

    /// This folder and those above it, up to the root of version control; only this one where there is none.
    pub fn upwards(&self) -> impl Iterator<Item = &Path> {
        let root = self.vcs_root().unwrap_or(&self.folder);
        self.folder.ancestors().take_while(move |folder| folder.starts_with(root))
    }

    /// The nearest folder with a file of this name, up to the root of version control.
    pub fn nearest(&self, name: &str) -> Option<&Path> {
        self.upwards().find(|folder| folder.join(name).is_file())
    }

    /// The `package.json` of a folder of the project; `None` when there is none that can be read.
    pub fn package_json(folder: &Path) -> Option<Value> {
        serde_json::from_str(read(&folder.join("package.json"))?.trim_start_matches('\u{feff}')).ok()
    }

    /// The `Cargo.toml` of a folder of the project; `None` when there is none that can be read.
    pub fn cargo_toml(folder: &Path) -> Option<toml::Table> {
        toml::from_str(&read(&folder.join("Cargo.toml"))?).ok()
    }

    /// The files below the folder that git tracks, by their paths from it; `None` where there is no git
    /// repository or no git to ask.
    pub fn tracked_files(&self) -> Option<BTreeSet<String>> {
        if !self.vcs_root()?.join(".git").exists() {
            return None;
        }
        let mut command = Command::new("git");
        command
            // Nothing that the repository's settings name is to be started.
            .args(["-c", "core.fsmonitor=false", "ls-files", "-z"])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        let output = scratch::output(&mut command).ok()?;
        let paths = output.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        output
            .status
            .success()
            .then(|| paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    /// Texts of the ignore files in the folders of npm's workspace above this package, the root's first; nothing for
    /// a package that is none of its members, or where another client than npm packs.
    pub(crate) fn ignore_files_above(&self) -> Vec<String> {
        let is_root = |folder: &&Path| {
            npm_workspaces(folder).is_some_and(|patterns| {
                npm_members(folder, &patterns).iter().any(|member| member.folder == self.folder)
            })
        };
        let Some(root) = self.upwards().skip(1).find(is_root) else { return Vec::new() };
        let others = ["pnpm-workspace.yaml", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];
        if others.iter().any(|name| root.join(name).exists()) {
            return Vec::new();
        }
        let mut folders: Vec<&Path> =
            self.folder.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).collect();
        folders.reverse();
        let text =
            |folder: &&Path| [".npmignore", ".gitignore"].iter().find_map(|name| read(&folder.join(name)));
        folders.iter().filter_map(text).collect()
    }

    /// All packages of the workspaces (npm, yarn, pnpm, cargo) that the folder belongs to, sorted by folder.
    pub fn members(&self) -> Vec<Member> {
        let mut members = Vec::new();
        for folder in self.upwards() {
            if let Some(patterns) = npm_workspaces(folder) {
                members.extend(npm_members(folder, &patterns));
            }
            if let Some((patterns, excluded)) = cargo_workspace(folder) {
                members.extend(cargo_members(folder, &patterns, &excluded));
            }
        }
        members.sort_by(|a, b| (&a.folder, a.manifest).cmp(&(&b.folder, b.manifest)));
        members.dedup();
        members
    }
}

/// Reads a text that a project may hold; `None` when it is absent, too large or not UTF-8.
pub(crate) fn read(path: &Path) -> Option<String> {
    let facts = fs::metadata(path).ok()?;
    if !facts.is_file() || facts.len() > MOST_BYTES {
        return None;
    }
    fs::read_to_string(path).ok()
}

/// The patterns of npm's and yarn's `workspaces`, and of `pnpm-workspace.yaml`.
fn npm_workspaces(folder: &Path) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct PnpmWorkspace {
        #[serde(default)]
        packages: Vec<String>,
    }
    let strings = |value: &Value| -> Option<Vec<String>> {
        Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let manifest = Project::package_json(folder);
    let own = manifest
        .as_ref()
        .and_then(|manifest| manifest.get("workspaces"))
        .and_then(|workspaces| strings(workspaces).or_else(|| workspaces.get("packages").and_then(strings)));
    let pnpm = read(&folder.join("pnpm-workspace.yaml"))
        .and_then(|text| serde_saphyr::from_str::<PnpmWorkspace>(&text).ok())
        .map(|workspace| workspace.packages);
    own.or(pnpm)
}

fn npm_members(root: &Path, patterns: &[String]) -> Vec<Member> {
    let mut folders = matching(root, patterns, &["node_modules"], "package.json");
    folders.insert(root.to_path_buf());
    let member = |folder: PathBuf| {
        let manifest = Project::package_json(&folder)?;
        Some(Member {
            name: manifest.get("name")?.as_str()?.to_owned(),
            private: manifest.get("private").and_then(Value::as_bool).unwrap_or(false),
            folder,
            manifest: "package.json",
        })
    };
    folders.into_iter().filter_map(member).collect()
}

/// `members` and `exclude` of a `[workspace]`.
fn cargo_workspace(folder: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let table = Project::cargo_toml(folder)?;
    let workspace = table.get("workspace")?.as_table()?;
    let strings = |key: &str| -> Vec<String> {
        let items = workspace.get(key).and_then(toml::Value::as_array);
        items.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
    };
    Some((strings("members"), strings("exclude")))
}

fn cargo_members(root: &Path, patterns: &[String], excluded: &[String]) -> Vec<Member> {
    let mut all = patterns.to_vec();
    all.extend(excluded.iter().map(|folder| format!("!{folder}")));
    let mut folders = matching(root, &all, &["target"], "Cargo.toml");
    folders.insert(root.to_path_buf());
    let member = |folder: PathBuf| {
        let table = Project::cargo_toml(&folder)?;
        let package = table.get("package")?.as_table()?;
        Some(Member {
            name: package.get("name")?.as_str()?.to_owned(),
            private: forbids_publishing(package),
            folder,
            manifest: "Cargo.toml",
        })
    };
    folders.into_iter().filter_map(member).collect()
}

/// `publish = false` or `publish = []`.
pub(crate) fn forbids_publishing(package: &toml::Table) -> bool {
    match package.get("publish") {
        Some(toml::Value::Boolean(publish)) => !publish,
        Some(toml::Value::Array(registries)) => registries.is_empty(),
        _ => false,
    }
}

/// The folders below `root` that one of the patterns fits and that hold `manifest`. Patterns are globs of
/// folders, in order, `!` taking away.
fn matching(root: &Path, patterns: &[String], never: &[&str], manifest: &str) -> BTreeSet<PathBuf> {
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

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

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
        let names: Vec<(String, bool)> = project.members().into_iter().map(|m| (m.name, m.private)).collect();
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
        let members = Project::new(folder.path()).members();
        assert_eq!(members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn without_version_control_nothing_above_counts() {
        let folder = tree(&[("package.json", "{}"), ("sub/x", "")]);
        let project = Project::new(folder.path().join("sub"));
        assert_eq!(project.nearest("package.json"), None);
        assert_eq!(project.vcs_root(), None);
    }
}
