//! Phrases about findings that several reporters share: places, headlines. Nothing here is escaped yet.

use crate::outcome::Audit;
use crate::policy::{Judged, Verdict, WaiverUse};
use crate::rules::Place;
use crate::settings::Level;
use crate::words::{counted, number};

use super::wire::Summary;

/// Where a finding is, for people: `package/a.js:12:3`, `package/x.node, byte 4096`, or the artifact.
pub(crate) fn place(audit: &Audit, place: &Place) -> String {
    let mut out =
        if place.path.is_empty() { audit.inventory.artifact.path.clone() } else { place.path.clone() };
    for part in [place.line, place.column.filter(|_| place.line.is_some())].into_iter().flatten() {
        out.push_str(&format!(":{part}"));
    }
    if place.line.is_none()
        && let Some(offset) = place.offset
    {
        out.push_str(&format!(", byte {offset}"));
    }
    out
}

/// The heading of what would block after the proposed changes.
pub(crate) const LATER: &str = "Once that is done, this would block next";

/// What a stranger could recover, in one sentence; `None` if nothing.
pub(crate) fn exposure(audit: &Audit) -> Option<String> {
    let exposure = audit.totals.exposure;
    (exposure.files > 0).then(|| {
        format!(
            "This package gives away {} of original source, {}.",
            counted(exposure.files, "file"),
            counted(exposure.lines, "line")
        )
    })
}

/// `3 errors, 1 warning, 2 waived`; `no findings`.
pub(crate) fn counts(summary: &Summary) -> String {
    let mut parts = Vec::new();
    for (count, word) in [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")] {
        if count > 0 {
            parts.push(counted(count as u64, word));
        }
    }
    if summary.waived > 0 {
        parts.push(format!("{} waived", number(summary.waived as u64)));
    }
    if parts.is_empty() { "no findings".into() } else { parts.join(", ") }
}

/// `name 1.2.3`, or the file's name if no manifest could be read.
pub(crate) fn subject(audit: &Audit) -> String {
    match &audit.inventory.package {
        Some(package) if !package.name.is_empty() => {
            format!("{} {}", package.name, package.version).trim_end().to_string()
        }
        _ => file_name(&audit.inventory.artifact.path).to_string(),
    }
}

/// The last segment of a file system path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|name| !name.is_empty()).unwrap_or(path)
}

/// The verdict as an adjective.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Blocked => "blocked",
        Verdict::Incomplete => "not fully examined",
    }
}

/// The level as a word.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// A waiver without effect, in one sentence.
pub(crate) fn idle_waiver(waiver: &WaiverUse) -> String {
    match waiver {
        WaiverUse::Unused { rule, origin, .. } => {
            format!("The waiver for `{rule}` at {origin} matches nothing and can be removed.")
        }
        WaiverUse::Expired { rule, origin, findings } => format!(
            "The waiver for `{rule}` at {origin} has expired; {} that it would have waived now {}.",
            counted(*findings as u64, "finding"),
            if *findings == 1 { "counts" } else { "count" }
        ),
    }
}

/// Whether a finding stops the release.
pub(crate) fn blocks(judged: &Judged, fail_on: Level) -> bool {
    judged.waived.is_none() && judged.level >= fail_on
}

/// The page that documents a rule.
pub(crate) fn rule_page(rule: &str) -> String {
    format!("{}/blob/main/docs/rules/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}
/// The level at which an unexamined part counts, as a word.
pub(super) fn weight(level: Level) -> &'static str {
    match level {
        Level::Off => "waived",
        level => level.word(),
    }
}

/// The same in parentheses after a part, if it isn't an error.
pub(super) fn unless_error(level: Level) -> String {
    match level {
        Level::Error => String::new(),
        level => format!(" ({})", weight(level)),
    }
}
