use super::missing_entry_point::{found, is_grave};
use super::{Context, Family, Finding, Rule};

pub(super) const RULE: Rule = Rule {
    name: "broken-entry-point",
    family: Family::Wholeness,
    summary: "One of several entry points leads nowhere",
    docs: r#"
## What it does

Reports what `missing-entry-point` does not: a subpath or condition of `exports`, a field like `module`, `types`,
`typesVersions` or `man`, a plugin in a wheel's `entry_points.txt`, what an extension for Visual Studio Code contributes, the main class
of a jar and the classes by which it offers services, or the readme or licence file of a crate or NuGet package that leads nowhere while the package as a whole still loads. It is a
note if tools fall back to something else, as they do for `module`, or for `types` where there are declarations at the top or beside the
entry point.

## Why it matters

The package fails for some of its users: those of that subpath, that condition, that tool. Often the line is simply
out of date.

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
    use crate::settings::Level;

    #[test]
    fn fires() {
        let manifest = r#"{"name": "a", "main": "a.js", "types": "a.d.ts", "bin": "cli.js", "exports": {".": "./a.js", "./b": "./b.js"}}"#;
        let keys: Vec<String> =
            run(&RULE, &npm(manifest, &["a.js"])).into_iter().map(|finding| finding.key).collect();
        assert_eq!(keys, ["exports[\"./b\"] ./b.js", "types a.d.ts"]);
        let levels = |manifest: &str, paths: &[&str]| -> Vec<Option<Level>> {
            run(&RULE, &npm(manifest, paths)).into_iter().map(|finding| finding.at_most).collect()
        };
        assert_eq!(levels(manifest, &["a.js"]), [None, None]);
        assert_eq!(levels(manifest, &["a.js", "b.js", "c.d.ts"]), [None]);
        assert_eq!(levels(manifest, &["a.js", "b.js", "index.d.ts"]), [Some(Level::Note)]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(run(&RULE, &npm(r#"{"main": "gone.js"}"#, &[])), []);
        assert_eq!(run(&RULE, &npm(r#"{"main": "a", "types": "a"}"#, &["a.js", "a.d.ts"])), []);
    }
}
