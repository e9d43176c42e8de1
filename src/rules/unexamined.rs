use std::collections::BTreeMap;

use serde::Serialize;

use crate::inspect::TORN;
use crate::inventory::Unexamined;
use crate::settings::{Level, UNEXAMINED};
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: UNEXAMINED,
    family: Family::ArchiveTrust,
    summary: "What is inside a file of the artifact could not be examined",
    docs: r#"
## What it does

Reports, once for each file, that packgate could read the file itself but not what is inside: an archive within the
artifact that is damaged, encrypted or beyond a limit, or contents that are nested too deep.

## Why it matters

What can't be examined is not known to be clean: where this rule is at or above `--fail-on`, the audit is incomplete
and ends with status 3. Under `open-source` it is a warning in folders of tests, fixtures, examples and benchmarks,
whose data is broken on purpose as often as not, and a note where that is a compressed text written out in a script of
tests. A waiver that names the place lifts it anywhere. The report lists the
place as not examined in any case, and `complete` in JSON is false.

## What to do

Leave the file out of the package. A limit can be raised in `[limits]`. Test data that is damaged on purpose
and has to ship gets a waiver:

```toml
[[waive]]
rule = "unexamined"
place = "test/fixtures/corrupt.zip"
reason = "damaged on purpose, for the tests of the reader"
```

Damage to the artifact itself can't be waived, and no level softens it.

## Example

`package/test/fixtures/corrupt.zip` ends in the middle of its directory.
"#,
    check,
};

/// What could not be examined inside one file.
#[derive(Debug, Serialize)]
struct Evidence {
    /// How many parts.
    parts: usize,
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut files: BTreeMap<&str, Vec<&Unexamined>> = BTreeMap::new();
    for part in &context.inventory.unexamined {
        if let Some(file) = &part.within {
            files.entry(file).or_default().push(part);
        }
    }
    for (file, parts) in files {
        let Some(first) = parts.first() else { continue };
        let mut message = format!("What is inside this file could not be examined: {}.", first.why);
        if parts.len() > 1 {
            let more = words::counted(parts.len() as u64 - 1, "more part");
            message.push_str(&format!(" The same goes for {more} of it."));
        }
        let entry = context.inventory.everything().find(|entry| entry.place == file);
        let place = entry.map_or_else(|| Place { path: file.to_owned(), ..Place::default() }, Place::entry);
        // who tries out what unpacks texts writes some down that can't be unpacked
        let is_mild = context.is_for_everybody
            && parts.iter().all(|part| part.why == TORN)
            && context.is_for_show(&place.path);
        let finding = Finding::new(rule, place)
            .message(message)
            .help("Leave the file out of the package, or waive this rule for its place and say why.")
            .key("inside")
            .evidence(Evidence { parts: parts.len() });
        findings.push(if is_mild { finding.at_most(Level::Note) } else { finding });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Inventory;
    use crate::rules::testing::{run, tree};

    #[test]
    fn fires_once_for_each_file() {
        let unexamined = vec![
            Unexamined::inside("package/a.zip", "package/a.zip!x", "it is damaged"),
            Unexamined::inside("package/a.zip", "package/a.zip!y", "it is damaged, too"),
            Unexamined::inside("package/b.gz", "package/b.gz", "it ends too early"),
        ];
        let found = run(&RULE, &Inventory { unexamined, ..tree(&["package/a.zip", "package/b.gz"]) });
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].place.path, "package/a.zip");
        assert!(
            found[0].message.contains("it is damaged. The same goes for 1 more part"),
            "{}",
            found[0].message
        );
        assert!(found[1].message.ends_with("it ends too early."), "{}", found[1].message);
    }

    #[test]
    fn damage_of_the_artifact_itself_is_not_for_it() {
        let unexamined = vec![
            Unexamined::new("", "the archive is cut off"),
            Unexamined::new("package/a", "its bytes are damaged"),
        ];
        assert_eq!(run(&RULE, &Inventory { unexamined, ..tree(&["package/a"]) }).len(), 0);
    }

    #[test]
    fn a_text_of_a_test_that_cannot_be_unpacked_is_a_note_where_all_is_open() {
        let most = |place: &str, why: &str, is_open: bool| {
            let unexamined = vec![Unexamined::inside(place, place, why)];
            let inventory = Inventory { unexamined, ..tree(&[place]) };
            let settings = crate::settings::Settings::default();
            let context = Context::new(&inventory, &settings).for_everybody(is_open);
            let mut findings = Vec::new();
            check(&RULE, &context, &mut findings);
            findings[0].at_most
        };
        assert_eq!(most("tool-1.0/scripts/gzip_tests.sh", TORN, true), Some(Level::Note));
        assert_eq!(most("tool-1.0/scripts/gzip_tests.sh", TORN, false), None);
        assert_eq!(most("tool-1.0/scripts/gzip.sh", TORN, true), None);
        assert_eq!(most("tool-1.0/tests/a.zip", "it is damaged", true), None);
    }
}
