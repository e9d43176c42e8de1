use serde::Serialize;

use crate::inventory::{Entry, Inventory};
use crate::lock::{compare, section_of};
use crate::recoverable::Exposure;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unexpected-growth",
    family: Family::Allowlist,
    summary: "The artifact is much larger than the previous release",
    docs: r#"
## What it does

With `--against OLD`, compares the artifact with an earlier release. It fires if the unpacked size grew by more than
`growth-percent` (without that setting, if it more than doubled and grew by at least 1 MiB), or if a single new file
is larger than the whole previous release unpacked and at least 1 MiB. It also fires if the previous release gave away
no original sources and this one does.

## Why it matters

Releases grow slowly. One that suddenly doubles usually contains something that nobody meant to ship: a
source map, debug symbols, a cache, an archive of the sources.

## What to do

See what was added with `packgate diff OLD NEW`. If the growth is intended, raise `growth-percent`, or waive the rule
for this release with a reason and a date.

## Example

```toml
[size]
growth-percent = 30
```
"#,
    check,
};

/// Growth that is accepted without a setting, in percent and in bytes.
const PERCENT: u64 = 100;
const AT_LEAST: u64 = 1 << 20;

#[derive(Debug, Serialize)]
struct Evidence {
    /// `unpacked`, `entry` or `exposure`.
    what: &'static str,
    /// Version compared with.
    against: String,
    /// Unpacked size of the previous release, or of what it gave away, in bytes.
    before: u64,
    /// Size now, in bytes: of the unpacked artifact, of the entry, or of what is given away.
    bytes: u64,
    /// Growth allowed in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u64>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(previous) = context.previous else { return };
    let (before, now) = (unpacked(previous), unpacked(context.inventory));
    let against = release(previous);
    let set = context.settings.size.growth_percent;
    let percent = set.unwrap_or(PERCENT);
    let most = u128::from(before) * (100 + u128::from(percent)) / 100;
    let minded = set.is_some() || now.saturating_sub(before) >= AT_LEAST;
    if minded && u128::from(now) > most {
        let added: Vec<&Entry> = largest_new(context.inventory, previous);
        let names: Vec<String> = added
            .iter()
            .take(3)
            .map(|entry| format!("{} ({})", entry.path, words::bytes(entry.size)))
            .collect();
        let names = if names.is_empty() { String::new() } else { format!(" New are {}.", names.join(", ")) };
        findings.push(
            Finding::new(rule, Place::artifact())
                .message(format!(
                    "Unpacked, the artifact is {}, and {against} was {}: it may grow by {percent} %.{names}",
                    words::bytes(now),
                    words::bytes(before),
                ))
                .help("See what was added with `packgate diff OLD NEW`; raise size.growth-percent if the growth is intended.")
                .evidence(Evidence { what: "unpacked", against: against.clone(), before, bytes: now, percent: Some(percent) })
                .key("unpacked"),
        );
    }
    let (gave, gives) = (Exposure::of(previous), Exposure::of(context.inventory));
    if gave.files == 0 && gives.files > 0 {
        findings.push(
            Finding::new(rule, Place::artifact())
                .message(format!(
                    "{against} gave away nothing, but this release gives away {} of original source, {}.",
                    words::counted(gives.files, "file"),
                    words::counted(gives.lines, "line"),
                ))
                .help("See which files hold them with `packgate check` and `packgate recover`; leave them out if that isn't intended.")
                .evidence(Evidence { what: "exposure", against: against.clone(), before: gave.bytes, bytes: gives.bytes, percent: None })
                .key("exposure"),
        );
    }
    for entry in largest_new(context.inventory, previous) {
        if entry.size < AT_LEAST || entry.size <= before {
            break;
        }
        findings.push(
            Finding::new(rule, Place::entry(entry))
                .message(format!(
                    "This new file is {}, more than all of {against} together ({}).",
                    words::bytes(entry.size),
                    words::bytes(before),
                ))
                .help("If it isn't meant to ship, keep it out of the package.")
                .evidence(Evidence {
                    what: "entry",
                    against: against.clone(),
                    before,
                    bytes: entry.size,
                    percent: None,
                })
                .key("entry"),
        );
    }
}

/// Size of what the package's own container holds.
fn unpacked(inventory: &Inventory) -> u64 {
    inventory.top_files().map(|entry| entry.size).fold(0, u64::saturating_add)
}

/// `acme 1.0.0`, or the file compared with.
fn release(inventory: &Inventory) -> String {
    match &inventory.package {
        Some(package) if !package.version.is_empty() => format!("{} {}", package.name, package.version),
        _ => inventory.artifact.path.clone(),
    }
}

/// Files that the previous release didn't have, not even under another hash; the largest first.
fn largest_new<'a>(inventory: &'a Inventory, previous: &Inventory) -> Vec<&'a Entry> {
    let section = section_of(previous);
    let new = compare(&section, inventory).new;
    let mut new: Vec<&Entry> = new.iter().filter_map(|(id, _)| inventory.entry(*id)).collect();
    new.sort_by(|a, b| b.size.cmp(&a.size).then(a.id.cmp(&b.id)));
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::npm;
    use crate::inventory::{At, MapForm, SourceFacts, SourceMap, TextDigest, TextFacts};
    use crate::rules::testing::run_in;
    use crate::settings::{Settings, Size};

    const MIB: u64 = 1 << 20;

    fn run(growth_percent: Option<u64>, old: &[(&str, u64)], new: &[(&str, u64)]) -> Vec<String> {
        let (old, new) = (npm("1.0.0", old), npm("1.0.1", new));
        let settings = Settings { size: Size { growth_percent, ..Size::default() }, ..Settings::default() };
        let context = Context::new(&new, &settings).against(Some(&old), None);
        run_in(&RULE, &context).into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn fires() {
        let cli = ("cli.js", 9 * MIB);
        assert_eq!(run(None, &[cli], &[cli, ("cli.js.map", 60 * MIB)]), ["unpacked", "entry"]);
        assert_eq!(run(None, &[cli], &[("cli.js", 19 * MIB)]), ["unpacked"]);
        assert_eq!(run(Some(10), &[cli], &[cli, ("a.js", MIB)]), ["unpacked"]);
        assert_eq!(run(Some(900), &[cli], &[cli, ("cli.js.map", 60 * MIB)]), ["entry"]);
    }

    #[test]
    fn stays_silent() {
        let none: [String; 0] = [];
        let cli = ("cli.js", 9 * MIB);
        assert_eq!(run(None, &[cli], &[cli]), none);
        assert_eq!(run(None, &[cli], &[cli, ("a.js", 8 * MIB)]), none);
        assert_eq!(run(None, &[("a.js", 100)], &[("a.js", 100), ("b.js", 1000)]), none);
        assert_eq!(run(Some(20), &[cli], &[cli, ("a.js", MIB)]), none);
        assert_eq!(run(None, &[cli], &[]), none);
        let big = |name| [("a.js", MIB), (name, 3 * MIB)];
        assert_eq!(run(None, &big("m-1.0.0.js"), &big("m-1.0.1.js")), none);
        assert_eq!(run(None, &big("m-BkYR3Qdz.js"), &big("m-x1Y2z3W4.js")), none);
    }

    /// A release with a map that holds this many original files.
    fn with_map(version: &str, originals: u64) -> Inventory {
        let mut inventory = npm(version, &[("a.js", 100)]);
        let sources = (0..originals).map(|number| SourceFacts {
            path: format!("src/{number}.ts"),
            third_party: false,
            text: Some(TextFacts { bytes: 10, lines: 2, digest: TextDigest(u128::from(number) + 1) }),
        });
        inventory.entries[0].maps.push(SourceMap {
            form: MapForm::Inline,
            at: At::default(),
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources: sources.collect(),
            maker: None,
            damage: None,
        });
        inventory
    }

    #[test]
    fn exposure_out_of_nothing() {
        let settings = Settings::default();
        let keys = |old: &Inventory, new: &Inventory| {
            let context = Context::new(new, &settings).against(Some(old), None);
            run_in(&RULE, &context)
                .into_iter()
                .map(|finding| (finding.key, finding.message))
                .collect::<Vec<_>>()
        };
        let fired = keys(&with_map("1.0.0", 0), &with_map("1.0.1", 3));
        assert_eq!(fired[0].0, "exposure");
        assert_eq!(
            fired[0].1,
            "acme 1.0.0 gave away nothing, but this release gives away 3 files of original source, 6 lines."
        );
        assert_eq!(keys(&with_map("1.0.0", 2), &with_map("1.0.1", 3)), []);
        assert_eq!(keys(&with_map("1.0.0", 3), &with_map("1.0.1", 0)), []);
    }
}
