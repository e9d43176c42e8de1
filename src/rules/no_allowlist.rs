use serde::Serialize;

use crate::ecosystem;
use crate::inventory::{Entry, Inventory};
use crate::settings::Level;

use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-allowlist",
    family: Family::Allowlist,
    summary: "The manifest doesn't say which files may ship",
    docs: r#"
## What it does

Reports an npm package without `files` in its `package.json`, and proposes a list computed from its entry points. A
Visual Studio Code extension is reported if its project has neither `files` nor a `.vscodeignore`. The folder that
ng-packagr writes is a note: it is emptied before each build.

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
    let finding = match is_of_ng_packagr(context.inventory) {
        true => finding.at_most(Level::Note),
        false => finding,
    };
    findings.push(match ecosystem::new_allowlist(context.inventory, &declared.proposal) {
        Some(remedy) => finding.remedy(remedy, ""),
        None => finding.help(help),
    });
}

/// Whether it is the folder that ng-packagr writes a library of Angular to, manifest included, and empties before each
/// build: nobody leaves anything there.
fn is_of_ng_packagr(inventory: &Inventory) -> bool {
    const OF_PROJECTS: [&str; 5] =
        ["ng-package.json", "ng-package.js", "angular.json", "tsconfig.json", ".gitignore"];
    let mut has_bundle = false;
    for path in inventory.files().map(Entry::below_root) {
        has_bundle |= path.starts_with("fesm20") && path.ends_with(".mjs");
        if OF_PROJECTS.contains(&path) || path.starts_with("src/") {
            return false;
        }
    }
    has_bundle
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
    fn what_ng_packagr_wrote_is_a_note() {
        let most = |paths: &[&str]| run(&RULE, &npm(r#"{"name": "a"}"#, paths))[0].at_most;
        assert_eq!(most(&["fesm2022/a.mjs", "index.d.ts"]), Some(Level::Note));
        assert_eq!(most(&["fesm2022/a.mjs", "index.d.ts", "ng-package.json"]), None);
        assert_eq!(most(&["fesm2022/a.mjs", "src/a.ts"]), None);
        assert_eq!(most(&["dist/a.mjs", "index.d.ts"]), None);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &npm(r#"{"files": []}"#, &["a.js"])), []);
        assert_eq!(run(&RULE, &npm("{", &["a.js"])), []);
    }
}
