use serde::Serialize;

use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "size-budget",
    family: Family::Allowlist,
    summary: "The artifact or a file in it is larger than the settings allow",
    docs: r#"
## What it does

Compares the artifact with the budgets in the settings: `artifact` for the packed file, `unpacked` for all
its entries together, `entry` for each file. Without a budget it never fires.

## Why it matters

What ships by mistake is often large: a source map, a core dump, a cache, yesterday's tarball. A budget a little above
the usual size stops it, whatever it is.

## What to do

See what takes up the space with `packgate inventory`. Raise the budget if the size is right.

## Example

```toml
[size]
artifact = "10MiB"
unpacked = "40MiB"
entry = "5MiB"
```
"#,
    check,
};

#[derive(Debug, Serialize)]
struct Evidence {
    /// `artifact`, `unpacked` or `entry`.
    budget: &'static str,
    /// The size found, in bytes.
    bytes: u64,
    /// The size allowed, in bytes.
    most: u64,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let size = &context.settings.size;
    let artifact = &context.inventory.artifact;
    let mut exceeded = |place: Place, what: &str, budget: &'static str, bytes: u64, most: Option<u64>| {
        let Some(most) = most.filter(|most| bytes > *most) else { return };
        findings.push(
            Finding::new(rule, place)
                .message(format!(
                    "{what} {}, which is over the budget of {}.",
                    words::bytes(bytes),
                    words::bytes(most)
                ))
                .help(format!(
                    "See what takes up the space with `packgate inventory`, or raise size.{budget} in the settings."
                ))
                .evidence(Evidence { budget, bytes, most })
                .key(budget),
        );
    };
    exceeded(Place::artifact(), "The artifact is", "artifact", artifact.bytes, size.artifact);
    exceeded(
        Place::artifact(),
        "Unpacked, the artifact is",
        "unpacked",
        artifact.unpacked_bytes,
        size.unpacked,
    );
    for entry in context.inventory.top_files() {
        exceeded(Place::entry(entry), "This file is", "entry", entry.size, size.entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{Artifact, Entry, EntryId, Inventory};
    use crate::rules::testing::run_with;
    use crate::settings::{Settings, Size};

    fn run(size: Size) -> Vec<&'static str> {
        let inventory = Inventory {
            artifact: Artifact { bytes: 100, unpacked_bytes: 300, ..Artifact::default() },
            entries: numbered([
                Entry { size: 250, ..Entry::default() },
                Entry { size: 50, ..Entry::default() },
                Entry { size: 999, parent: Some(EntryId(0)), ..Entry::default() },
            ]),
            ..Inventory::default()
        };
        let settings = Settings { size, ..Settings::default() };
        run_with(&RULE, &inventory, &settings)
            .iter()
            .map(|finding| match finding.key.as_str() {
                "artifact" => "artifact",
                "unpacked" => "unpacked",
                _ => "entry",
            })
            .collect()
    }

    #[test]
    fn fires() {
        assert_eq!(run(Size { artifact: Some(99), ..Size::default() }), ["artifact"]);
        assert_eq!(run(Size { unpacked: Some(299), ..Size::default() }), ["unpacked"]);
        assert_eq!(run(Size { entry: Some(249), ..Size::default() }), ["entry"]);
        assert_eq!(
            run(Size { entry: Some(0), artifact: Some(0), ..Size::default() }),
            ["artifact", "entry", "entry"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        assert_eq!(run(Size::default()), none);
        assert_eq!(
            run(Size { artifact: Some(100), unpacked: Some(300), entry: Some(250), growth_percent: None }),
            none
        );
    }
}
