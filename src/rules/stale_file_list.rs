use crate::inventory::RecordTrouble;
use crate::words;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "stale-file-list",
    family: Family::Allowlist,
    summary: "A list of sources and the files in the artifact differ",
    docs: r#"
## What it does

Reports, once for each list, that `SOURCES.txt` of a source distribution names files that the archive lacks, or lacks
files that the archive has.

## Why it matters

It seldom does: setuptools keeps names from earlier builds in the list, builds write files of their own after it was
made, and nobody reads it after packing. Now and then it shows that a file was forgotten, or was put into the archive
by hand.

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
    let is_told = |kind| matches!(kind, RecordTrouble::Stale | RecordTrouble::Unlisted);
    let all: Vec<_> = package.declared.record.iter().filter(|problem| is_told(problem.kind)).collect();
    let Some(first) = all.first() else { return };
    let said = |kind, differs: &str| {
        let of_kind: Vec<_> = all.iter().filter(|problem| problem.kind == kind).collect();
        let files = words::counted(of_kind.len() as u64, "file");
        let first = of_kind.first()?;
        Some(format!("{} {}; the first: `{}`.", first.table, differs.replace('N', &files), first.path))
    };
    let message = match all.as_slice() {
        [one] => format!("{}.", one.detail),
        _ => {
            let stale = said(RecordTrouble::Stale, "names N that the archive lacks");
            let unlisted = said(RecordTrouble::Unlisted, "lacks N that the archive has");
            stale.into_iter().chain(unlisted).collect::<Vec<_>>().join(" ")
        }
    };
    findings.push(
        Finding::new(rule, super::manifest_place(context.inventory, &first.table, None))
            .message(message)
            .help("Delete the .egg-info folder and build again; add what should ship to MANIFEST.in.")
            .evidence(&all)
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
        assert!(many[0].message.contains("names 30 files"), "{}", many[0].message);
        let unlisted = found(RecordTrouble::Unlisted, 2);
        assert!(unlisted[0].message.contains("lacks 2 files"), "{}", unlisted[0].message);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(found(RecordTrouble::Stale, 0), []);
        assert_eq!(found(RecordTrouble::Absent, 3), []);
    }
}
