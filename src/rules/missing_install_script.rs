use crate::inventory::DefectKind;

use super::{Context, Family, Finding, Rule, defects};

pub(super) const RULE: Rule = Rule {
    name: "missing-install-script",
    family: Family::Wholeness,
    summary: "A script that runs at installation starts a file that is not in the package",
    docs: r#"
## What it does

Follows the first command of the first of `preinstall`, `install` and `postinstall` where it starts a file of the
package (`node x.js`, `./x.sh`, `sh x.sh`), and reports a file that is not there. Commands behind it, variables, files
below `build/` and scripts that go on without the file (`|| exit 0`) are left alone.

## Why it matters

The script fails, and with it the installation of the package and of all that depend on it.

## What to do

Let the allowlist cover the file, or take the script out.

## Example

`"postinstall": "node scripts/setup.js"` in a tarball without `scripts/`.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    const HELP: &str = "Let the allowlist cover the file, or take the script out.";
    defects::report(rule, context, findings, &[DefectKind::MissingInstallScript], HELP, |defect| {
        format!(
            "The manifest's {} starts `{}`, which is not in the artifact: nobody can install the package.",
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
            (r#"{"scripts": {"postinstall": "node scripts/a.js"}}"#, &["index.js"][..], 1),
            (r#"{"scripts": {"preinstall": "X=1 ./a.sh && b"}}"#, &[], 1),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)).len(), count, "{manifest}");
        }
    }

    #[test]
    fn stays_silent() {
        for (manifest, paths) in [
            (r#"{"scripts": {"postinstall": "node scripts/a"}}"#, &["scripts/a.js"][..]),
            (r#"{"scripts": {"postinstall": "node a.js || exit 0"}}"#, &[]),
            (r#"{"scripts": {"preinstall": "tsc", "postinstall": "node a.js"}}"#, &[]),
            (r#"{"scripts": {"prepare": "node a.js"}}"#, &[]),
        ] {
            assert_eq!(run(&RULE, &npm(manifest, paths)), [], "{manifest}");
        }
    }
}
