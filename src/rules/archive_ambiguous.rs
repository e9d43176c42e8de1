use std::collections::BTreeSet;

use crate::inventory::{Anomaly, AnomalyKind, Concern, Inventory, Kind};
use crate::settings::Level;

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-ambiguous",
    family: Family::ArchiveTrust,
    summary: "Clients read different entries or bytes from this archive",
    docs: r#"
## What it does

Reports every construct of a tar, gzip or zip file on which clients are known to disagree: wrong checksums, folders
with bytes of their own, PAX headers that contradict the entry, several gzip members, data after the end, zip members
that the directory doesn't list, headers that contradict the directory, two end records, and more. The message says
who sees what, and at which byte. Where it isn't clear what the next entry is, the audit is incomplete as well.

## Why it matters

The people who check the package and those who install it may see different files. A source map that one reader
doesn't list is installed by another.

## What to do

Pack again with the ecosystem's own client (`npm pack`, `cargo package`, `python -m build`); none of them writes such
archives. If your build repacks the artifact with another tool, that tool is at fault.

## Example

A tarball whose entry `package/lib/` is a folder of 1024 bytes: npm reads those bytes as the next header and installs
the file it finds there; other readers skip them.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let before = findings.len();
    archive::report(rule, context, takes, help, findings);
    let empty = empty_and_folder(context.inventory);
    for finding in findings.iter_mut().skip(before).filter(|one| empty.contains(one.place.path.as_str())) {
        finding.at_most = Some(Level::Note);
    }
}

/// Places in a jar where nothing stands beside a folder of the same name, as Bazel wrote `META-INF/versions/9` and
/// `META-INF/versions/9/`. No JVM unpacks a jar, and there is nothing to lose.
fn empty_and_folder(inventory: &Inventory) -> BTreeSet<&str> {
    if inventory.kind != Kind::Jar {
        return BTreeSet::new();
    }
    let mut places = archive::places_of(inventory, takes, AnomalyKind::FileAsFolder);
    if !places.is_empty() {
        for entry in inventory.everything().filter(|entry| entry.size > 0) {
            places.remove(entry.place.as_str());
        }
    }
    places
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind.concern() == Concern::Ambiguity
}

fn help(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::Mismatch => {
            "Give the file the extension of its real format, or pack it in the format that its name says."
        }
        AnomalyKind::FileAsFolder => "Leave out one of the two.",
        AnomalyKind::ZipMethod => "Compress with deflate, which every client reads.",
        _ => {
            "Pack the artifact again with the ecosystem's own client, and find out which tool packed this one."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{anomaly, run, takes, tree};

    #[test]
    fn nothing_beside_a_folder_of_its_name_is_a_note_in_a_jar() {
        let place = "META-INF/versions/9";
        let most = |kind: Kind, size: u64, kinds: &[AnomalyKind]| {
            let one = |kind: &AnomalyKind| Anomaly { place: place.to_owned(), ..anomaly(*kind, "") };
            let mut inventory = tree(&[place]);
            inventory.kind = kind;
            inventory.anomalies = kinds.iter().map(one).collect();
            inventory.entries.iter_mut().for_each(|entry| entry.size = size);
            run(&RULE, &inventory).iter().map(|finding| finding.at_most).collect::<Vec<_>>()
        };
        let twice = [AnomalyKind::FileAsFolder, AnomalyKind::FileAsFolder];
        assert_eq!(most(Kind::Jar, 0, &twice), [Some(Level::Note); 2]);
        assert_eq!(most(Kind::Jar, 1, &twice), [None; 2]);
        assert_eq!(most(Kind::Wheel, 0, &twice), [None; 2]);
        let also = [AnomalyKind::FileAsFolder, AnomalyKind::ZipHiddenEntry];
        assert_eq!(most(Kind::Jar, 0, &also), [None; 2]);
    }

    #[test]
    fn fires_on_the_artifact_and_not_on_archives_within() {
        for kind in [AnomalyKind::TarBody, AnomalyKind::ZipHiddenEntry, AnomalyKind::GzipMembers] {
            assert!(takes(&RULE, kind, ""), "{kind:?}");
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
        for kind in [AnomalyKind::PathWindows, AnomalyKind::DuplicateIdentical, AnomalyKind::TrailingData] {
            assert!(!takes(&RULE, kind, ""), "{kind:?}");
        }
    }
}
