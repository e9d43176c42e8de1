use std::collections::BTreeMap;

use crate::inventory::{Entry, Inventory, TextDigest};

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "stale-build",
    family: Family::Wholeness,
    summary: "The version was raised, and the built files are those of the previous release",
    docs: r#"
## What it does

With `--against`, compares the built files of two releases: all scripts, modules and programs in the folders that the
manifest's entry points stand in. It fires where the version differs and not one of the built files does, if sources that
ship beside them changed, or if no sources ship and nothing but the manifest changed.

## Why it matters

The release holds the code of the last one: somebody forgot to build.

## What to do

Build before packing; `prepack` or `prepublishOnly` in `scripts` does it each time.

## Example

`src/index.ts` with a fix, and `dist/index.js` of the release before.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (Some(new), Some(old)) =
        (&context.inventory.package, context.previous.and_then(|old| old.package.as_ref()))
    else {
        return;
    };
    let Some(previous) = context.previous else { return };
    if new.version == old.version || new.name != old.name {
        return;
    }
    let folders: Vec<&str> =
        new.declared.entry_points.iter().filter_map(|path| Some(path.split_once('/')?.0)).collect();
    let is_built = |path: &str| path.split_once('/').is_some_and(|(folder, _)| folders.contains(&folder));
    let (now, before) = (digests(context.inventory, &new.root), digests(previous, &old.root));
    let of = |all: &BTreeMap<&str, TextDigest>, built: bool| -> BTreeMap<String, TextDigest> {
        let wanted = all.iter().filter(|(path, _)| match built {
            true => is_built(path),
            false => is_source(path) && !is_built(path),
        });
        wanted.map(|(path, digest)| ((*path).to_owned(), *digest)).collect()
    };
    let (built, sources) = (of(&now, true), of(&now, false));
    let other = |all: &BTreeMap<&str, TextDigest>| -> BTreeMap<String, TextDigest> {
        let others = all.iter().filter(|(path, _)| **path != "package.json");
        others.map(|(path, digest)| ((*path).to_owned(), *digest)).collect()
    };
    let why = if sources.is_empty() && other(&now) == other(&before) {
        Some("and nothing but the manifest has changed")
    } else if !sources.is_empty() && sources != of(&before, false) {
        Some("though sources beside them have changed")
    } else {
        None
    };
    if let Some(why) = why.filter(|_| !built.is_empty() && built == of(&before, true)) {
        findings.push(
            Finding::new(rule, super::manifest_place(context.inventory, &new.manifest, None))
                .message(format!(
                    "All {} built files are those of version {}, {why}.",
                    built.len(),
                    old.version
                ))
                .help("Build before packing; a prepack script does it each time.")
                .evidence(built.len()),
        );
    }
}

/// Texts of the package by their paths from its folder, with their digests.
fn digests<'a>(inventory: &'a Inventory, root: &str) -> BTreeMap<&'a str, TextDigest> {
    let below = |entry: &'a Entry| match root {
        "" => Some(entry.path.as_str()),
        root => entry.path.strip_prefix(root)?.strip_prefix('/'),
    };
    inventory.top_files().filter_map(|entry| Some((below(entry)?, entry.text?.digest))).collect()
}

/// Whether a file is one that is built from.
fn is_source(path: &str) -> bool {
    [".ts", ".tsx", ".mts", ".cts", ".jsx", ".js", ".mjs", ".vue", ".svelte", ".coffee"]
        .iter()
        .any(|end| path.ends_with(end))
        && path.starts_with("src/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::TextFacts;
    use crate::rules::testing::{npm, run_in};
    use crate::settings::Settings;

    fn release(version: &str, source: &str, built: &str) -> Inventory {
        let manifest = format!(r#"{{"name": "a", "version": "{version}", "main": "dist/a.js"}}"#);
        let mut inventory = npm(&manifest, &["dist/a.js", "src/a.ts"]);
        for entry in &mut inventory.entries {
            let digest = match entry.path.as_str() {
                "package/dist/a.js" => built,
                "package/src/a.ts" => source,
                _ => version,
            };
            let digest = digest.bytes().fold(0, |sum, byte| sum << 8 | u128::from(byte));
            entry.text = Some(TextFacts { bytes: 1, lines: 1, digest: TextDigest(digest) });
        }
        inventory
    }

    #[test]
    fn fires_where_only_the_sources_changed() {
        let old = release("1.0.0", "1", "1");
        let found = |new: &Inventory| {
            let settings = Settings::default();
            run_in(&RULE, &Context::new(new, &settings).against(Some(&old), None)).len()
        };
        assert_eq!(found(&release("1.0.1", "2", "1")), 1);
        assert_eq!(found(&release("1.0.1", "2", "2")), 0);
        assert_eq!(found(&release("1.0.1", "1", "1")), 0);
        assert_eq!(found(&release("1.0.0", "2", "1")), 0);
        let bare = |version| {
            let mut release = release(version, "1", "1");
            release.entries.retain(|entry| entry.path != "package/src/a.ts");
            release
        };
        let found = |new: &Inventory| {
            let settings = Settings::default();
            run_in(&RULE, &Context::new(new, &settings).against(Some(&bare("1.0.0")), None)).len()
        };
        assert_eq!(found(&bare("1.0.1")), 1);
        let mut changed = bare("1.0.1");
        changed.entries.push(Box::new(crate::inventory::Entry {
            path: "package/README.md".to_owned(),
            text: Some(TextFacts { bytes: 1, lines: 1, digest: TextDigest(7) }),
            ..Default::default()
        }));
        assert_eq!(found(&changed), 0);
    }
}
