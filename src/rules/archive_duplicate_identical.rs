use crate::inventory::{Anomaly, AnomalyKind};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-duplicate-identical",
    family: Family::ArchiveTrust,
    summary: "A path is in the archive twice, with the same bytes",
    docs: r#"
## What it does

Reports a path that is in the archive more than once, always with the same bytes.

## Why it matters

It is harmless: whichever entry a client keeps, the file is the same. npm itself writes such archives when
`main` or the licence is given with a leading `./`. Some indexes refuse them.

## What to do

For npm, write `"main": "index.js"` without `./`; otherwise drop the second entry.

## Example

`package/LICENSE` and `package/./LICENSE`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    archive::report(rule, context, takes, help, findings);
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind == AnomalyKind::DuplicateIdentical
}

fn help(_: AnomalyKind) -> &'static str {
    "Nothing needs to be done; a leading \"./\" in the manifest is the usual cause."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::takes;

    #[test]
    fn fires_on_identical_entries_only() {
        assert!(takes(&RULE, AnomalyKind::DuplicateIdentical, ""));
        assert!(!takes(&RULE, AnomalyKind::Duplicate, ""));
        assert!(!takes(&RULE, AnomalyKind::DuplicateIdentical, "package/x.jar"));
    }
}
