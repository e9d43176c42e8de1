use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "unloadable-entry-point",
    family: Family::Wholeness,
    summary: "The package is entered by a file that Node refuses to load",
    docs: r#"
## What it does

Reports a `main` that is uncompiled TypeScript or JSX in a package that has no other entrance and names no other runtime
or bundler among its dependencies and engines.

## Why it matters

Node strips no types below `node_modules`: whoever requires or imports the package gets an error.

## What to do

Name the compiled file.

## Example

`"main": "src/index.ts"`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const HELP: &str = "Build before packing and name the compiled file.";
    defects::report(rule, context, findings, &[DefectKind::UnloadableEntryPoint], HELP, |defect| {
        format!(
            "The manifest's {} is `{}`, which Node does not load from node_modules.",
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
            (r#"{"main": "src/a.ts"}"#, &["src/a.ts"][..], 1),
            (r#"{"main": "./a.tsx", "types": "a.d.ts"}"#, &["a.tsx", "a.d.ts"], 1),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)).len(), count, "{manifest}");
        }
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"main": "a.js"}"#, &["a.js", "a.ts"][..]),
            (r#"{"main": "a.ts", "peerDependencies": {"react-native": "*"}}"#, &["a.ts"]),
            (r#"{"main": "a.ts", "module": "a.mjs"}"#, &["a.ts", "a.mjs"]),
            (r#"{"main": "a.d.ts"}"#, &["a.d.ts"]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
