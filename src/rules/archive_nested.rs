use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::{Anomaly, AnomalyKind, Concern};

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-nested",
    family: Family::ArchiveTrust,
    summary: "An archive within the artifact that clients read differently",
    docs: r#"
## What it does

Reports, once for each archive that is a file of the artifact, that clients would read different entries from it: data
that no directory lists, contradicting headers, several ends.

## Why it matters

Installing the package doesn't unpack this archive, so nothing is hidden from those who install it. But its content
was examined under one reading, and a stranger with another tool may find more in it.

## What to do

Find out what the archive is for. Test data of a program that reads archives may well be broken on purpose: keep it
out of the package, or write a waiver for it.

## Example

`package/fixtures/hidden.zip` holds a member that its directory doesn't list.
"#,
    check,
};

/// The anomalies of one archive.
#[derive(Debug, Serialize)]
struct Evidence {
    /// The constructs, each once.
    anomalies: Vec<AnomalyKind>,
    /// How many there are in all.
    count: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut containers: BTreeMap<&str, Vec<&Anomaly>> = BTreeMap::new();
    for anomaly in context.inventory.anomalies.iter().filter(|anomaly| takes(anomaly)) {
        containers.entry(&anomaly.container).or_default().push(anomaly);
    }
    for (container, anomalies) in containers {
        let Some(first) = anomalies.first() else { continue };
        let mut kinds: Vec<AnomalyKind> = anomalies.iter().map(|anomaly| anomaly.kind).collect();
        kinds.sort();
        kinds.dedup();
        let entry = context.inventory.everything().find(|entry| entry.place == container);
        let place =
            entry.map_or_else(|| Place { path: container.to_owned(), ..Place::default() }, Place::entry);
        findings.push(
            Finding::new(rule, place)
                .message(format!(
                    "Clients read this archive differently. At byte {}: {}.",
                    first.offset, first.detail
                ))
                .help("Leave the archive out of the package, or pack it again with a common tool.")
                .key(kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(","))
                .evidence(Evidence { count: anomalies.len(), anomalies: kinds }),
        );
    }
}

fn takes(anomaly: &Anomaly) -> bool {
    /// What is common in archives that nobody installs from: several members, old name encodings, rarer
    /// methods, odd endings.
    const COMMON: [AnomalyKind; 6] = [
        AnomalyKind::GzipMembers,
        AnomalyKind::ZipName,
        AnomalyKind::ZipMethod,
        AnomalyKind::ZipFolder,
        AnomalyKind::Mismatch,
        AnomalyKind::FileAsFolder,
    ];
    let extra = anomaly.kind == AnomalyKind::GapData;
    let ambiguous = anomaly.kind.concern() == Concern::Ambiguity && !COMMON.contains(&anomaly.kind);
    anomaly.is_nested() && (ambiguous || extra)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Inventory;
    use crate::rules::testing::{anomaly, run, takes, tree};

    #[test]
    fn fires_once_per_archive() {
        let anomalies = vec![
            anomaly(AnomalyKind::ZipHiddenEntry, "package/x.zip"),
            anomaly(AnomalyKind::ZipHiddenEntry, "package/x.zip"),
            anomaly(AnomalyKind::TarBody, "package/y.tgz"),
        ];
        let found = run(&RULE, &Inventory { anomalies, ..tree(&["package/x.zip"]) });
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].place.path.as_str(), found[0].key.as_str()),
            ("package/x.zip", "zip-hidden-entry")
        );
        assert_eq!(found[0].evidence.value()["count"], 2);
    }

    #[test]
    fn stays_silent() {
        assert!(!takes(&RULE, AnomalyKind::ZipHiddenEntry, ""));
        for kind in [
            AnomalyKind::GzipMembers,
            AnomalyKind::PathBackslash,
            AnomalyKind::Duplicate,
            AnomalyKind::LeadingData,
        ] {
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
    }
}
