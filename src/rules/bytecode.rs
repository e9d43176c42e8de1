use std::collections::BTreeMap;

use serde::Serialize;

use crate::inventory::{Entry, Media};
use crate::words::counted;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "bytecode",
    family: Family::InternalSources,
    summary: "Bytecode that common tools turn back into source",
    docs: r#"
## What it does

Finds, by content, CPython bytecode (`.pyc`), Hermes bytecode, and V8 code caches (such as bytenode's `.jsc` files).

## Why it matters

Bytecode keeps names and all strings in plain text, and decompilers turn it back into readable source. A `.pyc` may
also be older than the `.py` beside it and still hold a secret that was removed from the text.

## What to do

Leave `__pycache__` and `*.pyc` out of the package. If you ship bytecode instead of source, don't rely on it as
protection.

## Example

```
package/acme/__pycache__: 12 files of Python bytecode
```
"#,
    check,
};

/// The bytecode of a folder.
#[derive(Debug, Serialize)]
struct Evidence {
    /// The language or engine.
    language: &'static str,
    /// How many files.
    files: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut folders: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in context.inventory.files() {
        let language = match entry.media {
            Media::Pyc => "Python",
            Media::Hermes => "Hermes",
            _ if entry.signs.contains(&"v8-code") => "V8",
            _ => continue,
        };
        let folder = entry.place.rsplit_once(['/', '!']).map_or("", |(folder, _)| folder);
        folders.entry((folder, language)).or_default().push(entry);
    }
    for ((folder, language), entries) in folders {
        let (place, message) = match entries.as_slice() {
            [only] => (
                Place::entry(only),
                format!("This file is {language} bytecode: common tools turn it back into source."),
            ),
            _ => (
                Place { path: folder.to_owned(), ..Place::default() },
                format!(
                    "{} of {language} bytecode: common tools turn them back into source.",
                    counted(entries.len() as u64, "file")
                ),
            ),
        };
        let help = match language {
            "Python" => "Leave __pycache__ and *.pyc out of the package.",
            "V8" => {
                "Ship it only if its names and strings may be public, and don't rely on it as protection."
            }
            _ => "Ship it only if it may be public, and don't ship its source map.",
        };
        let evidence = Evidence { language, files: entries.len() };
        findings.push(Finding::new(rule, place).message(message).help(help).evidence(evidence).key(language));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{entry, inventory, run};

    #[test]
    fn takes_the_files_of_a_folder_together() {
        let of = |place: &str, media| Entry { media, ..entry(place) };
        let found = run(
            &RULE,
            &inventory(vec![
                of("p/__pycache__/a.pyc", Media::Pyc),
                of("p/__pycache__/b.pyc", Media::Pyc),
                of("p/x.zip!c.pyc", Media::Pyc),
                of("p/x.zip!d.pyc", Media::Pyc),
                of("p/main.jsbundle", Media::Hermes),
                Entry { signs: ["v8-code"][..].into(), ..of("p/index.jsc", Media::Binary) },
                of("p/a.py", Media::Text),
            ]),
        );
        let places: Vec<&str> = found.iter().map(|finding| finding.place.path.as_str()).collect();
        assert_eq!(places, ["p/main.jsbundle", "p/index.jsc", "p/__pycache__", "p/x.zip"]);
        assert!(found[2].message.starts_with("2 files of Python bytecode"), "{}", found[2].message);
    }
}
