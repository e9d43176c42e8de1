use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::{At, Entry, MentionKind};

use super::mentions::of_kind;
use super::{Context, Family, Finding, Place, Rule};
use crate::words;

pub(super) const RULE: Rule = Rule {
    name: "local-path",
    family: Family::InternalSources,
    summary: "A path in a home folder of the machine that built the artifact",
    docs: r#"
## What it does

Finds `/home/NAME/...`, `/Users/NAME/...` and `C:\Users\NAME\...` in texts and binaries, once per home folder. Names
that aren't people's (`runner`, `vsts`, `root`, and those used in documentation) are ignored. For a Windows program,
the path of its program database counts as well, unless it was built on a build service.

## Why it matters

It gives away somebody's user name and the layout of their disk, and it shows that the artifact was built on a
person's machine rather than by the release job.

## What to do

Build in CI. For Rust use `--remap-path-prefix`, for C and C++ `-ffile-prefix-map`, for Go `-trimpath`; for bundlers,
relative paths in source maps.

## Example

```
panicked at /home/jkowalski/work/acme/src/lib.rs
```
"#,
    check,
};

/// A path on the machine that built the artifact.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    home: &'a str,
    path: &'a str,
    /// How often the home folder is named, once for each file and path.
    files: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut homes: BTreeMap<&str, Vec<(&Entry, &At, &str)>> = BTreeMap::new();
    for (entry, mention) in of_kind(context.inventory, MentionKind::LocalPath) {
        homes.entry(home(&mention.what)).or_default().push((entry, &mention.at, &mention.what));
    }
    for entry in context.inventory.files() {
        for found in entry.binary.iter().flat_map(|facts| &facts.local_paths) {
            homes.entry(home(&found.path)).or_default().push((entry, &found.at, &found.path));
        }
    }
    for (home, mut places) in homes {
        places.sort_by(|a, b| a.0.place.cmp(&b.0.place));
        let Some((entry, at, path)) = places.first() else { continue };
        let elsewhere = match places.len() {
            1 => String::new(),
            files => format!("; {} more name the same home folder", words::number(files as u64 - 1)),
        };
        findings.push(
            Finding::new(rule, Place::at(entry, at))
                .message(format!("This file names {path}, a path on the machine that built it{elsewhere}."))
                .help("Build the release in CI, or have the compiler leave such paths out (Rust: --remap-path-prefix, C: -ffile-prefix-map, Go: -trimpath).")
                .evidence(Evidence { home, path, files: places.len() })
                .key(home),
        );
    }
}

/// The home folder of a path: everything up to the second separator after `/home`, `/Users` or `C:\Users`.
fn home(path: &str) -> &str {
    let windows = path.contains('\\');
    let separators: Vec<usize> = if windows {
        let bytes = path.as_bytes();
        let starts_run = |at: usize| at == 0 || bytes.get(at - 1) != Some(&b'\\');
        path.match_indices('\\').map(|(at, _)| at).filter(|at| starts_run(*at)).collect()
    } else {
        path.match_indices('/').map(|(at, _)| at).collect()
    };
    separators.get(2).and_then(|&end| path.get(..end)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{BinaryFacts, LocalPath};
    use crate::rules::testing::{entry, inventory, mentions, run};

    #[test]
    fn one_finding_per_home_folder() {
        let at = At { offset: 77, ..At::default() };
        let path = |path: &str| LocalPath { path: path.to_owned(), at: at.clone() };
        let local_paths = vec![path("/home/marta/x"), path("C:\\Users\\Otto\\y")];
        let binary = BinaryFacts { local_paths, ..BinaryFacts::default() };
        let entries = vec![
            mentions("package/a.js", &[(MentionKind::LocalPath, "/home/marta/a/b.js")]),
            Entry { binary: Some(Box::new(binary)), ..entry("package/b.node") },
        ];
        let found = run(&RULE, &inventory(entries));
        let keys: Vec<_> = found.iter().map(|found| (found.key.as_str(), found.place.offset)).collect();
        assert_eq!(keys, [("/home/marta", None), ("C:\\Users\\Otto", Some(77))]);
    }

    #[test]
    fn home_folders() {
        assert_eq!(home("C:\\\\Users\\\\Otto\\\\y"), "C:\\\\Users\\\\Otto");
        assert_eq!(home("/Users/marta/y"), "/Users/marta");
    }

    #[test]
    fn silent_without_paths() {
        let entries = vec![mentions("a", &[(MentionKind::Marker, "/home/marta/x")])];
        assert!(run(&RULE, &inventory(entries)).is_empty());
    }
}
