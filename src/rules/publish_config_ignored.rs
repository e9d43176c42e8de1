use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "publish-config-ignored",
    family: Family::Wholeness,
    summary: "The client that packed left fields of publishConfig unapplied",
    docs: r#"
## What it does

Reports `main`, `module`, `types`, `exports` and `bin` in `publishConfig` that differ from the manifest's own, where the
manifest's own lead to nothing or to uncompiled sources. pnpm and yarn put them in place when they pack; npm does not.

## Why it matters

The published manifest still points at the sources: Node can't load the package.

## What to do

Pack with the client that applies them, or write them into the manifest itself.

## Example

`"main": "src/index.ts", "publishConfig": {"main": "dist/index.js"}` in a tarball that `npm pack` made.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const HELP: &str =
        "Pack with pnpm or yarn, which apply publishConfig, or write the value into the manifest itself.";
    defects::report(rule, context, findings, &[DefectKind::PublishConfigIgnored], HELP, |defect| {
        format!(
            "The manifest's {} was not applied when the package was packed: `{}` still names what is not in the artifact, or sources.",
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
                r#"{"main": "src/a.ts", "publishConfig": {"main": "dist/a.js"}}"#,
                &["src/a.ts", "dist/a.js"][..],
                1,
            ),
            (
                r#"{"main": "src/a.ts", "publishConfig": {"exports": {".": "./dist/a.js"}}}"#,
                &["dist/a.js"],
                1,
            ),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)).len(), count, "{manifest}");
        }
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"main": "dist/a.js", "publishConfig": {"main": "dist/a.js"}}"#, &["dist/a.js"][..]),
            (r#"{"main": "dist/a.js", "publishConfig": {"main": "dist/b.js"}}"#, &["dist/a.js"]),
            (r#"{"main": "src/a.ts", "publishConfig": {"access": "public"}}"#, &["src/a.ts"]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
