use crate::inventory::{Anomaly, AnomalyKind, Concern};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-unsafe-path",
    family: Family::ArchiveTrust,
    summary: "A path that lands elsewhere, can't be written, or misleads people",
    docs: r#"
## What it does

Reports paths with `..`, absolute paths and drive letters, backslashes, control characters, characters that are
invisible or change the writing direction, bytes that are not UTF-8, empty segments, names that Windows reserves, and
paths that are too long or too deep. Also what is installed in a way that nobody would notice: start-up code and
commands from a wheel's data folder, and commands that replace `python` or `pip`.

## Why it matters

Clients drop, rename or refuse such entries, or write them outside the package's folder. What is installed is then not
what was checked. Control characters in a name can also drive terminals and CI logs.

## What to do

Rename the file, or leave it out of the package.

## Example

`package/../../.bashrc`, `package/aux.js`, `package/a\\b.js`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    archive::report(rule, context, takes, help, findings);
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind.concern() == Concern::Path
}

fn help(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::PathTraversal | AnomalyKind::PathAbsolute => {
            "Find out what put this entry into the archive; no packing client does."
        }
        AnomalyKind::PathEmptySegment => {
            "Pack again with the ecosystem's own client, which writes plain paths."
        }
        AnomalyKind::PathWindows => "Rename the file if the package should install on Windows.",
        _ => "Rename the file, or leave it out of the package.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::takes;

    #[test]
    fn fires_on_paths_only() {
        for kind in [AnomalyKind::PathTraversal, AnomalyKind::PathControl, AnomalyKind::PathWindows] {
            assert!(takes(&RULE, kind, ""), "{kind:?}");
            assert!(!takes(&RULE, kind, "package/x.zip"), "{kind:?}");
        }
        for kind in [AnomalyKind::TarBody, AnomalyKind::NameCollision] {
            assert!(!takes(&RULE, kind, ""), "{kind:?}");
        }
    }
}
