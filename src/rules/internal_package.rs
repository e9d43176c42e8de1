use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::inspect::is_third_party;
use crate::inventory::{Entry, KeptMap, MentionKind, SourceMap};
use crate::paths;
use crate::words::counted;

use super::mentions::{finding, inside, of_kind, times};
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-package",
    family: Family::InternalSources,
    summary: "A reference to a package that is internal",
    docs: r#"
## What it does

Finds the packages in `internal.packages` (names, scopes, globs) and, without any setting, the private members of the
artifact's workspace: imported in a text, named as a dependency in the manifest, or as a folder under `node_modules`
in a bundler's comment or a source map. A private member is found in a source map and in the comment before a module by
its folder, too: `../../core/src/index.ts`; and where the paths are absolute or from the workspace's folder, by a file of
that path that version control tracks. The names of private crates are not looked for: no text imports them, and in quotes
they are words. Of a program whose map isn't packed, the map beside it in the project says the same:
the code is in the program, and a minifier takes nothing away but names.

## Why it matters

The name alone tells what you work on and invites somebody to register it. An import of a package that nobody can
install breaks the release. And a bundler's comment with that name means that the package's code is in the bundle.

## What to do

Bundle only what may be published, move the dependency to `devDependencies` if users don't need it, or publish the
package.

## Example

```toml
[internal]
packages = ["@acme-internal", "@acme/billing-*"]
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let own = context.inventory.package.as_ref().map_or("", |package| package.name.as_str());
    let others = of_kind(context.inventory, MentionKind::Package).filter(|(_, mention)| mention.what != own);
    findings.extend(others.map(|(entry, mention)| {
        let (times, inside) = (times(mention.count), inside(mention));
        finding(rule, entry, mention)
            .message(format!("This file refers to the internal package {}{times}{inside}.", mention.what))
            .help(HELP)
    }));
    for entry in context.inventory.files().filter(|entry| entry.parent.is_none()) {
        findings.extend(entry.maps.iter().flat_map(|map| map_findings(rule, context, entry, map)));
    }
    for map in &context.inventory.making.kept_maps {
        findings.extend(kept_findings(rule, context, map));
    }
}

/// A map that stays at home, or is kept out by a list, says no less of what the program holds.
const HELP_OF_MAP: &str = "Keep the package out of what is bundled: the code is in the program, with its map or without. \
                           If it may be published, let its manifest allow that.";
const HELP: &str = "Keep the package out of what is bundled, take it out of the dependencies that users install, or leave this file out. \
                    If it may be published, let its manifest allow that, or take it off internal.packages.";

/// Files of a private member that a map lists.
#[derive(Debug, Default, Serialize)]
struct Listed<'a> {
    /// The member.
    what: &'a str,
    /// The first path, as the map writes it.
    path: &'a str,
    /// How many there are.
    count: u64,
    /// How many of them with their text.
    with_text: u64,
}

/// What the rules of maps say of those that lie beside the programs, and aren't packed.
fn kept_findings(rule: &Rule, context: &Context<'_>, map: &KeptMap) -> Vec<Finding> {
    let Some(entry) = context.inventory.entry(map.entry) else { return Vec::new() };
    let own = map.sources.iter().filter(|path| !is_third_party(path));
    let sources = own.map(|path| (path.as_str(), false));
    let listed = listed(context, &map.path, map.source_root.as_deref(), sources);
    let finding = |one: Listed<'_>| {
        let message = format!(
            "This file holds code of {} of the internal package {}: its source map, which the project has and the package \
             doesn't, lists {}.",
            counted(one.count, "file"),
            one.what,
            one.path
        );
        let key = format!("sources:{}", one.what);
        Finding::new(rule, Place::entry(entry)).message(message).help(HELP_OF_MAP).key(key).evidence(one)
    };
    listed.into_iter().map(finding).collect()
}

/// The same of the maps in the package.
fn map_findings(rule: &Rule, context: &Context<'_>, entry: &Entry, map: &SourceMap) -> Vec<Finding> {
    let own = map.sources.iter().filter(|source| !source.third_party);
    let sources = own.map(|source| (source.path.as_str(), source.text.is_some()));
    let finding = |one: Listed<'_>| {
        let files = counted(one.count, "file");
        let text = if one.with_text > 0 { ", with original text" } else { "" };
        let message = format!(
            "This source map lists {files} of the internal package {}{text}: {}.",
            one.what, one.path
        );
        let key = format!("sources:{}", one.what);
        Finding::new(rule, Place::at(entry, &map.at))
            .message(message)
            .help(HELP_OF_MAP)
            .key(key)
            .evidence(one)
    };
    listed(context, &entry.path, map.source_root.as_deref(), sources).into_iter().map(finding).collect()
}

/// The private members whose files a map at a path lists: of paths, and whether their text is there.
fn listed<'a>(
    context: &'a Context<'_>,
    path: &str,
    source_root: Option<&str>,
    sources: impl Iterator<Item = (&'a str, bool)>,
) -> Vec<Listed<'a>> {
    let Some(members) = context.private_members.filter(|members| !members.members.is_empty()) else {
        return Vec::new();
    };
    let root = context.inventory.package.as_ref().map_or("", |package| package.root.as_str());
    let Some(path) = path.strip_prefix(root) else { return Vec::new() };
    let mut listed: BTreeMap<&str, Listed<'_>> = BTreeMap::new();
    for (source, has_text) in sources {
        let relative = relative(source_root, paths::folder(path), source);
        let what = relative.and_then(|(folder, relative)| members.at(folder, &relative));
        let Some(what) = what.or_else(|| members.file(from_root(source))) else { continue };
        let one = listed.entry(what).or_insert(Listed { what, path: source, ..Listed::default() });
        one.count += 1;
        one.with_text += u64::from(has_text);
    }
    listed.into_values().collect()
}

/// A source's path, and the folder of the package that it is relative to; `None` where it is relative to none.
fn relative<'a>(root: Option<&str>, folder: &'a str, source: &'a str) -> Option<(&'a str, Cow<'a, str>)> {
    let source = source.split('?').next().unwrap_or(source);
    if let Some((scheme, rest)) = source.split_once("://") {
        // behind the bundle's name, which may have a scope: from the folder that the bundler was run in
        let is_bundler = ["webpack", "rspack", "turbopack"].contains(&scheme);
        let start = ["/./", "/../"].iter().filter_map(|start| rest.find(start)).min()?;
        return is_bundler.then(|| Some(("", rest.get(start + 1..)?.into())))?;
    }
    let root = root.unwrap_or_default();
    let path: Cow<'_, str> = if root.is_empty() { source.into() } else { format!("{root}/{source}").into() };
    (!path.starts_with('/') && !path.contains(':')).then_some((folder, path))
}

/// A source's path as it is from the workspace's folder or from the machine's root, if it is either.
fn from_root(source: &str) -> &str {
    let source = source.split('?').next().unwrap_or(source);
    let path = source.split_once("://").map_or(source, |(scheme, rest)| match scheme {
        "file" => rest,
        _ => rest.split_once('/').map_or(rest, |(_, path)| path),
    });
    path.strip_prefix("[project]/").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Package;
    use crate::paths::PrivateMembers;
    use crate::recoverable::testing;
    use crate::rules::testing::{inventory, mentions, run, run_in};
    use crate::settings::Settings;

    #[test]
    fn fires_at_others_but_not_at_its_own_name() {
        let names = [(MentionKind::Package, "@acme/core"), (MentionKind::Package, "@acme/cli")];
        let mut inventory = inventory(vec![mentions("package/a.js", &names)]);
        inventory.package = Some(Package { name: "@acme/cli".to_owned(), ..Package::default() });
        let found = run(&RULE, &inventory);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "@acme/core");
    }

    #[test]
    fn files_of_private_members_in_a_map() {
        let core = ("packages/core".to_owned(), "@acme/core".to_owned());
        let members = PrivateMembers {
            home: "packages/cli".to_owned(),
            members: vec![core],
            workspace: "quay".to_owned(),
            files: ["packages/core/src/index.ts".to_owned()].into(),
        };
        let found = |root: Option<&str>, source: &str| {
            let map = serde_json::json!({
                "version": 3, "sourceRoot": root, "sources": ["../src/a.ts", source], "sourcesContent": ["a", "b"], "mappings": ""
            });
            let mut inventory = testing::inventory(&[("package/dist/a.js.map", &map.to_string())]);
            inventory.package = Some(Package { root: "package".to_owned(), ..Package::default() });
            let settings = Settings::default();
            run_in(&RULE, &Context::new(&inventory, &settings).in_workspace(&members))
        };
        for (root, source) in [
            (None, "../../core/src/index.ts"),
            (None, "webpack://@acme/cli/../core/src/index.ts?a1b2"),
            (Some("../.."), "core/src/index.ts"),
            (None, "/home/ci/quay/packages/core/src/index.ts"),
            (None, "file:///home/ci/quay/packages/core/src/index.ts"),
            (None, "webpack://acme/./packages/core/src/index.ts?a1b2"),
            (None, "turbopack:///[project]/packages/core/src/index.ts"),
            (Some("/home/ci/quay"), "packages/core/src/index.ts"),
        ] {
            let found = found(root, source);
            assert_eq!(found.len(), 1, "{source}");
            assert!(found[0].message.contains("@acme/core, with original text"), "{}", found[0].message);
        }
        let kept = |source: &str| {
            let mut inventory = testing::inventory(&[("package/dist/a.js", "x()")]);
            inventory.package = Some(Package { root: "package".to_owned(), ..Package::default() });
            inventory.making.kept_maps = vec![KeptMap {
                entry: inventory.entries[0].id,
                path: "package/dist/a.js.map".to_owned(),
                source_root: None,
                sources: vec!["../src/a.ts".to_owned(), source.to_owned()],
            }];
            let settings = Settings::default();
            run_in(&RULE, &Context::new(&inventory, &settings).in_workspace(&members))
        };
        let found_kept = kept("../../core/src/index.ts");
        assert_eq!(found_kept.len(), 1);
        assert_eq!(found_kept[0].place.path, "package/dist/a.js");
        assert!(found_kept[0].message.contains("code of 1 file of the internal package @acme/core"));
        for source in [
            "../core/src/index.ts",
            "../../core2/a.ts",
            "../../core",
            "../../../../core/a.ts",
            "/packages/core/a.ts",
            "/home/ci/pier/packages/core/src/index.ts",
            "webpack://acme/./packages/core/src/other.ts",
            "../../core/node_modules/a/a.js",
        ] {
            assert!(found(None, source).is_empty(), "{source}");
            assert!(kept(source).is_empty(), "{source}");
        }
    }
}
