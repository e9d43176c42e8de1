//! The changes that blocking findings propose, gathered for the files of one project: what `packgate fix` writes.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::ecosystem::{Change, Edit};
use crate::outcome::Audit;
use crate::policy::Judged;
use crate::project::read;
use crate::settings::Level;

/// A file of the project that is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Where it is.
    pub path: PathBuf,
    /// Its text, if it is there.
    pub before: Option<String>,
    /// Its text afterwards.
    pub after: String,
}

/// What is to be written, and what can't be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files to be changed, by path.
    pub files: Vec<FileChange>,
    /// Changes that a file doesn't allow, and why.
    pub refused: Vec<String>,
}

/// Gathers the changes that the blocking findings of a project's artifacts propose, each with the folder that it was packed
/// from, with those that would be needed next. Changes that are in each other's way are left for when the first one is
/// written.
pub fn plan<'a>(packed: impl IntoIterator<Item = (&'a Path, &'a Audit)>, fail_on: Level) -> Plan {
    let mut by_folder: Vec<(&Path, Vec<&Audit>)> = Vec::new();
    for (folder, audit) in packed {
        match by_folder.last_mut().filter(|(last, _)| *last == folder) {
            Some((_, audits)) => audits.push(audit),
            None => by_folder.push((folder, vec![audit])),
        }
    }
    let of_folder = |(folder, audits): (&'a Path, Vec<&'a Audit>)| {
        edits(audits, fail_on).into_iter().map(move |edit| (folder, edit))
    };
    applied(by_folder.into_iter().flat_map(of_folder))
}

/// What these changes make of the files of their folders. Members of a workspace may have a list in common.
pub fn applied<'a>(edits: impl IntoIterator<Item = (&'a Path, &'a Edit)>) -> Plan {
    let mut texts: BTreeMap<PathBuf, (Option<String>, String)> = BTreeMap::new();
    let mut plan = Plan::default();
    for (folder, edit) in edits {
        let path = tidy(&folder.join(&edit.file));
        let before = || {
            let text = read(&path);
            let now = text.clone().unwrap_or_default();
            (text, now)
        };
        let (old, now) = texts.entry(path.clone()).or_insert_with(before);
        let text = (old.is_some() || !now.is_empty()).then_some(now.as_str());
        match edit.apply(text) {
            Ok(changed) => *now = changed,
            Err(error) => {
                let error = error.to_string();
                if !plan.refused.contains(&error) {
                    plan.refused.push(error);
                }
            }
        }
    }
    let changed =
        texts.into_iter().filter(|(_, (before, after))| before.as_deref().unwrap_or_default() != after);
    plan.files = changed.map(|(path, (before, after))| FileChange { path, before, after }).collect();
    plan
}

/// A path without its steps up, as far as what stands before them can be taken off.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

/// The changes, each once, lists that are to be written first.
fn edits<'a>(audits: impl IntoIterator<Item = &'a Audit>, fail_on: Level) -> Vec<&'a Edit> {
    let blocks = |judged: &&Judged| judged.waived.is_none() && judged.level >= fail_on;
    let published = audits.into_iter().filter(|audit| !audit.is_held_back());
    let findings = published.flat_map(|audit| audit.findings.iter().chain(&audit.later)).filter(blocks);
    let mut edits: Vec<&Edit> = Vec::new();
    for edit in
        findings.filter_map(|judged| judged.finding.remedy.as_deref()).flat_map(|remedy| &remedy.edits)
    {
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    // An item that takes files away stands behind all that brings some in.
    edits.sort_by_key(|edit| !edit.begins_a_list());
    let all = edits.clone();
    edits.retain(|edit| !all.iter().any(|other| covers(other, edit)));
    edits
}

/// Whether one change keeps out what the other does and more: a wheel's `**/acme/key` and its source distribution's
/// `src/acme/key` are lines for one file.
fn covers(wide: &Edit, narrow: &Edit) -> bool {
    let (Change::Add(wide_items), Change::Add(narrow_items)) = (&wide.change, &narrow.change) else {
        return false;
    };
    let fits = |wide: &str, narrow: &str| {
        let (before, name) = wide.split_once("**/").unwrap_or(("", ""));
        let rest =
            narrow.strip_prefix(before).filter(|_| !name.is_empty() && !name.contains(['*', '?', '[']));
        let folder = rest.and_then(|rest| rest.strip_suffix(name));
        folder.is_some_and(|folder| folder.is_empty() || folder.ends_with('/')) && wide != narrow
    };
    wide.file == narrow.file
        && wide.list == narrow.list
        && !narrow_items.is_empty()
        && narrow_items.iter().all(|narrow| wide_items.iter().any(|wide| fits(wide, narrow)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::List;

    #[test]
    fn one_line_is_written_for_one_file_of_a_wheel_and_its_source() {
        let line = |line: &str| Edit {
            file: "MANIFEST.in".to_owned(),
            list: None,
            change: Change::Add(vec![format!("global-exclude {line}")]),
        };
        for (wide, narrow, expected) in [
            ("**/acme/host_key", "src/acme/host_key", true),
            ("**/acme/host_key", "acme/host_key", true),
            ("**/acme/host_key", "src/acme/other_key", false),
            ("**/acme/host_key", "src/macme/host_key", false),
            ("**/acme/host_key", "**/acme/host_key", false),
            ("src/acme/host_key", "**/acme/host_key", false),
            ("**/*.key", "src/acme/a.key", false),
        ] {
            assert_eq!(covers(&line(wide), &line(narrow)), expected, "{wide} {narrow}");
        }
        let nothing = Edit { change: Change::Add(Vec::new()), ..line("") };
        assert!(!covers(&nothing, &line("a/b")) && !covers(&line("**/b"), &nothing));
    }

    #[test]
    fn members_write_into_a_list_that_they_have_in_common() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("Cargo.toml");
        std::fs::write(&manifest, "[workspace.package]\nexclude = [\"ci\"]\n").unwrap();
        let edit = |item: &str| {
            let list = List { tables: &["workspace", "package"], key: "exclude", begins_with: Vec::new() };
            let change = Change::Add(vec![item.to_owned()]);
            Edit { file: "../../Cargo.toml".to_owned(), list: Some(list), change }
        };
        let members = ["crates/a", "crates/b"].map(|member| folder.path().join(member));
        let edits = [edit("/a.log"), edit("**/.env")];
        let plan = applied(members.iter().map(PathBuf::as_path).zip(&edits));
        let expected = FileChange {
            path: manifest,
            before: Some("[workspace.package]\nexclude = [\"ci\"]\n".to_owned()),
            after: "[workspace.package]\nexclude = [\"ci\", \"/a.log\", \"**/.env\"]\n".to_owned(),
        };
        assert_eq!(plan.files, [expected]);
        assert_eq!(tidy(Path::new("./a/../../b")), Path::new("../b"));
    }
}
