//! Hostile archives: none passes, none brings packgate down, and each is told for what it is.
//!
//! The archives are built here from their bytes. The first member of each table entry says what the
//! construct is; what real clients make of it stands in the documentation of `archive-ambiguous`.

mod bombs;
pub(crate) mod build;
mod bytes;
mod carriers;
mod clients;
mod contents;
mod formats;
mod index;
mod installs;
mod oracle;
mod ordinary;
mod payloads;
mod tar;
mod truncated;
mod waived;
mod zip;

use packgate::audit::{Audit, Auditor, Options};
use packgate::inventory::AnomalyKind;
use packgate::policy::Verdict;

use crate::judged;

/// What must become of an archive.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expect {
    /// An anomaly of this kind; blocked or incomplete.
    Odd(AnomalyKind),
    /// A finding of this rule; blocked.
    Rule(&'static str),
    /// Something could not be examined, and the reason says this.
    Incomplete(&'static str),
    /// Nothing about the archive itself.
    Clean,
    /// A remark at most; passed as far as the archive goes.
    Remark(&'static str),
}

/// Audits bytes under a file name with the settings of a project that has none.
pub(crate) fn audit(name: &str, bytes: &[u8]) -> Audit {
    audit_with(name, bytes, |_| {}, 1)
}

/// Audits bytes with changed options.
pub(crate) fn audit_with(
    name: &str,
    bytes: &[u8],
    change: impl FnOnce(&mut Options),
    workers: usize,
) -> Audit {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut options = Options::default().keep_entries(true);
    change(&mut options);
    let auditor = Auditor::new(options);
    // Bombs, which have several workers, are timed.
    if workers == 1 {
        judged::as_checked(&auditor, &path);
    }
    auditor.audit(&path, workers).unwrap()
}

/// The rules of the archive family that found something.
pub(crate) fn archive_rules(audit: &Audit) -> Vec<&'static str> {
    let mut rules: Vec<_> = audit
        .findings
        .iter()
        .map(|judged| judged.finding.rule)
        .filter(|rule| rule.starts_with("archive-"))
        .collect();
    rules.dedup();
    rules
}

/// Holds an audit against what was expected; `Err` says what is wrong.
pub(crate) fn check(expect: Expect, audit: &Audit) -> Result<(), String> {
    let kinds: Vec<_> = audit.inventory.anomalies.iter().map(|anomaly| anomaly.kind).collect();
    let rules = archive_rules(audit);
    let unexamined: Vec<_> = audit.unexamined().iter().map(|unexamined| unexamined.why.as_str()).collect();
    let told = format!("{:?}, anomalies {kinds:?}, rules {rules:?}, skipped {unexamined:?}", audit.verdict);
    let right = match expect {
        Expect::Odd(kind) => audit.verdict != Verdict::Pass && kinds.contains(&kind) && !rules.is_empty(),
        Expect::Rule(rule) => audit.verdict != Verdict::Pass && rules.contains(&rule),
        Expect::Incomplete(why) => {
            audit.verdict == Verdict::Incomplete
                && unexamined.iter().any(|unexamined| unexamined.contains(why))
        }
        Expect::Clean => rules.is_empty() && unexamined.is_empty(),
        Expect::Remark(rule) => rules == [rule] && unexamined.is_empty(),
    };
    if right { Ok(()) } else { Err(told) }
}

/// Runs a table of cases and tells all that went wrong.
pub(crate) fn run(file_name: &str, cases: Vec<(&str, Expect, Vec<u8>)>) {
    let wrong: Vec<String> = cases
        .into_iter()
        .filter_map(|(case, expect, bytes)| {
            let told = check(expect, &audit(file_name, &bytes)).err()?;
            Some(format!("{case}: expected {expect:?}, got {told}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
