//! Whether an artifact's files are those that version control holds at a commit.

mod asked;
mod checkout;
mod compare;
mod git;
mod lookup;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::ecosystem;
use crate::inventory::{Comparison, FromCommit, Inventory, ObjectFormat, Package, VersionTag};
use crate::project::Project;

use asked::Asked;
use git::Repository;
use lookup::Lookup;

/// What an audit needs to know before it looks at the artifacts, so that their files can be compared with a commit.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CommitOptions {
    /// The commit to compare with, as git's users name one.
    pub revision: Option<String>,
    /// How the repository names objects; `None` if no folder is in one.
    pub format: Option<ObjectFormat>,
    /// Whether it keeps large files elsewhere, and knows them by SHA-256.
    pub has_large_files: bool,
    /// What git was asked already.
    asked: Arc<Asked>,
}

/// A commit that was asked for, and that there is none of.
#[derive(Debug, thiserror::Error)]
#[error("--commit {revision}: {why}")]
pub struct CommitError {
    revision: String,
    why: String,
}

impl CommitOptions {
    /// For artifacts that come from these folders.
    pub fn of<'a>(revision: Option<String>, folders: impl IntoIterator<Item = &'a Path>) -> Self {
        let asked = Arc::<Asked>::default();
        let repository = folders.into_iter().find_map(|folder| asked.repository(folder).ok());
        let has_large_files = repository.as_ref().is_some_and(|repository| {
            repository.attribute_files().iter().any(|file| {
                let attributes = fs::read(file).unwrap_or_default();
                memchr::memmem::find(&attributes, b"filter=lfs").is_some()
            })
        });
        let format = repository.map(|repository| repository.format);
        Self { revision, format, has_large_files, asked }
    }

    /// Asks git of the commit that the packages of a folder will be compared with, while a client still packs them.
    pub fn ask_ahead(&self, folder: &Path) {
        let Ok(repository) = self.asked.repository(folder) else { return };
        repository.tag(&[]);
        if let Some(commit) = repository.commit(self.revision.as_deref().unwrap_or("HEAD")) {
            self.asked.contents(&repository, &commit);
        }
    }
}

/// Compares an artifact's files with the commit that they should be from. `packed_from` is the folder that it was
/// packed from, if that is known.
///
/// # Errors
/// If the commit that the options name can't be found.
pub fn settle(
    inventory: &mut Inventory,
    options: &CommitOptions,
    project: Option<&Project>,
    packed_from: Option<&Path>,
) -> Result<(), CommitError> {
    let Some(package) = &inventory.package else { return Ok(()) };
    let Some(origins) = ecosystem::format(inventory.kind).origins() else { return Ok(()) };
    let asked = options.revision.as_deref();
    let compared = (|| {
        let home = Home::of(package, project, packed_from)?;
        let repository = options.asked.repository(&home.folder)?;
        if options.format != Some(repository.format) {
            return Err("the project is in another repository than this one".to_owned());
        }
        let chosen = choose(&repository, package, &home, asked)?;
        let each = |chosen: Chosen| {
            let contents = options.asked.contents(&repository, &chosen.commit);
            let contents = contents.ok_or("git can't list the files of the commit")?;
            let from_top = home.folder.strip_prefix(&repository.root).unwrap_or(Path::new(""));
            let lookup = Lookup::new(contents, &from_top.to_string_lossy().replace('\\', "/"));
            compare::compare(inventory, package, origins, &home.folder, (&repository, &lookup), chosen)
        };
        let all: Vec<Comparison> = chosen.into_iter().map(each).collect::<Result<_, _>>()?;
        // The first of several that fit equally well.
        let best = all.into_iter().min_by_key(|all| all.differing.len() + all.absent.len());
        best.ok_or_else(|| "there is no commit to compare with".to_owned())
    })();
    let found = match (compared, asked) {
        (Ok(comparison), _) => FromCommit::Compared(comparison),
        (Err(why), Some(revision)) => return Err(CommitError { revision: revision.to_owned(), why }),
        (Err(why), None) => FromCommit::Not(why),
    };
    inventory.from_commit = Some(found);
    Ok(())
}

/// Says of an artifact whose bytes are not at hand that its files can't be compared.
pub fn leave(inventory: &mut Inventory) {
    let is_comparable = inventory.package.is_some() && ecosystem::format(inventory.kind).origins().is_some();
    inventory.from_commit = is_comparable.then(|| {
        FromCommit::Not(
            "a stored inventory doesn't say what git calls its files (check the artifact)".to_owned(),
        )
    });
}

/// The folder that an artifact is packed from.
struct Home {
    folder: PathBuf,
    /// Whether packgate itself had it packed just now.
    is_just_packed: bool,
}

impl Home {
    fn of(package: &Package, project: Option<&Project>, packed_from: Option<&Path>) -> Result<Self, String> {
        let is_just_packed = packed_from.is_some();
        let found = |folder: &Path| Ok(Self { folder: folder.to_owned(), is_just_packed });
        let is_known = |folder: &Path| project.filter(|project| project.folder == folder).cloned();
        let packed_from = packed_from.map(|folder| is_known(folder).unwrap_or_else(|| Project::new(folder)));
        let Some(project) = packed_from.or_else(|| project.cloned()) else {
            return Err(
                "the project isn't known (run packgate there, or name the folder with --project)".into()
            );
        };
        let names = ecosystem::names(&project);
        if names.iter().any(|name| ecosystem::is_same_name(name, &package.name)) {
            return found(&project.folder);
        }
        let members = ecosystem::members(&project);
        if let Some(member) =
            members.iter().find(|member| ecosystem::is_same_name(&member.name, &package.name))
        {
            return found(&member.folder);
        }
        // What a program computes as the name can't be known.
        if is_just_packed || names.is_empty() && ecosystem::is_project(&project) {
            return found(&project.folder);
        }
        Err("this is no package of the project (name its folder with --project)".to_owned())
    }
}

/// A commit, and why it is that one.
struct Chosen {
    commit: String,
    because: String,
    tag: Option<VersionTag>,
}

/// The commits that an artifact may be from, likeliest first.
fn choose(
    repository: &Repository,
    package: &Package,
    home: &Home,
    asked: Option<&str>,
) -> Result<Vec<Chosen>, String> {
    let tag = repository.tag(&tags(package));
    let chosen = |commit: String, because: String| Chosen { commit, because, tag: tag.clone() };
    if let Some(words) = asked {
        return match repository.commit(words) {
            Some(commit) => Ok(vec![chosen(commit, format!("--commit {words}"))]),
            None => Err(with_hint("git knows no such commit", repository)),
        };
    }
    let stated = package.vcs.as_ref().and_then(|vcs| Some((vcs.revision.as_deref()?, vcs.place.as_str())));
    if let Some((revision, place)) = stated.filter(|_| !home.is_just_packed) {
        let name = place.rsplit('/').next().unwrap_or(place);
        let is_id = revision.len() >= 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        return match is_id.then(|| repository.commit(revision)).flatten() {
            Some(commit) => Ok(vec![chosen(commit, format!("the commit of {name}"))]),
            None => {
                let why = format!("{name} names a commit that this repository doesn't have");
                Err(with_hint(&why, repository))
            }
        };
    }
    let head = || {
        let commit = repository.commit("HEAD").ok_or("the repository has no commit yet")?;
        Ok::<_, String>(chosen(commit, "HEAD".to_owned()))
    };
    let tagged = tag.as_ref().map(|tag| chosen(tag.commit.clone(), format!("tag {}", tag.name)));
    if home.is_just_packed {
        return Ok(vec![head()?]);
    }
    let version = ecosystem::of_project(&home.folder).map(|own| own.version).unwrap_or_default();
    if version.is_empty() || is_same_version(&version, &package.version) {
        // The project may have moved on since, without a new version.
        let head = head()?;
        let tagged = tagged.filter(|tagged| tagged.commit != head.commit);
        return Ok([head].into_iter().chain(tagged).collect());
    }
    tagged.map(|tagged| vec![tagged]).ok_or_else(|| {
        let why =
            format!("the project is at version {version}, and no tag names version {}", package.version);
        with_hint(&why, repository)
    })
}

/// Whether two versions are the same to an ecosystem's client: `1.0-rc.1` and `1.0rc1`, `1.0.dev` and `1.0.dev0`.
fn is_same_version(one: &str, other: &str) -> bool {
    let plain = |version: &str| {
        let plain = version.to_ascii_lowercase().replace(['-', '_', '.', '+'], "");
        plain.strip_suffix('0').map(str::to_owned).unwrap_or(plain)
    };
    one == other || plain(one) == plain(other)
}

fn with_hint(why: &str, repository: &Repository) -> String {
    match repository.is_shallow {
        true => format!("{why}: the clone is shallow (git fetch --unshallow --tags)"),
        false => why.to_owned(),
    }
}

/// The names that the tag of a version has, likeliest first.
fn tags(package: &Package) -> Vec<String> {
    let (name, version) = (&package.name, &package.version);
    if version.is_empty() {
        return Vec::new();
    }
    let bare = name.rsplit('/').next().unwrap_or(name);
    let mut tags = Vec::new();
    for name in [name.as_str(), bare] {
        tags.extend(
            ["@", "-v", "-", "/v", "/", "@v", "_v"].map(|between| format!("{name}{between}{version}")),
        );
    }
    // In a workspace the version alone may be another member's.
    tags.extend([format!("v{version}"), version.clone(), format!("release-{version}")]);
    // A name that git doesn't allow is no tag, and a pattern would be any.
    tags.retain(|tag| !tag.contains(['*', '?', '[', '\\', '~', '^', ':', ' ']) && !tag.contains(".."));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_clients_write_in_other_ways() {
        for (one, other) in [("8.5.0.dev", "8.5.0.dev0"), ("1.0.0-rc.1", "1.0.0rc1"), ("1.0", "1.0")] {
            assert!(is_same_version(one, other), "{one} {other}");
        }
        assert!(!is_same_version("1.2.3", "1.2.4"));
    }

    #[test]
    fn tags_of_versions() {
        let package =
            |name: &str| Package { name: name.into(), version: "1.2.3".into(), ..Package::default() };
        let tags_of = |name: &str| tags(&package(name));
        for tag in ["v1.2.3", "1.2.3", "@acme/cli@1.2.3", "cli-v1.2.3", "cli@1.2.3"] {
            assert!(tags_of("@acme/cli").iter().any(|known| known == tag), "{tag}");
        }
        assert!(tags_of("a*b").iter().all(|tag| !tag.contains('*')));
        assert!(tags(&Package::default()).is_empty());
    }
}
