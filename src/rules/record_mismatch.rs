use crate::inventory::RecordTrouble;
use crate::words;

use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "record-mismatch",
    family: Family::Allowlist,
    summary: "The package's own table of contents and its files disagree",
    docs: r#"
## What it does

Compares a package's own table of contents with its files, both ways, digests (SHA-256, SHA-384, SHA-512) and sizes
included: `RECORD` of a wheel, `checksums.yaml.gz` of a gem, manifest and signature file of a signed jar,
the file list of a gem, `[Content_Types].xml` of an
extension for Visual Studio Code.

## Why it matters

Reviewers and tools trust the table, but installers don't check it: pip and uv install a wheel with
files that RECORD doesn't name or whose digests differ. A mismatch means that the artifact was changed after it
was built. Registries refuse such wheels.

## What to do

Build it again. Don't edit archives.

## Example

`acme/debug.py` in a wheel whose RECORD doesn't name it.
"#,
    check,
};

/// Up to this many are reported one by one; more of a kind become one finding.
const MOST_SINGLE: usize = 20;

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let inventory = context.inventory;
    let Some(package) = &inventory.package else { return };
    let problems = &package.declared.record;
    // A list that nobody reads has a rule of its own.
    const KINDS: [RecordTrouble; 7] = [
        RecordTrouble::NotRecorded,
        RecordTrouble::Absent,
        RecordTrouble::Digest,
        RecordTrouble::Size,
        RecordTrouble::NoDigest,
        RecordTrouble::Twice,
        RecordTrouble::Malformed,
    ];
    for kind in KINDS {
        let of_kind: Vec<_> = problems.iter().filter(|problem| problem.kind == kind).collect();
        if of_kind.len() > MOST_SINGLE
            && let Some(first) = of_kind.first()
        {
            findings.push(
                Finding::new(rule, super::manifest_place(inventory, &first.table, None))
                    .message(format!("{}; the first: {}.", headline(kind, of_kind.len()), first.detail))
                    .help(HELP)
                    .evidence(&of_kind)
                    .key(format!("{kind:?}")),
            );
            continue;
        }
        for problem in of_kind {
            let place = match problem.entry.and_then(|id| inventory.entry(id)) {
                Some(entry) => Place::entry(entry),
                None => super::manifest_place(inventory, &problem.table, problem.line),
            };
            findings.push(
                Finding::new(rule, place)
                    .message(format!("{}.", problem.detail))
                    .help(HELP)
                    .evidence(problem)
                    .key(format!("{kind:?} {}", problem.path)),
            );
        }
    }
}

const HELP: &str =
    "Build the artifact again from source; it was changed after its table of contents was written.";

fn headline(kind: RecordTrouble, count: usize) -> String {
    let files = words::counted(count as u64, "file");
    match kind {
        RecordTrouble::NotRecorded => format!("{files} are not in the table of contents"),
        RecordTrouble::Absent => format!("{files} of the table of contents are not in the artifact"),
        RecordTrouble::Digest => format!("{files} don't have the digest that the table of contents gives"),
        RecordTrouble::Stale => format!("{files} of a list are not in the artifact"),
        RecordTrouble::Unlisted => format!("{files} are not in a list"),
        RecordTrouble::Size => format!("{files} don't have the size that the table of contents gives"),
        RecordTrouble::NoDigest => {
            format!("{files} are in the table of contents without a usable digest")
        }
        RecordTrouble::Twice => format!("{files} are in the table of contents twice"),
        RecordTrouble::Malformed => {
            format!("{} of the table of contents can't be read", words::counted(count as u64, "line"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Declared, Inventory, Package, RecordProblem};
    use crate::rules::testing::run;

    fn inventory(count: usize) -> Inventory {
        let problem = |n: usize| RecordProblem {
            kind: RecordTrouble::NotRecorded,
            table: "a.dist-info/RECORD".into(),
            path: format!("{n}.py"),
            entry: None,
            line: None,
            detail: format!("`{n}.py` is not in it"),
        };
        let record = (0..count).map(problem).collect();
        let package = Package { declared: Declared { record, ..Declared::default() }, ..Package::default() };
        Inventory { package: Some(package), ..Inventory::default() }
    }

    #[test]
    fn fires() {
        assert_eq!(run(&RULE, &inventory(3)).len(), 3);
        let many = run(&RULE, &inventory(300));
        assert_eq!(many.len(), 1);
        assert!(many[0].message.starts_with("300 files are not in the table"), "{}", many[0].message);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &inventory(0)), []);
    }
}
