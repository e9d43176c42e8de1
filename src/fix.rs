//! The changes that blocking findings propose, gathered for the files of one project: what `packgate fix` writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::ecosystem::Edit;
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

/// Gathers the changes that the blocking findings of a project's artifacts propose, with those that would be needed
/// next. Changes that are in each other's way are left for when the first one is written.
pub fn plan<'a>(audits: impl IntoIterator<Item = &'a Audit>, folder: &Path, fail_on: Level) -> Plan {
    applied(edits(audits, fail_on), folder)
}

/// What these changes make of the files of a folder.
pub fn applied<'a>(edits: impl IntoIterator<Item = &'a Edit>, folder: &Path) -> Plan {
    let mut texts: BTreeMap<String, (Option<String>, String)> = BTreeMap::new();
    let mut plan = Plan::default();
    for edit in edits {
        let before = || {
            let text = read(&folder.join(&edit.file));
            let now = text.clone().unwrap_or_default();
            (text, now)
        };
        let (old, now) = texts.entry(edit.file.clone()).or_insert_with(before);
        let text = (old.is_some() || !now.is_empty()).then_some(now.as_str());
        match edit.apply(text) {
            Ok(changed) => *now = changed,
            Err(error) => plan.refused.push(error.to_string()),
        }
    }
    let changed =
        texts.into_iter().filter(|(_, (before, after))| before.as_deref().unwrap_or_default() != after);
    plan.files = changed
        .map(|(file, (before, after))| FileChange { path: folder.join(file), before, after })
        .collect();
    plan
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
    edits
}
