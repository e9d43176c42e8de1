use crate::inventory::RecordTrouble;
use crate::settings::Level;
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
extension for Visual Studio Code. Where a signed jar has nothing but SHA-1, as was usual until 2019, that is a warning, and its digests
are not compared; so it is where the digests of a wheel are right, but written in hexadecimal.

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
    const KINDS: [RecordTrouble; 9] = [
        RecordTrouble::NotRecorded,
        RecordTrouble::Absent,
        RecordTrouble::Digest,
        RecordTrouble::Size,
        RecordTrouble::NoDigest,
        RecordTrouble::OldDigest,
        RecordTrouble::HexDigest,
        RecordTrouble::Twice,
        RecordTrouble::Malformed,
    ];
    for kind in KINDS {
        let of_kind: Vec<_> = problems.iter().filter(|problem| problem.kind == kind).collect();
        // Of a whole table one word is enough.
        let (most_single, help) = match kind {
            RecordTrouble::OldDigest => (0, "Sign it again with a newer JDK."),
            RecordTrouble::HexDigest => {
                (0, "Have the build write them in base64 for URLs, as the specification of wheels says.")
            }
            _ => (MOST_SINGLE, HELP),
        };
        if of_kind.len() > most_single
            && let Some(first) = of_kind.first()
        {
            let finding = Finding::new(rule, super::manifest_place(inventory, &first.table, None))
                .message(format!("{}; the first: {}.", headline(kind, of_kind.len()), first.detail))
                .help(help)
                .evidence(&of_kind)
                .key(format!("{kind:?}"));
            let is_mild = matches!(kind, RecordTrouble::OldDigest | RecordTrouble::HexDigest);
            findings.push(if is_mild { finding.at_most(Level::Warning) } else { finding });
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
                    .help(help)
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
        RecordTrouble::OldDigest => format!("{files} are in the table of contents with SHA-1 alone"),
        RecordTrouble::HexDigest => {
            format!("{files} are in the table of contents with their digests in hexadecimal")
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

    fn inventory(count: usize, kind: RecordTrouble) -> Inventory {
        let problem = |n: usize| RecordProblem {
            kind,
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
        assert_eq!(run(&RULE, &inventory(3, RecordTrouble::NotRecorded)).len(), 3);
        let many = run(&RULE, &inventory(300, RecordTrouble::NotRecorded));
        assert_eq!(many.len(), 1);
        assert!(many[0].message.starts_with("300 files are not in the table"), "{}", many[0].message);
    }

    #[test]
    fn a_table_of_old_digests_is_one_warning() {
        for kind in [RecordTrouble::OldDigest, RecordTrouble::HexDigest] {
            let found = run(&RULE, &inventory(3, kind));
            assert_eq!((found.len(), found[0].at_most), (1, Some(Level::Warning)));
        }
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &inventory(0, RecordTrouble::NotRecorded)), []);
    }
}
