use crate::inventory::{Anomaly, AnomalyKind};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-duplicate",
    family: Family::ArchiveTrust,
    summary: "Several entries with one path, or names that are the same on some systems",
    docs: r#"
## What it does

Reports a path that is in the archive more than once with different bytes, and names of different files that differ
only in case or Unicode form. Paths are also compared as the client writes them: a file in a wheel's
`acme-1.0.0.data/purelib` with the one that it replaces, `.gitignore` with `.npmignore`. Repeated entries with the
same bytes are `archive-duplicate-identical`.

## Why it matters

Of two entries with one path, most clients keep the last, some keep the first, and some mix them; what was reviewed
may not be what is installed. Names that differ only in case are two files on Linux and one on Windows and macOS.

## What to do

Find out which step adds the file again: usually a generated file is written over a committed one. Rename one of two
files that differ only in case.

## Example

`package/cli.js` twice, or `package/Readme.md` and `package/README.md`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    archive::report(rule, context, takes, help, findings);
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && matches!(anomaly.kind, AnomalyKind::Duplicate | AnomalyKind::NameCollision)
}

fn help(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::NameCollision => "Rename one of the two files.",
        _ => "Make sure that only one step of the build writes this file into the archive.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::takes;

    #[test]
    fn fires_on_what_differs() {
        assert!(takes(&RULE, AnomalyKind::Duplicate, ""));
        assert!(takes(&RULE, AnomalyKind::NameCollision, ""));
        assert!(!takes(&RULE, AnomalyKind::DuplicateIdentical, ""));
        assert!(!takes(&RULE, AnomalyKind::Duplicate, "package/x.jar"));
    }
}
