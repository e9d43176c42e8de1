use serde::Serialize;

use crate::ecosystem;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-allowlist",
    family: Family::Allowlist,
    summary: "The manifest doesn't say which files may ship",
    docs: r#"
## What it does

Reports an npm package without `files` in its `package.json`, and proposes a list computed from its entry points. A
Visual Studio Code extension is reported if its project has neither `files` nor a `.vscodeignore`.

## Why it matters

Without an allowlist everything in the folder ships unless an ignore file names it: the next build output,
note, dump or credential that somebody leaves there is in the next release.

## What to do

Write `files`. A list of folders is a good start; `packgate.lock` covers each single file.

## Example

```json
"files": ["dist"]
```
"#,
    check,
};

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    /// A list that covers the entry points.
    proposal: &'a [String],
}

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(package) = &context.inventory.package else { return };
    let declared = &package.declared;
    if declared.has_allowlist != Some(false) {
        return;
    }
    let [message, help] = ecosystem::format(context.inventory.kind).advice().without_allowlist();
    let finding = Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, None))
        .message(message)
        .evidence(Evidence { proposal: &declared.proposal });
    if package.private {
        return findings.push(finding.help(ecosystem::PRIVATE));
    }
    findings.push(match ecosystem::new_allowlist(context.inventory, &declared.proposal) {
        Some(remedy) => finding.remedy(remedy, ""),
        None => finding.help(help),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires_with_a_proposal() {
        for (manifest, paths, expected) in [
            (
                r#"{"main": "dist/a.js", "types": "types/a.d.ts"}"#,
                &["dist/a.js", "types/a.d.ts", "src/a.ts", ".env"][..],
                r#"["dist", "types"]"#,
            ),
            (
                r#"{"main": "index.js"}"#,
                &["index.js", "util.js", "lib/a.js", "test/a.js", "gulpfile.js"],
                r#"["lib", "index.js", "util.js"]"#,
            ),
            (r#"{"name": "a", "bin": "./cli.js"}"#, &["cli.js", "cli.js.map"], r#"["cli.js"]"#),
        ] {
            let found = run(&RULE, &npm(manifest, paths));
            assert_eq!(found.len(), 1, "{manifest}");
            assert!(found[0].help.ends_with(expected), "{}", found[0].help);
        }
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &npm(r#"{"files": []}"#, &["a.js"])), []);
        assert_eq!(run(&RULE, &npm("{", &["a.js"])), []);
    }
}
