use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "missing-bundled-dependency",
    family: Family::Wholeness,
    summary: "A dependency that should come in the package is not in it",
    docs: r#"
## What it does

Reports a name in `bundleDependencies` that is a dependency and has no folder below the tarball's `node_modules/`.

## Why it matters

Clients don't fetch what is said to be bundled: the package can't be loaded.

## What to do

Install before packing, with a client that lays out `node_modules/` flat; or take the name out of the list.

## Example

`"bundleDependencies": ["left-pad"]` in a tarball without `node_modules/left-pad`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const HELP: &str = "Install before packing so that node_modules/ holds it, or take it out of the list.";
    defects::report(rule, context, findings, &[DefectKind::MissingBundledDependency], HELP, |defect| {
        format!(
            "The manifest's {} names `{}`, which is not below node_modules/ in the artifact: whoever installs the package lacks it.",
            defect.field, defect.subject
        )
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires() {
        for (manifest, paths, count) in [
            (
                r#"{"dependencies": {"a": "1", "b": "1"}, "bundledDependencies": ["a", "b"]}"#,
                &["node_modules/a/index.js"][..],
                1,
            ),
            (r#"{"dependencies": {"a": "1"}, "bundleDependencies": true}"#, &[], 1),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)).len(), count, "{manifest}");
        }
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (
                r#"{"dependencies": {"@x/a": "1"}, "bundleDependencies": ["@x/a"]}"#,
                &["node_modules/@x/a/package.json"][..],
            ),
            (r#"{"bundleDependencies": ["a"]}"#, &[]),
            (r#"{"dependencies": {"a": "1"}, "bundleDependencies": []}"#, &[]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
