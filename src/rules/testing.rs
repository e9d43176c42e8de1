//! Hand-made inventories, and what a rule finds in them.

use crate::ecosystem;
use crate::inventory::testing::numbered;
use crate::inventory::{
    Anomaly, AnomalyKind, At, Entry, EntryKind, Inventory, Kind, Mention, MentionKind, Package,
};
use crate::settings::Settings;

use super::{Context, Finding, Rule};

pub(crate) use crate::recoverable::testing::{inventory as inspected, map};

/// What a rule finds in an inventory.
pub(crate) fn run(rule: &Rule, inventory: &Inventory) -> Vec<Finding> {
    run_with(rule, inventory, &Settings::default())
}

/// The same under these settings.
pub(crate) fn run_with(rule: &Rule, inventory: &Inventory, settings: &Settings) -> Vec<Finding> {
    run_in(rule, &Context::new(inventory, settings))
}

/// The same in a context.
pub(crate) fn run_in(rule: &Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    (rule.check)(rule, context, &mut findings);
    findings
}

/// A file without facts.
pub(crate) fn entry(place: &str) -> Entry {
    Entry { path: place.to_owned(), place: place.to_owned(), ..Entry::default() }
}

/// A file that mentions these.
pub(crate) fn mentions(place: &str, mentions: &[(MentionKind, &str)]) -> Entry {
    let mention = |(kind, what): &(MentionKind, &str)| Mention {
        kind: *kind,
        what: (*what).to_owned(),
        at: At { offset: 9, line: Some(2), column: Some(3), inside: None },
        count: 1,
    };
    Entry { mentions: mentions.iter().map(mention).collect(), ..entry(place) }
}

/// These entries, of no package.
pub(crate) fn inventory(entries: Vec<Entry>) -> Inventory {
    Inventory { entries: numbered(entries), ..Inventory::default() }
}

/// An npm package with entries of these paths; a final `/` makes a folder.
pub(crate) fn tree(paths: &[&str]) -> Inventory {
    let entries = paths.iter().map(|path| {
        let kind = if path.ends_with('/') { EntryKind::Directory } else { EntryKind::File };
        Entry { kind, ..entry(path.trim_end_matches('/')) }
    });
    let package = Some(Package { name: "acme".into(), version: "1.0.0".into(), ..Package::default() });
    Inventory { kind: Kind::Npm, entries: numbered(entries), package, ..Inventory::default() }
}

/// An npm tarball with this manifest and these (empty) files below `package/`, as its ecosystem reads it.
pub(crate) fn npm(manifest: &str, paths: &[&str]) -> Inventory {
    let mut files: Vec<(String, &str)> = vec![("package/package.json".to_owned(), manifest)];
    files.extend(
        paths.iter().filter(|path| **path != "package.json").map(|path| (format!("package/{path}"), "{}")),
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let mut inventory = ecosystem::tests::inventory("demo.tgz", "gzip", &files);
    ecosystem::identify(&mut inventory, None, None);
    inventory
}

/// An anomaly in a container; an empty name is the artifact's own.
pub(crate) fn anomaly(kind: AnomalyKind, container: &str) -> Anomaly {
    Anomaly {
        kind,
        offset: 512,
        place: "package/a.js".into(),
        container: container.into(),
        detail: "clients disagree".into(),
        payload: false,
    }
}

/// Whether a rule reports anomalies of a kind in a container.
pub(crate) fn takes(rule: &Rule, kind: AnomalyKind, container: &str) -> bool {
    let anomalies = vec![anomaly(kind, container)];
    !run(rule, &Inventory { anomalies, ..tree(&["package/a.js"]) }).is_empty()
}
