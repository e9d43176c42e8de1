use crate::inventory::{Anomaly, AnomalyKind};

use super::{Context, Family, Finding, Rule, archive};

pub(super) const RULE: Rule = Rule {
    name: "archive-renamed",
    family: Family::ArchiveTrust,
    summary: "A file that one client installs under another name",
    docs: r#"
## What it does

Reports a `.gitignore` in an npm tarball.

## Why it matters

npm installs it as `.npmignore`, and leaves it out where the folder has a `.npmignore` already; pnpm, yarn and bun
keep the name. A template copied out of the installed package then has no `.gitignore`.

## What to do

Ship it under a name that no client changes, such as `_gitignore`, and rename it on use.

## Example

`package/template/.gitignore`
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    archive::report(rule, context, takes, help, findings);
}

fn takes(anomaly: &Anomaly) -> bool {
    !anomaly.is_nested() && anomaly.kind == AnomalyKind::Renamed
}

fn help(_: AnomalyKind) -> &'static str {
    "Ship it under another name, such as `_gitignore`, and rename it on use."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::takes;

    #[test]
    fn fires_on_what_is_renamed_only() {
        assert!(takes(&RULE, AnomalyKind::Renamed, ""));
        assert!(!takes(&RULE, AnomalyKind::Renamed, "package/x.tgz"));
        assert!(!takes(&RULE, AnomalyKind::Duplicate, ""));
    }
}
