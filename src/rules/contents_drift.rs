use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::{EntryId, Inventory};
use crate::lock::{Drift, Line, Subject, compare};
use crate::settings::Level;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "contents-drift",
    family: Family::Allowlist,
    summary: "The artifact's files differ from `packgate.lock`",
    docs: r#"
## What it does

Compares the paths of the artifact with `packgate.lock`, which sits next to the manifest and lists what a release may
contain: every new path, every missing path, and every file that has outgrown its size class is reported. The rule
applies as soon as there is a lock; `packgate lock` writes one. A member of a workspace whose common lock says nothing of
it is a warning.

## Why it matters

An allowlist in the manifest works by folder. `"files": ["dist"]` lets `dist/.env` and `dist/cli.js.map` pass, because they are in `dist`. With a list of the files themselves, reviewed like code, each new file is somebody's decision.

## What to do

If the change is intended, run `packgate lock` and commit the line that it adds. If it isn't, find out
which build step wrote the file, and leave it out.

## Example

```text
packgate-lock 1

[npm @acme/cli]
LICENSE
cli.js  <= 16 MiB
package.json
```
A release that also holds `cli.js.map` is refused.
"#,
    check,
};

/// From this many on, files of one folder are reported together.
const MANY: usize = 4;
/// Paths named in a message about a folder.
const NAMED: usize = 5;
/// Paths kept as evidence.
const KEPT: usize = 100;

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// `new`, `missing`, `grown`, or `section` when the lock doesn't know the artifact.
    change: &'static str,
    /// Where the lock is.
    lock: String,
    /// Relative to the root; for missing ones, the lock's patterns. The first hundred.
    paths: Vec<&'a str>,
    /// How many there are.
    count: usize,
    /// Their size together in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// What the lock allows, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<u64>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(lock) = context.lock else { return };
    let file = lock.file.display().to_string();
    let subject = Subject::of(context.inventory);
    let Some(section) = lock.section(&subject) else {
        let evidence =
            Evidence { change: "section", lock: file, paths: Vec::new(), count: 0, bytes: None, most: None };
        let finding = Finding::new(rule, Place::artifact())
            .message(format!(
                "packgate.lock has no section [{subject}], so nobody has agreed to what this artifact contains."
            ))
            .help("Run `packgate lock` on this artifact too and commit the new section.")
            .evidence(evidence)
            .key("section");
        // A workspace may lock some of its members only.
        findings.push(match lock.knows(&subject.name) {
            true => finding,
            false => finding.at_most(Level::Warning),
        });
        return;
    };
    let drift = compare(section, context.inventory);
    report_new(rule, context.inventory, &file, &drift, findings);
    report_missing(rule, context.inventory, &file, &drift.missing, findings);
    for grown in &drift.grown {
        let place = context.inventory.entry(grown.entry).map_or_else(Place::artifact, Place::entry);
        findings.push(
            Finding::new(rule, place)
                .message(format!(
                    "This file is {}, but packgate.lock allows only {}: something was added to it.",
                    words::bytes(grown.bytes),
                    words::bytes(grown.most),
                ))
                .help("See what it contains now. If that is right, run `packgate lock` and commit the line.")
                .evidence(Evidence {
                    change: "grown",
                    lock: file.clone(),
                    paths: vec![&grown.path],
                    count: 1,
                    bytes: Some(grown.bytes),
                    most: Some(grown.most),
                })
                .key("grown"),
        );
    }
}

fn report_new(
    rule: &Rule,
    inventory: &Inventory,
    file: &str,
    drift: &Drift<'_>,
    findings: &mut Vec<Finding>,
) {
    const HELP: &str = "If it is meant to ship, run `packgate lock` and commit the line; if not, keep it out of the package.";
    let size = |id: &EntryId| inventory.entry(*id).map_or(0, |entry| entry.size);
    for (folder, group) in by_folder(&drift.new, |(_, path)| path) {
        let bytes = group.iter().map(|(id, _)| size(id)).sum();
        let paths: Vec<&str> = group.iter().map(|(_, path)| path.as_str()).collect();
        let evidence = |paths: &[&str], bytes| {
            serde_json::to_value(Evidence {
                change: "new",
                lock: file.to_owned(),
                paths: paths.iter().copied().take(KEPT).collect(),
                count: paths.len(),
                bytes: Some(bytes),
                most: None,
            })
            .unwrap_or_default()
        };
        if group.len() >= MANY {
            let place = Place { path: below(inventory, folder), ..Place::artifact() };
            findings.push(
                Finding::new(rule, place)
                    .message(format!(
                        "{} of {} in this folder are not in packgate.lock: {}.",
                        words::counted(group.len() as u64, "file"),
                        words::bytes(bytes),
                        some_of(&paths),
                    ))
                    .help(HELP)
                    .evidence(evidence(&paths, bytes))
                    .key("new"),
            );
            continue;
        }
        for (id, path) in group {
            let place = inventory.entry(*id).map_or_else(Place::artifact, Place::entry);
            findings.push(
                Finding::new(rule, place)
                    .message(format!(
                        "This file of {} is not in packgate.lock: nobody has agreed to publish it.",
                        words::bytes(size(id))
                    ))
                    .help(HELP)
                    .evidence(evidence(&[path], size(id)))
                    .key("new"),
            );
        }
    }
}

fn report_missing(
    rule: &Rule,
    inventory: &Inventory,
    file: &str,
    missing: &[&Line],
    findings: &mut Vec<Finding>,
) {
    const HELP: &str =
        "If it is gone for good, run `packgate lock`; if not, see why the build no longer writes it.";
    for (folder, group) in by_folder(missing, |line| line.pattern.text()) {
        let paths: Vec<&str> = group.iter().map(|line| line.pattern.text()).collect();
        let groups: Vec<&[&str]> = if paths.len() >= MANY { vec![&paths] } else { paths.chunks(1).collect() };
        for paths in groups {
            let (at, message) = match paths {
                [path] => {
                    (*path, "packgate.lock lists this path, but the artifact doesn't have it.".to_owned())
                }
                _ => (
                    folder,
                    format!(
                        "packgate.lock lists {} in this folder that the artifact doesn't have: {}.",
                        words::counted(paths.len() as u64, "path"),
                        some_of(paths),
                    ),
                ),
            };
            findings.push(
                Finding::new(rule, Place { path: below(inventory, at), ..Place::artifact() })
                    .message(message)
                    .help(HELP)
                    .evidence(Evidence {
                        change: "missing",
                        lock: file.to_owned(),
                        paths: paths.iter().copied().take(KEPT).collect(),
                        count: paths.len(),
                        bytes: None,
                        most: None,
                    })
                    .key("missing"),
            );
        }
    }
}

/// Items by the folder of their path, without a `/` at the end.
fn by_folder<T>(items: &[T], path: impl Fn(&T) -> &str) -> BTreeMap<&str, Vec<&T>> {
    let mut folders: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for item in items {
        folders.entry(folder_of(path(item))).or_default().push(item);
    }
    if folders.len() <= 2 * MANY {
        return folders;
    }
    // Many folders: by the first one of each path.
    let mut tops: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for item in items {
        let folder = folder_of(path(item));
        tops.entry(folder.split('/').next().unwrap_or(folder)).or_default().push(item);
    }
    tops
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The place in the artifact of a path relative to the root.
fn below(inventory: &Inventory, path: &str) -> String {
    let root = inventory.package.as_ref().map_or("", |package| package.root.as_str());
    match (root, path.strip_prefix("../")) {
        (_, Some(beside)) => beside.to_owned(),
        ("", None) => path.to_owned(),
        (root, None) if path.is_empty() => root.to_owned(),
        (root, None) => format!("{root}/{path}"),
    }
}

fn some_of(paths: &[&str]) -> String {
    let named = paths.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::npm;
    use crate::lock::{Lock, parse};
    use crate::rules::testing::{self, run_in};
    use crate::settings::Settings;
    use std::path::Path;

    fn lock(lines: &str) -> Lock {
        parse(Path::new("packgate.lock"), format!("packgate-lock 1\n\n{lines}").as_bytes()).unwrap()
    }

    /// Place and change of each finding.
    fn run(lines: &str, files: &[(&str, u64)]) -> Vec<(String, String, usize)> {
        let (lock, inventory, settings) = (lock(lines), npm("1.0.0", files), Settings::default());
        let context = Context::new(&inventory, &settings).against(None, Some(&lock));
        run_in(&RULE, &context)
            .into_iter()
            .map(|finding| {
                let count = usize::try_from(finding.evidence.value()["count"].as_u64().unwrap()).unwrap();
                (finding.place.path, finding.evidence.value()["change"].as_str().unwrap().to_owned(), count)
            })
            .collect()
    }

    #[test]
    fn fires() {
        let one = |place: &str, change: &str, count| vec![(place.to_owned(), change.to_owned(), count)];
        for (lines, files, expected) in [
            (
                "[npm acme]\ncli.js\n",
                &[("cli.js", 1), ("cli.js.map", 9)][..],
                one("package/cli.js.map", "new", 1),
            ),
            ("[npm acme]\na.js\ncli.js\n", &[("cli.js", 1)], one("package/a.js", "missing", 1)),
            ("[npm acme]\ncli.js\n", &[("cli.js", 2 << 20)], one("package/cli.js", "grown", 1)),
            ("[crate acme]\ncli.js\n", &[("cli.js", 1)], one("", "section", 0)),
            ("[npm acme]\n", &[("d/a", 1), ("d/b", 1), ("d/c", 1), ("d/d", 1)], one("package/d", "new", 4)),
            ("[npm acme]\nd/a\nd/b\nd/c\nd/d\n", &[], one("package/d", "missing", 4)),
        ] {
            assert_eq!(run(lines, files), expected, "{lines}");
        }
    }

    #[test]
    fn warns_of_a_member_that_a_common_lock_does_not_know() {
        for (lines, most) in [("[npm other]\na.js\n", Some(Level::Warning)), ("[crate acme]\na.rs\n", None)] {
            let (lock, inventory, settings) =
                (lock(lines), npm("1.0.0", &[("a.js", 1)]), Settings::default());
            let findings = run_in(&RULE, &Context::new(&inventory, &settings).against(None, Some(&lock)));
            assert_eq!(findings[0].at_most, most, "{lines}");
        }
    }

    #[test]
    fn stays_silent() {
        for (lines, files) in [
            ("[npm acme]\ncli.js\n", &[("cli.js", 1000)][..]),
            ("[npm acme]\ncli-{version}.js\n", &[("cli-1.0.0.js", 1)]),
            ("[npm acme]\ndist/*-????????.js\n", &[("dist/a-BkYR3Qdz.js", 1), ("dist/b-x1Y2z3W4.js", 1)]),
            ("[npm acme]\nmaybe.js  optional\n", &[]),
        ] {
            assert_eq!(run(lines, files), [], "{lines}");
        }
        assert_eq!(testing::run(&RULE, &npm("1.0.0", &[("a.js", 1)])), []);
    }

    #[test]
    fn names_a_few_of_many() {
        let files: Vec<(String, u64)> = (0..30).map(|at| (format!("d/{at:02}.js"), 1)).collect();
        let files: Vec<(&str, u64)> = files.iter().map(|(path, size)| (path.as_str(), *size)).collect();
        let (lock, inventory, settings) = (lock("[npm acme]\n"), npm("1.0.0", &files), Settings::default());
        let findings = run_in(&RULE, &Context::new(&inventory, &settings).against(None, Some(&lock)));
        assert_eq!(
            findings[0].message,
            "30 files of 30 bytes in this folder are not in packgate.lock: d/00.js, d/01.js, d/02.js, d/03.js, d/04.js and 25 more."
        );
    }
}
