use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "unresolvable-dependency",
    family: Family::Wholeness,
    summary: "A dependency that nobody outside of the workspace can resolve",
    docs: r#"
## What it does

Reports `workspace:`, `catalog:`, `link:`, `portal:` and `patch:` in `dependencies`, `peerDependencies` and
`optionalDependencies` of a published manifest, and `file:` that leads to nothing in the package. Dependencies that come
bundled, and `devDependencies`, are left alone.

## Why it matters

npm refuses such a specifier (EUNSUPPORTEDPROTOCOL): nobody can install the package.

## What to do

Publish with the client that puts versions in their place (`pnpm publish`, `yarn npm publish`, `bun publish`), or write
a version.

## Example

`"@acme/core": "workspace:^"` in a tarball that `npm pack` made.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const HELP: &str = "Pack with the client that puts versions in their place (pnpm pack, yarn pack, bun pm pack), or write a version.";
    defects::report(rule, context, findings, &[DefectKind::UnresolvableDependency], HELP, |defect| {
        format!(
            "The manifest's {} is `{}`, which only the workspace that it was written in can resolve: nobody can install the package.",
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
                r#"{"dependencies": {"a": "workspace:^", "b": "^1.0.0"}, "peerDependencies": {"c": "catalog:"}}"#,
                &[][..],
                2,
            ),
            (r#"{"dependencies": {"a": "file:../a"}}"#, &[], 1),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)).len(), count, "{manifest}");
        }
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"devDependencies": {"a": "workspace:*"}}"#, &[][..]),
            (r#"{"dependencies": {"a": "file:./vendor/a"}}"#, &["vendor/a/index.js"]),
            (
                r#"{"dependencies": {"a": "workspace:*"}, "bundleDependencies": ["a"]}"#,
                &["node_modules/a/index.js"],
            ),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
