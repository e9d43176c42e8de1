use serde::Serialize;

use crate::inventory::{Entry, Inventory};
use crate::words;

use super::differs_from_commit::{comparison, named};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "dirty-build",
    family: Family::Allowlist,
    summary: "The artifact was built with uncommitted changes",
    docs: r#"
## What it does

Reads what a crate says about its checkout in `.cargo_vcs_info.json`. If the repository is available (`--project`), it
names the files that aren't as that commit has them; see [differs-from-commit](differs-from-commit.md) and
[not-in-commit](not-in-commit.md).

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
    files: Vec<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let Some(vcs) = inventory.package.as_ref().and_then(|package| package.vcs.as_ref()) else { return };
    if !vcs.dirty {
        return;
    }
    let revision = vcs.revision.as_deref();
    let base = revision
        .and_then(|revision| revision.get(..12))
        .map(|short| format!(" on top of {short}"))
        .unwrap_or_default();
    let files = changed(inventory);
    let named = match files.as_slice() {
        [] => String::new(),
        [file] => format!(" in `{}`", file.place),
        files => format!(" in {}{}", words::counted(files.len() as u64, "file"), named(files)),
    };
    findings.push(
        Finding::new(rule, super::manifest_place(inventory, &vcs.place, None))
            .message(format!("The package was packed with uncommitted changes{base}{named}. What ships is not what is in version control."))
            .help("Commit the changes or remove them, and pack again without --allow-dirty.")
            .evidence(Evidence { revision, files: files.iter().map(|file| file.place.as_str()).collect() })
            .key("dirty"),
    );
}

/// The files that aren't those of the commit, where that is at hand.
fn changed(inventory: &Inventory) -> Vec<&Entry> {
    let Some(comparison) = comparison(inventory) else { return Vec::new() };
    let differing = comparison.differing.iter().map(|differing| differing.entry);
    differing.chain(comparison.absent.iter().copied()).filter_map(|id| inventory.entry(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{Comparison, EntryId, FromCommit, Package, VcsState};
    use crate::rules::testing::run;

    fn inventory(dirty: bool, absent: Vec<EntryId>) -> Inventory {
        let vcs = VcsState { revision: Some("0123456789abcdef".into()), dirty, place: "x".into() };
        Inventory {
            entries: numbered([Entry { place: "a/b".into(), ..Entry::default() }]),
            package: Some(Package { vcs: Some(vcs), ..Package::default() }),
            from_commit: Some(FromCommit::Compared(Comparison { absent, ..Comparison::default() })),
            ..Inventory::default()
        }
    }

    #[test]
    fn fires() {
        let told = |absent| run(&RULE, &inventory(true, absent)).remove(0).message;
        assert!(told(vec![EntryId(0)]).contains("on top of 0123456789ab in `a/b`."));
        assert!(told(Vec::new()).contains("on top of 0123456789ab."));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &inventory(false, vec![EntryId(0)])), []);
        assert_eq!(run(&RULE, &Inventory::default()), []);
    }
}
