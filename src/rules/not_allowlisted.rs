use std::collections::BTreeMap;

use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{Entry, Inventory, Package};
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "not-allowlisted",
    family: Family::Allowlist,
    summary: "A file that the manifest's allowlist doesn't cover",
    docs: r#"
## What it does

Compares every file of the artifact with the manifest's allowlist, exactly as the packing client reads it: `files` in
`package.json` as npm reads it (as vsce does, for an extension), `include` and `exclude` in `Cargo.toml` as cargo
reads them. If the project is available (`--project`), its `.npmignore`, `.gitignore` and `.vscodeignore` count, too.
Files that clients add by themselves (`package.json`, the readme, licences, `main`, `bin`, `Cargo.toml.orig`, ...) are
covered, and so are those that older clients add.

## Why it matters

The client would not have packed such a file. It got in some other way: another tool wrote the archive, or the archive
or the manifest was changed after packing. Nobody who reviewed the manifest expects it. yarn 1 packs the whole folder
as soon as `files` has an item with `!`; npm 8 applied such items to the top folder only.

## What to do

Pack again with the client. If the file belongs in the package, add it to the allowlist.

## Example

`package/src/index.ts` in a tarball whose `package.json` says `"files": ["dist"]`.
"#,
    check,
};

/// Up to this many files are reported one by one; more are grouped by their folder at the top.
const MOST_SINGLE: usize = 20;

/// Up to this many groups are reported one by one; more become a single one.
const MOST_GROUPS: usize = 100;

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// The allowlist: `"files" in package.json`.
    allowlist: &'a str,
    /// Its patterns.
    patterns: &'a [String],
    /// Files concerned, and the bytes in them.
    files: u64,
    bytes: u64,
    /// The first few of them.
    first: Vec<&'a str>,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let Some(package) = &inventory.package else { return };
    let unlisted: Vec<&Entry> =
        package.declared.unlisted.iter().filter_map(|id| inventory.entry(*id)).collect();
    for (group, entries) in grouped(package, &unlisted) {
        findings.push(finding(rule, inventory, package, &group, &entries));
    }
}

/// The path of a single file, or of a folder with a trailing slash; empty for all together.
fn grouped<'a>(package: &Package, unlisted: &[&'a Entry]) -> BTreeMap<String, Vec<&'a Entry>> {
    let mut groups: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for &entry in unlisted {
        let below = below_root(package, &entry.path);
        let group = match below.split_once('/').filter(|_| unlisted.len() > MOST_SINGLE) {
            Some((folder, _)) => format!("{folder}/"),
            None => below.to_owned(),
        };
        groups.entry(group).or_default().push(entry);
    }
    match groups.len() {
        0..=MOST_GROUPS => groups,
        _ => BTreeMap::from([(String::new(), unlisted.to_vec())]),
    }
}

fn below_root<'a>(package: &Package, path: &'a str) -> &'a str {
    path.strip_prefix(&package.root).map_or(path, |rest| rest.trim_start_matches('/'))
}

fn finding(
    rule: &Rule,
    inventory: &Inventory,
    package: &Package,
    group: &str,
    entries: &[&Entry],
) -> Finding {
    let declared = &package.declared;
    let is_folder = group.ends_with('/');
    let root = if package.root.is_empty() { String::new() } else { format!("{}/", package.root) };
    let place = match entries {
        [only] if !is_folder => Place::entry(only),
        _ if group.is_empty() => Place { path: package.root.clone(), ..Place::default() },
        _ => Place { path: format!("{root}{group}"), ..Place::default() },
    };
    let what = match is_folder {
        _ if group.is_empty() => words::counted(entries.len() as u64, "file"),
        true => format!("{} under `{group}`", words::counted(entries.len() as u64, "file")),
        false => format!("`{group}`"),
    };
    let (is, them) = if entries.len() == 1 { ("is", "it") } else { ("are", "them") };
    // All together have no reason in common.
    let first = entries.first().filter(|_| !group.is_empty());
    let denied = first.and_then(|first| declared.denied.iter().find(|denied| denied.entry == first.id));
    let in_line = |line: Option<u64>| line.map(|line| format!(", line {line},")).unwrap_or_default();
    let message = match denied {
        Some(denied) => format!(
            "{what} {is} in the artifact, although {}{} excludes {them} with `{}`.",
            denied.list,
            in_line(denied.line),
            denied.item
        ),
        None => format!(
            "{what} {is} not covered by {}{}, and no client adds {them} by itself.",
            declared.allowlist_name,
            in_line(declared.line).trim_end_matches(',')
        ),
    };
    Finding::new(rule, place)
        .message(message)
        .help(help(inventory, package, group, denied.is_some()))
        .evidence(Evidence {
            allowlist: declared.allowlist_name,
            patterns: &declared.patterns,
            files: entries.len() as u64,
            bytes: entries.iter().map(|entry| entry.size).sum(),
            first: entries.iter().take(5).map(|entry| entry.path.as_str()).collect(),
        })
        .key(group)
}

fn help(inventory: &Inventory, package: &Package, group: &str, is_denied: bool) -> String {
    let advice = ecosystem::format(inventory.kind).advice();
    let mut items: Vec<String> = package.declared.patterns.iter().take(8).map(|item| quoted(item)).collect();
    if package.declared.patterns.len() > items.len() {
        items.push("...".to_owned());
    }
    items.push(quoted(group.trim_end_matches('/')));
    let (Some(client), Some(line)) =
        (advice.packs_by(&inventory.making), advice.allowlist(&package.declared, &items))
    else {
        return format!(
            "Build the {} again from a clean checkout, and find out what added the file.",
            inventory.kind.name()
        );
    };
    if is_denied {
        return format!(
            "Pack again with a current `{client}`, which leaves it out{}",
            advice.takes_it_back()
        );
    }
    if group.is_empty() {
        return format!("Pack again with `{client}`, which leaves them out.");
    }
    format!("Pack again with `{client}`, which leaves it out. If it is meant to ship, write:\n{line}")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires() {
        let one = npm(r#"{"files": ["dist"]}"#, &["dist/a.js", "src/a.ts"]);
        let found = run(&RULE, &one);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.path.as_str(), found[0].key.as_str()), ("package/src/a.ts", "src/a.ts"));
        assert!(found[0].message.contains("line 1"), "{}", found[0].message);
        assert!(found[0].help.contains(r#""files": ["dist", "src/a.ts"]"#), "{}", found[0].help);
        for manifest in [
            r#"{"files": ["dist"], "main": "dist/a.js"}"#,
            r#"{"files": ["dist"], "main": "dist/b.js", "publishConfig": {}}"#,
        ] {
            assert_eq!(run(&RULE, &npm(manifest, &["dist/a.js", "src/a.ts"])).len(), 1, "{manifest}");
        }
    }

    #[test]
    fn what_no_client_packs_fires_even_in_a_listed_folder() {
        let manifest = r#"{"files": ["dist", "di*/", "!**/*.map"]}"#;
        let found =
            run(&RULE, &npm(manifest, &["dist/.npmrc", "dist/.git/config", "dist/a.map", "yarn.lock"]));
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn what_the_list_takes_away_is_said_so() {
        let manifest = "{\"files\": [\"dist\",\n\"!**/*.map\"]}";
        let found = run(&RULE, &npm(manifest, &["dist/a.js", "dist/a.js.map"]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("line 2, excludes it with `!**/*.map`"), "{}", found[0].message);
        assert!(!found[0].help.contains("write:"), "{}", found[0].help);
    }

    #[test]
    fn npm_6_packed_the_manifests_on_the_way_to_what_is_listed() {
        for (files, path, expected) in [
            (r#"["ui/dist/"]"#, "ui/package.json", 0),
            (r#"["a/b/c.js"]"#, "a/b/package.json", 0),
            (r#"["a/b/c.js"]"#, "a/package.json", 0),
            (r#"["ui/dist/"]"#, "ui/vue.config.js", 1),
            (r#"["ui/dist/"]"#, "ui/src/package.json", 1),
            (r#"["ui/dist/", "!ui/package.json"]"#, "ui/package.json", 1),
            (r#"["!ui/dist/", "lib"]"#, "ui/package.json", 1),
            (r#"["dist"]"#, "packages/a/package.json", 1),
        ] {
            let found = run(&RULE, &npm(&format!(r#"{{"files": {files}}}"#), &[path]));
            assert_eq!(found.len(), expected, "{files} {path}");
        }
    }

    #[test]
    fn a_name_says_nothing_of_folders() {
        for (manifest, path) in [
            (r#"{"files": ["lib", "*.js"]}"#, "src/lib/a.ts"),
            (r#"{"files": ["./a.js"]}"#, "src/a.js"),
            (r#"{"files": ["*.js", "!test.js"]}"#, "src/test.js"),
            (r#"{"files": ["*.js"]}"#, "node_modules/a/a.js"),
            (r#"{"files": ["lib"]}"#, "readme-internal/plan.md"),
            (r#"{"files": ["lib"]}"#, "demo/readme/a.png"),
            (r#"{"files": ["lib", "!readme"]}"#, "readme/a.png"),
            (r#"{"files": ["lib"]}"#, "readme/.npmrc"),
            (r#"{"files": ["lib"]}"#, "demo/readme-internal.md"),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, &[path])).len(), 1, "{manifest} {path}");
        }
    }

    #[test]
    fn hundreds_are_grouped() {
        let paths: Vec<String> =
            (0..300).map(|n| format!("src/{n}/a.ts")).chain(["x.ts".to_owned()]).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let found = run(&RULE, &npm(r#"{"files": ["dist"]}"#, &paths));
        let keys: Vec<&str> = found.iter().map(|finding| finding.key.as_str()).collect();
        assert_eq!(keys, ["src/", "x.ts"]);
        assert!(found[0].message.starts_with("300 files under `src/` are"), "{}", found[0].message);
    }

    #[test]
    fn thousands_are_one() {
        let paths: Vec<String> = (0..5_000).map(|n| format!("{n}.ts")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let found = run(&RULE, &npm(r#"{"files": ["dist"]}"#, &paths));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.path, "package");
        assert!(found[0].message.starts_with("5,000 files are not covered"), "{}", found[0].message);
        assert!(!found[0].help.contains("write"), "{}", found[0].help);
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (
                r#"{"files": ["dist"]}"#,
                &["dist/a.js", "dist/b/.c", "README.md", "LICENSE", "package.json"][..],
            ),
            (r#"{"files": ["dist"], "bin": "cli.js", "name": "x"}"#, &["cli.js"]),
            // What old npm, yarn and others add.
            (r#"{"files": ["dist"]}"#, &["CHANGELOG.md", "HISTORY", "NOTICE.txt", "npm-shrinkwrap.json"]),
            // pnpm's, of a manifest whose `main` it replaced
            (
                r#"{"files": ["dist"], "main": "dist/v2/index.cjs", "publishConfig": {"access": "public"}}"#,
                &["dist/v2/index.cjs", "src/v2/index.ts"],
            ),
            (r#"{"files": ["dist"], "module": "./es/a.js"}"#, &["es/a.js"]),
            (r#"{"files": ["*"]}"#, &["yarn.lock"]),
            (r#"{"files": ["lib"]}"#, &["readme/toolbar.png", "README/de/plan.md"]),
            (r#"{"files": ["lib"]}"#, &["demo/git/README.md", "src/LICENSE", "a/b/changelog.txt"]),
            // What yarn since 2 takes for a name in any folder.
            (r#"{"files": ["README.md", "*.d.ts"]}"#, &["demo/readme.md", "src/x/a.d.ts"]),
            (r#"{"files": ["dist-*/"]}"#, &["dist-web/a.js"]),
            (r#"{"files": ["dist"]}"#, &["dist/.DS_Store", "dist/a.orig", "README-short.txt"]),
            (r#"{"files": ["DIST"]}"#, &["dist/a.js"]),
            (r#"{}"#, &["src/a.ts", ".env"]),
            (r#"{"files": ["x"], "bundleDependencies": ["a"]}"#, &["node_modules/a/a.js"]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
