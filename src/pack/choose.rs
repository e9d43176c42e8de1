//! Which members of a workspace are packed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::ecosystem::dependencies;
use crate::project::{Member, Project};

use super::{LeftOut, PackError, in_order, recipes};

/// Which members are wanted; all by default.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Names or patterns of names, or folders.
    pub members: Vec<String>,
    /// Only those whose files, or the files of a member that they need, changed since this revision.
    pub since: Option<String>,
}

impl Choice {
    /// Whether something is to be left out that would be published.
    pub fn is_narrow(&self) -> bool {
        !self.members.is_empty() || self.since.is_some()
    }

    /// The members to pack, those that others need first. What is left out is added to `left_out`.
    pub(super) fn of(
        &self,
        project: &Project,
        all: &[Member],
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Vec<Member>, PackError> {
        if self.is_narrow() && all.is_empty() {
            let why = "--member and --since choose among the members of a workspace, and this folder is the root of none";
            return Err(PackError::NoMember(why.to_owned()));
        }
        let named = self.named(all)?;
        let changed = self.since.as_ref().map(|since| changed(project, all, since)).transpose()?;
        let mut wanted = Vec::new();
        for member in all {
            if !named.contains(&member.folder) {
                continue;
            }
            let is_unchanged = changed.as_ref().is_some_and(|changed| !changed.contains(&member.folder));
            let why = match held_back(member) {
                None if is_unchanged => {
                    Some(format!("unchanged since {}", self.since.as_deref().unwrap_or_default()))
                }
                held_back => held_back.map(str::to_owned),
            };
            match why {
                Some(why) => left_out.push(LeftOut { name: member.name.clone(), why }),
                None => wanted.push(member.clone()),
            }
        }
        // The root is private as a rule, and nobody waits for it.
        let is_root = |name: &str| all.iter().any(|one| one.name == name && one.folder == project.folder);
        left_out.retain(|one| !is_root(&one.name) || self.members.contains(&one.name));
        if !self.members.is_empty()
            && wanted.is_empty()
            && let Some(one) = left_out.first()
        {
            return Err(PackError::NoMember(format!("{} is not published: {}", one.name, one.why)));
        }
        Ok(in_order(&wanted))
    }

    /// The folders of the members that are named; of all, if none is.
    fn named(&self, all: &[Member]) -> Result<BTreeSet<PathBuf>, PackError> {
        if self.members.is_empty() {
            return Ok(all.iter().map(|member| member.folder.clone()).collect());
        }
        let mut folders = BTreeSet::new();
        for wanted in &self.members {
            let pattern = globset::Glob::new(wanted).ok().map(|glob| glob.compile_matcher());
            let folder = std::fs::canonicalize(wanted).ok();
            let fits = |member: &&Member| {
                member.name == *wanted
                    || folder.as_ref() == Some(&member.folder)
                    || pattern.as_ref().is_some_and(|pattern| pattern.is_match(&member.name))
            };
            let before = folders.len();
            folders.extend(all.iter().filter(fits).map(|member| member.folder.clone()));
            if folders.len() == before && !all.iter().any(|member| fits(&member)) {
                let names: Vec<&str> = all.iter().map(|member| member.name.as_str()).collect();
                return Err(PackError::NoMember(format!(
                    "--member {wanted}: no such member; there are {}",
                    names.join(", ")
                )));
            }
        }
        Ok(folders)
    }
}

/// Why a member isn't published, if it isn't.
fn held_back(member: &Member) -> Option<&'static str> {
    let recipes = recipes(&member.folder);
    match recipes.iter().any(|(_, _, recipe)| !recipe.private) {
        // Another manifest in the same folder may be published.
        true if recipes.len() > 1 => None,
        true => member.held_back,
        false => Some(member.held_back.unwrap_or("no client packs it")),
    }
}

/// The folders of the members whose files changed since a revision, and of those that need one of them.
fn changed(project: &Project, all: &[Member], since: &str) -> Result<BTreeSet<PathBuf>, PackError> {
    let files = project.changed_since(since).map_err(PackError::NoMember)?;
    // A file belongs to the innermost member.
    let owner = |file: &PathBuf| {
        let owners = all.iter().filter(|member| file.starts_with(&member.folder));
        owners.max_by_key(|member| member.folder.components().count()).map(|member| member.folder.clone())
    };
    let mut changed: BTreeSet<PathBuf> = files.iter().filter_map(owner).collect();
    loop {
        let names: BTreeSet<&str> =
            all.iter().filter(|one| changed.contains(&one.folder)).map(|one| one.name.as_str()).collect();
        let needs = |member: &&Member| {
            let needs = dependencies(&project.beside(&member.folder));
            needs.iter().any(|need| names.contains(need.as_str()))
        };
        let before = changed.len();
        changed.extend(all.iter().filter(needs).map(|member| member.folder.clone()));
        if changed.len() == before {
            return Ok(changed);
        }
    }
}
