use crate::inventory::RecordTrouble;
use crate::words;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "stale-file-list",
    family: Family::Allowlist,
    summary: "A list of sources names files that are not in the artifact",
    docs: r#"
## What it does

Reports, once for each list, that a source distribution's `SOURCES.txt` names files that the archive lacks.

## Why it matters

It rarely does: setuptools keeps names from earlier builds in the list, and nobody reads it after packing.
Occasionally it shows that a file was forgotten.

## What to do

Build from a clean checkout: delete the `.egg-info` folder first. If one of the files should ship, add it to
`MANIFEST.in`.

## Example

`acme.egg-info/SOURCES.txt` names `acme/old.py`, which was removed a year ago.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = &context.inventory.package else { return };
    let problems = &package.declared.record;
    let stale: Vec<_> = problems.iter().filter(|problem| problem.kind == RecordTrouble::Stale).collect();
    let Some(first) = stale.first() else { return };
    let message = match stale.len() {
        1 => format!("{}.", first.detail),
        count => {
            let files = words::counted(count as u64, "file");
            format!("{} names {files} that the archive lacks; the first: `{}`.", first.table, first.path)
        }
    };
    findings.push(
        Finding::new(rule, super::manifest_place(context.inventory, &first.table, None))
            .message(message)
            .help("Delete the .egg-info folder and build again; add what should ship to MANIFEST.in.")
            .evidence(&stale)
            .key("stale"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Declared, Inventory, Package, RecordProblem};
    use crate::rules::testing::run;

    fn found(kind: RecordTrouble, count: usize) -> Vec<Finding> {
        let problem = |n: usize| RecordProblem {
            kind,
            table: "d.egg-info/SOURCES.txt".into(),
            path: format!("{n}.py"),
            entry: None,
            line: None,
            detail: format!("SOURCES.txt names `{n}.py`"),
        };
        let record = (0..count).map(problem).collect();
        let package = Package { declared: Declared { record, ..Declared::default() }, ..Package::default() };
        run(&RULE, &Inventory { package: Some(package), ..Inventory::default() })
    }

    #[test]
    fn fires_once() {
        assert_eq!(found(RecordTrouble::Stale, 1)[0].message, "SOURCES.txt names `0.py`.");
        let many = found(RecordTrouble::Stale, 30);
        assert_eq!(many.len(), 1);
        assert!(many[0].message.contains("30 files"), "{}", many[0].message);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(found(RecordTrouble::Stale, 0), []);
        assert_eq!(found(RecordTrouble::Absent, 3), []);
    }
}
