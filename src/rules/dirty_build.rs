use serde::Serialize;

use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "dirty-build",
    family: Family::Allowlist,
    summary: "The artifact was built with uncommitted changes",
    docs: r#"
## What it does

Reads what a crate says about its checkout in `.cargo_vcs_info.json`. If the repository is available, it also looks
for shipped files that git doesn't track.

## Why it matters

What ships was not reviewed and can't be built again: an uncommitted experiment, a local settings file, a note.

## What to do

Commit or remove the changes and pack again. cargo says nothing when `--allow-dirty` is given.

## Example

```json
{ "git": { "sha1": "...", "dirty": true } }
```
"#,
    check,
};

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    revision: Option<&'a str>,
    untracked: Vec<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let Some(vcs) = inventory.package.as_ref().and_then(|package| package.vcs.as_ref()) else { return };
    let untracked: Vec<&str> = vcs
        .untracked
        .iter()
        .filter_map(|id| inventory.entry(*id))
        .map(|entry| entry.place.as_str())
        .collect();
    let revision = vcs.revision.as_deref();
    if vcs.dirty {
        let base = revision
            .and_then(|revision| revision.get(..12))
            .map(|short| format!(" on top of {short}"))
            .unwrap_or_default();
        findings.push(
            Finding::new(rule, super::manifest_place(inventory, &vcs.place, None))
                .message(format!("The package was packed with uncommitted changes{base}: what ships is not what is in version control."))
                .help("Commit the changes or remove them, and pack again without --allow-dirty.")
                .evidence(Evidence { revision, untracked: untracked.clone() })
                .key("dirty"),
        );
    }
    if !untracked.is_empty() {
        let place = match untracked.as_slice() {
            [_] => vcs
                .untracked
                .first()
                .and_then(|id| inventory.entry(*id))
                .map_or_else(Place::artifact, Place::entry),
            _ => Place::artifact(),
        };
        let named: Vec<String> = untracked.iter().take(5).map(|path| format!("`{path}`")).collect();
        let more = if untracked.len() > named.len() { ", ..." } else { "" };
        findings.push(
            Finding::new(rule, place)
                .message(format!(
                    "{} not tracked by version control: {}{more}.",
                    match untracked.len() {
                        1 => "One shipped file is".to_owned(),
                        count => format!("{} are", words::counted(count as u64, "shipped file")),
                    },
                    named.join(", ")
                ))
                .help("Add them to version control if they belong to the package; otherwise remove them and pack again.")
                .evidence(Evidence { revision, untracked })
                .key("untracked"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{Entry, EntryId, Inventory, Package, VcsState};
    use crate::rules::testing::run;

    fn inventory(dirty: bool, untracked: Vec<EntryId>) -> Inventory {
        let vcs = VcsState { revision: Some("0123456789abcdef".into()), dirty, place: "x".into(), untracked };
        Inventory {
            entries: numbered([Entry { place: "a/b".into(), ..Entry::default() }]),
            package: Some(Package { vcs: Some(vcs), ..Package::default() }),
            ..Inventory::default()
        }
    }

    #[test]
    fn fires() {
        let found = run(&RULE, &inventory(true, vec![EntryId(0)]));
        assert_eq!(
            found.iter().map(|finding| finding.key.as_str()).collect::<Vec<_>>(),
            ["dirty", "untracked"]
        );
        assert!(found[0].message.contains("0123456789ab"), "{}", found[0].message);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &inventory(false, Vec::new())), []);
        assert_eq!(run(&RULE, &Inventory::default()), []);
    }
}
