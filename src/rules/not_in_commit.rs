use serde::Serialize;

use crate::inventory::Entry;
use crate::words;

use super::differs_from_commit::{comparison, named, places};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "not-in-commit",
    family: Family::Allowlist,
    summary: "A file that version control doesn't hold is in a package of sources",
    docs: r#"
## What it does

In packages whose files are the project's as they are (crates, source distributions, gems, wheels of pure Python, npm
packages without a build), it looks for files that version control doesn't hold at the commit; see
[differs-from-commit](differs-from-commit.md) for which commit that is. Files that the ecosystem's client makes
(`Cargo.lock`, `PKG-INFO`, `*.egg-info`, ...), version files that the project's settings name, and what is made from a
tracked file of the same name (`.c` from `.pyx`, `_pb2.py` from `.proto`) are left out.

## Why it matters

Clients pack what lies in the folder: `.env`, `node_modules`, core dumps, a note. And what only a release has and its
repository never had is where a backdoor isn't seen.

## What to do

Add the file to version control if it belongs to the package; otherwise remove it and pack again, best in a fresh
checkout. A file that your build makes can be waived by its place.

## Example

`demo-1.0.0/.env` in a crate whose repository ignores it.
"#,
    check,
};

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    commit: &'a str,
    because: &'a str,
    files: Vec<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(comparison) = comparison(context.inventory) else { return };
    let files: Vec<&Entry> = comparison.absent.iter().filter_map(|id| context.inventory.entry(*id)).collect();
    findings.extend(places(&files).into_iter().map(|(place, entries)| {
        let subject = match entries.as_slice() {
            [_] => "This file is".to_owned(),
            all => format!("{} are", words::counted(all.len() as u64, "file")),
        };
        Finding::new(rule, place)
            .message(format!("{subject} not in version control at {}{}.", comparison.at(), named(&entries)))
            .help(help(context.have_secrets(&entries)))
            .evidence(Evidence {
                commit: &comparison.commit,
                because: &comparison.because,
                files: entries.iter().map(|entry| entry.place.as_str()).collect(),
            })
    }));
}

/// Nobody is told to add credentials to version control.
fn help(with_secrets: bool) -> &'static str {
    match with_secrets {
        true => {
            "Remove it and pack again: what holds credentials belongs neither in the package nor in version control."
        }
        false => {
            "Add it to version control if it belongs to the package; otherwise remove it and pack again."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{At, Comparison, EntryId, FromCommit, Inventory, Secret};
    use crate::rules::testing::{run, tree};

    fn absent(absent: Vec<EntryId>) -> Inventory {
        let comparison = Comparison {
            commit: "0123456789abcdef".into(),
            because: "HEAD".into(),
            absent,
            ..Comparison::default()
        };
        let tree = tree(&["package/a.js", "package/.env"]);
        Inventory { from_commit: Some(FromCommit::Compared(comparison)), ..tree }
    }

    #[test]
    fn fires() {
        let found = run(&RULE, &absent(vec![EntryId(1)]));
        assert_eq!(found[0].place.path, "package/.env");
        assert_eq!(found[0].message, "This file is not in version control at HEAD (0123456789ab).");
    }

    #[test]
    fn nobody_is_told_to_add_credentials_to_version_control() {
        let mut inventory = absent(vec![EntryId(0), EntryId(1)]);
        let (redacted, digest) = (String::new(), String::new());
        let secret = Secret { rule: "secret-npm-token", at: At::default(), redacted, digest };
        assert!(run(&RULE, &inventory).iter().all(|one| one.help.starts_with("Add it to version control")));
        inventory.entries[1].secrets.push(secret);
        let found = run(&RULE, &inventory);
        let of_env = found.iter().filter(|one| one.place.path == "package/.env");
        assert!(of_env.clone().count() == 1 && of_env.clone().all(|one| !one.help.contains("Add it")));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &absent(Vec::new())), []);
        assert_eq!(run(&RULE, &Inventory::default()), []);
    }
}
