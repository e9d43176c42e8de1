use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::outcome::Audit;
use crate::settings::Level;

use super::repository::{Repository, RepositoryFile};
use super::{Look, Reporter, phrases};
use crate::escape::{self, joined_lines, shown};

/// GitLab's code quality report, with the fields that its documentation names.
pub(super) const REPORTER: Reporter = Reporter { name: "gitlab", needs_entries: false, write, parts: None };

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let repository = Repository::of(look);
    let mut issues = Vec::new();
    for audit in audits {
        issues.extend(audit.unexamined().iter().map(|part| {
            let place = if part.place.is_empty() { &audit.inventory.artifact.path } else { &part.place };
            Issue {
                description: joined_lines(&format!("{place} was not examined: {}", part.why)),
                check_name: "packgate/incomplete".into(),
                fingerprint: format!("incomplete:{}", shown(place)),
                severity: match audit.weight(part) {
                    Level::Error => "blocker",
                    Level::Warning => "minor",
                    Level::Note | Level::Off => "info",
                },
                location: Location::of(repository.manifest(audit)),
            }
        }));
        issues.extend(audit.findings.iter().map(|judged| {
            let finding = &judged.finding;
            let place = phrases::place(audit, &finding.place);
            let waived = judged.waived.as_ref().map(|reason| format!(" Waived: {reason}"));
            let text = format!("{place}: {}{}", finding.message, waived.as_deref().unwrap_or(""));
            Issue {
                description: shown(&text).to_string(),
                check_name: format!("packgate/{}", finding.rule),
                fingerprint: shown(&judged.finding_id).to_string(),
                severity: if waived.is_some() { "info" } else { severity(judged.level) },
                location: Location::of(repository.file(audit, &finding.place)),
            }
        }));
        issues.extend(audit.waivers.iter().map(|waiver| {
            let description = shown(&phrases::idle_waiver(waiver)).to_string();
            Issue {
                fingerprint: format!("idle-waiver:{description}"),
                description,
                check_name: "packgate/idle-waiver".into(),
                severity: "minor",
                location: Location::of(repository.manifest(audit)),
            }
        }));
    }
    tell_apart(&mut issues);
    escape::write_json(&issues, out)
}

/// GitLab drops an issue whose fingerprint it has seen already.
fn tell_apart(issues: &mut [Issue]) {
    let mut seen: HashMap<String, u64> = HashMap::new();
    for issue in issues {
        let count = seen.entry(issue.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            issue.fingerprint = format!("{}-{count}", issue.fingerprint);
        }
    }
}

impl Location {
    fn of(file: RepositoryFile) -> Self {
        Self { path: shown(&file.path).to_string(), lines: Lines { begin: file.line.unwrap_or(1) } }
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "minor",
        Level::Note | Level::Off => "info",
    }
}
