use super::missing_entry_point::{found, is_grave};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "broken-entry-point",
    family: Family::Allowlist,
    summary: "One of several entry points leads nowhere",
    docs: r#"
## What it does

Reports what `missing-entry-point` leaves: a subpath or condition of `exports`, a field like
`module`, `types`, `typesVersions` or `man`, a plugin that `entry_points.txt` of a wheel names, a readme or licence
that the manifest of a crate or NuGet package names, that leads nowhere while the package as a whole still loads.

## Why it matters

Some users of the package fail: those of that subpath, that condition, that tool. Often it is a line that the
manifest has outlived.

## What to do

Ship the file, or take the line out of the manifest.

## Example

`"types": "dist/index.d.ts"` in a tarball without that file.
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    findings.extend(found(rule, context, |weight| !is_grave(weight)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{npm, run};

    #[test]
    fn fires() {
        let manifest = r#"{"name": "a", "main": "a.js", "types": "a.d.ts", "bin": "cli.js", "exports": {".": "./a.js", "./b": "./b.js"}}"#;
        let keys: Vec<String> =
            run(&RULE, &npm(manifest, &["a.js"])).into_iter().map(|finding| finding.key).collect();
        assert_eq!(keys, ["exports[\"./b\"] ./b.js", "types a.d.ts"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &npm(r#"{"main": "gone.js"}"#, &[])), []);
        assert_eq!(run(&RULE, &npm(r#"{"main": "a", "types": "a"}"#, &["a.js", "a.d.ts"])), []);
    }
}
