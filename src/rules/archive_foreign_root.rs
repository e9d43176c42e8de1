use std::collections::BTreeMap;

use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{Entry, EntryKind, Inventory};
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "archive-foreign-root",
    family: Family::ArchiveTrust,
    summary: "An entry outside the package's top folder",
    docs: r#"
## What it does

In an npm tarball, a crate and a source distribution everything is in one top folder. Reports entries outside it: a
second top folder, or files next to the first.

## Why it matters

npm strips the first segment of each path, whatever it is: `other/index.js` becomes `index.js` and replaces the
package's own. Files without a folder are dropped by npm and written by others. cargo and pip refuse a second folder.

## What to do

Pack again with the ecosystem's own client.

## Example

`package/index.js` and `other/index.js` in one tarball.
"#,
    check,
};

/// What is outside.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// The package's own folder.
    root: &'a str,
    /// The other top folder; empty for files in none.
    other: &'a str,
    /// Entries there.
    count: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    if !ecosystem::format(inventory.kind).has_one_folder() {
        return;
    }
    let Some(root) = root(inventory) else { return };
    let mut others: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in top(inventory) {
        let folder = folder(entry);
        if folder != root && !(folder.is_empty() && entry.kind == EntryKind::Directory) {
            others.entry(folder).or_default().push(entry);
        }
    }
    misnamed(rule, inventory, root, findings);
    for (other, entries) in others {
        let Some(first) = entries.first() else { continue };
        let count = match entries.len() {
            1 => "One entry is".to_owned(),
            count => format!("{} entries are", words::number(count as u64)),
        };
        let message = if other.is_empty() {
            format!(
                "{count} in no folder, next to the package's own folder `{root}`: npm drops such files, other clients write them."
            )
        } else {
            format!(
                "{count} in a second top folder `{other}` next to `{root}`: npm merges the two, other clients refuse them or keep them apart."
            )
        };
        findings.push(
            Finding::new(rule, Place::entry(first))
                .message(message)
                .help("Pack the artifact again with the ecosystem's own client, which writes one folder.")
                .evidence(Evidence { root, other, count: entries.len() })
                .key(other),
        );
    }
}

/// A client that takes the files only from a folder of one name.
fn misnamed(rule: &Rule, inventory: &Inventory, root: &str, findings: &mut Vec<Finding>) {
    let Some(package) = &inventory.package else { return };
    let format = ecosystem::format(inventory.kind);
    let (Some(expected), Some(client)) =
        (format.folder_name(package), format.advice().packs_by(&inventory.making))
    else {
        return;
    };
    if package.name.is_empty() || package.version.is_empty() || root == expected {
        return;
    }
    let program = client.split(' ').next().unwrap_or(client);
    let kind = inventory.kind.name();
    let count = top(inventory).filter(|entry| folder(entry) == root).count();
    let place = Place { path: root.to_owned(), ..Place::default() };
    findings.push(
        Finding::new(rule, place)
            .message(format!(
                "The {kind}'s top folder is `{root}` instead of `{expected}`: {program} refuses it."
            ))
            .help(format!("Pack the {kind} again with `{client}`."))
            .evidence(Evidence { root: &expected, other: root, count })
            .key(kind),
    );
}

fn top(inventory: &Inventory) -> impl Iterator<Item = &Entry> {
    let is_blob = |entry: &Entry| matches!(entry.kind, EntryKind::Blob { .. });
    inventory.everything().filter(move |entry| entry.parent.is_none() && !is_blob(entry))
}

/// The first segment; empty for a file at the top.
fn folder(entry: &Entry) -> &str {
    match entry.path.split_once('/') {
        Some((folder, _)) => folder,
        None if entry.kind == EntryKind::Directory => &entry.path,
        None => "",
    }
}

/// The package's own folder: as its manifest was found in, or else the one with most entries.
fn root(inventory: &Inventory) -> Option<&str> {
    let known =
        inventory.package.as_ref().map(|package| package.root.as_str()).filter(|root| !root.is_empty());
    known.or_else(|| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for folder in top(inventory).map(folder).filter(|folder| !folder.is_empty()) {
            *counts.entry(folder).or_default() += 1;
        }
        counts
            .into_iter()
            .max_by_key(|(folder, count)| (*count, *folder == "package"))
            .map(|(folder, _)| folder)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Kind;
    use crate::rules::testing::{run, tree};

    fn others(paths: &[&str], kind: Kind) -> Vec<String> {
        let inventory = Inventory { kind, ..tree(paths) };
        run(&RULE, &inventory).into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn fires() {
        let two = ["package/a", "package/package.json", "other/a"];
        assert_eq!(others(&two, Kind::Npm), ["other"]);
        assert_eq!(others(&["acme-1.0.0/a", "acme-1.0.0/b", "other/a"], Kind::Crate), ["other"]);
        assert_eq!(others(&["acme-2.0.0/a"], Kind::Crate), ["crate"]);
        assert_eq!(others(&["package/a", "package/b", "c.map"], Kind::Npm), [""]);
        assert_eq!(others(&["package/a", "package/b", "x/", "y/b"], Kind::Npm), ["x", "y"]);
        let mut known = tree(&["package/a", "x/a", "x/b"]);
        known.package.as_mut().unwrap().root = "package".into();
        assert_eq!(run(&RULE, &known)[0].key, "x");
    }

    #[test]
    fn stays_silent() {
        assert!(others(&["package/", "package/a", "package/b/c"], Kind::Npm).is_empty());
        assert!(others(&["react/a", "react/package.json"], Kind::Npm).is_empty());
        assert!(others(&["acme/a.py", "acme-1.0.dist-info/RECORD"], Kind::Wheel).is_empty());
        assert!(others(&["acme-1.0.0/a", "acme-1.0.0/b/c"], Kind::Crate).is_empty());
        assert!(others(&["a", "b/c"], Kind::Tar).is_empty());
    }
}
