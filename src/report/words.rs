//! Phrases that several reporters share: numbers, places, headlines. Nothing here is escaped yet.

use crate::audit::Audit;
use crate::policy::{Judged, Level, Verdict, WaiverUse};
use crate::rules::Place;

use super::wire::Summary;

/// `1906` as `1,906`.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `1,906 files`, `2 entries`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    match one.strip_suffix("try") {
        _ if count == 1 => format!("1 {one}"),
        Some(stem) => format!("{} {stem}tries", number(count)),
        None => format!("{} {one}s", number(count)),
    }
}

/// Bytes in the unit that leaves one to three digits before the point: `59.8 MB`.
pub(crate) fn bytes(count: u64) -> String {
    if count < 1000 {
        return counted(count, "byte");
    }
    let mut value = count as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 99.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// Where a finding stands, for people: `package/a.js:12:3`, `package/x.node, byte 4096`, or the artifact.
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

/// What a stranger could recover, in one sentence; `None` when that is nothing.
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

/// The last segment of a path of the system.
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
        WaiverUse::Unused { rule, origin } => {
            format!("The waiver for `{rule}` at {origin} matches nothing and can go.")
        }
        WaiverUse::Expired { rule, origin, findings } => format!(
            "The waiver for `{rule}` at {origin} has expired; {} it would have excepted now {}.",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (512_664, "512,664"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(value), text);
        }
        for (value, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (59_766_257, "59.8 MB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(value), text);
        }
    }
}
