//! Findings of the rules on sources next to compiled files: one for each file, for many files of one language
//! together, and for each archive.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ecosystem::{self, Compiled};
use crate::inventory::{Entry, Inventory};

use super::compiled::Source;
use super::{Finding, Place, Rule};
use crate::words::counted;

/// An uncompiled source, or several.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    language: &'a str,
    /// A compiled file that goes with it.
    compiled: Option<&'a str>,
    /// Size of the first.
    bytes: u64,
    files: usize,
    /// Why it seems to ship on purpose.
    meant: Option<&'a str>,
}

/// Up to this many files of one language get a finding each.
const MOST_ALONE: usize = 8;

/// The findings of a rule about these sources.
pub(super) fn of<'a>(
    rule: &Rule,
    inventory: &Inventory,
    sources: impl Iterator<Item = &'a Source<'a>>,
) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str, Option<&str>), Vec<&Source<'_>>> = BTreeMap::new();
    for source in sources {
        let key = match source.archive {
            Some(archive) => (archive.place.as_str(), "", None),
            None => ("", source.language, source.meant),
        };
        groups.entry(key).or_default().push(source);
    }
    let mut findings = Vec::new();
    for ((archive, ..), group) in groups {
        if archive.is_empty() && group.len() <= MOST_ALONE {
            findings.extend(group.iter().filter_map(|source| finding(rule, inventory, &[*source], &group)));
        } else {
            findings.extend(finding(rule, inventory, &group, &group));
        }
    }
    findings
}

/// The finding on a group; its help speaks of `all` that are told of beside it.
fn finding(
    rule: &Rule,
    inventory: &Inventory,
    group: &[&Source<'_>],
    all: &[&Source<'_>],
) -> Option<Finding> {
    let first = group.first()?;
    let beside = match (first.compiled, first.archive.is_some()) {
        (Some(compiled), false) => {
            format!(", next to the compiled files that the package runs ({compiled})")
        }
        (Some(compiled), true) => {
            format!(", packed next to the compiled files that the package runs ({compiled})")
        }
        (None, _) => ", in an archive of sources".to_owned(),
    };
    let others = match (group.len(), first.archive.is_some()) {
        (1, _) => String::new(),
        (count, false) => format!("; so are {}", counted(count as u64 - 1, "other file")),
        (count, true) => format!("; so are {} in the same archive", counted(count as u64 - 1, "other file")),
    };
    let meant = first.meant.map(|why| format!(". It seems to ship on purpose, as {why}")).unwrap_or_default();
    let evidence = Evidence {
        language: first.language,
        compiled: first.compiled,
        bytes: first.entry.size,
        files: group.len(),
        meant: first.meant,
    };
    let key = match (first.archive.is_some(), group.len()) {
        (true, _) => "packed".to_owned(),
        (false, 1) => first.language.to_owned(),
        (false, _) => format!("{} files", first.language),
    };
    let finding = Finding::new(rule, Place::entry(first.entry))
        .message(format!("This file is uncompiled {}{beside}{others}{meant}.", first.language))
        .evidence(evidence)
        .key(key);
    Some(with_help(finding, inventory, all))
}

fn with_help(finding: Finding, inventory: &Inventory, group: &[&Source<'_>]) -> Finding {
    if group.iter().any(|source| source.archive.is_some()) {
        return finding
            .help("Leave the archive out of the package, or list it by its name if it is meant to ship.");
    }
    if group.iter().all(|source| source.compiled.is_none()) {
        return finding.help(
            "Don't publish an archive of sources: leave `withSourcesJar()` out of Gradle's build, or the maven-source-plugin out of Maven's. If everybody may read them, write `policy = \"open-source\"` into packgate.toml.",
        );
    }
    if inventory.package.is_none() || ecosystem::format(inventory.kind).compiled() != Compiled::Scripts {
        return finding
            .help("Leave it out of the package, or publish the sources in an archive of their own.");
    }
    let entries: Vec<&Entry> = group.iter().map(|source| source.entry).collect();
    finding.remedy(
        ecosystem::leave_out(inventory, &entries, None),
        "If they are meant to ship, list their folder by its name.",
    )
}
