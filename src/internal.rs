//! What is internal in a project: named by its settings, or known because members of its workspace are private.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ecosystem::{Member, is_same_name, members, names, outermost, written_names};
use crate::fingerprint::{self, FileError, Index};
use crate::paths::PrivateMembers;
use crate::project::Project;
use crate::settings::Settings;

/// Why internal code can't be looked for.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// A folder of `internal.roots` is not there. In a release job without the private sources, use
    /// `internal.fingerprints`.
    #[error("internal.roots: {} is not a folder; without the sources, use internal.fingerprints", .0.display())]
    NoRoot(PathBuf),
    /// A file of `internal.fingerprints` can't be read.
    #[error("internal.fingerprints: {}: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: std::io::Error,
    },
    /// A file of `internal.fingerprints` isn't a fingerprint file.
    #[error("internal.fingerprints: {}: {why}", .path.display())]
    NoFingerprints {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: FileError,
    },
}

/// The packages that no artifact may refer to: those of `internal.packages`, and the private members of the
/// workspace.
pub fn packages(settings: &Settings, project: Option<&Project>) -> Vec<String> {
    let mut packages = settings.internal.packages.clone();
    let private = project.map(private_members).unwrap_or_default();
    packages.extend(private.iter().flat_map(|member| written_names(member)));
    packages.sort();
    packages.dedup();
    packages
}

/// The private members of the workspace that a project is in, but for examples and documentation, which are there to be
/// shown.
pub fn private_members_around(project: &Project) -> PrivateMembers {
    let base = outermost(project);
    let below = |folder: &Path| {
        let path = folder.strip_prefix(base).ok()?;
        Some(path.to_string_lossy().replace('\\', "/"))
    };
    let is_shown = |folder: &str| folder.split('/').any(fingerprint::is_shown);
    let private = private_members(project).into_iter();
    let members = private.filter_map(|member| Some((below(&member.folder)?, member.name.clone())));
    let members: Vec<_> = members.filter(|(folder, _)| !folder.is_empty() && !is_shown(folder)).collect();
    let tracked = (!members.is_empty()).then(|| project.beside(base).tracked_files()).flatten();
    let is_theirs = |path: &String| members.iter().any(|(folder, _)| path.starts_with(folder.as_str()));
    PrivateMembers {
        home: below(&project.folder).unwrap_or_default(),
        workspace: base.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        files: tracked.unwrap_or_default().into_iter().filter(is_theirs).collect(),
        members,
    }
}

/// The fingerprints of all code that must not ship; `None` if there is none.
///
/// # Errors
/// If a root is missing or a fingerprint file can't be used: the audit would miss what it should find.
pub fn code(settings: &Settings, project: Option<&Project>) -> Result<Option<Index>, InternalError> {
    let mut index = Index::default();
    for path in &settings.internal.fingerprints {
        let bytes = fs::read(path).map_err(|why| InternalError::Unreadable { path: path.clone(), why })?;
        let file =
            Index::read(&bytes).map_err(|why| InternalError::NoFingerprints { path: path.clone(), why })?;
        index.merge(file);
    }
    let roots = &settings.internal.roots;
    if let Some(missing) = roots.iter().find(|root| !root.is_dir()) {
        return Err(InternalError::NoRoot(missing.clone()));
    }
    let base = project.map(|project| project.vcs_root().unwrap_or(&project.folder));
    let base = base.unwrap_or(Path::new(""));
    if !roots.is_empty() {
        index.merge(Index::of_roots(roots, base));
    }
    if let Some(project) = project {
        let private = private_folders(project);
        let public: Vec<PathBuf> = members(project)
            .iter()
            .filter(|member| !member.private)
            .map(|member| member.folder.clone())
            .collect();
        if !private.is_empty() {
            // What a build copies into a public member is not public by that.
            let tracked = project.beside(base).tracked_files().filter(|tracked| !tracked.is_empty());
            let is_source = |path: &Path| match (&tracked, path.strip_prefix(base)) {
                (Some(tracked), Ok(path)) => tracked.contains(&path.to_string_lossy().replace('\\', "/")),
                _ => true,
            };
            index.merge(Index::of_private(&private, &public, base, is_source));
        }
    }
    Ok((!index.is_empty()).then_some(index))
}

/// The folders of the workspace whose text must not get into the project's packages: those of its private members, but
/// for examples and documentation, which are there to be shown.
pub(crate) fn private_folders(project: &Project) -> Vec<PathBuf> {
    let base = outermost(project);
    let is_shown = |member: &&Member| {
        let path = member.folder.strip_prefix(base).unwrap_or(&member.folder);
        path.iter().any(|folder| fingerprint::is_shown(&folder.to_string_lossy()))
    };
    let private = private_members(project).into_iter().filter(|member| !is_shown(member));
    private.map(|member| member.folder.clone()).collect()
}

/// The private members of a workspace that are packages of their own. The root is usually private, but nobody imports it;
/// and where a build writes a manifest of the same name without the mark, that folder is what is published.
fn private_members(project: &Project) -> Vec<&Member> {
    let members = members(project);
    let own = names(project);
    // They are sorted by folder.
    let holds_others = |index: usize, member: &Member| {
        let next = members.iter().skip(index).find(|other| other.folder != member.folder);
        next.is_some_and(|next| next.folder.starts_with(&member.folder))
    };
    let is_own = |member: &Member| {
        member.folder == project.folder || own.iter().any(|name| is_same_name(name, &member.name))
    };
    let is_internal = |(index, member): &(usize, &Member)| {
        member.private && !member.name.is_empty() && !is_own(member) && !holds_others(*index, member)
    };
    members.iter().enumerate().filter(is_internal).map(|(_, member)| member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::testing::tree;

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let core: String = (0..60).map(|n| format!("export function secret{n}x(alpha{n}x, beta) {{ return gamma{n}y(alpha{n}x, delta, 'epsilon{n}z') }}\n")).collect();
        for (path, text) in [
            (".git/HEAD", ""),
            ("package.json", r#"{"name":"root","private":true,"workspaces":["packages/*"]}"#),
            ("packages/cli/package.json", r#"{"name":"@acme/cli"}"#),
            ("packages/cli/src/index.js", "export const cli = 1;\n"),
            ("packages/core/package.json", r#"{"name":"@acme/core","private":true}"#),
            ("packages/core/src/core.js", &core),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    #[test]
    fn private_members_are_internal_without_settings() {
        let folder = workspace();
        let project = Project::new(folder.path());
        assert_eq!(packages(&Settings::default(), Some(&project)), ["@acme/core"]);
        let around = private_members_around(&Project::new(folder.path().join("packages/cli")));
        let core = ("packages/core".to_owned(), "@acme/core".to_owned());
        assert_eq!((around.home.as_str(), around.members), ("packages/cli", vec![core]));
        let index = code(&Settings::default(), Some(&project)).expect("no error").expect("an index");
        let core = fs::read(folder.path().join("packages/core/src/core.js")).expect("the file");
        let found = index.find("bundle.js", &core);
        assert!(!found.is_empty());
        for found in found {
            assert_eq!(found.file, "packages/core/src/core.js");
            assert_eq!(found.found.len(), found.of as usize);
        }
    }

    #[test]
    fn a_built_folder_of_the_same_name_and_examples_are_not_internal() {
        let core: String = (0..60)
            .map(|n| format!("export const step{n}x = (a{n}, b) => a{n} + b + 'text{n}y'\n"))
            .collect();
        let folder = tree(&[
            (".git/HEAD", ""),
            ("pnpm-workspace.yaml", "packages: ['examples/*']\n"),
            ("package.json", r#"{"name": "acme", "private": true}"#),
            ("src/acme.js", &core),
            ("dist/package.json", r#"{"name": "acme"}"#),
            ("examples/app/package.json", r#"{"name": "app", "private": true}"#),
            ("examples/app/app.js", &core),
        ]);
        let project = Project::new(folder.path().join("dist"));
        assert!(code(&Settings::default(), Some(&project)).expect("no error").is_none());
        assert_eq!(packages(&Settings::default(), Some(&project)), ["app"]);
    }

    #[test]
    fn no_text_imports_a_crate() {
        let folder = tree(&[
            (".git/HEAD", ""),
            ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
            ("crates/ty/Cargo.toml", "[package]\nname = \"ty\"\npublish = false\n"),
            ("crates/ty/src/lib.rs", ""),
            ("crates/cli/Cargo.toml", "[package]\nname = \"cli\"\n"),
        ]);
        let project = Project::new(folder.path().join("crates/cli"));
        assert!(packages(&Settings::default(), Some(&project)).is_empty());
        assert_eq!(private_members_around(&project).members, [("crates/ty".to_owned(), "ty".to_owned())]);
    }

    #[test]
    fn what_a_public_member_has_too_is_public() {
        let folder = workspace();
        let core = folder.path().join("packages/core/src/core.js");
        fs::copy(core, folder.path().join("packages/cli/src/core.js")).expect("a copy");
        let index = || code(&Settings::default(), Some(&Project::new(folder.path()))).expect("no error");
        assert!(index().is_none());
        fs::write(folder.path().join("packages/cli/src/core.js.map"), "{}").expect("a map");
        assert!(index().is_some(), "a build wrote the copy");
    }

    #[test]
    fn the_helpers_of_a_bundler_are_not_internal() {
        let folder = workspace();
        let helper: String =
            (0..60).map(|n| format!("var helper{n}x = (a{n}, b{n}) => a{n} + b{n} + 'part{n}y'\n")).collect();
        for path in ["packages/core/lib/core.js", "packages/cli/lib/cli.js"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, &helper).expect("a file");
            fs::write(path.with_extension("js.map"), "{}").expect("a map");
        }
        let index = code(&Settings::default(), Some(&Project::new(folder.path()))).expect("no error");
        assert!(index.expect("an index").find("bundle.js", helper.as_bytes()).is_empty());
    }

    #[test]
    fn what_a_build_copies_into_a_public_member_is_not_public() {
        let folder = workspace();
        fs::remove_dir_all(folder.path().join(".git")).expect("no repository yet");
        let git = |arguments: &[&str]| {
            let git = crate::project::git(folder.path()).args(arguments).output();
            assert!(git.is_ok_and(|output| output.status.success()));
        };
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        let core = folder.path().join("packages/core/src/core.js");
        fs::copy(core, folder.path().join("packages/cli/src/core.js")).expect("a copy");
        let is_internal =
            || code(&Settings::default(), Some(&Project::new(folder.path()))).expect("no error").is_some();
        assert!(is_internal());
        git(&["add", "."]);
        assert!(!is_internal());
    }

    #[test]
    fn a_public_root_does_not_make_its_private_members_public() {
        let folder = workspace();
        fs::write(folder.path().join("package.json"), r#"{"name":"root","workspaces":["packages/*"]}"#)
            .expect("a file");
        let project = Project::new(folder.path().join("packages/cli"));
        assert!(code(&Settings::default(), Some(&project)).expect("no error").is_some());
    }

    #[test]
    fn without_version_control_a_workspace_above_counts_for_its_members_only() {
        let folder = workspace();
        fs::remove_dir_all(folder.path().join(".git")).expect("no repository");
        fs::create_dir_all(folder.path().join("other")).expect("a folder");
        let packages =
            |path: &str| packages(&Settings::default(), Some(&Project::new(folder.path().join(path))));
        assert_eq!(packages("packages/cli"), ["@acme/core"]);
        assert!(packages("other").is_empty());
    }

    #[test]
    fn without_project_and_settings_there_is_nothing() {
        assert!(packages(&Settings::default(), None).is_empty());
        assert!(code(&Settings::default(), None).expect("no error").is_none());
    }

    #[test]
    fn a_missing_root_is_an_error() {
        let mut settings = Settings::default();
        settings.internal.roots = vec![PathBuf::from("/no/such/folder")];
        assert!(matches!(code(&settings, None), Err(InternalError::NoRoot(_))));
        settings.internal.roots.clear();
        settings.internal.fingerprints = vec![PathBuf::from("Cargo.toml")];
        assert!(matches!(code(&settings, None), Err(InternalError::NoFingerprints { .. })));
    }
}
