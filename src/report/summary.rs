//! The summary of several artifacts: one line each, those that must not be published first.

use crate::outcome::{Audit, LeftOut};
use crate::policy::{Judged, Verdict};
use crate::settings::Level;
use crate::words::{counted, number};

use super::wire::Summary;
use super::{Look, phrases};

/// How the artifacts of a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    rows: Vec<Row>,
}

/// How one artifact ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number in the report.
    pub number: usize,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The file, as the report calls it.
    pub path: String,
    /// What was found in it, or why it could not be audited.
    pub counts: String,
    /// The policy that it was judged by, and why.
    pub policy: String,
    /// Whether `packgate fix` would have something to write.
    pub can_be_fixed: bool,
    /// What a build has left in place of what must not be published: the folders to check.
    pub instead: Vec<String>,
}

impl Verdicts {
    /// Those of these audits.
    pub(super) fn of(audits: &[Audit]) -> Self {
        let mut verdicts = Self::default();
        audits.iter().for_each(|audit| verdicts.add(audit));
        verdicts
    }

    /// Adds one more.
    pub fn add(&mut self, audit: &Audit) {
        self.rows.push(Row {
            number: self.rows.len(),
            verdict: audit.verdict,
            path: audit.inventory.artifact.path.clone(),
            counts: match audit.error.as_deref().and_then(|why| why.lines().next()) {
                Some(why) => why.to_owned(),
                None => phrases::counts(&Summary::new(std::slice::from_ref(audit))),
            },
            can_be_fixed: audit.is_twin
                && !audit.is_held_back()
                && audit.findings.iter().any(is_fixed_by_lists),
            instead: instead(audit),
            policy: match audit.error {
                Some(_) => String::new(),
                None => format!("{} ({})", audit.policy.name, audit.policy.because),
            },
        });
    }

    /// Whether `packgate fix` would have something to write.
    pub(super) fn can_be_fixed(&self) -> bool {
        self.rows.iter().any(|row| row.can_be_fixed)
    }

    /// The folders to check in place of the only artifact, if that is no package to be published.
    pub(super) fn instead(&self) -> &[String] {
        match self.rows.as_slice() {
            [only] => &only.instead,
            _ => &[],
        }
    }

    /// All artifacts.
    pub fn all(&self) -> usize {
        self.rows.len()
    }

    /// Those that must not be published first, otherwise as they came.
    pub(super) fn rows(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| match row.verdict {
            Verdict::Blocked => 0,
            Verdict::Incomplete => 1,
            Verdict::Pass => 2,
        });
        rows
    }

    /// `policy open-source (licence "MIT")`; for how many each, if there are several.
    pub(super) fn policies(&self) -> Option<String> {
        let mut counts: Vec<(&str, u64)> = Vec::new();
        for policy in self.rows.iter().map(|row| row.policy.as_str()).filter(|policy| !policy.is_empty()) {
            match counts.iter_mut().find(|(known, _)| *known == policy) {
                Some((_, count)) => *count += 1,
                None => counts.push((policy, 1)),
            }
        }
        let words: Vec<String> = match counts.as_slice() {
            [] => return None,
            [(only, _)] => vec![(*only).to_owned()],
            several => {
                several.iter().map(|(policy, count)| format!("{policy} for {}", number(*count))).collect()
            }
        };
        Some(format!("policy {}", words.join(", ")))
    }

    /// `2 blocked, 1 not examined, 27 passed`. What could not be packed was not examined either.
    pub(super) fn words(&self, look: &Look) -> String {
        let count = |verdict| self.rows.iter().filter(|row| row.verdict == verdict).count();
        let parts = [
            (count(Verdict::Blocked), "blocked"),
            (count(Verdict::Incomplete) + look.not_packed.len(), "not examined"),
            (count(Verdict::Pass), "passed"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, word)| format!("{} {word}", number(*count as u64))).collect::<Vec<_>>().join(", ")
    }
}

/// The folders that a build has left, of a private project that was packed for this run.
pub(super) fn instead(audit: &Audit) -> Vec<String> {
    let making = &audit.inventory.making;
    if !audit.is_twin || !audit.is_held_back() {
        return Vec::new();
    }
    match making.published_from.as_slice() {
        [] => making.deployed_from.iter().cloned().collect(),
        folders => folders.to_vec(),
    }
}

/// Whether it blocks, and a change to a list of the package mends it.
fn is_fixed_by_lists(judged: &Judged) -> bool {
    judged.waived.is_none()
        && judged.level == Level::Error
        && judged.finding.remedy.as_ref().is_some_and(|remedy| !remedy.edits.is_empty())
}

/// `2 packages left out: @acme/core, @acme/docs (package.json says `"private": true`)`: the reasons, each with the
/// packages that it holds for.
pub(super) fn left_out(look: &Look) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for LeftOut { name, why } in &look.left_out {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, names)) => names.push(name),
            None => reasons.push((why, vec![name])),
        }
    }
    let parts = reasons.iter().map(|(why, names)| format!("{} ({why})", names.join(", ")));
    let all = parts.collect::<Vec<_>>().join("; ");
    (!all.is_empty()).then(|| format!("{} left out: {all}", counted(look.left_out.len() as u64, "package")))
}
