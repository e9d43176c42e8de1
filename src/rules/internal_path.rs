use std::borrow::Cow;

use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{Entry, Inventory, MapForm, SourceMap};
use crate::settings::Internal;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "internal-path",
    family: Family::InternalSources,
    summary: "A file, or a source named in a map, under a path that the settings call internal",
    docs: r#"
## What it does

Matches the globs in `internal.paths` with the path of every entry (with and without the package's root folder) and
with the paths in source maps and bundler reports, ignoring `webpack://name/`, `file://` and leading `../`.

## Why it matters

A folder that must never ship can still get out: through a careless allowlist, through the `sources` of a map, or
bundled into something else. A map that names such a file reveals at least that it exists, and usually contains its
text.

## What to do

Take the file out of the package; for a map, take the module out of the bundle or don't ship the map.

## Example

```toml
[internal]
paths = ["src/internal/**", "packages/billing/**"]
```
"#,
    check,
};

/// Paths named in the message of a finding.
const MOST_NAMED: usize = 3;
/// Files that the help on each of them names together.
const MOST_TOGETHER: usize = 50;
/// Paths kept as evidence.
const MOST_KEPT: usize = 100;

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let internal = &context.settings.internal;
    if internal.path_set.is_empty() {
        return;
    }
    let inventory = context.inventory;
    let shipped: Vec<&Entry> = inventory.files().filter(|entry| glob_of(internal, entry).is_some()).collect();
    for entry in inventory.files() {
        findings.extend(entry_finding(rule, inventory, entry, internal, &shipped));
        findings.extend(entry.maps.iter().filter_map(|map| map_finding(rule, entry, map, internal)));
    }
}

/// The glob that an entry's own path matches.
#[derive(Debug, Serialize)]
struct Own<'a> {
    /// As written in the settings.
    glob: &'a str,
}

/// The internal sources that a map lists.
#[derive(Debug, Serialize)]
struct Sources<'a> {
    /// The first of them.
    sources: Vec<Source<'a>>,
    /// How many there are.
    total: usize,
    /// How many of them with their text.
    with_text: usize,
}

/// One of them.
#[derive(Debug, Serialize)]
struct Source<'a> {
    /// Its path in the project.
    source: &'a str,
    /// The glob that it matches.
    glob: &'a str,
    /// Whether the map holds its text.
    text: bool,
}

/// The glob that an entry's own path matches.
fn glob_of<'a>(internal: &'a Internal, entry: &Entry) -> Option<&'a str> {
    glob_for(internal, &entry.path).or_else(|| glob_for(internal, entry.below_root()))
}

/// The entry's own path is internal, as are those of all that `shipped`: one list leaves them out.
fn entry_finding(
    rule: &Rule,
    inventory: &Inventory,
    entry: &Entry,
    internal: &Internal,
    shipped: &[&Entry],
) -> Option<Finding> {
    let glob = glob_of(internal, entry)?;
    let beside = shipped.iter().copied().filter(|other| other.parent == entry.parent);
    let shipped: Vec<&Entry> = if shipped.len() > MOST_TOGETHER { vec![entry] } else { beside.collect() };
    Some(
        Finding::new(rule, Place::entry(entry))
            .message(format!(
                "This file is under an internal path ({glob}): whoever downloads the package has it."
            ))
            .remedy(ecosystem::leave_out(inventory, &shipped, None), "")
            .evidence(Own { glob })
            .key("entry"),
    )
}

/// Sources of a map are internal.
fn map_finding(rule: &Rule, entry: &Entry, map: &SourceMap, internal: &Internal) -> Option<Finding> {
    let mut hits = Vec::new();
    for source in &map.sources {
        let path = source_path(map, &source.path);
        if let Some(glob) = glob_for_source(internal, &path) {
            hits.push((path.into_owned(), glob, source.text.is_some()));
        }
    }
    let (_, glob, _) = hits.first()?;
    let with_text = hits.iter().filter(|(_, _, text)| *text).count();
    let mut named: Vec<&str> = hits.iter().map(|(path, ..)| path.as_str()).take(MOST_NAMED).collect();
    if hits.len() > MOST_NAMED {
        named.push("...");
    }
    let what = if map.form == MapForm::BundlerReport { "bundler report" } else { "source map" };
    let files = words::counted(hits.len() as u64, "internal file");
    let text = match with_text {
        0 => "by name".to_owned(),
        all if all == hits.len() => "with their whole text".to_owned(),
        some => format!("{some} of them with their whole text"),
    };
    let sources =
        hits.iter().take(MOST_KEPT).map(|(source, glob, text)| Source { source, glob, text: *text });
    let evidence = Sources { sources: sources.collect(), total: hits.len(), with_text };
    Some(
        Finding::new(rule, Place::at(entry, &map.at))
            .message(format!("This {what} lists {files} ({glob}) {text}: {}.", named.join(", ")))
            .help("Take the modules out of the bundle, or don't ship the map.")
            .evidence(evidence)
            .key(format!("sources:{}", map.file.as_deref().unwrap_or_default())),
    )
}

/// The first glob that matches a path, as written.
fn glob_for<'a>(internal: &'a Internal, path: &str) -> Option<&'a str> {
    let first = internal.path_set.matches(path).into_iter().min()?;
    Some(internal.paths.get(first).map_or("", String::as_str))
}

/// A source may be relative to any folder of the project, so every tail of its path is matched:
/// `app/src/internal/a.ts`, `src/internal/a.ts`, ...
fn glob_for_source<'a>(internal: &'a Internal, path: &str) -> Option<&'a str> {
    const MOST_TAILS: usize = 32;
    let below = path.match_indices('/').filter_map(|(at, _)| path.get(at + 1..));
    let tails = std::iter::once(path).chain(below).take(MOST_TAILS);
    tails.filter(|tail| !tail.is_empty()).find_map(|tail| glob_for(internal, tail))
}

/// The path of a source without what only says where the map is: scheme, bundler prefix, `./`, `../`, query.
fn source_path<'a>(map: &SourceMap, source: &'a str) -> Cow<'a, str> {
    let path = match map.source_root.as_deref() {
        Some(root) if !root.is_empty() && !source.contains("://") && !source.starts_with('/') => {
            Cow::Owned(format!("{}/{source}", root.trim_end_matches('/')))
        }
        _ => Cow::Borrowed(source),
    };
    normalise(path)
}

fn normalise(path: Cow<'_, str>) -> Cow<'_, str> {
    let mut rest: &str = &path;
    if let Some((scheme, after)) = rest.split_once("://") {
        rest = match scheme {
            // The first segment is the bundle's name, and may be empty.
            "webpack" | "rspack" | "turbopack" | "ng" | "webpack-internal" => {
                after.split_once('/').map_or(after, |(_, path)| path)
            }
            "http" | "https" => after.split_once('/').map_or("", |(_, path)| path),
            _ => after,
        };
    }
    let rest = rest.split('?').next().unwrap_or_default();
    let backslashes = rest.contains('\\').then(|| rest.replace('\\', "/"));
    let rest = backslashes.as_deref().unwrap_or(rest);
    let mut segments: Vec<&str> = Vec::new();
    for segment in rest.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let clean = segments.join("/");
    if clean == *path { path } else { Cow::Owned(clean) }
}

#[cfg(test)]
mod tests {
    use globset::{GlobBuilder, GlobSetBuilder};

    use super::*;
    use crate::inventory::{At, SourceFacts, TextDigest, TextFacts};
    use crate::rules::testing::{entry, inventory, run, run_with};
    use crate::settings::Settings;

    fn settings(globs: &[&str]) -> Settings {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(GlobBuilder::new(glob).literal_separator(true).build().expect("a glob"));
        }
        let paths = globs.iter().map(|glob| (*glob).to_owned()).collect();
        let internal = Internal { paths, path_set: set.build().expect("globs"), ..Internal::default() };
        Settings { internal, ..Settings::default() }
    }

    fn map(sources: &[(&str, bool)]) -> Entry {
        let text = TextFacts { bytes: 9, lines: 1, digest: TextDigest(0) };
        let source = |(path, has_text): &(&str, bool)| SourceFacts {
            path: (*path).to_owned(),
            third_party: false,
            text: has_text.then_some(text),
        };
        let map = SourceMap {
            form: MapForm::File,
            at: At::default(),
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources: sources.iter().map(source).collect(),
            maker: None,
            damage: None,
        };
        Entry { maps: [map].into(), ..entry("package/dist/a.js.map") }
    }

    #[test]
    fn entries_with_and_without_root() {
        let entries = || vec![entry("package/src/internal/a.js"), entry("package/src/internally/b.js")];
        for glob in ["src/internal/**", "package/src/internal/*", "**/internal/*.js"] {
            let found = run_with(&RULE, &inventory(entries()), &settings(&[glob]));
            assert_eq!(found.len(), 1, "{glob}");
            assert_eq!(found[0].place.path, "package/src/internal/a.js");
        }
        assert!(run_with(&RULE, &inventory(entries()), &settings(&["internal/**", "src/*"])).is_empty());
        assert!(run(&RULE, &inventory(entries())).is_empty());
    }

    #[test]
    fn sources_of_maps_however_they_are_written() {
        let settings = settings(&["src/internal/**"]);
        for source in [
            "../src/internal/a.ts",
            "../../app/src/internal/deep/a.ts",
            "webpack://acme/./src/internal/a.ts",
            "webpack:///./src/internal/a.ts?1a2b",
            "file:///build/acme/src/internal/a.ts",
            "C:\\work\\src\\internal\\a.ts",
            "./src/x/../internal/a.ts",
        ] {
            let found = run_with(&RULE, &inventory(vec![map(&[(source, true)])]), &settings);
            assert_eq!(found.len(), 1, "{source}");
        }
        for source in ["../src/internals/a.ts", "src/a.ts", "webpack://src/internal", "../internal/a.ts"] {
            let found = run_with(&RULE, &inventory(vec![map(&[(source, true)])]), &settings);
            assert!(found.is_empty(), "{source}");
        }
    }

    #[test]
    fn one_finding_per_map_counts_its_files() {
        let sources = [("src/internal/a.ts", true), ("src/internal/b.ts", false), ("src/c.ts", true)];
        let found = run_with(&RULE, &inventory(vec![map(&sources)]), &settings(&["src/internal/**"]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("2 internal files"), "{}", found[0].message);
        assert!(found[0].message.contains("1 of them with their whole text"), "{}", found[0].message);
    }

    #[test]
    fn a_source_root_is_part_of_the_path() {
        let mut entry = map(&[("internal/a.ts", false)]);
        entry.maps[0].source_root = Some("../src/".to_owned());
        assert_eq!(run_with(&RULE, &inventory(vec![entry]), &settings(&["src/internal/**"])).len(), 1);
    }
}
